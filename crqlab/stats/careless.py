"""Signs of careless answers: what one person says against itself, and against everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError

__all__ = ["antonyms", "even_odd", "longest_run", "mahalanobis", "synonyms", "variability"]
__dir__ = __all__.copy

FEWEST = 3  # pairs below which a person's correlation is nothing
ALIKE = 0.6  # correlation of items beyond which they are synonyms


def even_odd(items: pd.DataFrame, constructs: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Even-odd consistency: whether halves of constructs agree within a person.

    The correlation, over constructs, of a person's means of odd and of even items, stepped up by
    Spearman-Brown.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers, reversed items turned round; cells may be missing.
    constructs : mapping of str to sequence of str
        Items of each construct in the order of the questionnaire; those of one item are not
        used.

    Returns
    -------
    DataFrame, one row per respondent, same index
        ``even_odd`` in [-1, 1], low where answers are careless; ``n`` constructs with both
        halves; ``flag``: missing for fewer than 3 constructs or no difference between them.

    Raises
    ------
    EstimateError
        Items that are absent, or fewer than three constructs of two items or more.

    References
    ----------
    Jackson (1976); Meade & Craig (2012), Psychological Methods 17, 437-455.

    Examples
    --------
    >>> model = {"t": ["t1", "t2"], "v": ["v1", "v2"], "e": ["e1", "e2"]}
    >>> names = [item for of in model.values() for item in of]
    >>> answers = pd.DataFrame([[7, 6, 2, 3, 4, 4], [7, 2, 2, 6, 4, 4]], columns=names)
    >>> even_odd(answers, model)[["even_odd", "n"]].round(2)
       even_odd  n
    0       1.0  3
    1      -1.0  3
    """
    used = {name: list(of) for name, of in constructs.items() if len(of) > 1}
    absent = [item for of in used.values() for item in of if item not in items]
    if absent or len(used) < FEWEST:
        told = f"items= lacks {absent[0]!r}" if absent else f"constructs= has {len(used)} usable"
        raise EstimateError(
            f"{told}; even-odd consistency needs {FEWEST} constructs of two items or more, all "
            "among the items."
        )
    odd, even = (
        np.column_stack([items[of[start::2]].mean(axis=1) for of in used.values()])
        for start in (0, 1)
    )
    r, n = _within(odd, even)
    with np.errstate(divide="ignore", invalid="ignore"):
        stepped = np.maximum(np.where(r > -1, 2 * r / (1 + r), -1.0), -1)
    return _told(items.index, "even_odd", np.where(np.isnan(r), np.nan, stepped), n)


def synonyms(items: pd.DataFrame, *, least: float = ALIKE) -> pd.DataFrame:
    """Psychometric synonyms: whether a person answers alike what others answer alike.

    The correlation, within a person, over all pairs of items that correlate at least so much
    among all respondents.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers as given; cells may be missing.
    least : float
        Correlation from which on two items are synonyms, in (0, 1).

    Returns
    -------
    DataFrame, one row per respondent, same index
        ``synonyms`` in [-1, 1], low where answers are careless; ``n`` pairs answered; ``flag``:
        missing for fewer than 3 pairs or answers that do not vary.

    Raises
    ------
    EstimateError
        Fewer than three pairs of items that correlate so much.

    References
    ----------
    Meade & Craig (2012), Psychological Methods 17, 437-455: .60.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> honest = rng.normal(size=(300, 3)).repeat(2, axis=1) + 0.4 * rng.normal(size=(300, 6))
    >>> answers = pd.DataFrame(honest)
    >>> answers.loc[0] = [1.0, -1, 2, -2, -1, 1]
    >>> found = synonyms(answers)["synonyms"]
    >>> bool(found[0] < found[1:].quantile(0.01)), round(found.median(), 1)
    (True, np.float64(0.9))
    """
    if not 0 < least < 1:
        raise EstimateError(f"least= is {least}; it must lie between 0 and 1. Use {ALIKE}.")
    return _of_pairs(items, "synonyms", lambda r: r >= least, f"at least {least:g}")


def antonyms(items: pd.DataFrame, *, most: float = -ALIKE) -> pd.DataFrame:
    """Psychometric antonyms: whether a person answers apart what others answer apart.

    As `synonyms`, over pairs of items that correlate at most so much. Needs reversed items.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers as given, reversed items **not** turned round; cells may be missing.
    most : float
        Correlation up to which two items are antonyms, in (-1, 0).

    Returns
    -------
    DataFrame, one row per respondent, same index
        ``antonyms`` in [-1, 1], high where answers are careless; ``n`` pairs answered;
        ``flag``.

    Raises
    ------
    EstimateError
        Fewer than three pairs of items that correlate so much.

    References
    ----------
    Meade & Craig (2012), Psychological Methods 17, 437-455.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> honest = rng.normal(size=(300, 3)).repeat(2, axis=1) + 0.4 * rng.normal(size=(300, 6))
    >>> answers = pd.DataFrame(honest * [1, -1, 1, -1, 1, -1])
    >>> bool(antonyms(answers)["antonyms"].median() < -0.8)
    True
    """
    if not -1 < most < 0:
        raise EstimateError(f"most= is {most}; it must lie between -1 and 0. Use {-ALIKE}.")
    return _of_pairs(items, "antonyms", lambda r: r <= most, f"at most {most:g}")


def mahalanobis(items: pd.DataFrame) -> pd.DataFrame:
    """Squared Mahalanobis distance of each person's answers from everybody's.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Cells may be missing: a person counts on the items answered, with mean and covariance of
        largest likelihood given all answers.

    Returns
    -------
    DataFrame, one row per respondent, same index
        ``distance``; ``n`` items answered; ``p`` of one as large among normal answers (rating
        scales have longer tails: read it as a rank); ``flag``.

    Raises
    ------
    EstimateError
        Items that do not vary or say the same, or fewer respondents than items.

    References
    ----------
    Mahalanobis (1936), Proceedings of the National Institute of Sciences of India 2, 49-55.
    Meade & Craig (2012), Psychological Methods 17, 437-455.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> answers = pd.DataFrame(rng.normal(size=(200, 1)) + rng.normal(size=(200, 3)),
    ...     columns=list("abc"))
    >>> answers.loc[7] = [3.0, -3.0, 3.0]
    >>> int(mahalanobis(answers)["distance"].idxmax())
    7
    """
    from crqlab.stats.factors.normal import inverses, saturated
    from crqlab.stats.factors.sample import samples

    named = items.set_axis(items.columns.map(str), axis=1)
    sample = samples(named, list(named.columns), missing="fiml")[0]
    sigma, mean = saturated(sample)
    weight, _ = inverses(sample, sigma)
    pattern = np.repeat(np.arange(len(sample.counts)), sample.counts)
    apart = np.nan_to_num(sample.answers - mean)
    distance, n = np.full(len(items), np.nan), np.zeros(len(items), dtype=int)
    distance[sample.kept] = np.einsum("ij,ijk,ik->i", apart, weight[pattern], apart)
    n[sample.kept] = sample.masks.sum(axis=1)[pattern]
    table = pd.DataFrame({"distance": distance, "n": n}, index=items.index)
    flag = np.where(n > 0, "ok", "no_answers")
    return table.assign(p=chi2.sf(distance, np.maximum(n, 1)), flag=flag)


def longest_run(items: pd.DataFrame) -> pd.DataFrame:
    """Most equal answers in a row; gaps neither break nor lengthen a run.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers as given, in the order of the questionnaire.

    Returns
    -------
    DataFrame, one row per respondent, same index
        ``longest_run`` (whole number), ``n`` answers, ``share`` (the one over the other).

    References
    ----------
    Johnson (2005), Journal of Research in Personality 39, 103-129.

    Examples
    --------
    >>> longest_run(pd.DataFrame([[4, 4, None, 4, 5], [1, 2, 3, 4, 5]]))
       longest_run  n  share
    0            3  4   0.75
    1            1  5   0.20
    """
    answers = items.to_numpy(float)
    last, run = np.full(len(answers), np.nan), np.zeros(len(answers), dtype=int)
    best = run.copy()
    for answer in answers.T:
        given = ~np.isnan(answer)
        run = np.where(given, np.where(answer == last, run + 1, 1), run)
        last = np.where(given, answer, last)
        best = np.maximum(best, run)
    n = (~np.isnan(answers)).sum(axis=1)
    share = np.divide(best, n, out=np.full(len(n), np.nan), where=n > 0)
    return pd.DataFrame({"longest_run": best, "n": n, "share": share}, index=items.index)


def variability(items: pd.DataFrame) -> pd.DataFrame:
    """Intra-individual response variability: standard deviation of a person's answers.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers as given, on one scale.

    Returns
    -------
    DataFrame, one row per respondent, same index
        ``variability`` in scale points (n - 1 below), ``n`` answers; missing below two.

    References
    ----------
    Dunn, Heggestad, Shanock & Theilgard (2018), Journal of Business and Psychology 33, 105-121.

    Examples
    --------
    >>> variability(pd.DataFrame([[4, 4, 4], [1, 4, 7]]))
       variability  n
    0          0.0  3
    1          3.0  3
    """
    return pd.DataFrame({"variability": items.std(axis=1), "n": items.notna().sum(axis=1)})


def _of_pairs(items: pd.DataFrame, name: str, chosen, told: str) -> pd.DataFrame:
    r = items.corr().to_numpy()
    first, second = np.nonzero(np.triu(chosen(np.nan_to_num(r)), 1))
    if len(first) < FEWEST:
        raise EstimateError(
            f"items= has {len(first)} pairs that correlate {told}; {name} need {FEWEST} or more. "
            "Take a milder bound, or leave this index out.",
            caution=code("few_pairs", n=len(first), minimum=FEWEST),
        )
    answers = items.to_numpy(float)
    found, n = _within(answers[:, first], answers[:, second])
    return _told(items.index, name, found, n)


def _within(first: NDArray, second: NDArray) -> tuple[NDArray, NDArray]:
    """Correlation within each row over the columns that both have, and how many those are."""
    both = ~(np.isnan(first) | np.isnan(second))
    n = both.sum(axis=1)
    parts = []
    for side in (first, second):
        kept = np.where(both, side, 0.0)
        mean = kept.sum(axis=1) / np.maximum(n, 1)
        parts.append(np.where(both, side - mean[:, None], 0.0))
    one, other = parts
    spread = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    size = np.maximum(np.abs(np.nan_to_num(first)).max(axis=1), 1) ** 2
    known = (n >= FEWEST) & (spread > 1e-12 * size)
    found = np.divide((one * other).sum(axis=1), spread, out=np.full(len(n), np.nan), where=known)
    return np.clip(found, -1, 1), n


def _told(index: pd.Index, name: str, values: NDArray, n: NDArray) -> pd.DataFrame:
    few = np.array([code("few_pairs", n=pairs, minimum=FEWEST) for pairs in range(FEWEST)])
    few = few[np.minimum(n, FEWEST - 1)]
    flag = np.select([n < FEWEST, np.isnan(values)], [few, "answers_do_not_vary"], "ok")
    return pd.DataFrame({name: values, "n": n, "flag": flag}, index=index)
