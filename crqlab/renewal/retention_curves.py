"""How long accounts stay, by what they said: Kaplan-Meier curves of score bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import OK, joined, plain
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.results import Result
from crqlab.renewal.opportunities import NO_OUTCOMES, NOBODY_LEFT, Design
from crqlab.stats import survival
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

BANDS = ("low", "middle", "high")
SILENT = "silent"
POINTS, FEW = 60, 10


@dataclass(frozen=True, slots=True, eq=False)
class RetentionCurves(Result):
    """Share of accounts that stayed, by years since the survey.

    Attributes
    ----------
    table : DataFrame, one row per band and point in time
        Table ``retention``: ``band``, ``years``, ``staying`` with interval, ``n_at_risk``,
        ``n_churned`` so far.
    cuts : tuple of float
        CRQ where the middle band begins and ends: thirds of all scored accounts.
    said : str
        ``"ok"``, or why there are no curves, as a code.
    level : float
    """

    table: pd.DataFrame
    cuts: tuple[float, ...]
    said: str
    level: float

    def __str__(self) -> str:
        if self.table.empty:
            return f"No curves of staying: {plain(self.said)}"
        told = []
        for band, rows in self.table.groupby("band", sort=False):
            row = rows.loc[(rows["years"] - 1.0).abs().idxmin()]
            open_ = row["low"] != row["low"] or not row["n_churned"]  # nobody left: no error known
            ends = "interval open" if open_ else f"{row['low']:.0%}, {row['high']:.0%}"
            told.append(f"{band} {row['staying']:.0%} [{ends}]")
        n = int(self.table.groupby("band")["n_at_risk"].max().sum())
        return f"Still customers a year after the survey, by CRQ: {', '.join(told)}; n = {n:,}"


def retention(design: Design, *, score: str = "crq", level: float = LEVEL) -> RetentionCurves:
    """Follow accounts from each survey until they churn, the next survey, or the data end.

    Parameters
    ----------
    design : Design
    score : str
        Column that makes the bands: thirds of all accounts that have it, the silent apart.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    RetentionCurves

    References
    ----------
    Kaplan & Meier (1958), Journal of the American Statistical Association 53, 457-481.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> print(crq.renewal.retention(design))
    Still customers a year after the survey, by...
    """
    check_level(level)
    rows = design.accounts[design.accounts["followed"] > 0].reset_index(drop=True)
    if rows.empty or not rows["churned"].any():
        said = NO_OUTCOMES if rows.empty else NOBODY_LEFT
        return RetentionCurves(empty("retention"), (), said, level)
    cuts = tuple(float(c) for c in rows[score].quantile([1 / 3, 2 / 3]))
    place = np.searchsorted(cuts, rows[score].to_numpy(float), side="right").clip(0, 2)
    band = np.where(rows[score].notna(), np.array(BANDS)[place], "")
    band = np.where(rows["silent"] > 0, SILENT, band)
    kept = band != ""
    rows, band = rows[kept], band[kept]
    found = survival.kaplan_meier(
        rows["followed"].to_numpy(), rows["churned"].to_numpy(), groups=band, level=level
    )
    return RetentionCurves(_read(found), cuts, OK, level)


def _read(curves: survival.KaplanMeier) -> pd.DataFrame:
    """Read the curves at even times, as long as any band has ten accounts at risk."""
    followed = curves.table.loc[curves.table["n_risk"] >= FEW, "time"]
    followed = followed if len(followed) else curves.table["time"]
    rows = curves.at(np.linspace(0, followed.max(), POINTS))
    rows = rows.rename(
        columns={"group": "band", "time": "years", "survival": "staying", "n_risk": "n_at_risk",
                 "events": "n_churned"}
    )  # fmt: skip
    place = rows["band"].map({band: i for i, band in enumerate((*BANDS, SILENT))})
    rows = rows.assign(place=place, flag=joined(curves.notes))
    return typed(rows.sort_values(["place", "years"]), "retention")
