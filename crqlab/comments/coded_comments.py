"""Which themes each comment speaks of: by hand, by words of the frame, by its nearest example."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.errors import DataError
from crqlab.base.results import Result
from crqlab.comments.code_frames import OTHER, CodeFrame, pattern
from crqlab.comments.nearest_examples import Examples, nearest

HAND, WORDS, EXAMPLE, NONE = "hand", "words", "example", "none"
_COMMENT = ["response_id", "question"]


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Result):
    """Comments with their themes.

    Attributes
    ----------
    table : DataFrame, one row per comment and theme
        Table ``comment_themes``: keys, ``question``, ``theme`` (``other`` where none fits),
        ``by`` (hand, words, example, none).
    blind : DataFrame, one row per comment and theme
        The same for comments that were coded by hand, as they would have been coded without it.
    frame : CodeFrame
    """

    table: pd.DataFrame
    blind: pd.DataFrame
    frame: CodeFrame

    def __str__(self) -> str:
        comments = self.table.drop_duplicates(_COMMENT)
        known = (comments["theme"] != OTHER).sum()
        by = self.table.drop_duplicates([*_COMMENT, "by"])["by"].value_counts()
        how = ", ".join(f"{by[name]:,} by {name}" for name in (HAND, WORDS, EXAMPLE) if name in by)
        return (
            f"{len(comments):,} comments: {known:,} have a theme of frame {self.frame.version}"
            + (f" ({how})" if how else "")
        )


def coded(answers: pd.DataFrame, frame: CodeFrame, by_hand: pd.DataFrame) -> Coded:
    """Code comments: what a person said of a comment holds; else words; else its nearest example.

    Parameters
    ----------
    answers : DataFrame
        What `crqlab.comments.answers` returned.
    frame : CodeFrame
    by_hand : DataFrame
        What `crqlab.comments.hand_codes` returned. Of several coders of one comment those
        themes hold that at least half of them saw. Comments coded by hand serve as examples,
        for comments of their own client alone.

    Returns
    -------
    Coded
        A comment may have several themes. Words of a language are looked for in comments of
        that language, those of all languages where it is not known.

    Raises
    ------
    DataError
        An example of the frame is, word for word, a comment of one of several clients.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> frame = crq.comments.code_frame(study)
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> by_hand = crq.comments.hand_codes(study, frame, said)
    >>> "comments" in str(crq.comments.coded(said, frame, by_hand))
    True
    """
    _own_words(answers, frame)
    agreed = _agreed(by_hand)
    rule = _by_words(answers, frame)
    done = pd.MultiIndex.from_frame(agreed[_COMMENT].drop_duplicates())
    mine = pd.MultiIndex.from_frame(answers[_COMMENT])
    hand = mine.isin(done)
    open_ = ~rule.any(axis=1)
    found = nearest(answers[open_ & ~hand], Examples.of(frame, _known(answers, agreed)))
    blind = nearest(answers[open_ & hand], Examples.of(frame))
    ruled = _long(answers, rule, WORDS)
    hands = answers.merge(agreed, on=_COMMENT).assign(by=HAND)
    free = ~pd.MultiIndex.from_frame(ruled[_COMMENT]).isin(done)
    table = _with_others(answers, pd.concat([hands, ruled[free], found]))
    return Coded(table, _with_others(answers[hand], pd.concat([ruled[~free], blind])), frame)


def _own_words(answers: pd.DataFrame, frame: CodeFrame) -> None:
    """Refuse examples that are somebody's comment where other clients' comments are coded too."""
    if answers["client_id"].nunique() < 2:
        return
    said = {_plain(words): client for words, client in
            zip(answers["words"], answers["client_id"], strict=True)}  # fmt: skip
    cases = [
        {
            "file": "themes.yaml", "row": "", "column": f"{one.code}.examples.{language}",
            "value": f"example {place}",
            "rule": f"is, word for word, a comment of client {said[_plain(text)]}",
            "fix": "say it in your own words: the frame codes other clients' comments too",
        }
        for one in frame.themes for language, texts in one.examples.items()
        for place, text in enumerate(texts, 1) if _plain(text) in said
    ]  # fmt: skip
    if cases:
        first = cases[0]
        message = f"themes.yaml: {first['value']} of {first['column']} {first['rule']}; "
        raise DataError(message + first["fix"] + ".", pd.DataFrame(cases))


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _agreed(by_hand: pd.DataFrame) -> pd.DataFrame:
    """Themes that at least half of the coders of a comment saw; of no theme only if all did."""
    coders = by_hand.groupby(_COMMENT)["coder"].nunique().rename("coders")
    votes = by_hand.groupby([*_COMMENT, "theme"])["coder"].nunique().rename("votes").reset_index()
    votes = votes.join(coders, on=_COMMENT)
    held = votes[votes["votes"] * 2 >= votes["coders"]]
    named = held[held["theme"] != OTHER]
    rest = held[~pd.MultiIndex.from_frame(held[_COMMENT]).isin(
        pd.MultiIndex.from_frame(named[_COMMENT]))]  # fmt: skip
    return pd.concat([named, rest])[[*_COMMENT, "theme"]]


def _by_words(answers: pd.DataFrame, frame: CodeFrame) -> pd.DataFrame:
    """Whether words of each theme stand in each comment; equal comments are looked at once."""
    language = answers["language"].astype("str").str.casefold().str[:2].fillna("")
    spoken = {name for one in frame.themes for name in one.words}
    language = language.where(language.isin(spoken), "")
    texts = pd.DataFrame({"language": language.to_numpy(), "words": answers["words"].to_numpy()})
    once = texts.drop_duplicates().reset_index(drop=True)
    found = np.zeros((len(once), len(frame.themes)), dtype=bool)
    for name, rows in once.groupby("language").groups.items():
        for column, one in enumerate(frame.themes):
            lists = one.words.values() if name == "" else [one.words.get(name, ())]
            if words := tuple(word for some in lists for word in some):
                held = once["words"][rows].str.contains(pattern(words)).to_numpy(bool)
                found[rows, column] = held
    place = texts.merge(once.assign(place=once.index), how="left")["place"].to_numpy()
    return pd.DataFrame(found[place], index=answers.index, columns=list(frame.codes))


def _long(answers: pd.DataFrame, held: pd.DataFrame, by: str) -> pd.DataFrame:
    row, column = np.nonzero(held.to_numpy())
    return answers.iloc[row].assign(theme=held.columns.to_numpy()[column], by=by)


def _known(answers: pd.DataFrame, agreed: pd.DataFrame) -> pd.DataFrame:
    """Comments that people coded, with their client: examples for its others."""
    return answers.merge(agreed[agreed["theme"] != OTHER], on=_COMMENT)


def _with_others(answers: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    themed = pd.MultiIndex.from_frame(found[_COMMENT])
    left = answers[~pd.MultiIndex.from_frame(answers[_COMMENT]).isin(themed)]
    rows = pd.concat([found, left.assign(theme=OTHER, by=NONE)])
    order = ["client_id", "wave", "response_id", "question", "theme"]
    return frames.typed(rows.sort_values(order), "comment_themes")
