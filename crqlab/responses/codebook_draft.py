"""Draft a codebook from an export: a person corrects it instead of writing it."""

from __future__ import annotations

import json

from crqlab.base.codebook import Codebook
from crqlab.base.concepts import CONCEPTS, draft
from crqlab.responses.column_roles import Guess, guess
from crqlab.responses.grid import Grid


def codebook(name: str, grid: Grid) -> str:
    """Return the text of a codebook that reads this export as it stands.

    Parameters
    ----------
    name : str
        The study's name.
    grid : Grid
        The export.
    """
    drafted = guess(grid)
    parts = [_head(name, grid), _instrument(drafted, grid), _responses(drafted, grid), _TAIL]
    return "\n".join([*parts, ""])


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


def _head(name: str, grid: Grid) -> str:
    return f"""\
# Codebook of the study "{name}", drafted from {grid.file}: what was asked, where the
# answers are, what columns mean. Go through the lines marked with EDIT, then say:
# crqlab check {name}
# Every broken cell is listed; nothing is written until all is well.
title: {_quoted(name)} # EDIT: what the study is called on its pages
language: en # of the wording below
currency: EUR # of all revenue
"""


def _instrument(drafted: Guess, grid: Grid) -> str:
    low, high = drafted.scale
    lines = [
        "instrument:",
        "  name: Drafted instrument # EDIT",
        '  version: "1"',
        f"  scale: [{low}, {high}] # EDIT if the questionnaire's scale is another one",
        "  items: # EDIT: delete what is no agreement or rating; mark items worded the other",
        "    # way round with reversed: true",
        *(_item(name, drafted, grid) for name in drafted.items),
        "  constructs: # EDIT: which items measure what, what it is called, and its concept:",
        f"    # {', '.join(CONCEPTS)}",
        *_constructs(drafted),
        "  crq: # EDIT: the score is the mean of these constructs",
        f"    constructs: [{', '.join(drafted.constructs)}]",
        f"    at_least: {(len(drafted.constructs) + 1) // 2}",
    ]
    if drafted.ltr:
        asked = grid.wording.get(drafted.ltr) or "How likely are you to recommend this supplier?"
        lines.append(f"  recommend: {_quoted(asked)} # EDIT: the 0-10 question as it was asked")
    if drafted.comments:
        lines.append("  comments: # EDIT: open questions; delete what is none")
        for name, header in drafted.comments.items():
            lines.append(f"    {name}: {_quoted(grid.wording.get(header, header))}")
    return "\n".join([*lines, ""])


def _constructs(drafted: Guess) -> list[str]:
    labels = {
        name: name.removesuffix("_all").replace("_", " ").capitalize()
        for name in drafted.constructs
    }
    concepts = draft(labels)
    return [
        f"    {name}: {{label: {_quoted(labels[name])}, concept: {concepts[name].concept}, "
        f"items: [{', '.join(items)}]}}"
        for name, items in drafted.constructs.items()
    ]


def _item(name: str, drafted: Guess, grid: Grid) -> str:
    facts = {"text": _quoted(grid.wording.get(drafted.items[name], ""))}
    if drafted.scales[name] != drafted.scale:
        low, high = drafted.scales[name]
        facts["scale"] = f"[{low}, {high}]"
    if codes := drafted.missing.get(name):
        facts["missing"] = f"[{', '.join(map(str, codes))}]"
    note = " # EDIT: are these codes no answers?" if codes else ""
    if len(facts) == 1:
        return f"    {name}: {facts['text']}"
    return f"    {name}: {{{', '.join(f'{k}: {v}' for k, v in facts.items())}}}{note}"


def _responses(drafted: Guess, grid: Grid) -> str:
    form = f", format: {grid.dialect}" if grid.dialect else ""
    wave = "" if "wave" in drafted.columns else ", wave: 1"
    columns = {**drafted.columns, **drafted.items, **drafted.comments}
    columns |= {"ltr": drafted.ltr} if drafted.ltr else {}
    renamed = {ours: theirs for ours, theirs in columns.items() if ours != theirs}
    lines = [
        "responses:",
        "  files: # EDIT: the wave's name, unless a column holds it",
        f"    - {{file: {_quoted(grid.file)}{form}{wave}}}",
        *(["  columns: # our column: the export's column"] if renamed else []),
        *(f"    {ours}: {_quoted(theirs)}" for ours, theirs in renamed.items()),
        "    # account_id, contact_id, role, language, batch, wave, client_id: map them if you can"
        if renamed
        else "  # columns: {account_id: Company} # our column: the export's column",
        f"  missing: [{', '.join(map(_quoted, drafted.texts))}] # what means 'no answer'",
    ]
    if "response_id" not in drafted.columns:
        lines.append("  number_rows: true # the export has no ids that are all different")
    if codes := drafted.missing.get("ltr"):
        lines.append(f"  missing_in: {{ltr: [{', '.join(map(str, codes))}]}} # EDIT: no answers?")
    own = "" if "client_id" in drafted.columns else "\nclient: {id: C1, name: My client} # EDIT\n"
    return "\n".join([*lines, own])


def _quoted(text: str) -> str:
    """A text that YAML takes as it stands."""
    return json.dumps(text, ensure_ascii=False)


_TAIL = """\
# contacts, accounts, outcomes and clients: exports of a CRM, all optional; see crqlab new
# without --export for how they are described
# accounts: {file: accounts.csv, columns: {account_id: Account ID, revenue: Annual revenue}}

roles:
  order: [executive, decision maker, influencer, user] # EDIT: most senior first"""
