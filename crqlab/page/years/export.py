"""Years of relationships as a sheet of the workbook."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.sheet import CAUTION, Sheet, estimate, scale, sheet


def years_sheet(view: ClientView) -> Sheet:
    """Years 2 to 4 against the first, of the client and of all clients."""
    found = view.years
    rows = pd.concat([found.gaps.assign(group="client"), found.panel.assign(group="panel")],
                     ignore_index=True)  # fmt: skip
    rows = rows.assign(
        label=[view.instrument.label(name) for name in rows["measure"]],
        unit=[scale(view, name) for name in rows["measure"]],
        verdict=rows["verdict"].where(rows["verdict"] != "unknown"),
    )
    columns = {
        "group": ("group", "", "years_of"),
        "since": ("since", "", "since"),
        "contrast": ("contrast", "", "contrast"),
        "label": ("measure", "", "term"),
        "unit": ("unit",),
        **estimate(),
        "verdict": ("verdict", "", "difference"),
        "n_later": ("n_later", "accounts", "count"),
        "n_first": ("n_first", "accounts", "count"),
        **CAUTION,
    }
    return sheet(view, "years", columns, rows)
