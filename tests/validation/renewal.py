"""Does station 5 find the law that renewals follow, and claim nothing where there is nothing?

Panels are drawn by `tests.renewal.made`, not by `crqlab.simulate`, and go through
`crqlab.renewal` as any study does: design, effects, mediation, comparison. In the null panels
churn follows the NPS that was observed (and silence, tenure, history); CRQ goes with NPS, but
has nothing to add.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from crqlab import renewal
from tests.renewal import made
from tests.validation.page import HIGH, LOW

TERMS = ("trust", "commitment", "silent", "prior_churn")
NULL = {"trust": 0.0, "commitment": 0.0, "nps": 0.012}
CLAIMS = 0.05


@dataclass(frozen=True, slots=True)
class Settings:
    """How many panels are drawn, and how large they are."""

    seed: int
    panels: int
    nulls: int
    clients: int = 40
    each: int = 25
    draws: int = 200


FULL = Settings(seed=5000, panels=600, nulls=600)
QUICK = Settings(seed=5100, panels=12, nulls=12, draws=60)


def cases(settings: Settings) -> pd.DataFrame:
    """Every interval of every panel: ``quantity``, ``value``, ``low``, ``high``, ``truth``."""
    share = true_share(settings)
    rows = []
    for k in range(settings.panels):
        size = {"clients": settings.clients, "each": settings.each}
        design = made.designed(made.panel(**size, seed=settings.seed + k))
        effects = renewal.effects(design, models=("logit",)).table.set_index("term")
        told = effects.loc[list(TERMS), ["estimate", "low", "high"]]
        truth = [made.LAW[term] for term in TERMS]
        rows.append(told.assign(quantity=[f"effect of {t}" for t in TERMS], truth=truth))
        found = renewal.mediation(design, draws=settings.draws, seed=settings.seed + k).value(
            "share mediated"
        )
        one = {name: [found[name]] for name in ("estimate", "low", "high")}
        rows.append(pd.DataFrame({**one, "quantity": "share mediated", "truth": share}))
    return pd.concat(rows, ignore_index=True)


def true_share(settings: Settings, *, n: int = 2_000_000) -> float:
    """Share of the effect of trust that goes through commitment, over a very large panel."""
    rng = np.random.default_rng(settings.seed)
    law = made.LAW
    trust = 5 + rng.normal(0, 0.2, n) + rng.normal(0, 0.8, n)
    own = made.OWN_SPREAD * rng.normal(size=n)
    tenure = np.log1p(rng.exponential(6, n) + 0.5 + rng.integers(0, 4, n)) - np.log1p(6)
    rest = law["intercept"] + law["tenure"] * tenure
    rest = rest + law["prior_churn"] * (rng.random(n) < 0.06)

    def chance(direct: float, indirect: float) -> float:
        bond = made.PATH * (trust + indirect - 5) + own
        linear = rest + law["trust"] * (trust + direct - 5) + law["commitment"] * bond
        return float(expit(linear).mean())

    states = {(a, b): chance(a, b) for a in (0.0, 1.0) for b in (0.0, 1.0)}
    through = (states[0, 1] - states[0, 0] + states[1, 1] - states[1, 0]) / 2
    return through / (states[1, 1] - states[0, 0])


def claims(settings: Settings) -> pd.Series:
    """Share of null panels in which CRQ is said to add to NPS."""
    said = []
    for k in range(settings.nulls):
        size = {"clients": settings.clients, "each": settings.each}
        drawn = made.panel(**size, law=NULL, seed=settings.seed + 50_000 + k)
        found = renewal.compare_models(made.designed(drawn), draws=20, machines=False)
        said.append(found.claim)
    share = float(np.mean([claim == "adds" for claim in said]))
    error = float(np.sqrt(max(share, 0.01) * (1 - share) / settings.nulls))
    return pd.Series({"claimed": share, "error": error, "panels": settings.nulls})


def covered(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Coverage and bias by quantity."""
    hit = (rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])
    rows = rows.assign(hit=hit, bias=rows["estimate"] - rows["truth"])
    found = rows.groupby("quantity", sort=False)[["hit", "bias"]].mean()
    error = np.sqrt(found["hit"] * (1 - found["hit"]) / settings.panels)
    return found.rename(columns={"hit": "covered"}).assign(error=error, panels=settings.panels)


def misses(found: pd.DataFrame, null: pd.Series) -> list[str]:
    """Return what does not keep its promise."""
    lost = found.index[~found["covered"].between(LOW, HIGH)].tolist()
    return lost if null["claimed"] <= CLAIMS else ["CRQ adds to NPS", *lost]


def section(settings: Settings, found: pd.DataFrame, null: pd.Series) -> str:
    """Return the page's section on renewals."""
    lines = [
        "| interval | covered | error | bias | panels |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {row.covered:.1%} | {row.error:.1%} | {row.bias:+.3f} | {row.panels:,.0f} |"
        for name, row in zip(found.index, found.itertuples(index=False), strict=True)
    ]
    return _SECTION.format(
        clients=settings.clients,
        each=settings.each,
        seed=settings.seed,
        draws=settings.draws,
        claimed=f"{null['claimed']:.1%}",
        error=f"{null['error']:.1%}",
        nulls=settings.nulls,
        table="\n".join(lines),
    )


_SECTION = """
## Are renewals explained as they happen, and is nothing claimed where nothing is?

Panels of {clients} clients with {each} accounts each, four waves, seed {seed}; churn by a known
law of trust, commitment, silence, years as a customer and an earlier churn, scores without error.
They pass through `crqlab.renewal` like any study: log odds with errors by client, and the share of
trust's effect that goes through commitment from {draws} samples of accounts. Promised: 93 to 97 %.

{table}

Where churn follows the observed NPS and CRQ, which goes with it, has nothing to add, "CRQ adds to
NPS" is claimed in {claimed} of {nulls:,} panels (error {error}; promised at most 5 %).
"""
