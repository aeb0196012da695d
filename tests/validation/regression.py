"""How often intervals of a regression by account cover what was planted, and of mediation.

Panels of accounts with several renewal opportunities each. What accounts have in common is
planted so that the marginal model stays exactly logistic: an account's rows share, with some
chance, one uniform draw that decides them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.polynomial.hermite import hermgauss
from scipy.special import expit

from crqlab.stats import mediation, regression
from tests.validation.page import HIGH, LOW

EFFECTS = np.array([-0.5, 0.7, -0.4])
TERMS = ["(intercept)", "trust", "silent"]
TOGETHER = 0.5  # chance that a row is decided by its account's draw
A, B, C = 0.6, 0.8, 0.3  # trust to commitment, commitment to renewal, trust to renewal


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn."""

    seed: int
    samples: int
    mediated: int
    accounts: int = 200
    each: int = 4
    draws: int = 400


FULL = Settings(seed=5000, samples=4000, mediated=1000)
QUICK = Settings(seed=5100, samples=300, mediated=40, draws=200)


def cases(settings: Settings) -> pd.DataFrame:
    """Every interval of every sample: ``quantity``, ``value``, ``low``, ``high``, ``truth``."""
    rng = np.random.default_rng(settings.seed)
    parts = [_slopes(rng, settings) for _ in range(settings.samples)]
    truth = _truth()
    parts += [_shares(rng, settings, truth) for _ in range(settings.mediated)]
    return pd.concat(parts, ignore_index=True)


def _slopes(rng: np.random.Generator, settings: Settings) -> pd.DataFrame:
    account = np.repeat(np.arange(settings.accounts), settings.each)
    trust = rng.normal(size=settings.accounts)[account]  # the same in all rows of an account
    rows = pd.DataFrame({"trust": trust, "silent": rng.random(len(account)) < 0.3}).astype(float)
    own, shared = rng.random(len(account)), rng.random(settings.accounts)[account]
    draw = np.where(rng.random(len(account)) < TOGETHER, shared, own)
    outcome = draw < expit(EFFECTS[0] + rows.to_numpy() @ EFFECTS[1:])
    fit = regression.logit(outcome, rows, cluster=account).table
    return pd.DataFrame(
        {
            "quantity": "logit " + fit["term"].str.strip("()"),
            "value": fit["estimate"],
            "low": fit["low"],
            "high": fit["high"],
            "truth": EFFECTS,
        }
    )


def _truth() -> dict[str, float]:
    """Effects in the population, trust standard normal, by quadrature over both errors."""
    roots, masses = hermgauss(60)
    normal, mass = np.sqrt(2) * roots, masses / np.sqrt(np.pi)

    def mean(past: int, through: int) -> float:
        linear = 1 + C * (normal + past) + B * A * (normal + through)
        return float(mass @ expit(linear[:, None] + B * 0.8 * normal) @ mass)

    indirect = (mean(0, 1) - mean(0, 0) + mean(1, 1) - mean(1, 0)) / 2
    total = mean(1, 1) - mean(0, 0)
    return {
        "indirect": indirect,
        "direct": total - indirect,
        "total": total,
        "share mediated": indirect / total,
    }


def _shares(rng: np.random.Generator, settings: Settings, truth: dict[str, float]) -> pd.DataFrame:
    account = np.repeat(np.arange(settings.accounts), settings.each)
    trust = rng.normal(size=settings.accounts)[account]
    view = np.sqrt(0.4) * rng.normal(size=settings.accounts)[account]
    commitment = A * trust + 0.8 * (view + np.sqrt(0.6) * rng.normal(size=len(account)))
    outcome = rng.random(len(account)) < expit(1 + C * trust + B * commitment)
    found = mediation.effects(
        outcome,
        trust,
        commitment,
        accounts=account,
        draws=settings.draws,
        seed=int(rng.integers(1 << 30)),
    ).table
    return pd.DataFrame(
        {
            "quantity": "mediation: " + found["effect"],
            "value": found["estimate"],
            "low": found["low"],
            "high": found["high"],
            "truth": found["effect"].map(truth),
        }
    )


def covered(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage and median bias by quantity."""
    hit = (rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])
    kinds = rows.assign(covered=hit, bias=rows["value"] - rows["truth"]).groupby(
        "quantity", sort=False
    )
    found = kinds.agg(
        covered=("covered", "mean"), bias=("bias", "median"), samples=("bias", "size")
    )
    return found.assign(error=np.sqrt(found["covered"] * (1 - found["covered"]) / found["samples"]))


def misses(found: pd.DataFrame) -> list[str]:
    """Return what does not keep its promise."""
    return found.index[~found["covered"].between(LOW, HIGH)].tolist()


def section(settings: Settings, found: pd.DataFrame) -> str:
    """Return the page's section on regressions."""
    lines = [
        "| interval | covered | error | median bias | samples |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {row.covered:.1%} | {row.error:.1%} | {row.bias:+.4f} | {row.samples:,.0f} |"
        for name, row in zip(found.index, found.itertuples(index=False), strict=True)
    ]
    return _SECTION.format(
        accounts=settings.accounts, each=settings.each, seed=settings.seed, table="\n".join(lines)
    )


_SECTION = """
## Are effects on renewal recovered?

{accounts} accounts with {each} renewal opportunities each, which share half of what chance decides,
seed {seed}. Logistic regression with errors by account; mediation with resampled accounts, on the
probability scale. The truth is what was planted; for mediation it is integrated exactly.
Promised: 93 to 97 %.

{table}
"""
