"""Scores of each account manager's accounts against peers, given the mix of accounts and roles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.base.contracts.frames import empty
from crqlab.participation.audit_frame import KEY, Layout
from crqlab.stats.components import random_intercept_reml, sufficient
from crqlab.stats.funnel import against_rest

#: How far one tier, industry, country or role may honestly differ: standard deviation of such a
#: level, in standard deviations of respondents.
MIX = 0.5
FACTORS = ("tier", "industry", "country")
UNITS = dict.fromkeys(
    ("found", "expected", "value", "low", "high", "p", "n_accounts", "n_contacts", "n_rest"),
    "number",
)


def heights(respondents: pd.DataFrame, layout: Layout, *, level: float) -> pd.DataFrame:
    """Compare the CRQ score of each account manager's accounts with that of the others.

    In every client and wave, account means are regressed on account managers, with random
    effects for tier, industry, country and the shares of roles, and with a variance for
    accounts and one for people. The funnel then allows for honest differences.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``; rows without a CRQ score are passed over.
    layout : Layout
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    DataFrame, index ``unit``
        ``found`` and ``expected`` scores at the client's average mix (scale points), ``value``
        (their difference), ``low``, ``high``, one-sided ``p``, ``n_accounts``, ``n_contacts``
        (respondents), ``n_rest``; missing where there is nothing to compare.
    """
    rows = respondents[respondents["crq"].notna()]
    rows = layout.unit_of(rows[[*KEY, "role", "crq"]])
    if rows.empty:
        return empty(UNITS).rename_axis("unit")
    means = _account_means(rows)
    parts = [_one_block(part) for _, part in means.groupby("block")]
    units = pd.concat(parts).sort_index()
    rest = against_rest(
        units["found"],
        units["variance"],
        units["block"],
        freedom=units["freedom"].clip(lower=1),
        level=level,
    ).set_index(units.index)
    half = (rest["upper"] - rest["lower"]) / 2
    return pd.DataFrame(
        {
            "found": units["found"],
            "expected": rest["rest"],
            "value": rest["value"],
            "low": rest["value"] - half,
            "high": rest["value"] + half,
            "p": t.sf(rest["z"], units["freedom"].clip(lower=1)),
            "n_accounts": units["n_accounts"],
            "n_contacts": units["n_contacts"],
            "n_rest": rest["n_rest"],
        }
    )


def _account_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean, number and noise of every account, and the shares of its respondents' roles."""
    account = rows.groupby(KEY, sort=True).ngroup().to_numpy()
    own = rows.groupby("unit")["crq"].transform("mean")
    sums = sufficient(rows["crq"] - own, pd.Series(account))
    first = rows.groupby(KEY, sort=True).first().reset_index()
    means = first[[*KEY, "unit", "block", *FACTORS]].assign(
        n=sums["n"].to_numpy(), mean=rows.groupby(KEY, sort=True)["crq"].mean().to_numpy()
    )
    layout = means.groupby("block").agg(accounts=("unit", "size"), units=("unit", "nunique"))
    fit = random_intercept_reml(sums["n"], sums["total"], sums["squares"], means["block"])
    between = _unbiased(fit, layout, (1 / means["n"]).groupby(means["block"]).mean())
    between = between.reindex(means["block"]).to_numpy()
    within = fit["var_within"].reindex(means["block"]).to_numpy()
    roles = pd.crosstab(account, rows["role"]).reindex(means.index, fill_value=0)
    shares = roles.div(means["n"], axis=0).add_prefix("role ")
    return means.assign(between=between, within=within).join(shares)


def _unbiased(fit: pd.DataFrame, layout: pd.DataFrame, per_answer: pd.Series) -> pd.Series:
    """Variance between accounts, given that every unit's own mean was taken off first.

    That costs a degree of freedom per unit where the fit knows of one; with as many answers
    from every account this is the pooled variance of account means inside units.
    """
    lost = (layout["accounts"] - 1) / (layout["accounts"] - layout["units"]).clip(lower=1)
    grown = lost * fit["var_between"] + (lost - 1) * fit["var_within"] * per_answer
    return grown.where(fit["var_between"] > 0, fit["var_between"])


def _one_block(means: pd.DataFrame) -> pd.DataFrame:
    """Adjusted mean and variance of every unit of one client and wave."""
    units, unit = np.unique(means["unit"], return_inverse=True)
    freedom = len(means) - len(units)
    held = np.equal.outer(unit, np.arange(len(units))).astype(float)
    noise, spread = _noise(means, held, freedom)
    found, variance = np.full((2, len(units)), np.nan)
    if freedom > 0 and (noise > 0).all():
        mix = _mix(means)
        covariance = np.diag(noise) + (MIX * spread) ** 2 * mix @ mix.T
        solved = np.linalg.solve(covariance, np.column_stack([held, means["mean"]]))
        information = np.linalg.inv(held.T @ solved[:, :-1])
        found, variance = information @ (held.T @ solved[:, -1]), np.diag(information)
    return pd.DataFrame(
        {
            "found": found,
            "variance": variance,
            "block": means["block"].iloc[0],
            "freedom": float(freedom),
            "n_accounts": held.sum(axis=0).astype(int),
            "n_contacts": (held.T @ means["n"].to_numpy()).astype(int),
        },
        index=pd.Index(units, name="unit"),
    )


def _noise(means: pd.DataFrame, held: NDArray, freedom: int) -> tuple[NDArray, float]:
    """Variance of each account mean, and the standard deviation of respondents.

    Where no account has two answers, both come from the account means alone.
    """
    between, within = means["between"].iloc[0], means["within"].iloc[0]
    if np.isfinite(within):
        return between + within / means["n"].to_numpy(), float(np.sqrt(between + within))
    own = held @ (held.T @ means["mean"].to_numpy() / held.sum(axis=0))
    variance = ((means["mean"].to_numpy() - own) ** 2).sum() / max(freedom, 1)
    return np.full(len(means), variance), float(np.sqrt(variance))


def _mix(means: pd.DataFrame) -> NDArray:
    """Levels of every factor as columns around their mean; an unknown level has none."""
    levels = [pd.factorize(means[name])[0] for name in FACTORS]
    columns = [np.equal.outer(codes, np.arange(codes.max() + 1)) for codes in levels]
    shares = means[[name for name in means if str(name).startswith("role ")]]
    mix = np.column_stack([*columns, shares.to_numpy(float)])
    return mix - mix.mean(axis=0)
