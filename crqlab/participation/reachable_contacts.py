"""Whom an account's next invitation can go to: its own last list, who rests, who is gone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.base.waves import places

OWN = ["client_id", "account_id"]
PERSON = ["client_id", "contact_id"]
GONE = ("bounced", "left")  # codes of a contact's `status`: no invitation reaches the person
YEAR = 12  # months
LOST = "churned"


def base(
    accounts: pd.DataFrame, contacts: pd.DataFrame, outcomes: pd.DataFrame, day: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the accounts that clients with contacts have today, and those lost before a day.

    Returns
    -------
    (DataFrame, DataFrame)
        Rows of ``accounts``, by client and account; every account that any wave ever asked is
        among them, however long ago.
    """
    rows = accounts[accounts["client_id"].isin(contacts["client_id"].unique())]
    lost = outcomes[outcomes["outcome"] == LOST]
    gone_on = lost["decided_on"].fillna(lost["due_on"])
    gone = lost if pd.isna(day) else lost[(gone_on < day).to_numpy(bool)]
    ids = pd.MultiIndex.from_frame(rows[OWN])
    out = ids.isin(pd.MultiIndex.from_frame(gone[OWN]))
    kept, left = (part.sort_values(OWN, ignore_index=True) for part in (rows[~out], rows[out]))
    return kept, left


def reachable(contacts: pd.DataFrame, rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """List everybody known at these accounts, and when each was invited.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts``.
    rows : DataFrame
        Accounts, as `base` returns them.
    day : Timestamp
        First day of what is planned; missing where no date is known.

    Returns
    -------
    DataFrame, one row per client and contact
        Those of the last wave that lists any contact of the account: ``row`` of its account,
        ``role``, ``gone`` (why no invitation reaches the person, empty where one does),
        ``last_invited``, ``n_year`` invitations within a year before ``day``, ``gap`` (least
        months between two invitations, missing below two).
    """
    order = contacts["wave"].map(places(contacts["wave"].unique())).astype(int)
    last = order.groupby([contacts[name] for name in OWN]).transform("max")
    people = contacts[(order == last).to_numpy()].assign(turn=order)
    people = people.sort_values("turn", kind="stable").drop_duplicates(PERSON, keep="last")
    place = pd.Series(np.arange(len(rows)), index=pd.MultiIndex.from_frame(rows[OWN]))
    found = place.reindex(pd.MultiIndex.from_frame(people[OWN])).to_numpy()
    status = people["status"] if "status" in people else pd.Series("", people.index)
    people = people.assign(row=found, gone=status.where(status.isin(GONE), ""))
    people = people[~np.isnan(found)].astype({"row": int})
    people = people[[*PERSON, "account_id", "row", "role", "gone"]]
    people = people.merge(_history(contacts, day), on=PERSON, how="left")
    people["n_year"] = people["n_year"].fillna(0).astype("int64")
    return people.sort_values(PERSON, ignore_index=True)


def _history(contacts: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Of everybody who was ever invited: when last, how often in a year, how soon again."""
    invited = contacts[contacts["invited"].to_numpy(bool)]
    dated = invited[invited["invited_on"].notna()].sort_values([*PERSON, "invited_on"])
    days = dated["invited_on"]
    gap = days.groupby([dated[name] for name in PERSON]).diff().dt.days / (365.25 / YEAR)
    late = days > day - pd.DateOffset(months=YEAR) if not pd.isna(day) else days.notna()
    groups = dated.assign(gap=gap, late=late).groupby(PERSON)
    return groups.agg(
        last_invited=("invited_on", "max"), n_year=("late", "sum"), gap=("gap", "min")
    ).reset_index()
