"""Whether the measure means the same in every industry, country, language and wave."""

from __future__ import annotations

from math import nan

import pandas as pd

from crqlab.base.contracts.cautions import OK, code, joined
from crqlab.base.waves import in_order
from crqlab.construct.cutoffs import Asked, Cutoff, row, tried
from crqlab.construct.evidence_data import GROUPINGS, NO_SEVERAL, EvidenceData
from crqlab.stats.factors import Invariance, invariance

STEP = Cutoff(-0.01, -0.02, "Chen 2007")
LEAST, MOST = 200, 8
QUESTIONS = {"metric": "same_meaning", "scalar": "scores_comparable"}


def ladders(data: EvidenceData) -> dict[str, Invariance | str]:
    """Climb the ladder of invariance for each grouping; what cannot be climbed says why.

    Groups of fewer than 200 complete respondents are left out, and all but the eight largest.
    """
    model = data.several
    items = [item for members in model.values() for item in members]
    return {name: _ladder(data, name, model, items) for name in GROUPINGS}


def _ladder(data: EvidenceData, name: str, model: dict, items: list[str]) -> Invariance | str:
    if not items:
        return NO_SEVERAL
    rows = data.rows[[*items, name]].dropna()
    sizes = rows[name].value_counts()
    kept = sizes[sizes >= LEAST].head(MOST)
    if len(kept) < 2:
        return code("few_large_groups", minimum=LEAST)
    order = in_order(kept.index)
    rows = rows[rows[name].isin(order)]
    rows = rows.assign(**{name: pd.Categorical(rows[name], order)}).sort_values(name)
    rows = rows.assign(**{name: rows[name].astype(str)})
    return tried(lambda: invariance(rows, model, name))


def group_rows(data: EvidenceData, found: dict[str, Invariance | str]) -> list[dict]:
    """Rows on the metric and the scalar step of each grouping."""
    return [_row(data, name, step, ladder) for name, ladder in found.items() for step in QUESTIONS]


def _row(data: EvidenceData, name: str, step: str, ladder: Invariance | str) -> dict:
    question = code(QUESTIONS[step], grouping=name)
    asks = Asked("invariance", name, question, f"cfi_change_{step}", STEP)
    if isinstance(ladder, str):
        return row(asks, nan, flag=ladder)
    table = ladder.table.set_index("step")
    if step not in table.index:
        return row(asks, nan, flag="step_not_reached")
    change = table.loc[step, "delta_cfi"]
    partial = f"partial_{step}"
    flags = [table.loc[step, "flag"], _groups(data, name, ladder)]
    verdict = None
    if partial in table.index and change < STEP.good:
        verdict = "borderline" if table.loc[partial, "holds"] else "misses"
        flags.append(table.loc[partial, "freed"])
    n = int(ladder.fits["configural"].fit["n"])
    return row(asks, change, n=n, flag=joined(flags), verdict=verdict)


def _groups(data: EvidenceData, name: str, ladder: Invariance) -> str:
    known = data.rows[name].nunique()
    used = len(ladder.groups)
    return OK if known == used else code("groups_too_small", used=used, known=known)
