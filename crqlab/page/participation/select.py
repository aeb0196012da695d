"""From the tables of station 2 to what one client may see of its participation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, has
from crqlab.base.instrument import Instrument
from crqlab.base.standards import FEW_CLIENTS
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page import suppression
from crqlab.page.lookup import matched
from crqlab.page.participation.data import Participation
from crqlab.page.tables import table
from crqlab.participation.completion_rank import PUBLISHED
from crqlab.participation.invitation_frame import UNKNOWN
from crqlab.participation.nonresponse_adjustment import FEW_KIND, OF_ALL_CLIENTS
from crqlab.scores.rollups import scale_ends
from crqlab.stats import nps

_ENDS = ["value", "low", "high"]
UNREACHED = ("invitation_bounced", "left_the_account", "asked_too_often")
_PLACE = ["percentile", "percentile_low", "percentile_high"]


def participation(
    study: Study, client: str, wave: str, accounts: pd.DataFrame, ltr: pd.Series
) -> Participation:
    """Collect the client's rows of station 2; without rows where a table was not made.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame, one row per account of the client
        ``account_id``, ``name``, ``manager``, ``revenue``, ``n`` (respondents with a score).
    ltr : Series of float
        Answers of the wave that scores are made of.

    Returns
    -------
    Participation
        Withheld where it would tell what fewer people said than the codebook allows.
    """
    least = study.codebook.privacy.min_scores
    mine = table(study, "completion", client=client)
    silent, managers = resting_on_answers(study, client, wave, accounts, ltr)
    stays = _rows(study, "continuity", client, wave)
    last = len(mine) == 0 or in_order([*mine["wave"].unique(), wave])[-1] == wave
    sums = _rows(study, "concentration_summary", client, wave).set_index("holder")
    bands, place = _rank(study, client, wave)
    return Participation(
        completion=mine[mine["wave"] == wave].reset_index(drop=True),
        bands=bands,
        n_others=int(bands["n"].sum()),
        rank=place,
        published=PUBLISHED,
        silent=_silent(study, client, wave, accounts, least),
        voices=_named(_rows(study, "voices", client, wave), accounts, "revenue"),
        nonresponse=silent,
        managers=managers,
        effective=float(sums["effective"].get("account_manager", np.nan)),
        n_sole=int(sums["n_silenced"].get("contact", 0)),
        sole_share=float(sums["silenced_share"].get("contact", np.nan)),
        continuity=_named(stays, accounts, "revenue"),
        stayed=_stayed(_rows(study, "continuity_summary", client, wave)),
        questions=_rows(study, "audit", client, wave),
        **_width(study, client, wave, accounts, last=last),
        programme=_rows(study, "programme", client, wave),
        steps=_rows(study, "programme_steps", client, wave),
        levers=table(study, "levers", client=client).iloc[: None if last else 0],
        **_to_come(study, client, last=last),
    )


def _width(
    study: Study, client: str, wave: str, accounts: pd.DataFrame, *, last: bool
) -> dict[str, pd.DataFrame]:
    """Customers of several accounts, pairs of account managers, and how wide relationships are.

    No score of a customer or a division is told here; pairs are those of today.
    """
    customers = _rows(study, "customer_groups", client, wave)
    found = matched(customers["customer"], accounts, "name")[0].fillna(customers["customer"])
    divisions = _named(_rows(study, "division_referrals", client, wave), accounts)
    best = matched(divisions["from_account"], accounts, "name")[0]
    today = slice(None if last else 0)
    return {
        "customers": customers.assign(name=found).drop(columns="crq"),
        "customer_concentration": _rows(study, "customer_concentration", client, wave),
        "divisions": divisions.assign(from_name=best.fillna(divisions["from_account"])).drop(
            columns=["from_score", "from_n"]
        ),
        "pairs": table(study, "manager_pairs", client=client).iloc[today],
        "to_spread": _named(
            table(study, "accounts_to_spread", client=client).iloc[today], accounts
        ),
        "centre": _rows(study, "buying_centre", client, wave),
    }


def _to_come(study: Study, client: str, *, last: bool) -> dict[str, Any]:
    """What is planned after the client's last wave; nothing on a page of an earlier one."""
    tables = {
        name: table(study, of, client=client).iloc[: None if last else 0]
        for name, of in (
            ("plan", "wave_plan"),
            ("precision", "precision"),
            ("costs", "invitation_costs"),
            ("power", "change_power"),
            ("voices_needed", "account_voices"),
            ("people", "invitations"),
        )
    }
    flags = tables.pop("people")["flag"]
    return {**tables, "unreached": {one: int(_has(flags, one).sum()) for one in UNREACHED}}


def resting_on_answers(
    study: Study, client: str, wave: str, accounts: pd.DataFrame, ltr: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the two tables that are made of what people answered.

    Parameters
    ----------
    study, client, wave, accounts, ltr
        As of `participation`.

    Returns
    -------
    (DataFrame, DataFrame)
        ``nonresponse`` and ``managers`` of `Participation`.
    """
    least = study.codebook.privacy.min_scores
    held = _rows(study, "concentration", client, wave)
    managers = held[held["holder"] == "account_manager"].reset_index(drop=True)
    hidden = managers.assign(withheld=_tells(managers, accounts, least)).pipe(_hidden)
    rows = _cut(_rows(study, "nonresponse", client, wave), study.codebook.instrument)
    return _nonresponse(rows, ltr, least), hidden


def _cut(rows: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """Cut intervals at the ends of the scale, as those of the scores themselves are."""
    ends = scale_ends(asked)
    low, high = (
        rows["measure"].map({name: ends[name][k] for name in ends}).astype(float) for k in (0, 1)
    )
    return rows.assign(low=rows["low"].clip(low, high), high=rows["high"].clip(low, high))


def _rows(study: Study, name: str, client: str, wave: str) -> pd.DataFrame:
    return table(study, name, client=client, wave=wave)


def _stayed(summary: pd.DataFrame) -> dict[str, float]:
    known = summary[(summary["n"] > 0).to_numpy(bool)]
    if known.empty:
        return {}
    return known[[*_ENDS, "level", "n", "n_accounts", "n_none_stayed"]].iloc[0].to_dict()


def _named(rows: pd.DataFrame, accounts: pd.DataFrame, *more: str) -> pd.DataFrame:
    """Add what is known of the accounts; a nameless one keeps its id."""
    ids = rows["account_id"]
    name, *found = matched(ids, accounts, "name", *more)
    told = {column: values.astype(float) for column, values in zip(more, found, strict=True)}
    return rows.assign(name=name.fillna(ids), **told)


def _rank(study: Study, client: str, wave: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Other clients by band, and how many of them lie below; nothing of too few others."""
    own, bands = (_rows(study, f"completion_{part}", client, wave) for part in ("rank", "bands"))
    own = own[((own["last_wave"] == wave) & (own["n_others"] >= FEW_CLIENTS)).to_numpy(bool)]
    if own.empty:
        return bands.iloc[:0], {}
    return bands.sort_values("low"), own[_PLACE].iloc[0].astype(float).to_dict()


def _silent(
    study: Study, client: str, wave: str, accounts: pd.DataFrame, least: int
) -> pd.DataFrame:
    """Silent accounts with the shrunken score of the wave in which they were last heard.

    A score of fewer people than ``least`` is withheld here as it was on that wave's own page.
    """
    rows = _named(_rows(study, "silent", client, wave), accounts)
    ends = {"shrunken": "score", "shrunken_low": "score_low", "shrunken_high": "score_high"}
    scores = table(study, "account_scores", client=client)
    veiled = suppression.complemented(scores["n"], minimum=least, whole=scores["wave"])
    scores = scores[~veiled.to_numpy(bool)].rename(columns=ends)
    scores = scores.rename(columns={"wave": "last_wave"})
    scores = scores[["account_id", "last_wave", *ends.values()]]
    scores = scores.astype({"account_id": rows["account_id"].dtype})
    scores = scores.astype({"last_wave": rows["last_wave"].dtype})
    rows = rows.assign(manager=matched(rows["account_id"], accounts, "manager")[0])
    rows = rows.merge(scores, on=["account_id", "last_wave"], how="left")
    return rows.drop(columns=["last_crq"]).sort_values("rank", ignore_index=True)


def _nonresponse(rows: pd.DataFrame, ltr: pd.Series, least: int) -> pd.DataFrame:
    """Empty what fewer people stand behind: answers, late answers, own passives or detractors."""
    kinds = nps.categories(ltr).value_counts()
    n = rows["view"].map({"passives": kinds["passive"], "detractors": kinds["detractor"]})
    lent = _has(rows["flag"], *OF_ALL_CLIENTS.values())
    own = (n < least).to_numpy(bool) & ~lent & (rows["measure"] == "crq").to_numpy(bool)
    unsure = _has(rows["flag"], "few_late_answers") | (least > FEW_KIND)
    late = (rows["view"] == "late").to_numpy(bool) & unsure
    few = (rows["n_respondents"] < least).to_numpy(bool) | own | late
    words = code("rests_on_few", minimum=least)
    hidden = {name: rows[name].astype(float).mask(few) for name in _ENDS}
    return rows.assign(**hidden, withheld=few, flag=rows["flag"].mask(few, words))


def _has(flags: pd.Series, *names: str) -> NDArray[np.bool_]:
    return np.array([any(has(flag, name) for name in names) for flag in flags], dtype=bool)


def _tells(managers: pd.DataFrame, accounts: pd.DataFrame, least: int) -> np.ndarray:
    """Whether a score without somebody's accounts, less what the page shows, is few people's."""
    owner = accounts["manager"].fillna(UNKNOWN)
    single = accounts["n"].where(accounts["n"] < least, 0)  # whose plain means are withheld

    def parts(n: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        mine = managers["name"].map(n.groupby(owner).sum()).fillna(0).to_numpy(float)
        return mine, n.sum() - mine

    told = [*parts(accounts["n"]), *parts(single)]
    hide = np.any([(part > 0) & (part < least) for part in told], axis=0)
    return _complemented(hide, told[0], least)


def _complemented(hide: np.ndarray, people: np.ndarray, least: int) -> np.ndarray:
    """Withhold more where the score without each of the others tells the withheld ones' people."""
    hide = hide.copy()
    for place in np.argsort(people, kind="stable"):
        held = hide & (people > 0)
        if not held.any() or (held.sum() > 1 and people[held].sum() >= least):
            break
        hide[place] |= people[place] > 0
    return hide


def _hidden(managers: pd.DataFrame) -> pd.DataFrame:
    return managers.assign(crq_without=managers["crq_without"].mask(managers["withheld"]))
