"""A factor model fitted again to many resamples of whole accounts, on all cores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, cpu_count, delayed
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.factors.cfa_fit import refit
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.factors.standard import standardised

_BATCH = 20


@dataclass(frozen=True, slots=True, eq=False)
class Refits(Result):
    """How a fit's numbers move when other accounts are drawn.

    Attributes
    ----------
    table : DataFrame, one row per parameter
        ``lhs``, ``op``, ``rhs``; ``std`` of the fit with ``low`` and ``high`` (standardised,
        no unit), ``n_accounts``, ``flag``.
    draws, failed : int
        Resamples, and those of which no solution was found; they are left out.
    level : float
        Coverage of each interval, in (0, 1).
    """

    table: pd.DataFrame
    draws: int
    failed: int
    level: float

    def __str__(self) -> str:
        return (
            f"{len(self.table)} standardised parameters with {self.level:.0%} intervals from "
            f"{self.draws - self.failed:,} of {self.draws:,} resamples of "
            f"{self.table['n_accounts'].iloc[0]:,} accounts"
        )


def refits(
    fit: CfaFit,
    data: pd.DataFrame,
    accounts: pd.Series,
    *,
    draws: int = 1000,
    level: float = LEVEL,
    seed: int = SEED,
    workers: int | None = None,
    progress: bool = True,
) -> Refits:
    """Percentile intervals of all standardised parameters, whole accounts being resampled.

    The answers are summed up by account once; a resample is a weighted sum of these sums, so
    its cost does not grow with the number of respondents.

    Parameters
    ----------
    fit : CfaFit
        Of one group by maximum likelihood, complete answers.
    data : DataFrame, shape (respondents, items at least)
        What ``fit`` was fitted to.
    accounts : Series
        Account of each respondent, by position.
    draws, seed : int
        Resamples, and where their chance begins.
    level : float
        Coverage of each interval, in (0, 1).
    workers : int, optional
        Processes; all cores if missing.
    progress : bool
        Whether to show a bar where there is a terminal.

    Returns
    -------
    Refits

    Raises
    ------
    EstimateError
        Another number of accounts than respondents, fewer than two accounts, or a fit of
        several groups.

    References
    ----------
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390.

    Examples
    --------
    >>> from crqlab.stats.factors import cfa
    >>> rng = np.random.default_rng(1)
    >>> items = pd.DataFrame(rng.normal(size=(300, 1)) + rng.normal(size=(300, 4)),
    ...                      columns=list("abcd"))
    >>> fit = cfa(items, {"trust": list("abcd")})
    >>> print(refits(fit, items, pd.Series(np.arange(300) // 3), draws=40, workers=1))
    9 standardised parameters with 95% intervals from 40 of 40 resamples of 100 accounts
    """
    check_level(level)
    if len(accounts) != len(data):
        raise EstimateError(
            f"accounts= names {len(accounts)} accounts for {len(data)} respondents; "
            "give one account per row of data=."
        )
    kept = data.index.isin(fit.rows)
    answers = data.loc[kept, list(fit.model.items)].to_numpy(float)
    covariances, sizes, n_accounts = _resamples(answers, accounts[kept], draws, seed)
    found = np.vstack(_fitted(fit, covariances, sizes, workers or cpu_count(), progress))
    solved = ~np.isnan(found).any(axis=1)
    return Refits(_table(fit, found[solved], level, n_accounts), draws, int((~solved).sum()), level)


def _resamples(
    answers: NDArray, accounts: pd.Series, draws: int, seed: int
) -> tuple[NDArray, NDArray, int]:
    """Covariances (draws, items, items) and sizes of resamples of whole accounts."""
    codes, names = pd.factorize(accounts.to_numpy(), sort=True)
    if len(names) < 2:
        raise EstimateError(
            f"accounts= names {len(names)} account; resampling needs two or more, "
            "better thirty. Use the errors of the fit itself.",
            caution="one_account",
        )
    p, centred = answers.shape[1], answers - answers.mean(axis=0)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(names)))
    rows = centred[order]
    products = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), p * p)
    sums = np.hstack([np.ones((len(rows), 1)), rows, products])
    by_account = np.add.reduceat(sums, starts, axis=0)
    counts = resampled(len(names), draws, stream(seed, "cfa"))
    total = np.vstack([count @ by_account for count in counts])
    n, mean = total[:, 0], total[:, 1 : p + 1] / total[:, :1]
    second = (total[:, p + 1 :] / n[:, None]).reshape(-1, p, p)
    return second - mean[:, :, None] * mean[:, None, :], n.astype(int), len(names)


def _fitted(
    fit: CfaFit, covariances: NDArray, sizes: NDArray, workers: int, progress: bool
) -> list[NDArray]:
    """Standardised parameters of each resample, in order."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    batches = [slice(start, start + _BATCH) for start in range(0, len(sizes), _BATCH)]
    work = (delayed(_batch)(fit, covariances[part], sizes[part]) for part in batches)
    done = Parallel(n_jobs=min(workers, len(batches)), return_as="generator")(work)
    hidden = not (progress and console.is_terminal)
    bar = track(done, "Fitting resamples", total=len(batches), console=console, disable=hidden)
    return list(bar)


def _batch(fit: CfaFit, covariances: NDArray, sizes: NDArray) -> NDArray:
    thetas = [refit(fit, s, int(n)) for s, n in zip(covariances, sizes, strict=True)]
    return np.array([standardised(fit.model, theta) for theta in thetas])


def _table(fit: CfaFit, found: NDArray, level: float, n_accounts: int) -> pd.DataFrame:
    ends = [(1 - level) / 2, (1 + level) / 2]
    empty = np.full((2, len(fit.parameters)), np.nan)
    low, high = np.quantile(found, ends, axis=0) if len(found) else empty
    few = code("few_accounts", minimum=FEW_CLUSTERS) if n_accounts < FEW_CLUSTERS else OK
    return fit.parameters[["lhs", "op", "rhs", "std"]].assign(
        low=low, high=high, n_accounts=n_accounts, flag=few
    )
