"""What is said, as numbers: short phrases of texts, weighted by how telling they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats.stopwords import STOPWORDS

LONGEST = 3  # words of a phrase
MOST = 300  # phrases, those in the most texts
COMMON = 0.2  # share of a language's texts above which a word of no known list tells nothing
LEAST = 10  # texts of a language from which that share can be told
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
#: Words, ends of clauses, and what stands in brackets in place of something taken out.
_PIECE = re.compile(rf"\[[^\]]*\]|{_WORD.pattern}|[.!?;:,()\"\n]")


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Which phrases stand in which texts.

    Attributes
    ----------
    weights : ndarray, shape (texts, phrases)
        TF-IDF in [0, 1], each row of length 1 or all 0.
    names : tuple of str
        The phrases in lower case, in order of the alphabet.
    texts : ndarray of int, shape (phrases,)
        In how many texts each stands.
    """

    weights: NDArray
    names: tuple[str, ...]
    texts: NDArray


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Words and ends of clauses, one after the other: whose, what, and whether it may stand."""

    texts: NDArray
    pieces: NDArray
    word: NDArray
    stop: NDArray


def phrases(words: pd.Series, *, languages: pd.Series | None = None, least: int = 2) -> Phrases:
    """Find the phrases of one to three words that stand in several texts, and weigh them.

    A phrase does not run over the end of a clause and neither begins nor ends with a stop word:
    our own lists for English and Swedish, both lists where the language is not known, and for any
    other language the words that stand in more than a fifth of its texts.

    Parameters
    ----------
    words : Series of str
        Complete. What stands in square brackets is passed over.
    languages : Series of str, optional
        Code of each text's language such as ``"sv"``; missing where not known.
    least : int
        Fewest texts that a phrase stands in.

    Returns
    -------
    Phrases
        At most 300, those in the most texts.

    References
    ----------
    Salton & Buckley (1988), Information Processing & Management 24, 513-523: TF-IDF; as in
    scikit-learn with smoothed inverse document frequency.

    Examples
    --------
    >>> found = phrases(pd.Series(["They keep their word.", "Keep their word!", "Price"]))
    >>> found.names, found.texts
    (('keep', 'keep their word', 'word'), array([2, 2, 2]))
    """
    grams = _grams(_pieces(words, languages))
    counts = grams.groupby(["text", "phrase"], sort=True).size().rename("n").reset_index()
    spread = counts["phrase"].value_counts().rename("texts").reset_index()
    spread = spread[spread["texts"] >= least].sort_values(["texts", "phrase"], ascending=[0, 1])
    kept = spread.head(MOST).sort_values("phrase", ignore_index=True)
    return Phrases(
        _tfidf(counts, kept, len(words)), tuple(kept["phrase"]), kept["texts"].to_numpy(int)
    )


def _pieces(words: pd.Series, languages: pd.Series | None) -> _Pieces:
    """Cut texts into words and whatever stands between clauses."""
    said = [_PIECE.findall(text.casefold().replace("’", "'")) for text in words]
    texts = np.repeat(np.arange(len(said)), [len(found) for found in said])
    codes, distinct = pd.factorize(np.array(list(chain.from_iterable(said)), dtype=object))
    known = [""] * len(said) if languages is None else languages.fillna("").astype(str).str[:2]
    spoken = np.array([code.lower() for code in known], dtype=object)[texts]
    word = np.array([bool(_WORD.fullmatch(piece)) for piece in distinct], dtype=bool)
    stems = pd.Series([piece.partition("'")[0] for piece in distinct], dtype=object)
    stop = (~word | (stems.str.len() < 2).to_numpy(bool))[codes]
    for language, listed in STOPWORDS.items():
        stop |= stems.isin(listed).to_numpy(bool)[codes] & np.isin(spoken, [language, ""])
    stop |= _common(texts, codes, spoken)
    return _Pieces(texts, np.asarray(distinct, dtype=object)[codes], word[codes], stop)


def _common(texts: NDArray, codes: NDArray, spoken: NDArray) -> NDArray:
    """Words of languages without a list that stand in many of the language's texts."""
    rows = pd.DataFrame({"text": texts, "code": codes, "language": spoken})
    other = rows[~rows["language"].isin([*STOPWORDS, ""])]
    n = other.groupby("language")["text"].transform("nunique")
    within = other.groupby(["language", "code"])["text"].transform("nunique")
    common = (within > COMMON * n) & (n >= LEAST)
    return common.reindex(rows.index, fill_value=False).to_numpy(bool)


def _grams(cut: _Pieces) -> pd.DataFrame:
    """Every phrase of every text, once for each time that it is said."""
    texts, stop = cut.texts, cut.stop
    found, inside, said = [], cut.word, cut.pieces
    for length in range(1, LONGEST + 1):
        start = np.arange(max(len(texts) - length + 1, 0))
        last = start + length - 1
        if length > 1:
            inside = inside[: len(start)] & cut.word[last] & (texts[start] == texts[last])
            said = said[: len(start)] + " " + cut.pieces[last]
        whole = inside[: len(start)] & ~stop[start] & ~stop[last]
        found.append(pd.DataFrame({"text": texts[start][whole], "phrase": said[whole]}))
    return pd.concat(found, ignore_index=True)


def _tfidf(counts: pd.DataFrame, kept: pd.DataFrame, n: int) -> NDArray:
    place = pd.Series(kept.index, index=kept["phrase"])
    some = counts[counts["phrase"].isin(kept["phrase"])]
    weights = np.zeros((n, len(kept)))
    rare = np.log((1 + n) / (1 + kept["texts"].to_numpy(float))) + 1
    column = place[some["phrase"]].to_numpy(int)
    weights[some["text"].to_numpy(int), column] = some["n"].to_numpy(float) * rare[column]
    length = np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return weights / np.where(length > 0, length, 1)


def told(names: Sequence[str], weights: NDArray, texts: NDArray, *, most: int) -> list[int]:
    """Return the places of the phrases that tell most, longer ones instead of their parts.

    Parameters
    ----------
    names : sequence of str
    weights : ndarray
        How much each phrase belongs to what is to be told; 0 and less is passed over.
    texts : ndarray of int
        In how many texts each phrase stands: a part gives way to a phrase that stands in at
        least half as many.
    most : int

    Examples
    --------
    >>> told(["keep", "keep their word", "price"], np.array([3.0, 2, 1]), np.array([5, 4, 5]),
    ...      most=2)
    [1, 2]
    """
    rounded = np.round(weights, 6).tolist()
    able = [i for i, weight in enumerate(rounded) if weight > 0]
    order = sorted(able, key=lambda i: (-rounded[i], names[i]))
    chosen: list[int] = []
    for i in order:
        longer = [j for j in order if _part(names[i], names[j])]
        longer = [j for j in longer if 2 * texts[j] >= texts[i]]
        best = max(longer, key=lambda j: (len(names[j]), texts[j], names[j]), default=i)
        if not any(set(names[best].split()) & set(names[j].split()) for j in chosen):
            chosen.append(best)
        if len(chosen) == most:
            break
    return chosen


def _part(short: str, long: str) -> bool:
    return short != long and f" {short} " in f" {long} "
