"""Small clients with answers of our own choice, scored by the stations as any study's are."""

import numpy as np
import pandas as pd

from crqlab import participation, scores
from tests.show import fixture

WAVES = ("2024", "2025")


def people(rng, accounts, *, largest=4, wave="2025", spread=1.2):
    """Draw respondents of one wave: whole sixths of points, as means of items come out."""
    sizes = rng.integers(1, largest + 1, accounts)
    account = np.repeat(np.arange(accounts), sizes)
    n = len(account)
    crq = np.clip(np.round(6 * rng.normal(5, spread, n)) / 6, 1, 7)
    ltr = np.clip(np.round(rng.normal(7.5, 2, n)), 0, 10)
    return rows_of([f"A{i:03d}" for i in account], crq, ltr, wave=wave)


def rows_of(accounts, crq, ltr, *, wave="2025", first=0):
    """Return table ``respondents``: one row per person, all constructs alike."""
    n, crq, ltr = len(accounts), np.asarray(crq, float), np.asarray(ltr, float)
    ids = [f"P{first + i}" for i in range(n)]
    return pd.DataFrame(
        {
            "client_id": "C017", "wave": wave,
            "response_id": [f"{wave}-{first + i + 2}" for i in range(n)],
            "account_id": list(accounts), "contact_id": ids, "role": None, "crq": crq,
            "uniqueness": crq, "ltr": ltr, "seniority": np.nan, "confidence": np.nan, "n_items": 8,
            **dict.fromkeys(fixture.CONSTRUCTS, crq),
        }
    )  # fmt: skip


def named(letters):
    """Return account ids for letters, as the fixture's accounts are called."""
    return [f"A{ord(letter) - ord('A'):03d}" for letter in letters]


def study_of(root, rows, *, managers=("Eva Lind",), revenue=None, privacy=""):
    """Lay out a study of one client whose scores are made of these respondents.

    ``managers`` take turns over accounts; ``revenue`` is by account, in order of their names.
    """
    waves = tuple(sorted(rows["wave"].unique()))
    names = sorted(rows["account_id"].unique())
    shape = fixture.Shape(accounts=len(names), silent=0, waves=waves)
    study = fixture.lay_out(root, shape)
    if privacy:
        book = study.raw / "codebook.yaml"
        book.write_text(book.read_text("utf-8") + f"privacy: {{{privacy}}}\n", "utf-8")
        study.__dict__.pop("_book", None)
    tables = fixture._tables(shape, rows)
    pays = 1e6 / (1 + np.arange(len(names))) if revenue is None else np.asarray(revenue, float)
    owners = np.resize(np.array(managers, dtype=object), len(names))
    accounts = tables["accounts"].iloc[: len(names)].assign(
        account_id=names, name=[f"Account {one}" for one in names], revenue=pays,
        account_manager=owners,
    )  # fmt: skip
    rows = rows.assign(role=rows["role"].astype("str"))
    by_account = scores.accounts(rows, study.codebook)
    tables |= {
        "accounts": accounts,
        "respondents": rows,
        "account_scores": by_account,
        "client_scores": scores.clients(rows, accounts, study.codebook),
        "manager_scores": scores.managers(by_account, accounts),
        "changes": scores.changes(rows, study.codebook),
    }
    asked = study.codebook.instrument
    held = participation.concentration(accounts, rows, by_account, asked)
    tables |= {"concentration": held.table, "concentration_summary": held.summary}
    for name, table in tables.items():
        study.write(name, table)
    return study
