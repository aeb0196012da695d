"""From scores by role, unit, country and product to what one client may see of them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, has
from crqlab.base.contracts.columns import DIMENSIONS
from crqlab.base.study import Study
from crqlab.page.groups.data import ROLE, Groups
from crqlab.page.head_office.linked_cells import withheld_groups
from crqlab.page.suppression import PROTECTS, withheld
from crqlab.page.tables import table
from crqlab.stats.defaults import FEW_RESAMPLED

COMPARED = ("crq", "nps")  # measures of which units are told as well
UNKNOWN = ""  # the group of answers whose role, unit, country or product is not known
_ENDS = ["value", "low", "high"]
APART = ["difference", "difference_low", "difference_high", "p", "q"]


def groups(study: Study, client: str, wave: str, accounts: pd.DataFrame) -> Groups:
    """Collect the client's wave by role, unit, country and product.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame
        As of `ClientView`: whose numbers are told is told beside the groups.

    Returns
    -------
    Groups
        Groups of fewer people than the codebook allows are withheld, and so many others that
        a total less the others, or the sheet for head office, tells nothing of them either. Units,
        countries and products of fewer than six accounts are, too: nothing sure is said of them.
    """
    least, roles = study.codebook.privacy.min_scores, study.codebook.roles.order
    rows = table(study, "group_scores", client=client, wave=wave)
    rows = rows.assign(group=rows["group"].fillna(UNKNOWN).astype(object))
    if not study.codebook.instrument.crq.constructs:
        rows = rows[rows["measure"] != "crq"]
    told = rows["measure"].isin(COMPARED) | rows["dimension"].eq(ROLE)
    rows = rows[told.to_numpy(bool)]
    whole = rows["dimension"].astype(str) + "/" + rows["measure"].astype(str)
    rows = withheld(rows, [*_ENDS, *APART], n="n_respondents", minimum=least, whole=whole)
    few = rows["dimension"].ne(ROLE) & (rows["n_accounts"] < FEW_RESAMPLED)
    rows = emptied(rows, few, code("few_accounts", minimum=FEW_RESAMPLED))
    hidden = _linked(study, client, wave, accounts, least)
    rows = emptied(rows, rows["measure"].eq("nps") & _among(rows, hidden))
    few = rows[rows["withheld"].to_numpy(bool)]
    rows = rows.assign(**{n: rows[n].mask(rows["dimension"].eq(ROLE)) for n in APART})
    gaps = table(study, "role_gaps", client=client, wave=wave)
    first = next((one for one in COMPARED if (rows["measure"] == one).any()), "")
    gaps = gaps[(gaps["measure"] == first).to_numpy(bool)]
    gaps = withheld(gaps, [*_ENDS, "p", "q"], n="n_accounts", minimum=least)
    gaps = without_pairs(gaps, few[few["dimension"] == ROLE])
    heard = table(study, "account_scores", client=client, wave=wave)
    alone = [has(flag, "least_senior_alone") for flag in heard["flag"]]
    last = roles[-1] if len(roles) > 1 else ""
    return Groups(rows.reset_index(drop=True), gaps, sum(alone), len(heard), last)


def emptied(rows: pd.DataFrame, hide: pd.Series, why: str = PROTECTS) -> pd.DataFrame:
    """Withhold rows of groups, for others' sake unless for another reason."""
    hide = hide.to_numpy(bool) & ~rows["withheld"].to_numpy(bool)
    told = {name: np.where(hide, np.nan, rows[name].astype(float)) for name in (*_ENDS, *APART)}
    verdict = rows["verdict"].mask(hide | rows["withheld"].to_numpy(bool), "unknown")
    flag = rows["flag"].mask(hide, why)
    veiled = rows["withheld"].to_numpy(bool) | hide
    return rows.assign(**told, verdict=verdict, flag=flag, withheld=veiled)


def without_pairs(gaps: pd.DataFrame, hidden: pd.DataFrame) -> pd.DataFrame:
    """Withhold the gaps of roles that are withheld themselves."""
    names = set(zip(hidden["measure"], hidden["group"], strict=True))
    pairs = zip(gaps["measure"], gaps["role"], gaps["other"], strict=True)
    hide = np.array([(m, one) in names or (m, two) in names for m, one, two in pairs], dtype=bool)
    return emptied_gaps(gaps, hide)


def emptied_gaps(gaps: pd.DataFrame, hide: NDArray) -> pd.DataFrame:
    """Withhold gaps of roles for others' sake."""
    hide = hide & ~gaps["withheld"].to_numpy(bool)
    told = {name: np.where(hide, np.nan, gaps[name].astype(float)) for name in (*_ENDS, "p", "q")}
    verdict = gaps["verdict"].mask(hide | gaps["withheld"].to_numpy(bool), "unknown")
    veiled = gaps["withheld"].to_numpy(bool) | hide
    flag = gaps["flag"].mask(hide, PROTECTS)
    return gaps.assign(**told, verdict=verdict, flag=flag, withheld=veiled)


def _among(rows: pd.DataFrame, hidden: Collection[tuple[str, str]]) -> pd.Series:
    keys = zip(rows["dimension"], rows["group"], strict=True)
    return pd.Series([key in hidden for key in keys], index=rows.index, dtype=bool)


def _linked(
    study: Study, client: str, wave: str, accounts: pd.DataFrame, least: int
) -> set[tuple[str, str]]:
    """Groups whose NPS the sheet for head office withholds, and roles that would tell these."""
    people = recommending(study, client, wave)
    shown = set(accounts["account_id"][accounts["nps"].notna()])
    hidden = withheld_groups(people, shown, minimum=least)
    roles = table(study, "respondents", client=client, wave=wave)
    roles = roles.loc[roles["ltr"].notna(), ROLE].fillna(UNKNOWN).to_numpy(object)
    decided = {name: {g for d, g in hidden if d == name} for name in people.columns[1:]}
    beside = withheld_groups(people.assign(role=roles), shown, minimum=least, decided=decided)
    return hidden | beside


def recommending(study: Study, client: str, wave: str) -> pd.DataFrame:
    """Everybody who said how likely they would recommend, with account and groups."""
    people = table(study, "respondents", client=client, wave=wave)
    people = people[people["ltr"].notna()]
    sorted_ = table(study, "breakdowns", client=client, wave=wave)
    found = people[["account_id"]].reset_index(drop=True)
    for name in DIMENSIONS:
        own = sorted_[sorted_["dimension"] == name].set_index("response_id")["group"]
        if len(own):
            found[name] = people["response_id"].map(own).fillna(UNKNOWN).to_numpy(object)
    return found
