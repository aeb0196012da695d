"""Whether answers go with the construct that an item's wording proposes, or with another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

FEWEST_ANSWERS = 30  # of people who answered both; below them a correlation says too little
FAR_MORE = 0.2  # by which another construct's correlation must be the higher one
CERTAIN = 2.58  # standard errors, and the difference is no chance
AGAINST = -0.2  # an item that goes against the others of its construct this much, by no chance


def doubts(answers: pd.DataFrame, constructs: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the items whose answers speak against their construct, each with why.

    An item is doubted where it correlates far more with another construct's mean than with the
    mean of the other items of its own, and more than chance would have it, or where it goes
    against its own.

    Parameters
    ----------
    answers : DataFrame, shape (people, items)
        In scale points, more is better; missing where nothing was answered.
    constructs : mapping of construct to items

    Source
    ------
    Meng, X.-L., Rosenthal, R. & Rubin, D. B. (1992), Comparing correlated correlation
    coefficients, Psychological Bulletin 111, 172-175, equation 1.

    Examples
    --------
    >>> mood, other = (np.random.default_rng(seed).normal(size=(80, 1)) for seed in (1, 2))
    >>> noise = np.random.default_rng(3).normal(size=(80, 5)) / 2
    >>> told = pd.DataFrame(np.hstack([mood, mood, other, other, other]) + noise,
    ...     columns=["a1", "a2", "b1", "b2", "a3"])
    >>> list(doubts(told, {"a": ["a1", "a2", "a3"], "b": ["b1", "b2"]}))
    ['a3']
    """
    found = {}
    for own, items in constructs.items():
        for item in items if len(items) > 1 else ():
            rest = answers[[one for one in items if one != item]].mean(axis=1)
            others = {name: answers[list(them)].mean(axis=1)
                      for name, them in constructs.items() if name != own}  # fmt: skip
            if said := _doubt(answers[item], own, rest, others):
                found[item] = said
    return found


def nearest(
    item: pd.Series, answers: pd.DataFrame, constructs: Mapping[str, Sequence[str]]
) -> tuple[str, float]:
    """Return the construct that an item's answers go with most, and the correlation."""
    means = {name: answers[list(items)].mean(axis=1) for name, items in constructs.items()}
    near = {name: r for name, mean in means.items() if (r := _r(item, mean)) is not None}
    best = max(near, key=lambda name: near[name], default="")
    return best, near.get(best, 0.0)


def _doubt(item: pd.Series, own: str, rest: pd.Series, others: Mapping[str, pd.Series]) -> str:
    """Why an item is doubted; empty where it is not."""
    with_own = _r(item, rest)
    if with_own is None:
        return ""
    n = int((item.notna() & rest.notna()).sum())
    if with_own < AGAINST and np.arctanh(max(with_own, -0.999999)) * np.sqrt(n - 3) < -CERTAIN:
        return (
            f"its answers go against the others of {own} (r = {with_own:.2f}); if it is worded the "
            "other way round, say reversed: true"
        )
    for name, mean in others.items():
        known = item.notna() & rest.notna() & mean.notna()
        r, between = _r(item[known], mean[known]), _r(rest[known], mean[known])
        inside = _r(item[known], rest[known])
        if r is None or between is None or inside is None:
            continue
        far = r - inside > FAR_MORE and _z(r, inside, between, int(known.sum())) > CERTAIN
        if far:
            return (
                f"its answers go with {name} (r = {r:.2f}) far more than with the others of {own} "
                f"(r = {inside:.2f}); which one does it measure?"
            )
    return ""


def _r(one: pd.Series, other: pd.Series) -> float | None:
    """A correlation; None where too few answered both, or all alike."""
    known = one.notna() & other.notna()
    if known.sum() < FEWEST_ANSWERS:
        return None
    a, b = one[known].to_numpy(float), other[known].to_numpy(float)
    if a.std() == 0 or b.std() == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def _z(one: float, other: float, between: float, n: int) -> float:
    """How many standard errors two correlations with the same item lie apart."""
    square = (one**2 + other**2) / 2
    f = min((1 - between) / (2 * max(1 - square, 1e-9)), 1.0)
    h = (1 - f * square) / max(1 - square, 1e-9)
    apart = np.arctanh(np.clip([one, other], -0.999999, 0.999999))
    return float((apart[0] - apart[1]) * np.sqrt((n - 3) / max(2 * (1 - between) * h, 1e-9)))
