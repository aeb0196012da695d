"""How often intervals of drivers' weights and effects cover the truth, and who names the right one.

Four correlated drivers move an outcome with known coefficients, one set between accounts and
another within them. What weights and effects truly are follows from the covariances with which
the answers are drawn. Then panels of clients whose true profiles are known: is the driver that
the station puts first truly the one?
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab import drivers
from crqlab.base.standards import SURE
from crqlab.drivers.outcome_models import METHODS, estimated
from crqlab.drivers.performance_gap import TOP
from crqlab.drivers.respondent_layout import LEVELS, at_level
from crqlab.stats.importance import correlated, shapley
from tests.drivers.made import codebook
from tests.validation.page import HIGH, LOW

NAMES = ("care", "speed", "value", "skill")
BETWEEN, WITHIN = np.array([0.5, 0.1, 0.3, 0.0]), np.array([0.2, 0.4, 0.1, 0.1])
ALIKE = 0.5  # correlation of drivers
SHARE = 0.3  # of drivers' variance between accounts
NOISE = 0.8
MOOD, PROFILE = 0.4, 0.2  # standard deviations of clients' true levels, and of their profiles


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn: samples for coverage, panels for the one thing."""

    seed: int
    samples: int
    panels: int
    accounts: int = 200
    each: int = 5
    draws: int = 400
    clients: int = 40


FULL = Settings(seed=6000, samples=1000, panels=10)
QUICK = Settings(seed=6100, samples=60, panels=1, draws=200)


def drawn(
    rng: np.random.Generator, accounts: int, each: int, *, alike: bool = False
) -> tuple[NDArray, NDArray]:
    """Answers (drivers, the outcome last) and their accounts; ``alike`` plants one set only."""
    p, root = len(NAMES), np.linalg.cholesky(ALIKE + (1 - ALIKE) * np.eye(len(NAMES)))
    account = np.repeat(np.arange(accounts), each)
    own = np.sqrt(SHARE) * (rng.normal(size=(accounts, p)) @ root.T)
    away = np.sqrt(1 - SHARE) * (rng.normal(size=(accounts * each, p)) @ root.T)
    error = np.sqrt(SHARE) * rng.normal(size=accounts)[account]
    error += np.sqrt(1 - SHARE) * rng.normal(size=accounts * each)
    inner = BETWEEN if alike else WITHIN
    outcome = own[account] @ BETWEEN + away @ inner + NOISE * error
    return np.column_stack([own[account] + away, outcome]), account


def covariance(level: str, each: int) -> NDArray:
    """What answers of one level truly vary and go together by."""
    between, within = (part * _joint(b) for part, b in ((SHARE, BETWEEN), (1 - SHARE, WITHIN)))
    return {"all": between + within, "within": within, "between": between + within / each}[level]


def _joint(coefficients: NDArray) -> NDArray:
    R = ALIKE + (1 - ALIKE) * np.eye(len(NAMES))
    r = R @ coefficients
    return np.block([[R, r[:, None]], [r[None], coefficients @ r + NOISE**2]])


def truth(level: str, each: int) -> pd.DataFrame:
    """True numbers of one level: ``quantity``, ``driver``, ``truth``."""
    found = correlated(covariance(level, each)[None])
    weights = {METHODS[0]: shapley(found.R, found.r)[0], METHODS[1]: found.johnson()[0]}
    numbers = {f"{method} weight": w for method, w in weights.items()}
    numbers |= {f"{method} share": w / w.sum() for method, w in weights.items()}
    numbers["effect"] = found.slopes()[0]
    return pd.concat(
        [pd.DataFrame({"quantity": k, "driver": NAMES, "truth": v}) for k, v in numbers.items()]
    )


def cases(settings: Settings) -> pd.DataFrame:
    """Every interval of every sample: ``level``, ``quantity``, ``low``, ``high``, ``truth``."""
    rng = np.random.default_rng(settings.seed)
    known = {level: truth(level, settings.each) for level in LEVELS}
    parts = []
    for sample in range(settings.samples):
        values, account = drawn(rng, settings.accounts, settings.each)
        for level in LEVELS:
            one = np.ones(len(values))
            some, groups, _ = at_level(values, account, account, level, one)
            how = {"level": 0.95, "draws": settings.draws, "key": (str(sample),), "seed": 1}
            found = estimated(some, groups, NAMES, **how)[0].columns
            rows = _numbers(found).merge(known[level], on=["quantity", "driver"])
            parts.append(rows.assign(level=level))
    return pd.concat(parts, ignore_index=True)


def _numbers(found: dict) -> pd.DataFrame:
    """Estimates and ends of all quantities of one sample and level."""
    named = {"effect": (METHODS[0], "slope", "slope_low", "slope_high")}
    for method in METHODS:
        named[f"{method} weight"] = (method, "weight", "low", "high")
        named[f"{method} share"] = (method, "share", "share_low", "share_high")
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "quantity": quantity,
                    "driver": NAMES,
                    "value": found[method][value],
                    "low": found[method][low],
                    "high": found[method][high],
                }
            )
            for quantity, (method, value, low, high) in named.items()
        ]
    )


def covered(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Coverage and bias by quantity and level; the error takes drivers of a sample as one."""
    hit = (rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])
    rows = rows.assign(hit=hit, bias=rows["value"] - rows["truth"])
    found = rows.groupby(["quantity", "level"], sort=False)[["hit", "bias"]].mean()
    error = np.sqrt(found["hit"] * (1 - found["hit"]) / settings.samples)
    return found.rename(columns={"hit": "covered"}).assign(error=error, samples=settings.samples)


def named(settings: Settings) -> pd.DataFrame:
    """What the station puts first in every client of every panel, and whether it is right."""
    rng = np.random.default_rng(settings.seed + 1)
    parts = [_panel(rng, settings) for _ in range(settings.panels)]
    return pd.concat(parts, ignore_index=True)


def _panel(rng: np.random.Generator, settings: Settings) -> pd.DataFrame:
    n, each = settings.clients, 4
    profiles = 5 + MOOD * rng.normal(size=(n, 1)) + PROFILE * rng.normal(size=(n, len(NAMES)))
    people = pd.concat([_client(rng, i, profiles[i], each) for i in range(n)], ignore_index=True)
    book = codebook(drivers=NAMES, recommend=False)
    weights = drivers.weights(people, book, draws=settings.draws, seed=settings.seed)
    found = drivers.priorities(weights, people, book, seed=settings.seed).of("client")
    right = _pressing(profiles)[found["unit"].str[1:].astype(int)]
    return found.assign(right=found["driver"].to_numpy() == np.array(NAMES)[right])


def _client(rng: np.random.Generator, place: int, profile: NDArray, each: int) -> pd.DataFrame:
    accounts = int(rng.integers(15, 40))
    values, account = drawn(rng, accounts, each, alike=True)
    columns = dict(zip(NAMES, (values[:, :-1] + profile).T, strict=True))
    return pd.DataFrame(
        {
            "client_id": f"C{place:02d}",
            "wave": "2025",
            "response_id": [f"{place}-{i}" for i in range(len(account))],
            "account_id": [f"A{i}" for i in account],
            "ltr": np.nan,
            "crq": np.mean(list(columns.values()), axis=0),
            "trust": values[:, -1] + 5,
            **columns,
        }
    )


def _pressing(profiles: NDArray) -> NDArray:
    """The driver that truly presses most in every client."""
    found = correlated(_joint(BETWEEN)[None])
    importance = shapley(found.R, found.r)[0]
    gaps = np.empty_like(profiles)
    for i in range(len(profiles)):
        others = np.delete(profiles, i, axis=0)
        best = np.argsort(-others.mean(axis=1))[: int(np.ceil(TOP * len(others)))]
        gaps[i] = others[best].mean(axis=0) - profiles[i]
    return (importance * np.maximum(gaps, 0)).argmax(axis=1)


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Probability told and share that is right, for clear and unclear answers."""
    kind = np.where(rows["probability"] >= SURE, "clear", "not clear")
    found = rows.groupby(kind).agg(
        told=("probability", "mean"), right=("right", "mean"), clients=("right", "size")
    )
    return found.assign(error=np.sqrt(found["right"] * (1 - found["right"]) / found["clients"]))


def misses(found: pd.DataFrame) -> list[str]:
    """Return what does not keep its promise."""
    lost = found[~found["covered"].between(LOW, HIGH)]
    return [f"{quantity}, {level}" for quantity, level in lost.index]


def section(settings: Settings, found: pd.DataFrame, first: pd.DataFrame) -> str:
    """Return the page's section on drivers."""
    lines = [
        "| interval | level | covered | error | bias | samples |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {quantity} | {level} | {row.covered:.1%} | {row.error:.1%} | {row.bias:+.4f} | "
        f"{row.samples:,.0f} |"
        for (quantity, level), row in zip(found.index, found.itertuples(index=False), strict=True)
    ]
    ones = [
        "| answer | probability told | right | error | clients |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    ones += [
        f"| {kind} | {row.told:.0%} | {row.right:.0%} | {row.error:.0%} | {row.clients:,} |"
        for kind, row in zip(first.index, first.itertuples(index=False), strict=True)
    ]
    return _SECTION.format(
        accounts=settings.accounts,
        each=settings.each,
        seed=settings.seed,
        draws=settings.draws,
        panels=settings.panels,
        clients=settings.clients,
        table="\n".join(lines),
        first="\n".join(ones),
    )


_SECTION = """
## Are drivers recovered?

Four drivers that correlate .5 move an outcome, between accounts by other coefficients than within
them (one of them by none); {each} people in each of {accounts} accounts, 30 % of the drivers'
variance between accounts, seed {seed}, {draws} draws of whole accounts. The truth follows from
the covariances that the answers are drawn with. Promised: 93 to 97 %.

{table}

Then {panels} panels of {clients} clients with 15 to 39 accounts of four people, each client with
its own true profile: is the driver that the station puts first truly the one with the greatest
importance times gap? *Clear* answers are those with a probability of 60 % or more.

{first}
"""
