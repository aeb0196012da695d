"""The catalogue of one language: checked when it is read, found in by a text's rarest word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from crqlab.base.errors import one_of
from crqlab.base.yaml_documents import load
from crqlab.language.messages import Message, disagreement, message, parts, words
from crqlab.language.numerals import Numerals

#: The language in which notebooks are written and pages are made.
OWN = "en"
_FOLDER = Path(__file__).parent / "catalogues"


def languages() -> list[str]:
    """Return the languages in which a report can be had.

    Examples
    --------
    >>> languages()
    ['en', 'sv']
    """
    return sorted({OWN, *(path.stem for path in _FOLDER.glob("*.yaml"))})


def known(language: str) -> str:
    """Return a language that has a catalogue, or refuse it."""
    one_of("language", language, languages())
    return language


class Catalogue:
    """All messages of one language.

    Parameters
    ----------
    path : Path
        A YAML file, called after its language: ``messages:``, then English template by template
        what to say instead.

    Raises
    ------
    DataError
        A message whose places, tags or forms do not agree with its key; names file and line.
    """

    def __init__(self, path: Path) -> None:
        self.language = path.stem
        self.numerals = Numerals(self.language)
        self.messages = [message(*pair) for pair in _read(path, len(self.numerals.tags)).items()]
        plain = [said for said in self.messages if not said.kinds]
        self.exact = {"".join(part.text for part in parts(said.key)): said for said in plain}
        self._by_word, self._bare = _indexed(said for said in self.messages if said.kinds)

    def candidates(self, said: str) -> list[Message]:
        """Return the templates that a text may be, the most telling first."""
        found = list(self._bare)
        for word in set(words(said)):
            found += self._by_word.get(word, ())
        return sorted(found, key=lambda one: (-len(one.fixed), one.key))


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language, compiled once."""
    return Catalogue(_FOLDER / f"{known(language)}.yaml")


def _indexed(messages: Iterator[Message]) -> tuple[dict[str, list[Message]], list[Message]]:
    """File each message under its rarest word; those without words apart."""
    kept = list(messages)
    counts = Counter(word for said in kept for word in said.words)
    filed: dict[str, list[Message]] = {}
    bare = []
    for said in kept:
        if said.words:
            rarest = min(said.words, key=lambda word: (counts[word], word))
            filed.setdefault(rarest, []).append(said)
        else:
            bare.append(said)
    return filed, bare


def _read(path: Path, forms: int) -> dict[str, str]:
    def agreeing(pair: tuple[str, Any]) -> str:
        key, value = pair
        if not isinstance(value, str):
            raise ValueError("is no text")
        if wrong := disagreement(key, value, forms):
            raise ValueError(wrong)
        return value

    def paired(found: Any) -> Any:
        return (
            {key: (key, value) for key, value in found.items()}
            if isinstance(found, dict)
            else found
        )

    pair = Annotated[Any, AfterValidator(agreeing)]

    class File(BaseModel):
        model_config = ConfigDict(extra="forbid")
        messages: Annotated[dict[str, pair], BeforeValidator(paired)]

    return load(path, File).messages
