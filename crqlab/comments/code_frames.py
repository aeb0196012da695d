"""The code frame as data: themes that comments are sorted into, which people write and edit."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from crqlab.base import yaml_documents
from crqlab.base.concepts import CONCEPTS
from crqlab.base.contracts import frames
from crqlab.base.instrument import Name, Strict
from crqlab.base.study import THEMES, Study

SHIPPED = Path(__file__).with_name("themes.yaml")
OTHER = "other"
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
Text = Annotated[str, Field(min_length=1, pattern=r"\w")]


class Theme(Strict):
    """One theme of a code frame.

    Attributes
    ----------
    code : str
        What tables and hand codes call it.
    concept : str
        The concept, or construct of the instrument, that it belongs to; ``construct`` in a file.
    name : dict of language to str
        What readers call it.
    words : dict of language to tuple of str
        Words of comments that speak of it; ``*`` stands for any ending, several words for
        words in a row.
    examples : dict of language to tuple of str
        Sentences whose neighbours belong here, too. Never shown.
    """

    code: Name
    concept: str = Field(default="other", alias="construct")
    name: dict[Language, Text]
    words: dict[Language, tuple[Text, ...]] = Field(default_factory=dict)
    examples: dict[Language, tuple[Text, ...]] = Field(default_factory=dict)

    def called(self, language: str) -> str:
        """Return its name in a language, in English or the first one where it has none there."""
        return named(self.name, language)


def named(names: Mapping[str, str], language: str) -> str:
    """Return a name in a language, in English or the first one where it has none there."""
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def _sound(themes: tuple[Theme, ...], info: ValidationInfo) -> tuple[Theme, ...]:
    """Codes once, none ``other``, something to know each by, constructs that are known."""
    if not themes:
        raise PydanticCustomError("themes", "there is no theme; write at least one")
    codes, found = [one.code for one in themes], []
    known = (*CONCEPTS, *(info.context or ()))
    for place, one in enumerate(themes):
        faults = {
            "code": (one.code in codes[:place], f"code {one.code!r} comes twice"),
            "construct": (
                one.concept not in known,
                f"{one.concept!r} is neither a concept nor a construct; there are: "
                + ", ".join(dict.fromkeys(known)),
            ),
            "words": (
                not any(one.words.values()) and not any(one.examples.values()),
                f"theme {one.code!r} has neither words nor examples to be known by",
            ),
        }
        if not one.name:
            faults["name"] = (True, f"theme {one.code!r} has no name that readers could see")
        if one.code == OTHER:
            faults["code"] = (True, f"{OTHER!r} is what fits no theme; choose another code")
        found += [_fault((place, key), rule) for key, (bad, rule) in faults.items() if bad]
    if found:
        raise ValidationError.from_exception_data("themes", found)
    return themes


def _fault(place: tuple[int, str], rule: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("themes", "{rule}", {"rule": rule}), loc=place)


class CodeFrame(Strict):
    """Themes that comments may speak of.

    Attributes
    ----------
    version : str
        Whoever edits the frame gives it another one.
    themes : tuple of Theme

    Examples
    --------
    >>> print(shipped())
    18 themes in de, en, sv, version 1.0
    >>> shipped().theme("price").called("sv")
    'Pris och värde'
    """

    version: Annotated[str, Field(min_length=1, max_length=40)]
    themes: Annotated[tuple[Theme, ...], AfterValidator(_sound)]

    def __str__(self) -> str:
        spoken = sorted({language for one in self.themes for language in one.words})
        return f"{len(self.themes)} themes in {', '.join(spoken)}, version {self.version}"

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the themes, in the order of the file."""
        return tuple(one.code for one in self.themes)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that the frame says, whatever its file looks like."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def quoted(self) -> str:
        """How a run card names it."""
        return f"{self.version} ({self.fingerprint[:12]})"

    def theme(self, code: str) -> Theme:
        """Return the theme of a code.

        Raises
        ------
        KeyError
            No theme has this code.
        """
        return {one.code: one for one in self.themes}[code]

    @property
    def table(self) -> pd.DataFrame:
        """Table ``code_frame``: names by language; words and examples stay in the file."""
        rows = [
            {
                "theme": one.code,
                "place": place,
                "construct": one.concept,
                "name": json.dumps(one.name, ensure_ascii=False),
                "version": self.version,
            }
            for place, one in enumerate(self.themes, 1)
        ]
        return frames.from_records(rows, "code_frame")


def shipped() -> CodeFrame:
    """Return the frame that crqlab proposes for business-to-business firms: en, sv, de.

    Examples
    --------
    >>> import crqlab as crq
    >>> print(crq.comments.shipped())
    18 themes in de, en, sv, version 1.0
    """
    return yaml_documents.load(SHIPPED, CodeFrame)


def code_frame(study: Study) -> CodeFrame:
    """Return the code frame of a study, ours where it has no ``themes.yaml``.

    Raises
    ------
    DataError
        ``themes.yaml`` has faults; ``cases`` names them by line.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.comments.code_frame(study))
    18 themes in de, en, sv, version 1.0
    """
    path = study.raw / THEMES
    if not path.is_file():
        return shipped()
    return yaml_documents.load(path, CodeFrame, context=tuple(study.codebook.instrument.constructs))


def pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    r"""Return what finds any of some words of a frame in a comment.

    Examples
    --------
    >>> bool(pattern(("call* back",)).search("Nobody called, er, back"))
    False
    >>> bool(pattern(("call* back",)).search("Nobody called back!"))
    True
    """
    return re.compile("|".join(rf"(?<!\w){_entry(one)}(?!\w)" for one in words), re.IGNORECASE)


def _entry(words: str) -> str:
    parts = (re.escape(part.rstrip("*")) + (r"\w*" if part.endswith("*") else "")
             for part in words.split())  # fmt: skip
    return r"[\s,]+".join(parts)
