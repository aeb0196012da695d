"""What stands below and beside what a slide shows: n, interval, method, caution."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.summary.headline import MADE_UP
from crqlab.show.number_format import count, decimals, number, percent, span

_LONGEST = 40  # letters of a name in a title or beside a bar


def foot(view: ClientView, row: pd.Series | None = None, said: str = "") -> str:
    """Say what stands behind a slide.

    Parameters
    ----------
    view : ClientView
    row : Series, optional
        A row of ``measures`` whose n, interval and caution count for all of the slide.
    said : str
        What else is to be known.
    """
    parts = [MADE_UP] if view.synthetic else []
    if row is not None:
        people = count(row["n_respondents"], "respondent")
        n = f"n = {people}, {count(row['n_accounts'], 'account')}"
        parts += [n, f"{percent(row['level'])} intervals ({view.language.method(row['method'])})"]
        parts += [caution] if (caution := view.language.caution(row["flag"])) else []
    return ". ".join([*parts, *([said] if said else [])])


def said(view: ClientView, row: pd.Series) -> str:
    """One number with its interval, as a title says it."""
    if row["withheld"]:
        return f"{row['label']} is {view.language.caution(row['flag'])}"
    places, signed = decimals(row["measure"]), row["measure"] == "nps"
    value = number(row["value"], places, signed=signed)
    return f"{row['label']} {value} ({span(row['low'], row['high'], places, signed=signed)})"


def moved(view: ClientView, row: pd.Series) -> str:
    """How a number has changed, as a title says it."""
    if row["change"] != row["change"]:
        return "first wave" if not view.before else f"no comparison with {view.before}"
    places = decimals(row["measure"], change=True)
    between = span(row["change_low"], row["change_high"], places, signed=True)
    by = number(row["change"], places, signed=True)
    verdict = view.language.say(f"verdict.{row['verdict']}")
    return f"{by} since {view.before} ({between}): {verdict}"


def shares(low: float, high: float) -> str:
    r"""Say the interval of a share.

    Examples
    --------
    >>> shares(0.45, 0.75)
    '45\xa0% to 75\xa0%'
    """
    return f"{percent(low)} to {percent(high)}"


def brief(name: str) -> str:
    """Return a name that leaves room for what is said of it.

    Examples
    --------
    >>> brief("Nordwind"), len(brief("x" * 300))
    ('Nordwind', 40)
    """
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
