"""The list of a study's pages."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crqlab.show.markup import Column, Shown, table, text
from crqlab.show.numbers import count, decimals, number, percent, span

#: Ways to order the list: file name without ending, words, column, and whether high comes first.
ORDERS = (
    ("index", "client", "name", False),
    ("index_by_crq", "CRQ", "value_crq", True),
    ("index_by_nps", "NPS", "value_nps", True),
    ("index_by_status", "status", "status", False),
)


def reports(rows: pd.DataFrame, *, order: str = "index") -> Shown:
    """List client reports, each with the numbers at its head.

    Parameters
    ----------
    rows : DataFrame, one row per report
        ``file``, ``name``, ``client_id``, ``wave``, ``status``; and for ``crq`` and ``nps`` their
        ``value_``, ``low_`` and ``high_``; ``level``, ``n_respondents``, ``n_accounts``.
    order : str
        The first of one of `ORDERS`; equal rows stand by name.

    Examples
    --------
    >>> row = dict(file="C1_2025.html", name="A & B", client_id="C1", wave="2025", value_crq=5.2,
    ...            low_crq=5.0, high_crq=5.4, value_nps=17.0, low_nps=1.0, high_nps=30.0,
    ...            level=0.95, n_respondents=40, n_accounts=12, status="current")
    >>> reports(pd.DataFrame([row]))
    1 report
    """
    _, _, column, high = next(way for way in ORDERS if way[0] == order)
    rows = rows.sort_values(["name", "client_id", "wave"], key=_folded, kind="stable")
    if column != "name":
        rows = rows.sort_values(column, ascending=not high, kind="stable")
    levels = sorted({percent(level) for level in rows["level"]})
    caption = (
        f"Client reports. Everyone counts once; {' and '.join(levels)} intervals from resampled "
        "accounts; n stands beside each."
    )
    columns = [
        Column("Client", [_link(*row) for row in zip(rows["file"], rows["name"], strict=True)]),
        Column("Status", [text(status) for status in rows["status"]]),
        Column("Id", [text(client) for client in rows["client_id"]]),
        Column("Wave", [text(wave) for wave in rows["wave"]]),
        *_estimates(rows, "crq", "CRQ"),
        *_estimates(rows, "nps", "NPS"),
        Column("Respondents", [number(n, 0) for n in rows["n_respondents"]], True),
        Column("Accounts", [number(n, 0) for n in rows["n_accounts"]], True),
    ]
    return Shown(table(columns, caption=caption), count(len(rows), "report"))


def orders(current: str) -> Shown:
    """Offer the other orders of the list; each is a page of its own, so that nothing must run."""
    ways = [
        f"<strong>{text(words)}</strong>" if file == current else _link(f"{file}.html", words)
        for file, words, _, _ in ORDERS
    ]
    return Shown(f"<p>In the order of: {' · '.join(ways)}</p>", count(len(ways), "order"))


def failures(rows: pd.DataFrame) -> Shown:
    """List reports that could not be made, each with the reason.

    Parameters
    ----------
    rows : DataFrame, one row per report
        ``name``, ``client_id``, ``wave``, ``error``.

    Examples
    --------
    >>> failures(pd.DataFrame([dict(name="A", client_id="C1", wave="2025", error="no scores")]))
    1 report could not be made
    """
    said = f"{count(len(rows), 'report')} could not be made"
    if rows.empty:
        return Shown("", said)
    columns = [
        Column("Client", [text(name) for name in rows["name"]]),
        Column("Id", [text(client) for client in rows["client_id"]]),
        Column("Wave", [text(wave) for wave in rows["wave"]]),
        Column("Why", [text(error) for error in rows["error"]]),
    ]
    caption = f"{said}; the next run tries them again. An older page of theirs stays as it was."
    return Shown(table(columns, caption=caption), said)


def pages(links: Iterable[tuple[str, str]]) -> Shown:
    """List other pages as file and name."""
    found = [_link(*link) for link in links]
    items = "\n".join(f"<li>{link}</li>" for link in found)
    return Shown(f"<ul>\n{items}\n</ul>", count(len(found), "page"))


def _folded(values: pd.Series) -> pd.Series:
    return values.astype(str).str.casefold()


def _link(file: str, name: str) -> str:
    return f'<a href="{text(file)}">{text(name)}</a>'


def _estimates(rows: pd.DataFrame, measure: str, label: str) -> list[Column]:
    places, signed = decimals(measure), measure == "nps"
    value, low, high = (rows[f"{end}_{measure}"] for end in ("value", "low", "high"))
    values = [number(v, places, signed=signed) for v in value]
    spans = [span(*ends, places, signed=signed) for ends in zip(low, high, strict=True)]
    return [Column(label, values, True), Column(f"{label} interval", spans, True)]
