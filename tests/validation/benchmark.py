"""How often intervals of the panel's cuts cover the cuts of the population it was drawn from.

Clients' true scores are normal; an account's score is its client's, more or less, and both are
known exactly, so that every cut of the population is a normal quantile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab import benchmark
from crqlab.benchmark import Rules, Scores
from tests.validation.page import HIGH, LOW

MEAN, BETWEEN, WITHIN = 5.0, 0.45, 0.6
FREE = Rules(min_clients=1, min_accounts=1, max_share=1.0)
TENTHS = tuple(share / 10 for share in range(1, 10))


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn."""

    seed: int
    samples: int
    sizes: tuple[int, ...] = (50, 150)
    accounts: int = 20
    draws: int = 2000


FULL = Settings(seed=8000, samples=500, draws=1000)
QUICK = Settings(seed=8100, samples=80, draws=400)


def covered(settings: Settings) -> pd.DataFrame:
    """Share of intervals that cover, by kind of score and number of clients; open ends cover."""
    rng, rows = np.random.default_rng(settings.seed), []
    for unit in ("client", "account"):
        spread = BETWEEN if unit == "client" else np.hypot(BETWEEN, WITHIN)
        truth = norm.ppf(TENTHS, MEAN, spread)
        for clients in settings.sizes:
            hits = [_hits(rng, unit, clients, truth, settings) for _ in range(settings.samples)]
            share = np.mean(hits, axis=0)
            error = np.std(np.mean(hits, axis=1), ddof=1) / np.sqrt(settings.samples)
            rows.append(
                {"unit": unit, "clients": clients, "covered": share.mean(), "error": error,
                 "lowest": share.min(), "highest": share.max(), "samples": settings.samples}
            )  # fmt: skip
    return pd.DataFrame(rows)


def _hits(rng, unit: str, clients: int, truth: np.ndarray, settings: Settings) -> np.ndarray:
    each = settings.accounts if unit == "account" else 1
    level = np.repeat(rng.normal(MEAN, BETWEEN, clients), each)
    value = level + (rng.normal(0, WITHIN, len(level)) if unit == "account" else 0)
    names = np.repeat([f"C{i}" for i in range(clients)], each)
    table = pd.DataFrame({"client_id": names, "wave": "1", "n_accounts": 1, "crq": value})
    scores = Scores(table, ("crq",), unit)
    options = {"shares": TENTHS, "by": [], "rules": FREE, "draws": settings.draws}
    found = benchmark.deciles(scores, **options, seed=int(rng.integers(2**31))).table
    low = found["low"].fillna(-np.inf).to_numpy()
    high = found["high"].fillna(np.inf).to_numpy()
    return (low <= truth) & (truth <= high)


def misses(found: pd.DataFrame) -> list[str]:
    """Return what does not keep its promise."""
    lost = found[~found["covered"].between(LOW, HIGH)]
    return [f"{row.unit} cuts of {row.clients} clients" for row in lost.itertuples()]


def section(settings: Settings, found: pd.DataFrame) -> str:
    """Return the page's section on the benchmark."""
    lines = [
        "| scores | clients | covered | error | worst decile | best decile | samples |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row.unit}s | {row.clients} | {row.covered:.1%} | {row.error:.1%} | {row.lowest:.1%} | "
        f"{row.highest:.1%} | {row.samples:,} |"
        for row in found.itertuples()
    ]
    return _SECTION.format(
        seed=settings.seed, accounts=settings.accounts, draws=settings.draws, table="\n".join(lines)
    )


_SECTION = """
## Do intervals of deciles cover those of the population?

Panels of so many clients are drawn from a population whose deciles are known, seed {seed};
{draws:,} draws of whole clients for each interval. Account scores are {accounts} to a client, a
third of their variance between clients. An end that the panel cannot place is open and covers.
Promised: 93 to 97 %.

{table}
"""
