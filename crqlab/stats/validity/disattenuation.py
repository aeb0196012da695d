"""What two scales would correlate if their items were free of error."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.influence import half_width
from crqlab.stats.items import complete

METHOD = "delta method, distribution-free, Hakstian 1988"


def disattenuated(
    x_items: pd.DataFrame,
    y_items: pd.DataFrame,
    *,
    accounts: pd.Series | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Correlation of two sums of items, corrected for their unreliability.

    The correlation of the sums over the root of the product of their alphas. A scale of one
    item is taken as free of error, which leaves the correction too small; a note says so.

    Parameters
    ----------
    x_items, y_items : DataFrame, shape (respondents, items)
        Answers to the two scales by the same respondents in the same order, reversed items
        already turned round; respondents with a gap in either are left out.
    accounts : Series, optional
        The account of each respondent, by position; respondents are independent when absent.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` about [-1, 1]; it may lie outside by chance, and a note says so. ``n`` counts
        respondents, or accounts when given.

    Raises
    ------
    EstimateError
        Tables of different length, a shared item, text, a constant item, one account, or a
        scale whose alpha is not positive.

    References
    ----------
    Spearman (1904), American Journal of Psychology 15, 72-101: the correction.
    Hakstian, Schroeder & Rogers (1988), Psychometrika 53, 27-43: its standard error, here
    without normality, summed by account.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=2000)
    >>> answers = pd.DataFrame(latent[:, [0, 0, 1, 1]] + rng.normal(size=(2000, 4)))
    >>> print(disattenuated(answers[[0, 1]], answers[[2, 3]]))
    disattenuated correlation 0.60 [0.54, 0.65], n = 2000 respondents (delta method, ...
    """
    check_level(level)
    answers = complete(
        _together(x_items, y_items), accounts=accounts, asks="a disattenuated correlation"
    )
    here, there = np.split(answers.deviations, [x_items.shape[1]], axis=1)
    cross = here.sum(axis=1) * there.sum(axis=1)
    own = [_shared(part) for part in (here, there)]
    for argument, shared in zip(("x_items=", "y_items="), own, strict=True):
        if shared.mean() <= 0:
            raise EstimateError(
                f"The items of {argument} do not correlate positively (alpha is not above 0); "
                "the correction divides by alpha. Check for items left unreversed."
            )
    value = float(cross.mean() / np.sqrt(own[0].mean() * own[1].mean()))
    influence = cross / np.sqrt(own[0].mean() * own[1].mean())
    influence = influence - value / 2 * (own[0] / own[0].mean() + own[1] / own[1].mean())
    half = float(half_width(influence, answers.accounts, level))
    notes = answers.notes + _cautions(x_items, y_items, value)
    ends = (value - half, value + half)
    name = "disattenuated correlation"
    return Estimate(name, value, *ends, level, answers.n, answers.unit, METHOD, notes)


def _together(x_items: pd.DataFrame, y_items: pd.DataFrame) -> pd.DataFrame:
    if len(x_items) != len(y_items):
        raise EstimateError(
            f"x_items= has {len(x_items)} rows and y_items= {len(y_items)}; "
            "they must be columns of one table."
        )
    both = [str(item) for item in x_items.columns if item in y_items.columns]
    if both:
        raise EstimateError(
            f"{', '.join(both)} stands in x_items= and in y_items=; a shared item correlates "
            "with itself. Give it to one scale."
        )
    return pd.concat([x_items.reset_index(drop=True), y_items.reset_index(drop=True)], axis=1)


def _shared(deviations: NDArray) -> NDArray:
    """What each respondent adds to alpha times the variance of the sum."""
    k, total = deviations.shape[1], deviations.sum(axis=1) ** 2
    return total if k == 1 else k / (k - 1) * (total - (deviations**2).sum(axis=1))


def _cautions(x_items: pd.DataFrame, y_items: pd.DataFrame, value: float) -> tuple[str, ...]:
    alone = [str(part.columns[0]) for part in (x_items, y_items) if part.shape[1] == 1]
    notes = tuple(code("item_taken_as_exact", item=item) for item in alone)
    return (*notes, "beyond_one") if abs(value) > 1 else notes
