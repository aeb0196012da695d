"""Who would recommend, by unit, country and product: promoters, passives, detractors, NPS."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.base.contracts.columns import DIMENSIONS
from crqlab.base.contracts.frames import empty, typed
from crqlab.scores.client_scores import ACCOUNT_T, WALD
from crqlab.scores.group_differences import against_others
from crqlab.scores.rollups import promoter_points
from crqlab.stats import linearised, nps
from crqlab.stats.defaults import LEVEL
from crqlab.stats.survey_weights import weight_of

_KEY = ["client_id", "wave", "dimension", "group"]
_WAVE = ["client_id", "wave"]
_UNKNOWN = "\U0010ffff"  # sorts behind every name
_SIDES = ("", "_low", "_high")
_COUNTS = ["promoters", "passives", "detractors"]


def breakdowns(
    respondents: pd.DataFrame, groups: pd.DataFrame, *, level: float = LEVEL
) -> pd.DataFrame:
    """Count promoters, passives and detractors of every unit, country and product, with NPS.

    Each group is also held against all other answers of its dimension: difference with interval,
    p, q and effect size.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    groups : DataFrame
        Table ``breakdowns``.
    level : float
        Coverage of all intervals, in (0, 1).

    Returns
    -------
    DataFrame, one row per client, wave, dimension and group, sorted
        Table ``breakdown_scores``; dimension ``all`` has everybody, and its NPS is that of
        ``client_scores``. Answers whose group is not known are one row without a name, so that the
        rows of a dimension add up. Survey weights weigh the NPS; counts stay those of people.
        Intervals take accounts as what was sampled (Student's t); where
        one account alone answered, or all accounts alike, the adjusted Wald interval, which takes
        answers as independent, stands in and ``flag`` says so.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Rocks (2016), The American Statistician 70, 365-372: adjusted Wald.

    Examples
    --------
    >>> people = pd.DataFrame({"client_id": "C1", "wave": "2025", "response_id": list("abcd"),
    ...                        "account_id": ["x", "x", "y", "z"], "ltr": [10, 9, 7, 2]})
    >>> units = people[["client_id", "wave", "response_id"]].assign(
    ...     dimension="unit", group=["North", "North", "North", None]).dropna()
    >>> found = breakdowns(people, units)
    >>> found[["dimension", "group", "promoters", "passives", "detractors", "nps"]].round(1)
      dimension  group  promoters  passives  detractors    nps
    0       all    NaN          2         1           1   25.0
    1      unit  North          2         1           0   66.7
    2      unit    NaN          0         0           1 -100.0
    """
    people = respondents[respondents["ltr"].notna()]
    if people.empty:
        return empty("breakdown_scores")
    rows = _sorted(people, groups)
    rows = rows.assign(block=rows.groupby(_KEY).ngroup(), points=promoter_points(rows["ltr"]))
    apart = against_others(rows, level=level)
    rows = rows.assign(points=rows["points"] * rows["counts"])
    sums = rows.groupby(["block", "account_id"])[["points", "counts"]].sum().reset_index("block")
    parts = (sums[[name]].set_axis(["nps"], axis=1) for name in ("points", "counts"))
    found = linearised.ratios(*parts, sums["block"], level=level).set_index("block").sort_index()
    keys = rows.drop_duplicates("block").set_index("block")[_KEY].sort_index()
    counts = (nps.counts(rows["ltr"], rows["block"], weights=w) for w in (None, rows["counts"]))
    return _table(keys.join(found).join(apart), *counts, level)


def _sorted(people: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Every answer once for everybody, and once for each dimension that its wave is sorted by."""
    columns = [*_WAVE, "response_id", "account_id", "ltr", "counts"]
    people = people.assign(counts=weight_of(people))
    parts = [people[columns].assign(dimension="all", group=_UNKNOWN)]
    for name in DIMENSIONS:
        own = groups[groups["dimension"] == name]
        rows = people[columns].merge(own[_WAVE].drop_duplicates(), on=_WAVE)
        known = own.set_index("response_id")["group"]
        rows = rows.assign(dimension=name, group=rows["response_id"].map(known).fillna(_UNKNOWN))
        parts.append(rows)
    return pd.concat(parts, ignore_index=True)


def _table(
    found: pd.DataFrame, counts: pd.DataFrame, equal: pd.DataFrame, level: float
) -> pd.DataFrame:
    wald = nps.adjusted_wald(*(equal[name] for name in _COUNTS), level=level)
    alone = found["low"].isna().to_numpy()
    away = {f"difference{end}": found[f"difference{end}"].clip(-200, 200) for end in _SIDES}
    ends = {
        f"nps_{end}": np.where(alone, wald[end], found[end].clip(-100, 100))
        for end in ("low", "high")
    }
    order = {name: place for place, name in enumerate(("all", *DIMENSIONS))}
    table = found.assign(
        **counts,
        nps=found["value"].clip(-100, 100),  # weights may round it beyond
        **ends,
        **away,
        level=level,
        n_respondents=counts.sum(axis=1),
        n_effective=equal.sum(axis=1),
        n_accounts=found["n_clusters"],
        method=np.where(alone, WALD, ACCOUNT_T),
        flag=np.where(alone, "answers_taken_as_independent", found["flag"]),
        order=found["dimension"].map(order),
    )
    table = table.sort_values([*_WAVE, "order", "group"], ignore_index=True)
    named = table["group"].where(table["group"] != _UNKNOWN)
    return typed(table.assign(group=named), "breakdown_scores")
