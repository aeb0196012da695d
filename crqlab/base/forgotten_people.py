"""Who asked to be forgotten: keyed hashes of people, by which readers set their rows aside."""

from __future__ import annotations

import csv
import hmac
import io
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal
from unicodedata import normalize

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import DataError
from crqlab.base.files import replace
from crqlab.base.study import FORGOTTEN, Study
from crqlab.base.study_key import kept, key

Kind = Literal["contact", "response"]
COLUMNS = ("person", "date")
_SHOWN = 32  # letters of the hash


@dataclass(frozen=True, slots=True)
class Forgotten:
    """People of a study who asked to be forgotten.

    Attributes
    ----------
    people : frozenset of str
        Keyed hashes.
    key : bytes
        What they were hashed with; empty where there is nobody.
    """

    people: frozenset[str]
    key: bytes = b""

    def among(self, clients: pd.Series, ids: pd.Series, kind: Kind) -> NDArray[np.bool_]:
        """Return which rows are theirs, by client and id; a missing id is nobody's."""
        if not self.people:
            return np.zeros(len(ids), dtype=bool)
        pairs = zip(clients.fillna(""), ids.fillna(""), strict=True)
        return np.array(
            [id_ != "" and hashed(client, id_, kind, self.key) in self.people
             for client, id_ in pairs], dtype=bool,
        )  # fmt: skip


def hashed(client: str, id_: str, kind: Kind, key: bytes) -> str:
    """Return the keyed hash of a person of a client.

    Examples
    --------
    >>> hashed("C1", "P7", "contact", b"k" * 32) == hashed("C1", " P7 ", "contact", b"k" * 32)
    True
    """
    said = "\0".join(normalize("NFC", part.strip()) for part in ("forgotten", kind, client, id_))
    return hmac.digest(key, said.encode(), sha256).hex()[:_SHOWN]


def forgotten(study: Study) -> Forgotten:
    """Return who asked to be forgotten in a study; nobody where it has no ``forgotten.csv``.

    Raises
    ------
    DataError
        The file has other columns, or a cell that is no such hash.
    StudyError
        The key is not on this machine.
    """
    path = study.raw / FORGOTTEN
    if not path.is_file():
        return Forgotten(frozenset())
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    wrong = [
        {"file": FORGOTTEN, "row": place, "column": "person", "value": str(line.get("person")),
         "rule": "is no hash that crqlab wrote", "fix": "restore the file: crqlab forget writes it"}
        for place, line in enumerate(lines, 2)
        if len(line.get("person") or "") != _SHOWN
    ]  # fmt: skip
    if wrong:
        raise DataError(
            f"{FORGOTTEN}, line {wrong[0]['row']}: person {wrong[0]['rule']}; {wrong[0]['fix']}.",
            pd.DataFrame(wrong),
        )
    people = frozenset(line["person"] for line in lines)
    return Forgotten(people, kept(study)) if people else Forgotten(people)


def note(study: Study, client: str, id_: str, kind: Kind, today: date) -> bool:
    """Write one more person into ``forgotten.csv``; false where the person is there already."""
    already = forgotten(study)
    person = hashed(client, id_, kind, key(study))
    if person in already.people:
        return False
    path = study.raw / FORGOTTEN
    before = path.read_text(encoding="utf-8-sig") if path.is_file() else ",".join(COLUMNS) + "\n"
    replace(path, f"{before.rstrip()}\n{person},{today.isoformat()}\n".encode())
    return True
