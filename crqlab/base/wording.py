"""What was asked, in the languages in which a codebook has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import PlainValidator

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")


class Wording(str):
    """The wording of a question: a text, in the first of its languages, and the others.

    Parameters
    ----------
    texts : str or mapping of language to str
        A text alone is in no stated language: it is shown in all.

    Examples
    --------
    >>> asked = Wording({"en": "Keeps its word", "sv": "Håller vad de lovar"})
    >>> asked, asked.in_language("sv"), asked.in_language("de")
    ('Keeps its word', 'Håller vad de lovar', 'Keeps its word')
    >>> asked.spoken("sv-fi"), asked.spoken("de"), Wording("Fair").spoken("de")
    (True, False, True)
    """

    texts: dict[str, str]

    def __new__(cls, texts: str | Mapping[str, str]) -> Self:
        """Take the first text as the string itself."""
        held = {"": texts} if isinstance(texts, str) else dict(texts)
        made = super().__new__(cls, next(iter(held.values()), ""))
        made.texts = held
        return made

    def __getnewargs__(self) -> tuple[dict[str, str]]:
        """Keep all languages when a process hands it to another."""
        return (self.texts,)

    def in_language(self, language: str) -> Wording:
        """Return the wording with this language first, if it is there; as it is otherwise."""
        own = self._known(language)
        return self if own is None else Wording({own: self.texts[own], **self.texts})

    def spoken(self, language: str) -> bool:
        """Return whether it is there in a language, or in no stated one."""
        return "" in self.texts or self._known(language) is not None

    def _known(self, language: str) -> str | None:
        wanted = (language, language.lower(), language.partition("-")[0])
        return next((one for one in wanted if one in self.texts), None)


def _checked(value: Any) -> Wording | None:
    if value is None or isinstance(value, Wording):
        return value
    if isinstance(value, bool | int | float):
        raise ValueError("must be text, or one text for each language: {en: …, sv: …}")
    if isinstance(value, Mapping):
        if not value or any(not isinstance(text, str) for text in value.values()):
            raise ValueError("must hold one text for each language, as in {en: …, sv: …}")
        if stray := [key for key in value if not _TAG.fullmatch(str(key))]:
            raise ValueError(f"{stray[0]!r} is no language; write en, sv, de and the like")
        return Wording({str(key): text for key, text in value.items()})
    if not isinstance(value, str):
        raise ValueError("must be text, or one text for each language: {en: …, sv: …}")
    return Wording(value)


#: A text, or one text for each language.
Worded = Annotated[str, PlainValidator(_checked)]


def own_first(value: Any, language: str) -> Any:
    """Return a part of a codebook in which texts of several languages begin with the study's own.

    Examples
    --------
    >>> own_first({"a": {"text": {"en": "Fair", "sv": "Rättvis"}}}, "sv")
    {'a': {'text': {'sv': 'Rättvis', 'en': 'Fair'}}}
    """
    if not isinstance(value, Mapping):
        return value
    tags = all(isinstance(key, str) and _TAG.fullmatch(key) for key in value)
    if language in value and tags and all(isinstance(text, str) for text in value.values()):
        return {language: value[language], **value}
    return {key: own_first(one, language) for key, one in value.items()}
