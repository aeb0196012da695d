"""From accounts to clients: every measure, in every way of counting, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import OK, code, column
from crqlab.base.contracts.frames import typed
from crqlab.base.errors import DataError
from crqlab.base.instrument import Instrument
from crqlab.scores.rollups import (
    Layout,
    laid_out,
    ratio,
    role_weights,
    scale_ends,
    senior_weights,
)
from crqlab.stats import linearised, nps
from crqlab.stats.defaults import LEVEL
from crqlab.stats.survey_weights import effective, weight_of

ACCOUNT_T = "account_t"
WALD = "adjusted_wald"
#: Roll-ups that leave some out: the column of counts, and the caution that says of how many
#: respondents or accounts the weight is known.
_KNOWN = {
    "revenue": (1, "revenue_known"),
    "confidence": (0, "familiarity_known"),
    "senior": (1, "role_known"),
}


def clients(
    respondents: pd.DataFrame,
    accounts: pd.DataFrame | None,
    codebook: Codebook,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Score every client and wave, on every measure, rolled up in every way.

    ``respondents``: everyone counts once, or by the survey weight where the client's wave has such
    weights; ``unweighted``: everyone counts once although it has. ``accounts``: mean of account
    means. ``revenue``: the
    same, weighted by what an account pays. ``role`` and ``confidence``: everyone counts by the
    weight of the role, or by how well they know the relationship. ``senior``: mean over
    accounts of their most senior voice (several of one rank: their mean).

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    accounts : DataFrame or None
        Table ``accounts``, for revenue; None where there is none.
    codebook : Codebook
        Instrument, and weights of roles; a role without weight counts 1.
    level : float
        Coverage of all intervals, in (0, 1). A client's numbers depend neither on other clients
        nor on the order of rows.

    Returns
    -------
    DataFrame, one row per client, wave, measure, roll-up and method
        Table ``client_scores``: scale points; ``nps`` in points from -100 to 100. A row exists
        where someone stands behind it, and always for CRQ by respondents. NPS by respondents
        comes twice: with Student's t over accounts, and with the adjusted Wald interval, which
        takes answers as independent. ``method`` and ``flag`` hold codes.

    Raises
    ------
    DataError
        An account occurs twice in ``accounts``.
    EstimateError
        No respondents, or a level that is no share.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Rocks (2016), The American Statistician 70, 365-372: adjusted Wald.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, accounts = study.read("respondents"), study.read("accounts")
    >>> scores = crq.scores.clients(people, accounts, study.codebook)
    >>> "roll_up" in scores
    True
    """
    layout = laid_out(respondents, codebook.instrument)
    views = _views(layout, _revenue(layout, accounts), codebook)
    names = pd.MultiIndex.from_product([views, layout.measures])
    parts = [
        pd.DataFrame(
            np.hstack([view[part] for view in views.values()]),
            index=layout.accounts["account_id"].to_numpy(),
            columns=range(len(names)),
        )
        for part in (0, 1)
    ]
    found = linearised.ratios(*parts, layout.keys, level=level)
    people = layout.add_accounts(np.hstack([view[2] for view in views.values()]))
    equal = _effective(layout, np.stack([view[3:] for view in views.values()]))
    table = _keyed(layout, names, found, people, level).assign(n_effective=equal)
    table = table.assign(flag=_flags(table, found["flag"].to_numpy(), layout))
    table = pd.concat([table, _wald(layout, len(names), level)], ignore_index=True)
    kept = (table["n_respondents"] > 0) | (
        (table["measure"] == "crq") & (table["roll_up"] == "respondents")
    )
    kept &= (table["roll_up"] != "unweighted") | table["weighted"]
    table = _cut(table[kept], codebook.instrument).sort_values("order", kind="stable")
    return typed(table, "client_scores")


def _revenue(layout: Layout, accounts: pd.DataFrame | None) -> NDArray:
    """Yearly revenue of each account of each wave; missing where it is not known."""
    if accounts is None:
        return np.full(len(layout.accounts), np.nan)
    keys = ["client_id", "account_id"]
    if accounts.duplicated(keys).any():
        raise _twice(accounts[accounts.duplicated(keys)])
    found = layout.accounts.merge(accounts[[*keys, "revenue"]], on=keys, how="left")
    return found["revenue"].to_numpy(float)


def _twice(rows: pd.DataFrame) -> DataError:
    cases = pd.DataFrame(
        {
            "file": "",
            "row": rows.index,
            "column": "account_id",
            "value": rows["account_id"].to_numpy(),
            "rule": "the same account of one client twice",
            "fix": "keep one row per account in the CRM export",
        }
    )
    return DataError(
        f"accounts= lists {len(rows)} accounts more than once; revenue needs one row per "
        "account. They are listed below; correct the CRM export.",
        cases,
    )


def _views(
    layout: Layout, revenue: NDArray, codebook: Codebook
) -> dict[str, tuple[NDArray, NDArray, NDArray]]:
    """Sums behind each roll-up, by account and measure.

    Numerators, denominators, respondents, and what each of these counts: the sum of their weights
    and that of its squares.
    """
    (total, whole), n, squares = layout.sums(), layout.counts(), layout.squares()
    means, there = np.nan_to_num(ratio(total, whole)), (whole > 0).astype(float)
    pays = np.nan_to_num(revenue)[:, None] * there
    first = senior_weights(layout)
    top, of_top = layout.sums(first)
    heard, spread = (of_top > 0).astype(float), np.nan_to_num(ratio(squares, whole**2))
    spread_top = np.nan_to_num(ratio(layout.squares(first), of_top**2))
    bare = layout.add(np.nan_to_num(layout.scores))
    views = {
        "respondents": (total, whole, n, whole, squares),
        "unweighted": (bare, n, n, n, n),
        "accounts": (means, there, n, there, spread),
        "revenue": (pays * means, pays, n * (pays > 0), pays, pays**2 * spread),
        "senior": (
            np.nan_to_num(ratio(top, of_top)),
            heard,
            layout.counts(first),
            heard,
            spread_top,
        ),
    }
    people = {
        "role": role_weights(layout.rows, codebook.roles),
        "confidence": layout.rows["confidence"].to_numpy(float),
    }
    for name, weights in people.items():
        sums = layout.sums(weights)
        views[name] = (*sums, layout.counts(weights), sums[1], layout.squares(weights))
    order = contract("client_scores").columns["roll_up"].options
    return {name: views[name] for name in order}


def _effective(layout: Layout, weighed: NDArray) -> NDArray:
    """Equal respondents that say as much, by block, roll-up and measure in a row.

    ``weighed`` has the shape (roll-ups, sums of weights and of squares, accounts, measures).
    """
    sums = [[layout.add_accounts(part) for part in view] for view in weighed]
    equal = np.stack([effective(*view) for view in sums], axis=1)
    return equal.ravel()


def _keyed(
    layout: Layout, names: pd.MultiIndex, found: pd.DataFrame, people: NDArray, level: float
) -> pd.DataFrame:
    """Lay the estimates out beside client, wave, measure and roll-up."""
    n_names, n_blocks = len(names), len(layout.blocks)
    blocks = layout.blocks.loc[np.repeat(np.arange(n_blocks), n_names)].reset_index(drop=True)
    return blocks.assign(
        measure=np.tile(names.get_level_values(1), n_blocks),
        roll_up=np.tile(names.get_level_values(0), n_blocks),
        value=found["value"].to_numpy(),
        low=found["low"].to_numpy(),
        high=found["high"].to_numpy(),
        level=level,
        n_respondents=people.ravel().astype("int64"),
        n_accounts=found["n_clusters"].to_numpy("int64"),
        method=ACCOUNT_T,
        weighted=np.repeat(layout.weighted, n_names),
        order=np.arange(n_blocks * n_names, dtype=float),
    )


def _flags(table: pd.DataFrame, found: NDArray, layout: Layout) -> NDArray:
    """What the interval says, and how many a weight is known of, where not of all."""
    cautions = [(True, found)]
    counted = table[["n_respondents", "n_accounts"]].to_numpy(float)
    by_roll_up = counted.reshape(len(layout.blocks), -1, len(layout.measures), 2)
    whole = np.broadcast_to(by_roll_up[:, :1], by_roll_up.shape).reshape(-1, 2)
    for roll_up, (unit, name) in _KNOWN.items():
        known = ratio(counted[:, unit], whole[:, unit])
        percent = np.floor(100 * np.nan_to_num(known)).astype(int).tolist()
        cells = {share: code(name, percent=share) for share in set(percent)}
        partly = (table["roll_up"] == roll_up).to_numpy() & (known < 1)
        cautions.append((partly, [cells[share] for share in percent]))
    return column(len(table), *cautions)


def _wald(layout: Layout, n_rows: int, level: float) -> pd.DataFrame:
    """NPS by respondents once more, from the counts of the three kinds of answer."""
    equal = nps.counts(
        layout.rows["ltr"], layout.block[layout.account], weights=weight_of(layout.rows)
    )
    found = nps.adjusted_wald(*equal.to_numpy().T, level=level)
    n = layout.counts()[:, layout.at("nps")]
    several = layout.add_accounts((n > 1).astype(int)) > 0
    return layout.blocks.assign(
        measure="nps",
        roll_up="respondents",
        value=found["nps"],
        low=found["low"],
        high=found["high"],
        level=level,
        n_respondents=layout.add_accounts(n.astype("int64")),
        n_effective=equal.sum(axis=1).to_numpy(),
        n_accounts=layout.add_accounts((n > 0).astype("int64")),
        method=WALD,
        flag=np.where(several, "answers_taken_as_independent", OK),
        weighted=layout.weighted,
        order=np.arange(len(layout.blocks)) * n_rows + layout.at("nps") + 0.5,
    )


def _cut(table: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """Cut intervals at the ends of the measure's scale."""
    ends = scale_ends(asked)
    low, high = (table["measure"].map({name: ends[name][k] for name in ends}) for k in (0, 1))
    return table.assign(low=table["low"].clip(low, high), high=table["high"].clip(low, high))
