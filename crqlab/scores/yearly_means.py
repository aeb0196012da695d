"""Plain means of the answers of the last year, for waves that ask a slice of the accounts."""

from __future__ import annotations

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.waves import BLOCK
from crqlab.scores.client_scores import ACCOUNT_T, clients
from crqlab.stats.defaults import LEVEL

DAYS = 365.25 / 12  # of a month
NAMES = {"value": "year_mean", "low": "year_low", "high": "year_high", "n_respondents": "n_year"}


def rolling_year(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    codebook: Codebook,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Average the answers of a client's waves of the last ``every_months``, each wave's included.

    Nothing is modelled: who was not asked within that time does not count, and answers of a year
    ago count as today's. Somebody who answered twice counts with the last answer.

    Parameters
    ----------
    respondents, responses : DataFrame
        Tables of these names; the second tells when a client's wave was answered.
    codebook : Codebook
        Its ``rhythm`` says how many months; half a month of fieldwork may be between.
    level : float
        Coverage of intervals, in (0, 1).

    Returns
    -------
    DataFrame, one row per client, wave and measure
        ``year_mean`` with ``year_low`` and ``year_high`` (Student's t over accounts), ``n_year``
        people, and ``year_least``, the fewest people of one of these waves. No rows of waves
        without dates.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.scores.rolling_year(people, given, study.codebook)
    >>> rows.columns[-5:].tolist()
    ['year_mean', 'year_low', 'year_high', 'n_year', 'year_least']
    """
    held = responses.groupby(BLOCK)["started"].mean().rename("held").dropna().reset_index()
    pairs = held.merge(held, on="client_id", suffixes=("", "_past"))
    months = (pairs["held"] - pairs["held_past"]).dt.days / DAYS
    pairs = pairs[(months >= 0) & (months < codebook.rhythm.every_months - 0.5)]
    rows = respondents.merge(
        pairs[[*BLOCK, "wave_past", "held_past"]].rename(columns={"wave": "told"}),
        left_on=BLOCK, right_on=["client_id", "wave_past"],
    )  # fmt: skip
    columns = [*BLOCK, "measure", *NAMES.values(), "year_least"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    rows = rows.sort_values(["held_past", "response_id"], kind="stable")
    person = rows["contact_id"].fillna(rows["response_id"])
    again = rows.assign(person=person).duplicated(["client_id", "told", "person"], keep="last")
    rows = rows[~again].assign(wave=rows["told"])
    found = clients(rows, None, codebook, level=level)
    found = found[(found["roll_up"] == "respondents") & (found["method"] == ACCOUNT_T)]
    found = found.rename(columns=NAMES)[[*BLOCK, "measure", *NAMES.values()]]
    return found.merge(_least(rows, found), on=[*BLOCK, "measure"], how="left")[columns]


def _least(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Fewest people with a measure in one of the waves that are taken together."""
    parts = []
    for measure in found["measure"].unique():
        name = "ltr" if measure in ("nps", "mean_ltr") else measure
        known = rows[rows[name].notna()]
        n = known.groupby([*BLOCK, "wave_past"]).size().groupby(BLOCK).min()
        parts.append(n.rename("year_least").reset_index().assign(measure=measure))
    return pd.concat(parts, ignore_index=True)
