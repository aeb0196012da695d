"""Panels of any size whose churn follows a known law, drawn without `crqlab.simulate`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from crqlab import Codebook
from crqlab.renewal import design

#: Log odds of renewal; scores count from 5, NPS per point.
LAW = {
    "intercept": 1.6,
    "trust": 0.15,
    "commitment": 0.55,
    "nps": 0.0,
    "silent": -0.6,
    "tenure": 0.25,
    "prior_churn": -0.7,
}
#: Commitment on trust, and its own spread.
PATH, OWN_SPREAD = 0.6, 0.7
YEARS = (2022, 2023, 2024, 2025)


def codebook(parts=("trust", "commitment"), recommend=True):
    """Return a codebook with these constructs, two items each."""
    names = [*parts, "solution"]
    asked = {
        "name": "made",
        "version": "1",
        "scale": [1, 7],
        "items": {f"{name[:3]}_{i}": "" for name in names for i in (1, 2)},
        "constructs": {
            name: {"label": name.title(), "items": [f"{name[:3]}_1", f"{name[:3]}_2"]}
            for name in names
        },
        "crq": {"constructs": names},
    }
    if recommend:
        asked["recommend"] = "Would you recommend us?"
    return Codebook.model_validate(
        {"title": "Made", "responses": {"files": ["a.csv"]}, "instrument": asked}
    )


def panel(*, clients=40, each=25, waves=YEARS, law=None, silent=0.15, spread=0.2, seed=1):
    """Return the tables that the station reads, by name; every account is due once a wave."""
    rng = np.random.default_rng(seed)
    law = {**LAW, **(law or {})}
    accounts = clients * each
    client = np.repeat(np.arange(clients), each)
    mood = rng.normal(0, spread, clients)[client]
    since = rng.exponential(6, accounts) + 0.5
    history = rng.random(accounts) < 0.06
    here, parts = np.ones(accounts, bool), []
    for place, year in enumerate(waves):
        trust = 5 + mood + rng.normal(0, 0.8, accounts)
        commitment = 5 + PATH * (trust - 5) + OWN_SPREAD * rng.normal(size=accounts)
        solution = 5 + 0.5 * (trust - 5) + 0.7 * rng.normal(size=accounts)
        ltr = 7.5 + 1.2 * ((trust + commitment) / 2 - 5) + 1.4 * rng.normal(size=accounts)
        frame = pd.DataFrame(
            {
                "client": client, "account": np.arange(accounts), "year": year,
                "trust": trust, "commitment": commitment, "solution": solution,
                "nps": 100 * (np.clip(ltr - 7.5, -1, 1)), "mean_ltr": np.clip(ltr, 0, 10),
                "silent": rng.random(accounts) < silent, "tenure": since + place,
                "prior_churn": history, "chance": rng.random(accounts),
                "day": rng.integers(60, 300, accounts),
            }
        )[here]  # fmt: skip
        frame = frame.assign(churned=frame["chance"] > expit(_linear(frame, law)))
        parts.append(frame)
        here = here.copy()
        here[frame.loc[frame["churned"], "account"]] = False
    return _tables(pd.concat(parts, ignore_index=True), client, since, history, rng, waves)


def _linear(frame, law):
    """Log odds of renewal; of a silent account, those of its client's mean."""
    scores = frame[["trust", "commitment", "nps"]].mask(frame["silent"])
    means = scores.groupby(frame["client"]).transform("mean")
    scores = scores.fillna(means).fillna(scores.mean())
    tenure = np.log1p(frame["tenure"]) - np.log1p(6)
    return (
        law["intercept"]
        + law["trust"] * (scores["trust"] - 5)
        + law["commitment"] * (scores["commitment"] - 5)
        + law["nps"] * scores["nps"]
        + law["silent"] * frame["silent"]
        + law["tenure"] * tenure
        + law["prior_churn"] * frame["prior_churn"]
    )


def _tables(frame, client, since, history, rng, waves):
    names = {
        "client_id": pd.Series([f"C{i:04d}" for i in range(client.max() + 1)]),
        "account_id": pd.Series([f"A{i:07d}" for i in range(len(client))]),
    }
    keys = {
        "client_id": names["client_id"].to_numpy()[frame["client"]],
        "wave": frame["year"].astype("str").to_numpy(),
        "account_id": names["account_id"].to_numpy()[frame["account"]],
    }
    cut = pd.to_datetime(frame["year"].astype("str") + "-03-31").to_numpy("datetime64[ns]")
    heard = ~frame["silent"].to_numpy()
    scores = frame[["trust", "commitment", "solution"]]
    return {
        "responses": pd.DataFrame({**keys, "started": cut})[heard].reset_index(drop=True),
        "contacts": pd.DataFrame({**keys, "invited": True, "invited_on": cut}),
        "accounts": _accounts(names, client, since, rng, waves),
        "account_scores": pd.DataFrame(
            {
                **keys, **scores, "crq": scores.mean(axis=1), "nps": frame["nps"],
                "mean_ltr": frame["mean_ltr"], "sd": 0.5, "role_gap": 0.0, "n": 3,
            }
        )[heard].reset_index(drop=True),
        "outcomes": _outcomes(frame, keys, cut, names, client, history, waves),
    }  # fmt: skip


def _accounts(names, client, since, rng, waves):
    start = pd.Timestamp(f"{waves[0]}-03-31") - pd.to_timedelta(since * 365.25, unit="D")
    return pd.DataFrame(
        {
            "client_id": names["client_id"].to_numpy()[client], "account_id": names["account_id"],
            "name": names["account_id"], "industry": rng.choice(["IT", "Bank"], len(client)),
            "revenue": rng.lognormal(11, 1.2, len(client)),
            "customer_since": start.floor("D").astype("datetime64[ns]"), "renewal_on": pd.NaT,
        }
    ).astype({"renewal_on": "datetime64[ns]"})  # fmt: skip


def _outcomes(frame, keys, cut, names, client, history, waves):
    due = pd.Series(cut) + pd.to_timedelta(frame["day"].to_numpy(), unit="D")
    now = pd.DataFrame(
        {
            "client_id": keys["client_id"], "account_id": keys["account_id"], "due_on": due,
            "outcome": np.where(frame["churned"], "churned", "renewed"), "decided_on": due,
        }
    )  # fmt: skip
    old = np.flatnonzero(history)
    before = pd.Timestamp(f"{waves[0]}-01-15")
    past = pd.DataFrame(
        {
            "client_id": names["client_id"].to_numpy()[client[old]],
            "account_id": names["account_id"].to_numpy()[old], "due_on": before,
            "outcome": "churned", "decided_on": before,
        }
    )  # fmt: skip
    rows = pd.concat([now, past], ignore_index=True).assign(revenue=50_000.0)
    return rows.astype(dict.fromkeys(("due_on", "decided_on"), "datetime64[ns]"))


def designed(tables, book=None, **options):
    """Return the station's design of these tables."""
    names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    return design(*(tables[name] for name in names), book or codebook(), **options)
