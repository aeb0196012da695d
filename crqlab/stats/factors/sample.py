"""From a table of answers to what a normal likelihood needs, with every refusal in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError, listed, one_of

TOO_ALIKE, ALIKE = 1e-10, 1e-8


@dataclass(frozen=True, eq=False)
class Sample:
    """The answers of one group, whole and reduced to sums by pattern of gaps.

    Attributes
    ----------
    label : str
    n : int
        Respondents with at least one answer.
    answers : array, shape (n, p)
        Missing is NaN; ordered by pattern.
    clusters : int array, shape (n,), or None
    kept : int array, shape (n,)
        Row of the data that each answer came from.
    masks : bool array, shape (K, p)
        Which items pattern k has.
    counts : array, shape (K,)
    means : array, shape (K, p)
        0 where a pattern has no answers.
    covs : array, shape (K, p, p)
        Divided by the count; 0 where a pattern has no answers.
    """

    label: str
    n: int
    answers: NDArray
    clusters: NDArray | None
    kept: NDArray
    masks: NDArray
    counts: NDArray
    means: NDArray
    covs: NDArray

    @property
    def complete(self) -> bool:
        """Whether no answer is missing."""
        return len(self.counts) == 1 and bool(self.masks.all())

    @property
    def mean(self) -> NDArray:
        """Item means over the answers there are."""
        return self.counts @ self.means / (self.counts @ self.masks)

    @property
    def variance(self) -> NDArray:
        """Item variances over the answers there are, divided by their number."""
        around = np.diagonal(self.covs, axis1=1, axis2=2) + (self.means - self.mean) ** 2
        return self.counts @ (around * self.masks) / (self.counts @ self.masks)

    @cached_property
    def products(self) -> NDArray:
        """Sum of vv', v = (d, vech dd', 1), d an answer less its mean; v by cluster where any.

        All that a robust error needs to know of complete answers, whatever the model.
        """
        apart = self.answers - self.mean
        i, j = np.tril_indices(apart.shape[1])
        each = np.hstack([apart, apart[:, i] * apart[:, j], np.ones((self.n, 1))])
        if self.clusters is not None:
            each = by_cluster(each, self.clusters)
        return each.T @ each


def by_cluster(each: NDArray, clusters: NDArray) -> NDArray:
    """Sum rows by cluster, times root C/(C - 1) for C clusters.

    Examples
    --------
    >>> by_cluster(np.array([[1.0], [2.0], [4.0]]), np.array([7, 9, 7])) / np.sqrt(2)
    array([[5.],
           [2.]])
    """
    found, codes = np.unique(clusters, return_inverse=True)
    summed = coo_array((np.ones(len(codes)), (codes, np.arange(len(codes))))).tocsr() @ each
    return summed * np.sqrt(len(found) / (len(found) - 1))


def samples(
    data: pd.DataFrame,
    items: Sequence[str],
    *,
    missing: str = "listwise",
    cluster: str | None = None,
    group: str | None = None,
) -> list[Sample]:
    """Take the items out of a table, by group in order of appearance.

    Parameters
    ----------
    data : DataFrame, one row per respondent
    items : sequence of str
    missing : str
        ``"listwise"`` keeps complete rows, ``"fiml"`` every row with an answer.
    cluster, group : str, optional
        Columns; rows without a value there are left out.

    Returns
    -------
    list of Sample, one per group

    Raises
    ------
    EstimateError
        Columns that are absent or not numbers, too few rows, items without variance, items
        that say the same, items never answered together, one cluster.
    """
    one_of("missing=", missing, ["listwise", "fiml"])
    values = _numbers(data, items)
    there = ~np.isnan(values)
    kept = there.any(axis=1) if missing == "fiml" else there.all(axis=1)
    codes, labels = np.zeros(len(data), dtype=int), ["all"]
    if group is not None:
        codes, labels = pd.factorize(_column(data, group, "group="))
        kept &= codes >= 0
    accounts = None
    if cluster is not None:
        accounts = pd.factorize(_column(data, cluster, "cluster="))[0]
        kept &= accounts >= 0
        _check_clusters(cluster, accounts[kept])
    if not kept.any():
        raise EstimateError(
            f"data= has no row of {len(data)} that can be used (missing={missing!r}). "
            "Check the items, or use missing='fiml'.",
            caution=code("few_complete_respondents", n=0, items=len(items)),
        )
    found = [g for g in range(len(labels)) if (kept & (codes == g)).any()]
    if group is not None and len(found) < 2:
        raise EstimateError(
            f"group={group!r} has {len(found)} group with answers; comparing needs two or more.",
            caution="one_group",
        )
    return [
        _sample(str(labels[g]), values, np.flatnonzero(kept & (codes == g)), accounts, items)
        for g in found
    ]


def _numbers(data: pd.DataFrame, items: Sequence[str]) -> NDArray:
    if not isinstance(data, pd.DataFrame):
        raise EstimateError(
            f"data= is {type(data).__name__}; give a DataFrame with one row per respondent."
        )
    columns = list(map(str, data.columns))
    for item in items:
        if columns.count(item) != 1:
            found = "twice the" if item in columns else "no"
            raise EstimateError(
                f"data= has {found} column {item!r}; the model names it. "
                "Check model= against the columns."
            )
    taken = data.iloc[:, [columns.index(item) for item in items]]
    for item, kind in zip(items, taken.dtypes, strict=True):
        if not pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind):
            raise EstimateError(
                f"Item {item!r} holds {kind}, not numbers. Give answers in scale points."
            )
    values = taken.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(values).any():
        item = items[int(np.isinf(values).any(axis=0).argmax())]
        raise EstimateError(f"Item {item!r} holds an infinite value; make it missing.")
    return values


def _column(data: pd.DataFrame, name: str, argument: str) -> pd.Series:
    if name not in data.columns:
        raise EstimateError(f"{argument} is {name!r}, but data= has no such column.")
    return data[name]


def _check_clusters(cluster: str, accounts: NDArray) -> None:
    n = len(np.unique(accounts))
    if n < 2:
        raise EstimateError(
            f"cluster={cluster!r} has {n} cluster; standard errors by cluster need two or more. "
            "Leave cluster= out.",
            caution="one_account",
        )


def _sample(label, values, rows, accounts, items) -> Sample:
    there = ~np.isnan(values[rows])
    pattern = _patterns(there)
    order = np.argsort(pattern, kind="stable")
    rows, pattern, counts = rows[order], pattern[order], np.bincount(pattern)
    answers = values[rows]
    filled = np.nan_to_num(answers)
    ends = np.concatenate([[0], np.cumsum(counts)])
    masks = there[order][ends[:-1]]
    means = np.add.reduceat(filled, ends[:-1], axis=0) / counts[:, None]
    centred = np.where(np.isnan(answers), 0.0, answers - means[pattern])
    covs = np.stack(
        [centred[low:high].T @ centred[low:high] / (high - low) for low, high in pairwise(ends)]
    )
    own = None if accounts is None else accounts[rows]
    sample = Sample(label, len(rows), answers, own, rows, masks, counts, means, covs)
    _check_items(sample, list(items))
    return sample


def _patterns(there: NDArray) -> NDArray:
    """Number the distinct rows, sixty items at a time."""
    if there.all():
        return np.zeros(len(there), dtype=int)
    pattern = np.zeros(len(there), dtype=int)
    for low in range(0, there.shape[1], 60):
        part = there[:, low : low + 60]
        word = part @ (1 << np.arange(part.shape[1], dtype=np.int64))
        word = pd.factorize(word, sort=True)[0]
        pattern = pd.factorize(pattern * (word.max() + 1) + word, sort=True)[0]
    return pattern


def _check_items(sample: Sample, items: list[str]) -> None:
    where = "" if sample.label == "all" else f" in group {sample.label!r}"
    p, flat = len(items), sample.variance <= TOO_ALIKE * (1e-6 + sample.mean**2 * 1e-6)
    if flat.any():
        alike = str(items[int(flat.argmax())])
        raise EstimateError(
            f"Item {alike!r} has the same answer from everybody{where}; "
            "a factor needs variance. Leave the item out.",
            caution=code("same_answer_from_all", items=alike),
        )
    if sample.n <= p:
        raise EstimateError(
            f"data= has {sample.n} usable rows for {p} items{where}; the likelihood needs more "
            "rows than items. Collect more answers, or use fewer items.",
            caution=code("respondents_not_above_items", n=sample.n, items=p),
        )
    _check_together(sample, items, where)
    if sample.complete:
        scale = np.sqrt(sample.variance)
        check_rank(sample.covs[0] / np.outer(scale, scale), items, where)


def _check_together(sample: Sample, items: list[str], where: str) -> None:
    """Every two items need answers from the same people, and not the same answers."""
    together = sample.masks.T.astype(float) * sample.counts @ sample.masks
    alone = np.argwhere(together < 2)
    if len(alone):
        i, j = alone[0]
        raise EstimateError(
            f"Items {items[i]!r} and {items[j]!r} are answered together by "
            f"{together[i, j]:.0f} respondents{where}; a covariance needs two or more. "
            "Leave one of them out."
        )
    if not sample.complete:
        pairs = pd.DataFrame(sample.answers).corr().fillna(1.0).to_numpy()
        _check_alike(pairs, items, where)


def _check_alike(correlation: NDArray, items: list[str], where: str) -> None:
    apart = np.abs(np.tril(correlation, -1))
    i, j = np.unravel_index(apart.argmax(), apart.shape)
    if apart[i, j] > 1 - ALIKE:
        raise EstimateError(
            f"Items {items[j]!r} and {items[i]!r} say the same{where} (correlation "
            f"{correlation[i, j]:.6f}). Leave one of them out.",
            caution=code("item_repeats", left=str(items[j]), right=str(items[i])),
        )


def check_rank(correlation: NDArray, items: Sequence[str], where: str = "") -> None:
    """Refuse items of which one follows exactly from others.

    Parameters
    ----------
    correlation : array, shape (p, p)
    items : sequence of str
    where : str
        Added to the message.

    Raises
    ------
    EstimateError

    Examples
    --------
    >>> check_rank(np.array([[1.0, 1.0], [1.0, 1.0]]), ["t1", "t2"])
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: Items 't1' and 't2' say the same (correlation 1.000000). ...
    """
    try:
        if np.diag(np.linalg.cholesky(correlation)).min() ** 2 > TOO_ALIKE:
            return
    except np.linalg.LinAlgError:
        pass
    _check_alike(correlation, list(items), where)
    vectors = np.linalg.eigh(correlation)[1]
    parts = [str(items[k]) for k in np.flatnonzero(np.abs(vectors[:, 0]) > 0.05)]
    raise EstimateError(
        f"Items {listed(parts).replace(' or ', ' and ')} are redundant{where}: "
        "one follows exactly from the others. Leave one of them out.",
        caution=code("items_redundant", items=", ".join(parts)),
    )
