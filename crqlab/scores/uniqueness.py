"""Solution x Experience: which accounts find both good, one of them, or neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.instrument import Instrument
from crqlab.base.results import Result

GOOD = 4.25 / 6  # share of the scale's range; 5.25 on 1-7


@dataclass(frozen=True, slots=True, eq=False)
class Quadrants(Result):
    """Accounts by the two performances that make a client unique.

    Attributes
    ----------
    table : DataFrame, one row per account
        ``client_id``, ``wave``, ``account_id``, ``n``, ``x``, ``y`` (means of the two
        constructs, scale points), ``quadrant``, ``flag``.
    x, y : str
        Labels of the two constructs; empty where the instrument has no two.
    good : float
        From here on a mean counts as good (scale points).
    """

    table: pd.DataFrame
    x: str
    y: str
    good: float

    def __str__(self) -> str:
        placed = self.table[self.table["quadrant"] != "unknown"]
        shares = placed["quadrant"].value_counts(normalize=True)
        both, neither = shares.get("both", 0.0), shares.get("neither", 0.0)
        if not self.x:
            return "This instrument does not ask for two constructs of uniqueness"
        if placed.empty:
            return f"No account has a mean of both {self.x} and {self.y}"
        return (
            f"{both:.0%} of {len(placed):,} accounts find both {self.x} and {self.y} good "
            f"({self.good:.2f} or more), {1 - both - neither:.0%} one of the two, "
            f"{neither:.0%} neither"
        )


def quadrants(
    account_scores: pd.DataFrame, instrument: Instrument, *, good: float | None = None
) -> Quadrants:
    """Place every account by the two performances that uniqueness is made of.

    Parameters
    ----------
    account_scores : DataFrame
        Table ``account_scores``.
    instrument : Instrument
        Its ``uniqueness`` names the constructs: those of solution and experience are taken, the
        first two of the list where it has not both.
    good : float, optional
        Mean from which on a construct counts as good, scale points; by default 5.25 on 1-7
        (our own proposal), and as high a share of any other scale.

    Returns
    -------
    Quadrants
        ``quadrant`` is "both", "neither", "only" and the label of the good one, or "unknown"
        where one of the two means is missing. An instrument whose uniqueness has fewer than
        two constructs has no rows.

    Examples
    --------
    >>> asked = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 7], "items": {"s1": "", "e1": ""},
    ...     "constructs": {"solution": {"label": "Solution", "items": ["s1"]},
    ...                    "experience": {"label": "Experience", "items": ["e1"]}},
    ...     "crq": {"constructs": ["solution"]}, "uniqueness": ["solution", "experience"]})
    >>> scores = pd.DataFrame({
    ...     "client_id": "C1", "wave": "2025", "account_id": ["a", "b"], "n": 4, "flag": "ok",
    ...     "solution": [6.0, 6.0], "experience": [5.5, 4.0]})
    >>> print(quadrants(scores, asked))
    50% of 2 accounts find both Solution and Experience good (5.25 or more),
    50% one of the two, 0% neither
    """
    low, high = instrument.scale.low, instrument.scale.high
    cut = low + GOOD * (high - low) if good is None else good
    if len(instrument.uniqueness) < 2:
        names = ["client_id", "wave", "account_id", "n", "x", "y", "quadrant", "flag"]
        return Quadrants(account_scores.head(0).reindex(columns=names), "", "", float(cut))
    across, up = _axes(instrument)
    x, y = account_scores[across].to_numpy(float), account_scores[up].to_numpy(float)
    labels = instrument.label(across), instrument.label(up)
    quadrant = np.select(
        [np.isnan(x) | np.isnan(y), (x >= cut) & (y >= cut), x >= cut, y >= cut],
        ["unknown", "both", f"only {labels[0]}", f"only {labels[1]}"],
        "neither",
    )
    table = account_scores[["client_id", "wave", "account_id", "n"]].assign(
        x=x, y=y, quadrant=quadrant, flag=account_scores["flag"]
    )
    return Quadrants(table.reset_index(drop=True), *labels, float(cut))


def _axes(instrument: Instrument) -> tuple[str, ...]:
    both = [instrument.construct_of(concept) for concept in ("solution", "experience")]
    known = all(name in instrument.uniqueness for name in both)
    return tuple(both) if known else instrument.uniqueness[:2]
