"""Whether the same people are asked and heard wave after wave, or every wave starts anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import typed
from crqlab.base.results import Result
from crqlab.base.waves import places
from crqlab.participation.invitation_frame import BLOCK, framed
from crqlab.stats import proportion
from crqlab.stats.defaults import LEVEL

_PERSON = ["client_id", "account_id", "contact_id"]


@dataclass(frozen=True, slots=True, eq=False)
class Continuity(Result):
    """How many of an account's contacts stayed from one wave to the next.

    Attributes
    ----------
    table : DataFrame
        Table ``continuity``: a row for every account asked in a wave and in an earlier one.
    summary : DataFrame
        Table ``continuity_summary``: share of the earlier contacts that stayed, by client and
        wave; accounts are clusters.
    level : float
        Coverage of each interval, in (0, 1).
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    level: float

    def __str__(self) -> str:
        if self.table.empty:
            return "No account is known to have been asked in two waves: continuity is not known"
        n = self.table[["before", "stayed"]].sum()
        lost = int((self.table["stayed"] == 0).sum())
        return (
            f"{n['stayed']:,} of {n['before']:,} contacts ({100 * n['stayed'] / n['before']:.0f} %)"
            f" were asked again in their account's next wave; {lost:,} of {len(self.table):,} "
            f"times no contact of an account stayed{self._deciders()}"
        )

    def _deciders(self) -> str:
        found = self.table[["deciders", "deciders_left"]].sum()
        if not found["deciders"]:
            return ""
        return (
            f"; of {found['deciders']:,.0f} that decide {found['deciders_left']:,.0f} "
            f"({found['deciders_left'] / found['deciders']:.0%}) were not asked again"
        )


def continuity(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    roles: Sequence[str] = (),
    level: float = LEVEL,
) -> Continuity:
    """Compare each account's contacts with those of the last wave in which it was asked.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1.
    roles : sequence of str
        Roles from most to least senior (the codebook's); those of the upper half decide. Without
        them nobody is known to.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    Continuity

    Raises
    ------
    EstimateError
        A contact of a wave or an account occurs twice, or a level that is no share.

    References
    ----------
    Dean & Pagano (2015), Journal of Survey Statistics and Methodology 3, 484-503.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> result = crq.participation.continuity(*tables)
    """
    frame = framed(contacts, responses, accounts)
    ranks = places(frame.contacts["wave"])
    rows = frame.accounts.assign(place=frame.accounts["wave"].map(ranks).astype(float))
    rows = rows.sort_values(["client_id", "account_id", "place"], ignore_index=True)
    last = rows.groupby(["client_id", "account_id"])[["wave", "asked", "place"]].shift()
    rows = rows.assign(
        from_wave=last["wave"],
        before=last["asked"],
        gap=rows["place"] - last["place"].astype(float),
    )
    rows = rows[rows["from_wave"].notna()]
    rows = rows.merge(_both(frame.contacts, rows), on=[*BLOCK, "account_id"], how="left")
    rows = rows.join(_deciders(frame.contacts, rows, roles[: len(roles) // 2]))
    counts = {c: rows[c].fillna(0).astype("int64") for c in ("before", "stayed", "answered_both")}
    rows = rows.assign(**counts, now=rows["asked"].astype("int64"))
    flags = column(
        len(rows),
        (rows["stayed"] == 0, "no_contact_stayed"),
        (rows["gap"] > 1, "not_asked_in_between"),
        ((rows["answered_both"] == 0) & (rows["stayed"] > 0), "nobody_heard_twice"),
    )
    rows = rows.assign(value=rows["stayed"] / rows["before"].where(rows["before"] > 0), flag=flags)
    rows = rows.sort_values([*BLOCK, "account_id"], ignore_index=True)
    return Continuity(typed(rows, "continuity"), _summary(rows, level), level)


def _both(people: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Contacts of each account and wave that were asked in its earlier wave too."""
    now = people[[*BLOCK, "account_id", "contact_id", "answered"]].merge(
        rows[[*BLOCK, "account_id", "from_wave"]], on=[*BLOCK, "account_id"]
    )
    then = people[["wave", *_PERSON, "answered"]].rename(
        columns={"wave": "from_wave", "answered": "then"}
    )
    both = now.merge(then, on=["from_wave", *_PERSON])
    both = both.assign(twice=both["answered"] & both["then"])
    return both.groupby([*BLOCK, "account_id"], as_index=False).agg(
        stayed=("contact_id", "size"), answered_both=("twice", "sum")
    )


def _deciders(people: pd.DataFrame, rows: pd.DataFrame, roles: Sequence[str]) -> pd.DataFrame:
    """How many that decide were asked in each row's earlier wave, and not in this one."""
    if not roles:
        return pd.DataFrame({"deciders": np.nan, "deciders_left": np.nan}, index=rows.index)
    key = [*BLOCK, "account_id"]
    then = people.loc[people["role"].isin(roles), ["wave", *_PERSON]]
    then = rows[[*key, "from_wave"]].merge(then.rename(columns={"wave": "from_wave"}))
    now = people[[*key, "contact_id"]].assign(here=True)
    then = then.merge(now, on=[*key, "contact_id"], how="left")
    counts = then.assign(left=then["here"].isna()).groupby(key)["left"].agg(["size", "sum"])
    found = counts.reindex(pd.MultiIndex.from_frame(rows[key])).fillna(0).set_axis(rows.index)
    return found.set_axis(["deciders", "deciders_left"], axis=1)


def _summary(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    groups = rows.groupby(BLOCK, sort=True)
    found = proportion.clustered(rows["stayed"], rows["before"], groups.ngroup(), level=level)
    none = (rows["stayed"] == 0).groupby([rows[b] for b in BLOCK]).sum()
    found = found.reindex(np.arange(len(none))).set_axis(none.index)
    table = found.assign(n_none_stayed=none, n_accounts=groups.size(), level=level)
    return typed(table.reset_index(), "continuity_summary")
