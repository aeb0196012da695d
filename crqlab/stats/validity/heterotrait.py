"""Are two constructs more than one? Correlations between them against correlations inside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.base.contracts.cautions import OK, code, joined
from crqlab.base.errors import EstimateError, one_of
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import DRAWS, FEW_CLUSTERS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.items import Answers, complete, correlated

MEANS = ("arithmetic", "geometric")
_SILENT = ["items_do_not_correlate", "interval_open"]


def htmt(
    data: pd.DataFrame, model: Mapping[str, Sequence[str]], *, mean: str = "arithmetic"
) -> pd.DataFrame:
    """Heterotrait-monotrait ratio of correlations between constructs.

    The mean absolute correlation of items of different constructs over the root of the product
    of the mean absolute correlations of items of the same construct: what the two constructs
    would correlate if they were measured without error. Near 1, they are one construct under
    two names; .85 (strict) or .90 are the usual bars.

    Parameters
    ----------
    data : DataFrame, shape (respondents, items and more)
        Answers in scale points, reversed items already turned round; respondents who left out
        an item of any construct are left out.
    model : mapping of str to sequence of str
        Items of each construct, two or more.
    mean : str
        ``"arithmetic"`` (HTMT), or ``"geometric"`` (HTMT2, right also when items reflect their
        construct unequally).

    Returns
    -------
    DataFrame, constructs x constructs
        Symmetric, 1 on the diagonal, from 0 up; missing where a construct's items do not
        correlate.

    Raises
    ------
    EstimateError
        Fewer than two constructs, a construct with one item, an unknown item or one in two
        constructs, text, a constant item, or fewer than two complete respondents.

    References
    ----------
    Henseler, Ringle & Sarstedt (2015), Journal of the Academy of Marketing Science 43,
    115-135: HTMT. Roemer, Schuberth & Henseler (2021), Industrial Management & Data Systems
    121, 2637-2650: HTMT2.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=2000)
    >>> answers = latent[:, [0, 0, 0, 1, 1, 1]] * 0.8 + rng.normal(size=(2000, 6)) * 0.6
    >>> table = pd.DataFrame(answers, columns=["t1", "t2", "t3", "c1", "c2", "c3"])
    >>> model = {"trust": ["t1", "t2", "t3"], "commitment": ["c1", "c2", "c3"]}
    >>> htmt(table, model).round(2)
                trust  commitment
    trust         1.0         0.6
    commitment    0.6         1.0
    """
    one_of("mean=", mean, MEANS)
    answers = complete(_items(data, model), argument="data=", asks="HTMT")
    square = _ratios(answers.correlation[None], _members(model), mean)[0]
    names = list(model)
    return pd.DataFrame(square, index=names, columns=names)


def htmt_interval(
    data: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    accounts: pd.Series | None = None,
    mean: str = "arithmetic",
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> pd.DataFrame:
    """HTMT of every pair of constructs, with intervals from resampled accounts.

    Each draw weighs whole accounts by how often they were drawn and takes all correlations
    from sums of cross-products, so the respondents are read once. Percentiles are corrected
    for the bias of absolute values, and widened to Student's t for few accounts.

    Parameters
    ----------
    data : DataFrame, shape (respondents, items and more)
        Answers in scale points, as for `htmt`.
    model : mapping of str to sequence of str
        Items of each construct, two or more.
    accounts : Series, optional
        The account of each respondent, by position; respondents are resampled when absent.
    mean : str
        ``"arithmetic"`` or ``"geometric"``, as for `htmt`.
    draws, seed : int
        Samples of whole accounts, and their seed.
    level : float
        Coverage of each interval, in (0, 1). A pair is distinct at a bar when ``high`` lies
        below the bar; the usual one-sided 5 % test takes ``level=0.9``.

    Returns
    -------
    DataFrame, one row per pair of constructs
        ``left``, ``right``, ``value``, ``low``, ``high`` (from 0 up), ``n`` (accounts, or
        respondents), ``flag``.

    Raises
    ------
    EstimateError
        As for `htmt`; accounts of another length, or one account.

    References
    ----------
    Henseler, Ringle & Sarstedt (2015), Journal of the Academy of Marketing Science 43,
    115-135: the interval. Efron (1987), Journal of the American Statistical Association 82,
    171-185: correcting for bias. Field & Welsh (2007), Journal of the Royal Statistical
    Society B 69, 369-390: whole clusters.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=400)
    >>> answers = latent[:, [0, 0, 1, 1]] * 0.8 + rng.normal(size=(400, 4)) * 0.6
    >>> table = pd.DataFrame(answers, columns=["t1", "t2", "c1", "c2"])
    >>> found = htmt_interval(table, {"trust": ["t1", "t2"], "commitment": ["c1", "c2"]},
    ...                       accounts=pd.Series(range(400)) // 4)
    >>> found.round(1)
        left       right  value  low  high    n flag
    0  trust  commitment    0.7  0.6   0.8  100   ok
    """
    one_of("mean=", mean, MEANS)
    check_level(level)
    answers = complete(_items(data, model), accounts=accounts, argument="data=", asks="HTMT")
    members = _members(model)
    pairs = np.triu_indices(len(members), 1)
    value = _ratios(answers.correlation[None], members, mean)[0][pairs]
    drawn = _drawn(answers, members, pairs, mean, draws, seed)
    low, high = _ends(drawn, value, answers.n, level)
    names = np.array(list(model), dtype=object)
    return pd.DataFrame(
        {
            "left": names[pairs[0]],
            "right": names[pairs[1]],
            "value": value,
            "low": low,
            "high": high,
            "n": answers.n,
            "flag": _flags(value, low, answers),
        }
    )


def _items(data: pd.DataFrame, model: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Columns of all constructs, in the model's order."""
    if len(model) < 2:
        raise EstimateError(
            f"model= names {len(model)} constructs; HTMT compares two or more.",
            caution="one_construct",
        )
    short = [name for name, items in model.items() if isinstance(items, str) or len(items) < 2]
    if short:
        raise EstimateError(
            f"{', '.join(map(str, short))} has fewer than two items; HTMT needs correlations "
            "inside each construct. Leave it out of model=."
        )
    if not isinstance(data, pd.DataFrame):
        return data
    items = [item for members in model.values() for item in members]
    unknown = [str(item) for item in items if item not in data.columns]
    if unknown:
        raise EstimateError(
            f"data= has no column {', '.join(unknown)}; model= names it. "
            "Check the item lists of the codebook."
        )
    return data[items]


def _members(model: Mapping[str, Sequence[str]]) -> NDArray:
    """Matrix of shape (constructs, items) that is 1 where an item belongs to a construct."""
    owner = np.repeat(np.arange(len(model)), [len(items) for items in model.values()])
    return (np.arange(len(model))[:, None] == owner).astype(float)


def _ratios(correlations: NDArray, members: NDArray, mean: str) -> NDArray:
    """HTMT of each matrix of a stack, shape (draws, constructs, constructs)."""
    size = members.sum(axis=1)
    strength = np.abs(correlations)
    with np.errstate(divide="ignore", invalid="ignore"):
        if mean == "geometric":
            strength = np.log(strength)
        total = members @ strength @ members.T
        own = np.arange(len(members))
        inside = total[:, own, own] - (size if mean == "arithmetic" else 0)
        average = total / np.outer(size, size)
        average[:, own, own] = inside / (size * (size - 1))
        average = np.exp(average) if mean == "geometric" else average
        root = np.sqrt(average[:, own, own])
        ratios = average / (root[:, :, None] * root[:, None, :])
    ratios[:, own, own] = 1
    return np.where(np.isfinite(ratios), ratios, np.nan)


def _drawn(
    answers: Answers, members: NDArray, pairs: tuple, mean: str, draws: int, seed: int
) -> NDArray:
    """HTMT of each pair in each sample of accounts, shape (draws, pairs)."""
    deviations = answers.deviations
    n, k = deviations.shape
    upper = np.triu_indices(k)
    sums = np.zeros((answers.n, 1 + k + len(upper[0])))
    products = deviations[:, upper[0]] * deviations[:, upper[1]]
    np.add.at(sums, answers.accounts, np.column_stack([np.ones(n), deviations, products]))
    pieces = []
    for counts in resampled(answers.n, draws, stream(seed, "htmt")):
        added = counts @ sums
        people, means = added[:, 0, None], added[:, 1 : k + 1] / added[:, :1]
        covariance = np.empty((len(added), k, k))
        between = added[:, k + 1 :] / people - means[:, upper[0]] * means[:, upper[1]]
        covariance[:, upper[0], upper[1]] = between
        covariance[:, upper[1], upper[0]] = between
        with np.errstate(divide="ignore", invalid="ignore"):
            correlations = correlated(covariance)
        pieces.append(_ratios(correlations, members, mean)[:, pairs[0], pairs[1]])
    return np.vstack(pieces)


def _ends(drawn: NDArray, value: NDArray, n: int, level: float) -> tuple[NDArray, NDArray]:
    """Bias-corrected percentiles, widened to what Student's t asks for."""
    reach = np.sqrt(n / (n - 1)) * t.isf((1 - level) / 2, n - 1)
    there = np.isfinite(drawn)
    below = ((drawn < value) & there).sum(axis=0) + ((drawn == value) & there).sum(axis=0) / 2
    share = below / np.maximum(there.sum(axis=0), 1)
    bias = norm.ppf(np.clip(share, 1 / (len(drawn) + 1), len(drawn) / (len(drawn) + 1)))
    ends = np.full((2, len(value)), np.nan)
    for pair in np.flatnonzero(np.isfinite(value) & (there.mean(axis=0) > 0.95)):
        tails = norm.cdf(2 * bias[pair] + np.array([-reach, reach]))
        ends[:, pair] = np.quantile(drawn[there[:, pair], pair], tails)
    return ends[0], ends[1]


def _flags(value: NDArray, low: NDArray, answers: Answers) -> NDArray:
    few = code(f"few_{answers.unit}", minimum=FEW_CLUSTERS) if answers.n < FEW_CLUSTERS else OK
    usual = joined([*answers.notes, few])
    return np.select([np.isnan(value), np.isnan(low)], _SILENT, usual)
