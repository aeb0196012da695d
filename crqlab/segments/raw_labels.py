"""What plain means make of a panel, beside the likeliest segments and what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.results import Result
from crqlab.segments.assignment import assign
from crqlab.segments.likeliest_segments import likeliest
from crqlab.segments.panel_segments import Panel
from crqlab.segments.segment_posterior import NEVER


@dataclass(frozen=True, slots=True, eq=False)
class SegmentLabels(Result):
    """Shares of segments, by three ways of counting, given all waves.

    Attributes
    ----------
    table : DataFrame, one row per segment
        ``segment``, ``plain`` (share of accounts whose plain means lie there), ``likeliest``
        (of accounts whose likeliest segment it is), ``expected`` (probabilities summed).
    stays : Series
        Share of accounts that are in the same segment in two waves running, by the same three.
    differ : float
        Share of accounts whose plain means lie in another segment than the likeliest.
    n : int
        Accounts and waves.
    """

    table: pd.DataFrame
    stays: pd.Series
    differ: float
    n: int

    def __str__(self) -> str:
        if not self.n:
            return "No account has both a plain and a likeliest segment"
        kept = self.stays.map("{:.0%}".format)
        staying = (
            ""
            if self.stays.isna().any()
            else f"; from wave to wave {kept['plain']} keep the segment of their plain means, "
            f"{kept['likeliest']} their likeliest one, and {kept['expected']} truly stay, as far "
            "as answers tell"
        )
        return (
            f"The plain means of {self.differ:.0%} of {self.n:,} accounts lie in another segment "
            f"than the likeliest{staying}"
        )


def segment_labels(panel: Panel) -> SegmentLabels:
    """Count the segments of a panel by plain means, by the likeliest one, and by probability.

    Parameters
    ----------
    panel : Panel
        Sorted accounts.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> print(crq.segments.segment_labels(panel))
    The plain means of ... of ... accounts lie...
    """
    names = list(panel.thresholds.names)
    if panel.why:
        empty = pd.DataFrame({"segment": names, "plain": np.nan, "likeliest": 0, "expected": 0})
        return SegmentLabels(empty, pd.Series(dtype=float), np.nan, 0)
    scored = panel.scored.reset_index(drop=True)
    plain = assign(scored, panel.thresholds)["segment"]
    best = likeliest(scored, panel.whole, panel.thresholds)["segment"]
    both = (plain.notna() & best.notna()).to_numpy()
    row = panel.whole.of(scored)
    expected = panel.whole.shares[row[both]].mean(axis=0)
    counted = {
        name: labels[both].value_counts(normalize=True).reindex(names).fillna(0.0).to_numpy()
        for name, labels in (("plain", plain), ("likeliest", best))
    }
    table = pd.DataFrame({"segment": names, **counted, "expected": expected})
    rows = pd.DataFrame({"plain": plain, "likeliest": best, "row": row})[both]
    differ = float((rows["plain"] != rows["likeliest"]).mean())
    return SegmentLabels(table, _stays(panel, rows), differ, len(rows))


def _stays(panel: Panel, rows: pd.DataFrame) -> pd.Series:
    """Share that is in the same segment in two waves running of its client."""
    labels, past = panel.whole.labels[rows["row"]], panel.whole.past[rows["row"]]
    paired = (past != NEVER).any(axis=1)
    before = panel.models.before[rows["row"]]
    there = np.flatnonzero(paired & np.isin(before, rows["row"].to_numpy()))
    at = pd.Series(np.arange(len(rows)), index=rows["row"].to_numpy())[before[there]].to_numpy()
    own = {
        name: float((rows[name].to_numpy()[there] == rows[name].to_numpy()[at]).mean())
        if len(there)
        else np.nan
        for name in ("plain", "likeliest")
    }
    there = there[panel.whole.known[rows["row"]][there]]  # elsewhere a probability is not known
    true = float((labels[there] == past[there]).mean()) if len(there) else np.nan
    return pd.Series({**own, "expected": true})
