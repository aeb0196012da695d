"""Equal weights of CRQ's constructs beside those that renewals ask for: what the latter gain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import codes, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.renewal.opportunities import Design
from crqlab.renewal.part_weights import score_weights
from crqlab.stats.composites import FittedWeights

FEW = {"few_events_per_variable", "few_clusters"}
_COLUMNS = ["part", "weight", "low", "high", "equal", "n", "flag"]


@dataclass(frozen=True, slots=True, eq=False)
class Weighting(Result):
    """Weights of CRQ's constructs, and whether fitted ones are worth having.

    Attributes
    ----------
    table : DataFrame, one row per construct
        As `crqlab.stats.composites.FittedWeights` has it; without rows where nothing can be fitted.
    fitted : FittedWeights or None
    flag : str
        ``"ok"``, what is doubtful, or why nothing can be fitted, as codes.
    """

    table: pd.DataFrame
    fitted: FittedWeights | None
    flag: str

    def __str__(self) -> str:
        if self.fitted is None:
            return f"CRQ keeps equal weights: others cannot be fitted here ({plain(self.flag)})"
        gain, said = self.fitted.out_of_time, self._apart()
        if gain is None:
            return f"Fitted to {self.fitted.n:,} contracts, {said}; one period: no test out of time"
        verdict = (
            "foretell better than equal ones"
            if gain.low > 0
            else "foretell worse than equal ones"
            if gain.high < 0
            else "do not foretell clearly better than equal ones"
        )
        return (
            f"Fitted to {self.fitted.n:,} contracts, {said}; out of time fitted weights {verdict}: "
            f"AUC {gain.first:.3f} against {gain.second:.3f}, difference {gain.value:+.3f} "
            f"[{gain.low:+.3f}, {gain.high:+.3f}]"
        )

    def _apart(self) -> str:
        """Which constructs surely weigh otherwise; nothing where events or clusters are few."""
        if FEW & {one["code"] for one in codes(self.flag)}:
            return f"which construct weighs more cannot be said ({plain(self.flag)})"
        apart = [
            row.part for row in self.table.itertuples() if not row.low <= row.equal <= row.high
        ]
        if not apart:
            return "no construct weighs surely more or less than the others"
        verb = "weigh" if len(apart) > 1 else "weighs"
        return f"surer than chance, {', '.join(apart)} {verb} otherwise than the rest"


def weighting(
    design: Design, account_scores: pd.DataFrame, codebook: Codebook, **options: Any
) -> Weighting:
    """Hold CRQ's equal weights against weights fitted to renewal, out of time.

    Parameters
    ----------
    design, account_scores, codebook, **options
        As of `crqlab.renewal.score_weights`.

    Returns
    -------
    Weighting
        Without rows where `score_weights` finds nothing to fit: one construct, no outcomes, one
        outcome alone, or none that rises with renewal; ``flag`` says which.

    References
    ----------
    Dawes (1979), American Psychologist 34, 571-582: equal weights are hard to beat.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> found = crq.renewal.weighting(design, tables[3], study.codebook, draws=20)
    >>> list(found.table)
    ['part', 'weight', 'low', 'high', 'equal', 'n', 'flag']
    """
    try:
        found = score_weights(design, account_scores, codebook, **options)
    except EstimateError as error:
        return Weighting(pd.DataFrame(columns=_COLUMNS), None, error.caution)
    return Weighting(found.table[_COLUMNS], found, found.flag)
