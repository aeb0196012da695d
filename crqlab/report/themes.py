"""From comments that may be shown to what they speak of, who says so, and how those score."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crqlab.base.codebook import Privacy
from crqlab.base.instrument import Instrument
from crqlab.show.themes import Themes
from crqlab.stats.bootstrap import ratios
from crqlab.stats.topics import Topics, topics

LEVEL = 0.95
_KEY = ["question", "theme"]
_WORDS = ["words", "account", "language"]


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
        What `crqlab.report.privacy.cleared` returned: only words that may be shown.
    questions : DataFrame
        What `crqlab.report.privacy.questions` returned.
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
    sorted_ = placed[placed["theme"] > 0]
    tables = [own.table.assign(question=name) for name, own in found.items()]
    table = pd.concat([_none().table.assign(question=""), *tables], ignore_index=True)
    return Themes(
        _asked(questions, placed, found),
        _described(table.drop(columns="share"), sorted_, people, instrument, privacy),
        sorted_.sort_values([*_KEY, "fit", "words"], ascending=[True, True, False, True])
        .drop_duplicates([*_KEY, "words"])[[*_KEY, *_WORDS]]
        .reset_index(drop=True),
        placed.loc[~placed["question"].isin(sorted_["question"]), ["question", *_WORDS]],
        LEVEL,
        privacy.min_comments,
    )


def _none() -> Topics:
    return topics(pd.Series(dtype=object))


def _placed(words: pd.DataFrame, found: Mapping[str, Topics]) -> pd.DataFrame:
    """The comments with the theme of each; `words` stand question by question."""
    texts = pd.concat([_none().texts, *(own.texts for own in found.values())], ignore_index=True)
    return words.reset_index(drop=True).assign(**texts.astype({"theme": int, "fit": float}))


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
    accounts = sorted_.groupby(_KEY)["account_id"].nunique().rename("n_accounts").reset_index()
    rows = table.merge(accounts, on=_KEY, how="left")
    rows = rows.merge(_roles(sorted_, privacy.min_comments), on=_KEY, how="left")
    rows = rows.merge(_means(sorted_, people, measure, privacy.min_scores), on=_KEY, how="left")
    label = instrument.label("crq" if measure == "crq" else "mean_ltr")
    return rows.assign(measure=measure, label=label)


def _roles(sorted_: pd.DataFrame, least: int) -> pd.DataFrame:
    """Roles with enough comments in a theme, the most frequent first; how many the others are.

    Where the others would be fewer than ``least``, the smallest role goes to them.
    """
    counts = sorted_.groupby([*_KEY, "role"], as_index=False).size()
    counts = counts[counts["size"] >= least]
    counts = counts.sort_values(["size", "role"], ascending=[False, True])
    whole = counts.merge(sorted_.groupby(_KEY).size().rename("n").reset_index(), on=_KEY)
    left = whole["n"] - whole.groupby(_KEY)["size"].transform("sum")
    counts = whole[~(left.between(1, least - 1) & ~whole.duplicated(_KEY, keep="last"))].copy()
    counts["told"] = list(zip(counts["role"], counts["size"].tolist(), strict=True))
    told = counts.groupby(_KEY).agg(roles=("told", tuple), known=("size", "sum"))
    rows = sorted_.groupby(_KEY).size().rename("n").to_frame().join(told)
    rows["others"] = (rows["n"] - rows["known"].fillna(0)).astype(int)
    rows["roles"] = rows["roles"].map(lambda roles: roles if isinstance(roles, tuple) else ())
    return rows[["roles", "others"]].reset_index()


def _means(sorted_: pd.DataFrame, people: pd.DataFrame, measure: str, least: int) -> pd.DataFrame:
    """Mean score of those who wrote of a theme, accounts as what was sampled."""
    score = people.set_index("response_id")[measure].dropna()
    rows = sorted_.assign(score=sorted_["response_id"].map(score)).dropna(subset=["score"])
    if rows.empty:
        kinds = {"question": object, "theme": int, "value": float, "low": float, "high": float}
        return pd.DataFrame(columns=[*kinds, "flag"]).astype(kinds)
    sums = rows.groupby([*_KEY, "account_id"])["score"].agg(["sum", "size"]).reset_index()
    blocks = pd.Index(list(zip(sums["question"], sums["theme"].tolist(), strict=True)))
    sums = sums.set_index("account_id")
    totals, n = sums[["sum"]].set_axis(["m"], axis=1), sums[["size"]].set_axis(["m"], axis=1)
    made = ratios(totals, n, blocks, level=LEVEL)
    made[_KEY] = made["block"].tolist()
    voices = rows.groupby(_KEY).size().rename("voices").reset_index()
    made = made.merge(voices, on=_KEY)
    left = len(score) - made["voices"]
    few = (made["voices"] < least) | ((left > 0) & (left < least))
    hidden = {end: made[end].mask(few) for end in ("value", "low", "high")}
    said = f"it would tell what fewer than {least} people said"
    made = made.assign(**hidden, flag=made["flag"].mask(few, said))
    return made[[*_KEY, "value", "low", "high", "flag"]]
