"""A study of raw files alone, with a wave that is open: two clients, known answers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from crqlab import Study

ITEMS = ("tru_1", "tru_2", "com_1", "sol_1")
BOOK = {
    "title": "Open wave",
    "currency": "EUR",
    "instrument": {
        "name": "four", "version": "1", "scale": [1, 7], "items": dict.fromkeys(ITEMS, ""),
        "constructs": {"trust": {"label": "Trust", "items": ["tru_1", "tru_2"]},
                       "commitment": {"label": "Commitment", "items": ["com_1"]},
                       "solution": {"label": "Solution", "items": ["sol_1"]}},
        "crq": {"constructs": ["trust", "commitment", "solution"], "required": ["trust"]},
        "recommend": "Would you?", "comments": {"best": "Anything else?"},
    },
    "responses": {"files": ["answers.csv"]},
    "checks": {"exclude_together": []},
    "accounts": {"file": "accounts.csv"},
    "contacts": {"file": "contacts.csv"},
    "clients": {"file": "clients.csv"},
}  # fmt: skip
NOW = pd.Timestamp("2025-03-20 12:00")
ACCOUNTS = {
    "C1": ["Kvarnby Livs", "Ekholm Marin", "Torsby Bygg", "Lindö Energi", "Rosvik Handel"],
    "C2": ["Hallsta Papper", "Munkfors Stål"],
}


def answer(account: str, ltr: int = 9, score: float = 6, said: str = "") -> dict:
    """One answer: ``C1-0`` is the first account of client C1, and the largest."""
    client, place = account.split("-")
    return {"client_id": client, "account_id": f"{client}A0{place}", "ltr": ltr, "score": score,
            "best": said}  # fmt: skip


def lay_out(root: Path, now: list[dict], then: list[dict] = (), **book) -> Study:
    """Write raw files of a study: answers of 2025, and of 2024."""
    raw = root / "data" / "raw" / "acme"
    raw.mkdir(parents=True, exist_ok=True)
    (root / "notebooks").mkdir(exist_ok=True)
    rows = [*(("2024", one) for one in then), *(("2025", one) for one in now)]
    answers = [
        {"response_id": f"R{place:03d}x", "client_id": one["client_id"], "wave": wave,
         "account_id": one["account_id"], "contact_id": f"P{place:03d}q", "role": "user",
         "started": f"{wave}-03-{1 + place % 9:02d} 09:{place % 60:02d}", "seconds": 300 + place,
         **{item: min(7, one["score"] + (item == "sol_1")) for item in ITEMS}, "ltr": one["ltr"],
         "best": one["best"]}
        for place, (wave, one) in enumerate(rows)
    ]  # fmt: skip
    people = [
        {"client_id": row["client_id"], "wave": row["wave"], "contact_id": row["contact_id"],
         "account_id": row["account_id"], "name": f"Tove Ahlgren{place}", "role": "user",
         "invited": "yes", "invited_on": f"{row['wave']}-03-01"}
        for place, row in enumerate(answers)
    ]  # fmt: skip
    people += [
        {**person, "wave": "2025", "contact_id": f"{person['contact_id']}z",
         "invited_on": "2025-03-01"} for person in people if person["wave"] == "2024"
    ]  # fmt: skip
    accounts = [
        {"client_id": client, "account_id": f"{client}A0{place}", "name": name,
         "revenue": 900 - 100 * place, "tier": "B", "account_manager": "Eva Lindquist",
         "renewal_on": "2025-05-01" if place == 1 else "2027-01-01"}
        for client, names in ACCOUNTS.items() for place, name in enumerate(names)
    ]  # fmt: skip
    clients = [{"client_id": "C1", "name": "Norrvik"}, {"client_id": "C2", "name": "Almedal"}]
    files = {"answers": answers, "contacts": people, "accounts": accounts, "clients": clients}
    for name, table in files.items():
        pd.DataFrame(table).to_csv(raw / f"{name}.csv", index=False)
    told = {**BOOK, **book}
    (raw / "codebook.yaml").write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True))
    return Study("acme", root=root)
