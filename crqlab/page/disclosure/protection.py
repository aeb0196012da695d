"""Withhold more until what is shown no longer gives away what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.study import Study
from crqlab.page.benchmark.select import veiled
from crqlab.page.client_view import ClientView
from crqlab.page.disclosure.audit import doomed
from crqlab.page.disclosure.construct_means import MEASURES, SPLIT
from crqlab.page.disclosure.shown_numbers import of_view
from crqlab.page.disclosure.statements import GAPS, HEADLINE, UNWEIGHTED, YEARS
from crqlab.page.disclosure.suppression_choice import ACCOUNTS, SIDES, GivenUp, of_account
from crqlab.page.drivers.select import OWN
from crqlab.page.groups.data import Groups
from crqlab.page.groups.select import emptied, emptied_gaps
from crqlab.page.suppression import PROTECTS
from crqlab.page.years.select import without_contrasts

_ENDS = ("value", "low", "high")


def protected(study: Study, made: Callable[[frozenset[str]], ClientView]) -> ClientView:
    """Return a client's view from which no small group's score can be worked out.

    Parameters
    ----------
    study : Study
    made : function
        Makes the view, not rounded yet, without the scores of the accounts that it is given.

    Returns
    -------
    ClientView
        What had to go too is empty and flagged ``would_tell_smaller_group``.
    """
    seen = made(frozenset())
    gone = doomed(study, seen.client_id, seen.wave, partial(of_view, study, seen))
    if accounts := frozenset(one.key for one in gone if of_account(one)):
        seen = made(accounts)
    for one in gone:
        seen = _without(seen, one)
    return seen


def _without(seen: ClientView, one: GivenUp) -> ClientView:
    """Empty a number, and whatever else says the same."""
    measure = one.measure
    if one.table == HEADLINE:
        return _without_wave(seen, measure, one.key)
    if one.table == ACCOUNTS:
        if of_account(one):
            return seen  # made without them
        if one.column == measure:
            return _without_mean(seen, one)
        rows = _emptied(seen.accounts, "account_id", one.key, (*_changes(), "change_q"))
        return replace(seen, accounts=rows)
    if one.table == MEASURES:
        return _without_measure(seen, measure)
    if one.table == "managers.table":
        rows = seen.managers.table
        rows = rows.assign(flag=rows["flag"].mask(_is(rows["manager"], one.key), PROTECTS))
        rows = _emptied(rows, "manager", one.key, _ENDS)
        return replace(seen, managers=replace(seen.managers, table=rows))
    if one.table == YEARS:
        rows = seen.years.gaps
        rows = without_contrasts(rows, rows["contrast"].eq(one.key))
        return replace(seen, years=replace(seen.years, gaps=rows))
    if one.table in SIDES:
        return replace(seen, groups=_without_side(seen.groups, one))
    if one.table == SPLIT:
        rows = seen.groups.table
        veiled = emptied(rows, rows["measure"].eq(measure) & rows["dimension"].eq(one.key))
        return replace(seen, groups=replace(seen.groups, table=veiled))
    section, table = one.table.split(".")
    part = getattr(seen, section)
    if section == "participation" and table == "managers":
        rows = _emptied(part.managers, "name", one.key, (one.column,))
        hidden = _is(rows["name"], one.key) & (one.column == "crq_without")
        rows = rows.assign(withheld=rows["withheld"].to_numpy(bool) | hidden)
        return replace(seen, participation=replace(part, managers=rows))
    by = {"roll_ups": "roll_up", "parts": "part", "nonresponse": "view"}[table]
    rows = _hidden(getattr(part, table), measure, by, one.key)
    seen = replace(seen, **{section: replace(part, **{table: rows})})
    if (table, one.key, measure) == ("roll_ups", UNWEIGHTED, "nps"):
        return replace(seen, scores=replace(seen.scores, ltr=seen.scores.ltr.iloc[:0]))
    if table != "parts" or one.key != "all":
        return seen
    for name in part.measures["measure"].tolist() if measure == "crq" else [measure]:
        seen = _without_change(seen, name)  # CRQ is made of constructs: theirs tell its change
    return seen


def _without_side(groups: Groups, one: GivenUp) -> Groups:
    """Empty a role's or unit's numbers, or a gap of two roles."""
    if one.table == GAPS:
        rows = groups.gaps
        hide = (rows["measure"] == one.measure) & _is(rows["role"] + "/" + rows["other"], one.key)
        return replace(groups, gaps=emptied_gaps(rows, hide.to_numpy(bool)))
    rows = groups.table
    hide = rows["measure"].eq(one.measure) & _is(rows["dimension"] + "/" + rows["group"], one.key)
    return replace(groups, table=emptied(rows, hide))


def _changes() -> tuple[str, ...]:
    return ("change", "change_low", "change_high")


def _is(column: pd.Series, key: str) -> NDArray:
    return np.array([str(cell) == key for cell in column], dtype=bool)


def _emptied(rows: pd.DataFrame, by: str, key: str, columns: Iterable[str]) -> pd.DataFrame:
    hide = _is(rows[by], key)
    return rows.assign(
        **{name: np.where(hide, np.nan, rows[name].astype(float)) for name in columns}
    )


def _hidden(rows: pd.DataFrame, measure: str, by: str, key: str) -> pd.DataFrame:
    """Empty a measure's row of a table of numbers, and say why."""
    return _masked(rows, (rows["measure"] == measure).to_numpy(bool) & _is(rows[by], key))


def _masked(rows: pd.DataFrame, hide: NDArray) -> pd.DataFrame:
    names = [name for name in (*_ENDS, *_changes(), "p", "change_q") if name in rows]
    told = {name: np.where(hide, np.nan, rows[name].astype(float)) for name in names}
    told["flag"] = rows["flag"].mask(hide, PROTECTS)
    if "verdict" in rows:
        told["verdict"] = rows["verdict"].mask(hide, "unknown")
    if "withheld" in rows:
        told["withheld"] = rows["withheld"].to_numpy(bool) | hide
    return rows.assign(**told)


def _without_mean(seen: ClientView, one: GivenUp) -> ClientView:
    """Empty an account's mean of one construct, and what is aimed at because of it."""
    rows, aims = seen.accounts, seen.drivers.accounts
    left = aims[~(_is(aims["unit"], one.key) & _is(aims["driver"], one.measure))]
    return replace(
        seen,
        accounts=_emptied(rows, "account_id", one.key, (one.column,)),
        drivers=replace(seen.drivers, accounts=left.reset_index(drop=True)),
    )


def _without_measure(seen: ClientView, measure: str) -> ClientView:
    """Empty a client's mean of one construct, its place among peers and as a driver."""
    part, trend = seen.scores, seen.scores.trend
    rows = _masked(part.measures, (part.measures["measure"] == measure).to_numpy(bool))
    here = (trend["measure"] == measure) & (trend["wave"] == seen.wave)
    told = {"measures": rows, "trend": _masked(trend, here.to_numpy(bool))}
    if measure == "mean_ltr":
        told["ltr"] = part.ltr.iloc[:0]
    benchmark = replace(seen.benchmark, table=veiled(seen.benchmark.table, rows))
    seen = replace(seen, scores=replace(part, **told), benchmark=benchmark)
    return _without_drivers(_without_sides(seen, [measure]))


def _without_change(seen: ClientView, measure: str) -> ClientView:
    """The whole change stands beside the measure, too."""
    rows = seen.scores.measures
    hide = (rows["measure"] == measure).to_numpy(bool)
    told = {name: rows[name].astype(float).mask(hide) for name in (*_changes(), "change_q")}
    rows = rows.assign(**told, verdict=rows["verdict"].mask(hide, "unknown"))
    return replace(seen, scores=replace(seen.scores, measures=rows))


def _without_wave(seen: ClientView, measure: str, wave: str) -> ClientView:
    """Withhold a wave's own number and all that it could be made of again."""
    alike = ["nps", "mean_ltr"] if measure == "nps" else seen.scores.measures["measure"].tolist()
    part, here = seen.scores, wave == seen.wave

    def hide(rows: pd.DataFrame, *, all_: bool = here) -> pd.DataFrame:
        some = rows["measure"].isin(alike).to_numpy(bool)
        return _masked(rows, some & (all_ | (rows["wave"] == wave).to_numpy(bool)))

    told = {"trend": hide(part.trend, all_=False), "parts": hide(part.parts, all_=True)}
    if here:
        told |= {name: hide(getattr(part, name)) for name in ("measures", "roll_ups", "agreement")}
        told["ltr"] = part.ltr.iloc[:0]
    seen = replace(seen, scores=replace(part, **told))
    if not here:
        for one in alike:
            seen = _without_change(seen, one)
        return seen
    silent = seen.participation.nonresponse
    silent = _masked(silent, silent["measure"].isin(alike).to_numpy(bool))
    seen = replace(
        seen,
        participation=replace(seen.participation, nonresponse=silent),
        benchmark=replace(seen.benchmark, table=veiled(seen.benchmark.table, told["measures"])),
    )
    seen = _without_sides(seen, alike)
    return _without_drivers(seen) if measure == "crq" else seen


def _without_sides(seen: ClientView, measures: list[str]) -> ClientView:
    """Empty what roles and units say of measures that are withheld as a whole."""
    rows, gaps = seen.groups.table, seen.groups.gaps
    rows = emptied(rows, rows["measure"].isin(measures))
    gaps = emptied_gaps(gaps, gaps["measure"].isin(measures).to_numpy(bool))
    late = without_contrasts(seen.years.gaps, seen.years.gaps["measure"].isin(measures))
    return replace(seen, groups=replace(seen.groups, table=rows, gaps=gaps),
                   years=replace(seen.years, gaps=late))  # fmt: skip


def _without_drivers(seen: ClientView) -> ClientView:
    """Empty what the client's own answers say of drivers."""
    drivers = seen.drivers
    rows = drivers.map.assign(
        **{name: drivers.map[name].astype(float).mask(drivers.map["n"] >= 0) for name in OWN},
        withheld=True,
        flag=PROTECTS,
    )
    none = {name: getattr(drivers, name).iloc[:0] for name in ("client", "managers")}
    return replace(seen, drivers=replace(drivers, map=rows, **none))
