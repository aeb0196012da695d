"""The head-office sheet: one long table, and what its fields mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts.columns import DIMENSIONS
from crqlab.page.client_view import ClientView
from crqlab.page.head_office.select import UNKNOWN
from crqlab.page.sheet import Field, Sheet

#: Fields under names that are the same in every language, and how each is shown.
FIELDS = {
    "client_id": "text", "client": "text", "wave": "text", "breakdown": "text", "unit": "text",
    "country": "text", "product": "text", "promoters": "count", "passives": "count",
    "detractors": "count", "n": "count", "accounts": "count", "nps": "nps", "nps_low": "nps",
    "nps_high": "nps", "interval_level": "share", "withheld": "text", "caution": "text",
    "method": "text",
}  # fmt: skip
#: Beside these, where answers have survey weights.
_WEIGHTED = {"n": {"n_effective": "score"}, "nps_high": {"nps_unweighted": "nps"}}
_RENAMED = {"n_respondents": "n", "n_accounts": "accounts", "level": "interval_level"}


@dataclass(frozen=True, slots=True, eq=False)
class ClientRows:
    """One client of a head-office file: its view, and its rows (`select.head_office`)."""

    view: ClientView
    rows: pd.DataFrame

    @property
    def weighted(self) -> bool:
        """Whether any row's answers have survey weights that differ."""
        known = self.rows.dropna(subset=["n_effective"])
        return bool((known["n_respondents"] - known["n_effective"] > _SAME).any())


def fields_of(parts: Sequence[ClientRows]) -> dict[str, str]:
    """Return the fields of a file and how each is shown; more where answers have weights."""
    more = _WEIGHTED if any(one.weighted for one in parts) else {}
    found = {}
    for name, kind in FIELDS.items():
        found |= {name: kind, **more.get(name, {})}
    return found


def long_sheet(parts: Sequence[ClientRows]) -> Sheet:
    """Return all numbers, client below client, in one table.

    Parameters
    ----------
    parts : sequence of ClientRows
        In one language.

    Returns
    -------
    Sheet
        ``breakdown`` says by what a row is sorted; the other two of unit, country and product then
        hold the word for all. A withheld number is an empty cell, and ``caution`` says why.
    """
    spoken = parts[0].view.language
    shown = fields_of(parts)
    rows = pd.concat([_long(one, shown) for one in parts], ignore_index=True)
    fields = {name: Field(name, "", kind) for name, kind in shown.items()}
    return Sheet(spoken.say("head_office.table"), "", "", fields, rows)


def _long(one: ClientRows, fields: Mapping[str, str]) -> pd.DataFrame:
    view, rows, say = one.view, one.rows, one.view.language.say
    everybody, unknown = say("head_office.all"), say("head_office.unknown")
    named = rows["group"].where(rows["group"] != UNKNOWN, unknown)
    return rows.rename(columns=_RENAMED).assign(
        client_id=view.client_id,
        client=view.client,
        breakdown=[say(f"head_office.by_{name}") for name in rows["dimension"]],
        **{name: named.where(rows["dimension"] == name, everybody) for name in DIMENSIONS},
        withheld=[say("common.yes" if hidden else "common.no") for hidden in rows["withheld"]],
        caution=[view.language.caution(flag) for flag in rows["flag"]],
        method=[view.language.method(code) for code in rows["method"]],
    )[list(fields)]


def field_sheet(parts: Sequence[ClientRows]) -> Sheet:
    """Return what each field of the long table means, and what to know of all of it."""
    view = parts[0].view
    spoken, least = view.language, view.privacy.min_scores
    shown = fields_of(parts)
    meant = [spoken.say(f"head_office.field_{name}", minimum=least) for name in shown]
    rows = pd.DataFrame({"field": list(shown), "meaning": meant})
    first = "weights" if any(one.weighted for one in parts) else "adds"
    notes = [*view.warnings, *(spoken.say(f"head_office.note_{n}") for n in (first, *_NOTES))]
    notes = pd.DataFrame({"field": "", "meaning": notes})
    fields = {name: Field(spoken.say(f"head_office.{name}")) for name in ("field", "meaning")}
    rows = pd.concat([rows, notes], ignore_index=True)
    return Sheet(spoken.say("head_office.fields"), "", "", fields, rows)


_NOTES = ("compare", "withheld")
_SAME = 1e-9  # what is nearer is rounding
