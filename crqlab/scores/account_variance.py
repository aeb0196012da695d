"""The variance behind an account's interval and its shrinkage: its client's, or the wave's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.scores.rollups import Layout, ratio
from crqlab.stats.components import variance_components
from crqlab.stats.defaults import FEW_GROUPS
from crqlab.stats.survey_weights import effective

FEW_FREEDOM = 5
SAME = 1e-9  # scale points, or their squares: what is nearer to 0 is rounding
MOST = 1 - 1e-9  # an ICC(1) of 1 would leave no room for doubt


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What is known of the variance around each account; arrays with one value per account.

    Attributes
    ----------
    noise, freedom : ndarray
        Variance inside accounts for intervals of raw means, and its degrees of freedom.
    noise_borrowed : ndarray of bool
        Whether these two are those of the whole wave.
    icc1, within, between_se, n_accounts : ndarray
        ICC(1) in [0, 1), the variance inside accounts that belongs to it, the standard error
        of the variance between them, and how many accounts they come from.
    icc_borrowed : ndarray of bool
        Whether these four are those of the whole wave.
    grand_mean, grand_se : ndarray
        The client's mean over accounts, each weighted by its precision, and its error.
    """

    noise: NDArray
    freedom: NDArray
    noise_borrowed: NDArray
    icc1: NDArray
    within: NDArray
    between_se: NDArray
    n_accounts: NDArray
    icc_borrowed: NDArray
    grand_mean: NDArray
    grand_se: NDArray


def spread_of(layout: Layout) -> Spread:
    """Return the variance of CRQ around each account's mean.

    A client's wave has its own variance inside accounts from five degrees of freedom on, and
    its own ICC(1) from ten accounts and ten degrees of freedom on; below, both come from all
    clients of the wave, pooled inside clients.
    """
    n, mean, within, centre = _sums(layout)
    own = _components(n, mean, within, layout.block, len(centre))
    wave = _pooled(own, layout.blocks["wave"])
    few = (own["between"] + 1 < FEW_GROUPS) | (own["within"] < FEW_GROUPS)
    borrowed = (few | ~(own["msw"] > SAME)).to_numpy()
    no_noise = ((own["within"] < FEW_FREEDOM) | ~(own["msw"] > SAME)).to_numpy()
    noise = _either(no_noise, wave, own)
    chosen = _either(borrowed, wave, own)
    share = np.clip(chosen["icc1"].to_numpy(), 0, MOST)[layout.block]
    variance = _known(chosen["msw"])[layout.block]
    precision = n / (1 + (n - 1) * np.nan_to_num(share))
    sums = layout.add_accounts(np.column_stack([precision * mean, precision]))
    mass = np.where(sums[:, 1] > 0, sums[:, 1], np.nan)
    return Spread(
        noise=_known(noise["msw"])[layout.block],
        freedom=noise["within"].to_numpy()[layout.block],
        noise_borrowed=no_noise[layout.block],
        icc1=share,
        within=variance,
        between_se=chosen["between_se"].to_numpy()[layout.block],
        n_accounts=chosen["between"].to_numpy()[layout.block] + 1,
        icc_borrowed=borrowed[layout.block],
        grand_mean=(sums[:, 0] / mass + centre)[layout.block],
        grand_se=np.sqrt(variance / (1 - share) / mass[layout.block]),
    )


def _either(condition: NDArray, yes: pd.DataFrame, no: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(np.where(condition[:, None], yes, no), columns=no.columns)


def _known(variance: pd.Series) -> NDArray:
    """Take a variance that is mere rounding for unknown: nobody is that sure."""
    return variance.where(variance > SAME).to_numpy()


def _sums(layout: Layout) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Respondents, mean and sum of squares within of each account, around its client's mean.

    With survey weights an account counts as many equal answers as its own are worth (Kish), of the
    weighted mean and variance: its mean then varies as that of so many, and the mean square within
    is free of bias.
    """
    crq = layout.scores[:, [layout.at("crq")]]
    weight = layout.weights()[:, [layout.at("crq")]]
    sums = layout.add_accounts(layout.add(np.hstack([weight * np.nan_to_num(crq), weight])))
    centre = np.nan_to_num(ratio(sums[:, 0], sums[:, 1]))
    weight = weight[:, 0]
    gap = exact(np.nan_to_num(crq[:, 0] - centre[layout.block][layout.account])) * (weight > 0)
    whole = layout.add(weight)
    n = effective(whole, layout.add(weight**2))
    mean = np.nan_to_num(ratio(layout.add(weight * gap), whole))
    apart = exact(gap - mean[layout.account]) * (weight > 0)
    return n, mean, layout.add(weight * apart**2) * np.nan_to_num(ratio(n, whole)), centre


def exact(gaps: NDArray) -> NDArray:
    """Take gaps that are mere rounding for none.

    Examples
    --------
    >>> exact(np.array([1e-15, 0.5]))
    array([0. , 0.5])
    """
    return np.where(np.abs(gaps) < SAME, 0, gaps)


def _components(
    n: NDArray, mean: NDArray, within: NDArray, block: NDArray, n_blocks: int
) -> pd.DataFrame:
    """Analysis of variance of each client's wave: degrees of freedom and mean squares."""
    names = ["n_accounts", "n", "k", "msb", "msw", "icc1"]
    found = pd.DataFrame(columns=names, dtype=float)
    if n.any():
        found = variance_components(n, n * mean, within + n * mean**2, block)[names]
    found = found.reindex(range(n_blocks)).astype(float)
    between = (found["n_accounts"].fillna(1) - 1).clip(lower=0)
    freedom = (found["n"] - found["n_accounts"]).fillna(0)
    return _with_error(found.assign(between=between, within=freedom))


def _pooled(own: pd.DataFrame, wave: pd.Series) -> pd.DataFrame:
    """Mean squares and ICC(1) of each wave, pooled inside its clients, beside every client."""
    squares = own[["msb", "msw"]].to_numpy() * own[["between", "within"]].to_numpy()
    amounts = own[["between", "within", "n", "n_accounts"]].assign(
        ssb=np.nan_to_num(squares[:, 0]), ssw=np.nan_to_num(squares[:, 1])
    )
    sums = amounts.fillna(0).groupby(wave.to_numpy()).transform("sum")
    msb = ratio(sums["ssb"].to_numpy(), sums["between"].to_numpy())
    msw = ratio(sums["ssw"].to_numpy(), sums["within"].to_numpy())
    k = ratio(sums["n"].to_numpy(), sums["n_accounts"].to_numpy())
    icc1 = ratio(msb - msw, msb + (k - 1) * msw)
    table = {"k": k, "msb": msb, "msw": msw, "icc1": icc1}
    return _with_error(sums[["between", "within", "n", "n_accounts"]].assign(**table))[own.columns]


def _with_error(squares: pd.DataFrame) -> pd.DataFrame:
    """Add the standard error of the variance between accounts (Searle et al. 1992, 3.6)."""
    between, within = (squares[name].where(squares[name] > 0) for name in ("between", "within"))
    error = np.sqrt(2 * (squares["msb"] ** 2 / between + squares["msw"] ** 2 / within))
    return squares.assign(between_se=error / squares["k"])
