"""How far the people of one account agree, and accounts differ, by client and wave."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.frames import typed
from crqlab.base.instrument import Instrument
from crqlab.scores.account_scores import agreed
from crqlab.scores.account_variance import exact
from crqlab.scores.rollups import Layout, answers_of, items_of, laid_out, ratio
from crqlab.stats import bootstrap
from crqlab.stats.agreement import rwg_j
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.icc import iccs

#: How number and interval of each statistic are made.
METHODS = {
    "icc1": "bootstrap_of_log_f",
    "icc2": "bootstrap_of_log_f",
    "rwg_j": "mean_over_accounts",
}


def agreement(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    codebook: Codebook,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """ICC(1), ICC(2) and mean r_wg(J) of CRQ and of every construct, by client and wave.

    Survey weights play no part: these say how far the people of an account who answered agree
    with one another, and r_wg(J) holds them against chance, whomever they stand for.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    responses : DataFrame
        Table ``responses``: r_wg(J) of a construct is over its items (those of its parts), that
        of CRQ over the construct means of ``respondents``.
    codebook : Codebook
    level : float
        Coverage of all intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts for each client and wave, and their seed. A client's numbers
        depend neither on other clients nor on the order of rows.

    Returns
    -------
    DataFrame, one row per client, wave, measure and statistic
        Table ``agreement``: ``icc1`` in [-1/(k-1), 1] for mean account size k, ``icc2`` in
        (-inf, 1], ``rwg_j`` in [0, 1]; missing where a client's wave cannot carry it.

    Raises
    ------
    EstimateError
        No respondents, respondents that are not among the responses, or a level that is no
        share.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: ICC(1) and ICC(2).
    James, Demaree & Wolf (1984), Journal of Applied Psychology 69, 85-98: r_wg(J).

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, answers = study.read("respondents"), study.read("responses")
    >>> rows = crq.scores.agreement(people, answers, study.codebook, draws=20)
    >>> sorted(rows["statistic"].unique())
    ['icc1', 'icc2', 'rwg_j']
    """
    layout = laid_out(respondents, codebook.instrument)
    names = ["crq", *codebook.instrument.constructs]
    options = {"draws": draws, "level": level, "seed": seed}
    found = iccs(*_sums(layout, names), layout.keys, **options)
    parts = [
        _keyed(layout, names, found, "icc1"),
        _keyed(layout, names, found, "icc2"),
        _keyed(layout, names, _shared(layout, responses, codebook.instrument, options), "rwg_j"),
    ]
    order = np.argsort(np.tile(np.arange(len(found)), len(parts)), kind="stable")
    table = pd.concat(parts, ignore_index=True).iloc[order].assign(level=level)
    return typed(table, "agreement")


def _sums(layout: Layout, names: list[str]) -> list[pd.DataFrame]:
    """Respondents, sum and sum of squares of each account, around its client's mean."""
    values = layout.scores[:, [layout.at(name) for name in names]]
    there = ~np.isnan(values)
    sums = [layout.add_accounts(layout.add(part)) for part in (np.nan_to_num(values), there)]
    centre = ratio(*sums)[layout.block][layout.account]
    gap = exact(np.nan_to_num(values - centre))
    return [_frame(layout, layout.add(part), names) for part in (there.astype(float), gap, gap**2)]


def _frame(layout: Layout, values: NDArray, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(values, index=layout.accounts["account_id"].to_numpy(), columns=names)


def _shared(
    layout: Layout, responses: pd.DataFrame, asked: Instrument, options: dict
) -> pd.DataFrame:
    """Mean r_wg(J) over the accounts of each client's wave, CRQ first, then every construct."""
    names = ["crq", *asked.constructs]
    items = asked.keyed(answers_of(layout, responses, list(asked.items)))
    groups = pd.Series(layout.account)
    columns = [agreed(layout, asked)]
    for name in asked.constructs:
        found = rwg_j(items[items_of([name], asked)], groups, points=asked.scale.points)
        found = found.set_index("group")["rwg_j"]
        columns.append(found.reindex(range(len(layout.starts))).to_numpy())
    shared = _frame(layout, np.column_stack(columns), names)
    there = shared.notna().astype(float)
    mean = bootstrap.ratios(shared, there, layout.keys, **options)
    n = layout.counts()[:, [layout.at(name) for name in names]]
    return mean.rename(columns={"value": "rwg_j", "n_clusters": "n_accounts"}).assign(
        rwg_j_low=mean["low"].clip(0, 1),
        rwg_j_high=mean["high"].clip(0, 1),
        n=layout.add_accounts(n * there.to_numpy()).ravel(),
        flag=mean["flag"].replace("no_answers", "no_account_with_two_answers"),
    )


def _keyed(layout: Layout, names: list[str], found: pd.DataFrame, statistic: str) -> pd.DataFrame:
    """Lay one statistic out beside client, wave and measure."""
    n_blocks = len(layout.blocks)
    blocks = layout.blocks.loc[np.repeat(np.arange(n_blocks), len(names))].reset_index(drop=True)
    return blocks.assign(
        measure=np.tile(names, n_blocks),
        statistic=statistic,
        value=found[statistic].to_numpy(),
        low=found[f"{statistic}_low"].to_numpy(),
        high=found[f"{statistic}_high"].to_numpy(),
        n_respondents=found["n"].to_numpy("int64"),
        n_accounts=found["n_accounts"].to_numpy("int64"),
        method=METHODS[statistic],
        flag=found["flag"].to_numpy(),
    )
