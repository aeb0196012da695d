"""Which accounts a client has in a wave, where its programme asks a slice of them at a time."""

from __future__ import annotations

import pandas as pd

from crqlab.base.codebook import Codebook

BLOCK = ["client_id", "wave"]
ACCOUNT = [*BLOCK, "account_id"]
WAITING, ASKED = "not_asked", ("answered", "silent")
LOST = "churned"


def current_accounts(
    dispositions: pd.DataFrame,
    outcomes: pd.DataFrame,
    responses: pd.DataFrame,
    codebook: Codebook,
) -> pd.DataFrame:
    """Tell the accounts that count in each wave: of clients in slices, not yet lost.

    Parameters
    ----------
    dispositions, outcomes, responses : DataFrame
        Tables of these names. Accounts that had churned before a wave, and were not asked in it,
        do not count; nor do waves without answers.
    codebook : Codebook
        A client asks in slices if some account was *not asked* in some wave, its turn being still
        to come, or was not asked in a wave of which the codebook says ``slice: yes``.

    Returns
    -------
    DataFrame, one row per client, wave and account
        Keys; ``heard`` (answered in the wave), ``recent`` (answered when last asked, and its turn
        has not passed), ``silent`` (asked, nobody answered). No rows of clients that ask everybody.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("dispositions", "outcomes", "responses")]
    >>> len(crq.scores.current_accounts(*tables, study.codebook))  # every wave asks everybody
    0
    """
    told = [name for name, wave in codebook.waves.items() if wave.slice]
    left_out = ~dispositions["status"].isin(ASKED) & dispositions["wave"].isin(told)
    waits = (dispositions["status"] == WAITING) | left_out
    slices = dispositions.loc[waits, "client_id"].unique()
    heard = pd.MultiIndex.from_frame(responses[BLOCK].drop_duplicates())
    rows = dispositions[dispositions["client_id"].isin(slices)]
    rows = rows[pd.MultiIndex.from_frame(rows[BLOCK]).isin(heard)]
    gone = outcomes[outcomes["outcome"] == LOST]
    gone = gone.assign(gone_on=gone["decided_on"].fillna(gone["due_on"]))
    last = gone.groupby(["client_id", "account_id"])["gone_on"].min().reset_index()
    rows = rows.merge(last, on=["client_id", "account_id"], how="left")
    lost = (rows["gone_on"] < rows["held_on"]) & ~rows["status"].isin(ASKED)
    recent = rows["last_answered"].eq(rows["last_asked"]) & (rows["status"] != "not_invited")
    heard_now, silent = (rows["status"] == status for status in ASKED)
    kept = rows.assign(recent=recent | heard_now, heard=heard_now, silent=silent)[~lost]
    return kept[[*ACCOUNT, "heard", "recent", "silent"]].reset_index(drop=True)
