"""What is known of the answers and accounts of an open wave, for the rules of what cannot wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.waves import in_order

_DAY = pd.Timedelta(days=1)
_OF_ACCOUNT = ("tier", "revenue_rank", "renewal_days", "change", "silent_days")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """One client's open wave.

    Attributes
    ----------
    client, wave : str
    answers : DataFrame, one row per response that counts, the earliest first
        ``response_id``, ``account_id``, ``contact_id``, ``role``, ``started``, ``scored`` (whether
        scores are made of it), ``ltr``, ``crq``, one column per construct (scale points; missing
        where it is not scored), ``words`` (all comments), and what is known of its account.
    accounts : DataFrame, one row per account
        ``account_id``, ``name``, ``account_manager``, ``tier``, ``revenue_rank`` (0 the largest, 1
        the smallest), ``renewal_days``, ``change`` (of the mean CRQ since the wave before, scale
        points), ``silent_days``, ``n`` and ``n_before`` (scored answers of both waves).
    """

    client: str
    wave: str
    answers: pd.DataFrame
    accounts: pd.DataFrame


def alert_facts(
    tables: Mapping[str, pd.DataFrame], client: str, wave: str, now: pd.Timestamp
) -> Facts:
    """Gather what rules look at, for one client.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        ``responses`` (with ``words``: all comments of a response; those that the survey tool set
        aside left out), ``respondents``, ``accounts``, ``contacts``, ``outcomes``.
    client, wave : str
    now : Timestamp
        Days are counted to it.

    Returns
    -------
    Facts

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "respondents", "accounts", "contacts", "outcomes")
    >>> tables = {name: study.read(name) for name in names}
    >>> tables["responses"]["words"] = ""
    >>> found = alert_facts(tables, "C001", "2025", pd.Timestamp("2025-06-01"))
    >>> bool(found.answers["account_id"].isin(found.accounts["account_id"]).all())
    True
    """
    own = {name: rows[(rows["client_id"] == client).to_numpy(bool)]
           for name, rows in tables.items()}  # fmt: skip
    responses, respondents = own["responses"], own["respondents"]
    before = _before(responses, wave)
    here = responses[(responses["wave"] == wave).to_numpy(bool)]
    accounts = _accounts(own, here, now)
    means = _means(respondents, wave), _means(respondents, before)
    ids = accounts["account_id"]
    now_, then = (ids.map(mean["crq"]).astype(float) for mean in means)
    counts = [ids.map(mean["n"]).fillna(0).astype("int64") for mean in means]
    accounts = accounts.assign(
        change=now_ - then,
        silent_days=_silent_days(own, here, ids, before, now),
        n=counts[0],
        n_before=counts[1],
    )
    return Facts(client, wave, _answers(here, respondents, accounts), accounts)


def _before(responses: pd.DataFrame, wave: str) -> str:
    """The client's wave before; empty where it had none."""
    waves = in_order([*responses["wave"], wave])
    place = waves.index(wave)
    return waves[place - 1] if place else ""


def _means(respondents: pd.DataFrame, wave: str) -> pd.DataFrame:
    rows = respondents[(respondents["wave"] == wave).to_numpy(bool)]
    return rows.groupby("account_id").agg(crq=("crq", "mean"), n=("response_id", "size"))


def _accounts(
    own: Mapping[str, pd.DataFrame], here: pd.DataFrame, now: pd.Timestamp
) -> pd.DataFrame:
    """All accounts that are listed or answered, the listed ones first."""
    columns = ["account_id", "name", "account_manager", "tier", "revenue", "renewal_on"]
    listed = own["accounts"][columns].drop_duplicates("account_id")
    strangers = here.loc[~here["account_id"].isin(listed["account_id"]), ["account_id"]]
    rows = pd.concat([listed, strangers.drop_duplicates()], ignore_index=True)
    paid = rows["revenue"].astype(float)
    place = paid.rank(ascending=False, method="min") - 1
    due = pd.to_datetime(rows["renewal_on"])
    due = due.fillna(_open_contracts(own["outcomes"], rows["account_id"], now))
    return rows.assign(
        revenue_rank=place / max(int(paid.notna().sum()) - 1, 1),
        renewal_days=(due - now.normalize()) / _DAY,
    ).drop(columns=["revenue", "renewal_on"])


def _open_contracts(outcomes: pd.DataFrame, ids: pd.Series, now: pd.Timestamp) -> pd.Series:
    """When the next contract that is still open is due."""
    ahead = outcomes[outcomes["outcome"].eq("open") & (outcomes["due_on"] >= now.normalize())]
    return ahead.groupby("account_id")["due_on"].min().reindex(ids).set_axis(ids.index)


def _silent_days(
    own: Mapping[str, pd.DataFrame],
    here: pd.DataFrame,
    ids: pd.Series,
    before: str,
    now: pd.Timestamp,
) -> pd.Series:
    """Days since an account that answered the wave before was asked in vain; missing for others."""
    wave = here["wave"].iloc[0] if len(here) else ""
    responses, contacts = own["responses"], own["contacts"]
    spoke = responses.loc[(responses["wave"] == before).to_numpy(bool), "account_id"]
    asked = contacts[(contacts["wave"] == wave).to_numpy(bool) & contacts["invited"].to_numpy(bool)]
    since = asked.groupby("account_id")["invited_on"].min()
    began = since.reindex(ids).set_axis(ids.index).fillna(here["started"].min())
    quiet = ids.isin(asked["account_id"]) & ids.isin(spoke) & ~ids.isin(here["account_id"])
    return ((now - began).dt.total_seconds() / _DAY.total_seconds()).where(quiet)


def _answers(here: pd.DataFrame, respondents: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Responses with their scores and what is known of their accounts."""
    keys = ["response_id", "account_id", "contact_id", "role", "started", "words"]
    known = ("client_id", "wave", *keys)
    scores = respondents[["response_id", *(name for name in respondents if name not in known)]]
    rows = here[keys].merge(scores.assign(scored=True), on="response_id", how="left")
    rows = rows.merge(accounts[["account_id", *_OF_ACCOUNT]], on="account_id", how="left")
    rows["scored"] = rows["scored"].eq(True)
    rows["words"] = rows["words"].fillna("")
    order = np.lexsort([rows["response_id"].to_numpy(str), rows["started"].to_numpy()])
    return rows.iloc[order].reset_index(drop=True)
