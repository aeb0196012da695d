"""The dirt that real exports carry, and the list of where it fell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crqlab.simulate import model, sheet, tables, words
from crqlab.simulate.block import Block
from crqlab.simulate.draws import Stage, draw
from crqlab.simulate.sheet import BLANK, SEEN, Sheet

#: The client whose German questionnaire had its scale turned round in the second wave.
FLIPPED = 9
#: Fault of a whole response: share of the responses; nobody has two of them.
SHARES = {
    "careless": 0.012,  # straight line and speeder in one
    "straight_line": 0.010,
    "speeder": 0.012,
    "half_empty": 0.012,
    "duplicate": 0.006,
    "wrong_code": 0.006,
}
KINDS = ("fine", *SHARES, "flipped")
_LISTED_APART = (KINDS.index("duplicate"), KINDS.index("wrong_code"))
WRONG_CODES = (77, 8, 9, 0, 44)
#: Kind of comment: what is put around it. All addresses and numbers are fictitious.
COMMENTS = {
    "markup": ("<b>", "</b><br>&nbsp;<i>really</i>"),
    "script": ("<script>alert('crq')</script> ", ""),
    "formula": ("=SUM(A1:A9)+", ""),
    "link": ('=HYPERLINK("http://example.com","', '")'),
    "e_mail": ("", " Write to me: anna.oberg@example.com"),
    "phone": ("", " You can reach me on +44 20 7946 0123."),
    "new_line": ("Two things;\n", '\n"And thanks" 👍'),
}


@dataclass(frozen=True, slots=True)
class Soiled:
    """Answer sheets with dirt on them, and where it is.

    Attributes
    ----------
    sheet : Sheet
    found : pyarrow.Table
        Truth: ``client_id``, ``wave``, ``response_id``, ``kind``, ``column``, ``clean``,
        ``written``.
    """

    sheet: Sheet
    found: pa.Table


@dataclass(frozen=True, slots=True)
class _Wrong:
    """The item and the code of every response's wrong code, should it get one."""

    column: np.ndarray
    code: np.ndarray


def soil(clean: Sheet, block: Block) -> Soiled:
    """Let dirt fall on clean answer sheets."""
    rows = np.bincount(block.client_of_response(), minlength=len(block.clients.numbers))
    u = draw("uniform", block.options.seed, block.clients.numbers, Stage.DIRT, rows, 30 + 24)
    bounds = np.cumsum([0, *SHARES.values()])
    fault = np.searchsorted(bounds, u[:, 0], side="right") % len(bounds)
    fault[_flipped(clean, block)] = KINDS.index("flipped")
    is_ = {kind: fault == place for place, kind in enumerate(KINDS)}
    wrong = _Wrong(
        (u[:, 1] * len(model.ITEMS)).astype(int),
        np.array(WRONG_CODES)[(u[:, 2] * len(WRONG_CODES)).astype(int)],
    )
    stop = is_["half_empty"]
    rushed = is_["careless"] | is_["speeder"]
    comments = [sheet.emptied(text, stop) for text in clean.comments]
    comments[1], kind = _spiced(comments[1], u[:, 5])
    soiled = replace(
        clean,
        items=_items(clean.items, is_, u, wrong),
        ltr=np.where(stop, BLANK, np.where(u[:, 6] < 0.015, SEEN, clean.ltr)),
        familiarity=np.where(stop, BLANK, clean.familiarity),
        seconds=np.where(rushed, (30 + 100 * u[:, 7]).astype(int), clean.seconds),
        comments=tuple(comments),
        progress=np.where(stop, 10 + (40 * u[:, 3]).astype(int), 100),
    )
    twice = np.flatnonzero(is_["duplicate"])
    second = _again(soiled, twice, u)
    found = _found(soiled, second, block, fault, kind, wrong)
    return Soiled(_joined(soiled, second, block), found)


def _flipped(clean: Sheet, block: Block) -> np.ndarray:
    """Whether a response came through the questionnaire with the scale turned round."""
    client = block.clients.numbers[block.client_of_response()]
    second = min(1, len(block.options.periods) - 1)
    german = clean.language == words.LANGUAGES.index("de")
    return (client == FLIPPED) & (block.answers.wave == second) & german


def _items(
    answers: np.ndarray, is_: dict[str, np.ndarray], u: np.ndarray, wrong: _Wrong
) -> np.ndarray:
    """Answers with lines, turned scales, gaps, wrong codes and missing ends."""
    items = np.where(is_["flipped"][:, None], 8 - answers, answers)
    line = is_["careless"] | is_["straight_line"]
    items[line] = np.array([4, 4, 5, 5, 6, 7, 1])[(u[line, 3] * 7).astype(int), None]
    gappy = (u[:, 4] < 0.2) & is_["fine"]
    gaps = gappy[:, None] & (u[:, 30:] < 0.06)
    items[gaps] = np.broadcast_to(np.where(u[:, 8] < 0.5, SEEN, BLANK)[:, None], items.shape)[gaps]
    mistyped = is_["wrong_code"]
    items[mistyped, wrong.column[mistyped]] = wrong.code[mistyped]
    ends = 3 + (8 * u[:, 3]).astype(int)
    items[is_["half_empty"][:, None] & (np.arange(items.shape[1]) >= ends[:, None])] = BLANK
    return items


def _spiced(text: pa.Array, u: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Comments with markup, formulas and personal data put around some, and in which way.

    The second array has 0 for an untouched comment, else 1 plus the place in `COMMENTS`.
    """
    kind = 1 + (u / 0.002).astype(int)
    kind[(kind > len(COMMENTS)) | ~text.is_valid().to_numpy(zero_copy_only=False)] = 0
    before, after = (
        pa.array(["", *(around[side] for around in COMMENTS.values())]).take(pa.array(kind))
        for side in (0, 1)
    )
    return pc.binary_join_element_wise(before, text, after, ""), kind


def _again(soiled: Sheet, rows: np.ndarray, u: np.ndarray) -> Sheet:
    """Return the same people's second attempts: another id, later, one answer changed at times."""
    first = Sheet(**soiled.take(rows))
    items = first.items.copy()
    changed = u[rows, 9] < 0.5
    items[changed, 0] = np.clip(items[changed, 0] % 7 + 1, 1, 7)
    later = (3600 + 80_000 * u[rows, 10]).astype(int)
    return replace(
        first,
        response_id=sheet.response_ids(u[rows, 11:26]),
        started=first.started + later,
        items=items,
    )


def _joined(first: Sheet, second: Sheet, block: Block) -> Sheet:
    """Both sheets in one, still client by client and wave by wave."""
    both = Sheet(
        **{
            name: _stacked(getattr(first, name), getattr(second, name))
            for name in Sheet.__dataclass_fields__
        }
    )
    late = np.repeat([0, 1], [len(first.row), len(second.row)])
    client, wave = block.client_of_response()[both.row], block.answers.wave[both.row]
    return Sheet(**both.take(np.lexsort((both.row, late, wave, client))))


def _stacked(first, second):
    if isinstance(first, tuple):
        return tuple(_stacked(a, b) for a, b in zip(first, second, strict=True))
    join = pa.concat_arrays if isinstance(first, pa.Array) else np.concatenate
    return join([first, second])


def _found(
    soiled: Sheet, second: Sheet, block: Block, fault: np.ndarray, kind: np.ndarray, wrong: _Wrong
) -> pa.Table:
    """Everything that fell, one row per response and fault."""
    whole = np.flatnonzero((fault > 0) & ~np.isin(fault, _LISTED_APART))
    code = np.flatnonzero(fault == KINDS.index("wrong_code"))
    spiced = np.flatnonzero(kind)
    gaps = np.isin(soiled.items, (SEEN, BLANK)).any(axis=1)
    gaps = np.flatnonzero(gaps & (fault == 0))
    ids = soiled.response_id
    clean = block.answers.items[code, wrong.column[code]]
    found = pa.concat_tables(
        [
            _rows(block, whole, ids, sheet.texts(KINDS, fault[whole])),
            _rows(
                block,
                code,
                ids,
                "wrong_code",
                column=sheet.texts(tuple(model.ITEMS), wrong.column[code]),
                clean=pa.array(clean).cast(pa.string()),
                written=pa.array(wrong.code[code]).cast(pa.string()),
            ),
            _rows(block, spiced, ids, sheet.texts(("", *COMMENTS), kind[spiced]), column="change"),
            _rows(block, gaps, ids, "missing"),
            _rows(
                block,
                second.row,
                None,
                "duplicate",
                clean=ids.take(pa.array(second.row)),
                written=second.response_id,
            ),
        ]
    )
    rows = np.concatenate([whole, code, spiced, gaps, second.row])
    return found.take(pa.array(np.argsort(rows, kind="stable")))


def _rows(
    block: Block, rows: np.ndarray, ids: pa.Array | None, kind: pa.Array | str, **texts
) -> pa.Table:
    """Part of the truth about dirt; a duplicate is listed under its own id."""
    full = {
        name: pa.repeat(text, len(rows)) if isinstance(text, str) else text
        for name, text in {"kind": kind, **texts}.items()
    }
    empty = pa.nulls(len(rows), pa.string())
    return pa.table(
        {
            "client_id": tables.client_ids(block, block.client_of_response()[rows]),
            "wave": tables.wave_names(block, block.answers.wave[rows]),
            "response_id": full["written"] if ids is None else ids.take(pa.array(rows)),
            "kind": full["kind"],
            **{name: full.get(name, empty) for name in ("column", "clean", "written")},
        }
    )
