"""Whether the construct holds: one row per criterion, each with its cutoff and its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.frames import empty, from_records, typed
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
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.sampling import Sampling

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
        ``model`` (``first_order``, ``second_order``, ``one_factor`` of CRQ; ``instrument`` and
        ``parts`` where there are other constructs, or parts of them) and its indices of fit,
        ``n``, ``flag``.
    loadings : DataFrame, one row per item
        ``construct``, ``label``, ``item``, ``loading`` (standardised), ``low``, ``high``,
        ``flag``; ``order`` 2 for constructs on CRQ; ``model`` that it was measured in.
    relations : DataFrame, one row per pair of constructs that are no parts
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
    breakdowns: pd.DataFrame | None = None,
    groupings: Sequence[str] | None = None,
    **sampling: Any,
) -> Evidence:
    """Collect what speaks for and against the construct, criterion by criterion.

    Every construct of the instrument is judged, those outside CRQ and parts of constructs too.
    All waves count together; agreement and LTR of accounts are those of each client's last
    wave. Accounts are the sampling unit wherever an interval is given. What a study cannot
    carry (one item, no LTR, few accounts) has verdict ``unknown`` and says why in ``flag``.

    Parameters
    ----------
    responses, respondents : DataFrame
        Tables of these names; respondents decide who counts.
    codebook : Codebook
    accounts, outcomes, breakdowns : DataFrame, optional
        Tables of these names: groups for invariance, and what came of contracts.
    groupings : sequence of str, optional
        What groups are told apart by: columns of text of the responses (``language``, ``role``,
        ``batch``), of the accounts (``industry``, ``tier``), or dimensions of ``breakdowns``;
        by default industry, country, language, role, wave, and unit and product where known.
    **sampling
        ``level``, ``draws``, ``seed`` of `crqlab.stats.sampling.Sampling`.

    Returns
    -------
    Evidence

    Raises
    ------
    EstimateError
        No respondents, respondents that are not among the responses, a level that is no share.
    CrqError
        A grouping that no table has.

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
    more = {"breakdowns": breakdowns, "groupings": groupings, "sampling": Sampling(**sampling)}
    data = collect(responses, respondents, codebook, accounts, **more)
    models = dimensionality.rivals(data)
    fits = dimensionality.fits(models)
    counted = dimensionality.dimensions(data)
    ratio = discriminant_validity.ratios(data)
    square = discriminant_validity.squares(models)
    climbed = invariance.ladders(data)
    rows = [
        *reliability_validity.reliability(data),
        *dimensionality.dimension_rows(data, counted),
        *dimensionality.fit_rows(fits),
        *reliability_validity.general(data, models["second_order"]),
        *reliability_validity.convergent(data, models),
        *discriminant_validity.discriminant(data, ratio, square, models),
        *invariance.group_rows(data, climbed),
        *reliability_validity.agreement(data),
        *criterion_validity.criterion(data),
        *criterion_validity.known_groups(data, outcomes),
        *dimensionality.method_rows(data, fits, counted["crq"]),
    ]
    return Evidence(
        pd.DataFrame(rows),
        fits,
        _loadings(data, models),
        _relations(data, ratio, square),
        _ladders(climbed),
        data.level,
        int(data.rows["crq"].notna().sum()),
    )


def _loadings(data: EvidenceData, models: Mapping[str, CfaFit | str]) -> pd.DataFrame:
    """Standardised loadings, each construct's in the model that measures it; 95 % intervals."""
    parts = [empty("loadings")]
    for name, order in (*dict.fromkeys(dimensionality.MEASURING, 1).items(), ("second_order", 2)):
        fit = models.get(name, "")
        if isinstance(fit, str):
            continue
        rows = fit.loadings[fit.loadings["order"] == order]
        if order == 1:
            whose = [dimensionality.model_of(data, models, one) for one in rows["construct"]]
            rows = rows[np.array(whose) == name]
        half = norm.isf((1 - data.level) / 2) * rows["std_se"]
        label = [data.label(construct) for construct in rows["construct"]]
        item = rows["item"] if order == 1 else [data.label(i) for i in rows["item"]]
        found = rows[["construct", "order"]].assign(label=label, item=item, loading=rows["std"])
        found = found.assign(model=name)
        ends = {"low": rows["std"] - half, "high": rows["std"] + half}
        parts.append(typed(found.assign(**ends, flag=fit.flag), "loadings"))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _relations(data: EvidenceData, ratio: Mapping, square: Mapping) -> pd.DataFrame:
    rows = [
        {
            **{side: data.label(name) for side, name in zip(("left", "right"), pair, strict=True)},
            **{name: one[name] for name in ("low", "high", "flag")},
            "correlation": discriminant_validity.correlation(square, pair),
            "htmt": one["value"],
        }
        for pair, one in ratio.items()
        if not isinstance(one, str) and {*pair} <= set(data.whole)
    ]
    return from_records(rows, RELATIONS)


def _ladders(climbed: Mapping) -> pd.DataFrame:
    parts = [
        ladder.judged.assign(grouping=name, groups=len(ladder.groups))
        for name, ladder in climbed.items()
        if not isinstance(ladder, str)
    ]
    return typed(pd.concat(parts), "ladders") if parts else empty("ladders")
