"""The model card: what must be known before a number of this station is used."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.renewal import candidate_models
from crqlab.renewal.account_history import OWN
from crqlab.renewal.covariate_effects import Effects
from crqlab.renewal.covariates import covariates
from crqlab.renewal.model_comparison import Contest
from crqlab.renewal.opportunities import Design
from crqlab.renewal.revenue_at_risk import RiskOutlook

LIMITS = (
    "Associations, not causes: who trusts more may stay for other reasons too.",
    "Scores rest on few voices per account; that draws effects towards none.",
    "Revenue and industry are as the CRM has them today, not as on the day of the survey.",
    "Accounts that were never asked are not in the model.",
    "The years to come are taken to be like those that were learnt from.",
)
MEASURES = ("AUC", "calibration slope", "Brier", "lift of the top tenth")


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """What a careful reader asks of a model.

    Attributes
    ----------
    table : DataFrame, one row per line
        Table ``model_card``: ``place``, ``topic``, ``says``.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        return "\n".join(f"{row.topic}: {row.says}" for row in self.table.itertuples())


def model_card(design: Design, effects: Effects, contest: Contest, outlook: RiskOutlook) -> Card:
    """Collect data window, sizes, exclusions, gaps, performance, cautions and limits.

    Parameters
    ----------
    design, effects, contest, outlook
        As the functions of these names return them.

    Returns
    -------
    Card
    """
    lines = [
        *_data(design),
        ("test", contest.said),
        *_performance(contest),
        ("claim", f"CRQ over NPS: {contest.claim}"),
        *_cautions(effects, contest, outlook),
        *(("limit", limit) for limit in LIMITS),
    ]
    table = pd.DataFrame(lines, columns=["topic", "says"])
    table.insert(0, "place", range(1, len(table) + 1))
    return Card(table)


def _data(design: Design) -> list[tuple[str, str]]:
    decided = design.decided
    lines = [("data", str(design))]
    if len(decided):
        first, last = decided["cutoff"].min(), decided["cutoff"].max()
        lines += [
            ("window", f"surveys {first:%Y-%m-%d} to {last:%Y-%m-%d}, outcomes as of "
                       f"{design.as_of:%Y-%m-%d}"),
            ("size", f"{decided['client_id'].nunique():,} clients, "
                     f"{len(decided[OWN].drop_duplicates()):,} accounts, {len(decided):,} decided "
                     f"contracts, {(decided['outcome'] == 'churned').sum():,} churned"),
        ]  # fmt: skip
    reasons = design.excluded["reason"].value_counts()
    lines += [("excluded", f"{n:,} contracts: {reason}") for reason, n in reasons.items()]
    odd = design.table["flag"].value_counts().drop("ok", errors="ignore")
    lines += [("noted", f"{n:,} contracts: {flag}") for flag, n in odd.items()]
    absent = [part for part in ("trust", "commitment") if part not in design.parts]
    lines += [("not asked", f"the instrument has no construct of {part}") for part in absent]
    if len(decided):
        told = covariates(decided, design.parts).told
        lines += [
            ("missing", f"{row.covariate}: {row.missing:,} of {len(decided):,}, {row.filled} taken")
            for row in told.itertuples()
        ]
    return lines


def _performance(contest: Contest) -> list[tuple[str, str]]:
    lines = []
    for name in (
        candidate_models.NPS,
        candidate_models.CRQ,
        candidate_models.BOTH,
        candidate_models.EVERYTHING,
    ):
        rows = [contest.value(name, measure) for measure in MEASURES]
        said = [
            f"{row['measure']} {row['estimate']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
            for row in rows
            if row is not None
        ]
        if said:
            lines.append(("performance", f"{name}: {', '.join(said)}"))
    return lines


def _cautions(effects: Effects, contest: Contest, outlook: RiskOutlook) -> list[tuple[str, str]]:
    rivals = contest.table[contest.table["contestant"] != candidate_models.BASE]
    flags = [effects.said, outlook.said, *effects.table["flag"], *rivals["flag"]]
    flags += [*contest.differences["flag"], *outlook.at_risk["flag"]]
    parts = [part for flag in flags for part in str(flag).split("; ")]
    kinds = [part for part in dict.fromkeys(parts) if part not in ("ok", "nan")]
    terms = effects.hazards[effects.hazards["term"] != "all"]
    late = terms[terms["p"] < 0.05 / max(len(terms), 1)]
    kinds += [
        f"effect of {term} changes over the years (proportional hazards)" for term in late["term"]
    ]
    return [("caution", kind) for kind in kinds]
