"""From scores by year of the relationship to what one client may see of them."""

from __future__ import annotations

import pandas as pd

from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page.suppression import PROTECTS
from crqlab.page.tables import table
from crqlab.page.years.data import Years
from crqlab.scores.relationship_years import MEASURES, PANEL, SINCE

_ENDS = ["value", "low", "high", "p", "q"]


def years(study: Study, client: str, wave: str, *, many: bool) -> Years:
    """Collect the client's rows of years, and those of the panel.

    Parameters
    ----------
    study : Study
    client, wave : str
    many : bool
        Whether clients are so many that what all of them say may be told.

    Returns
    -------
    Years
        Of CRQ, or NPS where nothing else was asked, since the day of which most can be told. A
        difference stands on six accounts of either side and more, or is not told.
    """
    measure = MEASURES[0] if study.codebook.instrument.crq.constructs else MEASURES[1]
    parts = [
        _latest(table(study, name, client=whose), wave)
        for name, whose in (("year_gaps", client), ("year_gaps", PANEL), ("year_scores", PANEL))
    ]
    gaps, panel, curve = (part[(part["measure"] == measure).to_numpy(bool)] for part in parts)
    known = {since for rows in (panel, gaps) for since in rows.loc[rows["low"].notna(), "since"]}
    own = set(gaps.loc[gaps["low"].notna(), "since"])
    since = next((one for one in SINCE if one in (own or known)), "")
    gaps, panel, curve = (
        rows[(rows["since"] == since).to_numpy(bool)].reset_index(drop=True)
        for rows in (gaps, panel, curve)
    )
    gaps = without_contrasts(gaps, gaps["low"].isna())
    days = table(study, "account_years", client=client)
    order = in_order([*days["wave"], wave])
    days = days[days["wave"].isin(order[: order.index(wave) + 1]) & (days["since"] == since)]
    none = slice(None) if many else slice(0, 0)
    return Years(since, gaps, panel[none], curve[none], days.reset_index(drop=True))


def _latest(rows: pd.DataFrame, wave: str) -> pd.DataFrame:
    return rows[(rows["wave"] == wave).to_numpy(bool)]


def without_contrasts(gaps: pd.DataFrame, hide: pd.Series) -> pd.DataFrame:
    """Withhold differences, and say so of those that had an interval."""
    veiled = hide & gaps["low"].notna()
    told = {name: gaps[name].astype(float).mask(hide) for name in _ENDS}
    verdict = gaps["verdict"].mask(hide, "unknown")
    return gaps.assign(**told, verdict=verdict, flag=gaps["flag"].mask(veiled, PROTECTS))
