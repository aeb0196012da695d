"""Every table and card that a notebook may show, under one roof."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pandas as pd

from crqlab.show.accounts import accounts, heat_map
from crqlab.show.dependence import concentration, continuity, plan, questions
from crqlab.show.headline import banner, headline, masthead
from crqlab.show.markup import Column, Shown, folded, names, table, under
from crqlab.show.method import excluded, privacy, quality, rules, run_card
from crqlab.show.numbers import number
from crqlab.show.participation_tables import completion, nonresponse, participation
from crqlab.show.scores import agreement, change_parts, constructs, roll_ups, waves
from crqlab.show.silence import silent, voices
from crqlab.show.voices import comments

__all__ = [
    "Shown",
    "accounts",
    "agreement",
    "banner",
    "change_parts",
    "comments",
    "completion",
    "concentration",
    "constructs",
    "continuity",
    "excluded",
    "folded",
    "headline",
    "heat_map",
    "masthead",
    "nonresponse",
    "participation",
    "plain",
    "plan",
    "privacy",
    "quality",
    "questions",
    "roll_ups",
    "rules",
    "run_card",
    "silent",
    "under",
    "voices",
    "waves",
]

#: Tables whose modules are loaded when the first of them is shown.
_LATER = {
    **dict.fromkeys(("deciles", "positions"), "crqlab.show.benchmark_tables"),
    **dict.fromkeys(
        (
            *("model_card", "renewal_contest", "renewal_effects", "renewal_outlook"),
            "revenue_at_risk",
        ),
        "crqlab.show.renewal_tables",
    ),
    **dict.fromkeys(
        ("driver_effects", "driver_focus", "driver_map", "driver_weights", "one_thing"),
        "crqlab.show.drivers_tables",
    ),
    "themes": "crqlab.show.themes",
    "in_short": "crqlab.show.sentences",
    "managers": "crqlab.show.managers",
    "account_pages": "crqlab.show.account_pages",
    **dict.fromkeys(
        ("segments", "segment_reasons", "migration"),
        "crqlab.show.segments_page",
    ),
    **dict.fromkeys(("one_thing_to_fix", "levers", "account_levers"), "crqlab.show.levers_page"),
    **dict.fromkeys(("actions", "referrals", "lifts"), "crqlab.show.agenda_page"),
    "next_wave": "crqlab.show.asking",
    "peers": "crqlab.show.peers_page",
    "outlook": "crqlab.show.prospect_page",
    **dict.fromkeys(
        ("segment_accounts", "segment_actions", "segment_lifts", "segment_mix"),
        "crqlab.show.segments_tables",
    ),
    "threshold_lab": "crqlab.show.threshold_lab",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_LATER])


def plain(rows: pd.DataFrame, *, caption: str, decimals: int = 2) -> Shown:
    """Any tidy table as it is, for notebooks that explore.

    Parameters
    ----------
    rows : DataFrame
        The first column names the rows.
    caption : str
        What the table says, with the n, interval and method behind its numbers.
    decimals : int
        Of columns that are not whole numbers.

    Examples
    --------
    >>> plain(pd.DataFrame({"account": ["a"], "score": [5.238]}), caption="Scores, n = 4")
    Scores, n = 4
    """
    columns = [
        Column(str(name).replace("_", " "), *_column(rows[name], decimals)) for name in rows.columns
    ]
    return Shown(table(columns, caption=caption), caption)


def _column(values: pd.Series, decimals: int) -> tuple[list[str], bool]:
    """Cells, and whether they are numbers."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return names(values), False
    whole = pd.api.types.is_integer_dtype(values)
    return [number(value, 0 if whole else decimals) for value in values], True
