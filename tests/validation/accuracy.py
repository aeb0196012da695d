"""How often intervals of accuracy and of Cox effects cover the truth, cases in accounts.

Every account has a level of its own, which its cases share: in how likely they churn, how
soon, and in what is foretold of them. What an AUC truly is, a very large sample says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from crqlab.stats.accuracy import auc, auc_difference, calibration
from crqlab.stats.survival import c_index, cox
from tests.validation.page import HIGH, LOW

MANY = 400_000
EFFECT = 0.5


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn: samples, and accounts with their cases in each."""

    seed: int
    samples: int
    accounts: int = 120
    each: int = 4
    draws: int = 400


FULL = Settings(seed=5000, samples=1000, draws=1000)
QUICK = Settings(seed=5100, samples=100, draws=200)


def drawn(rng: np.random.Generator, accounts: int, each: int, *, own: float) -> pd.DataFrame:
    """Cases with trust, LTR, what is foretold, whether they churned, and how soon."""
    n = accounts * each
    level = np.repeat(rng.normal(size=(accounts, 2)), each, axis=0)
    trust = np.sqrt(0.5) * (level[:, 0] + rng.normal(size=n))
    ltr = 0.6 * trust + 0.8 * rng.normal(size=n)
    odds = -1 - trust
    churned = rng.random(n) < expit(odds)
    pace = np.exp(EFFECT * trust) * (1 + own * (np.exp(level[:, 1] - 0.5) - 1))
    time, lost = rng.exponential(1 / pace), rng.exponential(1.5, n)
    return pd.DataFrame(
        {
            "account": np.repeat(np.arange(accounts), each),
            "trust": trust,
            "ltr": ltr,
            "foretold": expit(odds),
            "churned": churned.astype(int),
            "time": np.ceil(12 * np.minimum(time, lost)),
            "event": (time <= lost).astype(int),
        }
    )


def numbers(table: pd.DataFrame, *, draws: int) -> pd.DataFrame:
    """Every number with an interval, for one sample: ``quantity``, ``value``, ``low``, ``high``."""
    y, account = table["churned"], table["account"]
    trust, ltr = -table["trust"], -table["ltr"]
    resampled = {"interval": "bootstrap", "draws": draws}
    fit = cox(table["time"], table["event"], table[["trust"]], cluster=account).table.iloc[0]
    found = {
        "AUC, DeLong, accounts together": auc(y, trust, cluster=account),
        "AUC, resampled accounts": auc(y, trust, cluster=account, **resampled),
        "AUC difference, accounts together": auc_difference(y, trust, ltr, cluster=account),
        "AUC difference, resampled accounts": auc_difference(
            y, trust, ltr, cluster=account, **resampled
        ),
        "calibration slope": calibration(y, table["foretold"], cluster=account).slope,
        "Harrell's C": c_index(table["time"], table["event"], table["trust"], cluster=account),
    }
    rows = [(name, one.value, one.low, one.high) for name, one in found.items()]
    rows.append(("Cox effect, errors by account", *fit[["estimate", "low", "high"]]))
    return pd.DataFrame(rows, columns=["quantity", "value", "low", "high"])


def cases(settings: Settings) -> pd.DataFrame:
    """Every interval of every sample with its truth."""
    rng = np.random.default_rng(settings.seed)
    truth = numbers(drawn(rng, MANY // 4, 4, own=0.3), draws=1).set_index("quantity")["value"]
    truth["calibration slope"] = 1.0
    found = [
        numbers(drawn(rng, settings.accounts, settings.each, own=0.3), draws=settings.draws)
        for _ in range(settings.samples)
    ]
    rows = pd.concat(found, ignore_index=True)
    return rows.assign(truth=rows["quantity"].map(truth))


def covered(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Coverage and bias by quantity, with the error of the coverage."""
    hit = (rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])
    rows = rows.assign(hit=hit, bias=rows["value"] - rows["truth"])
    found = rows.groupby("quantity", sort=False)[["hit", "bias"]].mean()
    error = np.sqrt(found["hit"] * (1 - found["hit"]) / settings.samples)
    return found.rename(columns={"hit": "covered"}).assign(error=error)


def misses(found: pd.DataFrame) -> list[str]:
    """Return what does not keep its promise."""
    return found.index[~found["covered"].between(LOW, HIGH)].tolist()


def section(settings: Settings, found: pd.DataFrame) -> str:
    """Return the page's section on accuracy."""
    lines = ["| interval | covered | error | bias |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {name} | {row.covered:.1%} | {row.error:.1%} | {row.bias:+.4f} |"
        for name, row in zip(found.index, found.itertuples(index=False), strict=True)
    ]
    return _SECTION.format(
        samples=f"{settings.samples:,}",
        accounts=settings.accounts,
        each=settings.each,
        seed=settings.seed,
        table="\n".join(lines),
    )


_SECTION = """
## Do the measures of accuracy know how sure they are?

{samples} samples of {accounts} accounts with {each} cases each, which share half of their trust and
part of their pace, seed {seed}. The truth of AUC, C and the Cox effect is what a very large sample
says; the foretold probabilities are the true ones, so that the slope is 1. Promised: 93 to 97 %.

{table}
"""
