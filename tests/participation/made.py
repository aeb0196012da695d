"""A client small enough to count by hand, and panels of any size."""

from __future__ import annotations

import numpy as np
import pandas as pd

KEY = ["client_id", "wave", "contact_id"]


def contacts(rows):
    """Make the table of contacts from (wave, account, contact, role, invited)."""
    table = pd.DataFrame(rows, columns=["wave", "account_id", "contact_id", "role", "invited"])
    table["role"] = table["role"].astype("str")
    return table.assign(
        client_id="C1",
        name=None,
        language="en",
        invited_on=pd.to_datetime(table["wave"] + "-03-01").astype("datetime64[ns]"),
        signed_off_on=pd.NaT,
    )


def responses(rows):
    """Make the table of responses from (wave, account, contact, crq, ltr, included, day)."""
    columns = ["wave", "account_id", "contact_id", "crq", "ltr", "included", "day"]
    table = pd.DataFrame(rows, columns=columns)
    days = pd.to_timedelta(table["day"].astype(int), unit="D")
    started = (pd.to_datetime(table["wave"] + "-03-01") + days).astype("datetime64[ns]")
    ids = [f"r{i}" for i in range(len(table))]
    return table.assign(client_id="C1", response_id=ids, started=started)


def respondents(given):
    """Make the columns of respondents that this station reads."""
    kept = given[given["included"].to_numpy(bool)]
    return kept[["client_id", "wave", "response_id", "account_id", "contact_id", "crq", "ltr"]]


def accounts(rows):
    """Make the table of accounts from (account, revenue, tier, account manager)."""
    table = pd.DataFrame(rows, columns=["account_id", "revenue", "tier", "account_manager"])
    since = pd.Series(pd.NaT, index=table.index, dtype="datetime64[ns]")
    return table.assign(
        client_id="C1", name="", industry="IT", country="SE", customer_since=since, renewal_on=since
    ).astype({"revenue": float})


#: Four accounts, two waves. A answers always, B only first, C never, D is asked only later.
CONTACTS = contacts(
    [
        ("2024", "A", "a1", "boss", True), ("2024", "A", "a2", "user", True),
        ("2024", "B", "b1", "user", True), ("2024", "C", "c1", "boss", True),
        ("2025", "A", "a1", "boss", True), ("2025", "A", "a2", "user", True),
        ("2025", "A", "a3", "user", False), ("2025", "B", "b1", "user", True),
        ("2025", "B", "b2", "boss", True), ("2025", "C", "c2", "user", True),
        ("2025", "D", "d1", "boss", True),
    ]
)  # fmt: skip
RESPONSES = responses(
    [
        ("2024", "A", "a1", 6.0, 10, True, 1), ("2024", "A", "a2", 4.0, 8, True, 9),
        ("2024", "B", "b1", 3.0, 2, True, 4),
        ("2025", "A", "a1", 6.0, 9, True, 1), ("2025", "A", "a2", 1.0, 1, False, 2),
        ("2025", "D", "d1", 5.0, 7, True, 8),
    ]
)  # fmt: skip
RESPONDENTS = respondents(RESPONSES)
ACCOUNTS = accounts(
    [("A", 600, "A", "Eva"), ("B", 250, "B", "Eva"), ("C", 100, "B", "Leo"), ("D", 50, "B", "Leo")]
)


def panel(clients=4, accounts_each=12, seed=1, completion=0.5):
    """Return contacts, responses, accounts and respondents of two waves of many clients."""
    rng = np.random.default_rng(seed)
    parts = []
    for client in range(clients):
        name = f"C{client}"
        size = 1 + rng.negative_binomial(2, 1 / 3, accounts_each)
        owner = np.repeat(np.arange(accounts_each), size)
        role = rng.choice(["boss", "user"], len(owner))
        effect = rng.normal(5, 0.6, accounts_each)
        tier = rng.choice(["A", "B"], accounts_each)
        ids = [f"{name}-{i:03d}" for i in range(accounts_each)]
        facts = pd.DataFrame({"account_id": ids, "revenue": rng.lognormal(10, 1.5, accounts_each)})
        facts = facts.assign(tier=tier, account_manager=rng.choice(["Eva", "Leo"], accounts_each))
        facts = accounts(facts.to_numpy().tolist()).assign(client_id=name)
        asked, given = [], []
        for wave in ("2024", "2025"):
            score = effect[owner] + rng.normal(0, 0.8, len(owner)) + 0.4 * (role == "boss")
            answers = rng.random(len(owner)) < completion + 0.2 * (role == "boss") - 0.1
            people = [f"{name}-p{i:04d}" for i in range(len(owner))]
            rows = zip([wave] * len(owner), np.array(ids)[owner], people, role, strict=True)
            asked += [(*row, True) for row in rows]
            ltr = np.clip(np.round(8 + 1.6 * (score - 5)), 0, 10)
            given += [
                (wave, ids[owner[i]], people[i], score[i], ltr[i], True, int(rng.integers(0, 30)))
                for i in np.flatnonzero(answers)
            ]
        given = responses(given).assign(client_id=name)
        given["response_id"] = name + given["response_id"]
        parts.append((contacts(asked).assign(client_id=name), given, facts))
    joined = [pd.concat(column, ignore_index=True) for column in zip(*parts, strict=True)]
    return (*joined, respondents(joined[1]))
