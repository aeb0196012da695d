"""How far a response contradicts itself: its items say one thing, its recommendation another.

Whoever agrees more recommends more. Given the panel's law of the two, a response is compared
with its own mirror image: how much likelier would it be had its items, or its recommendation,
been turned round?
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.instrument import Scale
from crqlab.responses.findings import coded, findings

#: Log likelihood ratio, of turned items and of a turned recommendation, from which a response
#: by itself is said to contradict itself.
CONTRADICTS = 4.0
#: Fewest responses from which the panel's law can be learned.
FEWEST_LEARNED = 50
_LTR = Scale(low=0, high=10)
_ROUNDS, _ODD = 3, 3.0


def evidence(
    items: pd.DataFrame, ltr: pd.Series, scale: Scale, usual: NDArray[np.bool_]
) -> pd.DataFrame:
    """Log likelihood ratio of every response turned round against as it stands.

    Parameters
    ----------
    items : DataFrame, shape (responses, items)
        Answers, more always being better, on ``scale``.
    ltr : Series
        0 to 10.
    scale : Scale
    usual : array of bool
        Responses from which the panel's law is learned; those that contradict it are left out
        of it, and it is learned again.

    Returns
    -------
    DataFrame, one row per response, columns ``items``, ``ltr`` and ``both``
        What is turned: above 0 the mirror image is the likelier. Missing where either is not
        answered, or where the panel is too small.

    Notes
    -----
    Looked at are the mean of a response's items, and how it leans on the panel's profile of item
    means (1 where it is all profile, -1 where it is its mirror image). With a normal law of these
    two given LTR, the ratio for turned items says nothing of whether people are content: an
    unhappy group recommends little and stays upright. Not so the ratio for both turned.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> mood = rng.normal(size=200)
    >>> items = pd.DataFrame({k: 4.5 + mood + rng.normal(0, 0.5, 200) for k in "abc"})
    >>> ltr = pd.Series(7 + 2 * mood)
    >>> items.iloc[0], ltr.iloc[0] = 1.5, 10.0
    >>> float(evidence(items, ltr, Scale(low=1, high=7), np.full(200, True)).iloc[0]["ltr"]) > 50
    True
    """
    marks = np.column_stack([_marks(items, usual), ltr])
    known = ~np.isnan(marks).any(axis=1)
    found = pd.DataFrame(np.nan, index=items.index, columns=["items", "ltr", "both"])
    learned = known & usual
    middle = (scale.low + scale.high) / 2
    turned = {
        "items": marks * [-1, -1, 1] + [2 * middle, 0, 0],
        "ltr": marks * [1, 1, -1] + [0, 0, _LTR.low + _LTR.high],
    }
    for _ in range(_ROUNDS):
        if learned.sum() < FEWEST_LEARNED:
            break
        law = _Law(marks[learned])
        for part, other in turned.items():
            found[part] = law.given(part, other) - law.given(part, marks)
        both = np.column_stack([turned["items"][:, :2], turned["ltr"][:, 2]])
        found["both"] = law.density(both) - law.density(marks)
        learned = known & usual & (found[list(turned)].max(axis=1) < _ODD).to_numpy()
    return found


def contradiction(ratio: pd.DataFrame, items: pd.DataFrame, ltr: pd.Series) -> pd.DataFrame:
    """Find single responses whose items and recommendation exclude each other."""
    where = ratio[["items", "ltr"]].min(axis=1) > CONTRADICTS
    mean = items.loc[where.index].mean(axis=1).round(1)
    found = coded(where, "items_against_ltr", ltr=ltr[where.index], mean=mean)
    return findings(where, "contradiction", found, "contradiction")


def _marks(items: pd.DataFrame, usual: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean of every response's items, and its slope on the panel's profile."""
    average = items[usual].mean()
    given = items.notna()
    shape = given * (average - average.mean())
    own = items.mean(axis=1)
    expected = shape.sum(axis=1) / given.sum(axis=1).where(lambda n: n > 0)
    shape = shape.sub(expected, axis=0).where(given, 0.0)
    size = (shape**2).sum(axis=1)
    slope = (items.sub(own, axis=0).fillna(0) * shape).sum(axis=1) / size.where(size > 1e-9)
    return np.column_stack([own, slope.fillna(0)])


class _Law:
    """The panel's normal law of mean, slope and LTR."""

    def __init__(self, marks: NDArray[np.float64]) -> None:
        self.centre = marks.mean(axis=0)
        spread = np.cov(marks, rowvar=False)
        self.spread = spread + np.diag(1e-6 + 1e-6 * np.diag(spread))

    def given(self, part: str, marks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log density of one part of a response given the other."""
        return self.density(marks) - self.density(marks, (2,) if part == "items" else (0, 1))

    def density(
        self, marks: NDArray[np.float64], columns: tuple[int, ...] = (0, 1, 2)
    ) -> NDArray[np.float64]:
        """Log density of some of the marks, but for a constant."""
        columns = list(columns)
        away = marks[:, columns] - self.centre[columns]
        inverse = np.linalg.inv(self.spread[np.ix_(columns, columns)])
        return -0.5 * np.einsum("ij,jk,ik->i", away, inverse, away)
