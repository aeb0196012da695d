"""Codes that people gave to comments by hand: ``comment_codes.csv`` of a study."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.faults import Faults, near
from crqlab.base.study import COMMENT_CODES, Study
from crqlab.comments.code_frames import OTHER, CodeFrame

COLUMNS = ("response_id", "question", "theme", "coder")


def hand_codes(study: Study, frame: CodeFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return who gave which comment which theme.

    Parameters
    ----------
    study : Study
    frame : CodeFrame
        Its codes, and ``other``, are what a line may say.
    answers : DataFrame
        What `crqlab.comments.answers` returned; lines about other comments are left out.

    Returns
    -------
    DataFrame
        As from `coded_lines`.

    Raises
    ------
    DataError
        As from `coded_lines`.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> frame = crq.comments.code_frame(study)
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> by_hand = crq.comments.hand_codes(study, frame, said)
    """
    rows = coded_lines(study, frame)
    known = pd.MultiIndex.from_frame(answers[["response_id", "question"]])
    there = pd.MultiIndex.from_frame(rows[["response_id", "question"]]).isin(known)
    return rows[there].reset_index(drop=True)


def coded_lines(study: Study, frame: CodeFrame) -> pd.DataFrame:
    """Read the lines of ``comment_codes.csv``.

    Returns
    -------
    DataFrame
        ``response_id``, ``question``, ``theme``, ``coder``, all text; without rows where the
        study has no such file.

    Raises
    ------
    DataError
        A column is missing, a theme that the frame does not have, an empty cell, an open
        question that the study does not ask, or the same line twice.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> lines = crq.comments.coded_lines(study, crq.comments.code_frame(study))
    """
    path, kinds = study.raw / COMMENT_CODES, dict.fromkeys(COLUMNS, "text")
    if not path.is_file():
        return frames.empty(kinds)
    try:
        rows = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeError) as wrong:
        faults = Faults()
        faults.add(COMMENT_CODES, f"cannot be read ({wrong})", "save it as CSV, UTF-8, commas")
        faults.stop(study.name)
    rows = rows.rename(columns=str.strip)
    _checked(study, rows, frame)
    return frames.typed(rows[list(COLUMNS)].apply(lambda cells: cells.str.strip()), kinds)


def _checked(study: Study, rows: pd.DataFrame, frame: CodeFrame) -> None:
    faults, write = Faults(), f"the columns are {', '.join(COLUMNS)}"
    for name in (name for name in COLUMNS if name not in rows):
        faults.add(COMMENT_CODES, "is missing", write, row=1, column=name)
    faults.stop(study.name)
    options = {
        "theme": (*frame.codes, OTHER),
        "question": tuple(study.codebook.instrument.comments),
        "response_id": None,
        "coder": None,
    }
    for name, allowed in options.items():
        cells = rows[name].str.strip()
        wrong = cells == "" if allowed is None else ~cells.isin(allowed)
        for place, value in cells[wrong].items():
            fix = near(value, allowed or []) + f"there are: {', '.join(allowed or ())}"
            rule = "is empty" if value == "" else f"is no {name} of this study"
            fix = fix if allowed else "write who, or which response, is meant"
            faults.add(COMMENT_CODES, rule, fix, row=int(place) + 2, column=name, value=value)
    twice = rows[list(COLUMNS)].duplicated()
    for place in rows.index[twice]:
        faults.add(COMMENT_CODES, "is there twice", "keep one of the lines", row=int(place) + 2)
    faults.stop(study.name)
