"""Two clients in one study: what belongs to the second must not be found with the first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from tests.report.executed import REPORT
from tests.show.fixture import Shape, lay_out

#: What belongs to the neighbour alone, by what it is.
THEIRS = {
    "client id": "N-0815",
    "client name": "Kvarnby Verkstad",
    "account id": "KV-4711",
    "account name": "Åhléns & Öst GmbH",
    "account manager": "Ylva Quist",
    "contact id": "P-9901",
    "contact name": "Zacharias Quant",
    "words": "Their new plant manager never once returned our calls about the broken valves",
}
#: What both have, and what is too common to tell anybody.
SHARED = "Account 2"
HOSTILE = [
    "<script>alert('x')</script>", "=HYPERLINK(\"http://bad.example\")", "../../x", "CON", "+1-1",
    "x" * 300, "abc\u202egnp.exe", "acme", "ACME", "@SUM(1)", "{=1}", "-2+3",
]  # fmt: skip


def lay(root: Path, *, names: list[str] | None = None, **shape) -> object:
    """Write a study of the fixture's client and a neighbour."""
    study = lay_out(root, Shape(**{"accounts": 14, **shape}))
    shutil.copy(REPORT, root / "notebooks" / REPORT.name)
    (study.raw / "responses.csv").write_text("id\n1\n", encoding="utf-8")
    for table, more in _theirs(study).items():
        study.write(table, pd.concat([study.read(table), more], ignore_index=True))
    if names:
        accounts = study.read("accounts")
        changed = pd.Series(names, index=accounts.index[1 : len(names) + 1])
        study.write("accounts", accounts.assign(name=changed.combine_first(accounts["name"])))
    return study


def _theirs(study) -> dict[str, pd.DataFrame]:
    ids = {"client_id": THEIRS["client id"]}
    clients = study.read("clients").assign(**ids, name=THEIRS["client name"])
    accounts = study.read("accounts").iloc[1:3].assign(
        **ids, account_id=[THEIRS["account id"], "44"], name=[THEIRS["account name"], SHARED],
        account_manager=THEIRS["account manager"],
    )  # fmt: skip
    contacts = study.read("contacts").iloc[:1].assign(
        **ids, account_id=THEIRS["account id"], contact_id=THEIRS["contact id"],
        name=THEIRS["contact name"],
    )  # fmt: skip
    responses = study.read("responses").iloc[:1].assign(
        **ids, account_id=THEIRS["account id"], contact_id=THEIRS["contact id"],
        response_id="theirs", best=THEIRS["words"], worst="Price.",
    )  # fmt: skip
    return {
        "clients": clients, "accounts": accounts, "contacts": contacts, "responses": responses,
    }  # fmt: skip
