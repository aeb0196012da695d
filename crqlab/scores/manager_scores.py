"""From accounts to those who look after them: the mean of every account manager's accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.base.contracts.frames import empty, typed
from crqlab.stats import linearised
from crqlab.stats.defaults import LEVEL

METHOD = "account_t"
_NOBODY = "\U0010ffff"  # sorts behind every name
_BLOCK = ["client_id", "wave", "account_manager"]


def managers(
    account_scores: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Mean shrunken score of every account manager's accounts, accounts as what was sampled.

    Shrunken scores alone enter, which may be shown of any account: a mean of two managers'
    accounts, or a difference of two waves, tells no single person's answers.

    Parameters
    ----------
    account_scores : DataFrame
        Table ``account_scores``.
    accounts : DataFrame
        Table ``accounts``: who looks after which account today.
    level : float
        Coverage of all intervals, in (0, 1). A manager's numbers depend neither on other managers
        nor on the order of rows.

    Returns
    -------
    DataFrame, one row per client, wave and account manager
        Table ``manager_scores``. Accounts that nobody looks after are one row of their client,
        without a name; managers none of whose accounts has a score have no row.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> scores = crq.scores.managers(study.read("account_scores"), study.read("accounts"))
    >>> "account_manager" in scores
    True
    """
    owners = accounts[["client_id", "account_id", "account_manager"]]
    rows = account_scores[account_scores["shrunken"].notna()].merge(
        owners, on=["client_id", "account_id"], how="left"
    )
    if rows.empty:
        return empty("manager_scores")
    rows = rows.assign(account_manager=rows["account_manager"].fillna(_NOBODY))
    sums = rows.set_index("account_id")[["shrunken"]].astype(float)
    ones = pd.DataFrame(np.ones_like(sums), index=sums.index, columns=sums.columns)
    blocks = pd.MultiIndex.from_frame(rows[_BLOCK])
    made = linearised.ratios(sums, ones, blocks, level=level)
    keys = pd.MultiIndex.from_tuples(made["block"], names=_BLOCK)
    table = keys.to_frame(index=False).assign(
        **{name: made[name] for name in ("value", "low", "high", "flag")},
        level=level,
        n_accounts=made["n_clusters"],
        n_respondents=rows.groupby(_BLOCK)["n"].sum().reindex(keys).to_numpy(),
        method=METHOD,
    )
    table = table.sort_values(_BLOCK, ignore_index=True)
    named = table["account_manager"].where(table["account_manager"] != _NOBODY)
    return typed(table.assign(account_manager=named), "manager_scores")
