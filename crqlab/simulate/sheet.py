"""The answer sheets of a block: what each response says, before it becomes a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crqlab.simulate import expected, words
from crqlab.simulate.block import Block

#: An empty cell, and the export's code of a question that was seen but not answered.
BLANK, SEEN = -1, -99
_SIGNS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Sheet:
    """Responses, one row each; every array has one entry per row.

    Attributes
    ----------
    row : array of int
        The row of the block's answers; comes twice where a response is a duplicate.
    response_id : pyarrow.Array of string
    language : array of int
        Places in `words.LANGUAGES`.
    started : array of datetime64[s]
    seconds : array of int
    items : array of int, shape (responses, items)
        Scale points; may hold `BLANK`, `SEEN` and wrong codes once dirt has fallen.
    ltr, familiarity : array of int
    comments : tuple of pyarrow.Array
        In the order of `words.QUESTIONS`.
    progress : array of int
        Share of the questionnaire that was opened, in per cent.
    """

    row: np.ndarray
    response_id: pa.Array
    language: np.ndarray
    started: np.ndarray
    seconds: np.ndarray
    items: np.ndarray
    ltr: np.ndarray
    familiarity: np.ndarray
    comments: tuple[pa.Array, ...]
    progress: np.ndarray

    def take(self, rows: np.ndarray) -> dict[str, Any]:
        """Return all columns of some rows, ready for another sheet."""
        at = pa.array(rows)
        return {
            "row": self.row[rows],
            "response_id": self.response_id.take(at),
            "language": self.language[rows],
            "started": self.started[rows],
            "seconds": self.seconds[rows],
            "items": self.items[rows],
            "ltr": self.ltr[rows],
            "familiarity": self.familiarity[rows],
            "comments": tuple(text.take(at) for text in self.comments),
            "progress": self.progress[rows],
        }


def response_ids(u: np.ndarray) -> pa.Array:
    """Ids such as ``R_3nX0...``: fifteen signs, each from one uniform.

    Examples
    --------
    >>> response_ids(np.zeros((1, 15)))[0].as_py()
    'R_000000000000000'
    """
    signs = np.ascontiguousarray(_SIGNS[(u * 62).astype(int)]).view("S15").ravel()
    return words.join("R_", pa.array(signs).cast(pa.string()), between="")


def sheet(block: Block) -> Sheet:
    """Fill in the clean answer sheets of a block."""
    given, people = block.answers, block.contacts
    u = given.chance
    country = block.accounts.country[people.account[given.chair]]
    spoken = words.languages(country, people.chance[given.chair, given.wave, 2])
    scores = given.items @ expected.averaging()
    familiarity = np.clip(np.round(4.7 + 1.3 * given.normals[:, 0]), 1, 7).astype(int)
    return Sheet(
        row=np.arange(len(given.ltr)),
        response_id=response_ids(u[:, :15]),
        language=spoken,
        started=_started(block),
        seconds=_seconds(given.normals[:, 1], u[:, 17]),
        items=given.items,
        ltr=given.ltr,
        familiarity=np.where(u[:, 18] < 0.15, BLANK, familiarity),
        comments=tuple(
            words.comment(question, spoken, scores, u[:, 19 + 5 * i : 24 + 5 * i])
            for i, question in enumerate(words.QUESTIONS)
        ),
        progress=np.full(len(given.ltr), 100),
    )


def invitation_days(block: Block) -> np.ndarray:
    """Day of a client's invitations, datetime64[D] of shape (clients, waves)."""
    return np.array(block.options.starts, "datetime64[D]") + days(block.clients.start[:, None])


def days(numbers: np.ndarray) -> np.ndarray:
    """Whole days as a span of time; NumPy takes no bare number for one.

    Examples
    --------
    >>> days(np.array([2.9])).tolist()
    [datetime.timedelta(days=2)]
    """
    return numbers.astype("int64").astype("timedelta64[D]")


def _started(block: Block) -> np.ndarray:
    """When people began: most within days of the invitation, all within four weeks."""
    given = block.answers
    day = invitation_days(block)[block.client_of_response(), given.wave]
    waited = np.minimum(-5 * np.log1p(-given.chance[:, 15]), 27).astype(int)
    clock = ((0.3 + 0.45 * given.chance[:, 16]) * _DAY).astype(int)
    later = (waited * _DAY + clock).astype("timedelta64[s]")
    return day.astype("datetime64[s]") + later


def _seconds(z: np.ndarray, u: np.ndarray) -> np.ndarray:
    """How long people took: some ten minutes; one in fifty leaves the page open."""
    left_open = np.where(u < 0.02, 10 + 4000 * u, 1)
    return np.round(570 * np.exp(0.38 * z) * left_open).astype(int)


def texts(options: tuple[str, ...], places: np.ndarray) -> pa.Array:
    """Return the names at these places of a list."""
    return pa.array(options).take(pa.array(places))


def emptied(texts: pa.Array, rows: np.ndarray) -> pa.Array:
    """Return the texts without those of some rows (a mask)."""
    return pc.if_else(pa.array(rows), pa.scalar(None, pa.string()), texts)
