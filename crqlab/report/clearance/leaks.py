"""What must not be found in one client's report: ids, names and words of all other clients.

Texts become words without case, marks and punctuation; what is looked for are runs of such
words. One look-up a word finds them all, however many there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from crqlab.report.clearance.pieces import BREAK

#: Words of a comment that are looked for together; every eleven words in a row hold six such.
BLOCK = 6
#: Comments of fewer words are too common to be anybody's.
FEWEST_WORDS = 4
#: Ids of digits alone are looked for from here: shorter ones are also counts and years.
FEWEST_DIGITS = 5

#: A decimal number is one word and no id; scripts without spaces count each character; a bar and
#: a break are words of their own, so that they part two texts.
_WORD = re.compile(
    r"\d+(?:\.\d+)+|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+|[|\x1e]"
)
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f]")
IDS = ("client id", "account id", "contact id")
KINDS = (*IDS, "client name", "account name", "account manager", "contact name", "words")


def words(text: str) -> list[str]:
    r"""Cut a text into words that two spellings of the same thing share.

    Examples
    --------
    >>> words("A\u0308RLIG\u200b-Söner & Co, C017_2025: 5.23")
    ['ärlig', 'söner', 'co', 'c017', '2025', '5.23']
    """
    return _WORD.findall(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold())


@dataclass(frozen=True, slots=True, eq=False)
class Watchlist:
    """Everything that belongs to somebody, as runs of words.

    Attributes
    ----------
    owners : dict
        Run of words, joined by spaces: kind and the clients it belongs to.
    lengths : dict
        First word of a run: how many words the runs that begin with it have.
    said : dict
        Each client's own texts, one after the other.
    unsought : int
        Ids and names that are too short to be told from other words and numbers.
    """

    owners: Mapping[str, tuple[str, set[str]]]
    lengths: Mapping[str, tuple[int, ...]]
    said: Mapping[str, str]
    unsought: int

    def found(self, text: str) -> set[str]:
        """Return every run of the list that the text holds."""
        said, lengths, owners = words(text), self.lengths, self.owners
        starts = [(i, lengths[word]) for i, word in enumerate(said) if word in lengths]
        runs = (" ".join(said[i : i + n]) for i, some in starts for n in some)
        return {run for run in runs if run in owners}

    def foreign(self, text: str, *clients: str) -> set[str]:
        """Return the runs in the text that belong to others and to none of these clients."""
        return {run for run in self.found(text) if self.owners[run][1].isdisjoint(clients)}


def watchlist(things: Iterable[tuple[str, str, str]]) -> Watchlist:
    """Make the list of what belongs to whom.

    Parameters
    ----------
    things : iterable of (kind, client, text)
        ``kind`` is ``"client id"``, ``"account name"``, ``"words"`` and so on.

    Returns
    -------
    Watchlist
        A name that two clients share belongs to both. Other kinds than those of `belongings` are
        a client's own words and looked for nowhere. Long comments are kept as blocks, so that
        a part of one is found as well.

    Examples
    --------
    >>> seen = watchlist([("client id", "C1a", "C1a"), ("account name", "C1a", "Åkers Bank"),
    ...                   ("account name", "C2b", "Åkers Bank"), ("client id", "C2b", "C2b")])
    >>> sorted(seen.foreign("ÅKERS bank, as c2b says", "C1a"))
    ['c2b']
    """
    owners: dict[str, tuple[str, set[str]]] = {}
    lengths: dict[str, set[int]] = defaultdict(set)
    said: dict[str, list[str]] = defaultdict(list)
    unsought = 0
    for kind, client, text in things:
        said[client].append(text)
        if kind not in KINDS:
            continue
        runs = list(_runs(kind, words(text)))
        unsought += not runs and kind != "words"
        for run in runs:
            owners.setdefault(" ".join(run), (kind, set()))[1].add(client)
            lengths[run[0]].add(len(run))
    return Watchlist(
        owners,
        {word: tuple(sorted(n)) for word, n in lengths.items()},
        {client: BREAK.join(texts) for client, texts in said.items()},
        unsought,
    )


def _runs(kind: str, said: list[str]) -> Iterator[list[str]]:
    """Runs of words to look for; none where they would be found everywhere."""
    if kind == "words":
        if len(said) >= FEWEST_WORDS:
            whole = max(len(said) - BLOCK, 0) // BLOCK * BLOCK
            yield from (said[i : i + BLOCK] for i in range(0, whole + 1, BLOCK))
        return
    joined = "".join(said).replace("|", "")
    least = FEWEST_DIGITS if joined.isdigit() else 2 if kind in IDS else 3
    if len(joined) >= least:
        yield said


def belongings(
    clients: pd.DataFrame, accounts: pd.DataFrame, contacts: pd.DataFrame, comments: pd.DataFrame
) -> Iterator[tuple[str, str, str]]:
    """Yield what belongs to whom from a study's tables.

    Parameters
    ----------
    clients, accounts, contacts : DataFrame
        As the first station writes them; may be without rows.
    comments : DataFrame
        ``client_id`` and one column of words per open question.
    """
    parts = [
        ("client id", clients, "client_id"),
        ("client name", clients, "name"),
        ("account id", accounts, "account_id"),
        ("account name", accounts, "name"),
        ("account manager", accounts, "account_manager"),
        ("contact id", contacts, "contact_id"),
        ("contact name", contacts, "name"),
        *(("of accounts", accounts, name) for name in ("industry", "country", "tier")),
        *(("of contacts", contacts, name) for name in ("role", "language")),
        *(("words", comments, name) for name in comments.columns if name != "client_id"),
    ]
    for kind, rows, column in parts:
        pairs = rows[["client_id", column]] if column != "client_id" else rows[["client_id"] * 2]
        pairs = pairs.set_axis(["client", "text"], axis=1).dropna().drop_duplicates()
        texts = pairs["text"].astype(str).tolist()
        yield from (
            (kind, client, text)
            for client, text in zip(pairs["client"].tolist(), texts, strict=True)
        )
