"""Roles, units, countries and products as sheets of the workbook."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.groups.select import UNKNOWN
from crqlab.page.sheet import CAUTION, PEOPLE, Sheet, estimate, interval, scale, sheet


def groups_sheet(view: ClientView) -> Sheet:
    """Every measure by role; CRQ and NPS by unit, country and product."""
    rows, spoken = view.groups.table, view.language
    unknown = spoken.say("head_office.unknown")
    rows = rows.assign(
        group=rows["group"].where(rows["group"] != UNKNOWN, unknown),
        label=[view.instrument.label(name) for name in rows["measure"]],
        unit=[scale(view, name) for name in rows["measure"]],
    )
    columns = {
        "dimension": ("grouped_by", "", "dimension"),
        "group": ("group", "", "term"),
        "label": ("measure", "", "term"),
        "unit": ("unit",),
        **estimate(),
        **interval("difference", "same_unit", "score"),
        "verdict": ("verdict", "", "difference"),
        **PEOPLE,
        **CAUTION,
    }
    known = rows["verdict"].where(rows["verdict"] != "unknown")
    return sheet(view, "groups", columns, rows.assign(verdict=known))


def role_gaps_sheet(view: ClientView) -> Sheet:
    """Roles against each other inside accounts."""
    rows = view.groups.gaps
    rows = rows.assign(
        label=[view.instrument.label(name) for name in rows["measure"]],
        unit=[scale(view, name) for name in rows["measure"]],
        verdict=rows["verdict"].where(rows["verdict"] != "unknown"),
    )
    columns = {
        "role": ("role", "", "term"),
        "other": ("less_role", "", "term"),
        "label": ("measure", "", "term"),
        "unit": ("unit",),
        **estimate(),
        "verdict": ("verdict", "", "difference"),
        **PEOPLE,
        **CAUTION,
    }
    return sheet(view, "role_gaps", columns, rows)
