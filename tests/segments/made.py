"""Accounts and people made of numbers, with thresholds that are known."""

import numpy as np
import pandas as pd

from crqlab import Instrument
from crqlab.segments import starting

CONSTRUCTS = (
    "trust",
    "commitment",
    "satisfaction",
    "service",
    "solution",
    "experience",
    "value",
    "unique",
)
CRQ = CONSTRUCTS[:6]
UNIQUE = ("solution", "experience", "unique")


def instrument(scale=(1, 7), constructs=CONSTRUCTS, recommend="Would you?"):
    """Return an instrument of one item per construct."""
    return Instrument.model_validate(
        {
            "name": "made",
            "version": "1",
            "scale": list(scale),
            "items": {f"{name}_1": name for name in constructs},
            "constructs": {
                name: {"label": name.capitalize(), "items": [f"{name}_1"]} for name in constructs
            },
            "crq": {"constructs": [name for name in CRQ if name in constructs]},
            "uniqueness": [name for name in UNIQUE if name in constructs],
            "recommend": recommend,
        }
    )


def respondents(accounts=60, clients=2, waves=("2024", "2025"), seed=1, most=6):
    """Return people of accounts whose scores truly differ (a third of the variance)."""
    rng = np.random.default_rng(seed)
    keys = [(c, w, a) for c in range(clients) for w in waves for a in range(accounts)]
    truly = rng.normal(0, 0.7, (clients * accounts, 1)) + rng.normal(
        0, 0.4, (clients * accounts, len(CONSTRUCTS))
    )
    rows = []
    for client, wave, account in keys:
        n = 1 + rng.integers(most)
        own = 5 + truly[client * accounts + account]
        person = rng.normal(0, 0.9, (n, 1)) + rng.normal(0, 0.5, (n, len(CONSTRUCTS)))
        scores = np.clip(own + person, 1, 7)
        part = pd.DataFrame(scores, columns=list(CONSTRUCTS))
        likely = np.clip(np.round(scores[:, :3].mean(axis=1) * 2 - 2.5), 0, 10)
        part = part.assign(
            client_id=f"C{client}",
            wave=wave,
            account_id=f"A{client}{account:03d}",
            contact_id=[f"P{client}{account}-{k}" for k in range(n)],
            ltr=likely,
        )
        rows.append(part)
    table = pd.concat(rows, ignore_index=True)
    return table.assign(
        crq=table[list(CRQ)].mean(axis=1),
        uniqueness=table[list(UNIQUE)].mean(axis=1),
        response_id=[f"R{k}" for k in range(len(table))],
        role="user",
    )


def scored(people):
    """Return the mean of each account's people, as plain pandas makes it."""
    keys = ["client_id", "wave", "account_id"]
    ltr = people["ltr"]
    points = people.assign(nps=100.0 * (ltr >= 9) - 100.0 * (ltr <= 6), mean_ltr=ltr)
    measures = ["crq", "uniqueness", "nps", "mean_ltr", *CONSTRUCTS]
    table = points.groupby(keys)[measures].mean()
    return table.assign(n=points.groupby(keys).size(), flag="ok").reset_index()


def score(rows):
    """The starting rules, said once more by hand, one account at a time."""
    if rows.crq < 3.75 and rows.service < 4.0:
        return "Opponent"
    low = rows.value < min(rows.service, rows.solution, rows.experience)
    if rows.crq < 4.5 and rows.value < 4.0 and low and rows.commitment < 4.0:
        return "Stalker"
    apart = abs(rows.solution - rows.experience) >= 1.25
    if rows.crq < 4.5 or (apart and min(rows.solution, rows.experience) < 4.25):
        return "Ambivalent"
    likes = rows.nps > 0 or rows.mean_ltr >= 8.0
    if rows.crq >= 5.5 and rows.uniqueness >= 5.25 and likes:
        return "Ambassador"
    return "Rational"


def one(**scores):
    """Return one account, content with everything but what is given."""
    content = dict.fromkeys([*CONSTRUCTS, "crq", "uniqueness"], 6.0)
    return pd.DataFrame(
        [{"account_id": "a", "n": 5, "nps": 40.0, "mean_ltr": 8.5, **content, **scores}]
    )


RULES = starting()
