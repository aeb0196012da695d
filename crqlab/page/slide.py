"""One slide, as data: a message above what shows it, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.page.client_view import ClientView

LONGEST = 40  # letters of a name in a title or beside a bar
PLAIN, SIGNED, SHARE = "0.00", "+0;-0;0", "0 %"


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
    """

    labels: list[str]
    values: list[float]
    name: str
    spans: tuple[tuple[float, float], ...] = ()
    ends: tuple[float, float] | None = None
    code: str = PLAIN
    flat: bool = True
    colours: tuple[str, ...] = ()


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
class Rows:
    """A table: ``wide`` are its columns' shares of the width, ``numbers`` stand right."""

    heads: tuple[str, ...]
    cells: list[tuple[str, ...]]
    wide: tuple[float, ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """One slide.

    Attributes
    ----------
    message : str
        The one thing that it says.
    body : Words, Cards, Bars, Course or Rows
    foot : str
        What stands behind it: n, interval, method.
    opening : bool
        Whether it opens the deck, and says its message larger.
    """

    message: str
    body: Words | Cards | Bars | Course | Rows
    foot: str = ""
    opening: bool = False


def spans(rows: pd.DataFrame, low: str, high: str) -> tuple[tuple[float, float], ...]:
    """Return the intervals of rows as a chart takes them."""
    return tuple(zip(rows[low].tolist(), rows[high].tolist(), strict=True))


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
