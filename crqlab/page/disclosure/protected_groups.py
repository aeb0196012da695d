"""Whose answers a client's files must not tell: groups of fewer people than may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.page.disclosure.cells import Answers


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """People whose mean is not to be told.

    Attributes
    ----------
    kind : str
        ``wave``, ``account``, ``manager``, ``role`` or ``person``.
    wave, key : str
        Which; a person goes by account and place in it.
    n : int
        People with an answer, at least 1.
    weights : ndarray, shape (cells,)
        What their mean counts.
    """

    kind: str
    wave: str
    key: str
    n: int
    weights: NDArray


def protected_groups(answers: Answers, owner: dict[str, str], least: int) -> list[Group]:
    """Return every group of a client's two waves that fewer people than ``least`` make up.

    Parameters
    ----------
    answers : Answers
    owner : mapping of account to account manager
    least : int
        ``privacy.min_scores``.

    Returns
    -------
    list of Group
        Of accounts with two people and more, but too few, each person too.
    """
    found = []
    for wave in dict.fromkeys(answers.wave.tolist()):
        kept = answers.of(wave)
        for kind, key, which in _parts(answers, kept, wave, owner, least):
            if 0 < (n := int(which.sum())) < least:
                found.append(Group(kind, wave, key, n, answers.mean(which)))
    return found


def _parts(
    answers: Answers, kept: NDArray, wave: str, owner: dict[str, str], least: int
) -> Iterator[tuple[str, str, NDArray]]:
    yield "wave", wave, kept
    labels = {
        "account": answers.account,
        "manager": np.array([owner.get(one) for one in answers.account], dtype=object),
        "role": answers.layout.rows["role"].to_numpy(object),
    }
    for kind, label in labels.items():
        known = [one for one in dict.fromkeys(label[kept].tolist()) if isinstance(one, str)]
        for one in known:
            yield kind, one, kept & (label == one)
    for account in dict.fromkeys(answers.account[kept].tolist()):
        people = np.flatnonzero(kept & (answers.account == account))
        if 1 < len(people) < least:
            for place, cell in enumerate(people, start=1):
                yield "person", f"{account}/{place}", np.arange(len(kept)) == cell
