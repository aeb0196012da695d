"""From the roles of columns to an instrument: items with scales, constructs, waves, open points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from crqlab.base.concepts import draft as named_concept
from crqlab.base.concepts import kind_of
from crqlab.base.instrument import RESERVED
from crqlab.base.sources import Loop
from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import Question, folded
from crqlab.base.spreadsheets.grid import Grid
from crqlab.base.waves import in_order
from crqlab.responses import answer_scales, construct_check, loops, spread_choices
from crqlab.responses.answer_scales import Closed
from crqlab.responses.column_roles import Roles, roles
from crqlab.responses.item_texts import concept, names, questions, statements, stem, wording
from crqlab.responses.loops import LoopDraft
from crqlab.responses.worded_items import fits
from crqlab.responses.worded_scales import Fit

WAVES_APART = pd.Timedelta(days=100)  # between the fieldwork of two waves
_LABELS = {
    "trust": "Trust", "commitment": "Commitment", "satisfaction": "Satisfaction",
    "calculative_commitment": "Calculative commitment", "service": "Service", "value": "Value",
    "solution": "Solution", "experience": "Experience", "uniqueness": "Distinctiveness",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One closed question: its column, its wording, and how it is answered."""

    header: str
    text: str
    scale: tuple[int, int]
    missing: tuple[int | str, ...] = ()
    words: dict[str, int] = field(default_factory=dict)
    reversed: bool = False
    sure: float = 1.0  # that its answers are read as they are meant
    why: str = ""


@dataclass(frozen=True, slots=True)
class ConstructDraft:
    """A construct: its label, its concept (empty where its wording told none), its items."""

    label: str
    concept: str
    items: tuple[str, ...]
    sure: float
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """All that an export tells of its study.

    Attributes
    ----------
    grid : Grid
    roles : Roles
    columns : dict of our column to the file's
    items : dict of our item to ItemDraft
    constructs : dict of our construct to ConstructDraft
    comments : dict of our open question to the file's column
    ltr_codes : tuple of int
        Codes of the 0-10 question that are no answers.
    ltr_recode : dict of int or str to int
        Where 0 to 10 is coded 1 to 11, or its ends are words.
    waves : dict of name to (first day, last day)
        Told by dates; empty where a column or nothing tells them.
    wave : str
        Of the whole file, where it is one: the year of its answers, else ``1``.
    looped : LoopDraft or None
        Questions that one person answers about several objects; ``grid`` is unrolled then.
    choices : mapping of question to mapping of column to answer
        Choices that the file spreads over a column for each option; ``grid`` has them joined.
    begun : Timestamp or None
        The median day of its answers.
    """

    grid: Grid
    roles: Roles
    columns: dict[str, str]
    items: dict[str, ItemDraft]
    constructs: dict[str, ConstructDraft]
    comments: dict[str, str]
    ltr_codes: tuple[int, ...] = ()
    ltr_recode: dict[int | str, int] = field(default_factory=dict)
    waves: dict[str, tuple[str, str]] = field(default_factory=dict)
    wave: str = "1"
    looped: LoopDraft | None = None
    choices: spread_choices.Choices = field(default_factory=dict)
    begun: pd.Timestamp | None = None

    @property
    def scale(self) -> tuple[int, int]:
        """The commonest scale of the items."""
        scales = [item.scale for item in self.items.values()]
        return max(set(scales), key=lambda one: (scales.count(one), one), default=(1, 7))

    @property
    def ltr(self) -> str:
        """The column of the 0-10 question; empty where none was found."""
        return next(iter(self.roles.of("ltr")), "")

    @property
    def texts(self) -> list[str]:
        """Words that mean "no answer" in the answers of this file."""
        kept = [*self.roles.of("item"), *self.roles.of("ltr")]
        found = {word for name in kept for word in self.roles.closed[name].unanswered}
        return sorted(word for word in found if cells.number(word) is None)


def draft(grid: Grid) -> Draft:
    """Return the likeliest reading of an export."""
    choices = spread_choices.found(grid)
    grid = spread_choices.joined(grid, choices)
    looped = loops.found(grid)
    if looped and looped.loop:
        grid = loops.unrolled(grid, looped.loop)
    found = roles(grid)
    if looped and looped.loop:
        looped, grid = _asked_once(looped, looped.loop, grid, found)
    plain = ("item", "ltr", "comment", "set_aside", "ignored", "finished")
    columns = {role.kind: name for name, role in reversed(found.by_column.items())
               if role.kind not in plain}  # fmt: skip
    columns = {ours: columns[ours] for ours in sorted(columns, key=list(columns).index)}
    items = _items(grid, found)
    commented = found.of("comment")
    asked = [wording(name, grid.wording.get(name, "")) for name in commented]
    open_ = dict(zip(names(commented, asked, set(items)), commented, strict=True))
    constructs = _constructs(items, {*items, *open_})
    items, constructs = _checked(items, constructs, grid)
    codes, recode = _recommendation(found)
    days = _days(grid, columns.get("started"), found.dates)
    named = columns.get("wave")
    waves = _named_waves(grid.text(named), days) if named else _waves(days)
    wave = f"{days.median():%Y}" if len(days) else "1"
    begun = days.median() if len(days) else None
    read = (codes, recode, waves, wave, looped, choices, begun)
    return Draft(grid, found, columns, items, constructs, open_, *read)


def _asked_once(looped: LoopDraft, loop: Loop, grid: Grid, found: Roles) -> tuple[LoopDraft, Grid]:
    """Name the questions outside of a loop: a person's first row alone has their answers."""
    asked = [*found.of("item"), *found.of("ltr"), *found.of("comment"), *found.of("familiarity")]
    once = tuple(name for name in asked if name not in loop.questions)
    whole = loop.model_copy(update={"once": once})
    return replace(looped, loop=whole), loops.emptied(grid, once)


def _items(grid: Grid, found: Roles) -> dict[str, ItemDraft]:
    headers = found.of("item")
    asked = [wording(name, grid.wording.get(name, "")) for name in headers]
    own = statements(asked)
    named = names(headers, own, set())
    numbers = [found.closed[name] for name in headers if len(found.closed[name].counts)]
    six, ten = answer_scales.six_is_a_code(numbers), answer_scales.up_to_ten(numbers)
    asked_of = questions(headers, [grid.wording.get(name, "") for name in headers])
    worded = {name: found.closed[name].words for name in headers if found.closed[name].words}
    points = fits(worded, asked_of)
    labels = answer_scales.shared_labels({name: found.closed[name] for name in headers}, asked_of)
    made = {
        name: _spoken(header, text, points[header])
        if header in points
        else _item(header, text, found.closed[header], labels[header], six=six, ten=ten)
        for name, header, text in zip(named, headers, own, strict=True)
    }
    numbered = {name: item for name, item in made.items() if item.header not in points}
    return _alike(made | _widened(numbered, asked_of), found)


def _spoken(header: str, text: str, said: Fit) -> ItemDraft:
    """An item that is answered in words."""
    return ItemDraft(header, text, (1, said.size), (), said.points, False, said.sure, said.why)


def _alike(items: dict[str, ItemDraft], found: Roles) -> dict[str, ItemDraft]:
    """An item that lacks one end of the scale that most others have: nobody happened to use it."""
    bare = [
        name for name, item in items.items() if not (item.words or found.closed[item.header].labels)
    ]
    scales = Counter(items[name].scale for name in bare)
    if not scales:
        return items
    (low, high), most = max(scales.items(), key=lambda one: (one[1], one[0][1] - one[0][0]))
    done = dict(items)
    for name in bare:
        one = items[name]
        near = one.scale in {(low, high - 1), (low + 1, high)}
        beside = not any(isinstance(code, int) and low <= code <= high for code in one.missing)
        if near and beside and 2 * most >= len(bare):
            done[name] = replace(one, scale=(low, high))
    return done


def _item(
    header: str,
    text: str,
    one: Closed,
    labels: Mapping[str, str],
    *,
    six: bool,
    ten: tuple[int, int] | None,
) -> ItemDraft:
    """An item that is answered in numbers, some of them perhaps with a label."""
    low, high = answer_scales.reaching(answer_scales.scale(one, six), labels, one.missing)
    if ten and not labels and answer_scales.beyond_seven(one):
        low, high = ten
    codes = tuple(answer_scales.codes(one, low, high))
    turned = answer_scales.turned(labels, (low, high))
    item = ItemDraft(header, text, (low, high), codes, dict(one.ends), turned)
    if guessed := [code for code in codes if code in range(12) and str(code) not in one.missing]:
        said = ", ".join(map(str, guessed))
        item = replace(item, sure=0.7, why=f"{said} stand outside of {low} to {high}: no answers?")
    if not one.ends:
        return item
    ends = ", ".join(f"{word!r} as {point}" for word, point in one.ends.items())
    return replace(item, sure=0.7, why=f"words beside numbers are read as ends: {ends}")


def _widened(items: dict[str, ItemDraft], asked: dict[str, str]) -> dict[str, ItemDraft]:
    """Nobody may have used the ends of one item's scale: those of one question share it."""
    groups: dict[str, list[str]] = {}
    for name, item in items.items():
        if not item.missing:
            groups.setdefault(asked[item.header], []).append(name)
    done = dict(items)
    for members in groups.values():
        scales = [items[name].scale for name in members]
        widest = max(scales, key=lambda scale: scale[1] - scale[0])
        done |= {name: replace(items[name], scale=widest) for name in members}
    return done


def _constructs(items: dict[str, ItemDraft], taken: set[str]) -> dict[str, ConstructDraft]:
    """By what wordings speak of; what fits nothing stays with the items of its own question."""
    groups: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for name, item in items.items():
        said, sure = concept(item.text or item.header)
        own = "" if said else _leftover(name, item)
        groups.setdefault((said, own), []).append((name, sure))
    found: dict[str, ConstructDraft] = {}
    for (said, own), members in groups.items():
        key = said or _allowed(own)
        while key in taken | RESERVED | set(found):
            key = f"{key}_all"[:40] if not key.endswith("_all") else f"{key}x"[:40]
        label = _LABELS.get(said, key.removesuffix("_all").replace("_", " ").capitalize())
        sure = min((one for _, one in members), default=0.0) if said else 0.3
        if not said and (named := named_concept({key: label})[key].concept) != "other":
            said, sure = named, 0.7
        found[key] = ConstructDraft(label, said, tuple(name for name, _ in members), sure)
    return found


def _leftover(name: str, item: ItemDraft) -> str:
    """Where an item goes that fits no concept: by itself, or with those of its question.

    Nothing but the header is known of items without any wording.
    """
    own = stem(item.header)
    named = named_concept({_allowed(own): own})[_allowed(own)].concept != "other"
    return own if named or not item.text else name


def _checked(
    items: dict[str, ItemDraft], constructs: dict[str, ConstructDraft], grid: Grid
) -> tuple[dict[str, ItemDraft], dict[str, ConstructDraft]]:
    """Ask about items whose answers speak against what their wording proposes."""
    answers = pd.DataFrame({name: _points(item, grid) for name, item in items.items()})
    known = {name: one.items for name, one in constructs.items() if one.concept}
    for name, why in construct_check.doubts(answers, known).items():
        items = items | {name: replace(items[name], sure=min(items[name].sure, 0.6), why=why)}
    for key, one in constructs.items():
        if not one.concept and len(one.items) == 1 and items[one.items[0]].text:
            near, r = construct_check.nearest(answers[one.items[0]], answers, known)
            why = f"{items[one.items[0]].text[:60]!r} fits no construct that is known by its words"
            why += f"; its answers go most with {near} (r = {r:.2f})" if near else ""
            constructs = constructs | {key: replace(one, why=f"{why}: what does it measure?")}
    return items, constructs


def _points(item: ItemDraft, grid: Grid) -> pd.Series:
    """Answers in scale points, more is better."""
    low, high = item.scale
    said = {folded(word): float(point) for word, point in item.words.items()}
    asked = Question(low, high, frozenset(map(str, item.missing)), recode=said)
    read = cells.numbers(grid.text(item.header), asked.points).found
    read = read.where(read.between(low, high))
    return low + high - read if item.reversed else read


def _allowed(text: str) -> str:
    return names([text], [""], set())[0][:30] if text else "items"


def crq_constructs(drafted: Draft) -> list[str]:
    """Return the constructs that a score may be made of: what only keeps people is apart."""
    kept = [
        name for name, one in drafted.constructs.items()
        if not one.concept or kind_of(one.concept) != "apart"
    ]  # fmt: skip
    kept = [name for name in kept if drafted.constructs[name].concept != "value"] or kept
    return kept or list(drafted.constructs)


def _recommendation(found: Roles) -> tuple[tuple[int, ...], dict[int | str, int]]:
    """Codes beside 0 to 10, or the recoding of 1 to 11 or of words for 0 and 10."""
    for name in found.of("ltr"):
        numbers, ends = found.closed[name].numbers, dict(found.closed[name].ends)
        if ends:
            return (), ends
        if 11 in numbers and 0 not in numbers and found.closed[name].counts.get(11, 0) > 1:
            return tuple(v for v in numbers if not 1 <= v <= 11), {v: v - 1 for v in range(1, 12)}
        return tuple(v for v in numbers if not 0 <= v <= 10), {}
    return (), {}


def _days(grid: Grid, started: str | None, form: str | None) -> pd.Series:
    """When the answers began, in time."""
    if started is None:
        return pd.Series(dtype="datetime64[ns]")
    return cells.moments(grid.text(started), form).found.dropna().sort_values()


def _named_waves(names: pd.Series, days: pd.Series) -> dict[str, tuple[str, str]]:
    """Days of waves that a column names, where the names do not sort in time and the days do."""
    ends = days.groupby(cells.whole(names).reindex(days.index)).agg(["min", "max"])
    ends = ends.sort_values("min")
    apart = (ends["min"].iloc[1:].to_numpy() > ends["max"].iloc[:-1].to_numpy()).all()
    if not apart or list(ends.index) == in_order(ends.index):
        return {}
    return {str(row.Index): (f"{row.min:%Y-%m-%d}", f"{row.max:%Y-%m-%d}")
            for row in ends.itertuples()}  # fmt: skip


def _waves(days: pd.Series) -> dict[str, tuple[str, str]]:
    """Cut answers into waves where months without any lie between them."""
    if days.empty:
        return {}
    part = (days.diff() > WAVES_APART).cumsum()
    if part.iloc[-1] == 0:
        return {}
    ends = days.groupby(part).agg(["min", "max"])
    years = Counter(f"{day:%Y}" for day in ends["min"])
    return {
        (f"{row.min:%Y}" if years[f"{row.min:%Y}"] == 1 else f"{row.min:%Y-%m}"): (
            f"{row.min:%Y-%m-%d}",
            f"{row.max:%Y-%m-%d}",
        )
        for row in ends.rename(columns=str).itertuples(index=False)
    }
