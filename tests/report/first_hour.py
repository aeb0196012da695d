"""Files as a new user has them: a Qualtrics export of two waves and three files of Salesforce."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

QUESTIONS = {
    "Q1_1": "We can rely on our supplier to keep its promises",
    "Q1_2": "Our supplier is honest with us",
    "Q1_3": "We trust our supplier to act in our interest",
    "Q2_1": "We want to continue the relationship with our supplier",
    "Q2_2": "We feel committed to our supplier",
    "Q2_3": "We are committed to this relationship for years to come",
    "Q3_1": "All in all, we are satisfied with our supplier",
    "Q3_2": "We are pleased and satisfied with what our supplier does",
    "Q3_3": "Our supplier meets our expectations",
}
NPS = "How likely are you to recommend our supplier to a colleague?"
WORDS = ("Preview", "Survey Test")
ACCOUNTS, WAVES = 24, (2024, 2025)


def account_id(place: int) -> str:
    return f"0015000000Qz{place:03d}AAX"


def account_name(place: int) -> str:
    return f"Bäckström & Söner {place}" if place % 5 == 0 else f"Northgate Mills {place}"


def people() -> Iterator[tuple[int, str]]:
    """Three or four people of each account."""
    for place in range(ACCOUNTS):
        for person in range(3 + place % 2):
            yield place, f"0035000000Cn{place:02d}{person}AAX"


def answers(wave: int) -> list[dict[str, str]]:
    """What people of a wave answered; two previews and one unfinished answer among them."""
    draw = np.random.default_rng(wave)
    rows = []
    for n, (place, person) in enumerate(people()):
        level = 5 + (place % 4 - 1.5) * 0.7 + draw.normal(0, 0.5)
        items = {q: str(int(np.clip(round(level + draw.normal(0, 0.7)), 1, 7))) for q in QUESTIONS}
        nps = int(np.clip(round(level * 1.4 + draw.normal(0, 1)), 0, 10))
        day = f"{wave}-03-{1 + n % 28:02d}"
        rows.append({
            "StartDate": f"{day} 09:12:{n % 60:02d}", "EndDate": f"{day} 09:22:{n % 60:02d}",
            "Status": "IP Address", "Progress": "100", "Duration (in seconds)": str(420 + 3 * n),
            "Finished": "True", "RecordedDate": f"{day} 09:22:{n % 60:02d}",
            "ResponseId": f"R_{wave}x{n:04d}", "UserLanguage": "EN", **items, "Q4": str(nps),
            "Q4_NPS_GROUP": "Promoter" if nps > 8 else "Passive" if nps > 6 else "Detractor",
            "Q5": f"Fast answers, \"kind\" people; {n} times" if n % 9 == 0 else "",
            "AccountId": account_id(place), "ContactId": person,
            "Role": ("Decision Maker", "User", "Influencer")[n % 3],
        })  # fmt: skip
    for row, word in zip(rows[:2], WORDS, strict=True):
        rows.append({**row, "ResponseId": f"{row['ResponseId']}p", "Status": f"{word}"})
    rows.append({**rows[2], "ResponseId": f"R_{wave}u", "Finished": "False", "Progress": "40"})
    return rows


def qualtrics(path: Path, wave: int, *, ending: str = "\r\n") -> None:
    """Three header rows, a mark of UTF-8, line ends of Windows."""
    rows = answers(wave)
    wording = {**QUESTIONS, "Q4": NPS, "Q5": "What should our supplier do better?"}
    names = list(rows[0])
    head = [names, [wording.get(name, name) for name in names],
            [json.dumps({"ImportId": f"QID{n}"}) for n, _ in enumerate(names)]]  # fmt: skip
    body = [[row[name] for name in names] for row in rows]
    path.write_bytes(_csv([*head, *body], ending).encode("utf-8-sig"))


def _csv(rows: list[list[str]], ending: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ending).writerows(rows)
    return text.getvalue()


def salesforce(folder: Path, *, encoding: str = "cp1252", ending: str = "\r\n") -> None:
    """Reports with their footers, in the code page of Windows."""
    said = ["", "", '"Account report"', '"Confidential Information - Do Not Distribute"', ""]
    footer = ending.join(said)
    accounts = [["Account ID", "Account Name", "Industry", "Annual Revenue", "Account Owner"]]
    accounts += [[account_id(n), account_name(n), "Manufacturing", f"{40_000 + 1_500 * n}.00",
                  f"Owner {n % 4}"] for n in range(ACCOUNTS)]  # fmt: skip
    contacts = [["Contact ID", "Account ID", "First Name", "Last Name", "Role"]]
    contacts += [[who, account_id(n), f"Åsa{i}", f"Öberg{i}", "User"]
                 for i, (n, who) in enumerate(people())]  # fmt: skip
    deals = [["Opportunity ID", "Account ID", "Stage", "Amount", "Close Date"]]
    for wave in WAVES:
        deals += [[f"006500000{wave}{n:03d}AAX", account_id(n),
                   "Closed Lost" if (n + wave) % 6 == 0 else "Closed Won", f"{9_000 + 100 * n}.00",
                   f"{wave}-11-{1 + n % 28:02d}"] for n in range(ACCOUNTS)]  # fmt: skip
    for name, rows in (("accounts", accounts), ("contacts", contacts), ("opportunities", deals)):
        text = _csv(rows, ending).rstrip("\r\n") + footer
        (folder / f"{name}.csv").write_bytes(text.encode(encoding))
