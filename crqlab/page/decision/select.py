"""From a client's view to the numbers that its report opens with."""

from __future__ import annotations

from math import nan
from typing import Any

from crqlab.page.client_view import ClientView
from crqlab.page.decision.data import Tile
from crqlab.page.renewal.data import proven

#: Ways to count in which large accounts weigh more.
WEIGHTED = "revenue"


def tiles(view: ClientView) -> list[Tile]:
    """Return CRQ, NPS, and what is at risk; without a model that foretells, what was heard."""
    rows = {name: view.measure(name) for name in ("crq", "nps")}
    scores = [_score(view, name, row) for name, row in rows.items() if row is not None]
    money = _loss(view) or _heard(view)
    return [*scores, *([money] if money else [])]


def _score(view: ClientView, name: str, row: dict[str, Any]) -> Tile:
    same = ("value", "low", "high", "level", "change", "change_low", "change_high", "verdict")
    return Tile(
        name,
        **{field: row[field] for field in same},
        before=view.before,
        n_respondents=int(row["n_respondents"]),
        n_accounts=int(row["n_accounts"]),
        unweighted=view.scores.unweighted(name),
        weighted=_weighted(view, name, row),
        flag=row["flag"],
        withheld=bool(row["withheld"]),
        **_rolling(view, name),
    )


def _rolling(view: ClientView, name: str) -> dict[str, Any]:
    """The state of all accounts, where the wave asked a slice of them."""
    rows = view.scores.rolling
    rows = rows[rows["measure"] == name]
    if rows.empty:
        return {}
    row = rows.iloc[0]
    ends = {"rolling": "value", "rolling_low": "low", "rolling_high": "high"}
    return {
        **{ours: float(row[own]) for ours, own in ends.items()},
        "n_rolling": int(row["n_accounts"]),
    }


def _weighted(view: ClientView, name: str, row: dict[str, Any]) -> float:
    """The revenue-weighted number, where it is another one than the headline's interval allows."""
    found = view.scores.roll_ups
    found = found[(found["measure"] == name) & (found["roll_up"] == WEIGHTED)]
    value = float(found["value"].iloc[0]) if len(found) else nan
    return nan if row["low"] <= value <= row["high"] else value


def _loss(view: ClientView) -> Tile | None:
    total = view.renewal.total
    if total.empty or not proven(view.renewal.performance):
        return None
    row = total.iloc[0]
    if row["expected_loss"] != row["expected_loss"]:
        return None
    return Tile(
        "loss",
        float(row["expected_loss"]),
        float(row["loss_low"]),
        float(row["loss_high"]),
        float(row["level"]),
        n_accounts=int(row["n_accounts"]),
    )


def _heard(view: ClientView) -> Tile | None:
    asked = view.participation.counts
    if asked.revenue != asked.revenue:
        return None
    return Tile("heard", asked.revenue, n_accounts=asked.accounts_answered)
