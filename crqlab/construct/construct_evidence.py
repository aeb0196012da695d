"""Whether the construct holds: one row per criterion, each with its cutoff and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.results import Result
from crqlab.construct import (
    criterion_validity,
    dimensionality,
    discriminant_validity,
    invariance,
    reliability_validity,
)
from crqlab.construct.cutoffs import VERDICTS
from crqlab.construct.evidence_data import EvidenceData, collect
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.factors.result import CfaFit

CRITERIA = (
    "reliability",
    "dimensions",
    "fit",
    "one_score",
    "convergent",
    "discriminant",
    "invariance",
    "agreement",
    "criterion",
    "known_groups",
    "method",
)
RELATIONS = {
    **dict.fromkeys(("left", "right"), "text"),
    **dict.fromkeys(("correlation", "htmt", "low", "high"), "number"),
    "flag": "text",
}


@dataclass(frozen=True, slots=True, eq=False)
class Evidence(Result):
    """What speaks for the construct and what against it.

    Attributes
    ----------
    table : DataFrame, one row per number
        ``criterion``, ``about``, ``label``, ``question``, ``measure``, ``estimate``, ``low``,
        ``high``, ``cutoff``, ``side`` (``at_least`` or ``at_most``), ``verdict`` (meets,
        borderline, misses, unknown), ``source`` of the cutoff, ``n``, ``unit``, ``flag``; words
        are codes. A criterion is met when the cautious end of the interval reaches the cutoff,
        missed when not even the estimate reaches what the source still tolerates.
    rivals : DataFrame, one row per model
        ``model`` (``first_order``, ``second_order``, ``one_factor``) and its indices of fit, ``n``,
        ``flag``.
    loadings : DataFrame, one row per item
        ``construct``, ``label``, ``item``, ``loading`` (standardised), ``low``, ``high``,
        ``flag``; ``order`` 2 for constructs on CRQ.
    relations : DataFrame, one row per pair of constructs
        ``left``, ``right`` (labels), ``correlation`` (latent), ``htmt``, ``low``, ``high``,
        ``flag``.
    ladders : DataFrame, one row per grouping and step
        ``grouping``, ``step``, ``cfi``, ``rmsea``, ``delta_cfi``, ``delta_rmsea``, ``freed``,
        ``holds``, ``groups``, ``flag``.
    level : float
    n : int
        Respondents with a CRQ score.
    """

    table: pd.DataFrame
    rivals: pd.DataFrame
    loadings: pd.DataFrame
    relations: pd.DataFrame
    ladders: pd.DataFrame
    level: float
    n: int

    @property
    def summary(self) -> pd.DataFrame:
        """One row per criterion: its weakest verdict, and how many numbers have which."""
        rows = []
        for name, part in self.table.groupby("criterion", sort=False):
            counts = part["verdict"].value_counts().reindex(list(VERDICTS), fill_value=0)
            known = part.loc[part["verdict"] != "unknown", "verdict"]
            verdict = max(known, key=VERDICTS.index) if len(known) else "unknown"
            rows.append({"criterion": name, "verdict": verdict, **counts.to_dict()})
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        verdicts = self.summary["verdict"].value_counts()
        lost = self.summary.loc[self.summary["verdict"] == "misses", "criterion"]
        said = {**_SAID, "misses": f"missed ({', '.join(lost).replace('_', ' ')})"}
        words = [f"{verdicts[name]} {word}" for name, word in said.items() if name in verdicts]
        return (
            f"Of {len(self.summary)} criteria for the construct: {', '.join(words)}; "
            f"n = {self.n:,} respondents"
        )

    def of(self, criterion: str) -> pd.DataFrame:
        """Return the rows of one criterion."""
        return self.table[self.table["criterion"] == criterion].reset_index(drop=True)

    def weakest(self, criterion: str) -> pd.DataFrame:
        """Return the numbers that keep a criterion from being met; none where it is met."""
        verdict = self.summary.set_index("criterion").loc[criterion, "verdict"]
        rows = self.of(criterion)
        return rows[(rows["verdict"] == verdict) & (verdict != "meets")].reset_index(drop=True)


_SAID = {"meets": "met", "borderline": "borderline", "misses": "missed", "unknown": "open"}


def evidence(
    responses: pd.DataFrame,
    respondents: pd.DataFrame,
    codebook: Codebook,
    accounts: pd.DataFrame | None = None,
    *,
    outcomes: pd.DataFrame | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Evidence:
    """Collect what speaks for and against the construct, criterion by criterion.

    All waves count together; agreement and LTR of accounts are those of each client's last
    wave. Accounts are the sampling unit wherever an interval is given. What a study cannot
    carry (one item, no LTR, few accounts) has verdict ``unknown`` and says why in ``flag``.

    Parameters
    ----------
    responses, respondents : DataFrame
        Tables of these names; respondents decide who counts.
    codebook : Codebook
    accounts, outcomes : DataFrame, optional
        Tables of these names: groups for invariance, and what came of contracts.
    level : float
        Coverage of all intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts, and where their chance begins.

    Returns
    -------
    Evidence

    Raises
    ------
    EstimateError
        No respondents, respondents that are not among the responses, a level that is no share.

    References
    ----------
    In column ``source`` and in ``docs/sources.md``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> print(evidence)
    Of ... criteria for the construct: ... met...
    """
    check_level(level)
    options = {"level": level, "draws": draws, "seed": seed}
    data = collect(responses, respondents, codebook, accounts, **options)
    models = dimensionality.rivals(data)
    fits = dimensionality.fits(models)
    counted = dimensionality.dimensions(data)
    ratio = discriminant_validity.ratios(data)
    square = discriminant_validity.squares(models["first_order"])
    climbed = invariance.ladders(data)
    rows = [
        *reliability_validity.reliability(data),
        dimensionality.dimension_row(data, counted),
        *dimensionality.fit_rows(fits),
        *reliability_validity.general(data, models["second_order"]),
        *reliability_validity.convergent(data, models["first_order"]),
        *discriminant_validity.discriminant(data, ratio, square),
        *invariance.group_rows(data, climbed),
        *reliability_validity.agreement(data),
        *criterion_validity.criterion(data),
        *criterion_validity.known_groups(data, outcomes),
        *dimensionality.method_rows(data, fits, counted),
    ]
    return Evidence(
        pd.DataFrame(rows),
        fits,
        _loadings(data, models),
        _relations(data, ratio, square),
        _ladders(climbed),
        level,
        int(data.rows["crq"].notna().sum()),
    )


def _loadings(data: EvidenceData, models: Mapping[str, CfaFit | str]) -> pd.DataFrame:
    """Standardised loadings of both planned models; 95 % intervals from their errors."""
    parts = [empty("loadings")]
    for name, order in (("first_order", 1), ("second_order", 2)):
        fit = models[name]
        if isinstance(fit, str):
            continue
        rows = fit.loadings[fit.loadings["order"] == order]
        half = norm.isf((1 - data.level) / 2) * rows["std_se"]
        label = [data.label(construct) for construct in rows["construct"]]
        item = rows["item"] if order == 1 else [data.label(i) for i in rows["item"]]
        found = rows[["construct", "order"]].assign(label=label, item=item, loading=rows["std"])
        ends = {"low": rows["std"] - half, "high": rows["std"] + half}
        parts.append(typed(found.assign(**ends, flag=fit.flag), "loadings"))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _relations(
    data: EvidenceData, ratio: pd.DataFrame | str, square: pd.DataFrame | str
) -> pd.DataFrame:
    if isinstance(ratio, str):
        return empty(RELATIONS)
    known = ratio.rename(columns={"value": "htmt"})
    latent = [
        np.nan if isinstance(square, str) else square.loc[left, right]
        for left, right in zip(known["left"], known["right"], strict=True)
    ]
    words = {side: [data.label(name) for name in known[side]] for side in ("left", "right")}
    return known.assign(correlation=latent, **words)[list(RELATIONS)]


def _ladders(climbed: Mapping) -> pd.DataFrame:
    parts = [
        ladder.table.assign(grouping=name, groups=len(ladder.groups))
        for name, ladder in climbed.items()
        if not isinstance(ladder, str)
    ]
    return typed(pd.concat(parts), "ladders") if parts else empty("ladders")
