"""Whether another way to make one CRQ score puts accounts, or clients, in another order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import OK, code
from crqlab.base.errors import one_of
from crqlab.base.results import Result
from crqlab.scores.rollups import BLOCK, Layout, answers_of, items_of, laid_out, ratio
from crqlab.stats.defaults import FEW_PAIRS
from crqlab.stats.survey_weights import weight_of


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives(Result):
    """The same accounts or clients, ranked by two scores.

    Attributes
    ----------
    table : DataFrame, one row per account or client and wave
        ``client_id``, ``wave``, ``account_id`` (accounts only), ``n`` respondents, ``crq``,
        ``item_mean`` (scale points), ``rank_crq``, ``rank_item_mean`` (1 is the highest, equal
        scores share their mean rank), ``moved`` (places up by the item mean).
    correlations : DataFrame, one row per ranking
        ``client_id`` (accounts only), ``wave``, ``n`` ranked, ``correlation`` (Spearman, in
        [-1, 1]), ``flag``.
    unit : str
        ``"accounts"``, ranked inside each client's wave, or ``"clients"``, inside each wave.
    """

    table: pd.DataFrame
    correlations: pd.DataFrame
    unit: str

    def __str__(self) -> str:
        known = self.correlations["correlation"].dropna()
        if known.empty:
            return f"Too few {self.unit} to compare rankings by construct means and by items"
        top = self.movers(most=1).iloc[0]
        name = top["client_id"] if self.unit == "clients" else top["account_id"]
        return (
            f"Ranking {self.unit} by item mean instead of construct means: rank correlation "
            f"{known.median():.2f} (least {known.min():.2f} of {len(known)}); {name} moves "
            f"farthest, by {abs(top['moved']):g} in wave {top['wave']}"
        )

    def movers(self, *, most: int = 10) -> pd.DataFrame:
        """Return the rows that move farthest, the farthest first."""
        order = self.table["moved"].abs().sort_values(ascending=False, kind="stable").index
        return self.table.loc[order].head(most).reset_index(drop=True)


def alternatives(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    codebook: Codebook,
    *,
    unit: str = "accounts",
) -> Alternatives:
    """Rank by the mean of all CRQ items instead of the mean of construct means.

    A construct with many items weighs more in the item mean. Both scores are means over the
    same respondents: those with a CRQ score.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    responses : DataFrame
        Table ``responses``, where the items are.
    codebook : Codebook
    unit : str
        What is ranked: ``"accounts"`` inside each client's wave, or ``"clients"``, everyone
        counting once, inside each wave.

    Returns
    -------
    Alternatives

    Raises
    ------
    CrqError
        Another ``unit``.
    EstimateError
        No respondents, or respondents that are not among the responses.

    References
    ----------
    Spearman (1904), American Journal of Psychology 15, 72-101: the rank correlation.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, answers = study.read("respondents"), study.read("responses")
    >>> ranks = crq.scores.alternatives(people, answers, study.codebook)
    >>> print(ranks)
    Ranking accounts by item mean instead of ...
    """
    one_of("unit=", unit, ["accounts", "clients"])
    layout = laid_out(respondents, codebook.instrument)
    both = _both(layout, responses, codebook)
    sums = layout.add(np.hstack([both * weight_of(layout.rows)[:, None], both[:, 2:]]))
    keys, within = layout.accounts, BLOCK
    if unit == "clients":
        sums, keys, within = layout.add_accounts(sums), layout.blocks, ["wave"]
    scored = sums[:, 2] > 0
    means = ratio(sums[:, :2], np.repeat(sums[:, 2:3], 2, axis=1))[scored]
    table = keys[scored].reset_index(drop=True)
    table = table.assign(n=sums[scored, 3].astype("int64"), crq=means[:, 0], item_mean=means[:, 1])
    exact = table.assign(crq=table["crq"].round(9), item_mean=table["item_mean"].round(9))
    ranks = exact.groupby(within)[["crq", "item_mean"]].rank(ascending=False)
    table = table.assign(
        rank_crq=ranks["crq"],
        rank_item_mean=ranks["item_mean"],
        moved=ranks["crq"] - ranks["item_mean"],
    )
    return Alternatives(table, _correlations(table, within), unit)


def _both(layout: Layout, responses: pd.DataFrame, codebook: Codebook) -> NDArray:
    """CRQ, item mean and 1 for every respondent with a CRQ score; zeros for all others."""
    asked = codebook.instrument
    items = asked.keyed(answers_of(layout, responses, items_of(asked.crq.constructs, asked)))
    crq = layout.rows["crq"].to_numpy(float)
    columns = np.column_stack([crq, items.mean(axis=1).to_numpy(), np.ones(len(crq))])
    return np.where(np.isnan(crq)[:, None], 0, columns)


def _correlations(table: pd.DataFrame, within: list[str]) -> pd.DataFrame:
    """Spearman's correlation of each ranking: Pearson's of the ranks."""
    ranks = table[["rank_crq", "rank_item_mean"]]
    groups = [table[key] for key in within]
    gap = ranks - ranks.groupby(groups).transform("mean")
    products = pd.DataFrame(
        {
            "xy": gap["rank_crq"] * gap["rank_item_mean"],
            "xx": gap["rank_crq"] ** 2,
            "yy": gap["rank_item_mean"] ** 2,
            "n": 1,
        }
    )
    sums = products.groupby(groups).sum()
    spread = np.sqrt(sums["xx"] * sums["yy"])
    found = sums.assign(
        correlation=sums["xy"] / spread.where((spread > 0) & (sums["n"] >= FEW_PAIRS))
    )
    unknown = found["correlation"].isna()
    few = code("few_to_rank", minimum=FEW_PAIRS)
    flag = np.select([sums["n"] < FEW_PAIRS, unknown], [few, "no_variance"], OK)
    return found.assign(flag=flag)[["n", "correlation", "flag"]].reset_index()
