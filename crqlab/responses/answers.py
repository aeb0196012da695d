"""One file of answers becomes rows of the responses table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import code
from crqlab.base.faults import Faults
from crqlab.base.instrument import Code
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import cells, date_forms
from crqlab.base.spreadsheets.cells import Question, folded
from crqlab.base.spreadsheets.grid import Grid
from crqlab.base.wave_entries import BESIDE, by_design, spans
from crqlab.responses import breakdown_columns, worded_scales
from crqlab.responses.columns import Columns, blank
from crqlab.responses.dialects import known_columns
from crqlab.responses.survey_status import statuses
from crqlab.responses.weight_column import weights

#: Beyond these a recommendation, or how well somebody knows the supplier, is no answer.
LTR = (0.0, 10.0)
FAMILIARITY = (0.0, 10.0)
_PLAIN = ("client_id", "account_id", "contact_id")
UNUSABLE = ["file", "row", "response_id", "column", "value", "rule"]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What one file holds: rows of responses, where they stand, cells off the scale."""

    rows: pd.DataFrame
    origins: pd.DataFrame
    unusable: pd.DataFrame


def read(grid: Grid, source: Source, book: Codebook, faults: Faults) -> Answers:
    """Return the responses of one file; what cannot be understood goes to ``faults``."""
    columns = Columns(grid, book.columns_of(source), known_columns(grid), faults)
    table = {name: columns.text(name) for name in _PLAIN}
    table["response_id"] = _ids(columns, source, book)
    table["started"] = _started(columns, source)
    table["wave"] = _wave(columns, source, book, table["started"])
    table |= _described(columns, source, book)
    table["weight"] = weights(columns, book)
    said = _Asked(columns, source, book, table["wave"])
    table |= {name: said.open(name) for name in book.instrument.comments}
    off = [pd.DataFrame(dict.fromkeys(["value", "column", "rule"], blank(0)))]
    for name, question in questions(book, grid.dialect).items():
        table[name] = said.closed(name, question, off)
    rows = pd.DataFrame({k: blank(len(grid)) if v is None else v for k, v in table.items()})
    origins = pd.DataFrame({"response_id": rows["response_id"]})
    origins["file"] = pd.Series([source.file] * len(grid), dtype="str")
    origins["row"] = grid.rows
    origins["status"] = statuses(grid, book.responses)
    if grid.objects:
        origins["object"] = pd.Series(grid.objects, dtype="str")
    origins = origins.assign(**breakdown_columns.of_answers(grid, book))
    unusable = pd.concat(off).join(origins)[UNUSABLE].reset_index(drop=True)
    return Answers(rows, origins, unusable)


def questions(book: Codebook, dialect: str = "") -> dict[str, Question]:
    """Return how every closed question of a study is answered."""
    said, asked = book.responses, book.instrument
    words = {folded(text): float(point) for text, point in said.answers.items()}
    scales = {
        name: (float(s.low), float(s.high)) for name in asked.items for s in [asked.bounds(name)]
    }
    scales |= {"ltr": LTR, "familiarity": FAMILIARITY, "seconds": (0.0, np.inf)}
    needed = {*asked.items, *(["ltr"] if asked.recommend else [])}
    needed |= {"familiarity"} if asked.familiarity else set()
    found = {}
    for name, (low, high) in scales.items():
        item = asked.items.get(name)
        own = [*said.missing_in.get(name, ()), *(item.missing if item else ())]
        shared = [code for code in said.missing if not _on_scale(code, low, high)]
        missing = frozenset(_code_text(code) for code in [*own, *shared])
        own_points = {folded(str(k)): float(v) for k, v in said.recode.get(name, {}).items()}
        found[name] = Question(low, high, missing, words, dialect, name in needed, own_points)
    return found


def _on_scale(code: Code, low: float, high: float) -> bool:
    value = cells.number(str(code))
    return value is not None and low <= value <= high


def _code_text(code: Code) -> str:
    value = cells.number(str(code))
    return folded(str(code) if value is None else f"{value:g}")


def _ids(columns: Columns, source: Source, book: Codebook) -> pd.Series:
    """The file's ids, or the file's name and each record's place in it."""
    grid = columns.grid
    if book.responses.number_rows:
        stem = PurePosixPath(source.file).stem
        places = pd.factorize(grid.rows)[0] + 1 if grid.objects else range(1, len(grid) + 1)
        return _of_objects(pd.Series([f"{stem}-{n}" for n in places], dtype="str"), grid)
    ids = columns.text("response_id", needed=True)
    if ids is None:
        return blank(len(grid))
    fix = "every response needs its id; export it with ids (or set number_rows: true)"
    columns.broken("response_id", ids, ids.isna(), "is empty", fix)
    return _of_objects(ids, grid)


def _of_objects(ids: pd.Series, grid: Grid) -> pd.Series:
    """Ids of persons who answered about several objects, each with its object's code."""
    return ids + "-" + pd.Series(grid.objects, dtype="str") if grid.objects else ids


def _wave(columns: Columns, source: Source, book: Codebook, started: pd.Series) -> pd.Series:
    """The wave of the column, of the file, or both where they agree; else that of the date."""
    texts = columns.text("wave")
    if texts is None:
        if source.wave is None and "wave" not in columns.mapped:
            if spans(book.waves):
                return _dated(columns, source, book, started)
            fix = "add wave: to this file in the codebook, or say under columns where it is"
            columns.faults.add(source.file, "no wave is known for this file", fix, column="wave")
        return pd.Series([source.wave] * len(columns.grid), dtype="str")
    waves = cells.whole(texts)
    if source.wave is None:
        columns.broken("wave", texts, waves.isna(), "is empty", "every response needs its wave")
        return waves
    other = waves.notna() & (waves != source.wave)
    rule = f"is another wave than {source.wave}, which the codebook states for this file"
    fix = "take wave: out of this file's entry, or put each wave into its own file"
    columns.broken("wave", texts, other, rule, fix)
    return waves.fillna(source.wave)


def _dated(columns: Columns, source: Source, book: Codebook, started: pd.Series) -> pd.Series:
    """The wave between whose days an answer began."""
    found = pd.Series([None] * len(started), dtype="str")
    day = started.dt.date
    for name, (first, last) in spans(book.waves).items():
        found = found.mask(started.notna() & (day >= first) & (day <= last), name)
    told = started.astype("str").where(started.notna(), "no date")
    rule, fix = "lies in none of the waves of the codebook", "widen a wave's from: and to:"
    columns.broken("started", told, found.isna(), rule, fix)
    return found


def _described(columns: Columns, source: Source, book: Codebook) -> dict[str, pd.Series | None]:
    """Role, language and batch, in one spelling each; SPSS codes as their labels."""
    found = {}
    for name in ("role", "language", "batch"):
        header = columns.header(name)
        if header is not None:
            texts = columns.grid.text(header)
            labels = columns.grid.labels.get(header, {})
            texts = cells.spelled(texts, {folded(k): v for k, v in labels.items()})
            found[name] = cells.whole(texts) if name == "batch" else texts
        else:
            stated = getattr(source, name, None)
            found[name] = pd.Series([stated] * len(columns.grid), dtype="str")
    found["role"] = cells.spelled(found["role"], role_spellings(book))
    found["language"] = language(found["language"])
    return found


def role_spellings(book: Codebook) -> dict[str, str]:
    """Return every known spelling of every role."""
    own = {folded(role): role for role in book.roles.order}
    return own | {folded(k): v for k, v in book.roles.spellings.items()}


def language(texts: pd.Series) -> pd.Series:
    """Return language tags in one spelling: ``DE`` is ``de``, ``pt_BR`` is ``pt-br``."""
    return texts.str.lower().str.replace("_", "-", regex=False)


def _started(columns: Columns, source: Source) -> pd.Series:
    texts = columns.text("started")
    if texts is None:
        return pd.Series(pd.NaT, index=range(len(columns.grid)), dtype="datetime64[ns]")
    read = cells.moments(texts, source.dates)
    fix = date_forms.advice(texts) if read.broken.any() else ""
    columns.broken("started", texts, read.broken, DATE_RULE, fix)
    return read.found


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Questions of one file, and which waves in it asked them."""

    columns: Columns
    source: Source
    book: Codebook
    wave: pd.Series

    def needed(self, name: str) -> bool:
        """Whether the file must have a question: some wave in it asked it."""
        waves, asked = self.book.waves, self.book.instrument
        if name not in (*asked.items, *asked.comments, *BESIDE):
            return True
        listed = [waves[w].items if w in waves else None for w in self.wave.dropna().unique()]
        if name not in self.source.not_asked:
            return any(one is None or name in one for one in listed) or not listed
        rule = "is listed under items of this file's wave in the codebook, and under not_asked"
        if any(one is not None and name in one for one in listed):
            fix = "take it out of one of the two"
            self.columns.faults.add(self.source.file, rule, fix, column=name)
        return False

    def closed(self, name: str, question: Question, off: list[pd.DataFrame]) -> pd.Series:
        """Scale points of one closed question; texts that are off its scale go to ``off``."""
        texts, needed = None, self.needed(name)
        if name not in self.source.not_asked:
            texts = self.columns.text(name, needed=question.asked and needed, may_lack=not needed)
        if texts is None:
            return pd.Series(np.nan, index=range(len(self.columns.grid)))
        read = cells.numbers(texts, question.points)
        scale = f"{question.low:g} to {question.high:g}" if question.high < np.inf else "0 or more"
        fix = _worded_fix(name, texts[read.broken])
        broken = self.columns.broken
        broken(name, texts, read.broken, f"is no answer on the scale {scale}", fix)
        if name in self.book.instrument.items:
            stray = read.found.notna() & by_design(self.book.waves, self.wave, [name])[name]
            rule = "answers an item that its wave did not ask, as waves: in the codebook says"
            broken(name, texts, stray, rule, f"add {name} to the items: of that wave")
        outside = read.found.notna() & ~read.found.between(question.low, question.high)
        off.append(
            pd.DataFrame({"value": texts[outside]}).assign(column=name, rule=_rule(question))
        )
        return read.found.mask(outside)

    def open(self, name: str) -> pd.Series | None:
        """Answers in people's own words; None where the file has none."""
        needed = self.needed(name)
        if name in self.source.not_asked:
            return None
        return self.columns.text(name, needed=needed, may_lack=not needed)


def _worded_fix(name: str, broken: pd.Series) -> str:
    """What to do about words among answers: their points, where they are of one known scale."""
    counts = {str(text): int(n) for text, n in broken.value_counts().items()}
    found = worded_scales.fit(counts) if len(counts) > 1 else None
    if found is None:
        return "list it under responses > answers or > missing, or correct the column under columns"
    points = sorted(found.points.items(), key=lambda pair: pair[1])
    said = ", ".join(f"{word}: {point}" for word, point in points)
    return (
        f"list them under responses > answers or > missing; as words of a scale of {found.size}, "
        f"write responses > recode: {{{name}: {{{said}}}}}"
    )


def _rule(question: Question) -> str:
    low, high = question.low, question.high
    return code("on_the_scale", low=low, high=high) if high < np.inf else code("from", low=low)


DATE_RULE = "is no date that can be read"
