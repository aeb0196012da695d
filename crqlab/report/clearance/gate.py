"""The gate before reports/: nothing of another client passes, and nothing that says who made it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

import pandas as pd
from babel import Locale

from crqlab.base.contracts.programme import LEDGERS
from crqlab.base.errors import ReportError
from crqlab.base.files import fingerprint
from crqlab.base.study import Study
from crqlab.language import language, languages
from crqlab.language.templates import Part
from crqlab.page.actions.export import TASK_WORDS
from crqlab.page.marks.pieces import BREAK, MACHINE, SOFT
from crqlab.page.marks.watchlists import WRITTEN, Watchlist, watchlist
from crqlab.page.tables import table
from crqlab.report.clearance.client_data import belongings, together
from crqlab.report.clearance.integrity import sealed
from crqlab.report.clearance.judgement import Case, CommonWords
from crqlab.report.clearance.provenance import card, notebooks, versions

_TABLES = ("clients", "accounts", "contacts", "responses", "breakdowns")
#: Tables of nobody whose words stand on every client's page.
_PROGRAMME = ("segment_traits", "playbook", "code_frame")
#: Columns of programme files in which people write what they like.
_WRITTEN = ("action", "measure", "note", "result_name", "evidence")
_MOST_TOLD = 5
#: The frame and the style sheet of every page.
_FRAME = Path(__file__).parents[1] / "run" / "template"


class LeakError(ReportError):
    """A report holds something of another client.

    Attributes
    ----------
    finds : DataFrame
        ``file``, ``kind``, ``found``, ``owner``: where, what, and whose it is.
    """

    def __init__(self, message: str, finds: pd.DataFrame) -> None:
        super().__init__(message)
        self.finds = finds


def passed(
    files: Mapping[str, bytes], study: Study, client: str | None, *, beside: Collection[str] = ()
) -> dict[str, bytes]:
    """Return a report's files as they may be written, in the order given.

    Parameters
    ----------
    files : mapping of file name to bytes
        A page, its notebook, an export.
    study : Study
    client : str or None
        Whose report it is; None for a page that no client gets to see.
    beside : collection of str
        Clients whose own things may stand in it too: units of the same firm.

    Returns
    -------
    dict
        The same files; pages carry a seal by which `crqlab.report.verified` knows them again.

    Raises
    ------
    LeakError
        Anything of another client is in them; then nothing may be written.
    """
    if client is not None:
        check(files, study, client, beside=beside)
    return {
        name: sealed(content.decode()).encode() if name.endswith(".html") else content
        for name, content in files.items()
    }


def check(
    files: Mapping[str, bytes], study: Study, client: str, *, beside: Collection[str] = ()
) -> None:
    """Look through files for ids, names and words of other clients.

    Parameters
    ----------
    files : mapping of file name to bytes
    study : Study
    client : str
        Whose files they are.
    beside : collection of str
        Clients whose own things may stand in them too.

    Raises
    ------
    LeakError
        Names file, find and owner; ``finds`` has them all.

    Notes
    -----
    What two clients share is no leak, nor is a name that stands in this client's own data, in the
    questionnaire, or in the words that crqlab itself writes on every page; a name of one such word
    is one where it is all that a cell says, and nothing of ours is (docs/howto/gate.md). Under
    pseudonyms the client's own accounts and people count as others'.
    """
    watched, common_ = watch(study), _common(study, _state(study))
    veiled = study.codebook.privacy.pseudonyms
    finds = Case((client, *beside), watched, common_, veiled).finds(files)
    if len(finds):
        raise stopped(client, finds)


def watch(study: Study) -> Watchlist:
    """Return what belongs to whom in a study; made once for one state of its tables.

    Call it before forking workers, which then share it.
    """
    return _watch(study, _state(study))


def _state(study: Study) -> tuple[str, ...]:
    facts = study.manifest.get("tables", {})
    files = (study.raw / book.file for book in LEDGERS.values())
    ledgers = (fingerprint(file) if file.is_file() else "" for file in files)
    return (*(facts.get(name, {}).get("sha256", "") for name in _TABLES), *ledgers)


@lru_cache(maxsize=2)
def _watch(study: Study, state: tuple[str, ...]) -> Watchlist:
    clients, accounts, contacts, responses, breakdowns = (
        table(study, name, real=True) for name in _TABLES
    )
    comments = responses[["client_id", *study.codebook.instrument.comments]]
    ids = pd.concat([clients["client_id"], responses["client_id"]]).drop_duplicates()
    clients = ids.to_frame().merge(clients, on="client_id", how="left")
    things = belongings(clients, accounts, contacts, comments, breakdowns)
    things = chain(things, programme_words(study))
    return watchlist(things, together(clients, accounts, contacts))


def programme_words(study: Study) -> Iterator[tuple[str, str, str]]:
    """Yield what people wrote into programme files: kind, client, text."""
    for name in LEDGERS:
        rows = table(study, name, real=True)
        for place in (place for place in _WRITTEN if place in rows):
            for client, text in zip(rows["client_id"], rows[place], strict=True):
                if isinstance(text, str):
                    yield WRITTEN, client, text.removeprefix("own:")


@lru_cache(maxsize=2)
def _common(study: Study, state: tuple[str, ...]) -> CommonWords:
    return common(study, watch(study))


def common(study: Study, watched: Watchlist) -> CommonWords:
    """Return what the questionnaire, thresholds, playbook, notebook and our words hold."""
    book = (study.raw / "codebook.yaml").read_text(encoding="utf-8-sig")
    notebook = notebooks(study)[-1].read_text(encoding="utf-8")
    asked = BREAK.join("".join(cell["source"]) for cell in json.loads(notebook)["cells"])
    rows = card(study).table
    frame, style = ((_FRAME / name).read_text("utf-8") for name in ("page.html.j2", "style.css"))
    said = BREAK.join(
        [book, asked, frame, _programme(study), _written(), _of_the_calendar(), *TASK_WORDS,
         *rows["part"], *rows["name"], *versions().values()]
    )  # fmt: skip
    found = watched.found(said)
    machine = watched.found(BREAK.join([notebook, style]), MACHINE)
    phrases = watched.phrases.hashes(found.said)
    return CommonWords(found, frozenset(found.said), machine.runs | machine.held, phrases)


def _programme(study: Study) -> str:
    """Return what segments and actions are called and what they mean: words for all clients."""
    return BREAK.join(
        str(cell)
        for name in _PROGRAMME
        for column in table(study, name, real=True).to_dict("list").values()
        for cell in column
        if isinstance(cell, str)
    )


@cache
def _written() -> str:
    """Return the fixed words of all messages, in every language: whatever a page says of itself."""
    messages = [said for code in languages() for said in language(code).messages.values()]
    return BREAK.join("".join(map(_fixed, said.parts)) for said in messages)


def _fixed(part: Part) -> str:
    if part.kind == "fixed":
        return part.text
    return f"{BREAK}{BREAK.join(part.forms)}{BREAK}" if part.kind == "form" else (
        SOFT if part.kind == "tag" else BREAK
    )  # fmt: skip


@cache
def _of_the_calendar() -> str:
    """Return months, days, countries and languages as every language of a page writes them."""
    said = [name for code in languages() for kind in (Locale.parse(code),)
            for names in (*(kind.months["format"][w] for w in ("wide", "abbreviated")),
                          *(kind.days["format"][w] for w in ("wide", "abbreviated")),
                          kind.territories, kind.languages)
            for name in names.values()]  # fmt: skip
    return BREAK.join(said)


def stopped(client: str, finds: pd.DataFrame) -> LeakError:
    """Return the refusal of files in which something of others was found."""
    told = "; ".join(
        f"{row.kind} {row.found!r} of {row.owner} in {row.file}"
        for row in finds.head(_MOST_TOLD).itertuples()
    )
    more = len(finds) - _MOST_TOLD
    told += f"; and {more} more" if more > 0 else ""
    return LeakError(
        f"The report of {client} holds what belongs to others: {told}. A report shows its own "
        "client only, so nothing was written. Correct the cell or the table that brought it in.",
        finds,
    )
