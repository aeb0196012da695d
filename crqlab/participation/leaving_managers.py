"""Two account managers who leave together: what goes with them, and which accounts to spread."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import from_records, typed
from crqlab.base.results import Result
from crqlab.participation.invitation_frame import UNKNOWN

HALF = 0.5  # share of the revenue that no two account managers are to hold together


@dataclass(frozen=True, slots=True, eq=False)
class ManagerPairs(Result):
    """Every pair of account managers, and the accounts that would spread the risk.

    Attributes
    ----------
    table : DataFrame
        Table ``manager_pairs``, the greatest first.
    spread : DataFrame
        Table ``accounts_to_spread``.
    """

    table: pd.DataFrame
    spread: pd.DataFrame

    def of(self, client: str) -> ManagerPairs:
        """Return the rows of one client."""
        parts = (self.table, self.spread)
        return ManagerPairs(*(p[p["client_id"] == client].reset_index(drop=True) for p in parts))

    def __str__(self) -> str:
        first = self.table.drop_duplicates("client_id")
        if first.empty:
            return "Account managers or revenue are not known of any two: no pair can be told"
        if len(first) == 1:
            row = first.iloc[0]
            return (
                f"{row['first_manager']} and {row['second_manager']} hold "
                f"{row['revenue_share']:.0%} of revenue together, at {row['n_accounts']} accounts"
            )
        much = int((first["revenue_share"] > HALF).sum())
        return (
            f"The two account managers who hold most hold {first['revenue_share'].median():.0%} of "
            f"revenue together in the median of {len(first):,} clients, and more than half in "
            f"{much:,}"
        )


def manager_pairs(accounts: pd.DataFrame) -> ManagerPairs:
    """Say of every two account managers how many accounts and how much revenue leave with both.

    Parameters
    ----------
    accounts : DataFrame
        Table ``accounts``: all accounts of today, scored or not.

    Returns
    -------
    ManagerPairs
        ``spread`` lists, of a client whose greatest pair holds more than half of the revenue, the
        fewest accounts of that pair with which it would hold no more, the greatest first: a second
        person who knows them takes the risk away. Nothing is said where one alone is known, and
        nothing to spread where there are only two.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.participation.manager_pairs(study.read("accounts")))
    The two account managers who hold most hold ...% of revenue together in the median...
    """
    named = accounts["account_manager"].notna() & (accounts["account_manager"] != UNKNOWN)
    pairs, spread = [], []
    for client, own in accounts.groupby("client_id"):
        whole = float(own["revenue"].sum())
        if not whole > 0:
            continue
        held = own[named[own.index]].groupby("account_manager")["revenue"].agg(["size", "sum"])
        if len(held) < 2:
            continue
        mine = _pairs(client, held, whole)
        pairs += mine
        spread += _spread(client, own, mine[0], whole) if len(mine) > 1 else []
    table = from_records(pairs, "manager_pairs")
    alone = table.groupby("client_id")["rank"].transform("max") == 1
    much = (table["revenue_share"] > HALF) & ~alone
    flag = column(
        len(table),
        (alone.to_numpy(bool), "no_third_manager"),
        (much.to_numpy(bool), "half_of_revenue"),
    )
    return ManagerPairs(
        typed(table.assign(flag=flag), "manager_pairs"),
        from_records(spread, "accounts_to_spread"),
    )


def _pairs(client: str, held: pd.DataFrame, whole: float) -> list[dict]:
    found = [
        {"client_id": client, "first_manager": one, "second_manager": two, "flag": "ok",
         "n_accounts": int(held.loc[[one, two], "size"].sum()),
         "revenue": float(held.loc[[one, two], "sum"].sum()),
         "revenue_share": min(float(held.loc[[one, two], "sum"].sum()) / whole, 1.0),
         "alone_share": min(float(held.loc[[one, two], "sum"].max()) / whole, 1.0)}
        for one, two in combinations(held.index, 2)
    ]  # fmt: skip
    found.sort(key=lambda row: (-row["revenue"], row["first_manager"], row["second_manager"]))
    return [{**row, "rank": place} for place, row in enumerate(found, start=1)]


def _spread(client: str, own: pd.DataFrame, pair: dict, whole: float) -> list[dict]:
    """The fewest accounts of a pair with which it would hold half at most."""
    rows = own[own["account_manager"].isin([pair["first_manager"], pair["second_manager"]])]
    rows = rows.sort_values(["revenue", "account_id"], ascending=[False, True])
    left = pair["revenue"] - np.cumsum(rows["revenue"].fillna(0.0).to_numpy(float))
    before = np.concatenate([[pair["revenue"]], left[:-1]])
    needed = before > HALF * whole
    return [
        {"client_id": client, "account_id": account, "account_manager": manager,
         "rank": place, "revenue": revenue, "share_after": max(after / whole, 0.0)}
        for place, (account, manager, revenue, after) in enumerate(
            zip(rows["account_id"], rows["account_manager"], rows["revenue"], left, strict=True), 1
        )
        if needed[place - 1]
    ]  # fmt: skip
