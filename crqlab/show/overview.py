"""The list of a study's pages."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crqlab.show.markup import Column, Shown, table, text
from crqlab.show.numbers import count, decimals, number, percent, span


def reports(rows: pd.DataFrame) -> Shown:
    """List client reports, each with the numbers at its head.

    Parameters
    ----------
    rows : DataFrame, one row per report
        ``file``, ``name``, ``client_id``, ``wave``; and for ``crq`` and ``nps`` their ``value_``,
        ``low_`` and ``high_``; ``level``, ``n_respondents``, ``n_accounts``.

    Examples
    --------
    >>> row = dict(file="C1_2025.html", name="A & B", client_id="C1", wave="2025", value_crq=5.2,
    ...            low_crq=5.0, high_crq=5.4, value_nps=17.0, low_nps=1.0, high_nps=30.0,
    ...            level=0.95, n_respondents=40, n_accounts=12)
    >>> reports(pd.DataFrame([row]))
    1 report
    """
    levels = sorted({percent(level) for level in rows["level"]})
    caption = (
        f"Client reports. Everyone counts once; {' and '.join(levels)} intervals from resampled "
        "accounts; n stands beside each."
    )
    columns = [
        Column("Client", [_link(*row) for row in zip(rows["file"], rows["name"], strict=True)]),
        Column("Id", [text(client) for client in rows["client_id"]]),
        Column("Wave", [text(wave) for wave in rows["wave"]]),
        *_estimates(rows, "crq", "CRQ"),
        *_estimates(rows, "nps", "NPS"),
        Column("Respondents", [number(n, 0) for n in rows["n_respondents"]], True),
        Column("Accounts", [number(n, 0) for n in rows["n_accounts"]], True),
    ]
    return Shown(table(columns, caption=caption), count(len(rows), "report"))


def pages(links: Iterable[tuple[str, str]]) -> Shown:
    """List other pages as file and name."""
    found = [_link(*link) for link in links]
    items = "\n".join(f"<li>{link}</li>" for link in found)
    return Shown(f"<ul>\n{items}\n</ul>", count(len(found), "page"))


def _link(file: str, name: str) -> str:
    return f'<a href="{text(file)}">{text(name)}</a>'


def _estimates(rows: pd.DataFrame, measure: str, label: str) -> list[Column]:
    places, signed = decimals(measure), measure == "nps"
    value, low, high = (rows[f"{end}_{measure}"] for end in ("value", "low", "high"))
    values = [number(v, places, signed=signed) for v in value]
    spans = [span(*ends, places, signed=signed) for ends in zip(low, high, strict=True)]
    return [Column(label, values, True), Column(f"{label} interval", spans, True)]
