"""Small studies with a known construct: loadings, correlations, accounts and LTR are given."""

import numpy as np
import pandas as pd

from crqlab import Codebook, scores
from crqlab.base.codebook import RESPONSE_COLUMNS

MODEL = {
    "trust": ["t1", "t2", "t3"],
    "commitment": ["c1", "c2", "c3"],
    "service": ["s1", "s2", "s3"],
}


def codebook(model=MODEL, scale=(1, 7), recommend=True, parts=None, apart=()):
    """Return a codebook of these constructs.

    ``parts`` makes one more of some of them; those ``apart`` are not in CRQ.
    """
    constructs = {name: {"label": name.title(), "items": items} for name, items in model.items()}
    named = list(model)
    if parts:
        constructs["whole"] = {"label": "Whole", "parts": list(parts)}
        named = [name for name in named if name not in parts] + ["whole"]
    asked = {
        "name": "made",
        "version": "1",
        "scale": list(scale),
        "items": {item: "" for items in model.values() for item in items},
        "constructs": constructs,
        "crq": {"constructs": [name for name in named if name not in apart]},
    }
    if recommend:
        asked["recommend"] = "How likely are you to recommend us?"
    return Codebook.model_validate(
        {"title": "Made", "responses": {"files": ["a.csv"]}, "instrument": asked}
    )


def responses(
    *,
    model=MODEL,
    scale=(1, 7),
    accounts=120,
    each=5,
    correlation=0.5,
    loading=0.8,
    between=0.3,
    waves=("2025",),
    clients=3,
    ltr=True,
    seed=1,
):
    """Answers whose constructs correlate, whose people share their account's view."""
    rng = np.random.default_rng(seed)
    n, k = accounts * each, len(model)
    root = np.linalg.cholesky(correlation + (1 - correlation) * np.eye(k))
    own = np.repeat(rng.normal(size=(accounts, k)), each, axis=0)
    tables = []
    for wave in waves:
        view = np.sqrt(between) * own + np.sqrt(1 - between) * rng.normal(size=(n, k))
        latent = view @ root.T
        items = {}
        low, high = scale
        for place, (_name, members) in enumerate(model.items()):
            for item in members:
                raw = loading * latent[:, place] + np.sqrt(1 - loading**2) * rng.normal(size=n)
                items[item] = answered(raw, low, high)
        likely = np.clip(np.round(7.5 + 1.8 * latent.mean(axis=1) + rng.normal(size=n)), 0, 10)
        tables.append(_people(items, wave, accounts, each, clients, likely if ltr else np.nan))
    return pd.concat(tables, ignore_index=True)


def answered(raw, low, high):
    """Turn a standard normal view into an answer on the scale."""
    middle, wide = (low + high) / 2, (high - low) / 5
    return np.clip(np.round(middle + wide * raw), low, high)


def _people(items, wave, accounts, each, clients, ltr):
    n = accounts * each
    account = np.repeat(np.arange(accounts), each)
    empty = {name: pd.Series([None] * n, dtype="str") for name in RESPONSE_COLUMNS}
    empty |= {name: np.full(n, np.nan) for name in ("seconds", "familiarity")}
    known = {
        "client_id": [f"C{i % clients}" for i in account],
        "wave": wave,
        "response_id": [f"{wave}-{i:05d}" for i in range(n)],
        "account_id": [f"A{i:04d}" for i in account],
        "language": np.where(np.arange(n) % 2 == 0, "en", "sv"),
        "started": pd.Timestamp(f"{wave}-03-01"),
        "ltr": ltr,
        "included": True,
    }
    return pd.DataFrame(empty | known | items)


def frames(**options):
    """Return responses, respondents and codebook of one made study."""
    book = codebook(
        **{key: options[key] for key in ("model", "scale") if key in options},
        parts=options.pop("parts", None),
        apart=options.pop("apart", ()),
    )
    table = responses(**options)
    return table, scores.respondents(table, book), book


def account_table(table):
    """Return accounts with two industries and one country."""
    keys = table[["client_id", "account_id"]].drop_duplicates(ignore_index=True)
    place = np.arange(len(keys))
    return keys.assign(industry=np.where(place % 2 == 0, "IT", "Bank"), country="SE")
