"""Scores by years since an account became a customer, was delivered to or renewed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.frames import empty, typed
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.waves import BLOCK, in_order, places
from crqlab.scores.roles_within_accounts import NO_DIFFERENCE, PANEL
from crqlab.scores.rollups import ACCOUNT, scale_ends
from crqlab.scores.wave_changes import verdicts
from crqlab.stats import linearised
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.multiplicity import q_values
from crqlab.stats.strata_contrasts import stratified_difference

#: What years are counted from, the surest to be a delivery first.
SINCE = ("last_delivery", "customer_since", "last_renewal")
#: Which later years are held against what: all of them, those of accounts that contact was kept
#: with and those of the others against first years; and the two against each other.
CONTRASTS = ("all", "kept", "lost", "kept_less_lost")
MEASURES = ("crq", "nps", "mean_ltr")
LATEST = 5  # the last year that is told apart
LATER = (2, 3, 4)  # the years that are held against the first
STAYED = 0.5  # share of an account's contacts from which contact with it was kept
_OWN = ["client_id", "account_id"]
_DAYS = 365.25


@dataclass(frozen=True, slots=True, eq=False)
class Years(Result):
    """Scores by year of the relationship.

    Attributes
    ----------
    table : DataFrame
        Table ``year_scores``; rows of no client (an empty ``client_id``) are of the whole panel.
    gaps : DataFrame
        Table ``year_gaps``: years 2 to 4 held against the first.
    accounts : DataFrame
        Table ``account_years``: in which year each account was.
    """

    table: pd.DataFrame
    gaps: pd.DataFrame
    accounts: pd.DataFrame

    def of(self, client: str, wave: str) -> Years:
        """Return the rows of one client's wave; those of the panel for an empty client."""
        parts = (
            part[(part["client_id"] == client) & (part["wave"] == wave)].reset_index(drop=True)
            for part in (self.table, self.gaps, self.accounts)
        )
        return Years(*parts)

    def __str__(self) -> str:
        rows = self.gaps[(self.gaps["measure"] == "crq") & (self.gaps["client_id"] == PANEL)]
        rows = rows[(rows["contrast"] == "all") & rows["low"].notna()]
        if rows.empty:
            return "Too early to say whether scores fall after the first year: too few accounts"
        row = rows[rows["wave"] == rows["wave"].iloc[-1]].iloc[0]
        return (
            f"CRQ of {row['n_later']:,} accounts in years 2 to 4 ({row['since']}) lies "
            f"{row['value']:+.2f} points off that of {row['n_first']:,} in their first year "
            f"({row['level']:.0%} interval {row['low']:+.2f} to {row['high']:+.2f})"
        )


def years(
    account_scores: pd.DataFrame,
    accounts: pd.DataFrame,
    outcomes: pd.DataFrame,
    contacts: pd.DataFrame,
    continuity: pd.DataFrame,
    instrument: Instrument,
    *,
    level: float = LEVEL,
) -> Years:
    """Ask whether accounts score lower in years 2 to 4, and whether contact makes a difference.

    Every account counts once in a wave, and is one voice over its waves. What sets clients and
    their waves apart is taken off: accounts of the same client and wave are compared. A wave knows
    only those up to it.

    Parameters
    ----------
    account_scores, accounts, outcomes, contacts, continuity : DataFrame
        Tables of these names.
    instrument : Instrument
        For the ends of scales.
    level : float
        Coverage of all intervals, in (0, 1).

    Returns
    -------
    Years
        Years are counted from ``last_delivery`` and ``customer_since`` of the accounts, and from
        the last renewal that is on record. Contact was *kept* with an account of which at least
        half of the contacts that were asked before are asked again, *lost* where fewer are, or
        nobody was asked though it was a customer then. Who is kept is not chosen by lot: a
        difference beside it is an association. Interval and ``p`` are one test; ``verdict`` needs
        ``q`` (false discovery among the contrasts of a client's wave and measure) below 1 - level.

    Raises
    ------
    EstimateError
        A level that is no share.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "accounts", "outcomes", "contacts", "continuity")
    >>> found = crq.scores.years(*map(study.read, names), study.codebook.instrument)
    >>> sorted(found.accounts["since"].unique())
    ['customer_since', 'last_renewal']
    """
    check_level(level)
    told = _accounts(account_scores, accounts, outcomes, contacts, continuity)
    if told.empty:
        return Years(*map(empty, ("year_scores", "year_gaps", "account_years")))
    rows = told.merge(account_scores[[*ACCOUNT, *MEASURES]], on=ACCOUNT)
    order = places(rows["wave"])
    rows = rows.assign(place=rows["wave"].map(order))
    ends = scale_ends(instrument)
    parts, gaps = [], []
    for wave in in_order(rows["wave"]):
        known = rows[rows["place"] <= order[wave]]
        here = set(known.loc[known["wave"] == wave, "client_id"])
        own = known[known["client_id"].isin(here)].assign(block=lambda one: one["client_id"])
        known = pd.concat([own, known.assign(block=PANEL)], ignore_index=True)
        for measure in MEASURES:
            some = known[known[measure].notna()]
            parts.append(_levels(some, measure, ends[measure], level).assign(wave=wave))
            gaps.append(_contrasts(some, measure, level).assign(wave=wave))
    table, found = pd.concat(parts, ignore_index=True), pd.concat(gaps, ignore_index=True)
    table = table.sort_values(["client_id", "wave", "since", "measure", "contact", "year"])
    return Years(typed(table, "year_scores"), _judged(found, level), told)


def _accounts(
    account_scores: pd.DataFrame,
    accounts: pd.DataFrame,
    outcomes: pd.DataFrame,
    contacts: pd.DataFrame,
    continuity: pd.DataFrame,
) -> pd.DataFrame:
    """In which year each scored account was in each wave, by whatever years are counted from."""
    asked = contacts[contacts["invited"].to_numpy(bool)]
    held = asked.groupby(BLOCK, as_index=False)["invited_on"].max()
    held = held.rename(columns={"invited_on": "held_on"}).dropna()
    rows = account_scores[ACCOUNT].merge(held.assign(held_on=_days(held["held_on"])), on=BLOCK)
    if rows.empty:
        return rows
    known = accounts.drop_duplicates(_OWN).reindex(columns=[*_OWN, *SINCE[:2]])
    rows = rows.merge(known, on=_OWN, how="left")
    rows = rows.assign(last_renewal=_renewed(rows, outcomes), kept=_kept(rows, held, continuity))
    parts = []
    for since in SINCE:
        ago = (rows["held_on"] - _days(rows[since])).dt.days / _DAYS
        mine = rows[ago.ge(0).to_numpy(bool)].assign(since=since, years=ago[ago >= 0])
        parts.append(mine.assign(year=(mine["years"] // 1 + 1).clip(upper=LATEST)))
    told = pd.concat(parts, ignore_index=True).rename(columns={"kept": "contact"})
    told = told.sort_values([*ACCOUNT, "since"], ignore_index=True)
    return typed(told, "account_years")


def _renewed(rows: pd.DataFrame, outcomes: pd.DataFrame) -> NDArray:
    """Day of the last renewal on record up to each row's wave."""
    done = outcomes[(outcomes["outcome"] == "renewed").to_numpy(bool)]
    done = done[_OWN].assign(on=_days(done["due_on"]), last_renewal=_days(done["due_on"]))
    left = rows[_OWN].assign(on=_days(rows["held_on"]), row=np.arange(len(rows)))
    found = pd.merge_asof(left.sort_values("on"), done.sort_values("on"), on="on", by=_OWN)
    return found.sort_values("row")["last_renewal"].to_numpy("datetime64[ns]")


def _days(days: pd.Series) -> NDArray:
    return pd.to_datetime(days).to_numpy("datetime64[ns]")


def _kept(rows: pd.DataFrame, held: pd.DataFrame, continuity: pd.DataFrame) -> NDArray:
    """Whether contact with each account was kept, lost, or cannot be told."""
    stayed = rows.merge(continuity[[*ACCOUNT, "value"]], on=ACCOUNT, how="left")["value"]
    first = held.groupby("client_id")["held_on"].min()
    begun = rows["client_id"].map(first)
    begun = pd.Series(_days(begun), index=rows.index)
    customer = pd.Series(_days(rows["customer_since"]), index=rows.index)
    missed = stayed.isna() & (begun < rows["held_on"]) & (customer < begun)
    lost = (stayed < STAYED).to_numpy(bool) | missed.to_numpy(bool)
    return np.select([lost, stayed.notna().to_numpy(bool)], ["lost", "kept"], "unknown")


def _levels(
    rows: pd.DataFrame, measure: str, ends: tuple[float, float], level: float
) -> pd.DataFrame:
    """Mean of accounts by year, apart from what sets clients and their waves apart."""
    by = [rows[name] for name in ("block", "since")]
    grand = rows.groupby(["block", "since"])[measure].transform("mean")
    own = rows.groupby([*by, rows["client_id"], rows["wave"]])[measure].transform("mean")
    rows = rows.assign(score=rows[measure] - own + grand)
    parted = rows[(rows["year"] > 1) & (rows["contact"] != "unknown")]
    rows = pd.concat([rows.assign(contact="all"), parted], ignore_index=True)
    rows["name"] = rows["client_id"] + "/" + rows["account_id"]
    keys = ["block", "since", "contact", "year"]
    sums = rows.assign(n=1.0).groupby([*keys, "name"])[["score", "n"]].sum().reset_index()
    parts = (sums.set_index("name")[[one]].set_axis([measure], axis=1) for one in ("score", "n"))
    code = sums.groupby(keys, sort=True).ngroup()
    found = linearised.ratios(*parts, code, level=level)
    names = sums.assign(code=code).drop_duplicates("code").set_index("code")[keys]
    told = names.loc[found["block"]].reset_index(drop=True)
    told = told.rename(columns={"block": "client_id"})
    cut = {name: found[name].clip(*ends) for name in ("value", "low", "high")}
    return told.assign(measure=measure, **cut, level=level, n_accounts=found["n_clusters"],
                       flag=found["flag"])  # fmt: skip


def _contrasts(rows: pd.DataFrame, measure: str, level: float) -> pd.DataFrame:
    """Later years against first ones, by contact, of clients and of the panel."""
    parts = []
    for contrast in CONTRASTS:
        one, other = compared(rows, contrast)
        some = rows[one | other]
        if some.empty:
            continue
        keys = ["block", "since"]
        strata = pd.MultiIndex.from_frame(some[[*keys, *BLOCK]])
        blocks = pd.MultiIndex.from_frame(some[keys])
        names = pd.MultiIndex.from_frame(some[_OWN])
        side = one[one | other]
        found = stratified_difference(some[measure], side, strata, names, blocks, level=level)
        client, since = zip(*found["block"], strict=True)
        n = {"n_later": found["n_first"], "n_first": found["n_other"]}
        parts.append(found.assign(client_id=client, since=since, contrast=contrast, **n))
    if not parts:
        return empty("year_gaps").drop(columns=["q", "verdict"])
    return pd.concat(parts, ignore_index=True).assign(measure=measure, level=level)


def compared(rows: pd.DataFrame, contrast: str) -> tuple[NDArray, NDArray]:
    """Say which rows of table ``account_years`` a contrast holds against which others."""
    year, contact = rows["year"].to_numpy(), rows["contact"].to_numpy(object)
    later, first = np.isin(year, LATER), year == 1
    kept, lost = later & (contact == "kept"), later & (contact == "lost")
    return {"all": (later, first), "kept": (kept, first), "lost": (lost, first),
            "kept_less_lost": (kept, lost)}[contrast]  # fmt: skip


def _judged(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Say lower or higher where that survives all that is asked of the client's wave."""
    table = table[table["value"].notna()].reset_index(drop=True)
    family = pd.MultiIndex.from_frame(table[["client_id", "wave", "measure"]])
    q = q_values(table["p"], family)
    said = verdicts(table["value"], table["p"], q, level)
    said = np.where(said == NO_DIFFERENCE[0], NO_DIFFERENCE[1], said)
    order = [{name: place for place, name in enumerate(names)} for names in (SINCE, CONTRASTS)]
    table = table.assign(q=q, verdict=said, one=table["since"].map(order[0]),
                         two=table["contrast"].map(order[1]))  # fmt: skip
    table = table.sort_values(["client_id", "wave", "measure", "one", "two"])
    return typed(table, "year_gaps")
