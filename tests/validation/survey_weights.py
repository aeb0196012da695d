"""Where content people are easier to reach: which intervals cover, with and without weights?

Clients' accounts and people are drawn here, with a known law of who is reached: executives, who
are more content, more often than users, and far more so in the second wave. Weights are what an
institute would deliver: one over the chance of being reached, on a scale of its own in each
client's wave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab import scores
from tests.scores.made import codebook
from tests.validation.coverage import coverage
from tests.validation.page import HIGH, LOW

SHARES, SHIFTS = np.array([0.15, 0.25, 0.6]), np.array([0.7, 0.2, -0.4])
REACHED = np.array([[0.6, 0.5, 0.4], [0.8, 0.5, 0.2]])  # by wave and role
BETWEEN, WITHIN, MEMORY = 0.55, 0.85, 0.8  # standard deviations in scale points; correlation
RISE = 0.15  # scale points from wave to wave
PROMOTERS, DETRACTORS = 5.6, 4.6  # CRQ from which LTR is 9 or 10, and up to which it is 0 to 6
WAYS = ("unweighted", "weighted")
QUANTITIES = ("client CRQ", "client NPS", "change of client CRQ")


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn."""

    seed: int
    panels: int
    clients: int


FULL = Settings(seed=7200, panels=10, clients=200)
QUICK = Settings(seed=7300, panels=1, clients=200)


def drawn(clients: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw who was reached in two waves, and what is true of everybody.

    Returns
    -------
    respondents : DataFrame
        The columns of the table that scores are made of.
    truth : DataFrame
        ``client_id``, ``quantity``, ``truth``: of the second wave, and of the change to it.
    """
    rng = np.random.default_rng(seed)
    client = np.repeat(np.arange(clients), rng.integers(20, 61, clients))
    level = rng.normal(5.0, 0.4, clients)
    effect = rng.normal(0, BETWEEN, (2, len(client)))
    effect[1] = MEMORY * effect[0] + np.sqrt(1 - MEMORY**2) * effect[1]
    parts = []
    for wave in (0, 1):
        size = 2 + rng.negative_binomial(3, 0.3, len(client))
        account = np.repeat(np.arange(len(client)), size)
        role = rng.choice(3, len(account), p=SHARES)
        fixed = level[client[account]] + SHIFTS[role] + RISE * wave
        crq = fixed + effect[wave, account] + rng.normal(0, WITHIN, len(account))
        chance = REACHED[wave, role]
        there = rng.random(len(account)) < chance
        scale = rng.lognormal(0, 2, clients)[client[account]]
        frame = pd.DataFrame({"client": client[account], "account": account, "crq": crq,
                              "weight": scale / chance, "wave": str(2024 + wave)})  # fmt: skip
        parts.append(frame[there])
    return _respondents(pd.concat(parts, ignore_index=True)), _truth(level)


def _respondents(rows: pd.DataFrame) -> pd.DataFrame:
    book = codebook()
    names = {"client_id": rows["client"].map("C{:04d}".format),
             "account_id": rows["account"].map("A{:06d}".format),
             "response_id": [f"r{k:07d}" for k in range(len(rows))]}  # fmt: skip
    ltr = np.select([rows["crq"] >= PROMOTERS, rows["crq"] < DETRACTORS], [9.0, 3.0], 8.0)
    mean = rows.groupby(["client", "wave"])["weight"].transform("mean")
    scored = dict.fromkeys(["crq", "uniqueness", *book.instrument.constructs], rows["crq"])
    people = pd.DataFrame(names | scored).assign(
        wave=rows["wave"], ltr=ltr, weight=rows["weight"] / mean, role=None, contact_id=None,
        seniority=np.nan, confidence=np.nan, n_items=12,
    )  # fmt: skip
    return people


def _truth(level: np.ndarray) -> pd.DataFrame:
    """What all people of all accounts that a client may have would say in the second wave."""
    centre = level[:, None] + SHIFTS + RISE
    spread = np.hypot(BETWEEN, WITHIN)
    kinds = norm.sf((PROMOTERS - centre) / spread) - norm.cdf((DETRACTORS - centre) / spread)
    values = (centre @ SHARES, 100 * kinds @ SHARES, np.full(len(level), RISE))
    names = [f"C{k:04d}" for k in range(len(level))]
    parts = [
        pd.DataFrame({"client_id": names, "quantity": quantity, "truth": value})
        for quantity, value in zip(QUANTITIES, values, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def cases(settings: Settings) -> pd.DataFrame:
    """Every interval of the second wave, with weights and without, in the columns of coverage."""
    found = []
    for number in range(settings.panels):
        people, truth = drawn(settings.clients, settings.seed + number)
        for way in WAYS:
            rows = people if way == "weighted" else people.drop(columns="weight")
            table = _scored(rows).merge(truth, on=["client_id", "quantity"])
            found.append(table.assign(way=way, client=f"{number} " + table["client_id"]))
    return pd.concat(found, ignore_index=True)


def _scored(people: pd.DataFrame) -> pd.DataFrame:
    book = codebook()
    clients = scores.clients(people, None, book)
    kept = (clients["wave"] == "2025") & (clients["roll_up"] == "respondents")
    clients = clients[kept & (clients["method"] == "account_t")]
    changes = scores.changes(people, book)
    changes = changes[(changes["measure"] == "crq") & (changes["part"] == "all")]
    parts = [
        clients[clients["measure"] == "crq"].assign(quantity=QUANTITIES[0]),
        clients[clients["measure"] == "nps"].assign(quantity=QUANTITIES[1]),
        changes.assign(quantity=QUANTITIES[2]),
    ]
    columns = ["client_id", "quantity", "value", "low", "high"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def covered(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage and bias by quantity, unweighted and weighted."""
    parts = {name: coverage(rows[rows["quantity"] == name], "way") for name in QUANTITIES}
    return pd.concat(parts, names=["quantity", "way"])


def misses(found: pd.DataFrame) -> list[str]:
    """Return the quantities whose weighted interval promises to cover, and does not."""
    share = found["covered"].xs("weighted", level="way")
    return share.index[~share.between(LOW, HIGH)].tolist()


def section(settings: Settings, found: pd.DataFrame) -> str:
    """Return the page's section on survey weights."""
    lines = ["| quantity | answers | covered | error | bias | clients |",
             "| --- | --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for (quantity, way), row in zip(found.index, found.itertuples(index=False), strict=True):
        places = 1 if "NPS" in quantity else 3
        lines.append(
            f"| {quantity} | {way} | {row.covered:.1%} | {row.error:.1%} | "
            f"{row.bias:+.{places}f} | {row.clients:,.0f} |"
        )
    return _SECTION.format(
        panels=settings.panels, clients=settings.clients, first=settings.seed,
        last=settings.seed + settings.panels - 1, table="\n".join(lines),
        lost=f"{found.loc[(QUANTITIES[0], 'unweighted'), 'covered']:.0%}",
    )  # fmt: skip


_SECTION = """
## Do survey weights mend who was reached?

{panels} panels of {clients} clients with 20 to 60 accounts (seeds {first} to {last}) in which
executives, who are more content, are reached with a chance of .6 and users of .4, in the second
wave of .8 and .2; the weight of an answer is one over that chance, on another scale in each
client's wave. Intervals of 95 % of the second wave and of the change to it, truth of all people,
`crqlab.scores.clients` and `crqlab.scores.changes`.

{table}

Without weights the interval is as narrow as it is wrong: it holds the true CRQ in {lost} of
clients. With them it is wider, as unequal weights make answers worth less, and covers as promised.
"""
