"""The way back from pseudonyms, for whoever holds the key and the data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

import pandas as pd

from crqlab.base.errors import CrqError, StudyError
from crqlab.base.study import Study
from crqlab.base.study_key import key, place
from crqlab.page.pseudonyms import pseudonyms
from crqlab.page.tables import table

_PSEUDONYM = re.compile(r"\b[ACM]-[A-Z2-7]{16}\b")
#: Tables and columns whose cells pseudonyms stand for, the one with names first.
_HOLD = {
    "account": ("account_id", ("accounts", "responses")),
    "contact": ("contact_id", ("contacts", "responses")),
    "manager": ("account_manager", ("accounts",)),
}


def owners(study: Study) -> pd.DataFrame:
    """Return for whom each pseudonym of a study stands.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        ``pseudonym``, ``kind`` (account, contact, manager), ``client_id``, ``id``, ``name`` (the id
        where no name is known); sorted.

    Raises
    ------
    StudyError
        There is no key: without it nobody finds the way back.
    """
    if not (where := place(study)).is_file():
        raise StudyError(
            f"There is no key of study {study.name} on this machine ({where.name}); pseudonyms are "
            "resolved by whoever holds it. Restore it from your backup, or name it in "
            "CRQLAB_KEY_FILE."
        )
    held = key(study)
    parts = [_known(study, kind).assign(kind=kind) for kind in _HOLD]
    found = pd.concat(
        [part.assign(pseudonym=pseudonyms(part["id"], kind=kind, key=held))
         for kind, part in zip(_HOLD, parts, strict=True)], ignore_index=True,
    )  # fmt: skip
    columns = ["pseudonym", "kind", "client_id", "id", "name"]
    return found[columns].sort_values(columns, ignore_index=True)


def resolved(study: Study, tokens: Iterable[str]) -> pd.DataFrame:
    """Return for whom some pseudonyms stand, in the order asked.

    Parameters
    ----------
    study : Study
    tokens : iterable of str
        Pseudonyms, in capitals or small letters.

    Returns
    -------
    DataFrame
        As from `owners`; several rows where clients share an id.

    Raises
    ------
    CrqError
        Names those that stand for nobody in this study under this key.
    """
    asked = list(dict.fromkeys(token.strip().upper() for token in tokens))
    known = owners(study)
    if strange := [token for token in asked if token not in set(known["pseudonym"])]:
        raise CrqError(
            f"{', '.join(strange[:5])}{' and more' if len(strange) > 5 else ''}: no account, "
            f"contact or account manager of study {study.name} under the key at hand; expected A-, "
            "C- or M- and 16 letters and digits. Was the file made in another study, with another "
            "key, or of data that are gone?"
        )
    order = {token: rank for rank, token in enumerate(asked)}
    found = known[known["pseudonym"].isin(asked)]
    return found.sort_values("pseudonym", key=lambda column: column.map(order), ignore_index=True)


def unveiled(study: Study, text: str) -> str:
    """Return a table as text with ids, and names in columns of names, in place of pseudonyms.

    Parameters
    ----------
    study : Study
    text : str
        A CSV file, such as crqlab writes for a CRM. Cells of more words get names.

    Raises
    ------
    CrqError
        A pseudonym stands for nobody here, or there is none.
    """
    found = dict.fromkeys(_PSEUDONYM.findall(text))
    if not found:
        raise CrqError("The file holds no pseudonyms; expected cells such as A-FQQ2H25ZA6ZGB4HR.")
    known = resolved(study, found).drop_duplicates("pseudonym").set_index("pseudonym")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    named = ["name" in head.casefold() for head in rows[0]]
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    for row in rows:
        cells = zip(row, [*named, *[False] * len(row)], strict=False)
        writer.writerow([_told(cell, known, name) for cell, name in cells])
    return made.getvalue()


def _told(cell: str, known: pd.DataFrame, name: bool) -> str:
    if _PSEUDONYM.fullmatch(cell):
        return str(known.loc[cell, "name" if name else "id"])
    return _PSEUDONYM.sub(lambda found: str(known.loc[found[0], "name"]), cell)


def _known(study: Study, kind: str) -> pd.DataFrame:
    """Everybody of a kind: ``client_id``, ``id``, ``name``."""
    column, tables = _HOLD[kind]
    parts = []
    for name in tables:
        rows = table(study, name, real=True)
        called = rows["name"] if "name" in rows and kind != "manager" else rows[column]
        told = {"client_id": rows["client_id"], "id": rows[column], "name": called}
        parts.append(pd.DataFrame(told).dropna(subset=["id"]))
    found = pd.concat(parts, ignore_index=True)
    found["name"] = found["name"].fillna(found["id"])
    named = found.assign(plain=found["name"] == found["id"]).sort_values("plain", kind="stable")
    return named.drop_duplicates(["client_id", "id"])[["client_id", "id", "name"]]
