"""Whether the measure means the same in every industry, country, language and wave."""

from __future__ import annotations

from math import nan

from crqlab.base.contracts.cautions import OK, code, has, joined
from crqlab.base.waves import in_order
from crqlab.construct.cutoffs import Asked, Cutoff, row, tried
from crqlab.construct.evidence_data import NO_SEVERAL, EvidenceData, items_of
from crqlab.stats.factors import Invariance, invariance

STEP = Cutoff(-0.01, -0.02, "Chen 2007")
LEAST, MOST = 200, 8
#: Respondents for each item that a group needs to be compared at all, and respondents.
FOR_EACH, FEWEST = 3, 50
QUESTIONS = {"metric": "same_meaning", "scalar": "scores_comparable"}


def ladders(data: EvidenceData) -> dict[str, Invariance | str]:
    """Climb the ladder of invariance for each grouping; what cannot be climbed says why.

    All constructs of the instrument, as in the models of fit by account and robust. Groups of
    fewer than 200 complete respondents are compared too, with their caution, unless no model
    can be fitted with them; of fewer than 50, or than three for each item, never. The eight
    largest are compared.
    """
    model = _compared(data)
    return {name: _ladder(data, name, model) for name in data.groupings}


def _compared(data: EvidenceData) -> dict[str, list[str]]:
    """All constructs of the instrument; CRQ's alone where few were asked all others."""
    whole, own = ((of, data.complete(items_of(of))) for of in (data.whole, data.several))
    return own[0] if 2 * whole[1] < own[1] else whole[0]


def _ladder(data: EvidenceData, name: str, model: dict) -> Invariance | str:
    items = items_of(model)
    if not items:
        return NO_SEVERAL
    rows = data.rows[[*items, name]].assign(account=data.account).dropna()
    fewest = max(FEWEST, FOR_EACH * len(items))
    found: Invariance | str = code("few_large_groups", minimum=fewest)
    for least in (fewest, LEAST):
        sizes = rows[name].value_counts()
        kept = in_order(sizes[sizes >= least].head(MOST).index)
        if len(kept) < 2:
            return found
        order = rows[name].map({group: place for place, group in enumerate(kept)})
        some = rows.assign(order=order).dropna().sort_values("order", kind="stable")
        whole = {"cluster": "account"} if some["account"].duplicated().any() else {}
        found = tried(
            lambda some=some, whole=whole: invariance(some, model, name, estimator="mlr", **whole)
        )
        if not isinstance(found, str) and not any(
            has(f, "not_converged") for f in found.table["flag"]
        ):
            return found
    return found


def group_rows(data: EvidenceData, found: dict[str, Invariance | str]) -> list[dict]:
    """Rows on the metric and the scalar step of each grouping."""
    return [_row(data, name, step, ladder) for name, ladder in found.items() for step in QUESTIONS]


def _row(data: EvidenceData, name: str, step: str, ladder: Invariance | str) -> dict:
    question = code(QUESTIONS[step], grouping=name)
    asks = Asked("invariance", name, question, f"cfi_change_{step}", STEP)
    if isinstance(ladder, str):
        return row(asks, nan, flag=ladder)
    table = ladder.judged.set_index("step")
    if step not in table.index:
        return row(asks, nan, flag="step_not_reached")
    change = table.loc[step, "delta_cfi"]
    partial = f"partial_{step}"
    flags = [table.loc[step, "flag"], *_groups(data, name, ladder)]
    verdict = None
    if partial in table.index and change < STEP.good:
        verdict = "borderline" if table.loc[partial, "holds"] else "misses"
        flags.append(table.loc[partial, "freed"])
    n = int(ladder.fits["configural"].fit["n"])
    return row(asks, change, n=n, flag=joined(flags), verdict=verdict)


def _groups(data: EvidenceData, name: str, ladder: Invariance) -> list[str]:
    """Cautions about groups that are small, and about those that are not compared."""
    known, used = data.rows[name].nunique(), len(ladder.groups)
    sizes = [sample.n for sample in ladder.fits["configural"].groups]
    small = code(
        "small_groups", n=sum(size < LEAST for size in sizes), smallest=min(sizes), minimum=LEAST
    )
    left = code("groups_left_out", used=used, known=known)
    return [small if min(sizes) < LEAST else OK, left if used < known else OK]
