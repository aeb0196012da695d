"""What differs between the outputs of two checkouts, numbers told apart from words."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tools.output_text import BETWEEN

Names = Mapping[str, str | None]
Place = tuple[tuple[str, ...], tuple[str, ...]]
_NUMERALS = (
    "zero two three four five six seven eight nine ten eleven twelve "
    "noll två tre fyra fem sex sju åtta nio tio elva tolv"
).replace(" ", "|")
_NUMBER = re.compile(
    r"(?P<colour>#[\da-fA-F]{6}\b)"
    r"|(?:(?<!\w)[+−-])?\d+(?:[.,\u00a0\u202f]\d+)*(?:[eE][+-]?\d+)?"
    rf"|(?i:\b(?:{_NUMERALS})\b)"
)
#: Characters of a line that are shown, and of what two lines have in common before they part.
_WIDTH, _LEAD = 150, 40
_MANY = 4_000_000  # pairs of parts above which their differences are counted roughly
_KEPT = 20  # places of a table's column


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in one text or table.

    Attributes
    ----------
    where : str
    numbers, words : int
        How many differ.
    moved : int
        Rows that only stand elsewhere.
    places : sequence of (before, after)
        Lines that differ.
    note : str
    """

    where: str
    numbers: int = 0
    words: int = 0
    moved: int = 0
    places: Sequence[Place] = field(default_factory=list)
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.numbers or self.words or self.moved or self.note)

    def __str__(self) -> str:
        counts = {"numbers": self.numbers, "words": self.words, "rows moved": self.moved}
        said = [f"{count} {what}" for what, count in counts.items() if count]
        return f"{self.where}: {', '.join([*said, *filter(None, [self.note])])}"


def tally(before: str, after: str) -> tuple[int, int]:
    """Count the numbers and the words that differ between two texts.

    Parameters
    ----------
    before, after : str

    Returns
    -------
    numbers, words : int
        A number is one in digits, wherever it stands, or in letters (two to twelve, in English
        and Swedish); the colour ``#1f5582`` is a word.

    Examples
    --------
    >>> tally("CRQ is 5.2 (n = 12)", "CRQ was 5.3 (n = 12)")
    (1, 1)
    """
    (numbers, words), (new_numbers, new_words) = _parted(before), _parted(after)
    return _unlike(numbers, new_numbers), _unlike(words, new_words)


def _parted(text: str) -> tuple[list[str], list[str]]:
    """The numbers of a text, and its words."""
    numbers = [found[0] for found in _NUMBER.finditer(text) if not found["colour"]]
    words = _NUMBER.sub(lambda found: found["colour"] or "0", text).split()
    return numbers, [word for word in words if word != "0"]


def _unlike(before: list[str], after: list[str]) -> int:
    return sum(max(b - a, d - c) for a, b, c, d in _steps(before, after))


def _steps(before: list[str], after: list[str]) -> list[tuple[int, int, int, int]]:
    """The stretches that differ: from, to before; from, to after."""
    hasty = len(before) * len(after) > _MANY
    steps = difflib.SequenceMatcher(None, before, after, autojunk=hasty).get_opcodes()
    return [step[1:] for step in steps if step[0] != "equal"]


# ---- texts


def of_text(where: str, before: list[str], after: list[str]) -> Difference:
    """Compare two texts line by line.

    Rows of tables that only stand elsewhere are counted apart, as each carries its own label. Any
    other line that moved counts as gone from there and new here, its numbers too.

    Parameters
    ----------
    where : str
    before, after : list of str

    Examples
    --------
    >>> print(of_text("page", ["CRQ", "5.2", "A | 1", "B | 2"], ["CRQ", "5.3", "B | 2", "A | 1"]))
    page: 1 numbers, 1 rows moved
    """
    if before == after:
        return Difference(where)
    stretches = [(before[a:b], after[c:d]) for a, b, c, d in _steps(before, after)]
    moved = _rows(side[0] for side in stretches) & _rows(side[1] for side in stretches)
    left, places = (Counter(moved), Counter(moved)), []
    for lines in stretches:
        places += _places(*(list(_staying(lines[side], left[side])) for side in (0, 1)))
    counts = [tally("\n".join(gone), "\n".join(new)) for gone, new in places]
    numbers, words = (sum(count[which] for count in counts) for which in (0, 1))
    return Difference(where, numbers, words, moved.total(), places)


def _rows(stretches: Iterable[list[str]]) -> Counter[str]:
    """How often each row of a table stands in stretches of lines."""
    return Counter(line for lines in stretches for line in lines if BETWEEN in line)


def _places(gone: list[str], new: list[str]) -> list[Place]:
    """Line beside line where there are as many before as after, else all together."""
    if len(gone) == len(new):
        return [((a,), (b,)) for a, b in zip(gone, new, strict=True) if a != b]
    return [(tuple(gone), tuple(new))]


def _staying(lines: list[str], moved: Counter[str]) -> Iterator[str]:
    """Lines without those that moved, each of which is taken off its count."""
    for line in lines:
        if moved[line] > 0:
            moved[line] -= 1
        else:
            yield line


def of_texts(
    before: Path, after: Path, kinds: Iterable[str], sheets: Names
) -> Iterator[Difference]:
    """Compare the texts of two folders, as far as both were made of the same clients.

    Parameters
    ----------
    before, after : Path
        Filled by ``compare_outputs.py make``.
    kinds : iterable of str
    sheets : mapping
        New names of a workbook's sheets by their old ones; None for one that is gone.
    """
    old, new = ({file.name: file for file in (side / "text").iterdir()} for side in (before, after))
    shared, kinds = _shared(facts(before), facts(after)), set(kinds)
    for name in sorted({*old, *new}):
        stem, language, kind, _ = name.split(".")
        if kind in kinds and shared(stem, language):
            lines = _lines(old.get(name))
            if kind == "workbook":
                lines = [row for row in (_renamed(row, sheets) for row in lines) if row]
            yield of_text(f"{stem} {language} {kind}", lines, _lines(new.get(name)))


def _shared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Callable[[str, str], bool]:
    """Whether two folders should both hold a text: of a station, of a client or the index."""
    clients = set(old["clients"]) & set(new["clients"])
    languages = set(old["languages"]) & set(new["languages"])
    listed = {"index"} if old["clients"] == new["clients"] else set()

    def shared(stem: str, language: str) -> bool:
        if stem[0].isdecimal():
            return old["languages"][0] == new["languages"][0]
        return language in languages and (stem in listed or stem.rpartition("_")[0] in clients)

    return shared


def _renamed(row: str, sheets: Names) -> str:
    """A row of a workbook under its sheet's new name; nothing if the sheet is gone."""
    name, colon, cells = row.partition(": ")
    goal = sheets.get(name, name)
    return f"{goal}{colon}{cells}" if goal else ""


def _lines(file: Path | None) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")[:-1] if file else []


def facts(folder: Path) -> dict[str, Any]:
    """Return what a folder was made of."""
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


# ---- tables


def of_tables(before: Path, after: Path, renamed: Mapping[str, Names]) -> Iterator[Difference]:
    """Compare the tables of two folders.

    Parameters
    ----------
    before, after : Path
        Filled by ``compare_outputs.py make``.
    renamed : mapping
        ``tables`` and ``columns`` by their old names, as ``30_old`` and ``30_old.flag``; None for
        what is gone or means something else.
    """
    old, new = _notes(before), _notes(after)
    goals = {name: renamed.get("tables", {}).get(name, name) for name in old}
    for name, goal in goals.items():
        columns = {c: renamed.get("columns", {}).get(f"{name}.{c}", c) for c in old[name]}
        columns = {column: there for column, there in columns.items() if there}
        if goal and goal not in new:
            yield Difference(f"table {name}", numbers=len(columns), note="gone")
        elif goal and any(old[name][c] != new[goal].get(there) for c, there in columns.items()):
            rows = pd.read_parquet(tables(before)[name]), pd.read_parquet(tables(after)[goal])
            yield from of_frames(f"table {name}", *rows, columns)
        elif goal:
            yield Difference(f"table {name}")
    added = new.keys() - set(goals.values())
    yield from (Difference(f"table {name}", note="new") for name in sorted(added))


def tables(folder: Path) -> dict[str, Path]:
    """Return the tables kept in a folder by name, as in ``30_changes``."""
    kept = folder / "tables"
    files = sorted(kept.rglob("*.parquet"))
    return {file.relative_to(kept).with_suffix("").as_posix(): file for file in files}


def _notes(folder: Path) -> dict[str, dict[str, list[Any]]]:
    """Type, rows and digest of each column, by table and column."""
    found: dict[str, dict[str, list[Any]]] = {}
    for line in _lines(folder / "tables.jsonl"):
        note = json.loads(line)
        column = found.setdefault(note["table"], {})
        column[note["column"]] = [note[part] for part in ("type", "rows", "digest")]
    return found


def of_frames(
    where: str, before: pd.DataFrame, after: pd.DataFrame, columns: Mapping[str, str]
) -> Iterator[Difference]:
    """Compare two tables: which columns, how many rows, in which order, which cells.

    Parameters
    ----------
    where : str
    before, after : DataFrame
    columns : mapping
        New names of columns by their old ones.
    """
    gone = [column for column, there in columns.items() if there not in after]
    yield from (Difference(f"{where}.{c}", numbers=len(before), note="gone") for c in gone)
    shared = {column: there for column, there in columns.items() if there in after}
    before, after = (
        before[list(shared)],
        after[list(shared.values())].set_axis(list(shared), axis=1),
    )
    if len(before) != len(after):
        note = f"{len(before)} rows before, {len(after)} after"
        yield Difference(where, numbers=abs(len(before) - len(after)), note=note)
        return
    hashes = _row_hashes(before), _row_hashes(after)
    if not np.array_equal(*hashes) and np.array_equal(*map(np.sort, hashes)):
        yield Difference(where, moved=int((hashes[0] != hashes[1]).sum()))
        return
    found = (of_columns(f"{where}.{c}", before[c], after[c]) for c in shared)
    yield from (one for one in found if one)


def _row_hashes(rows: pd.DataFrame) -> np.ndarray:
    return pd.util.hash_pandas_object(rows.map(str), index=False).to_numpy()


def of_columns(where: str, before: pd.Series, after: pd.Series) -> Difference:
    """Compare two columns cell by cell, numbers to the last digit.

    Parameters
    ----------
    where : str
    before, after : Series
        Of the same length.
    """
    numeric = all(map(pd.api.types.is_numeric_dtype, (before, after)))
    found = (_numbers if numeric else _texts)(where, before, after)
    if before.dtype == after.dtype:
        return found
    retyped = (f"type {before.dtype}",), (f"type {after.dtype}",)
    return replace(found, words=found.words + 1, places=[retyped, *found.places])


def _numbers(where: str, before: pd.Series, after: pd.Series) -> Difference:
    old, new = (column.to_numpy(float, na_value=np.nan) for column in (before, after))
    unlike = ~((old == new) | (np.isnan(old) & np.isnan(new)))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.abs(new - old)[unlike] / np.abs(old)[unlike]
    apart = np.nanmax(shares, initial=0)
    note = f"by at most {apart:.0e} of the number" if unlike.any() else ""
    return Difference(where, int(unlike.sum()), 0, 0, _cells(old, new, unlike), note)


def _texts(where: str, before: pd.Series, after: pd.Series) -> Difference:
    old, new = (c.astype(object).where(c.notna(), "").map(str).to_numpy() for c in (before, after))
    unlike = old != new
    counts = [tally(*pair) for pair in zip(old[unlike], new[unlike], strict=True)]
    numbers, words = (sum(count[which] for count in counts) for which in (0, 1))
    return Difference(where, numbers, words, 0, _cells(old, new, unlike))


def _cells(old: np.ndarray, new: np.ndarray, unlike: np.ndarray) -> list[Place]:
    """The first cells that differ."""
    rows = np.flatnonzero(unlike)[:_KEPT]
    return [((f"row {row}: {old[row]}",), (f"row {row}: {new[row]}",)) for row in rows]


# ---- the report


def told(found: Iterable[Difference], places: int) -> Iterator[str]:
    """Say what differs, a paragraph for each text or table, and the sum at the end.

    Parameters
    ----------
    found : iterable of Difference
    places : int
        How many to show of each; what was shown once is only counted again.
    """
    shown: set[Place] = set()
    found = list(found)
    for one in (one for one in found if one):
        fresh = [place for place in dict.fromkeys(one.places) if place not in shown]
        known = ", as above" if one.places and not fresh else ""
        yield f"{one}{known}"
        for place in fresh[:places]:
            yield from _shown(place)
        shown.update(fresh[:places])
        if more := len(fresh[places:]):
            yield f"    … {more} places more"
    same = sum(not one for one in found)
    numbers, words = sum(one.numbers for one in found), sum(one.words for one in found)
    moved = sum(one.moved for one in found)
    yield f"identical: {same} of {len(found)} texts and tables"
    yield f"differing: {numbers} numbers, {words} words; {moved} rows moved"


def _shown(place: Place) -> Iterator[str]:
    """The lines of one place, cut to where they part."""
    start = 0
    if len(place[0]) == len(place[1]) == 1:
        pairs = zip(place[0][0], place[1][0], strict=False)
        same = next((i for i, (a, b) in enumerate(pairs) if a != b), 0)
        start = max(same - _LEAD, 0)
    for sign, lines in zip("-+", place, strict=True):
        for line in lines[:5]:
            cut = ("…" if start else "") + line[start:]
            yield f"    {sign} {cut if len(cut) <= _WIDTH else cut[:_WIDTH] + '…'}"
        if len(lines) > 5:
            yield f"    {sign} … {len(lines) - 5} lines more"
