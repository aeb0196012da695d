"""What became of it: how accounts moved where something was done, and initiatives' targets."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

from crqlab.page.agreed.data import DONE
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import matched

#: What can be said of an account since: the station's verdict on its change, or why there is none.
SINCE = ("higher", "lower", "no_clear_change", "unheard")


@dataclass(frozen=True, slots=True)
class Moved:
    """How an account moved since the wave before."""

    account_id: str
    since: str
    n: int
    change: float = nan
    low: float = nan
    high: float = nan
    q: float = nan


@dataclass(frozen=True, slots=True)
class Checked:
    """An initiative against the number that was to show success.

    Attributes
    ----------
    verdict : str
        ``reached`` where the whole interval is at the target or above, ``missed`` where it is
        below, ``open`` where neither can be said, ``unmeasured`` where the survey has no such
        number, or it is withheld.
    """

    action_id: str
    measure: str
    target: float
    verdict: str
    value: float = nan
    low: float = nan
    high: float = nan
    level: float = nan
    n: int = 0


def moved(view: ClientView) -> dict[str, Moved]:
    """Return how each account of the ledger moved, by account: nothing of very few people."""
    ids = view.agreed.accounts["account_id"].dropna().drop_duplicates()
    facts = ("change_verdict", "change", "change_low", "change_high", "change_q", "n", "withheld")
    rows = zip(ids, *matched(ids, view.accounts, *facts), strict=True)
    return {id_: _moved(id_, *found) for id_, *found in rows}


def _moved(
    account: str, verdict: object, change: float, low: float, high: float, q: float, n: float,
    withheld: object,
) -> Moved:  # fmt: skip
    known = isinstance(verdict, str) and verdict in SINCE and withheld is not True
    if not known or isnan(change):
        return Moved(account, "unheard", 0 if isnan(n) else int(n))
    return Moved(account, str(verdict), int(n), change, low, high, q)


def acted_on(view: ClientView) -> list[Moved]:
    """Return how accounts moved at which something was done."""
    rows, found = view.agreed.accounts, moved(view)
    done = rows.loc[rows["state"].isin(DONE), "account_id"].dropna().drop_duplicates()
    return [found[account] for account in done]


def checked(view: ClientView) -> list[Checked]:
    """Return every initiative beside its number, as far as this wave measured it."""
    rows = view.agreed.initiatives
    each = zip(rows["action_id"], rows["measure"], rows["target"], strict=True)
    return [_checked(view, *one) for one in each]


def _checked(view: ClientView, action: str, measure: object, target: float) -> Checked:
    name = str(measure) if isinstance(measure, str) else ""
    row = view.measure(name)
    if row is None or row["withheld"] or isnan(row["value"]) or isnan(target):
        return Checked(action, name, target, "unmeasured")
    low, high = float(row["low"]), float(row["high"])
    verdict = "reached" if low >= target else "missed" if high < target else "open"
    verdict = "open" if isnan(low) or isnan(high) else verdict
    ends = (float(row["value"]), low, high, float(row["level"]))
    return Checked(action, name, target, verdict, *ends, int(row["n_respondents"]))
