"""Small studies whose drivers are known: what moves trust and LTR is planted."""

import numpy as np
import pandas as pd

from crqlab import Codebook

DRIVERS = ("care", "speed", "value")
EFFECTS = np.array([0.6, 0.3, 0.0])


def codebook(drivers=DRIVERS, outcomes=("trust",), recommend=True, scale=(1, 7)):
    """Two items a construct, and a service made of the first two drivers."""
    names = [*outcomes, *drivers]
    constructs = {
        name: {"label": name.title(), "items": [f"{name}_1", f"{name}_2"]} for name in names
    }
    if len(drivers) > 1:
        constructs["service"] = {"label": "Service", "parts": list(drivers[:2])}
    asked = {
        "name": "made",
        "version": "1",
        "scale": list(scale),
        "items": {f"{name}_{i}": "" for name in names for i in (1, 2)},
        "constructs": constructs,
        "crq": {"constructs": names},
    }
    if recommend:
        asked["recommend"] = "Would you recommend us?"
    return Codebook.model_validate(
        {"title": "Made", "responses": {"files": ["a.csv"]}, "instrument": asked}
    )


def respondents(
    *, clients=2, accounts=30, each=4, waves=("2025",), seed=1, ltr=True, low=(), effects=EFFECTS
):
    """Table ``respondents``: care moves trust most, value not at all; ``low`` drivers are poor."""
    rng = np.random.default_rng(seed)
    n, tables = clients * accounts * each, []
    account = np.repeat(np.arange(clients * accounts), each)
    for wave in waves:
        own = np.repeat(rng.normal(size=(clients * accounts, 4)), each, axis=0)
        view = np.sqrt(0.3) * own + np.sqrt(0.7) * rng.normal(size=(n, 4))
        drivers = view[:, :3] + 0.6 * view[:, 3:]
        trust = drivers @ effects + 0.7 * rng.normal(size=n)
        columns = dict(zip(DRIVERS, 5 + 0.8 * drivers.T, strict=True)) | {"trust": 5 + 0.8 * trust}
        for name in low:
            columns[name] = columns[name] - 1.5
        likely = np.clip(np.round(7.5 + 1.5 * trust + rng.normal(size=n)), 0, 10)
        client = np.array([f"C{i:02d}" for i in account // accounts])
        tables.append(
            pd.DataFrame(
                {
                    "client_id": client,
                    "wave": wave,
                    "response_id": [f"{wave}-{i:05d}" for i in range(n)],
                    "account_id": [f"A{i:04d}" for i in account],
                    "crq": np.mean(list(columns.values()), axis=0),
                    "ltr": likely if ltr else np.nan,
                    **columns,
                    "service": (columns["care"] + columns["speed"]) / 2,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def account_table(people):
    """Return accounts, each third of them with another account manager."""
    keys = people[["client_id", "account_id"]].drop_duplicates(ignore_index=True)
    return keys.assign(account_manager=[f"M{i % 3}" for i in range(len(keys))])
