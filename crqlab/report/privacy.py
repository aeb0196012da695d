"""What a report keeps to itself: scores of very few people, and who wrote which words.

Respondents of a business survey are not anonymous to the client, but answers are confidential
on request. The rule here keeps a single person's answers from being read off the page; it is
no promise of anonymity, and the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from crqlab.base.instrument import Instrument

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE
)
#: Eight digits and more that are no date and no span of years, or fewer behind a leading zero.
_PHONE = re.compile(
    r"(?<![\w.,])(?<!\d[-/])(?!\d{4}([-/.])\d\d\1\d\d\b|\d\d?([-/.])\d\d?\2\d{4}\b)"
    r"(?!(?:19|20)\d\d\s?[-/–]\s?(?:19|20)\d\d\b)"
    r"(?:\+?\(?\d(?:[\s().\-/]{0,3}\d){7,14}(?!\w)"
    r"|\(?0\d{1,5}\)?(?:[\s.\-/]{1,2}\d{2,}){1,5}(?![\d.]))"
)
EMAIL, PHONE, NAME = "[e-mail removed]", "[phone number removed]", "[name removed]"


def withheld(
    rows: pd.DataFrame, columns: Sequence[str], *, n: str, minimum: int, flag: str = "flag"
) -> pd.DataFrame:
    """Empty the cells that stand on fewer people than ``minimum``, and say so in ``flag``.

    The caution takes the place of others: that two people disagree tells what each said.

    Parameters
    ----------
    rows : DataFrame
        One group a row.
    columns : sequence of str
        What to empty; columns that are not there are passed over.
    n : str
        Column that counts the people behind the cells.
    minimum : int
        Fewest people whose numbers may be shown.
    flag : str
        Column of cautions.

    Returns
    -------
    DataFrame
        A copy with ``withheld`` (true or false) added; counts become numbers with gaps.

    Examples
    --------
    >>> rows = pd.DataFrame({"nps": [100.0, 20.0], "n": [1, 5], "flag": ["ok", "ok"]})
    >>> withheld(rows, ["nps"], n="n", minimum=3)
        nps  n                 flag  withheld
    0   NaN  1  withheld: n below 3      True
    1  20.0  5                   ok     False
    """
    few = rows[n] < minimum
    present = [column for column in columns if column in rows]
    caution = f"withheld: n below {minimum}"
    hidden = {column: rows[column].astype(float).mask(few) for column in present}
    return rows.assign(**hidden, **{flag: rows[flag].mask(few, caution)}, withheld=few)


def redacted(words: pd.Series, *, names: Iterable[str] = ()) -> pd.Series:
    """Replace e-mail addresses, phone numbers and people's names.

    Parameters
    ----------
    words : Series of str
        Complete.
    names : iterable of str
        Full names of people who must not be found in the words.

    Returns
    -------
    Series
        Each find replaced by a word in brackets that says what stood there.

    Examples
    --------
    >>> print(*redacted(pd.Series(["Ask Eva Berg, eva@x.se or +46 8 123 45 67. Since 2019!"]),
    ...                 names=["Eva Berg"]))
    Ask [name removed], [e-mail removed] or [phone number removed]. Since 2019!
    """
    words = words.str.replace(_EMAIL, EMAIL, regex=True).str.replace(_PHONE, PHONE, regex=True)
    whole = sorted({n.strip() for n in names if len(n.split()) > 1}, key=lambda n: (-len(n), n))
    if not whole:
        return words
    anyone = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, whole))})(?!\w)", re.IGNORECASE)
    return words.str.replace(anyone, NAME, regex=True)


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
    n = [int(_written(responses[question]).sum()) for question in asked]
    rows = {"question": asked, "wording": list(instrument.comments.values()), "n": n}
    return pd.DataFrame(rows).assign(withheld=lambda table: table["n"] < minimum)


def comments(
    responses: pd.DataFrame,
    open_questions: pd.DataFrame,
    accounts: pd.Series,
    *,
    minimum: int,
    names: Iterable[str] = (),
) -> pd.DataFrame:
    """Words that may be shown, without their writers.

    A comment carries its account's name only where at least ``minimum`` people of that account
    answered. Comments stand in the order of their words, which tells nothing about who answered.

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

    Returns
    -------
    DataFrame, one row per comment
        ``question``, ``words``, ``account`` (empty where not named), ``language``.
    """
    shown = open_questions.loc[~open_questions["withheld"], "question"].tolist()
    voices = responses["account_id"].map(responses["account_id"].value_counts())
    named = responses["account_id"].map(accounts).fillna(responses["account_id"])
    labelled = responses.assign(account=named.where(voices >= minimum, ""))
    rows = labelled.melt(["account", "language"], shown, "question", "words")
    rows = rows[_written(rows["words"])]
    rows = rows.assign(words=redacted(rows["words"].astype("str").str.strip(), names=names))
    order = {question: place for place, question in enumerate(shown)}
    rows = rows.sort_values(["words", "account"], kind="stable")
    rows = rows.sort_values("question", key=lambda q: q.map(order), kind="stable")
    return rows[["question", "words", "account", "language"]].reset_index(drop=True)


def _written(words: pd.Series) -> pd.Series:
    return words.astype("str").fillna("").str.strip() != ""
