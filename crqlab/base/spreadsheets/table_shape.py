"""Where a table begins and ends inside a file that people look at: titles, footers, totals.

Spreadsheets and reports put a title above the header and a sum below the rows. What is set aside
is told with its row and its reason; nothing goes in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa

from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.grid import Aside, Grid

LOOKED_AT = 40  # records among which the header is looked for
_FULL = 0.5  # a header has at least this share of the cells that later rows have
_AGREES = 1e-6
#: Words that stand in front of a row made of all others, by what it is.
AGGREGATES = {
    "total": r"(?:grand |sub ?|sous |eind|zwischen|delen? ?|slut|gesamt|algemeen |general )?"
    r"(?:total\w*|totaal|gesamt\w*|summe\w*|summa\w*|somme|suma|soma|sum|overall|celkem|razem|合計|总计)"
    r"(?: (?:general|général|générale|complessivo|generaal|geral|total|totale|gesamt|of .{1,40}))?",
    "average": "average|mean|avg|durchschnitt|mittelwert|medel|medelvärde|snitt|moyenne|gemiddelde"
    "|promedio|media|média",
    "minimum": "minimum|min|minst|mínimo",
    "maximum": "maximum|max|störst|máximo",
    "other": "median|std|stdev|standard deviation|count|anzahl|antal|nombre|aantal|número|n",
}
_SUB = re.compile(r"sub ?total|sub ?totaal|zwischensumme|teilsumme|delsumma|delsum|sous[- ]total")
#: What names a row made of some others.
_PARTIAL = re.compile(
    rf"(?:{_SUB.pattern}|total\w*|summe|summa)[ :]+.{{1,80}}"
    r"|.{1,80} (?:total\w*|totaal|summe|summa|ergebnis|resultat)"
)
_COUNTED = re.compile(
    r"[\s:(]*\d[\d.,' ]*\s*(?:records?|rows?|zeilen|datensätze|rader|poster)?[\s)]*$"
)
#: What reports say of themselves below their rows.
REPORTS = re.compile(
    r"copyright|©|confidential|vertraulich|konfidentiell|generated|exported|created (?:by|on)"
    r"|report|erstellt|skapad|records|quelle:|source:|filtered|all rights",
    re.IGNORECASE,
)
_MONEY = r"[€$£¥]|\b[A-Z]{3}\b|\bkr\b\.?"
_FOOTERS = 20  # records at the end among which footers are looked for


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
            upper = place > first and _completed(records[place - 1], *records[place:])
            return place - 1 if upper else place + _grouped(records[place:])
    return first


def _completed(above: Sequence[str], names: Sequence[str], *below: Sequence[str]) -> bool:
    """Whether a row heads columns that the one below it leaves open though they hold something.

    So SurveyMonkey writes its two rows, where few columns stand before the questions.
    """
    heads = [n for n, cell in enumerate(above) if str(cell).strip()]
    named = {n for n, cell in enumerate(names) if str(cell).strip()}
    only = [n for n in heads if n not in named]
    held = [sum(1 for row in below if n < len(row) and str(row[n]).strip()) for n in only]
    return len(heads) > 1 and bool(held) and min(held) >= _FULL * len(below)


def _grouped(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first record heads groups of columns, and the second one the columns.

    The second one fills every column that the first one fills, and more; it holds words, where
    a column below holds numbers.
    """
    if len(records) < 4:
        return False
    above, names, *below = [[str(cell).strip() for cell in record] for record in records]
    filled = {n for n, cell in enumerate(names) if cell}
    if not {n for n, cell in enumerate(above) if cell} < filled:
        return False
    if any(cells.number(names[n]) is not None for n in filled) or len(
        {names[n] for n in filled}
    ) < len(filled):
        return False
    held = {n: [row[n] for row in below if n < len(row) and row[n]] for n in filled}
    numeric = [n for n, told in held.items() if told and sum(
        cells.number(_bare(cell)) is not None for cell in told) >= 0.6 * len(told)]  # fmt: skip
    return bool(numeric) and not any(names[n] in told for n, told in held.items())


def _bare(cell: str) -> str:
    return re.sub(r"[,.](?=\d{3})", "", re.sub(_MONEY, "", cell).strip())


def footer_length(
    widths: Sequence[int], blank: Sequence[bool], strange: Sequence[bool] | None = None
) -> int:
    """Return how many of the last records are a footer: one-cell lines, told apart from records.

    Parameters
    ----------
    widths : sequence of int
        Filled cells of each record, in the order of the file.
    blank : sequence of bool
        Whether a blank line stands directly above each record.
    strange : sequence of bool, optional
        Whether its cell is written unlike the ids of the records (`unlike`).

    Examples
    --------
    >>> footer_length([5, 5, 1, 1], [False, False, True, False]), footer_length([5, 1], [False] * 2)
    (2, 0)
    >>> footer_length([5, 1, 1], [False] * 3, [False, False, True])
    1
    """
    odd = strange or [False] * len(widths)
    run, unbroken = 0, True
    each = zip(widths[::-1], blank[::-1], odd[::-1], strict=True)
    for length, (width, gap, other) in enumerate(each, start=1):
        if width != 1:
            return run
        unbroken &= other
        run = length if unbroken or gap else run
    return 0


def without_aggregates(grid: Grid) -> Grid:
    """Return the grid without rows that sum up or average the others; each is told in ``aside``.

    A row counts as one where its first filled cell is such a word and it is either mostly empty or
    its numbers are what the word says of the others, so that a firm called Total stays a firm.
    """
    if len(grid) < 2:
        return grid
    firsts = _first_cells(grid)
    parts = _subtotals(grid, firsts)
    if parts:
        grid = _left_out(grid, [(place, "total") for place in parts], firsts)
        firsts = _first_cells(grid)
    places = [i for i, cell in enumerate(firsts) if cell and aggregate(cell)]
    found = [(i, aggregate(firsts[i]) or "total") for i in places if _is_made(grid, i)]
    others = [*_nameless_sum(grid), *_strange_sum(grid, firsts)]
    found += [(i, "total") for i in dict.fromkeys(others) if i not in places]
    return _left_out(grid, found, firsts) if found else grid


def _left_out(grid: Grid, found: Sequence[tuple[int, str]], firsts: Sequence[str]) -> Grid:
    """The grid without some rows, each told with what it is."""
    keep = np.ones(len(grid), dtype=bool)
    keep[[i for i, _ in found]] = False
    told = tuple(Aside(int(grid.rows[i]), why, firsts[i]) for i, why in found)
    kept = grid.cells.filter(pa.array(keep))
    return replace(grid, cells=kept, rows=grid.rows[keep], aside=(*grid.aside, *told))


def aggregate(cell: str) -> str:
    """Return what a first cell says its row is; an empty text where it says nothing of the kind.

    Examples
    --------
    >>> aggregate("Grand Total (9)"), aggregate("Summe:"), aggregate("Total Energies AB")
    ('total', 'total', '')
    """
    plain = _COUNTED.sub("", cells.folded(cell)).strip(" :.=-")
    kinds = (kind for kind, words in AGGREGATES.items() if re.fullmatch(words, plain))
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
    told = [_made_of_others(grid, column, place) for column in range(1, grid.cells.num_columns)]
    known = [one for one in told if one is not None]
    return bool(known) and sum(known) >= 0.8 * len(known)


def _made_of_others(grid: Grid, column: int, place: int) -> bool | None:
    """The same of one column, however its points are read; None where it tells nothing."""
    known = None
    for values in _readings(grid, column):
        mine, others = values[place], np.delete(values, place)
        others = others[~np.isnan(others)]
        if np.isnan(mine) or len(others) < 2:
            continue
        made = (others.sum(), others.mean(), others.min(), others.max(), len(others))
        near = max(_AGREES * abs(mine), _half_step(grid.cells.column(column)[place].as_py()))
        known = bool(known) or any(abs(mine - one) <= near for one in made)
    return known


def _nameless_sum(grid: Grid) -> list[int]:
    """The last row, where it has no id and one number that is the sum of all above it."""
    last = len(grid) - 1
    record = grid.record(last)
    if record[0].strip() or len(grid) < 4:
        return []
    filled = [column for column, cell in enumerate(record) if cell.strip()]
    return [last] if filled and all(_adds_up(grid, i, 0, last) for i in filled) else []


def _strange_sum(grid: Grid, firsts: list[str]) -> list[int]:
    """The last row, where it is the sum of all others and its first cell is unlike their ids."""
    last = len(grid) - 1
    if len(grid) < 4 or not unlike(firsts[last], firsts[:last]):
        return []
    for column in range(1, grid.cells.num_columns):
        many = [
            values[last] and np.count_nonzero(np.nan_to_num(values[:last])) >= 3
            for values in _readings(grid, column)
        ]
        if any(many) and _adds_up(grid, column, 0, last) and _numbers_agree(grid, last):
            return [last]
    return []


def _subtotals(grid: Grid, firsts: list[str]) -> list[int]:
    """Rows named as the sum of some others: "Subtotal Ann", "Ann Total" below Ann's rows.

    Their numbers are the sum of the rows above, back to the last such row; one that says
    "subtotal" may also be mostly empty and without an id.
    """
    found: list[int] = []
    for place in [i for i, cell in enumerate(firsts) if _PARTIAL.fullmatch(cells.folded(cell))]:
        start = found[-1] + 1 if found else 0
        plain = not grid.record(place)[0].strip() and _SUB.match(cells.folded(firsts[place]))
        if _sums_up(grid, start, place) or (plain and _is_made(grid, place)):
            found.append(place)
    return found


def _sums_up(grid: Grid, start: int, place: int) -> bool:
    """Whether a row's numbers, one or more, are sums of the rows from ``start`` on."""
    told = [_adds_up(grid, column, start, place) for column in range(1, grid.cells.num_columns)]
    known = [one for one in told if one is not None]
    return bool(known) and all(known) and place > start


def _adds_up(grid: Grid, column: int, start: int, place: int) -> bool | None:
    """Whether a number is the sum of those above it from ``start`` on; None if it is no number."""
    known = None
    for values in _readings(grid, column):
        mine, above = values[place], values[start:place]
        if not np.isnan(mine):
            near = max(_AGREES * abs(mine), 0.5)
            known = bool(known) or bool(abs(mine - np.nansum(above)) <= near)
    return known


def unlike(cell: str, others: Sequence[str]) -> bool:
    """Return whether a cell is written unlike all others, which are written alike.

    Examples
    --------
    >>> unlike("All firms", ["0017", "0018"]), unlike("0019", ["0017", "0018"])
    (True, False)
    >>> unlike("Copyright 2025", ["Acme", "Bolt Ltd"])
    False
    """
    shapes = {_shape(other) for other in others if other}
    return bool(cell) and _shape(cell) not in shapes and any("9" in shape for shape in shapes)


def _shape(cell: str) -> str:
    """A text with its letters and digits made alike: ``A-17`` is ``a-9``, words are ``a a``."""
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", cell))


def without_footer(grid: Grid) -> Grid:
    """Leave out rows of one cell at the end: below a blank row, or unlike the ids above them."""
    at = range(max(0, len(grid) - _FOOTERS), len(grid))
    if not at or grid.cells.num_columns < 3:
        return grid
    records = [[cell.strip() for cell in grid.record(i)] for i in at]
    widths = [sum(map(bool, record)) for record in records]
    gaps = np.diff(grid.rows, prepend=grid.rows[0] - 1)[-len(at) :] > 1
    known = [(cell or "").strip() for cell in grid.cells.column(0).slice(0, _FOOTERS).to_pylist()]
    ids = [cell for cell, i in zip(known, range(len(grid)), strict=False)
           if i not in at or widths[i - at[0]] > 1]  # fmt: skip
    strange = [unlike(record[0], ids) for record in records]
    length = footer_length(widths, gaps.tolist(), strange)
    if not length or length >= len(grid):
        return grid
    kept = len(grid) - length
    told = [Aside(int(grid.rows[i]), "footer", _said(grid.record(i)))
            for i in range(kept, len(grid))]  # fmt: skip
    short = grid.cells.slice(0, kept)
    return replace(grid, cells=short, rows=grid.rows[:kept], aside=(*grid.aside, *told))


def _said(record: Sequence[str]) -> str:
    return next((cell for cell in record if cell.strip()), "")


def _half_step(written: str) -> float:
    """Half of the last digit that a number was rounded to."""
    return 0.5001 * 10.0 ** -len(written.strip().partition(".")[2])


def _readings(grid: Grid, column: int) -> list[np.ndarray]:
    """A column as numbers: one way, or both where a point may be of thousands or of decimals."""
    texts = pd.Series(grid.cells.column(column).to_pandas(), dtype="str")
    bare = texts.str.replace(_MONEY, "", regex=True).str.strip()
    bare = bare.where(bare != "")
    told = cells.decimal_sign(bare.dropna().unique())
    points = [told] if told else [",", "."] if bare.str.contains(r"[.,]").any() else ["."]
    return [cells.amounts(bare, point, "").found.to_numpy(float) for point in points]
