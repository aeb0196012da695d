"""From themes of comments to what may be told of them: enough people, or nothing."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.base.study import Study
from crqlab.comments.code_frames import OTHER
from crqlab.page.comments.data import Themes
from crqlab.page.tables import table
from crqlab.show.records import Record, records
from crqlab.stats.defaults import LEVEL

_KEY = ["question", "theme"]
_ALIKE = 20  # letters in which comments that say the same begin alike
_WORDS = ["words", "account", "language"]
_CHANGE = ["change", "change_low", "change_high", "q"]
_SCORE = ["score", "score_low", "score_high"]


def themes(
    study: Study, client: str, wave: str, words: pd.DataFrame, questions: pd.DataFrame
) -> Themes:
    """Lay out the themes of a client's comments in one wave.

    Parameters
    ----------
    study : Study
    client, wave : str
    words : DataFrame
        What `crqlab.page.comments.open_answers.cleared` returned: only words that may be shown.
    questions : DataFrame
        What `crqlab.page.comments.open_answers.questions` returned.

    Returns
    -------
    Themes
        A theme of fewer people than the codebook allows stands with the others. Its change is
        withheld where few wrote of it before; its score where it, or all who answered without
        it, would be few.
    """
    privacy = study.codebook.privacy
    coded = table(study, "comment_themes", client=client, wave=wave)
    placed = words.merge(coded[["response_id", *_KEY]], on=["response_id", "question"])
    told = _told(study, client, wave, placed, privacy.min_comments)
    told = _with_scores(told, table(study, "respondents", client=client, wave=wave), privacy)
    told = told.assign(**_writers(told, placed, privacy.min_comments))
    measures = told["measure"].map({"ltr": "mean_ltr"}).fillna(told["measure"])
    label = [study.codebook.instrument.label(one) if one else "" for one in measures.fillna("")]
    frame, agreement = table(study, "code_frame"), table(study, "theme_agreement")
    listed = words["question"].isin(told["question"])
    return Themes(
        _asked(questions, placed, told),
        told.assign(label=label),
        _quotes(placed, told),
        words.loc[~listed, ["question", *_WORDS]].reset_index(drop=True),
        agreement.loc[agreement["theme"] == "all", ["n", "value", "low", "high"]],
        next(iter(frame["version"]), ""),
        next(iter(told["level"]), LEVEL),
        privacy.min_comments,
    )


def _told(study: Study, client: str, wave: str, placed: pd.DataFrame, least: int) -> pd.DataFrame:
    """Themes of enough people, with their names; changes where enough wrote of it before."""
    every = table(study, "theme_shares", client=client)
    rows = every[(every["wave"] == wave) & (every["theme"] != OTHER) & (every["n"] >= least)]
    rows = rows[rows["question"].isin(placed["question"])]
    then = every[["wave", *_KEY, "n"]].rename(columns={"wave": "before", "n": "n_before"})
    rows = rows.merge(then, on=["before", *_KEY], how="left")
    few = rows["n_before"].between(1, least - 1)
    rows[_CHANGE] = rows[_CHANGE].mask(few)
    named = table(study, "code_frame")[["theme", "name", "place"]]
    own = {"value": "share", "value_low": "share_low", "value_high": "share_high"}
    rows = rows.merge(named, on="theme", how="left").rename(columns=own)
    order = rows.sort_values(["question", "n", "place"], ascending=[True, False, True])
    return order.drop(columns=["n_before", "place"]).reset_index(drop=True)


def _with_scores(told: pd.DataFrame, people: pd.DataFrame, privacy) -> pd.DataFrame:
    """Withhold means of few, and those from which the rest's would follow."""
    least, n = privacy.min_scores, told["n_scored"].fillna(0)
    all_ = told["measure"].map({name: people[name].notna().sum() for name in ("crq", "ltr")})
    all_ = all_.astype(float)
    few = (n > 0) & ((n < least) | (all_ - n).between(1, least - 1))
    told = told.rename(columns={"score_flag": "flag"})
    told[_SCORE] = told[_SCORE].mask(few)
    told["flag"] = told["flag"].where(~few, code("would_tell_of_few", minimum=least))
    return told


def _writers(told: pd.DataFrame, placed: pd.DataFrame, least: int) -> dict[str, list]:
    known = {key: list(rows) for key, rows in placed.groupby(_KEY)["role"]}
    keys = zip(told["question"], told["theme"], strict=True)
    found = [_roles(known.get(key, []), least) for key in keys]
    return {"roles": [roles for roles, _ in found], "others": [others for _, others in found]}


def _roles(writers: list, least: int) -> tuple[tuple[tuple[str, int], ...], int]:
    """Roles with enough comments in a theme, the most frequent first; how many the others are.

    Where the others would be fewer than ``least``, the smallest role goes to them.
    """
    counts = Counter(role for role in writers if role == role and role is not None)
    told = [each for each in counts.items() if each[1] >= least]
    told = sorted(told, key=lambda each: (-each[1], each[0]))
    left = len(writers) - sum(n for _, n in told)
    if told and 0 < left < least:
        left += told.pop()[1]
    return tuple(told), left


def _asked(questions: pd.DataFrame, placed: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    shown = placed.merge(told[_KEY], on=_KEY)
    n = shown.drop_duplicates(["response_id", "question"])["question"].value_counts()
    rest = questions["n"] - questions["question"].map(n).fillna(0).astype(int)
    return questions.assign(n_other=rest)


def _quotes(placed: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Different comments of each theme: before those that begin alike, of little else first."""
    many = placed.groupby(["response_id", "question"])["theme"].transform("size")
    rows = placed.assign(many=many, again=0).merge(told[_KEY], on=_KEY)
    rows = rows.iloc[_order(records(rows))].drop_duplicates([*_KEY, "words"])
    start = rows["words"].str.casefold().str.slice(stop=_ALIKE)
    rows = rows.assign(again=rows.groupby([*_KEY, start]).cumcount())
    return rows.iloc[_order(records(rows))][[*_KEY, *_WORDS]].reset_index(drop=True)


def _order(rows: list[Record]) -> np.ndarray:
    keys = [(row.question, row.theme, row.again, row.many, row.words) for row in rows]
    return np.array(sorted(range(len(rows)), key=keys.__getitem__), dtype=int)
