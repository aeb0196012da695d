"""What words about accounts, small clients and changes are to hold, beside what was measured."""

from __future__ import annotations

import re

_NUMBER = r"(-?[\d.]+)"
ENOUGH = 8  # accounts of an ordinary design


def section(page: str) -> str:
    """Return the page's last section, read off the sections before it."""
    rows = [f"| {what} | {want} | {found} | {_kept(ok)} |" for what, want, found, ok in _rows(page)]
    return _SECTION.format(rows="\n".join(rows)).strip()


def _kept(ok: bool) -> str:
    return "kept" if ok else "**missed**"


def _numbers(text: str, pattern: str) -> list[float]:
    return [float(one) for one in re.findall(pattern, text)]


def _part(page: str, heading: str) -> str:
    return page.partition(f"## {heading}")[2].partition("\n## ")[0]


def _rows(page: str) -> list[tuple[str, str, str, bool]]:
    shown, model = (
        _part(page, "Is an account in the segment"),
        _part(page, "Does the account model know"),
    )
    small, mirror = (
        _part(page, "What is said of clients with few"),
        _part(page, "Are answers on a mirrored"),
    )
    demo = _numbers(shown, rf"\| shown \| {_NUMBER}%")
    best = _numbers(model, rf"Fresh panels reach {_NUMBER}%")
    mix = _numbers(model, rf"{_NUMBER} points in the mean panel")
    worst = _numbers(model, rf"{_NUMBER} in the worst\.")
    movers = re.findall(
        r"told were (\d+) accounts that did; under the true parameters (\d+)", model
    )
    mixes = _numbers(model, rf"\| share of \w+ \| {_NUMBER}%")
    moved = _numbers(model, rf"\| accounts that \w+ \| {_NUMBER}%")
    pairs = re.findall(rf"\| stay \| {_NUMBER} \| {_NUMBER} \|", model)
    stay = [float(one) for pair in pairs for one in pair]
    sure = _numbers(model, rf"\| (?:climbed|fell) \| [\d.]+% \| {_NUMBER}%")
    off = model.count("**off**")
    cells = len(re.findall(r"\| 0\.\d{3} \| 0\.\d{3} \| 0\.\d{3} \|", model))
    enough = re.findall(rf"they cover {_NUMBER}% to {_NUMBER}%", small)
    covered = [float(one) for pair in enough for one in pair]
    apart_cells = _numbers(small, r"(\d+)\s+of them by more than the error")
    risen = _numbers(small, rf"\| 30 \| \d+% \| \d+% \| {_NUMBER}%")
    unique = re.findall(
        r"(?m)^\| (\d+) \| \d+ \| \d+ \| (\d+%)? ?\| \d+ \| \d+ \| (\d+%)? ?\|", small
    )
    wrong = [float(no[:-1]) for _, no, _ in unique if no]
    found = [float(yes[:-1]) for size, _, yes in unique if yes and int(size) >= ENOUGH]
    broken = _part(page, "How often is each claim").count("**missed**")
    laws = _part(page, "How often is each claim").count("| `")
    false = re.findall(rf"to 0\.\d\d \|.* {_NUMBER}% \| {_NUMBER}% \| [\d,]+ \|", small)
    first, whole = ([float(pair[k]) for pair in false] for k in (0, 1))
    half = _numbers(mirror, rf"\| half \| {_NUMBER}%")
    innocent = _numbers(mirror, rf"(?m)% \| {_NUMBER}% \|$")
    apart = [round(100 * abs(stay[0] - stay[1]), 1)] if stay else []
    return [
        _row("shown segment is the true one, demo", demo, 72, 100),
        _row("fresh seeds, of what true parameters reach", best, 98, 110),
        _row("largest error of a mix, mean panel (points)", mix, 0, 1.5),
        _row("largest error of a mix, worst panel (points)", worst, 0, 1.5),
        _row("interval of a client's mix covers", mixes, 93, 97),
        _row("share that stays, off by (points)", apart, 0, 3),
        _row("intervals of climbed and fell cover", moved, 93, 97),
        _row("moved for sure is right", sure, 90, 100),
        _row(f"cells of P that did not come true as told, of {cells}", [off], 0, 0),
        _row("movers told, of what true parameters would", _ratio(movers), 90, 110),
        _row("intervals at 8 to 30 accounts cover", covered, 93, 97),
        _row("of these, off by more than their error", apart_cells, 0, 0),
        _row("rises of half a point told at 30 accounts, of what could be", risen, 90, 110),
        _row("called Unique and are not", wrong, 0, 20),
        _row("Uniques found at 8 accounts or more, of what could be", found, 90, 1000),
        _row("unchanged clients told to move, CRQ or NPS", first, 0, 5),
        _row("unchanged clients with any false verdict of change", whole, 0, 10),
        _row(f"claims that break their law, of {laws}", [broken] if laws else [], 0, 0),
        _row("mirrored half of a group found", half, 80, 100),
        _row("innocent answers taken for mirrored", innocent, 0, 0.1),
    ]


def _ratio(pairs: list[tuple[str, str]]) -> list[float]:
    return [round(100 * int(told) / int(known)) for told, known in pairs if int(known)]


def _row(what: str, found: list[float], low: float, high: float) -> tuple[str, str, str, bool]:
    """One line: percent, unless it says otherwise; every value must lie between the ends."""
    told = f"{min(found):g} to {max(found):g}" if found else "not measured"
    kept = bool(found) and low <= min(found) and max(found) <= high
    return what, f"{low:g} to {high:g}", told, kept


_SECTION = """
## What do words about accounts, small clients and changes hold?

Read off the sections above; their sizes and seeds stand there.

| figure | wanted | measured | held? |
| --- | --- | --- | --- |
{rows}

The mix of one panel is off by who its accounts are: under the true parameters the worst panel is
hardly better. Intervals of rare segments cover more than they say: a share of few accounts takes
few values, and nearly every interval holds a share near 0. With fewer than six accounts a caution
stands beside the first sentence of the page. Movers are told less than true parameters would
allow, because the model's numbers are in doubt: without that doubt more would be told, and fewer of
them rightly.
"""
