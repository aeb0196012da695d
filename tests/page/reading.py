"""How a reader, or a program that reads aloud, comes by what a piece of a page says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bs4 import BeautifulSoup

#: Kinds of client that every section must be able to show.
SHAPES = {
    "plain": {},
    "many accounts": {"accounts": 45, "most": 14, "silent": 9},
    "one wave, few clients": {"waves": ("2025",), "clients": 3},
    "no LTR, five points": {"ltr": False, "scale": (1, 5)},
    "two people": {"accounts": 2, "most": 1},
}
#: Kinds of client of which nothing but scores is known.
SCORED = {
    "plain": {},
    "three accounts": {"accounts": 3, "silent": 0},
    "four hundred accounts": {"accounts": 400, "most": 14, "silent": 90},
    "one wave": {"waves": ("2025",)},
    "no LTR": {"ltr": False},
    "no contacts": {"contacts": False},
    "no comments": {"comments": False},
    "1 to 5": {"scale": (1, 5)},
    "0 to 10": {"scale": (0, 10)},
}


def told(view, **changed):
    """The view with other facts in the row of CRQ."""
    rows = view.measures.set_index("measure", drop=False)
    for name, value in changed.items():
        rows[name] = rows[name].astype(object)
        rows.loc["crq", name] = value
    return replace(view, scores=replace(view.scores, measures=rows.infer_objects()))


def soup(shown):
    return BeautifulSoup(shown.html, "html.parser")


def plain(shown):
    return " ".join(soup(shown).get_text(" ").split())


def cells(shown, number=0):
    """Rows of a table as lists of text, the heading first."""
    lines = soup(shown)("table")[number]("tr")
    return [[cell.get_text() for cell in line(["th", "td"])] for line in lines]


def row(shown, name):
    """Cells of the first row whose heading begins with a name."""
    for line in soup(shown).select("tbody tr"):
        if line.th.get_text().startswith(name):
            return [cell.get_text().replace("\xa0", " ") for cell in line("td")]
    raise AssertionError(f"{name} has no row")


def assert_heard(shown):
    """Tables have captions and headings of one width; no name of an account becomes an element."""
    page = soup(shown)
    assert page.script is None
    assert page.find("i") is None  # an account is called <i>Ünï & Söns</i>
    for table in page("table"):
        assert table.caption.get_text(strip=True)
        assert all(head["scope"] == "col" for head in table.thead("th"))
        assert all(head["scope"] == "row" for head in table.tbody("th"))
        wide = {len(line(["td", "th"])) for line in table("tr")}
        assert len(wide) == 1
    for part in page("details"):
        assert part.summary.get_text(strip=True)
    assert "nan" not in page.get_text().lower().replace("finance", "")


def assert_named(shown):
    """Pictures have a title and a description, and no number that is not one."""
    for picture in soup(shown)("svg"):
        assert picture.title.get_text(strip=True)
        assert picture.desc.get_text(strip=True)
        assert "nan" not in str(picture)


def scale(shown, number=0) -> Callable[[float], float]:
    """What turns a place across a picture into a number, by the first and last tick below it."""
    words = soup(shown)("svg")[number]("text", attrs={"text-anchor": "middle"})
    said = [(float(tick["x"]), _number(tick.get_text())) for tick in words]
    ticks = [(x, value) for x, value in said if value is not None]
    (left, least), (right, most) = ticks[0], max(ticks, key=lambda tick: tick[1])
    return lambda x: least + (x - left) * (most - least) / (right - left)


def upright(picture) -> Callable[[float], float]:
    """What turns a height in a picture into a number, by the ticks of the axis at its left."""
    said = [(float(tick["y"]) - 4, _number(tick.get_text()))
            for tick in picture("text", attrs={"text-anchor": "end"})]  # fmt: skip
    (low, least), *_, (high, most) = [(y, value) for y, value in said if value is not None]
    return lambda y: least + (y - low) * (most - least) / (high - low)


def _number(said):
    try:
        return float(said.replace("\u2212", "-"))
    except ValueError:
        return None


def beside(picture, mark, reach=14):
    """Words of a picture that stand at the height of a bar or a line, from left to right."""
    top, bottom = (float(mark[end]) for end in (("y1", "y2") if "y1" in mark.attrs else ("y", "y")))
    middle = (top + bottom + float(mark.get("height", 0))) / 2
    near = [w for w in picture("text") if abs(float(w["y"]) - 4.5 - middle) <= reach / 2]
    return [word.get_text() for word in sorted(near, key=lambda word: float(word["x"]))]
