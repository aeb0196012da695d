"""Which groups to withhold so that nothing withheld can be solved for from what is shown.

Units, countries, products and accounts cut the same people in different ways: a country may be one
account, or a unit all of another unit but one person. So it is not enough to look at each way by
itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ACCOUNT = "account_id"
_TOTAL = "all"
_NONE = 1e-8


@dataclass(slots=True, eq=False)
class _Cell:
    """Some people whose answers are one number, and whether that number is shown."""

    dimension: str
    group: str
    parts: NDArray[np.bool_]
    n: int
    shown: bool
    ours: bool  # whether it may be withheld for others' sake


def withheld_groups(
    people: pd.DataFrame,
    shown_accounts: Collection[str],
    *,
    minimum: int,
    decided: Mapping[str, Collection[str]] | None = None,
) -> set[tuple[str, str]]:
    """Return the groups of one client's wave that must not be shown.

    Parameters
    ----------
    people : DataFrame, one row per answer
        ``account_id`` and a column for each dimension, without gaps.
    shown_accounts : collection of str
        Accounts whose number the client's page shows, as it shows that of everybody.
    minimum : int
        Fewest people whose number may be shown.
    decided : mapping of dimension to groups, optional
        Dimensions of which it is settled already which groups are withheld.

    Returns
    -------
    set of (dimension, group)
        Groups below the minimum, and those that would tell what these, or accounts that the page
        withholds, or very few people have answered: by what is left of a number when others inside
        it are taken away, or by solving all numbers together.

    References
    ----------
    Cox (1980), Journal of the American Statistical Association 75, 377-385: complementary
    suppression; Hundepool et al. (2012), Statistical Disclosure Control, 4.2: linked tables.

    Examples
    --------
    >>> people = pd.DataFrame({"account_id": list("aaaabbbbccd"), "unit": list("NNNNSSSSSSW")})
    >>> sorted(withheld_groups(people, ["a", "b"], minimum=3))
    [('unit', 'S'), ('unit', 'W')]
    """
    dimensions = list(people.columns)
    parts = people.value_counts(sort=False).reset_index()
    settled = {ACCOUNT: (), **(decided or {})}
    cells = list(_cells(parts, dimensions, set(shown_accounts), minimum, settled))
    n = parts["count"].to_numpy()
    while (bad := _left_over(cells, n, minimum) or _solved(cells, n, minimum)) is not None:
        bad.shown = False
    return {(cell.dimension, cell.group) for cell in cells if cell.ours and not cell.shown}


def _cells(
    parts: pd.DataFrame,
    dimensions: list[str],
    accounts: set[str],
    minimum: int,
    settled: Mapping[str, Collection[str]],
) -> Iterator[_Cell]:
    n = parts["count"].to_numpy()
    everybody = np.ones(len(parts), dtype=bool)
    yield _Cell(_TOTAL, "", everybody, int(n.sum()), n.sum() >= minimum, ours=False)
    for name in dimensions:
        values = parts[name].to_numpy(object)
        for group in sorted(set(values)):
            own = values == group
            many = int(n[own].sum())
            shown = group in accounts if name == ACCOUNT else many >= minimum
            shown &= group not in settled.get(name, ())
            yield _Cell(name, group, own, many, shown, name not in settled)


def _left_over(cells: list[_Cell], n: NDArray, minimum: int) -> _Cell | None:
    """A cell to withhold because of what is left of one when those inside it are taken away."""
    hidden = {cell.parts.tobytes() for cell in cells if not cell.shown}
    shown = sorted((cell for cell in cells if cell.shown), key=lambda cell: not cell.ours)
    names = [name for name in dict.fromkeys(cell.dimension for cell in cells) if name != _TOTAL]
    for whole in shown:
        for name in names:
            if name == whole.dimension or (name == ACCOUNT and not whole.ours):
                continue
            inside = [one for one in shown if one.dimension == name and _within(one, whole)]
            rest = whole.parts.copy()
            for one in inside:
                rest &= ~one.parts
            if 0 < n[rest].sum() < minimum or rest.tobytes() in hidden:
                choice = [whole] if whole.ours else [one for one in inside if one.ours]
                if choice:
                    return min(choice, key=_size)
    return None


def _within(one: _Cell, whole: _Cell) -> bool:
    return not (one.parts & ~whole.parts).any()


def _solved(cells: list[_Cell], n: NDArray, minimum: int) -> _Cell | None:
    """The smallest cell of those from which together something withheld could be solved for."""
    shown = [cell for cell in cells if cell.shown]
    small = np.flatnonzero(n < minimum)
    secret = [cell.parts for cell in cells if not cell.shown]
    secret += [np.arange(len(n)) == place for place in small]
    if not shown or not secret:
        return None
    known = np.array([cell.parts for cell in shown], dtype=float).T
    sought = np.array(secret, dtype=float).T
    weights = np.linalg.lstsq(known, sought, rcond=None)[0]
    told = np.abs(known @ weights - sought).max(axis=0) < _NONE
    for column in np.flatnonzero(told):
        used = [
            cell
            for cell, weight in zip(shown, weights[:, column], strict=True)
            if cell.ours and abs(weight) > _NONE
        ]
        if used:
            return min(used, key=_size)
    return None


def _size(cell: _Cell) -> tuple[int, str, str]:
    return cell.n, cell.dimension, cell.group
