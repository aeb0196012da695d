"""What to do with whom: each segment's playbook as a list of actions, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crqlab.base.contracts.cautions import OK
from crqlab.base.standards import FEW_ANSWERS
from crqlab.segments.likeliest_segments import SETTLED, SILENT
from crqlab.segments.playbook import Playbook
from crqlab.segments.segment_traits import SegmentTraits


def actions(
    assigned: pd.DataFrame,
    accounts: pd.DataFrame,
    responses: pd.DataFrame,
    playbook: Playbook,
    traits: SegmentTraits,
) -> pd.DataFrame:
    """Turn segments into actions with an owner and a due date.

    Parameters
    ----------
    assigned : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``segment``, ``status``, ``n`` (respondents).
    accounts : DataFrame
        Table ``accounts``: who owns them.
    responses : DataFrame
        Table ``responses``: days count from the last answer of the client's wave.
    playbook : Playbook
    traits : SegmentTraits
        Which segments its words stand for.

    Returns
    -------
    DataFrame, one row per account and action, of each client's latest rows as given
        Keys, ``segment``, ``status``, ``action`` (code), ``party``, ``owner``,
        ``account_manager``, ``due`` (a date; missing where the survey has none). What may end
        the relationship is planned only where the segment is settled on 3 answers or more.
    """
    planned = [
        (kind, one.code, one.party, one.owner, one.days, one.ends_relationship)
        for one in playbook.actions
        for kind in one.of(traits)
    ]
    book = pd.DataFrame(planned, columns=["kind", "action", "party", "owner", "days", "ends"])
    silent = assigned["status"] == SILENT
    rows = assigned[["client_id", "wave", "account_id", "segment", "status", "n"]]
    rows = rows.assign(kind=rows["segment"].where(~silent, SILENT))
    rows = rows.merge(book, on="kind").merge(owners(accounts), on=KEYS, how="left")
    surely = (rows["status"] == SETTLED) & (rows["n"] >= FEW_ANSWERS)
    rows = rows[surely | ~rows["ends"].astype(bool)]
    ended = responses.groupby(["client_id", "wave"])["started"].max().rename("ended")
    rows = rows.join(ended, on=["client_id", "wave"])
    due = (rows["ended"] + pd.to_timedelta(rows["days"], unit="D")).dt.normalize()
    columns = ["client_id", "wave", "account_id", "segment", "status", "action", "party"]
    columns += ["owner", "account_manager", "due"]
    return rows.assign(due=due.astype("datetime64[ns]"))[columns]


def referral_candidates(
    assigned: pd.DataFrame,
    respondents: pd.DataFrame,
    accounts: pd.DataFrame,
    top: str,
    *,
    asked: Iterable[str] = (),
) -> pd.DataFrame:
    """Promoters inside accounts of the top segment who were not yet asked for a referral.

    Parameters
    ----------
    assigned : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``segment``.
    respondents, accounts : DataFrame
        Tables of these names.
    top : str
        The segment whose people may be asked (`SegmentTraits.top`).
    asked : iterable of str
        Contacts who were asked before.

    Returns
    -------
    DataFrame
        Keys, ``contact_id``, ``role``, ``account_manager``, ``flag``. Whoever has no contact id
        cannot be asked and is not listed.
    """
    asked = set(asked)
    best = assigned.loc[assigned["segment"] == top, ["client_id", "wave", "account_id"]]
    who = respondents[(respondents["ltr"] >= 9) & respondents["contact_id"].notna()]
    who = who[~who["contact_id"].isin(asked)]
    rows = who.merge(best, on=["client_id", "wave", "account_id"])
    rows = rows.drop_duplicates(["client_id", "wave", "account_id", "contact_id"])
    rows = rows.merge(owners(accounts), on=KEYS, how="left")
    columns = ["client_id", "wave", "account_id", "contact_id", "role", "account_manager"]
    flag = OK if asked else "nobody_asked_on_record"
    return rows[columns].assign(flag=flag).reset_index(drop=True)


def owners(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return who owns each account, once."""
    return accounts[[*KEYS, "account_manager"]].drop_duplicates(KEYS)


KEYS = ["client_id", "account_id"]
