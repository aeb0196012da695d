"""How often intervals of thresholds cover the known ones, and P(segment) comes true.

Churn steps down at known cuts, once sharply and once little; shares of a known mix; and accounts
whose true scores are known, of which a few people are heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.segments import account_models, assign, derive, likeliest, starting
from crqlab.segments.churn_steps import steps
from tests.validation.page import HIGH, LOW

CUTS = np.array([3.753, 4.512, 5.505])  # between the points of any grid
WORLDS = {"large steps": (0.45, 0.25, 0.12, 0.05), "small steps": (0.30, 0.20, 0.12, 0.06)}
TARGET = {"Ambassador": 0.33, "Rational": 0.50}
CONSTRUCTS = "trust commitment satisfaction service solution experience value unique".split()
BANDS = ((0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01))


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn: samples, accounts that choose cuts, accounts whose P is judged."""

    seed: int
    samples: int
    mixes: int
    accounts: int
    choose: int = 3000


FULL = Settings(seed=6000, samples=600, mixes=150, accounts=10000)
QUICK = Settings(seed=6100, samples=60, mixes=20, accounts=3000)


def found_cuts(settings: Settings) -> pd.DataFrame:
    """Coverage, bias and error of each cut from outcomes, one row per world and cut."""
    rows = []
    for k, (world, rates) in enumerate(WORLDS.items()):
        rng = np.random.default_rng(settings.seed + k)
        cuts, held = np.empty((2, settings.samples, len(CUTS)))
        for i in range(settings.samples):
            score = np.clip(rng.normal(5.1, 0.9, settings.choose), 1, 7)
            churn = np.array(rates)[np.searchsorted(CUTS, score, side="right")]
            churned = (rng.random(len(score)) < churn).astype(float)
            one = steps(score, churned, len(CUTS), ends=(1, 7))
            cuts[i], held[i] = one.cuts, (one.low <= CUTS) & (one.high >= CUTS)
        for j, cut in enumerate(CUTS):
            off = np.abs(cuts[:, j] - cut)
            rows.append(
                (world, cut, *_share(held[:, j]), (cuts[:, j] - cut).mean(), np.median(off))
            )
    return pd.DataFrame(rows, columns=["world", "cut", "covered", "error", "bias", "off"])


def _share(held: np.ndarray) -> tuple[float, float]:
    share = held.mean()
    return share, np.sqrt(share * (1 - share) / len(held))


def panel(rng: np.random.Generator, accounts: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """True scores of accounts, and the answers of some of their people."""
    width = len(CONSTRUCTS)
    truth = 5 + rng.normal(0, 0.45, (accounts, 1)) + rng.normal(0, 0.45, (accounts, width))
    account = np.repeat(np.arange(accounts), 1 + rng.poisson(2, accounts))
    noise = rng.normal(0, 0.7, (len(account), 1)) + rng.normal(0, 0.7, (len(account), width))
    return _table(truth, np.arange(accounts)), _table(truth[account] + noise, account)


def _table(values: np.ndarray, who: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(values, columns=CONSTRUCTS)
    ids = [f"A{k:06d}" for k in who]
    return table.assign(
        client_id="C",
        wave="1",
        account_id=ids,
        ltr=9.0,
        crq=table[CONSTRUCTS[:6]].mean(axis=1),
        uniqueness=table[["solution", "experience", "unique"]].mean(axis=1),
    )


def scored(people: pd.DataFrame) -> pd.DataFrame:
    """Means of each account's people."""
    keys = ["client_id", "wave", "account_id"]
    measures = ["crq", "uniqueness", *CONSTRUCTS]
    return people.groupby(keys)[measures].mean().assign(nps=100.0, mean_ltr=9.0).reset_index()


def found_mix(settings: Settings) -> pd.DataFrame:
    """Coverage of the two shifts that lead to a wanted mix; the truth is a large panel's."""
    rng, rules = np.random.default_rng(settings.seed + 10), starting()
    options = {"by": "mix", "target": TARGET}
    truth = derive(scored(panel(rng, 60_000)[0]), rules, draws=2, **options).table
    held = []
    for _ in range(settings.mixes):
        found = derive(scored(panel(rng, 1000)[0]), rules, draws=400, **options).table
        held.append((found["low"] <= truth["cut"]) & (found["high"] >= truth["cut"]))
    rows = []
    for name, at in (("all low cuts", 0), ("cuts of Ambassador", -1)):
        rows.append((name, *_share(np.array(held)[:, at])))
    return pd.DataFrame(rows, columns=["shift", "covered", "error"])


def come_true(settings: Settings) -> pd.DataFrame:
    """How often the likeliest segment is the true one, by its probability."""
    truth, people = panel(np.random.default_rng(settings.seed + 20), settings.accounts)
    rules, accounts = starting(), scored(people)
    dated = people[["client_id", "wave"]].assign(started=pd.Timestamp("2025-05-01"))
    _, then = account_models(people, dated, rules).posteriors(rules, draws=200)
    found = likeliest(accounts.assign(flag="ok"), then, rules)
    right = (assign(scored(truth), rules)["segment"] == found["segment"]).to_numpy()
    p = found["p"].to_numpy()
    rows = [
        (f"{low:.1f} to {min(high, 1):.1f}", p[mine].mean(), *_share(right[mine]), mine.sum())
        for low, high in BANDS
        for mine in [(p >= low) & (p < high)]
    ]
    return pd.DataFrame(rows, columns=["band", "said", "true", "error", "accounts"])


def misses(cuts: pd.DataFrame, mix: pd.DataFrame) -> list[str]:
    """Return the intervals that cover too seldom; those of large steps, also too often."""
    said = [
        f"{r.world}, cut {r.cut}"
        for r in cuts.itertuples()
        if not LOW <= r.covered <= (HIGH if r.world == "large steps" else 1)
    ]
    return said + [r.shift for r in mix.itertuples() if r.covered < LOW]


def section(settings: Settings, cuts: pd.DataFrame, mix: pd.DataFrame, true: pd.DataFrame) -> str:
    """Return the page's section on thresholds."""
    first = [
        f"| {r.world} | {r.cut:.3f} | {r.covered:.1%} | {r.error:.1%} "
        f"| {r.bias:+.3f} | {r.off:.3f} |"
        for r in cuts.itertuples()
    ]
    second = [f"| {r.shift} | {r.covered:.1%} | {r.error:.1%} |" for r in mix.itertuples()]
    third = [
        f"| {r.band} | {r.said:.1%} | {r.true:.1%} | {r.error:.1%} | {r.accounts:,} |"
        for r in true.itertuples()
    ]
    return _SECTION.format(
        seed=settings.seed,
        samples=settings.samples,
        choose=settings.choose,
        mixes=settings.mixes,
        cuts="\n".join(first),
        mix="\n".join(second),
        true="\n".join(third),
        **{name.split()[0]: ", ".join(f"{r:.0%}" for r in w) for name, w in WORLDS.items()},
    )


_SECTION = """
## Are known thresholds found again?

Churn steps down at three known cuts of CRQ (large steps: {large}; small steps: {small}),
{samples:,} samples of {choose:,} accounts, which is the half of the demo's that chooses; seed
{seed}. A step is no regular estimate, so the interval is the posterior of the step; *off* is the
median distance of the estimate from the truth, in scale points. Promised of large steps: 93 to
97 %, and within 0.1 points. Small steps are hard to place: their intervals are wide and cover more
often than they say, which errs on the safe side, and their lower cuts are drawn upwards.

| world | cut | covered | error | bias | off |
| --- | ---: | ---: | ---: | ---: | ---: |
{cuts}

All this holds where churn has steps. Where it falls gradually no cut is special; the result then
carries a flag instead of a promise.

Cuts that lead to a wanted mix, {mixes:,} samples of 1,000 accounts, bootstrap of accounts:

| cuts moved together | covered | error |
| --- | ---: | ---: |
{mix}

P(segment) of accounts whose true scores are known and of which one person or more was heard: how
often the segment by the rules is the true one, by the probability that was told.

| told | mean told | came true | error | accounts |
| --- | ---: | ---: | ---: | ---: |
{true}
"""
