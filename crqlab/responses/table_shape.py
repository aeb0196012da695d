"""Where a table begins and ends inside a file that people look at: titles, footers, totals.

Spreadsheets and reports put a title above the header and a sum below the rows. What is set aside
is told with its row and its reason; nothing goes in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa

from crqlab.responses import cells
from crqlab.responses.grid import Aside, Grid

LOOKED_AT = 40  # records among which the header is looked for
_FULL = 0.5  # a header has at least this share of the cells that later rows have
_AGREES = 1e-6
#: Words that stand in front of a row made of all others, by what it is.
AGGREGATES = {
    "total": "total;totals;sum;grand total;subtotal;overall;summe;gesamt;gesamtsumme;totalt;summa;"
    "somme;totaal;suma;totale;somma;total general;gesamtergebnis",
    "average": "average;mean;avg;durchschnitt;mittelwert;medel;medelvärde;snitt;moyenne;"
    "gemiddelde;promedio;media",
    "minimum": "minimum;min;minst;mínimo",
    "maximum": "maximum;max;störst;máximo",
    "other": "median;std;stdev;standard deviation;count;anzahl;antal;nombre;aantal;número;n",
}


def header_place(records: Sequence[Sequence[str]]) -> int:
    """Return the place of the header among the first records of a file.

    The first record that is as wide as the rows below it; a title of one cell, a comment line and
    merged headings of groups are narrower. Where all have one cell, the first one is the header.

    Examples
    --------
    >>> header_place([["Survey 2025"], [], ["id", "q1", "q2"], ["a", "1", "2"]])
    2
    >>> header_place([["id"], ["a"], ["b"]]), header_place([])
    (0, 0)
    """
    filled = [sum(1 for cell in record if str(cell).strip()) for record in records[:LOOKED_AT]]
    known = [n for n in filled if n]
    first = next((place for place, n in enumerate(filled) if n), 0)
    wide = [n for n in known if n > 1]
    if len(wide) < _FULL * len(known) or not wide:
        return first
    usual = median(wide)
    for place, n in enumerate(filled):
        if n >= max(2, _FULL * usual):
            return place
    return first


def footer_length(widths: Sequence[int], blank: Sequence[bool]) -> int:
    """Return how many of the last records are a footer: one-cell lines below a blank line.

    Parameters
    ----------
    widths : sequence of int
        Filled cells of each record, in the order of the file.
    blank : sequence of bool
        Whether a blank line stands directly above each record.

    Examples
    --------
    >>> footer_length([5, 5, 1, 1], [False, False, True, False]), footer_length([5, 1], [False] * 2)
    (2, 0)
    """
    for length, (width, gap) in enumerate(zip(widths[::-1], blank[::-1], strict=True), start=1):
        if width != 1:
            return 0
        if gap:
            return length
    return 0


def without_aggregates(grid: Grid) -> Grid:
    """Return the grid without rows that sum up or average the others; each is told in ``aside``.

    A row counts as one where its first filled cell is such a word and it is either mostly empty or
    its numbers are what the word says of the others, so that a firm called Total stays a firm.
    """
    if len(grid) < 2:
        return grid
    firsts = _first_cells(grid)
    places = [i for i, cell in enumerate(firsts) if cell and aggregate(cell)]
    nameless = _nameless_sum(grid)
    found = [(i, aggregate(firsts[i]) or "total") for i in places if _is_made(grid, i)]
    found += [(i, "total") for i in nameless if i not in places]
    if not found:
        return grid
    keep = np.ones(len(grid), dtype=bool)
    keep[[i for i, _ in found]] = False
    told = tuple(Aside(int(grid.rows[i]), why, firsts[i]) for i, why in found)
    kept = grid.cells.filter(pa.array(keep))
    return replace(grid, cells=kept, rows=grid.rows[keep], aside=(*grid.aside, *told))


def aggregate(cell: str) -> str:
    """Return what a first cell says its row is; an empty text where it says nothing of the kind.

    Examples
    --------
    >>> aggregate("Grand Total"), aggregate("Summe:"), aggregate("Total Energies AB")
    ('total', 'total', '')
    """
    plain = cells.folded(cell).strip(" :.=-")
    kinds = (kind for kind, words in AGGREGATES.items() if plain in words.split(";"))
    return next(kinds, "")


def _first_cells(grid: Grid) -> list[str]:
    firsts = np.full(len(grid), "", dtype=object)
    for column in grid.cells.columns:
        values = np.array([(v or "").strip() for v in column.to_pylist()], dtype=object)
        firsts = np.where(firsts == "", values, firsts)
        if (firsts != "").all():
            break
    return firsts.tolist()


def _is_made(grid: Grid, place: int) -> bool:
    filled = [bool(cell.strip()) for cell in grid.record(place)]
    other = [i for i in (0, len(grid) // 2, len(grid) - 1) if i != place]
    usual = median(sum(bool(cell.strip()) for cell in grid.record(i)) for i in other)
    return sum(filled) <= _FULL * usual or _numbers_agree(grid, place)


def _numbers_agree(grid: Grid, place: int) -> bool:
    """Whether most numbers of a row are the sum, mean, least or greatest of the other rows."""
    agreeing = known = 0
    for column in range(1, grid.cells.num_columns):
        values = _numeric(grid, column)
        mine, others = values[place], np.delete(values, place)
        others = others[~np.isnan(others)]
        if np.isnan(mine) or len(others) < 2:
            continue
        known += 1
        made = (others.sum(), others.mean(), others.min(), others.max(), len(others))
        near = max(_AGREES * abs(mine), _half_step(grid.cells.column(column)[place].as_py()))
        agreeing += any(abs(mine - one) <= near for one in made)
    return known > 0 and agreeing >= 0.8 * known


def _nameless_sum(grid: Grid) -> list[int]:
    """The last row, where it has no id and one number that is the sum of all above it."""
    last = len(grid) - 1
    if any(cell.strip() for cell in grid.record(last)[:1]) or len(grid) < 4:
        return []
    numeric = [_numeric(grid, i) for i, cell in enumerate(grid.record(last)) if cell.strip()]
    if not numeric or any(np.isnan(values[last]) for values in numeric):
        return []
    sums = [abs(v[last] - np.nansum(v[:last])) <= max(_AGREES * abs(v[last]), 0.5) for v in numeric]
    return [last] if all(sums) else []


def _half_step(written: str) -> float:
    """Half of the last digit that a number was rounded to."""
    return 0.5001 * 10.0 ** -len(written.strip().partition(".")[2])


def _numeric(grid: Grid, column: int) -> np.ndarray:
    texts = pd.Series(grid.cells.column(column).to_pandas())
    plain = texts.str.replace(r"[\s'’]", "", regex=True)
    return pd.to_numeric(plain, errors="coerce").to_numpy(float)
