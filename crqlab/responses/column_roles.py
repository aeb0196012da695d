"""What the columns of an unknown export are: each with how sure that is, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from crqlab.base.contracts.columns import WEIGHT
from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.date_forms import date_form, date_forms, doubt
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses.answer_scales import Closed, closed, few, is_word
from crqlab.responses.column_signs import DERIVED, FACTS, FAMILIAR, IDENTITY, RECOMMENDS, plain
from crqlab.responses.computed_columns import sums
from crqlab.responses.dialects import known_columns
from crqlab.responses.item_texts import concept, questions, wording
from crqlab.responses.survey_status import columns as status_columns
from crqlab.responses.survey_status import guessed

_NPS_POINTS = 11
_LABEL = 4  # words of a header that names a field; longer ones ask something
#: Columns that carry what the sender of an invitation put in.
HIDDEN = re.compile(
    r"account|company|customer|firma|kund|custom data|attribute_?\d|hidden value|url variable",
    re.IGNORECASE,
)


#: A column of dates that may tell when an answer was given.
_WHEN = re.compile(
    r"submit|creat|complet|respon|answer|date|datum|time|tid|zeit|tijd|fecha|jour|heure|erstellt"
    r"|skapad|svar|antwort|day|dag|tag|when"
)


@dataclass(frozen=True, slots=True)
class Role:
    """What one column is.

    Attributes
    ----------
    kind : str
        ``response_id``, ``wave``, …, ``ltr``, ``comment``, ``item``, ``set_aside`` or ``ignored``.
    sure : float
        In [0, 1].
    why : str
        For the person who confirms it.
    """

    kind: str
    sure: float
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """Every column of an export.

    Attributes
    ----------
    by_column : dict of header to Role
    closed : dict of header to Closed
        Columns of closed answers, whatever their role.
    dates : str or None
        Form of the dates in ``started``; None for ISO.
    date_doubt : str
        What is asked where day and month may be either.
    """

    by_column: dict[str, Role]
    closed: dict[str, Closed] = field(default_factory=dict)
    dates: str | None = None
    date_doubt: str = ""

    def of(self, kind: str) -> list[str]:
        """Return the columns of one kind, in the order of the file."""
        return [name for name, role in self.by_column.items() if role.kind == kind]


def roles(grid: Grid) -> Roles:
    """Return the likeliest role of every column that has a name of its own."""
    headers = [n for n in dict.fromkeys(grid.names) if n and grid.names.count(n) == 1]
    texts = {name: grid.text(name) for name in headers}
    found: dict[str, Role] = {}
    for name in headers:
        if texts[name].isna().all():
            found[name] = Role("ignored", 1.0, "no cell is filled")
    for name in status_columns(grid):
        found.setdefault(name, Role("set_aside", 0.97, "the survey tool marks rows with it"))
    for name, words in guessed(grid).items():
        said = ", ".join(f"{word!r} as {why}" for word, why in words.items())
        found.setdefault(name, Role("set_aside", 0.75, f"marks rows: {said}"))
    _identified(grid, texts, found)
    _begun(texts, found)
    dated = [texts[n] for n, role in found.items() if role.kind in ("started", "finished")]
    forms = date_forms(dated, serials=True) if dated else []
    if dated and not forms:  # written in several forms: that of the beginning counts
        dated = [texts[n] for n, role in found.items() if role.kind == "started"]
        forms = date_forms(dated, serials=True)
    for name in {name for name in grid.names if name and grid.names.count(name) > 1}:
        if (why := _twice(grid, name)) is not None:
            found[name] = why
    answers = {n: c for n in headers if n not in found and (c := closed(grid, n)) is not None}
    _recommended(grid, answers, found)
    beside = _siblings(grid, answers)
    for name in _ranks(grid, answers):
        found.setdefault(name, Role("ignored", 0.9, "a rank: each number once a person, no rating"))
    numeric = [n for n, one in answers.items() if one.numbers and n not in found]
    for name, parts in sums(grid, numeric).items():
        why = f"in every row the sum or mean of {', '.join(parts[:4])}"
        why += f" and {len(parts) - 4} more" if len(parts) > 4 else ""
        found[name] = Role("ignored", 0.95, why)
    for name in headers:
        if name not in found:
            found[name] = _content(name, grid, texts[name], answers.get(name), beside)
    told = {name: found[name] for name in dict.fromkeys(grid.names) if name in found}
    return Roles(told, answers, forms[0] if forms else None, doubt(dated, forms))


def _identified(grid: Grid, texts: dict[str, pd.Series], found: dict[str, Role]) -> None:
    """Columns that say who, when and where."""
    for ours, name in known_columns(grid).items():
        if name in texts and name not in found and _fits(ours, texts[name], grid):
            found[name] = Role(ours, 0.98, f"{grid.dialect} calls it so")
    taken = {role.kind for role in found.values()}
    for ours, sign in IDENTITY.items():
        for name in texts:
            if ours in taken or name in found or not _named(name, grid, sign):
                continue
            if _fits(ours, texts[name], grid):
                found[name] = Role(ours, 0.9, "its header says so")
                taken.add(ours)
    _accounts(texts, found)


def _begun(texts: dict[str, pd.Series], found: dict[str, Role]) -> None:
    """Where no header says when answers began: when they ended, else a column of dates."""
    kinds = {role.kind: name for name, role in found.items()}
    if "started" in kinds:
        return
    if ended := kinds.get("finished"):
        found[ended] = Role("started", 0.85, "no column says when answers began; this, when given")
        return
    for name, values in texts.items():
        if name in found or not _WHEN.search(plain(name)) or values.isna().mean() > 0.2:
            continue
        if date_forms([values]):
            found[name] = Role("started", 0.75, "its cells are dates; confirm it")
            return


def _twice(grid: Grid, name: str) -> Role | None:
    """Columns of one name: which of them is meant is not clear; nothing where all are empty."""
    places = [n for n, header in enumerate(grid.names) if header == name]
    if not any((cell or "").strip() for n in places for cell in grid.cells.column(n).to_pylist()):
        return None
    first, last = f"{name} (1)", f"{name} ({len(places)})"
    why = f"{len(places)} columns have this name; name the one that counts under columns, as "
    why += f"{first!r} to {last!r}"
    return Role("ignored", 0.5, why)


def _named(name: str, grid: Grid, sign: re.Pattern[str]) -> bool:
    told = grid.wording.get(name, "")
    return bool(sign.match(plain(name)) or (told and len(told) < 40 and sign.match(plain(told))))


def _accounts(texts: dict[str, pd.Series], found: dict[str, Role]) -> None:
    """Where no header names the account, a column of attributes that repeats like one."""
    if "account_id" in {role.kind for role in found.values()}:
        return
    for name, values in texts.items():
        known = values.dropna()
        if name in found or not HIDDEN.search(name) or len(name.split()) > _LABEL:
            continue
        repeats = 1 < known.nunique() <= len(known)
        spoken = len(known) and known.str.count(" ").max() >= 6
        rating = len(known) and (_rates(known) or is_word(known.iloc[0]))
        if repeats and not spoken and not rating:
            found[name] = Role("account_id", 0.75, "it repeats like a customer's id; confirm it")
            return


def _rates(known: pd.Series) -> bool:
    """Plain numbers of a scale or an amount; ids have leading zeros, or are long and repeat."""
    if not _numbers(known):
        return False
    coded = known.str.match(r"0\d").any() or known.str.fullmatch(r"\d{3,}").all()
    return not (coded and known.nunique() < len(known))


def _numbers(values: pd.Series) -> bool:
    return bool(values.map(lambda text: cells.number(text) is not None).all())


def _fits(ours: str, texts: pd.Series, grid: Grid) -> bool:
    """Whether the cells can be what a header says."""
    known = texts.dropna()
    if ours == "response_id":  # a person who answered about several objects has several rows
        persons = texts[~pd.Series(grid.rows).duplicated()]
        return bool(texts.notna().all() and persons.is_unique)
    if ours in ("started", "finished"):
        return bool(date_forms([texts], serials=True))
    if ours in ("seconds", "weight"):
        read = cells.numbers(texts, cells.number)
        least = 0 if ours == "seconds" else WEIGHT.low
        return not (read.broken | (read.found < least)).any()
    if ours == "role":
        return known.nunique() <= max(12, len(known) / 4)
    return bool(len(known))


def _recommended(grid: Grid, answers: dict[str, Closed], found: dict[str, Role]) -> None:
    """Find the 0-10 question: by its wording or name, or by a neighbour that groups it."""
    best: tuple[float, str, str] = (0.0, "", "")
    for name, one in answers.items():
        told = grid.wording.get(name, "")
        if DERIVED.search(plain(name)) or DERIVED.search(told) or not _zero_to_ten(one):
            continue
        spoken = RECOMMENDS.search(told) or RECOMMENDS.search(plain(name))
        grouped = any(other != name and plain(other) == f"{plain(name)} nps group"
                      for other in grid.names)  # fmt: skip
        if not (spoken or grouped):
            continue
        sure = 0.98 if spoken and (grouped or told) else 0.95
        sure -= 0.15 if max(one.numbers) < 8 else 0.0
        sure -= 0.2 if few(one) else 0.0
        why = "its wording asks for a recommendation" if spoken else "a column groups it as NPS"
        best = max(best, (sure, name, why), key=lambda each: each[0])
    if best[1]:
        found[best[1]] = Role("ltr", best[0], f"{best[2]}, and its answers run from 0 to 10")
        return
    _widest(grid, answers, found)


def _widest(grid: Grid, answers: dict[str, Closed], found: dict[str, Role]) -> None:
    """Without any words: the one question answered beyond 7 where the others end at 7 or less."""
    numbers = {n: one.numbers for n, one in answers.items()
               if one.numbers and n not in found and not few(one)}  # fmt: skip
    bare = [n for n in numbers if not wording(n, grid.wording.get(n, ""))]
    wide = [n for n in bare if 8 < max(numbers[n]) <= 10 and min(numbers[n]) >= 0]
    narrow = [n for n in numbers if max(numbers[n]) <= 7]
    narrow += [n for n, one in answers.items() if one.words and n not in found]
    if len(wide) == 1 and len(narrow) >= 3 and len(numbers[wide[0]]) >= 4:
        found[wide[0]] = Role(
            "ltr", 0.6, "the only question answered beyond 7, up to 9 or 10; confirm it"
        )


def _zero_to_ten(one: Closed) -> bool:
    on_it = [v for v in one.numbers if 0 <= v <= _NPS_POINTS]
    off = [v for v in one.numbers if not 0 <= v <= _NPS_POINTS]
    return bool(on_it) and max(on_it) > 5 and not one.strays and not {-100, 100} & set(off)


def _siblings(grid: Grid, answers: dict[str, Closed]) -> dict[str, set[int | str]]:
    """Answers to the questions beside a column, in the same matrix, that are scales themselves."""
    asked = questions(list(answers), [grid.wording.get(name, "") for name in answers])
    held: dict[str, set[int | str]] = {}
    for name, one in answers.items():
        if not few(one) and not one.strays:
            held.setdefault(asked[name], set()).update(one.numbers, one.words)
    return {name: held.get(asked[name], set()) for name in answers}


def _ranks(grid: Grid, answers: dict[str, Closed]) -> list[str]:
    """Columns side by side in which every person has each number from 1 once."""
    names = [name for name, one in answers.items() if one.numbers and not one.words]
    found = []
    for start, name in enumerate(names):
        size = answers[name].numbers[-1]
        beside = names[start : start + size]
        alike = all(set(answers[n].numbers) <= {*range(1, size + 1)} for n in beside)
        if size < 3 or len(beside) < size or not alike:
            continue
        rows = pd.DataFrame({n: cells.numbers(grid.text(n), cells.number).found for n in beside})
        whole = rows.dropna()
        if len(whole) >= 3 and (whole.nunique(axis=1) == size).all():
            found += beside
    return found


def _content(
    name: str,
    grid: Grid,
    texts: pd.Series,
    answers: Closed | None,
    siblings: dict[str, set[int | str]],
) -> Role:
    """An item, an open question, or nothing that scores are made of."""
    told, header = grid.wording.get(name, ""), plain(name)
    known = texts[~pd.Series(grid.rows).duplicated()].dropna()  # once a person
    if DERIVED.search(header) or DERIVED.search(told):
        return Role("ignored", 0.95, "made from another column (a group or score), no answer")
    if FAMILIAR.search(told) or FAMILIAR.search(header):
        return Role("familiarity", 0.9, "asks how well the person knows the relationship")
    if date_form(texts)[0]:
        return Role("ignored", 0.95, "holds dates")
    if FACTS.fullmatch(header) or (told and FACTS.fullmatch(plain(told))):
        return Role("ignored", 0.9, "a fact about the person, the firm or the session, no rating")
    if answers is not None:
        return _rating(name, grid, answers, siblings[name])
    if _is_prose(known):
        return Role("comment", 0.9, "answers of several words, mostly different")
    if len(known) and _numbers(known):
        return _numeric(known, wording(name, told))
    if len(known) and (known == known.iloc[0]).all():
        ticked = len(known) < len(grid)
        why = "filled or empty: an option to tick, no scale" if ticked else "the same in every row"
        return Role("ignored", 0.9, why)
    return Role("ignored", 0.6, f"words that are no answer scale, as {known.iloc[0][:30]!r}")


def _numeric(known: pd.Series, asked: str) -> Role:
    """Numbers that are no points of a usual scale: a slider's, or none of a question."""
    values = pd.to_numeric(known.str.replace(",", "."), errors="coerce")
    slides = values.between(0, 100).all() and values.max() > 50 and values.nunique() >= 8
    if slides and asked and concept(asked)[0]:
        why = f"numbers from {values.min():g} to {values.max():g}, as of a slider; to make an item "
        why += "of it, name it under items with scale: [0, 100]"
        return Role("ignored", 0.5, why)
    return Role("ignored", 0.8, "numbers that are no answers on a scale")


def _rating(name: str, grid: Grid, answers: Closed, siblings: set[int | str]) -> Role:
    if answers.strays and not answers.spared:
        said = ", ".join(f"{text[:30]!r} {n}" for text, n in list(answers.strays.items())[:5])
        why = f"most answers are points of a scale, and these are none: {said}; list them under"
        return Role("ignored", 0.5, f"{why} responses > answers or > missing, and the question")
    if RECOMMENDS.search(plain(name)) or RECOMMENDS.search(grid.wording.get(name, "")):
        why = "about recommending, and not answered from 0 to 10; is it an item?"
        if _zero_to_ten(answers):
            why = "about recommending, too; the 0-10 question that counts is another column"
        return Role("ignored", 0.5, why)
    if few(answers):
        return _narrow(answers, siblings)
    if answers.spared:
        said = ", ".join(f"{text[:30]!r} {n}" for text, n in answers.strays.items())
        return Role("item", 0.45, f"{said} read as no answer; is it a point of the scale?")
    if answers.words:
        return Role("item", 0.85, f"answers in words on a scale of {len(answers.words)} or more")
    sure = 0.9 if wording(name, grid.wording.get(name, "")) else 0.8
    return Role("item", sure, f"whole numbers from {answers.numbers[0]} to {answers.numbers[-1]}")


def _narrow(answers: Closed, siblings: set[int | str]) -> Role:
    """One answer or two: an item where the questions beside it are answered alike."""
    points = [point for point in siblings if isinstance(point, int)]
    alike = bool(answers.words) and set(answers.words) <= siblings
    if answers.numbers and points and not set(answers.numbers) <= {0, 1, 2}:
        alike = min(points) <= min(answers.numbers) and max(answers.numbers) <= max(points)
    if not alike:
        return Role("ignored", 0.7, "two answers or fewer: a choice, no scale")
    said = " and ".join([*map(str, answers.numbers), *answers.words])
    return Role("item", 0.75, f"answered {said} alone, on the scale of the questions beside it")


def _is_prose(known: pd.Series) -> bool:
    """Open answers: mostly different, and some of them are sentences."""
    return len(known) > 0 and known.nunique() > 0.5 * len(known) and known.str.count(" ").max() >= 3
