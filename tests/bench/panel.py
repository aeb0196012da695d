"""A panel of any size in Parquet, drawn wave by wave, and the plain way to its deciles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crqlab.base.instrument import Instrument

CLIENTS, ACCOUNTS, WAVES, INDUSTRIES, COUNTRIES = 500, 50, 20, 12, 10
MISSING = 0.04
SHARES = [0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9]


def write(folder: Path, asked: Instrument, responses: int, *, seed: int = 1) -> Path:
    """Draw a panel of 500 clients with 50 accounts in 20 waves, a file each."""
    rng = np.random.default_rng(seed)
    clients = np.array([f"C{i:03d}" for i in range(CLIENTS)])
    accounts = np.array([f"A{i:02d}" for i in range(ACCOUNTS)])
    _about(folder, clients, accounts, rng)
    each = responses // (CLIENTS * ACCOUNTS * WAVES)
    client = np.repeat(np.arange(CLIENTS, dtype=np.int32), ACCOUNTS * each)
    account = np.tile(np.repeat(np.arange(ACCOUNTS, dtype=np.int32), each), CLIENTS)
    level = 5 + rng.normal(0, 0.45, CLIENTS)[client]
    level += rng.normal(0, 0.6, (CLIENTS, ACCOUNTS))[client, account]
    (folder / "responses").mkdir(exist_ok=True)
    for wave in range(WAVES):
        view = level + rng.normal(0, 0.8, len(level))
        columns = {
            "client_id": pa.DictionaryArray.from_arrays(client, pa.array(clients)),
            "wave": pa.DictionaryArray.from_arrays(client * 0, pa.array([str(2005 + wave)])),
            "account_id": pa.DictionaryArray.from_arrays(account, pa.array(accounts)),
            **{item: _answers(view, rng, 7, 0.8) for item in asked.items},
            "ltr": _answers(7.5 + 1.4 * (view - 5), rng, 10, 1.5, low=0),
        }
        place = folder / "responses" / f"{2005 + wave}.parquet"
        pq.write_table(pa.table(columns), place, compression="zstd", row_group_size=250_000)
    return folder


def _answers(view, rng, high, spread, *, low=1):
    drawn = np.clip(np.rint(view + rng.normal(0, spread, len(view))), low, high)
    return pa.array(drawn.astype(np.int8), mask=rng.random(len(view)) < MISSING)


def _about(folder, clients, accounts, rng):
    industry = [f"industry {i}" for i in rng.integers(0, INDUSTRIES, CLIENTS)]
    country = [f"country {i}" for i in rng.integers(0, COUNTRIES, CLIENTS)]
    about = {"client_id": clients, "name": clients, "industry": industry, "country": country}
    pd.DataFrame(about).to_parquet(folder / "clients.parquet", index=False)
    table = pd.DataFrame(
        {
            "client_id": np.repeat(clients, ACCOUNTS),
            "account_id": np.tile(accounts, CLIENTS),
            "tier": np.tile(np.array(["a", "b", "c"])[np.arange(ACCOUNTS) % 3], CLIENTS),
        }
    )
    table.to_parquet(folder / "accounts.parquet", index=False)


def plain_scores(folder: Path, asked: Instrument) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a careful analyst writes with pandas: scores of accounts and of clients."""
    rows = pd.read_parquet(folder / "responses")
    means = pd.DataFrame(index=rows.index)
    for name, construct in asked.constructs.items():
        if construct.items:
            some = rows[list(construct.items)]
            enough = some.notna().mean(axis=1) >= asked.item_share
            means[name] = some.mean(axis=1).where(enough)
    for name, construct in asked.constructs.items():
        if construct.parts:
            means[name] = means[list(construct.parts)].mean(axis=1)
    means["crq"] = means[list(asked.crq.constructs)].mean(axis=1)
    means["nps"] = 100.0 * ((rows["ltr"] >= 9).astype(float) - (rows["ltr"] <= 6).astype(float))
    keyed = pd.concat([rows[["client_id", "wave", "account_id"]], means], axis=1)
    key = ["client_id", "wave"]
    accounts = keyed.groupby([*key, "account_id"], observed=True).mean().reset_index()
    clients = keyed.drop(columns="account_id").groupby(key, observed=True).mean().reset_index()
    about = pd.read_parquet(folder / "clients.parquet")[["client_id", "industry", "country"]]
    return accounts.merge(about, on="client_id"), clients.merge(about, on="client_id")


def plain_cuts(scores: pd.DataFrame, measures: list[str]) -> None:
    """Quantiles of every cell of up to two groups."""
    for by in (["industry"], ["country"], ["wave"], ["industry", "wave"], ["country", "wave"]):
        scores.groupby(by, observed=True)[measures].quantile(SHARES)
    scores[measures].quantile(SHARES)


def plain_draw(scores: pd.DataFrame, measures: list[str], seed: int) -> None:
    """One draw of whole clients, and the quantiles of every cell in it."""
    names = scores["client_id"].unique()
    drawn = np.random.default_rng(seed).choice(names, len(names))
    taken = pd.DataFrame({"client_id": drawn}).merge(scores, on="client_id")
    plain_cuts(taken, measures)
