"""The tables of this station, written for those that follow."""

from __future__ import annotations

from pathlib import Path

from crqlab.base.contracts import frames
from crqlab.base.study import Study
from crqlab.construct.choice_sensitivity import Sensitivity
from crqlab.construct.construct_evidence import Evidence
from crqlab.construct.crq_and_nps import NpsComparison


def keep(
    study: Study,
    *,
    evidence: Evidence,
    nps_comparison: NpsComparison,
    sensitivity: Sensitivity,
    level: float,
    draws: int,
    seed: int,
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    evidence, nps_comparison, sensitivity
        As the functions of these names return them.
    level, draws, seed
        What they were called with, for the run card.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, book = study.read("respondents"), study.codebook
    >>> found = {
    ...     "evidence": crq.construct.evidence(study.read("responses"), people, book, draws=20),
    ...     "nps_comparison": crq.construct.compare_with_nps(
    ...         study.read("account_scores"), people, draws=20
    ...     ),
    ...     "sensitivity": crq.construct.sensitivity(people, book),
    ... }
    >>> paths = crq.construct.keep(study, **found, level=0.95, draws=20, seed=20250101)
    """
    tables = {
        "evidence": evidence.table,
        "rivals": evidence.rivals,
        "loadings": evidence.loadings,
        "ladders": evidence.ladders,
        "head_to_head": nps_comparison.table,
        "disagreements": nps_comparison.disagreements,
        "sensitivity": sensitivity.table,
    }
    return frames.keep(study, tables, level=level, draws=draws, seed=seed)
