"""Small studies made of numbers: responses for any instrument, with a known layout."""

import numpy as np
import pandas as pd

from crqlab import Codebook
from crqlab.base.codebook import RESPONSE_COLUMNS

CONSTRUCTS = {
    "trust": {"label": "Trust", "items": ["t1", "t2", "t3"]},
    "commitment": {"label": "Commitment", "items": ["c1", "c2"]},
    "reliable": {"label": "Reliable", "items": ["r1", "r2"]},
    "caring": {"label": "Caring", "items": ["k1", "k2"]},
    "service": {"label": "Service", "parts": ["reliable", "caring"]},
    "solution": {"label": "Solution", "items": ["s1", "s2"]},
    "experience": {"label": "Experience", "items": ["e1"]},
}
ITEMS = ["t1", "t2", "t3", "c1", "c2", "r1", "r2", "k1", "k2", "s1", "s2", "e1"]


def codebook(scale=(1, 7), roles=True, **instrument):
    """Return a codebook of a small instrument with parts, roles and a reversed item."""
    return Codebook.model_validate(
        {
            "title": "Made",
            "responses": {"files": ["a.csv"]},
            "roles": {
                "order": ["executive", "manager", "user"],
                "weights": {"executive": 3, "manager": 2},
            }
            if roles
            else {},
            "instrument": {
                "name": "made",
                "version": "1",
                "scale": list(scale),
                "items": {name: {"reversed": name == "t3"} for name in ITEMS},
                "constructs": CONSTRUCTS,
                "crq": {
                    "constructs": ["trust", "commitment", "service", "solution", "experience"],
                    "required": ["trust", "commitment"],
                    "at_least": 3,
                },
                "uniqueness": ["solution", "experience"],
                "recommend": "How likely are you to recommend us?",
                "familiarity": "How well do you know the relationship?",
            }
            | instrument,
        }
    )


def responses(clients=3, waves=("2024", "2025"), accounts=12, seed=1, scale=(1, 7)):
    """Return responses of people in accounts in clients, some cells empty."""
    rng = np.random.default_rng(seed)
    low, high = scale
    middle, wide = (low + high) / 2, (high - low) / 6
    rows = []
    for client in range(clients):
        level = rng.normal(0.8, 0.4, size=accounts)
        for wave in waves:
            for account in np.flatnonzero(rng.random(accounts) < 0.85):
                n = 1 + rng.poisson(2)
                person = level[account] + rng.normal(size=(n, 1))
                answers = middle + wide * (person + rng.normal(0, 0.7, size=(n, len(ITEMS))))
                rows.append(_people(f"C{client}", wave, f"A{account:02d}", answers, scale, rng))
    return pd.concat(rows, ignore_index=True)


def _people(client, wave, account, answers, scale, rng):
    n = len(answers)
    answers = np.clip(np.round(answers), *scale)
    table = pd.DataFrame(answers, columns=ITEMS)
    table["t3"] = sum(scale) - table["t3"]
    table = table.mask(rng.random(table.shape) < 0.05)
    likely = np.clip(np.round(5 + 2.2 * rng.normal(0.6, 1, size=n)), 0, 10)
    known = {
        "client_id": client,
        "wave": wave,
        "response_id": [f"{client}-{wave}-{account}-{k}" for k in range(n)],
        "account_id": account,
        "contact_id": [f"{account}-{k}" for k in range(n)],
        "role": rng.choice(["executive", "manager", "user"], size=n),
        "ltr": np.where(rng.random(n) < 0.05, np.nan, likely),
        "familiarity": np.where(rng.random(n) < 0.1, np.nan, rng.integers(1, 8, size=n)),
    }
    return frame(known | {name: table[name].to_numpy() for name in ITEMS})


def frame(columns):
    """Return a responses table; what is not given is empty, everybody is included."""
    n = max(len(v) for v in columns.values() if isinstance(v, list | np.ndarray))
    empty = {name: pd.Series([None] * n, dtype="str") for name in RESPONSE_COLUMNS}
    empty |= {name: np.full(n, np.nan) for name in ("seconds", "ltr", "familiarity")}
    empty |= {"started": pd.Series(pd.NaT, index=range(n)), "included": True}
    return pd.DataFrame(empty | columns, index=range(n))


def revenues(table, seed=3):
    """Return an accounts table with the revenue of nearly all accounts."""
    keys = table[["client_id", "account_id"]].drop_duplicates(ignore_index=True)
    rng = np.random.default_rng(seed)
    pays = rng.lognormal(12, 1, size=len(keys))
    return keys.assign(revenue=np.where(rng.random(len(keys)) < 0.1, np.nan, pays))
