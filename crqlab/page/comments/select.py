"""From comments that may be shown to what they speak of, who says so, and how those score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import fsum, nan

import numpy as np
import pandas as pd

from crqlab.base.codebook import Privacy
from crqlab.base.contracts.cautions import code
from crqlab.base.instrument import Instrument
from crqlab.page.comments.data import Themes
from crqlab.show.records import Record, records
from crqlab.stats.bootstrap import ratios
from crqlab.stats.defaults import LEVEL
from crqlab.stats.topics import Topics, topics

_KEY = ["question", "theme"]
_WORDS = ["words", "account", "language"]
_Key = tuple[str, int]
_UNSCORED = {"value": nan, "low": nan, "high": nan, "flag": nan}


def themes(
    words: pd.DataFrame,
    questions: pd.DataFrame,
    people: pd.DataFrame,
    *,
    instrument: Instrument,
    privacy: Privacy,
) -> Themes:
    """Sort the comments to each question into themes.

    Parameters
    ----------
    words : DataFrame
        What `crqlab.page.comments.open_answers.cleared` returned: only words that may be shown.
    questions : DataFrame
        What `crqlab.page.comments.open_answers.questions` returned.
    people : DataFrame
        Table ``respondents`` of the client and wave.
    instrument : Instrument
    privacy : Privacy
        The smallest groups whose scores and words are shown.

    Returns
    -------
    Themes
        A theme's mean is withheld where it, or all respondents without it, would be fewer
        people's than the codebook allows.
    """
    found = {
        question: topics(rows["words"], languages=rows["language"], least=privacy.min_comments)
        for question, rows in words.groupby("question", sort=False)
    }
    placed = _placed(words, found)
    sorted_ = placed[(placed["theme"] > 0).to_numpy(bool)]
    tables = [own.table.assign(question=name) for name, own in found.items()]
    table = pd.concat([_none().table.assign(question=""), *tables], ignore_index=True)
    rest = ~placed["question"].isin(sorted_["question"]).to_numpy(bool)
    return Themes(
        _asked(questions, placed, found),
        _described(table.drop(columns="share"), sorted_, people, instrument, privacy),
        sorted_.iloc[_typical(records(sorted_))][[*_KEY, *_WORDS]].reset_index(drop=True),
        placed.loc[rest, ["question", *_WORDS]],
        LEVEL,
        privacy.min_comments,
    )


def _typical(rows: list[Record]) -> list[int]:
    """Places of different comments, theme by theme, the one that fits best first."""
    keys = [(row.question, row.theme, -row.fit, row.words) for row in rows]
    order = sorted(range(len(rows)), key=keys.__getitem__)
    first = {(keys[i][0], keys[i][1], keys[i][3]): i for i in reversed(order)}
    return [i for i in order if first[keys[i][0], keys[i][1], keys[i][3]] == i]


def _none() -> Topics:
    return topics(pd.Series(dtype=object))


def _placed(words: pd.DataFrame, found: Mapping[str, Topics]) -> pd.DataFrame:
    """The comments with the theme of each; `words` stand question by question."""
    texts = [own.texts for own in found.values()]
    theme, fit = ([v for some in texts for v in some[name].tolist()] for name in ("theme", "fit"))
    return words.reset_index(drop=True).assign(
        theme=np.array(theme, dtype=int), fit=np.array(fit, dtype=float)
    )


def _asked(
    questions: pd.DataFrame, placed: pd.DataFrame, found: Mapping[str, Topics]
) -> pd.DataFrame:
    none = placed[placed["theme"] == 0]["question"].value_counts()
    flags = {name: own.flag for name, own in found.items()}
    return questions.assign(
        n_none=questions["question"].map(none).fillna(0).astype(int),
        flag=[flags.get(name, "withheld") for name in questions["question"]],
    )


def _described(
    table: pd.DataFrame,
    sorted_: pd.DataFrame,
    people: pd.DataFrame,
    instrument: Instrument,
    privacy: Privacy,
) -> pd.DataFrame:
    """Themes with who wrote of them, as far as that may be told."""
    measure = "crq" if people["crq"].notna().any() else "ltr"
    said: dict[_Key, list[Record]] = {}
    for row in records(sorted_):
        said.setdefault((row.question, row.theme), []).append(row)
    writers = [said[key] for key in zip(table["question"], table["theme"], strict=True)]
    means = _means(said, people, measure, privacy.min_scores)
    scored = [means.get((some[0].question, some[0].theme), _UNSCORED) for some in writers]
    roles = [_roles(some, privacy.min_comments) for some in writers]
    told = {name: [score[name] for score in scored] for name in _UNSCORED}
    return table.assign(
        n_accounts=[len({row.account_id for row in some}) for some in writers],
        roles=[known for known, _ in roles],
        others=[others for _, others in roles],
        **told,
        measure=measure,
        label=instrument.label("crq" if measure == "crq" else "mean_ltr"),
    ).astype({"value": float, "low": float, "high": float})


def _roles(writers: list[Record], least: int) -> tuple[tuple[tuple[str, int], ...], int]:
    """Roles with enough comments in a theme, the most frequent first; how many the others are.

    Where the others would be fewer than ``least``, the smallest role goes to them.
    """
    counts = Counter(row.role for row in writers if row.role == row.role and row.role is not None)
    told = [each for each in counts.items() if each[1] >= least]
    told = sorted(told, key=lambda each: (-each[1], each[0]))
    left = len(writers) - sum(n for _, n in told)
    if told and 0 < left < least:
        left += told.pop()[1]
    return tuple(told), left


def _means(
    said: Mapping[_Key, list[Record]], people: pd.DataFrame, measure: str, least: int
) -> dict[_Key, dict[str, object]]:
    """Mean score of those who wrote of a theme, accounts as what was sampled."""
    pairs = zip(people["response_id"].tolist(), people[measure].tolist(), strict=True)
    score = {response: value for response, value in pairs if value == value}
    sums: dict[tuple[_Key, str], list[float]] = {}
    for key, rows in said.items():
        for row in rows:
            if row.response_id in score:
                sums.setdefault((key, row.account_id), []).append(score[row.response_id])
    if not sums:
        return {}
    blocks = pd.Index([key for key, _ in sums])
    accounts = pd.Index([account for _, account in sums])
    totals = pd.DataFrame({"m": [fsum(values) for values in sums.values()]}, index=accounts)
    n = pd.DataFrame({"m": [len(values) for values in sums.values()]}, index=accounts)
    voices: Counter[_Key] = Counter()
    for (key, _), values in sums.items():
        voices[key] += len(values)
    hidden = code("would_tell_of_few", minimum=least)
    found = {}
    for row in records(ratios(totals, n, blocks, level=LEVEL)):
        few = voices[row.block] < least or 0 < len(score) - voices[row.block] < least
        known = {"value": row.value, "low": row.low, "high": row.high, "flag": row.flag}
        found[row.block] = {**_UNSCORED, "flag": hidden} if few else known
    return found
