"""What many texts speak of: themes found by factorising their phrases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, codes
from crqlab.base.results import Result
from crqlab.stats.phrases import Phrases, phrases, told

__all__ = ["Topics", "topics"]
__dir__ = __all__.copy

LEAST = 24  # texts among which themes are looked for
PER_THEME = 20  # texts for which one theme is looked for
FEWEST, MOST = 2, 6  # themes
ROUNDS = 40  # of the factorisation; always all of them, so that no machine stops earlier
KEYS = 4  # phrases that name a theme
_TINY = 1e-10


_WHY = {
    "few_texts": "fewer than {minimum} texts",
    "hardly_a_phrase": "hardly a phrase stands in two of them",
    "themes_too_small": "no theme has {minimum} texts",
}


@dataclass(frozen=True, slots=True, eq=False)
class Topics(Result):
    """Themes of a corpus, the one with the most texts first.

    Attributes
    ----------
    table : DataFrame, one row per theme
        ``theme`` (1, 2, ...), ``phrases`` (tuple of str, the most telling first), ``n`` (texts),
        ``share`` (of the corpus, in [0, 1]).
    texts : DataFrame, one row per text, in the order given
        ``theme`` (0 for none), ``fit`` (how much of the text is its theme's, in [0, 1]).
    n : int
        Texts of the corpus.
    flag : str
        ``"ok"``, or the code of why there are no themes (`crqlab.base.contracts.cautions`).
    """

    table: pd.DataFrame
    texts: pd.DataFrame
    n: int
    flag: str

    def __str__(self) -> str:
        if self.table.empty:
            (why,) = codes(self.flag)
            return f"No themes in n = {self.n:,} texts: {_WHY[why['code']].format(**why)}"
        first = self.table.iloc[0]
        return (
            f"{len(self.table)} themes in n = {self.n:,} texts; the largest, "
            f"{' · '.join(first['phrases'])}, in {first['n']:,}"
        )


def topics(words: pd.Series, *, languages: pd.Series | None = None, least: int = 5) -> Topics:
    """Sort texts into themes: TF-IDF of their phrases, factorised into non-negative parts.

    One theme is looked for in every 20 texts, at least 2 and at most 6. A text belongs to the
    theme with the greatest part in it. A theme of fewer than ``least`` texts, or without a phrase
    of its own, is dissolved: its texts go to the next best one, or to none.

    Parameters
    ----------
    words : Series of str
        Complete.
    languages : Series of str, optional
        Code of each text's language; missing where not known.
    least : int
        Fewest texts of a theme.

    Returns
    -------
    Topics
        Nothing is drawn at random: the start is the singular vectors, numbers are rounded before
        anything is decided by them, and ties go by the alphabet.

    References
    ----------
    Lee & Seung (1999), Nature 401, 788-791: parts of texts. Cichocki & Phan (2009), IEICE
    Transactions E92-A, 708-721, algorithm 2: the updates. Boutsidis & Gallopoulos (2008), Pattern
    Recognition 41, 1350-1362: the start.

    Examples
    --------
    >>> said = ["They keep their word", "Their prices went up"] * 12
    >>> print(topics(pd.Series(said)))
    2 themes in n = 24 texts; the largest, keep their word, in 12
    """
    n = len(words)
    if n < LEAST:
        return _none(n, code("few_texts", minimum=LEAST))
    found = phrases(words, languages=languages)
    k = min(max(n // PER_THEME, FEWEST), MOST, len(found.names))
    if k < FEWEST:
        return _none(n, "hardly_a_phrase")
    parts, keys = _factorised(found.weights, k)
    return _sorted(found, parts, keys, least)


def _none(n: int, why: str) -> Topics:
    columns = {"theme": int, "phrases": object, "n": int, "share": float}
    table = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    return Topics(table, pd.DataFrame({"theme": [0] * n, "fit": [0.0] * n}), n, why)


def _factorised(weights: NDArray, k: int) -> tuple[NDArray, NDArray]:
    """Return texts by themes and themes by phrases, whose product is nearest to ``weights``."""
    left, right = _start(weights, k)
    for _ in range(ROUNDS):
        left = _improved(left, weights @ right.T, right @ right.T)
        right = _improved(right.T, weights.T @ left, left.T @ left).T
    size = np.sqrt((right**2).sum(axis=1))
    return left * size, right / np.where(size > 0, size, 1)[:, None]


def _improved(side: NDArray, product: NDArray, gram: NDArray) -> NDArray:
    """Best values of one side's columns, one after the other, the rest held still."""
    side = side.copy()
    for j in range(side.shape[1]):
        if gram[j, j] > _TINY:
            step = (product[:, j] - side @ gram[:, j]) / gram[j, j]
            side[:, j] = np.maximum(side[:, j] + step, 0)
    return side


def _start(weights: NDArray, k: int) -> tuple[NDArray, NDArray]:
    """Leading singular vectors, of each pair the half with more weight; signs do not matter."""
    values, vectors = np.linalg.eigh(weights.T @ weights)
    right = vectors[:, ::-1][:, :k]
    size = np.sqrt(np.maximum(values[::-1][:k], 0))
    left = weights @ right / np.where(size > _TINY, size, np.inf)
    halves = [(np.maximum(sign * left, 0), np.maximum(sign * right, 0)) for sign in (1.0, -1.0)]
    heavy = [np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0) for a, b in halves]
    better = heavy[0] >= heavy[1]
    one, two = (np.where(better, a, b) for a, b in zip(*halves, strict=True))
    scale = np.sqrt(size * np.where(better, *heavy))
    one, two = (side / np.maximum(np.linalg.norm(side, axis=0), _TINY) for side in (one, two))
    return one * scale, (two * scale).T


def _sorted(found: Phrases, parts: NDArray, keys: NDArray, least: int) -> Topics:
    """Give each text its theme, dissolve small ones, name and order the rest."""
    parts = parts.round(6)
    named = [told(found.names, row, found.texts, most=KEYS) for row in keys]
    open_ = np.array([bool(places) for places in named])
    while True:
        usable = np.where(open_, parts, 0.0)
        theme = np.where(usable.max(axis=1) > 0, usable.argmax(axis=1), -1)
        n = np.bincount(theme[theme >= 0], minlength=len(named))
        small = open_ & (n < least)
        if not small.any():
            break
        open_[np.flatnonzero(small)[np.argmin(n[small])]] = False
    names = {j: tuple(found.names[i] for i in named[j]) for j in np.flatnonzero(open_)}
    order = sorted(names, key=lambda j: (-n[j], names[j]))
    if not order:
        return _none(len(parts), code("themes_too_small", minimum=least))
    place = {j: i for i, j in enumerate(order, start=1)}
    whole = parts.sum(axis=1)
    fit = np.where(whole > 0, usable.max(axis=1) / np.where(whole > 0, whole, 1), 0).round(6)
    table = pd.DataFrame(
        {
            "theme": range(1, len(order) + 1),
            "phrases": [names[j] for j in order],
            "n": n[order],
            "share": n[order] / len(parts),
        }
    )
    texts = pd.DataFrame({"theme": [place.get(j, 0) for j in theme], "fit": fit})
    return Topics(table, texts, len(parts), "ok")
