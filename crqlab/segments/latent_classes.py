"""A rival without rules: how many types of accounts the scores themselves show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import comb

from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.segments.panel_segments import Panel
from crqlab.stats.cluster_draws import stream
from crqlab.stats.defaults import SEED

MOST = 4000  # accounts that the mixture sees
KINDS = 7
VOICES = 4  # answers below which chance blurs an account's type
CLEAR = 10.0  # Kass & Raftery 1995: a difference in BIC that is very strong


@dataclass(frozen=True, slots=True, eq=False)
class Types(Result):
    """Gaussian mixtures of one type and more.

    Attributes
    ----------
    table : DataFrame, one row per number of types
        ``types``, ``bic`` (lower is better), ``behind`` (distance to the best), ``agreement``
        (adjusted Rand index with the segments of the rules), ``n``.
    best, rules : int
        Types that BIC prefers; segments of the rules that occur.
    """

    table: pd.DataFrame
    best: int
    rules: int

    def __str__(self) -> str:
        if self.table.empty:
            return "Too few accounts with several voices to look for types in their scores"
        row = self.table.set_index("types").loc[self.best]
        five = self.table.set_index("types")["behind"].get(self.rules, np.nan)
        held = "supports" if self.best == self.rules or five < CLEAR else "does not support"
        return (
            f"A mixture of the scores of {row['n']:,.0f} accounts shows {self.best} types; BIC "
            f"{held} {self.rules} (behind by {five:,.0f}); agreement with the rules "
            f"{row['agreement']:.2f} (adjusted Rand index)"
        )


def types(
    accounts: pd.DataFrame, segment: pd.Series, constructs: list[str], *, seed: int = SEED
) -> Types:
    """Fit mixtures of one to seven types to the construct scores of accounts.

    Parameters
    ----------
    accounts : DataFrame
        Construct scores, complete rows are used; accounts of few voices blur types, leave them
        out.
    segment : Series
        Segment of each account by the rules, by position.
    constructs : list of str
        Columns to look at.
    seed : int

    Returns
    -------
    Types

    Raises
    ------
    EstimateError
        Fewer than 20 accounts for each construct.

    References
    ----------
    Fraley & Raftery (2002), Journal of the American Statistical Association 97, 611-631.
    Hubert & Arabie (1985), Journal of Classification 2, 193-218: the adjusted Rand index.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> kind = np.repeat([0, 1], 100)
    >>> scores = pd.DataFrame(rng.normal(4 + 2 * kind[:, None], 0.4, (200, 2)), columns=["a", "b"])
    >>> print(types(scores, pd.Series(kind).map({0: "low", 1: "high"}), ["a", "b"]))
    A mixture of the scores of 200 accounts...
    """
    from sklearn.mixture import GaussianMixture

    kept = accounts[constructs].notna().all(axis=1).to_numpy() & segment.notna().to_numpy()
    rows = np.flatnonzero(kept)
    if len(rows) < 20 * len(constructs):
        raise EstimateError(
            f"{len(rows)} accounts with all scores; a mixture of {len(constructs)} scores needs "
            f"{20 * len(constructs)}. Pool waves or clients."
        )
    rows = rows[stream(seed, "types").permutation(len(rows))[:MOST]]
    values = accounts[constructs].to_numpy(float)[rows]
    values = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-9)
    mine, found = pd.factorize(segment.to_numpy()[rows])[0], []
    for k in range(1, KINDS + 1):
        fit = GaussianMixture(k, random_state=seed % 2**32, reg_covar=1e-3, tol=1e-3)
        label = fit.fit_predict(values)
        found.append((k, fit.bic(values), rand(label, mine), len(rows)))
    table = pd.DataFrame(found, columns=["types", "bic", "agreement", "n"])
    table.insert(2, "behind", table["bic"] - table["bic"].min())
    best = int(table.loc[table["bic"].idxmin(), "types"])
    return Types(table, best, len(np.unique(mine)))


def rival(panel: Panel, *, seed: int = SEED) -> Types:
    """Look for types in the accounts that have voices enough, by the constructs of the rules.

    Where there are too few of them, the result has no rows.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> print(crq.segments.rival(panel))
    A mixture of the scores of ... accounts...
    """
    if panel.why:
        return Types(pd.DataFrame(), 0, 0)
    asked = panel.instrument
    ruled = map(panel.thresholds.column, panel.thresholds.scores)
    named = [*asked.crq.constructs, *(name for name in ruled if name in asked.constructs)]
    many = (panel.scored["n"] >= VOICES).to_numpy()
    try:
        segment = panel.table.loc[many, "segment"]
        return types(panel.scored[many], segment, list(dict.fromkeys(named)), seed=seed)
    except EstimateError:
        return Types(pd.DataFrame(), 0, 0)


def rand(one: np.ndarray, other: np.ndarray) -> float:
    """How far two partings of the same units agree: 1 fully, 0 as by chance.

    Examples
    --------
    >>> round(rand(np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])), 2)
    0.24
    """
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    pairs, rows, columns = (comb(t, 2).sum() for t in (table, table.sum(1), table.sum(0)))
    chance = rows * columns / comb(len(one), 2)
    most = (rows + columns) / 2
    return float((pairs - chance) / (most - chance)) if most != chance else 1.0
