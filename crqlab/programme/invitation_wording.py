"""Whether an invitation asks for a conversation, or sounds like a survey."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from crqlab.base.errors import one_of
from crqlab.base.results import Result

WORDS = Path(__file__).with_name("survey_words.yaml")


@dataclass(frozen=True, slots=True, eq=False)
class SurveyWords(Result):
    """Words of a text that call it a survey.

    Attributes
    ----------
    table : DataFrame, one row per find
        ``line`` (from 1), ``found``.
    language : str
    """

    table: pd.DataFrame
    language: str

    def __str__(self) -> str:
        if self.table.empty:
            return "Nothing in the text calls it a survey"
        rows = zip(self.table["found"], self.table["line"], strict=True)
        return "; ".join(f"{found!r} in line {line}" for found, line in rows)


def survey_words(text: str, language: str = "en") -> SurveyWords:
    r"""Find the words by which an invitation calls itself a survey.

    Parameters
    ----------
    text : str
    language : str
        ``en`` or ``sv``.

    Raises
    ------
    CrqError
        A language without such words.

    Notes
    -----
    Whoever is told of a survey answers as to a survey: quickly, or not at all. An invitation asks
    for help with a relationship. The words are our proposal; nothing of them is published.

    Examples
    --------
    >>> print(survey_words("Dear Eva,\nplease take our short survey.", "en"))
    'survey' in line 2
    """
    one_of("language", language, _words())
    pattern = _pattern(language)
    rows = [
        (number, found[0])
        for number, line in enumerate(text.splitlines(), start=1)
        for found in pattern.finditer(line)
    ]
    table = pd.DataFrame(rows, columns=["line", "found"]).astype({"line": "int64"})
    return SurveyWords(table, language)


@cache
def _words() -> dict[str, list[str]]:
    return yaml.safe_load(WORDS.read_text(encoding="utf-8"))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    parts = (
        re.escape(word.removesuffix("*")).replace(r"\ ", r"\s+") + (r"\w*" if "*" in word else "")
        for word in _words()[language]
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
