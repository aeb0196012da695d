"""How much of what one thing does to an outcome goes through another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.polynomial.hermite import hermgauss
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.results import Result
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import FEW_EVENTS, FEW_GROUPS
from crqlab.stats.regression.links import LINKS, Link
from crqlab.stats.sampling import Sampling

__all__ = ["Mediation", "effects"]
__dir__ = __all__.copy

CELLS = 1_000_000
STEPS, CLOSE = 30, 1e-9
FAR = 4.0  # no step moves a linear predictor further
NODES = 7  # enough for a probability averaged over a normal mediator
EFFECTS = ("indirect", "direct", "total", "share mediated")


@dataclass(frozen=True, slots=True, eq=False)
class Mediation(Result):
    """What goes through a mediator, and what goes past it.

    Attributes
    ----------
    table : DataFrame, four rows
        ``effect`` (indirect, direct, total, share mediated), ``estimate``, ``low``, ``high``,
        ``p``, ``n``, ``n_clusters``, ``flag``. Effects are changes of the probability of the
        outcome (of its mean for link identity) as the cause is raised; the share is indirect
        over total.
    paths : DataFrame, three rows
        ``path`` (cause to mediator; mediator to outcome; cause to outcome past the mediator),
        ``estimate``, ``low``, ``high`` on the scale of each model's linear predictor.
    n, n_clusters : int
        Rows and accounts.
    level : float
    link, method, flag : str
    """

    table: pd.DataFrame
    paths: pd.DataFrame
    n: int
    n_clusters: int
    level: float
    link: str
    method: str
    flag: str

    def __str__(self) -> str:
        rows = self.table.set_index("effect")
        through, share = rows.loc["indirect"], rows.loc["share mediated"]
        sentence = (
            f"{share['estimate']:.0%} [{share['low']:.0%}, {share['high']:.0%}] of the total "
            f"effect goes through the mediator: indirect {through['estimate']:+.3f} "
            f"[{through['low']:+.3f}, {through['high']:+.3f}], n = {self.n:,} in "
            f"{self.n_clusters:,} accounts ({self.method})"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Outcome, mediator and designs: ones, cause, further covariates, and the mediator last."""

    y: NDArray
    m: NDArray
    X: NDArray
    account: NDArray
    link: Link
    moves: tuple[NDArray, NDArray]  # from where the cause is to its lower and its higher state
    ridge: float

    @property
    def full(self) -> NDArray:
        return np.column_stack([self.X, self.m])


def effects(
    outcome: ArrayLike,
    cause: ArrayLike,
    mediator: ArrayLike,
    covariates: pd.DataFrame | None = None,
    *,
    accounts: ArrayLike | None = None,
    link: str = "logit",
    step: float = 1.0,
    between: tuple[float, float] | None = None,
    **sampling: float,
) -> Mediation:
    """Part what a cause does to an outcome into what goes through a mediator and what does not.

    The mediator is regressed on the cause, the outcome on both. Each row is then asked what
    its outcome would be if the cause were higher by ``step`` for the outcome only (direct),
    for the mediator only (indirect), or for both (total); answers are averaged over rows and
    over the mediator's normal error, and indirect and direct effects over both states of the
    other. Intervals come from resampled accounts, widened for few of them.

    Parameters
    ----------
    outcome : array, shape (rows,)
        0 or 1; any number for link identity.
    cause, mediator : array, shape (rows,)
        Trust and commitment, say; complete numbers.
    covariates : DataFrame, optional
        What both may depend on; complete numbers, without a constant.
    accounts : array, optional
        The account of each row; each row its own when absent.
    link : str
        ``"logit"``, ``"cloglog"``, ``"probit"`` or ``"identity"``.
    step : float
        How far the cause is raised, in its unit, from where it is.
    between : pair of float, optional
        Two values of the cause to compare for everybody instead, e.g. (0, 1) of a treatment.
    **sampling : float
        ``level``, ``draws`` and ``seed`` of the intervals, as `Sampling` has them.

    Returns
    -------
    Mediation
        With fewer than 10 events per variable, or an outcome that resamples tell apart, a
        normal prior of standard deviation 1 holds standardised slopes, told in ``flag``.

    Raises
    ------
    EstimateError
        Rows that do not match, missing cells, an outcome of one class, a cause or a mediator
        without variance of its own, fewer than two accounts.

    References
    ----------
    Imai, Keele & Tingley (2010), Psychological Methods 15, 309-334: the effects.
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: resampling
    clusters. Hesterberg (2015), The American Statistician 69, 371-386: expanded percentiles.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> trust = rng.normal(size=800)
    >>> commitment = 0.7 * trust + 0.5 * rng.normal(size=800)
    >>> renewed = rng.random(800) < 1 / (1 + np.exp(-1 - commitment))
    >>> found = effects(renewed, trust, commitment, draws=200)
    >>> found.table["effect"].tolist()
    ['indirect', 'direct', 'total', 'share mediated']
    """
    one_of("link=", link, list(LINKS))
    taken = Sampling(**sampling)
    rows, flags = _prepared(outcome, cause, mediator, covariates, accounts, link)
    if between is None:
        low, high = np.zeros_like(rows.y), np.full_like(rows.y, step)
    else:
        low, high = (value - rows.X[:, 1] for value in between)
    rows = replace(rows, moves=(low, high))
    return _mediation(rows, flags, taken, link)


def _mediation(rows: _Rows, flags: list[str], taken: Sampling, link: str) -> Mediation:
    count = int(rows.account.max()) + 1
    whole = np.ones((1, len(rows.y)))
    start, _ = _climbed(rows, whole, np.zeros((1, rows.X.shape[1] + 1)))
    point = _effects(rows, whole, start)
    drawn = _drawn(rows, start, count, taken.draws, taken.seed)
    lost = int(np.isnan(drawn).any(axis=1).sum())
    if lost:
        flags.append(code("resamples_left_out", n=lost, draws=taken.draws))
    if count < FEW_GROUPS:
        flags.append(code("few_accounts", minimum=FEW_GROUPS))
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    low, high, p = _ends(drawn, count, taken.level)
    if not low[2] * high[2] > 0:
        flags.append("total_may_be_nil")
    flag = joined(flags)
    table = pd.DataFrame(
        {"effect": EFFECTS, "estimate": point[0, :4], "low": low[:4], "high": high[:4], "p": p[:4]}
    ).assign(n=len(rows.y), n_clusters=count, flag=flag)
    names = ["cause to mediator", "mediator to outcome", "cause to outcome"]
    paths = {"path": names, "estimate": point[0, 4:], "low": low[4:], "high": high[4:]}
    method = "Imai, Keele & Tingley 2010"
    facts = (len(rows.y), count, taken.level, link, method, flag)
    return Mediation(table, pd.DataFrame(paths), *facts)


def _prepared(
    outcome: ArrayLike,
    cause: ArrayLike,
    mediator: ArrayLike,
    covariates: pd.DataFrame | None,
    accounts: ArrayLike | None,
    link: str,
) -> tuple[_Rows, list[str]]:
    y, x, m = (np.asarray(column, dtype=float).ravel() for column in (outcome, cause, mediator))
    n = len(y)
    more = np.empty((n, 0)) if covariates is None else covariates.to_numpy(float)
    codes = np.arange(n) if accounts is None else pd.factorize(pd.Series(np.asarray(accounts)))[0]
    if not n == len(x) == len(m) == len(more) == len(codes):
        raise EstimateError(
            f"outcome= has {n} rows, cause= {len(x)}, mediator= {len(m)}, covariates= {len(more)}, "
            f"accounts= {len(codes)}; they must describe the same rows in the same order."
        )
    whole = np.column_stack([y, x, m, more])
    if not np.isfinite(whole).all() or (codes < 0).any() or n == 0 or codes.max() < 1:
        raise EstimateError(
            f"{int((~np.isfinite(whole)).sum())} cells are missing or infinite in {n} rows of "
            f"{int(codes.max(initial=-1)) + 1} accounts; mediation needs complete rows of two "
            "accounts or more. Leave incomplete rows out."
        )
    _check_variance(y, np.column_stack([x, m, more]), link)
    own = [
        j for j in range(more.shape[1]) if _adds(np.column_stack([x, m, more[:, :j]]), more[:, j])
    ]
    gone = more.shape[1] - len(own)
    flags = [code("covariates_dropped", n=gone)] if gone else []
    X = np.column_stack([np.ones(n), x, more[:, own]])
    rarer, slopes = min(y.sum(), n - y.sum()), X.shape[1]
    thin = link != "identity" and rarer < FEW_EVENTS * slopes
    if thin:
        flags.append(code("few_events_ridge", minimum=FEW_EVENTS, events=round(rarer)))
    return _Rows(y, m, X, codes, LINKS[link], (y, y), float(thin)), flags


def _check_variance(y: NDArray, others: NDArray, link: str) -> None:
    if link != "identity" and not (np.isin(y, (0, 1)).all() and 0 < y.mean() < 1):
        raise EstimateError(
            "outcome= must hold 0 and 1, and both of them. Code the event as 1; wait for "
            "outcomes if there are none."
        )
    if not _adds(np.empty((len(y), 0)), others[:, 0]) or not _adds(others[:, :1], others[:, 1]):
        raise EstimateError(
            "cause= or mediator= has no variance of its own; mediation needs two things that "
            "differ from row to row and from each other."
        )


def _adds(known: NDArray, column: NDArray) -> bool:
    """Tell whether a column has variance beyond a constant and what is known."""
    X = np.column_stack([np.ones(len(column)), known])
    left = column - X @ np.linalg.lstsq(X, column, rcond=None)[0]
    return bool(left @ left > 1e-10 * max(column @ column, 1e-300))


def _drawn(rows: _Rows, start: NDArray, count: int, draws: int, seed: int) -> NDArray:
    """Effects and paths of resampled accounts, shape (draws, effects and paths)."""
    rng, size, pieces = stream(seed, "mediation"), max(CELLS // len(rows.y), 1), []
    for counts in resampled(count, draws, rng):
        for first in range(0, len(counts), size):
            weights = counts[first : first + size][:, rows.account]
            b, arrived = _climbed(rows, weights, np.repeat(start, len(weights), axis=0))
            pieces.append(np.where(arrived[:, None], _effects(rows, weights, b), np.nan))
    return np.vstack(pieces)


def _climbed(rows: _Rows, weights: NDArray, b: NDArray) -> tuple[NDArray, NDArray]:
    """Fisher scoring of the outcome's regression in all samples at once."""
    full, link, k = rows.full, rows.link, b.shape[1]
    upper = np.triu_indices(k)
    pairs = full[:, upper[0]] * full[:, upper[1]]
    prior = rows.ridge * np.append(0.0, full[:, 1:].var(axis=0))
    moved = np.full(len(b), np.inf)
    for _ in range(STEPS):
        eta = b @ full.T
        bend = np.empty((len(b), k, k))
        bend[:, upper[0], upper[1]] = (weights * link.weight(eta)) @ pairs
        bend[:, upper[1], upper[0]] = bend[:, upper[0], upper[1]]
        bend += np.diag(prior) + 1e-12 * np.eye(k) * np.trace(bend, axis1=1, axis2=2)[:, None, None]
        slope = (weights * link.score(rows.y, eta)) @ full - prior * b
        step = np.linalg.solve(bend, slope[..., None])[..., 0]
        far = np.abs(step @ full.T).max(axis=1, keepdims=True)
        bold = np.inf if link is LINKS["identity"] else FAR
        b = b + step * np.minimum(1, bold / np.maximum(far, 1e-300))
        moved = np.einsum("bk,bk->b", step, slope)
        if (moved < CLOSE).all():
            break
    return b, moved < CLOSE


def _effects(rows: _Rows, weights: NDArray, b: NDArray) -> NDArray:
    """Indirect, direct, total, share, and the three paths, of each sample."""
    X, total = rows.X, weights.sum(axis=1)
    upper = np.triu_indices(X.shape[1])
    bend = np.empty((len(b), X.shape[1], X.shape[1]))
    bend[:, upper[0], upper[1]] = weights @ (X[:, upper[0]] * X[:, upper[1]])
    bend[:, upper[1], upper[0]] = bend[:, upper[0], upper[1]]
    bend += 1e-12 * np.eye(X.shape[1]) * np.trace(bend, axis1=1, axis2=2)[:, None, None]
    a = np.linalg.solve(bend, ((weights * rows.m) @ X)[..., None])[..., 0]
    expected = a @ X.T
    error = np.einsum("bn,bn->b", weights, (rows.m - expected) ** 2)
    error = np.sqrt(error / np.maximum(total - X.shape[1], 1))
    linear = b[:, :-1] @ X.T + b[:, -1:] * expected
    past, through = b[:, [1]], a[:, [1]] * b[:, -1:]
    mean = {
        (i, j): _averaged(
            rows, weights, linear + past * rows.moves[i] + through * rows.moves[j], b[:, -1] * error
        )
        / total
        for i in (0, 1)
        for j in (0, 1)
    }
    indirect = (mean[0, 1] - mean[0, 0] + mean[1, 1] - mean[1, 0]) / 2
    direct = (mean[1, 0] - mean[0, 0] + mean[1, 1] - mean[0, 1]) / 2
    whole = mean[1, 1] - mean[0, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = indirect / whole
    return np.column_stack([indirect, direct, whole, share, a[:, 1], b[:, -1], b[:, 1]])


def _averaged(rows: _Rows, weights: NDArray, linear: NDArray, error: NDArray) -> NDArray:
    """Weighted sum over rows of the mean outcome, averaged over the mediator's error."""
    if rows.link is LINKS["identity"]:
        return (weights * linear).sum(axis=1)
    if rows.link is LINKS["probit"]:
        shrunk = linear / np.sqrt(1 + error**2)[:, None]
        return (weights * rows.link.mean(shrunk)).sum(axis=1)
    roots, masses = hermgauss(NODES)
    shift = np.sqrt(2) * error[:, None] * roots
    parts = [
        mass * np.einsum("bn,bn->b", weights, rows.link.mean(linear + shift[:, [node]]))
        for node, mass in enumerate(masses)
    ]
    return np.sum(parts, axis=0) / np.sqrt(np.pi)


def _ends(drawn: NDArray, count: int, level: float) -> tuple[NDArray, NDArray, NDArray]:
    """Percentiles, expanded for few accounts, and the level at which they touch nil."""
    if len(drawn) < 2:
        return tuple(np.full((3, 7), np.nan))
    stretch, freedom = np.sqrt(count / (count - 1)), count - 1
    tail = norm.cdf(-stretch * t.isf((1 - level) / 2, freedom))
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    below = np.minimum((drawn <= 0).mean(axis=0), (drawn >= 0).mean(axis=0))
    below = np.clip(below, 1 / (len(drawn) + 1), 0.5)
    return low, high, 2 * t.sf(-norm.ppf(below) / stretch, freedom)
