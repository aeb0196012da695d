"""A scale that was flipped in one language, batch or wave: its answers run against the rest.

Whoever scores high on the items recommends more, in every group and every language. Where
the answers of one group say the opposite, its scale was flipped. Two signs are looked at:
the correlation of LTR (and of every item) with the other items inside the group, and
the group's profile of item means against everybody else's. What these leave is looked at
response by response: a part of a group may be mirrored while the rest is not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.base.instrument import Instrument
from crqlab.responses.contradictions import contradiction, evidence
from crqlab.responses.findings import coded, findings
from crqlab.responses.mirrored_parts import Part, mixed, parts

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
    ("client_id", "wave"),
    ("client_id", "wave", "language"),
    ("client_id", "wave", "batch"),
    ("client_id", "wave", "language", "batch"),
)
#: Share of a client's wave that is found mirrored, above which nothing of it is scored.
MOST = 0.5
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
    items = asked.keyed(rows[list(asked.items)])
    has_ltr = asked.recommend or rows["ltr"].notna().any()
    answers = items.assign(ltr=rows["ltr"]) if has_ltr else items
    notes = _notes(_leaning(answers, pd.Series(0, index=rows.index)), asked)
    groups = {part: _grouped(rows, part) for part in PARTS if rows[list(part)].notna().any().all()}
    found = _whole_groups(rows, answers, asked, groups)
    ratio = evidence(items, rows["ltr"], asked.scale, ~rows.index.isin(found.index))
    found = _undivided(found, ratio)
    found = pd.concat([found, *_in_part(rows, ratio.drop(found.index.unique()), groups)])
    single = contradiction(ratio.drop(found.index.unique()), items, rows["ltr"])
    return pd.concat([found, _rest_of_waves(rows, found), single]), notes


def _grouped(rows: pd.DataFrame, part: tuple[str, ...]) -> pd.Series:
    """Number of every response's group, those whose language or batch is unknown in their own."""
    return rows.groupby(list(part), dropna=False).ngroup()


def _whole_groups(
    rows: pd.DataFrame,
    answers: pd.DataFrame,
    asked: Instrument,
    groups: dict[tuple[str, ...], pd.Series],
) -> pd.DataFrame:
    """Findings about groups that are flipped as a whole, from coarse to fine."""
    middle = (asked.scale.low + asked.scale.high) / 2
    found: dict[str, list[pd.DataFrame]] = {}
    for part, group in groups.items():
        for column, where in _wrong(answers, group, middle):
            named = _groups(rows[where], part, column)
            found.setdefault(column, []).append(findings(where, _CHECK, named, _CHECK, column))
    tables = [pd.concat(tables) for tables in found.values()]
    kept = [table[~table.index.duplicated()] for table in tables]
    nothing = findings(pd.Series(False, index=rows.index), _CHECK, "", _CHECK)
    return pd.concat(kept) if kept else nothing


def _undivided(found: pd.DataFrame, ratio: pd.DataFrame) -> pd.DataFrame:
    """Findings but for groups of which a part is surely upright: they are looked into again."""
    divided = pd.Series(False, index=range(len(found)))
    for column, name in (("", "items"), ("ltr", "ltr")):
        where = (found["column"] == column).to_numpy()
        table = found[where]
        groups = pd.Series(pd.factorize(table["found"])[0], index=table.index)
        divided[where] = mixed(ratio.loc[table.index], name, groups).to_numpy()
    return found[~divided.to_numpy()]


def _in_part(
    rows: pd.DataFrame, ratio: pd.DataFrame, groups: dict[tuple[str, ...], pd.Series]
) -> Iterator[pd.DataFrame]:
    """Findings about parts of groups, from fine to coarse."""
    left = ratio
    for part, group in reversed(groups.items()):
        if left.empty:
            return
        numbers = pd.Series(pd.factorize(group.loc[left.index])[0], index=left.index)
        for found in parts(left, numbers, rows.loc[left.index, "started"]):
            size = int((numbers == numbers[found.rows[0]]).sum())
            named = _part_of(rows.loc[found.rows], part, found, size)
            where = pd.Series(rows.index.isin(found.rows), index=rows.index)
            yield findings(where, _CHECK, named, _CHECK, found.column)
            left = left.drop(left.index.intersection(found.rows))


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
    group = _names(rows, part)
    cells = {
        name: code("question_turned", question=column, group=name)
        if column
        else code("scale_turned", group=name)
        for name in group.unique()
    }
    return group.map(cells)


def _part_of(rows: pd.DataFrame, part: tuple[str, ...], found: Part, size: int) -> str:
    """Code of what a part of one group answered the other way round."""
    if len(rows) == size:
        return _groups(rows.iloc[:1], part, found.column).iloc[0]
    name = f"{'question' if found.column else 'scale'}_turned_in_{'run' if found.run else 'part'}"
    question = {"question": found.column} if found.column else {}
    group = _names(rows.iloc[:1], part).iloc[0]
    return code(name, **question, n=len(rows), of=size, group=group)


def _names(rows: pd.DataFrame, part: tuple[str, ...]) -> pd.Series:
    """What the group of every response is called."""
    named = [name.removesuffix("_id") + " " + rows[name].astype("str").fillna("?") for name in part]
    return named[0].str.cat(named[1:], sep=", ")


def _rest_of_waves(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Findings about what is left of a client's wave of which most is mirrored."""
    own = pd.Series(rows.index.isin(found.index), index=rows.index)
    by = own.groupby([rows["client_id"], rows["wave"]])
    where = ~own & (by.transform("mean") > MOST)
    n, of = by.transform("sum"), by.transform("size")
    return findings(where, _CHECK, coded(where, "most_of_wave_turned", n=n, of=of), _CHECK)


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
