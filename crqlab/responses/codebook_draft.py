"""Draft a codebook from an export: a person corrects it instead of writing it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from crqlab.base.codebook import RESPONSE_COLUMNS, Codebook
from crqlab.base.concepts import CONCEPTS
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses.crm_draft import TableDraft
from crqlab.responses.draft_points import CERTAIN
from crqlab.responses.export_series import ROLES, Series
from crqlab.responses.instrument_draft import Draft, crq_constructs
from crqlab.responses.item_texts import wording
from crqlab.responses.loops import OBJECT
from crqlab.responses.survey_status import guessed


def written(name: str, told: Series, tables: Sequence[TableDraft]) -> str:
    """Return drafts as the text of one codebook, its doubtful lines marked with EDIT.

    Parameters
    ----------
    name : str
        The study's name.
    told : Series
        Survey exports.
    tables : sequence of TableDraft
        Exports of a CRM.
    """
    main, drafts = told.main, told.drafts
    currency = next((one.currency for one in tables if one.currency), "EUR")
    parts = [
        _head(name, main.grid, currency),
        _instrument(main),
        _waves(drafts),
        _weights(drafts),
        _responses(main, drafts),
    ]
    crm = "\n".join(one.entry() for one in tables)
    parts.append(_unconfirmed(told, tables))
    return "\n".join([*(part for part in parts if part), f"{crm}\n{_TAIL}" if crm else _TAIL, ""])


def drafted_concepts(book: Codebook) -> str:
    """List the constructs whose concepts the codebook leaves to their names; empty if none.

    Examples
    --------
    >>> asked = {"name": "mini", "version": "1", "scale": [1, 7], "items": {"a": "", "b": ""},
    ...     "constructs": {"tillit": {"label": "Tillit", "items": ["a"]},
    ...                    "q2": {"label": "Uniqueness", "concept": "uniqueness", "items": ["b"]}},
    ...     "crq": {"constructs": ["tillit"]}}
    >>> book = {"title": "Mini", "instrument": asked, "responses": {"files": ["a.csv"]}}
    >>> print(drafted_concepts(Codebook.model_validate(book)))
    1 construct has the concept that its name tells; confirm or correct it in codebook.yaml:
      tillit: {concept: trust, kind: outcome}
    """
    asked = book.instrument
    if not asked.drafted:
        return ""
    n = len(asked.drafted)
    head = "1 construct has the concept that its name tells; confirm or correct it"
    if n > 1:
        head = f"{n} constructs have the concepts that their names tell; confirm or correct them"
    said = [
        f"  {name}: {{concept: {asked.concepts[name]}, kind: {asked.kind(name)}}}"
        for name in asked.drafted
    ]
    return "\n".join([f"{head} in codebook.yaml:", *said])


def _unconfirmed(told: Series, tables: Sequence[TableDraft]) -> str:
    """What nobody has confirmed yet: reports and exports wait for it."""
    paths = [path for path, sure, _ in told.points() if sure < CERTAIN]
    paths += [point.partition(":")[0] for one in tables for point in one.open]
    if not paths:
        return ""
    lines = ["unconfirmed: # go through these with: crqlab confirm STUDY"]
    return "\n".join([*lines, *(f"  - {path}" for path in dict.fromkeys(paths)), ""])


def _head(name: str, grid: Grid, currency: str) -> str:
    return f"""\
# Codebook of the study "{name}", drafted from {grid.file}: what was asked, where the
# answers are, what columns mean. Go through the lines marked with EDIT, then say:
# crqlab check {name}
# Every broken cell is listed; nothing is written until all is well.
title: {_quoted(name)} # EDIT: what the study is called on its pages
language: en # of the wording below
# report_language: sv # of the pages, where it is another than en
currency: {currency} # of all revenue
"""


def _instrument(drafted: Draft) -> str:
    low, high = drafted.scale
    lines = [
        "instrument:",
        "  name: Drafted instrument # EDIT",
        '  version: "1"',
        f"  scale: [{low}, {high}] # EDIT if the questionnaire's scale is another one",
        *(_measured(drafted) if drafted.items else []),
    ]
    for header in drafted.roles.of("ltr"):
        asked = wording(header, drafted.grid.wording.get(header, ""))
        said = _quoted(asked or "How likely are you to recommend this supplier?")
        lines.append(f"  recommend: {said} # EDIT: the 0-10 question as it was asked")
    for header in drafted.roles.of("familiarity"):
        asked = wording(header, drafted.grid.wording.get(header, ""))
        lines.append(f"  familiarity: {_quoted(asked or header)}")
    if drafted.comments:
        lines.append("  comments: # EDIT: open questions; delete what is none")
        for name, header in drafted.comments.items():
            asked = wording(header, drafted.grid.wording.get(header, ""))
            lines.append(f"    {name}: {_quoted(asked or header)}")
    return "\n".join([*lines, ""])


def _measured(drafted: Draft) -> list[str]:
    """Items, constructs and the score; none of them where only the 0-10 question was asked."""
    return [
        "  items: # EDIT: delete what is no agreement or rating; mark items worded the other",
        "    # way round with reversed: true",
        *(_item(name, drafted) for name in drafted.items),
        "  constructs: # EDIT: which items measure what, what it is called, and its concept:",
        f"    # {', '.join(CONCEPTS[:8])},",
        f"    # {', '.join(CONCEPTS[8:])}",
        *_constructs(drafted),
        *_crq(drafted),
    ]


def _constructs(drafted: Draft) -> list[str]:
    lines = []
    for name, one in drafted.constructs.items():
        items = ", ".join(one.items)
        said = f"label: {_quoted(one.label)}, concept: {one.concept or 'other'}"
        doubt = "" if one.sure >= 0.7 else " # EDIT: what do these items measure?"
        lines.append(f"    {name}: {{{said}, items: [{items}]}}{doubt}")
    return lines


def _crq(drafted: Draft) -> list[str]:
    used = crq_constructs(drafted)
    return [
        "  crq: # EDIT: the score is the mean of these constructs",
        f"    constructs: [{', '.join(used)}]",
        f"    at_least: {(len(used) + 1) // 2}",
    ]


def _item(name: str, drafted: Draft) -> str:
    item = drafted.items[name]
    facts = {"text": _quoted(item.text)}
    if item.scale != drafted.scale:
        facts["scale"] = f"[{item.scale[0]}, {item.scale[1]}]"
    if item.reversed:
        facts["reversed"] = "true"
    if item.missing:
        facts["missing"] = f"[{', '.join(map(str, item.missing))}]"
    note = " # EDIT: are these codes no answers?" if item.missing else ""
    if len(facts) == 1:
        return f"    {name}: {facts['text']}"
    return f"    {name}: {{{', '.join(f'{k}: {v}' for k, v in facts.items())}}}{note}"


def _waves(drafts: Sequence[Draft]) -> str:
    told = {name: days for one in drafts for name, days in one.waves.items()}
    if not told:
        return ""
    lines = ["waves: # EDIT: told by the dates of the answers"]
    for name, (first, last) in told.items():
        lines.append(f"  {_quoted(name)}: {{from: {first}, to: {last}}}")
    return "\n".join([*lines, ""])


def _weights(drafts: Sequence[Draft]) -> str:
    headers = dict.fromkeys(header for one in drafts for header in one.roles.of("weight"))
    if not headers:
        return ""
    named = ", ".join(map(_quoted, headers))
    named = f"[{named}]" if len(headers) > 1 else named
    return f"weight: {named} # EDIT: survey weights, by which answers count; delete if not\n"


def _columns(drafted: Draft) -> dict[str, str]:
    """Our column: the file's, of all that a codebook names."""
    known = {ours: name for ours, name in drafted.columns.items() if ours in RESPONSE_COLUMNS}
    headers = {ours: item.header for ours, item in drafted.items.items()}
    ltr = {"ltr": drafted.ltr} if drafted.ltr else {}
    return {**known, **headers, **drafted.comments, **ltr}


def _file(drafted: Draft, main: Draft) -> str:
    """One file's entry: how it is read, and where it differs from the others."""
    grid = drafted.grid
    dated = bool(drafted.waves) or "wave" in drafted.columns
    entry = {"file": _quoted(grid.file), "format": grid.dialect}
    entry["wave"] = "" if dated else _quoted(drafted.wave)
    entry["dates"] = _quoted(drafted.roles.dates) if drafted.roles.dates else ""
    if drafted.looped and (loop := drafted.looped.loop):
        entry["loop"] = json.dumps(loop.model_dump(), ensure_ascii=False)
    if drafted.choices:
        entry["choices"] = json.dumps(drafted.choices, ensure_ascii=False)
    entry["sheet"] = _quoted(grid.sheets[0]) if len(grid.sheets) > 1 else ""
    usual, own = _columns(main), _columns(drafted)
    other = {ours: theirs for ours, theirs in own.items()
             if ours in usual and usual[ours] != theirs}  # fmt: skip
    asked = [*main.items, *main.comments, *(["ltr"] if main.ltr else [])]
    absent = [ours for ours in asked if ours not in own and usual[ours] not in grid.names]
    entry["columns"] = _mapped(other) if other else ""
    entry["not_asked"] = f"[{', '.join(absent)}]" if absent else ""
    return f"    - {{{', '.join(f'{key}: {value}' for key, value in entry.items() if value)}}}"


def _mapped(pairs: Mapping[str, str]) -> str:
    told = (f"{_quoted(ours) if ours not in RESPONSE_COLUMNS else ours}: {_quoted(theirs)}"
            for ours, theirs in pairs.items())  # fmt: skip
    return f"{{{', '.join(told)}}}"


def _responses(drafted: Draft, drafts: Sequence[Draft]) -> str:
    renamed = {ours: theirs for ours, theirs in _columns(drafted).items() if ours != theirs}
    texts = sorted({word for one in drafts for word in one.texts})
    lines = [
        "responses:",
        "  files: # EDIT: the wave's name, unless a column or dates tell it",
        *(_file(one, drafted) for one in drafts),
        f"  columns:{'' if renamed else ' {}'} # our column: the export's column",
        *(f"    {ours}: {_quoted(theirs)}" for ours, theirs in renamed.items()),
        "    # account_id, contact_id, role, language, batch, wave, client_id: map them if you can",
        f"  missing: [{', '.join(map(_quoted, texts))}] # what means 'no answer'",
        *_recoded(drafted, drafts),
    ]
    if marks := {k: v for one in drafts for k, v in guessed(one.grid).items()}:
        told = ", ".join(f"{_quoted(k)}: {_mapped(v)}" for k, v in marks.items())
        lines.append(f"  set_aside: {{{told}}} # EDIT: rows that are no answers in earnest")
    if "response_id" not in drafted.columns:
        lines.append("  number_rows: true # the export has no ids that are all different")
    if drafted.ltr_codes:
        codes = ", ".join(map(str, drafted.ltr_codes))
        lines.append(f"  missing_in: {{ltr: [{codes}]}} # EDIT: no answers?")
    own = "" if "client_id" in drafted.columns else "\nclient: {id: C1, name: My client} # EDIT\n"
    if any(one.grid.objects for one in drafts):
        own += f"\nproduct: {OBJECT} # what each answer is about\n"
    return "\n".join([*lines, own])


def _recoded(drafted: Draft, drafts: Sequence[Draft]) -> list[str]:
    """Words and codes that stand for other points, question by question."""
    recoded = {}
    for name, item in drafted.items.items():
        own = [one.items[name] for one in drafts if name in one.items]
        words = {k: v for one in own if one.scale == item.scale for k, v in one.words.items()}
        recoded |= {name: {**words, **item.words}} if words or item.words else {}
    recoded |= {"ltr": drafted.ltr_recode} if drafted.ltr_recode else {}
    if not recoded:
        return []
    lines = ["  recode: # EDIT: the point that each answer stands for"]
    for name, told in recoded.items():
        said = ", ".join(f"{_quoted(str(word))}: {point}" for word, point in told.items())
        lines.append(f"    {name}: {{{said}}}")
    return lines


def _quoted(text: str) -> str:
    """A text that YAML takes as it stands."""
    return json.dumps(text, ensure_ascii=False)


_TAIL = f"""\
# contacts, accounts, outcomes and clients: exports of a CRM, all optional; see crqlab new
# without --export for how they are described
# accounts: {{file: accounts.csv, columns: {{account_id: Account ID, revenue: Annual revenue}}}}

roles:
  order: [{", ".join(ROLES)}] # EDIT: most senior first"""
