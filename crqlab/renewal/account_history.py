"""What was known of every account on the day on which a wave's fieldwork ended."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crqlab.base.waves import wave_before

BLOCK = ["client_id", "wave"]
OWN = ["client_id", "account_id"]
UNIT = [*BLOCK, "account_id"]
YEAR = 365.25
SCORED = ("crq", "nps", "mean_ltr")
UNKNOWN = "unknown"


def cut_offs(
    responses: pd.DataFrame, contacts: pd.DataFrame, cutoff: str | None = None
) -> pd.DataFrame:
    """Return the last day of every wave's fieldwork: nothing later may enter a prediction.

    Parameters
    ----------
    responses, contacts : DataFrame
        Tables of station 1. Where no answer has a date, the last invitation stands in.
    cutoff : str, optional
        One date for all waves that ended before it; a wave that ended later keeps its own day.

    Returns
    -------
    DataFrame, one row per client and wave
        ``cutoff`` (missing where neither answers nor invitations have dates).
    """
    ended = responses.groupby(BLOCK)["started"].max()
    invited = contacts.groupby(BLOCK)["invited_on"].max()
    blocks = ended.index.union(invited.index)
    ended = ended.reindex(blocks).fillna(invited.reindex(blocks))
    ended = pd.to_datetime(ended).dt.normalize()
    if cutoff:
        ended = ended.clip(lower=pd.Timestamp(cutoff))
    return ended.rename("cutoff").rename_axis(BLOCK).reset_index()


def known(
    responses: pd.DataFrame,
    contacts: pd.DataFrame,
    accounts: pd.DataFrame,
    account_scores: pd.DataFrame,
    outcomes: pd.DataFrame,
    constructs: Mapping[str, str],
    ends: pd.DataFrame,
) -> pd.DataFrame:
    """Lay out every account that was asked or answered, wave by wave, with its covariates.

    Parameters
    ----------
    responses, contacts, accounts, account_scores, outcomes : DataFrame
        Tables of these names.
    constructs : mapping of concept to construct
        Their scores take the names of the concepts.
    ends : DataFrame
        From `cut_offs`.

    Returns
    -------
    DataFrame, one row per client, wave and account with a known cut-off
        ``cutoff``, ``silent`` (asked, nobody answered), the concepts, ``crq``, ``nps``,
        ``mean_ltr``, their ``_change`` since the client's previous wave, ``crq_before`` and
        ``mean_ltr_before`` (scores of that wave), ``sd``,
        ``role_gap``, ``n`` (respondents), ``tenure`` (years), ``prior_churn``,
        ``earlier_renewals``, ``revenue``, ``industry``. Missing is left missing.
    """
    rows = _framed(responses, contacts, account_scores, constructs)
    rows = rows.merge(ends, on=BLOCK, how="left")
    rows = _changed(rows, [*constructs, *SCORED])
    facts = accounts.drop_duplicates(OWN)[[*OWN, "industry", "revenue", "customer_since"]]
    rows = rows.merge(facts, on=OWN, how="left")
    tenure = (rows["cutoff"] - rows["customer_since"]).dt.days / YEAR
    rows = rows.assign(
        tenure=tenure.where(tenure >= 0),
        industry=rows["industry"].fillna(UNKNOWN).astype("str"),
        revenue=rows["revenue"].astype(float),
    )
    return _past(rows.drop(columns="customer_since"), outcomes)


def with_continuity(rows: pd.DataFrame, continuity: pd.DataFrame) -> pd.DataFrame:
    """Add how many contacts stayed since the account was last asked, and how many deciders left.

    Missing where the account was not asked before, or nobody asked then decides.
    """
    share = continuity["deciders_left"] / continuity["deciders"].where(continuity["deciders"] > 0)
    own = continuity[UNIT].assign(contacts_stayed=continuity["value"], deciders_left=share)
    return rows.merge(own, on=UNIT, how="left")


def _framed(
    responses: pd.DataFrame,
    contacts: pd.DataFrame,
    account_scores: pd.DataFrame,
    constructs: Mapping[str, str],
) -> pd.DataFrame:
    """Accounts asked or heard, with their scores under the names of the concepts."""
    asked = contacts.loc[contacts["invited"].to_numpy(bool), UNIT].drop_duplicates()
    heard = responses[UNIT].dropna().drop_duplicates().assign(heard=True)
    columns = [*UNIT, *SCORED, "sd", "role_gap", "n"]
    scores = account_scores[columns].assign(
        **{concept: account_scores[name].astype(float) for concept, name in constructs.items()}
    )
    rows = asked.merge(heard, on=UNIT, how="outer").merge(scores, on=UNIT, how="outer")
    spoken = rows["heard"].notna() | rows["n"].notna()
    rows = rows.assign(silent=(~spoken).astype(float), n=rows["n"].fillna(0).astype("int64"))
    return rows.drop(columns="heard").sort_values(UNIT, ignore_index=True)


def _changed(rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Add scores of the client's previous wave, and the change of every score since."""
    past = rows[[*UNIT, *names]].rename(columns={"wave": "before"})
    past = rows[OWN].assign(before=wave_before(rows)).merge(past, on=[*OWN, "before"], how="left")
    earlier = {f"{name}_before": past[name] for name in ("crq", "mean_ltr")}
    changes = {f"{name}_change": rows[name] - past[name] for name in names}
    return rows.assign(**earlier, **changes)


def _past(rows: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Count what was known on the cut-off of earlier contracts: renewals, and whether churned."""
    decided = outcomes[outcomes["outcome"] != "open"]
    day = decided["decided_on"].fillna(decided["due_on"])
    churned = (decided["outcome"] == "churned").astype("int64")
    events = decided[OWN].assign(day=day, churns=churned, renewals=1 - churned)
    events = events.sort_values(["day", *OWN], ignore_index=True)
    sums = events.groupby(OWN)[["churns", "renewals"]].cumsum()
    events = events.assign(churns=sums["churns"], renewals=sums["renewals"])
    dated = rows[rows["cutoff"].notna()].sort_values(["cutoff", *UNIT], ignore_index=True)
    dated = same_kind(dated, "cutoff")
    found = pd.merge_asof(dated, same_kind(events, "day"), left_on="cutoff", right_on="day", by=OWN)
    found = found.assign(
        prior_churn=(found["churns"].fillna(0) > 0).astype(float),
        earlier_renewals=np.asarray(found["renewals"].fillna(0), dtype=float),
    )
    return found.drop(columns=["day", "churns", "renewals"]).sort_values(UNIT, ignore_index=True)


def same_kind(rows: pd.DataFrame, *dates: str) -> pd.DataFrame:
    """Give ids and dates one kind, so that tables without a row can be joined by time too."""
    kinds = dict.fromkeys(OWN, "str") | dict.fromkeys(dates, "datetime64[ns]")
    return rows.astype({name: kind for name, kind in kinds.items() if name in rows})
