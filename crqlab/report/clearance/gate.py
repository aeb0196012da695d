"""The gate before reports/: nothing of another client passes, and nothing that says who made it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, lru_cache

import pandas as pd

from crqlab.base.errors import ReportError
from crqlab.base.study import Study
from crqlab.language import language, languages
from crqlab.page.tables import table
from crqlab.report.clearance.file_texts import texts
from crqlab.report.clearance.integrity import sealed
from crqlab.report.clearance.leaks import IDS, Watchlist, belongings, watchlist
from crqlab.report.clearance.pieces import BREAK, MACHINE, SOFT, Piece, Seen
from crqlab.report.clearance.provenance import notebooks

_TABLES = ("clients", "accounts", "contacts", "responses")
#: Tables of nobody whose words stand on every client's page.
_PROGRAMME = ("segment_traits", "playbook")
_MOST_TOLD = 5
_DIGIT = re.compile(r"\d")
_INSIDE = re.compile(rf"(?<=\w){SOFT}+(?=\w)")
#: Of what is looked for in texts that programs read: short ones are names of other things.
_FEWEST_LETTERS = 6


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
    questionnaire, or in the words that crqlab itself writes on every page. Under pseudonyms the
    client's own accounts and people count as others'.
    """
    watched = watch(study)
    places = found_in(files, lambda said: _forbidden(watched, said, study, {client, *beside}))
    if not places:
        return
    said = BREAK.join(watched.said.get(one, "") for one in (client, *beside))
    own = set() if _veiled(study) else watched.found(said)
    allowed = own | _common(study)
    finds = [
        (places[run], *_owned(watched, run, client)) for run in sorted(places.keys() - allowed)
    ]
    if finds:
        raise _stopped(client, pd.DataFrame(finds, columns=["file", "kind", "found", "owner"]))


def found_in(files: Mapping[str, bytes], forbidden: Callable[[str], set[str]]) -> dict[str, str]:
    """Return what is found in any text of the files, each find with the first place of it.

    Parameters
    ----------
    files : mapping of file name to bytes
    forbidden : callable
        Hears a text and returns the runs of words in it that must not be there.
    """
    places: dict[str, str] = {}
    seen = Seen()
    for name, content in files.items():
        for piece in texts(name, content, seen):
            for said in _joined(piece):
                for run in forbidden(said):
                    if piece.read != MACHINE or _told_apart(run):
                        places.setdefault(run, piece.where)
    return places


def _joined(piece: Piece) -> Iterator[str]:
    """A text; once more with the words whole that tags have cut."""
    yield piece.said.replace(SOFT, " ")
    if SOFT in piece.said:
        cells = piece.said.split(BREAK)
        yield BREAK.join(cell.replace(SOFT, "") for cell in cells if _INSIDE.search(cell))


def _told_apart(run: str) -> bool:
    """Whether a run is no name of a thing that programs know."""
    return len(run) >= _FEWEST_LETTERS and not run.isdigit()


def watch(study: Study) -> Watchlist:
    """Return what belongs to whom in a study; made once for one state of its tables.

    Call it before forking workers, which then share it.
    """
    facts = study.manifest.get("tables", {})
    return _watch(study, tuple(facts.get(name, {}).get("sha256", "") for name in _TABLES))


@lru_cache(maxsize=2)
def _watch(study: Study, state: tuple[str, ...]) -> Watchlist:
    clients, accounts, contacts, responses = (table(study, name, real=True) for name in _TABLES)
    comments = responses[["client_id", *study.codebook.instrument.comments]]
    ids = pd.concat([clients["client_id"], responses["client_id"]]).drop_duplicates()
    clients = ids.to_frame().merge(clients[["client_id", "name"]], on="client_id", how="left")
    return watchlist(belongings(clients, accounts, contacts, comments))


def _forbidden(watched: Watchlist, said: str, study: Study, clients: set[str]) -> set[str]:
    if not _veiled(study):
        return watched.foreign(said, *clients)
    own = ("words", "client id", "client name")
    return {
        run
        for run in watched.found(said)
        if not watched.owners[run][1] & clients or watched.owners[run][0] not in own
    }


def _veiled(study: Study) -> bool:
    return study.codebook.privacy.pseudonyms


def _owned(watched: Watchlist, run: str, client: str) -> tuple[str, str, str]:
    kind, owners = watched.owners[run]
    others = sorted(owners - {client}) or [client]
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return kind, run, f"{others[0]}{more}"


@lru_cache(maxsize=2)
def _common(study: Study) -> set[str]:
    return common(study, watch(study))


def common(study: Study, watched: Watchlist) -> set[str]:
    """Return the runs that the questionnaire, thresholds, playbook, notebook and our words hold.

    Ids with digits are never common: the notebook names the demo's client as its default.
    """
    book = (study.raw / "codebook.yaml").read_text(encoding="utf-8-sig")
    cells = json.loads(notebooks(study)[-1].read_bytes())["cells"]
    asked = BREAK.join("".join(cell["source"]) for cell in cells)
    found = watched.found(BREAK.join([book, asked, _programme(study), _written()]))
    return {run for run in found if not (watched.owners[run][0] in IDS and _DIGIT.search(run))}


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
    return BREAK.join(
        words
        for said in messages
        for part in said.parts
        for words in (part.forms if part.kind == "form" else (part.text,))
        if part.kind in ("fixed", "form")
    )


def _stopped(client: str, finds: pd.DataFrame) -> LeakError:
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
