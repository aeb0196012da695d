"""The model card: what must be known before a number of this station is used."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts.cautions import OK, code, codes, joined, plain
from crqlab.base.results import Result
from crqlab.renewal import candidate_models
from crqlab.renewal.account_history import OWN
from crqlab.renewal.covariate_effects import Effects
from crqlab.renewal.covariates import covariates
from crqlab.renewal.model_comparison import ModelComparison
from crqlab.renewal.opportunities import Design
from crqlab.renewal.revenue_at_risk import RenewalOutlook

LIMITS = ("associations", "few_voices", "facts_of_today", "never_asked_left_out", "years_alike")
MEASURES = ("auc", "calibration_slope", "brier", "lift")
TOLD = (
    candidate_models.NPS,
    candidate_models.CRQ,
    candidate_models.BOTH,
    candidate_models.EVERYTHING,
)


@dataclass(frozen=True, slots=True, eq=False)
class ModelCard(Result):
    """What a careful reader asks of a model.

    Attributes
    ----------
    table : DataFrame, one row per line
        Table ``model_card``: ``place``, ``topic``, ``says`` (codes).
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        return "\n".join(
            f"{row.topic.replace('_', ' ')}: {plain(row.says)}" for row in self.table.itertuples()
        )


def model_card(
    design: Design, effects: Effects, comparison: ModelComparison, outlook: RenewalOutlook
) -> ModelCard:
    """Collect data window, sizes, exclusions, gaps, performance, cautions and limits.

    Parameters
    ----------
    design, effects, comparison, outlook
        As the functions of these names return them.

    Returns
    -------
    ModelCard

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> effects = crq.renewal.effects(design)
    >>> comparison = crq.renewal.compare_models(design, draws=20)
    >>> outlook = crq.renewal.outlook(design, study.read("accounts"), draws=20)
    >>> card = crq.renewal.model_card(design, effects, comparison, outlook)
    """
    lines = [
        *_data(design),
        ("test", comparison.said),
        *_performance(comparison),
        ("claim", f"crq_over_nps_{comparison.claim}"),
        *(("caution", one) for one in _cautions(effects, comparison, outlook)),
        *(("limit", limit) for limit in LIMITS),
    ]
    table = pd.DataFrame(lines, columns=["topic", "says"])
    table.insert(0, "place", range(1, len(table) + 1))
    return ModelCard(table)


def _data(design: Design) -> list[tuple[str, str]]:
    decided = design.decided
    lines = [("data", design.refusal)] if decided.empty else _window(design, decided)
    reasons = design.excluded["reason"].value_counts()
    lines += [("excluded", _counted(n, reason)) for reason, n in reasons.items()]
    odd = design.table["flag"].value_counts().drop(OK, errors="ignore")
    lines += [("noted", _counted(n, flag)) for flag, n in odd.items()]
    absent = [name for name in ("trust", "commitment") if name not in design.constructs]
    lines += [("not_asked", code("concept_not_asked", concept=name)) for name in absent]
    if len(decided):
        told = covariates(decided, design.constructs).told
        lines += [("missing", _gap(row, len(decided))) for row in told.itertuples()]
    return lines


def _window(design: Design, decided: pd.DataFrame) -> list[tuple[str, str]]:
    days = {
        "first": decided["decided"].min(),
        "last": decided["decided"].max(),
        "from_survey": decided["cutoff"].min(),
        "to_survey": decided["cutoff"].max(),
        "as_of": design.as_of,
    }
    days = {name: f"{day:%Y-%m-%d}" for name, day in days.items()}
    sizes = {
        "accounts": len(decided[OWN].drop_duplicates()),
        "contracts": len(decided),
        "churned": int((decided["outcome"] == "churned").sum()),
    }
    rest = {"open": len(design.table) - len(decided), "refused": len(design.excluded)}
    ends = {name: days[name] for name in ("first", "last")}
    surveys = {name: days[name] for name in ("from_survey", "to_survey", "as_of")}
    return [
        ("data", code("decided_after_survey", **sizes, **rest, **ends)),
        ("window", code("surveys_and_outcomes", **surveys)),
        ("size", code("sizes", clients=int(decided["client_id"].nunique()), **sizes)),
    ]


def _counted(n: int, cell: str) -> str:
    return joined([code("contracts", n=int(n)), cell])


def _gap(row: tuple, n: int) -> str:
    numbers = {"term": row.covariate, "missing": row.missing, "n": n}
    silent = {"silent": row.silent} if row.silent else {}
    return code(f"gap_{row.filled}_silent" if silent else f"gap_{row.filled}", **numbers, **silent)


def _performance(comparison: ModelComparison) -> list[tuple[str, str]]:
    lines = []
    for name in TOLD:
        rows = {measure: comparison.value(name, measure) for measure in MEASURES}
        numbers = {
            f"{measure}{end}": _number(row[column])
            for measure, row in rows.items()
            if row is not None
            for end, column in (("", "estimate"), ("_low", "low"), ("_high", "high"))
        }
        if numbers:
            lines.append(("performance", code("foretells", candidate=name, **numbers)))
    return lines


def _number(value: float) -> float | None:
    """A number as JSON can hold it."""
    return None if value != value else float(value)


def _cautions(effects: Effects, comparison: ModelComparison, outlook: RenewalOutlook) -> list[str]:
    """Every caution once, each as a cell of its own."""
    rivals = comparison.table[comparison.table["candidate"] != candidate_models.BASE]
    cells = [effects.said, outlook.said, *effects.table["flag"], *rivals["flag"]]
    cells += [*comparison.differences["flag"], *outlook.at_risk["flag"]]
    kinds = [code(one.pop("code"), **one) for one in codes(joined(cells))]
    terms = effects.hazards[effects.hazards["term"] != "all"]
    late = terms[terms["p"] < 0.05 / max(len(terms), 1)]
    return kinds + [code("effect_changes_over_years", term=term) for term in late["term"]]
