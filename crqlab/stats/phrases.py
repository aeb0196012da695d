"""What is said, as numbers: short phrases of texts, weighted by how telling they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats.stopwords import STOPWORDS

__all__ = ["Phrases", "phrases", "told"]
__dir__ = __all__.copy

LONGEST = 3  # words of a phrase
MOST = 300  # phrases, those in the most texts
COMMON = 0.2  # share of a language's texts above which a word of no known list tells nothing
LEAST = 10  # texts of a language from which that share can be told
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
#: Words, ends of clauses, and what stands in brackets in place of something taken out.
_PIECE = re.compile(rf"\[[^\]]*\]|{_WORD.pattern}|[.!?;:,()\"\n]")
_Clause = list[tuple[str, bool]]


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
    counts = [Counter(_grams(clauses)) for clauses in _clauses(words, languages)]
    spread = Counter(chain.from_iterable(counts))
    several = (phrase for phrase, n in spread.items() if n >= least)
    kept = sorted(sorted(several, key=lambda phrase: (-spread[phrase], phrase))[:MOST])
    texts = np.array([spread[phrase] for phrase in kept], dtype=int)
    return Phrases(_tfidf(counts, kept, texts), tuple(kept), texts)


def _clauses(words: pd.Series, languages: pd.Series | None) -> list[list[_Clause]]:
    """Cut each text into clauses, runs of words; of each word, whether it may end a phrase."""
    said = [_PIECE.findall(text.casefold().replace("’", "'")) for text in words]
    known = [""] * len(said) if languages is None else languages.fillna("").astype(str).str[:2]
    spoken = [code.lower() for code in known]
    telling = {code: _Telling(code, said, spoken) for code in set(spoken)}
    return [_cut(text, telling[code]) for text, code in zip(said, spoken, strict=True)]


class _Telling(dict):
    """Pieces of one language: whether they may begin and end a phrase; None if no word."""

    def __init__(self, code: str, said: list[list[str]], spoken: list[str]) -> None:
        listed = [words for language, words in STOPWORDS.items() if code in (language, "")]
        self._listed = frozenset().union(*listed)
        same = () if listed else zip(said, spoken, strict=True)
        texts = [set(text) for text, language in same if language == code and text]
        often = Counter(chain.from_iterable(texts)) if len(texts) >= LEAST else {}
        self._often = {piece for piece, n in often.items() if n > COMMON * len(texts)}

    def __missing__(self, piece: str) -> bool | None:
        stem = piece.partition("'")[0]
        stop = len(stem) < 2 or stem in self._listed or piece in self._often
        self[piece] = not stop if _WORD.fullmatch(piece) else None
        return self[piece]


def _cut(pieces: list[str], telling: Mapping[str, bool | None]) -> list[_Clause]:
    """Cut a text at whatever is no word."""
    clauses: list[_Clause] = [[]]
    for piece in pieces:
        tells = telling[piece]
        if tells is None:
            clauses.append([])
        else:
            clauses[-1].append((piece, tells))
    return clauses


def _grams(clauses: Iterable[_Clause]) -> Iterator[str]:
    """Every phrase of a text, once for each time that it is said."""
    for clause in clauses:
        for first, (word, tells) in enumerate(clause):
            if tells:
                yield word
                phrase = word
                for last, ends in clause[first + 1 : first + LONGEST]:
                    phrase = f"{phrase} {last}"
                    if ends:
                        yield phrase


def _tfidf(counts: Sequence[Mapping[str, int]], kept: Sequence[str], texts: NDArray) -> NDArray:
    weights = np.zeros((len(counts), len(kept)))
    rare = np.log((1 + len(counts)) / (1 + texts.astype(float))) + 1
    place = {phrase: i for i, phrase in enumerate(kept)}
    for row, found in enumerate(counts):
        for phrase in found.keys() & place.keys():
            weights[row, place[phrase]] = found[phrase] * rare[place[phrase]]
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
