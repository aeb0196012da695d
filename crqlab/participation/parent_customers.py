"""Accounts that are one customer: how much hangs on it, and where it may recommend further."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.results import Result
from crqlab.base.standards import FEW_ANSWERS
from crqlab.participation.invitation_frame import ACCOUNT, BLOCK
from crqlab.stats.concentration import concentration as herfindahl

MUCH = 0.25  # share of the revenue from which on one customer is a risk to name
_OWN = ["client_id", "account_id"]


@dataclass(frozen=True, slots=True, eq=False)
class CustomerGroups(Result):
    """Customers of several accounts, and where one division may speak for the client to another.

    Attributes
    ----------
    table : DataFrame
        Table ``customer_groups``: every customer of each client's wave, the greatest first.
    summary : DataFrame
        Table ``customer_concentration``: how concentrated revenue is on customers, and on
        accounts.
    referrals : DataFrame
        Table ``division_referrals``: divisions that nobody was heard from, or that score lower,
        beside the best one of the same customer.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    referrals: pd.DataFrame

    def of(self, client: str, wave: str) -> CustomerGroups:
        """Return the rows of one client's wave."""
        parts = (self.table, self.summary, self.referrals)
        kept = ((p["client_id"] == client) & (p["wave"] == wave) for p in parts)
        return CustomerGroups(
            *(p[k].reset_index(drop=True) for p, k in zip(parts, kept, strict=True))
        )

    def __str__(self) -> str:
        if self.summary.empty:
            return "No column says which accounts are one customer (parent_id of the codebook)"
        return (
            f"The greatest customer pays {self.summary['top_1'].median():.0%} of revenue in the "
            f"median of {len(self.summary):,} waves of clients (the greatest account "
            f"{self.summary['account_top_1'].median():.0%}); {len(self.referrals):,} divisions "
            "have another one that may speak for the client"
        )


def customer_groups(accounts: pd.DataFrame, account_scores: pd.DataFrame) -> CustomerGroups:
    """Roll accounts up to the customers that they are parts of.

    Parameters
    ----------
    accounts : DataFrame
        Table ``accounts``; an account without ``parent_id`` is a customer of its own.
    account_scores : DataFrame
        Table ``account_scores``.

    Returns
    -------
    CustomerGroups
        Of clients of which any account has a ``parent_id``, in each wave with scores; revenue is
        that of all their accounts, scored or not.

    References
    ----------
    Hirschman (1964), American Economic Review 54, 761: the index.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.participation.customer_groups(
    ...     study.read("accounts"), study.read("account_scores")))
    No column says which accounts are one customer (parent_id of the codebook)
    """
    rows = _rows(accounts, account_scores)
    if rows.empty:
        names = ("customer_groups", "customer_concentration", "division_referrals")
        return CustomerGroups(*map(empty, names))
    key = [*BLOCK, "customer"]
    heard = rows["n"] > 0
    table = (
        rows.assign(heard=heard, total=(rows["crq"] * rows["n"]).fillna(0.0))
        .groupby(key)
        .agg(
            n_accounts=("account_id", "size"),
            n_heard=("heard", "sum"),
            n_respondents=("n", "sum"),
            revenue=("revenue", lambda s: s.sum(min_count=1)),
            total=("total", "sum"),
        )
        .reset_index()
    )
    whole = table.groupby(BLOCK)["revenue"].transform("sum")
    share = table["revenue"] / whole.where(whole > 0)
    table = table.assign(
        revenue_share=share.clip(upper=1),
        crq=table["total"] / table["n_respondents"].where(table["n_respondents"] > 0),
        flag=column(
            len(table),
            (table["revenue"].isna().to_numpy(), "revenue_unknown"),
            ((share >= MUCH).to_numpy(bool), "quarter_of_revenue"),
        ),
    )
    table = table.sort_values([*BLOCK, "revenue", "customer"], ascending=[True, True, False, True])
    return CustomerGroups(typed(table, "customer_groups"), _summary(table, rows), _referrals(rows))


def _rows(accounts: pd.DataFrame, account_scores: pd.DataFrame) -> pd.DataFrame:
    """Every account of clients with groups, beside every wave with scores of theirs."""
    if "parent_id" not in accounts or account_scores.empty:
        return pd.DataFrame()
    grouped = accounts.loc[accounts["parent_id"].notna(), "client_id"].unique()
    own = accounts[accounts["client_id"].isin(grouped)]
    waves = account_scores[BLOCK].drop_duplicates()
    rows = own[[*_OWN, "parent_id", "revenue"]].merge(waves, on="client_id")
    scores = account_scores[[*ACCOUNT, "n", "crq", "shrunken"]]
    rows = rows.merge(scores, on=ACCOUNT, how="left").fillna({"n": 0})
    return rows.assign(
        customer=rows["parent_id"].fillna(rows["account_id"]), n=rows["n"].astype("int64")
    )


def _summary(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Table ``customer_concentration``."""
    told = []
    for part, prefix in ((table, ""), (rows, "account_")):
        paid = part[part["revenue"].notna()]
        groups = paid.groupby(BLOCK, sort=True)
        found = herfindahl(paid["revenue"], groups.ngroup())
        keys = groups.size().index.to_frame(index=False)
        kept = found[["hhi", "effective", "top_1"]].add_prefix(prefix).reset_index(drop=True)
        told.append(pd.concat([keys, kept], axis=1))
    sizes = table.groupby(BLOCK)["n_accounts"].agg(
        n_customers="size", n_groups=lambda s: int((s > 1).sum())
    )
    both = sizes.reset_index().merge(told[0], on=BLOCK, how="left").merge(
        told[1], on=BLOCK, how="left"
    )  # fmt: skip
    ends = ["hhi", "top_1", "account_hhi", "account_top_1"]
    return typed(both.assign(**both[ends].clip(upper=1)), "customer_concentration")


def _referrals(rows: pd.DataFrame) -> pd.DataFrame:
    """Table ``division_referrals``: the best heard division of a customer, and the others."""
    key = [*BLOCK, "customer"]
    sure = rows[(rows["n"] >= FEW_ANSWERS) & rows["shrunken"].notna()]
    middle = rows.groupby(BLOCK)["shrunken"].transform("mean")
    above = sure[(sure["shrunken"] > middle[sure.index]).to_numpy(bool)]
    best = above.sort_values("shrunken").drop_duplicates(key, keep="last")
    best = best[[*key, "account_id", "shrunken", "n"]].rename(
        columns={"account_id": "from_account", "shrunken": "from_score", "n": "from_n"}
    )
    pairs = rows.merge(best, on=key)
    other = pairs["account_id"] != pairs["from_account"]
    lower = (pairs["n"] == 0) | (pairs["shrunken"] < pairs["from_score"])
    found = pairs[other & lower.to_numpy(bool)]
    status = np.where(found["n"] == 0, "unheard", "lower")
    found = found.assign(status=status).sort_values([*BLOCK, "customer", "account_id"])
    return typed(found, "division_referrals")
