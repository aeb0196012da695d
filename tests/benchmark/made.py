"""Panels made of numbers: client scores and responses with known groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.benchmark import Scores

INDUSTRIES, COUNTRIES = ("banking", "IT", "logistics"), ("SE", "DE", "FR", "IT")


def client_scores(clients=90, waves=("2024", "2025"), seed=1, share=1.0, measures=("crq", "nps")):
    """Scores of clients' waves; ``share`` of the waves are there."""
    rng = np.random.default_rng(seed)
    about = pd.DataFrame(
        {
            "client_id": [f"C{i:03d}" for i in range(clients)],
            "industry": rng.choice(INDUSTRIES, clients, p=[0.5, 0.3, 0.2]),
            "country": rng.choice(COUNTRIES, clients, p=[0.4, 0.3, 0.2, 0.1]),
            "level": rng.normal(5, 0.45, clients),
        }
    )
    rows = about.merge(pd.DataFrame({"wave": list(waves)}), how="cross")
    rows = rows[rng.random(len(rows)) < share].reset_index(drop=True)
    values = rows["level"].to_numpy()[:, None] + rng.normal(0, 0.1, (len(rows), len(measures)))
    made = pd.DataFrame(values, columns=list(measures))
    table = rows.drop(columns="level").assign(n_accounts=20, **made)
    return Scores(table, tuple(measures), "client")


def account_scores(clients=40, accounts=12, seed=1, measures=("crq",)):
    """Scores of accounts that hang together within their client."""
    rng = np.random.default_rng(seed)
    n = clients * accounts
    level = np.repeat(rng.normal(5, 0.45, clients), accounts) + rng.normal(0, 0.6, n)
    table = pd.DataFrame(
        {
            "client_id": np.repeat([f"C{i:03d}" for i in range(clients)], accounts),
            "wave": "2025",
            "account_id": np.tile([f"A{i:02d}" for i in range(accounts)], clients),
            "industry": np.repeat(rng.choice(INDUSTRIES, clients), accounts),
            "country": "SE",
            "tier": rng.choice(["a", "b"], n),
            "n_accounts": 1,
        }
    ).assign(**dict.fromkeys(measures, level))
    return Scores(table, tuple(measures), "account")
