"""Does weighting recover the true client CRQ where it can, and how far off is it where it cannot?

Panels are drawn here, not by `crqlab.simulate`, so that answering follows a known law:

* ``random``: everybody of a client answers alike.
* ``modelled``: users, lower tiers and accounts that scored lower last time answer less; all of
  that is known of the silent too.
* ``unseen``: people answer less, the lower the score that they would give now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from crqlab import participation
from crqlab.base.contracts.cautions import codes
from tests.validation.coverage import coverage
from tests.validation.page import HIGH, LOW

ROLES = ("executive", "decision maker", "user")
ROLE_SHARES, ROLE_SHIFTS = np.array([0.2, 0.3, 0.5]), np.array([0.5, 0.2, -0.4])
ROLE_ODDS = np.array([0.7, 0.2, -0.6])
TIERS, TIER_SHARES = ("A", "B", "C"), np.array([0.2, 0.3, 0.5])
TIER_SHIFTS, TIER_ODDS = np.array([0.3, 0.0, -0.2]), np.array([0.5, 0.0, -0.4])
EARLIER_ODDS, UNSEEN_ODDS = 0.8, 1.0  # log odds of answering per scale point
BETWEEN, WITHIN, MEMORY = 0.55, 0.85, 0.8  # standard deviations in scale points; correlation
MECHANISMS = ("random", "modelled", "unseen")
VIEWS = ("raw", "weighted")


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn for each mechanism."""

    seed: int
    panels: int
    clients: int
    draws: int


FULL = Settings(seed=7000, panels=5, clients=200, draws=1000)
QUICK = Settings(seed=7100, panels=1, clients=150, draws=300)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Two waves in the form of crqlab's tables, and the true CRQ of every client."""

    contacts: pd.DataFrame
    responses: pd.DataFrame
    accounts: pd.DataFrame
    respondents: pd.DataFrame
    truth: pd.Series


def panel(mechanism: str, clients: int, seed: int) -> Panel:
    """Draw two waves of clients with 20 to 60 accounts, a third to two thirds answering."""
    rng = np.random.default_rng(seed)
    size = rng.integers(20, 61, clients)
    client = np.repeat(np.arange(clients), size)
    tier = rng.choice(3, len(client), p=TIER_SHARES)
    level = rng.normal(5.0, 0.4, clients)
    effect = rng.normal(0, BETWEEN, (2, len(client)))
    effect[1] = MEMORY * effect[0] + np.sqrt(1 - MEMORY**2) * effect[1]
    account = np.repeat(np.arange(len(client)), 1 + rng.negative_binomial(2, 1 / 3, len(client)))
    role = rng.choice(3, len(account), p=ROLE_SHARES)
    fixed = level[client[account]] + ROLE_SHIFTS[role] + TIER_SHIFTS[tier[account]]
    scores = fixed + effect[:, account] + rng.normal(0, WITHIN, (2, len(account)))
    base = rng.normal(-0.3, 0.4, clients)[client[account]]
    known = ROLE_ODDS[role] + TIER_ODDS[tier[account]] if mechanism == "modelled" else 0.0
    answers = np.zeros(scores.shape, dtype=bool)
    for wave in (0, 1):
        odds = base + known
        if mechanism == "unseen":
            odds = base + UNSEEN_ODDS * (scores[wave] - level[client[account]])
        if mechanism == "modelled" and wave:
            odds = odds + EARLIER_ODDS * _earlier(scores[0], answers[0], account, client)[account]
        answers[wave] = rng.random(len(account)) < expit(odds)
    truth = level + ROLE_SHARES @ ROLE_SHIFTS + TIER_SHARES @ TIER_SHIFTS
    names = np.array([f"C{i:04d}" for i in range(clients)])
    return _tables(scores, answers, account, role, client, tier, names, pd.Series(truth, names))


def _earlier(scores, answered, account, client):
    """Mean of what the account answered, relative to its client's accounts; 0 if it did not."""
    n = np.bincount(account, weights=answered)
    total = np.bincount(account, weights=answered * scores)
    mean = np.divide(total, n, out=np.zeros(len(n)), where=n > 0)
    centre = np.bincount(client, weights=mean * (n > 0)) / np.bincount(client, weights=n > 0)
    return np.where(n > 0, mean - centre[client], 0)


def _tables(scores, answers, account, role, client, tier, names, truth) -> Panel:
    ids = np.array([f"A{i:06d}" for i in range(len(client))])
    people = np.array([f"P{i:07d}" for i in range(len(account))])
    both = [
        pd.DataFrame(
            {
                "client_id": names[client[account]],
                "wave": str(2024 + wave),
                "contact_id": people,
                "account_id": ids[account],
                "role": np.array(ROLES)[role],
                "invited": True,
                "invited_on": pd.Timestamp(f"{2024 + wave}-03-01"),
                "crq": scores[wave],
                "answers": answers[wave],
            }
        )
        for wave in (0, 1)
    ]
    rows = pd.concat(both, ignore_index=True)
    given = rows[rows["answers"]].assign(
        response_id=lambda d: d["wave"] + d["contact_id"], included=True, started=pd.NaT
    )
    accounts = pd.DataFrame(
        {
            "client_id": names[client], "account_id": ids, "tier": np.array(TIERS)[tier],
            "country": "SE", "industry": "IT", "account_manager": "Eva Lind",
            "revenue": 1000.0, "customer_since": pd.NaT,
        }
    )  # fmt: skip
    accounts["customer_since"] = accounts["customer_since"].astype("datetime64[ns]")
    given["started"] = given["started"].astype("datetime64[ns]")
    given["ltr"] = np.clip(np.round(8 + 1.6 * (given["crq"] - 5.2)), 0, 10)
    return Panel(rows, given, accounts, given, truth)


def cases(mechanism: str, settings: Settings) -> pd.DataFrame:
    """Raw and weighted CRQ of every client's second wave, in the columns that coverage reads."""
    found = []
    for number in range(settings.panels):
        drawn = panel(mechanism, settings.clients, settings.seed + number)
        table = participation.adjusted(
            drawn.contacts,
            drawn.responses,
            drawn.accounts,
            drawn.respondents,
            draws=settings.draws,
        ).table
        rows = table[(table["measure"] == "crq") & (table["wave"] == "2025")]
        rows = pd.concat([rows[rows["view"].isin(VIEWS)], _between(rows)], ignore_index=True)
        few = [any(one["code"].startswith("few_") for one in codes(flag)) for flag in rows["flag"]]
        rows = rows[~np.array(few, dtype=bool)]
        truth = rows["client_id"].map(drawn.truth)
        found.append(rows.assign(truth=truth, client=f"{number} " + rows["client_id"]))
    return pd.concat(found, ignore_index=True)


def _between(rows: pd.DataFrame) -> pd.DataFrame:
    """From the lower end with all silent contacts detractors to the upper end if like the rest."""
    ends = rows.pivot_table(index="client_id", columns="view", values=["low", "high"])
    between = {"low": ends["low"]["detractors"], "high": ends["high"]["like the answered"]}
    raw = rows[rows["view"] == "raw"].set_index("client_id")[["flag"]]
    return raw.assign(**between, value=np.nan, view="between the bounds").reset_index()


def recovered(settings: Settings) -> pd.DataFrame:
    """Coverage by mechanism and view; that of the bounds from their lowest to their highest end."""
    parts = {name: coverage(cases(name, settings), "view") for name in MECHANISMS}
    return pd.concat(parts, names=["mechanism", "view"])


def misses(found: pd.DataFrame) -> list[str]:
    """Return the mechanisms under which weighting promises to cover, and does not."""
    covered = found["covered"].xs("weighted", level="view")[["random", "modelled"]]
    return covered.index[~covered.between(LOW, HIGH)].tolist()


def section(settings: Settings, found: pd.DataFrame) -> str:
    """Return the page's section on non-response."""
    lines = [
        "| answering | CRQ | covered | error | bias | clients |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {mechanism} | {view} | {row.covered:.1%} | {row.error:.1%} | {_bias(row.bias)} | "
        f"{row.clients:,.0f} |"
        for (mechanism, view), row in zip(found.index, found.itertuples(index=False), strict=True)
    ]
    lost = found.loc[("unseen", "weighted")]
    return _SECTION.format(
        panels=settings.panels,
        clients=settings.clients,
        first=settings.seed,
        last=settings.seed + settings.panels - 1,
        draws=settings.draws,
        table="\n".join(lines),
        covered=f"{lost['covered']:.0%}",
        bias=f"{lost['bias']:.2f}",
    )


def _bias(value: float) -> str:
    return "" if np.isnan(value) else f"{value:+.3f}"


_SECTION = """
## Can weighting mend non-response?

Panels with a known law of answering ({panels} of {clients} clients with 20 to 60 accounts, seeds
{first} to {last}, {draws} draws): *random*, all alike; *modelled*, users, lower tiers and
accounts that scored lower last time answer less, all of which is known of the silent too;
*unseen*, people answer less the lower the score that they would give now. Intervals of 95 %,
true client CRQ, `crqlab.participation.adjusted`.

{table}

Where the law is the modelled one, weighting removes the bias and its interval covers as promised.
Where silence depends on the score itself, it cannot: the weighted score is still {bias} points too
high and its 95 % interval covers the truth in {covered} of clients. No number on a page can tell
the two apart, so the bounds are shown beside it: from all silent contacts detractors up to all
like those who answered, both with their intervals. They are wide, because silence is.
"""
