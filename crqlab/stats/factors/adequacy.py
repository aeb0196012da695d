"""Whether items hang together enough to look for factors at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from crqlab.base.contracts.cautions import code, plain
from crqlab.base.results import OneRow, Result
from crqlab.stats.items import complete, regular

POOR = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Adequacy(Result):
    """How far items correlate through what they all share, not in pairs.

    Attributes
    ----------
    value : float
        Kaiser-Meyer-Olkin measure of all items, in [0, 1].
    table : DataFrame, one row per item
        ``item``, ``msa`` (the measure of one item, in [0, 1]), ``flag``.
    n : int
        Complete respondents.
    notes : tuple of str
        Cautions as codes; empty when there are none.
    """

    value: float
    table: pd.DataFrame
    n: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        sentence = f"KMO {self.value:.2f}, {len(self.table)} items, n = {self.n} respondents"
        return "; ".join([sentence, *map(plain, self.notes)])


@dataclass(frozen=True, slots=True)
class Sphericity(OneRow):
    """Whether items correlate at all.

    Attributes
    ----------
    chi2, df, p : float
        Bartlett's statistic, its degrees of freedom, and the chance of one as large if no two
        items correlated.
    n : int
        Complete respondents.
    notes : tuple of str
        Cautions as codes; empty when there are none.
    """

    chi2: float
    df: int
    p: float
    n: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        p = "p < .001" if self.p < 0.001 else f"p = {self.p:.3f}"
        sentence = (
            f"Bartlett's chi-square {self.chi2:.1f} on {self.df} degrees of freedom, {p}, "
            f"n = {self.n} respondents"
        )
        return "; ".join([sentence, *map(plain, self.notes)])


def kmo(data: pd.DataFrame) -> Adequacy:
    """Sampling adequacy: correlations against partial correlations (Kaiser, Meyer, Olkin).

    With r the correlations between items and q those left when all other items are held
    constant, KMO = sum r^2 / (sum r^2 + sum q^2) over all pairs, and over the pairs of one
    item for its own measure.

    Parameters
    ----------
    data : DataFrame, shape (respondents, items)
        Answers in scale points; respondents with a gap are left out.

    Returns
    -------
    Adequacy

    Raises
    ------
    EstimateError
        Fewer than three items, no more respondents than items, text, a constant item, or
        items that follow exactly from others.

    References
    ----------
    Kaiser & Rice (1974), Educational and Psychological Measurement 34, 111-117: below .5 is
    unacceptable, .9 marvellous.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> print(kmo(pd.DataFrame(rng.normal(size=(300, 4)) + rng.normal(size=(300, 1)))))
    KMO 0.80, 4 items, n = 300 respondents
    """
    answers = complete(data, least=3, asks="KMO")
    r = regular(answers, "KMO")
    inverse = np.linalg.inv(r)
    root = np.sqrt(np.diagonal(inverse))
    partial = inverse / np.outer(root, root)
    off = 1 - np.eye(len(r))
    direct, left = (off * r**2).sum(axis=0), (off * partial**2).sum(axis=0)
    msa = direct / (direct + left)
    flag = np.where(msa < POOR, code("shares_too_little", minimum=POOR), "ok")
    table = pd.DataFrame({"item": answers.names, "msa": msa, "flag": flag})
    value = float(direct.sum() / (direct.sum() + left.sum()))
    return Adequacy(value, table, len(answers.matrix), answers.notes)


def bartlett(data: pd.DataFrame) -> Sphericity:
    """Test of sphericity: whether all correlations could be 0.

    With R the correlations of p items from n respondents,
    chi2 = -(n - 1 - (2p + 5)/6) log|R| on p(p-1)/2 degrees of freedom.

    Parameters
    ----------
    data : DataFrame, shape (respondents, items)
        Answers in scale points; respondents with a gap are left out.

    Returns
    -------
    Sphericity

    Raises
    ------
    EstimateError
        Fewer than two items, no more respondents than items, text, a constant item, or items
        that follow exactly from others.

    References
    ----------
    Bartlett (1951), Biometrika 38, 337-344.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> bartlett(pd.DataFrame(rng.normal(size=(300, 4)) + rng.normal(size=(300, 1)))).df
    6
    """
    answers = complete(data, asks="Bartlett's test")
    r = regular(answers, "Bartlett's test")
    n, k = answers.matrix.shape
    statistic = float(-(n - 1 - (2 * k + 5) / 6) * np.linalg.slogdet(r)[1])
    df = k * (k - 1) // 2
    return Sphericity(statistic, df, float(chi2.sf(statistic, df)), n, answers.notes)
