"""Signs in the answers of one person: one line, no time, twice, half empty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.base.codebook import Checks
from crqlab.base.contracts.cautions import code
from crqlab.responses.findings import coded, findings

#: Fewer answers than this make no line.
FEWEST_ANSWERS = 6
#: Twins are no chance if so many answers agree, and so many of them differ from the
#: person's commonest answer.
TWIN_ANSWERS, UNLIKE = 12, 6
LONG_COMMENT = 20
#: Whoever sends an answer twice does it within minutes.
TWIN_MINUTES = pd.Timedelta(minutes=30)
_TWIN_KEY = ["client_id", "wave", "account_id", "role", "object"]
#: Smaller waves borrow the median time of all clients' responses of that wave.
FEWEST_TIMED = 10


def straight_line(closed: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """Find persons who gave (nearly) one answer throughout.

    Parameters
    ----------
    closed : DataFrame, shape (responses, items)
        Answers as given, items in the order of the questionnaire.
    checks : Checks

    Examples
    --------
    >>> closed = pd.DataFrame([[4] * 8, [1, 7, 2, 6, 3, 5, 4, 4]], dtype=float)
    >>> straight_line(closed, Checks())["found"].tolist()
    ['{"code": "alike_in_a_row", "n": 8, "of": 8}']
    """
    answers = closed.to_numpy(float)
    answered = closed.notna().sum(axis=1)
    longest = pd.Series(_longest_run(answers), index=closed.index)
    enough = answered >= FEWEST_ANSWERS
    flat = closed.std(axis=1, ddof=0) <= checks.person_sd
    where = enough & ((longest >= checks.longstring * answered) | flat)
    found = coded(where, "alike_in_a_row", n=longest, of=answered)
    rule = code("straight_line", share=checks.longstring, sd=checks.person_sd)
    return findings(where, "straight_line", found, rule)


def _longest_run(answers: np.ndarray) -> np.ndarray:
    """Most equal answers in a row; gaps neither break nor lengthen a run."""
    rows = len(answers)
    last, run, best = np.full(rows, np.nan), np.zeros(rows, int), np.zeros(rows, int)
    for answer in answers.T:
        given = ~np.isnan(answer)
        run = np.where(given, np.where(answer == last, run + 1, 1), run)
        last = np.where(given, answer, last)
        best = np.maximum(best, run)
    return best


def speeder(rows: pd.DataFrame, closed: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """Find persons who were too fast to have read: per answered item, against their wave."""
    answered = closed.notna().sum(axis=1)
    pace = (rows["seconds"] / answered).where(answered > 0)
    wave = pace.groupby([rows["client_id"], rows["wave"]])
    usual = wave.transform("median").where(wave.transform("count") >= FEWEST_TIMED)
    usual = usual.fillna(pace.groupby(rows["wave"]).transform("median"))
    where = (pace < checks.speed_ratio * usual) | (pace < checks.speed_floor)
    found = coded(where, "seconds_an_item", seconds=pace.round(1), median=usual.round(1))
    rule = code("speeder", share=checks.speed_ratio, seconds=checks.speed_floor)
    return findings(where, "speeder", found, rule)


def half_empty(closed: pd.DataFrame, unasked: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """Find persons who left too many of the items open that their wave asked.

    Parameters
    ----------
    closed : DataFrame, shape (responses, items)
    unasked : DataFrame of bool, of the same shape
        What is missing by design (`crqlab.base.wave_entries.by_design`).
    checks : Checks
    """
    answered = closed.notna().sum(axis=1)
    asked = (~unasked).sum(axis=1)
    where = answered < checks.answered * asked
    found = coded(where, "answered_items", n=answered, of=asked)
    return findings(where, "half_empty", found, code("half_empty", share=checks.answered))


def no_weight(rows: pd.DataFrame) -> pd.DataFrame:
    """Find persons without a survey weight, where others of their client's wave have one."""
    known = rows.get("weight", pd.Series(np.nan, index=rows.index)).notna()
    weighted = known.groupby([rows["client_id"], rows["wave"]]).transform("any")
    return findings(weighted & ~known, "no_weight", "no_weight", "weight_above_0")


def duplicate(
    rows: pd.DataFrame, keyed: pd.DataFrame, comments: list[str], objects: pd.Series
) -> pd.DataFrame:
    """Find second answers: of one contact, or of one and the same set of answers.

    The fullest answer of a contact stays, the first of equals; of twins the first. Twins are of
    one account and one role, began within minutes of each other (without times: wrote the same at
    length), and are never two people who are known by their ids.

    Parameters
    ----------
    rows : DataFrame
        Responses.
    keyed : DataFrame
        Their items, reversed ones turned round, so that a content person is no rare pattern.
    comments : list of str
        Open questions.
    objects : Series
        What each response is about, where one person answered about several objects.
    """
    rows = rows.assign(object=objects)
    person = _again(rows, ["client_id", "wave", "contact_id", "object"], keyed.notna().sum(axis=1))
    person = person.where(rows["contact_id"].notna())
    twin = _twins(rows, keyed, comments)
    found = pd.concat(
        [
            coded(person.notna(), "same_contact", response=person),
            coded(person.isna() & twin.notna(), "same_answers", response=twin),
        ]
    )
    return findings(person.notna() | twin.notna(), "duplicate", found, "duplicate")


def _again(rows: pd.DataFrame, key: list[str], rank: pd.Series) -> pd.Series:
    """The response that stays, for every other response of the same key."""
    several = rows.duplicated(key, keep=False)
    found = rows.loc[several, [*key, "response_id"]].assign(rank=rank)
    found = found.sort_values("rank", ascending=False, kind="stable")
    first = found.groupby(key, dropna=False)["response_id"].transform("first")
    return first.where(first != found["response_id"]).reindex(rows.index)


def _twins(rows: pd.DataFrame, keyed: pd.DataFrame, comments: list[str]) -> pd.Series:
    """Responses of one account and role that agree in everything, and not by chance."""
    whole = pd.concat([rows[[*_TWIN_KEY, "ltr", *comments]], keyed], axis="columns")
    where = whole.duplicated(keep=False) & rows["account_id"].notna()
    some = keyed[where]
    unlike = some.notna().sum(axis=1) - some.eq(some.mode(axis=1).get(0), axis=0).sum(axis=1)
    written = rows.loc[where, comments].apply(lambda text: text.str.len()).max(axis=1)
    answered = some.notna().sum(axis=1)
    timed = rows.loc[where, "started"].notna()
    unlikely = (answered >= TWIN_ANSWERS) & (unlike >= UNLIKE) & timed
    written_too = (answered >= FEWEST_ANSWERS) & (written >= LONG_COMMENT)
    chosen = some.index[unlikely | written_too]
    found = pd.Series(None, index=rows.index, dtype="str")
    if len(chosen):
        groups = whole.loc[chosen].groupby(list(whole.columns), dropna=False, sort=False).ngroup()
        first = _first_twin(rows.loc[chosen], groups)
        found.loc[chosen] = first
    return found


def _first_twin(rows: pd.DataFrame, groups: pd.Series) -> pd.Series:
    """The first response of each set of twins, for every other that may be the same person."""
    ordered = rows.assign(group=groups).sort_values("started", kind="stable", na_position="last")
    by = ordered.groupby("group", sort=False)
    first = by["response_id"].transform("first")
    known = by["contact_id"].transform("nunique") > 1  # two people who are known by their ids
    apart = (ordered["started"] - by["started"].transform("first")).abs()
    near = apart.isna() | (apart <= TWIN_MINUTES)
    twin = (first != ordered["response_id"]) & near & ~known
    return first.where(twin).reindex(rows.index)
