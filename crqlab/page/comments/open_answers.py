"""Which words of respondents may be shown: of enough people, without what tells who wrote them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crqlab.base.instrument import Instrument
from crqlab.base.study import Study
from crqlab.page.marks.watchlists import Watchlist, watchlist
from crqlab.page.redaction import redacted, unnamed
from crqlab.page.suppression import complemented
from crqlab.page.tables import table

_WRITER = ["response_id", "account_id", "role"]


def open_answers(
    study: Study, client: str, counted: pd.DataFrame, accounts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the open questions, and the words that may be shown with their writers.

    Parameters
    ----------
    study : Study
    client : str
    counted : DataFrame
        Table ``responses``, those of the client and wave that count.
    accounts : DataFrame
        ``account_id``, ``name``.

    Returns
    -------
    tuple of DataFrame
        As from `questions` and `cleared`.
    """
    book, least = study.codebook, study.codebook.privacy.min_comments
    asked = questions(counted, book.instrument, minimum=least)
    labels, people = accounts.set_index("account_id")["name"], _people(study, client)
    everybody = _everybody(study, client) if book.privacy.pseudonyms else None
    words = cleared(counted, asked, labels, minimum=least, names=people, everybody=everybody)
    return asked, words


def _people(study: Study, client: str) -> pd.Series:
    """Names of contacts, which may not stand in comments."""
    return table(study, "contacts", real=True, client=client)["name"].dropna().drop_duplicates()


def _everybody(study: Study, client: str) -> Watchlist:
    """All whom pseudonyms stand for."""
    accounts, contacts = (table(study, name, real=True, client=client)
                          for name in ("accounts", "contacts"))  # fmt: skip
    parts = (
        ("account id", accounts["account_id"]), ("account name", accounts["name"]),
        ("account manager", accounts["account_manager"]),
        ("contact id", contacts["contact_id"]), ("contact name", contacts["name"]),
    )  # fmt: skip
    return watchlist((kind, "", text) for kind, texts in parts for text in texts.dropna().unique())


def questions(responses: pd.DataFrame, instrument: Instrument, *, minimum: int) -> pd.DataFrame:
    """Count who wrote something to each open question, and say which stay closed.

    Parameters
    ----------
    responses : DataFrame
        Table ``responses``, those of one client and wave that count.
    instrument : Instrument
        Names the open questions.
    minimum : int
        Fewest people whose words may be shown.

    Returns
    -------
    DataFrame, one row per open question
        ``question``, ``wording``, ``n`` (respondents), ``withheld``.
    """
    asked = list(instrument.comments)
    n = [sum(map(bool, map(_said, responses[question]))) for question in asked]
    rows = {"question": asked, "wording": list(instrument.comments.values()), "n": n}
    return pd.DataFrame(rows).assign(withheld=lambda table: table["n"] < minimum)


def cleared(
    responses: pd.DataFrame,
    open_questions: pd.DataFrame,
    accounts: pd.Series,
    *,
    minimum: int,
    names: Iterable[str] = (),
    everybody: Watchlist | None = None,
) -> pd.DataFrame:
    """Words that may be shown, with their writers: to count them by, never to show.

    A comment carries its account's name only where at least ``minimum`` people of that account
    answered, and where comments without a name may still be any of several accounts'. Comments
    stand in the order of their words, which tells nothing about who answered.

    Parameters
    ----------
    responses : DataFrame
        Table ``responses``, those of one client and wave that count.
    open_questions : DataFrame
        What `questions` returned for them.
    accounts : Series
        Name of each account; index account ids.
    minimum : int
        Fewest respondents of an account that is named.
    names : iterable of str
        People whose names are taken out.
    everybody : Watchlist, optional
        All whom pseudonyms stand for.

    Returns
    -------
    DataFrame, one row per comment
        ``question``, ``words``, ``account`` (empty where not named), ``language``;
        ``response_id``, ``account_id``, ``role`` of who wrote it.
    """
    shown = open_questions.loc[~open_questions["withheld"], "question"].tolist()
    voices = responses["account_id"].value_counts()
    veiled = complemented(voices, minimum=minimum, whole=pd.Series("client", index=voices.index))
    hidden, known = veiled.to_dict(), accounts.to_dict()
    told = {id_: "" if hide else known.get(id_, id_) for id_, hide in hidden.items()}
    account = [told[id_] if told[id_] == told[id_] else id_ for id_ in responses["account_id"]]
    found = [
        (place, row, said)
        for place, question in enumerate(shown)
        for row, said in enumerate(map(_said, responses[question]))
        if said
    ]
    clear = redacted(pd.Series([said for *_, said in found], dtype="str"), names=names)
    clear = clear if everybody is None else unnamed(clear, everybody)
    rows = [(place, said, account[row], row)
            for (place, row, _), said in zip(found, clear.tolist(), strict=True)]  # fmt: skip
    rows.sort(key=lambda each: each[:3])
    own = {
        "question": [shown[place] for place, *_ in rows],
        "words": [said for _, said, *_ in rows],
        "account": [name for _, _, name, _ in rows],
    }
    writers = responses[["language", *_WRITER]].iloc[[row for *_, row in rows]]
    return pd.concat(
        [pd.DataFrame(own, dtype="str"), writers.reset_index(drop=True)], axis="columns"
    )


def _said(words: object) -> str:
    """What somebody wrote, without space around it; nothing where nobody wrote anything."""
    return "" if words is None or words != words else str(words).strip()
