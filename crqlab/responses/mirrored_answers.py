"""A scale that was flipped in one language, batch or wave: its answers run against the rest.

Whoever scores high on the items recommends more, in every group and every language. Where
the answers of one group say the opposite, its scale was flipped. Two signs are looked at:
the correlation of LTR (and of every item) with the other items inside the group, and
the group's profile of item means against everybody else's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.base.instrument import Instrument
from crqlab.responses.findings import findings

#: Standard errors (Fisher's z) by which a correlation must lie on the wrong side of zero.
SURE = 3.0
#: A profile is a mirror image when it leans the other way by this share of what is usual.
MIRRORED = -0.5
#: Least group for a correlation, and for a profile.
FEWEST, FEWEST_LEANING = 8, 12
#: From coarse to fine: a part of the fieldwork that may have had settings of its own.
PARTS = (
    ("language",),
    ("batch",),
    ("wave",),
    ("wave", "language"),
    ("wave", "batch"),
    ("client_id", "wave", "language"),
    ("client_id", "wave", "batch"),
)
_CHECK = "flipped"


def flipped(rows: pd.DataFrame, asked: Instrument) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Find groups of responses whose scale, or one of whose questions, was flipped.

    Parameters
    ----------
    rows : DataFrame
        Responses, answers in scale points as given.
    asked : Instrument

    Returns
    -------
    tuple of DataFrame and tuple of str
        Findings, and notes on questions that run against the others in the whole study.

    References
    ----------
    Fisher (1921), Metron 1, 3-32: the standard error of a correlation.
    """
    answers = asked.keyed(rows[list(asked.items)])
    if asked.recommend or rows["ltr"].notna().any():
        answers = answers.assign(ltr=rows["ltr"])
    leaning = _leaning(answers, pd.Series(0, index=rows.index))
    notes = _notes(leaning, asked)
    middle = (asked.scale.low + asked.scale.high) / 2
    found: dict[str, list[pd.DataFrame]] = {}
    for part in PARTS:
        if rows[list(part)].notna().all(axis=None):
            group = rows.groupby(list(part)).ngroup()
            for column, where in _wrong(answers, group, middle):
                groups = _groups(rows[where], part, column)
                found.setdefault(column, []).append(findings(where, _CHECK, groups, _CHECK, column))
    parts = [pd.concat(tables) for tables in found.values()]
    kept = [table[~table.index.duplicated()] for table in parts]
    nothing = findings(pd.Series(False, index=rows.index), _CHECK, "", _CHECK)
    return pd.concat(kept) if kept else nothing, notes


def _leaning(answers: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Fisher's z of every question with the mean of the (other) items, group by group.

    Returns
    -------
    DataFrame, one row per group and one column per question
        In standard errors; positive where more goes with more.
    """
    items = answers.drop(columns="ltr", errors="ignore")
    total, count = items.sum(axis=1), items.notna().sum(axis=1)
    signs = {}
    for name in answers.columns:
        own = name in items
        others = count - (items[name].notna() if own else 0)
        rest = (total - (items[name].fillna(0) if own else 0)) / others.where(others > 0)
        signs[name] = _fisher(answers[name], rest, group)
    return pd.DataFrame(signs)


def _fisher(x: pd.Series, y: pd.Series, group: pd.Series) -> np.ndarray:
    """Correlation within every group, as Fisher's z over its standard error."""
    both = (x.notna() & y.notna()).to_numpy()
    place, x, y = group.to_numpy()[both], x.to_numpy()[both], y.to_numpy()[both]
    size = int(group.max()) + 1
    n = np.bincount(place, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (v - (np.bincount(place, v, size) / n)[place] for v in (x, y))
        xy, xx, yy = (np.bincount(place, v, size) for v in (x * y, x * x, y * y))
        r = np.clip(xy / np.sqrt(xx * yy), -0.999999, 0.999999)
        told = (n >= FEWEST) & (xx > 1e-9) & (yy > 1e-9)
        return np.where(told, np.arctanh(r) * np.sqrt(np.maximum(n - 3, 0)), np.nan)


def _wrong(
    answers: pd.DataFrame, group: pd.Series, middle: float
) -> Iterator[tuple[str, pd.Series]]:
    """Every question (empty: the whole scale) with the responses whose group flips it."""
    z = _leaning(answers, group)
    slope = _profile(answers.drop(columns="ltr", errors="ignore"), group, middle)
    whole = slope["mirrored"]
    if "ltr" in z:
        against = z["ltr"] < -SURE
        whole |= against & ~slope["upright"]
        if (only := against & slope["upright"]).any():
            yield "ltr", group.isin(z.index[only])
    if whole.any():
        yield "", group.isin(z.index[whole])
    for name in z.columns.drop("ltr", errors="ignore"):
        others = z[name].where(z[name] > -SURE)
        usual = others.sum() / np.sqrt(max(others.notna().sum(), 1))
        if (bad := (z[name] < -SURE) & ~whole).any() and usual > SURE:
            yield name, group.isin(z.index[bad])


def _profile(items: pd.DataFrame, group: pd.Series, middle: float) -> pd.DataFrame:
    """How every group's item means lean on the profile of all responses.

    ``mirrored``: surely negative where most lean positively, and on the other side of the
    scale's middle; ``upright``: surely positive.
    """
    usual = items.mean()
    shape = usual - usual.mean()
    complete = items[items.notna().all(axis=1)]
    slope = complete @ shape / max(float(shape @ shape), 1e-9)
    by_group = slope.groupby(group).agg(["mean", "std", "count"]).reindex(range(group.max() + 1))
    by_group = by_group.where(by_group["count"] >= FEWEST_LEANING)
    t = by_group["mean"] / (by_group["std"] / np.sqrt(by_group["count"]))
    most = by_group["mean"].reindex(group).median()
    own = items.mean(axis=1).groupby(group).mean()
    opposite = (own - middle) * (usual.mean() - middle) < 0
    mirrored = (by_group["mean"] < MIRRORED * most) & (t < -SURE) & opposite
    return pd.DataFrame({"mirrored": mirrored, "upright": t > SURE})


def _groups(rows: pd.DataFrame, part: tuple[str, ...], column: str) -> pd.Series:
    """Codes of what is answered the other way round, and in which group."""
    named = [name.removesuffix("_id") + " " + rows[name].astype("str") for name in part]
    group = named[0].str.cat(named[1:], sep=", ")
    cells = {
        name: code("question_turned", question=column, group=name)
        if column
        else code("scale_turned", group=name)
        for name in group.unique()
    }
    return group.map(cells)


def _notes(leaning: pd.DataFrame, asked: Instrument) -> tuple[str, ...]:
    """What runs the wrong way in the whole study is a fault of the codebook."""
    z = leaning.iloc[0]
    if z.get("ltr", 0) < -SURE:
        return (
            "the more people agree, the less they recommend, in the whole study: is the scale "
            "upside down in the codebook?",
        )
    wrong = [name for name in asked.items if z[name] < -SURE]
    if not wrong:
        return ()
    return (
        f"{', '.join(wrong)} run{'s' * (len(wrong) == 1)} against the other items in the whole "
        "study: should the codebook say reversed: true?",
    )
