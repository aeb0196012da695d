"""What of a client's page goes into its summary."""

from __future__ import annotations

from math import nan

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.summary.data import Findings, Fix, Mix, Place, Risk, Score


def summary(view: ClientView) -> Findings:
    """Collect what changed, where the client stands, what to fix, and who is at risk.

    Parameters
    ----------
    view : ClientView
        Its own ``summary`` is not read.

    Returns
    -------
    Findings
        Nothing that the view withholds.
    """
    rows = [view.measure(name) for name in ("crq", "nps")]
    return Findings(
        tuple(_score(view, row) for row in rows if row is not None),
        participation=view.participation.counts,
        place=_place(view),
        fix=_fix(view),
        risk=_risk(view),
        mix=_mix(view),
        alone=view.alone,
    )


def _score(view: ClientView, row: pd.Series) -> Score:
    return Score(
        row["measure"],
        row["label"],
        float(row["value"]),
        float(row["low"]),
        float(row["high"]),
        int(row["n_respondents"]),
        int(row["n_accounts"]),
        level=float(row["level"]),
        before=view.before,
        change=float(row["change"]),
        change_low=float(row["change_low"]),
        change_high=float(row["change_high"]),
        verdict=row["verdict"],
    )


def _place(view: ClientView) -> Place | None:
    row = view.benchmark.of("crq")
    if row is None:
        return None
    place = (float(row[name]) for name in ("percentile", "percentile_low", "percentile_high"))
    unique = {"yes": True, "no": False}.get(row["unique"])
    n, level = int(row["n_clients"]), float(row["level"])
    return Place(*place, n, level, peers=str(row["peers"]), unique=unique)


def _fix(view: ClientView) -> Fix | None:
    row = view.drivers.first
    if row is None:
        return None
    second = row["runner_up_label"]
    return Fix(
        str(row["label"]),
        float(row["probability"]),
        bool(row["clear"]),
        int(row["n"]),
        int(row["n_accounts"]),
        runner_up=str(second) if second == second and second else "",
        runner_up_probability=float(row["runner_up_probability"]),
    )


def _risk(view: ClientView) -> Risk | None:
    if view.renewal.total.empty:
        return None
    row, accounts = view.renewal.total.iloc[0], view.renewal.accounts
    known = accounts["segment"].notna().any()
    return Risk(
        float(row["expected_loss"]),
        float(row["loss_low"]),
        float(row["loss_high"]),
        float(row["revenue"]),
        int(row["n_accounts"]),
        at_risk=int(accounts["segment"].isin(view.segments.traits.weak).sum()) if known else None,
        silent=float(row["silent_loss"]),
        currency=view.currency,
        level=float(row["level"]),
    )


def _mix(view: ClientView) -> Mix | None:
    rows = view.segments.shares
    rows = rows[rows["status"] == "sorted"].set_index("segment")
    if rows.empty:
        return None
    first = rows.iloc[0]
    up, down = (view.segments.moved(way) for way in ("climbed", "fell"))
    ends = (float(first[name]) for name in ("share", "low", "high"))
    return Mix(
        {str(name): int(n) for name, n in rows["n"].items()},
        first=tuple(ends) if rows.index[0] == view.segments.traits.top else (nan, nan, nan),
        before=view.segments.before if up.n else "",
        up=up,
        down=down,
        level=float(first["level"]),
    )
