"""Where a codebook says that a table is: one file or query, and how to read it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from crqlab.base.connections.copies import DatabaseName
from crqlab.base.instrument import Strict

Format = Literal[
    "csv",
    "qualtrics",
    "limesurvey",
    "surveymonkey",
    "alchemer",
    "typeform",
    "googleforms",
    "msforms",
    "spss",
    "xlsx",
    "parquet",
]
Text = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]


def _inside(value: str) -> str:
    """A path below the study's folder, as written on any system, with slashes."""
    slashed = value.replace("\\", "/")
    path = PurePosixPath(slashed)
    if path.is_absolute() or ".." in path.parts or ":" in value:
        raise ValueError(f"{value!r} leaves the study's folder; copy the file into it")
    return slashed


FileName = Annotated[str, Field(min_length=1), BeforeValidator(_inside)]


class Loop(Strict):
    """Questions that one person answers about several objects: each object becomes a response.

    Attributes
    ----------
    headers : str
        How a column's name is made of the two, as in ``{object}_{question}``.
    objects : mapping of code to name
        As the codes stand in the headers: ``{1: Alpha, 2: Beta}``.
    questions : tuple of str
        Names of the questions, as they stand in the headers.
    once : tuple of str
        Other columns that were asked once: only a person's first response has them.
    """

    headers: str = "{object}_{question}"
    objects: dict[Text, Text] = Field(min_length=1)
    questions: tuple[str, ...] = Field(min_length=1)
    once: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _both_named(self) -> Self:
        if any(self.headers.count(part) != 1 for part in ("{object}", "{question}")):
            raise ValueError("headers: names {object} and {question}, each once")
        return self

    def header(self, code: str, question: str) -> str:
        """Return the name of the column of one object and question."""
        return self.headers.replace("{object}", code).replace("{question}", question)


class Source(Strict):
    """One file of a study, or one query of a database, and how to read it.

    Attributes
    ----------
    file : str
        Relative to the study's folder; of a query, the copy that `crqlab fetch` keeps.
    sql, from_ : str or None
        One SELECT, and the database's address (``from:``), without a password.
    format : str
        What wrote it; guessed from its ending where it is missing (csv, xlsx, spss).
    wave : str or None
        For files without a wave column.
    columns : mapping
        Our column or item: the file's column. What is not named has our name.
    delimiter, encoding, decimal, sheet, header
        Only where guessing goes wrong; ``header`` is the row that names the columns.
    dates : str or None
        Format of dates (as in ``%d/%m/%Y``) where they are not ISO.
    words : mapping
        The file's word: ours, for outcomes and for yes and no: ``Closed won: renewed``.
    not_asked : tuple of str
        Items and questions that this file's questionnaire did not hold.
    loop : Loop or None
        Questions that one person answers about several objects.
    choices : mapping of question to mapping of column to answer
        One choice of a person that the file spreads over a column for each option; the question
        is named under columns as if it were a column.
    """

    file: FileName
    sql: str | None = None
    from_: DatabaseName | None = Field(default=None, alias="from")
    format: Format | None = None
    wave: Text | None = None
    batch: Text | None = None
    language: Text | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    sheet: str | None = None
    header: int | None = Field(default=None, ge=1)
    dates: str | None = None
    words: dict[str, Text] = Field(default_factory=dict)
    not_asked: tuple[str, ...] = ()
    loop: Loop | None = None
    choices: dict[str, dict[str, Text]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"file": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _asked_somewhere(self) -> Self:
        if (self.sql is None) != (self.from_ is None):
            raise ValueError("sql and from belong together: one SELECT, and where it is asked")
        return self
