"""What the columns of an unknown export probably are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from crqlab.base.instrument import RESERVED
from crqlab.responses import cells
from crqlab.responses.dialects import known_columns
from crqlab.responses.grid import Grid

#: From narrow to wide: a usual scale, and the codes that are usual beside it.
_SCALES = {
    (1, 3): set(),
    (1, 4): {0, 8, 9},
    (1, 5): {0, 6, 8, 9},
    (1, 6): {0, 8, 9},
    (1, 7): {0, 8, 9},
    (1, 9): {0},
    (1, 10): {11},
    (0, 10): {11},
    (1, 11): set(),
}
_MOST_POINTS = 13
_CODES = frozenset({-99, -98, -97, -9, -8, -7, 0, 6, 8, 9, 11, 77, 88, 97, 98, 99, 999})
_NOTHING = frozenset({"na", "n/a", "nan", "null", "none", "blank", ".", "-", "#n/a", "#null!"})
_SIGNS = {  # our column: words that its header holds
    "response_id": r"response\s*_?id|resp(ondent)?_?(id|num|nr|no)|^id$|^rec(ord)?(_?id)?$",
    "contact_id": r"contact.?id|person.?id|externalreference|^token$",
    "account_id": r"^(account|customer|company)(.?(id|no|nr|number))?$",
    "client_id": r"^(client|supplier)(.?id)?$",
    "wave": r"^(wave|round|year)$",
    "role": r"^(role|position|function)$",
    "language": r"^(user)?.?lang(uage)?$",
    "seconds": r"duration|seconds|interviewtime",
    "started": r"^start.?date$|^started$|^date$",
}
_RECOMMEND = re.compile(r"recommend|\bnps\b|netpro|net.?promoter|\bltr\b|likely.*colleague", re.I)
_ASIDE = re.compile(
    r"^(end.?date|recorded.?date|status|ip.?address|progress|finished|latitude|longitude|"
    r"location.*|distributionchannel|recipient.*|lastpage|seed|submitdate|datestamp|refurl|ipaddr|"
    r"age|gender|sex|education|income|occupation|weight.*|strata|.*_?code|version|sample.*|nphh)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A draft of an instrument.

    Attributes
    ----------
    columns : dict
        Our column: the file's.
    items : dict
        Our item: the file's column.
    scales : dict
        Our item: (low, high).
    scale : tuple of int
        The commonest of them.
    ltr : str or None
        The file's column of "likely to recommend".
    comments : dict
        Our open question: the file's column.
    missing : dict
        Our item or ``ltr``: codes off the scale.
    texts : list of str
        Words that mean "no answer" wherever they occur.
    constructs : dict
        Our construct: its items.
    """

    columns: dict[str, str]
    items: dict[str, str]
    scales: dict[str, tuple[int, int]]
    scale: tuple[int, int]
    ltr: str | None
    comments: dict[str, str]
    missing: dict[str, list[int]]
    texts: list[str]
    constructs: dict[str, list[str]]


def guess(grid: Grid) -> Guess:
    """Return the likeliest reading of an export."""
    headers = [n for n in dict.fromkeys(grid.names) if n and grid.names.count(n) == 1]
    texts = {name: grid.text(name) for name in headers}
    columns = _known(grid, texts)
    rest = [n for n in headers if n not in columns.values() and not _ASIDE.match(n)]
    counted = {n: c for n in rest if (c := _counted(texts[n])) is not None}
    six = _six_is_a_code(counted.values())
    closed = {n: _Closed.of(counts, words, six) for n, (counts, words) in counted.items()}
    ltr = next((n for n, c in closed.items() if c.recommends(n, grid.wording.get(n, ""))), None)
    scaled = {n: c for n, c in closed.items() if n != ltr}
    names = _named(list(scaled), set())
    scales = {names[n]: c.scale for n, c in scaled.items()}
    missing = {names[n]: c.codes for n, c in scaled.items() if c.codes}
    if ltr and (codes := [v for v in closed[ltr].numbers if not 0 <= v <= 10]):
        missing["ltr"] = codes
    open_ = [n for n in rest if n not in closed and _is_prose(texts[n])]
    commented = _named(open_, set(names.values()))
    constructs = _grouped(list(names.values()), {*names.values(), *commented.values()})
    for group in constructs.values():  # nobody may have used the ends of one item's scale
        widest = max((scales[n] for n in group), key=lambda scale: scale[1] - scale[0])
        scales |= {n: widest for n in group if not missing.get(n)}
    words = sorted({w for c in closed.values() for w in c.words})
    usual = max(set(scales.values()), key=list(scales.values()).count, default=(1, 7))
    return Guess(
        columns,
        {ours: n for n, ours in names.items()},
        scales,
        usual,
        ltr,
        {ours: n for n, ours in commented.items()},
        missing,
        words,
        constructs,
    )


@dataclass(frozen=True, slots=True)
class _Closed:
    """A column of few whole numbers: its scale and the codes off it."""

    numbers: list[int]
    scale: tuple[int, int]
    codes: list[int]
    words: set[str]

    @classmethod
    def of(cls, counts: pd.Series, words: set[str], six: bool) -> _Closed:
        scale = _scale(counts[counts.index.isin(range(12))], six)
        codes = [int(v) for v in counts.index if not scale[0] <= v <= scale[1]]
        return cls([int(v) for v in counts.index], scale, codes, words)

    def recommends(self, name: str, wording: str) -> bool:
        """Whether this is the 0-10 question."""
        wide = len([v for v in self.numbers if 0 <= v <= 10]) > 7
        return wide and bool(_RECOMMEND.search(name) or _RECOMMEND.search(wording))


def _counted(texts: pd.Series) -> tuple[pd.Series, set[str]] | None:
    """How often every number occurs, and the words beside them; None if it is no scale."""
    counts = texts.value_counts()
    words = {str(t) for t in counts.index if cells.folded(str(t)) in _NOTHING}
    numbers = {t: cells.number(str(t)) for t in counts.index if t not in words}
    if not numbers or any(v is None or v != int(v) for v in numbers.values()):
        return None
    counted = pd.Series({int(v): int(counts[t]) for t, v in numbers.items()}).sort_index()
    plain = counted.index.isin(range(12))
    if (
        plain.sum() < 3
        or len(counted) > _MOST_POINTS
        or not counted.index[~plain].isin(_CODES).all()
    ):
        return None
    return counted, words


def _six_is_a_code(counted: Iterable[tuple[pd.Series, set[str]]]) -> bool:
    """Whether 6 stands for "never used" on 1 to 5: 0 is there too, and 6 is often above 5."""
    six = [counts for counts, _ in counted if counts.index[-1] == 6]
    flanked = [counts for counts in six if counts.index[0] == 0]
    peaked = [counts for counts in flanked if counts[6] > counts.get(5, 0)]
    return len(flanked) > len(six) / 2 and len(peaked) >= len(flanked) / 4


def _scale(plain: pd.Series, six: bool) -> tuple[int, int]:
    """The narrowest usual scale that holds every number but the usual codes beside it."""
    values = list(plain.index)
    for (low, high), codes in _SCALES.items():
        off = {v for v in values if not low <= v <= high}
        full = len(values) - len(off) >= 0.6 * (high - low + 1)
        if not off or (off <= codes and full and (six or 6 not in off)):
            return low, high
    return int(values[0]), int(values[-1])


def _known(grid: Grid, texts: dict[str, pd.Series]) -> dict[str, str]:
    """Columns that every survey tool has under some name."""
    found = {ours: name for ours, name in known_columns(grid).items() if name in texts}
    for ours, sign in _SIGNS.items():
        fits = [n for n in texts if re.search(sign, n, re.IGNORECASE) and n not in found.values()]
        fits = [n for n in fits if _fits(ours, texts[n])]
        if ours not in found and fits:
            found[ours] = fits[0]
    return found


def _fits(ours: str, texts: pd.Series) -> bool:
    if ours == "response_id":
        return bool(texts.notna().all() and texts.is_unique)
    if ours == "started":
        return not cells.moments(texts, None).broken.any()
    if ours == "seconds":
        return not cells.numbers(texts, cells.number).broken.any()
    return bool(texts.notna().any())


def _is_prose(texts: pd.Series) -> bool:
    """Open answers: mostly different, and some of them are sentences."""
    given = texts.dropna()
    return len(given) > 0 and given.nunique() > 0.5 * len(given) and given.str.count(" ").max() >= 3


def _named(headers: list[str], taken: set[str]) -> dict[str, str]:
    """Header: a name that a codebook allows, no two alike."""
    found: dict[str, str] = {}
    for header in headers:
        plain = re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")[:36]
        plain = plain if plain[:1].isalpha() else f"q_{plain}".rstrip("_")
        name, n = plain, 2
        while name in taken or name in found.values() or name in RESERVED:
            name, n = f"{plain}_{n}", n + 1
        found[header] = name
    return found


def _grouped(items: list[str], taken: set[str]) -> dict[str, list[str]]:
    """Items whose names differ only in their number make a construct."""
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(re.sub(r"_?[0-9]+$", "", item) or item, []).append(item)
    if all(len(group) == 1 for group in groups.values()) and groups:
        groups = {"all": items}
    spoken = taken | RESERVED
    return {(f"{k}_all"[:40] if k in spoken else k): v for k, v in groups.items()}
