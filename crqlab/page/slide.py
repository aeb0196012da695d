"""One slide, as data: a message above what shows it, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.language import Language
from crqlab.page.client_view import ClientView

_STEPS = 6  # of an axis, at most
LONGEST = 40  # letters of a name in a title or beside a bar
PLAIN, TENTHS, WHOLE = "0.00", "0.0", "#,##0"
SIGNED, SHARE = "+0;-0;0", "0 %"


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of text, some points apart."""

    lines: tuple[str, ...]
    size: int = 16
    apart: int = 0


@dataclass(frozen=True, slots=True)
class Cards:
    """Numbers side by side, each with its name above and what belongs to it below."""

    cards: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars with their intervals.

    Attributes
    ----------
    labels, values : sequence
        From top to bottom, or from left to right where not ``flat``.
    spans : sequence of (low, high)
        Interval of each value; missing ends are left out.
    ends : (float, float) or None
        Of the axis.
    code : str
        How a program writes the numbers.
    name : str
        Of the values.
    flat : bool
        Whether bars lie.
    colours : tuple of str
        One for each bar, ``accent``, ``soft`` or ``warm``; without any, all are ``accent``.
    marked : tuple of int
        Places of the bars that the message is about.
    """

    labels: list[str]
    values: list[float]
    name: str
    spans: tuple[tuple[float, float], ...] = ()
    ends: tuple[float, float] | None = None
    code: str = PLAIN
    flat: bool = True
    colours: tuple[str, ...] = ()
    marked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Values over waves, with their intervals; the fields are those of `Bars`."""

    labels: list[str]
    values: list[float]
    name: str
    spans: tuple[tuple[float, float], ...]
    ends: tuple[float, float]
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table of texts, to be read and to be filled in."""

    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """One slide.

    Attributes
    ----------
    message : str
        The one thing that it says.
    body : Words, Cards, Bars, Course or Grid
    foot : str
        What stands behind it: n, interval, method.
    opening : bool
        Whether it opens the deck, and says its message larger.
    notes : str
        What a speaker should know; the foot, where there is no more.
    """

    message: str
    body: Words | Cards | Bars | Course | Grid
    foot: str = ""
    opening: bool = False
    notes: str = ""


def described(slide: Slide, spoken: Language) -> str:
    """Say a chart in words, for those who cannot see it; nothing of other bodies.

    Examples
    --------
    >>> from crqlab.language import language
    >>> body = Bars(["Trust", "Service"], [5.2, 4.8], "Mean", ((5.0, 5.4), (4.5, 5.1)))
    >>> described(Slide("Trust is highest", body), language("en"))
    'Trust is highest. Mean: Trust 5.20 (5.00 to 5.40); Service 4.80 (4.50 to 5.10)'
    """
    body = slide.body
    if not isinstance(body, Bars | Course):
        return ""
    ends = body.spans or ((float("nan"), float("nan")),) * len(body.values)
    said = [
        _mark(label, value, span, body.code, spoken)
        for label, value, span in zip(body.labels, body.values, ends, strict=True)
    ]
    return f"{slide.message}. {body.name}: {'; '.join(said)}"


def _mark(label: str, value: float, span: tuple[float, float], code: str, spoken: Language) -> str:
    """A bar with its interval, where it has one."""
    said = f"{label} {written(value, code, spoken)}"
    if span[0] != span[0] or span[1] != span[1]:
        return said
    low, high = (written(end, code, spoken) for end in span)
    return f"{said} ({spoken.say('common.span', low=low, high=high)})"


def written(value: float, code: str, spoken: Language) -> str:
    """Write a number as a program would by its code.

    Examples
    --------
    >>> from crqlab.language import language
    >>> [written(value, code, language("en")) for value, code in
    ...  ((5.219, PLAIN), (12.0, SIGNED), (1200.0, WHOLE), (float("nan"), TENTHS))]
    ['5.22', '+12', '1,200', '–']
    """
    if code == SHARE:
        return spoken.percent(value)
    decimals = len(code.partition(";")[0].partition(".")[2])
    return spoken.number(value, decimals, signed=code.startswith("+"))


def axis(rows: pd.DataFrame, low: str, high: str) -> tuple[float, float]:
    """Return ends of an axis from zero on which every interval is seen whole.

    Examples
    --------
    >>> axis(pd.DataFrame({"low": [-0.5, 1.0], "high": [2.0, None]}), "low", "high")
    (-0.5, 2.0)
    """
    ends = [0.0, *rows[low].dropna(), *rows[high].dropna()]
    wide = max(ends) - min(ends) or 1.0
    size = 10.0 ** np.floor(np.log10(wide / _STEPS))
    step = next(size * times for times in (1, 2, 5, 10) if size * times * _STEPS >= wide)
    first, last = np.floor(min(ends) / step), np.ceil(max(ends) / step)
    return float(round(first * step, 9)), float(round(last * step, 9))


def spans(rows: pd.DataFrame, low: str, high: str) -> tuple[tuple[float, float], ...]:
    """Return the intervals of rows as a chart takes them."""
    return tuple(zip(rows[low].tolist(), rows[high].tolist(), strict=True))


def places(which: pd.Series) -> tuple[int, ...]:
    """Return the places of rows that the message is about.

    Examples
    --------
    >>> places(pd.Series([False, True], index=[7, 9]))
    (1,)
    """
    return tuple(place for place, one in enumerate(which.tolist()) if one)


def foot(view: ClientView, said: str = "", row: dict | pd.Series | None = None) -> str:
    """Say what stands behind a slide.

    Parameters
    ----------
    view : ClientView
    said : str
        What else is to be known.
    row : Series, optional
        A row of ``measures`` whose n, interval and caution count for all of the slide.
    """
    spoken = view.language
    parts = list(view.warnings)
    if row is not None:
        people = {"n": int(row["n_respondents"]), "m": int(row["n_accounts"])}
        method = spoken.method(row["method"])
        parts.append(spoken.say("slide.foot_n", **people))
        parts.append(
            spoken.say("slide.foot_method", level=spoken.percent(row["level"]), method=method)
        )
        parts.append(spoken.caution(row["flag"]))
    return ". ".join(part for part in [*parts, said] if part)


def brief(name: str) -> str:
    """Return a name that leaves room for what is said of it.

    Examples
    --------
    >>> brief("Nordwind"), len(brief("x" * 300))
    ('Nordwind', 40)
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
