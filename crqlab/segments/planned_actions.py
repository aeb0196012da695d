"""What to do with whom: each segment's playbook as a list of actions, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crqlab.base.contracts.cautions import OK
from crqlab.segments.assignment import SILENT

PLAYBOOK = (
    ("Ambassador", "recognise", "Thank them and keep investing; never milk them", 30),
    ("Ambassador", "ask for referral", "Ask for other divisions first, then peers", 60),
    ("Ambassador", "co-create", "Plan one innovation together", 90),
    ("Rational", "differentiate", "Show what is unique before a good offer comes", 60),
    ("Ambivalent", "recover", "Close the loop on the weaker of solution and treatment", 30),
    ("Stalker", "recover or exit", "Is there a clear path to recovery? If not, exit well", 45),
    ("Opponent", "recover or exit", "Meet within two weeks; if there is no path, exit well", 14),
    ("silent", "listen", "Meet them in person: silence is no good news", 30),
)


def actions(
    assigned: pd.DataFrame, accounts: pd.DataFrame, responses: pd.DataFrame
) -> pd.DataFrame:
    """Turn segments into actions with an owner and a due date.

    Parameters
    ----------
    assigned : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``segment``, ``status``.
    accounts : DataFrame
        Table ``accounts``: who owns them.
    responses : DataFrame
        Table ``responses``: days count from the last answer of the client's wave.

    Returns
    -------
    DataFrame, one row per account and action, of each client's latest rows as given
        Keys, ``segment``, ``status``, ``action``, ``what``, ``account_manager`` (the owner),
        ``due`` (a date; missing where the survey has none).
    """
    book = pd.DataFrame(PLAYBOOK, columns=["kind", "action", "what", "days"])
    silent = assigned["status"] == SILENT
    rows = assigned[["client_id", "wave", "account_id", "segment", "status"]]
    rows = rows.assign(kind=rows["segment"].where(~silent, SILENT))
    rows = rows.merge(book, on="kind").merge(owners(accounts), on=KEYS, how="left")
    ended = responses.groupby(["client_id", "wave"])["started"].max().rename("ended")
    rows = rows.join(ended, on=["client_id", "wave"])
    due = (rows["ended"] + pd.to_timedelta(rows["days"], unit="D")).dt.normalize()
    columns = ["client_id", "wave", "account_id", "segment", "status", "action", "what"]
    return rows.assign(due=due.astype("datetime64[ns]"))[[*columns, "account_manager", "due"]]


def referrals(
    assigned: pd.DataFrame,
    respondents: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    asked: Iterable[str] = (),
) -> pd.DataFrame:
    """Promoters inside Ambassador accounts who were not yet asked for a referral.

    Parameters
    ----------
    assigned : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``segment``.
    respondents, accounts : DataFrame
        Tables of these names.
    asked : iterable of str
        Contacts who were asked before.

    Returns
    -------
    DataFrame
        Keys, ``contact_id``, ``role``, ``account_manager``, ``flag``. Whoever has no contact id
        cannot be asked and is not listed.
    """
    asked = set(asked)
    top = assigned.loc[assigned["segment"] == "Ambassador", ["client_id", "wave", "account_id"]]
    who = respondents[(respondents["ltr"] >= 9) & respondents["contact_id"].notna()]
    who = who[~who["contact_id"].isin(asked)]
    rows = who.merge(top, on=["client_id", "wave", "account_id"])
    rows = rows.drop_duplicates(["client_id", "wave", "account_id", "contact_id"])
    rows = rows.merge(owners(accounts), on=KEYS, how="left")
    columns = ["client_id", "wave", "account_id", "contact_id", "role", "account_manager"]
    flag = OK if asked else "nobody_asked_on_record"
    return rows[columns].assign(flag=flag).reset_index(drop=True)


def owners(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return who owns each account, once."""
    return accounts[[*KEYS, "account_manager"]].drop_duplicates(KEYS)


KEYS = ["client_id", "account_id"]
