"""The example that a comment is nearest to: likeness of letters in a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from crqlab.comments.code_frames import CodeFrame

#: Cosine of two texts from which they are taken to speak of the same theme.
NEAR = 0.45
_PART = 20_000  # comments compared at a time


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Sentences whose theme is known.

    Attributes
    ----------
    table : DataFrame
        ``words``, ``theme``, ``client_id`` (empty: anybody's).
    """

    table: pd.DataFrame

    @classmethod
    def of(cls, frame: CodeFrame, coded: pd.DataFrame | None = None) -> Examples:
        """Collect the examples of a frame, and comments of clients that people have coded."""
        rows = [
            (text, one.code, "")
            for one in frame.themes
            for texts in one.examples.values()
            for text in texts
        ]
        own = pd.DataFrame(rows, columns=["words", "theme", "client_id"], dtype="str")
        return cls(pd.concat([own, coded[own.columns]]) if coded is not None else own)


def nearest(answers: pd.DataFrame, examples: Examples) -> pd.DataFrame:
    """Return the comments that are near an example, with its theme.

    Parameters
    ----------
    answers : DataFrame
        ``words`` and ``client_id`` of each comment.
    examples : Examples
        Those of a client are compared with its own comments alone.

    Returns
    -------
    DataFrame
        Rows of ``answers`` with ``theme`` and ``by`` (example). Likeness is the cosine of TF-IDF
        weights of 3 to 5 letters in a row, from 0.45; of equal ones the first example counts.
    """
    known = examples.table.drop_duplicates().reset_index(drop=True)
    if answers.empty or known.empty:
        return answers.assign(theme="", by="").iloc[:0]
    from sklearn.feature_extraction.text import TfidfVectorizer

    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5))
    other = letters.fit_transform(known["words"])
    places, likeness = [], []
    for start in range(0, len(answers), _PART):
        some = answers.iloc[start : start + _PART]
        place, near = _best(letters.transform(some["words"]) @ other.T, some, known)
        places.append(place)
        likeness.append(near)
    near, place = np.concatenate(likeness) >= NEAR, np.concatenate(places)
    theme = known["theme"].to_numpy()[place[near]]
    return answers[near].assign(theme=theme, by="example")


def _best(cosine: csr_matrix, some: pd.DataFrame, known: pd.DataFrame) -> tuple:
    likeness = cosine.toarray().round(9)
    whose = known["client_id"].to_numpy()
    foreign = (whose != "") & (whose != some["client_id"].to_numpy()[:, None])
    likeness[foreign] = -1
    place = likeness.argmax(axis=1)
    return place, likeness[np.arange(len(some)), place]
