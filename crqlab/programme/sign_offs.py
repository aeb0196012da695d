"""Who approved which contact list, and when; of strategic accounts, whether the right one did."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.invitation import Invitation
from crqlab.base.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class SignOffs(Result):
    """How far the contact lists of one client's wave are approved.

    Attributes
    ----------
    table : DataFrame, one row per account manager
        ``account_manager`` (missing for accounts that nobody looks after), ``accounts``,
        ``contacts``, ``approved``, ``first`` and ``last`` (days), ``by`` (names, parted by
        commas).
    missing : DataFrame, one row per account that is not ready
        ``account_id``, ``name``, ``account_manager``, ``contacts``, ``approved``, ``why``:
        ``nobody`` (some contact is approved by nobody) or ``director`` (a strategic account, and
        not the sales director).
    """

    table: pd.DataFrame
    missing: pd.DataFrame

    def __str__(self) -> str:
        whole, done = self.table["contacts"].sum(), self.table["approved"].sum()
        return (
            f"{done:,} of {whole:,} contacts are approved; {len(self.missing):,} accounts are not "
            "ready"
        )


def sign_offs(
    contacts: pd.DataFrame, accounts: pd.DataFrame, invitation: Invitation | None = None
) -> SignOffs:
    """Count who approved whom, of one client's wave.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts``, of one client and wave.
    accounts : DataFrame
        Table ``accounts``, of the client.
    invitation : Invitation, optional
        Which tiers the sales director approves.

    Examples
    --------
    >>> contacts = pd.DataFrame({"account_id": ["A", "A", "B"], "contact_id": ["1", "2", "3"],
    ...     "signed_off_on": pd.to_datetime(["2025-03-01", None, "2025-03-02"]),
    ...     "signed_off_by": ["Eva", None, "Bo"]})
    >>> accounts = pd.DataFrame({"account_id": ["A", "B"], "name": ["Kvarn", "Ek"],
    ...     "tier": ["B", "B"], "account_manager": ["Eva", "Bo"]})
    >>> print(sign_offs(contacts, accounts))
    2 of 3 contacts are approved; 1 accounts are not ready
    """
    asked = invitation or Invitation()
    known = accounts.drop_duplicates("account_id")
    rows = contacts.merge(
        known[["account_id", "name", "tier", "account_manager"]],
        on="account_id", how="left", suffixes=("_contact", ""),
    )  # fmt: skip
    done = rows["signed_off_on"].notna() | rows["signed_off_by"].notna()
    strategic = rows["tier"].isin(asked.strategic)
    right = ~strategic | (rows["signed_off_by"].fillna("").str.casefold()
                          == asked.director.casefold())  # fmt: skip
    rows = rows.assign(done=done, right=right & done)
    return SignOffs(_by_manager(rows), _missing(rows))


def _by_manager(rows: pd.DataFrame) -> pd.DataFrame:
    return (
        rows.groupby("account_manager", dropna=False, sort=True)
        .agg(
            accounts=("account_id", "nunique"),
            contacts=("contact_id", "size"),
            approved=("done", "sum"),
            first=("signed_off_on", "min"),
            last=("signed_off_on", "max"),
            by=("signed_off_by", _names),
        )
        .reset_index()
        .astype({"approved": "int64"})
    )


def _names(names: pd.Series) -> str:
    return ", ".join(sorted(set(names.dropna())))


def _missing(rows: pd.DataFrame) -> pd.DataFrame:
    found = (
        rows.groupby("account_id", sort=True)
        .agg(
            name=("name", "first"), account_manager=("account_manager", "first"),
            contacts=("contact_id", "size"), approved=("done", "sum"), right=("right", "all"),
        )
        .reset_index()
        .astype({"approved": "int64"})
    )  # fmt: skip
    found = found[~found["right"].to_numpy(bool)]
    some = (found["approved"] < found["contacts"]).map({True: "nobody", False: "director"})
    return found.assign(why=some).drop(columns="right").reset_index(drop=True)
