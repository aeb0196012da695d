"""What to do with whom: each segment's playbook as a list of actions, and whom to ask."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts.cautions import OK, has
from crqlab.base.standards import FEW_ANSWERS
from crqlab.segments.likeliest_segments import SETTLED, SILENT
from crqlab.segments.playbook import OTHERWISE, UNSETTLED, Playbook
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
        ``client_id``, ``wave``, ``account_id``, ``segment``, ``status``, ``n`` (respondents), and
        ``reason`` (codes), if known.
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
        ``account_manager``, ``due`` (a date; missing where the survey has none), ``wording``
        (``otherwise`` where the account is not there by the action's reason). What may end the
        relationship is planned only where the segment is settled on 3 answers or more; of weak
        accounts of which less is known more is to be heard, so that none is without an action.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> book, traits = crq.segments.playbook_of(study, rules), rules.traits
    >>> last = crq.segments.as_then(panel.table)[panel.latest.to_numpy()]
    >>> found = crq.segments.actions(last, tables[2], tables[3], book, traits)
    """
    book = _planned(playbook, traits)
    given = assigned if "reason" in assigned else assigned.assign(reason=None)
    rows = given[["client_id", "wave", "account_id", "segment", "status", "n", "reason"]]
    silent = rows["status"] == SILENT
    surely = (rows["status"] == SETTLED) & (rows["n"] >= FEW_ANSWERS)
    ending = book.loc[book["ends"], "kind"]
    doubted = rows["segment"].isin([*traits.weak, *ending]) & ~surely & ~silent
    rows = rows.assign(kind=rows["segment"].where(~silent, SILENT), surely=surely)
    rows = pd.concat([rows, rows[doubted].assign(kind=UNSETTLED)]).merge(book, on="kind")
    rows = rows[rows["surely"] | ~rows["ends"]].merge(owners(accounts), on=KEYS, how="left")
    rows = rows.assign(wording=_wording(rows["reason"], rows["presumed"]))
    ended = responses.groupby(["client_id", "wave"])["started"].max().rename("ended")
    rows = rows.join(ended, on=["client_id", "wave"])
    due = (rows["ended"] + pd.to_timedelta(rows["days"], unit="D")).dt.normalize()
    columns = ["client_id", "wave", "account_id", "segment", "status", "action", "party"]
    columns += ["owner", "account_manager", "due", "wording"]
    return rows.assign(due=due.astype("datetime64[ns]"))[columns]


def _planned(playbook: Playbook, traits: SegmentTraits) -> pd.DataFrame:
    """Every action of every kind of account, in the order of the playbook."""
    rows = [
        {
            "kind": kind,
            "action": one.code,
            "party": one.party,
            "owner": one.owner,
            "days": one.days,
            "ends": one.ends_relationship,
            "presumed": one.because,
        }
        for one, kinds in playbook.planned(traits)
        for kind in kinds
    ]
    names = ["kind", "action", "party", "owner", "days", "ends", "presumed"]
    return pd.DataFrame(rows, columns=names).astype({"ends": bool})


def _wording(cells: pd.Series, presumed: pd.Series) -> pd.api.extensions.ExtensionArray:
    """Whether an action's text takes for granted what is not among the account's reasons."""
    found = [
        OTHERWISE if code and not has(cell, code) else None
        for cell, code in zip(cells, presumed, strict=True)
    ]
    return pd.array(found, dtype="str")


def referral_candidates(
    assigned: pd.DataFrame,
    respondents: pd.DataFrame,
    accounts: pd.DataFrame,
    top: str,
    *,
    asked: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Promoters inside accounts of the top segment who may be asked for a referral.

    Parameters
    ----------
    assigned : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``segment``.
    respondents, accounts : DataFrame
        Tables of these names.
    top : str
        The segment whose people may be asked (`SegmentTraits.top`).
    asked : DataFrame, optional
        ``client_id``, ``contact_id``, ``resting``: who was asked before, and is not to be asked
        again yet (`crqlab.programme.asked`).

    Returns
    -------
    DataFrame
        Keys, ``contact_id``, ``role``, ``account_manager``, ``flag``. Whoever has no contact id
        cannot be asked and is not listed.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> last = crq.segments.as_then(panel.table)[panel.latest.to_numpy()]
    >>> found = crq.segments.referral_candidates(last, tables[1], tables[2], rules.traits.top)
    """
    known = pd.DataFrame({"client_id": [], "contact_id": [], "resting": []})
    known = known if asked is None else asked
    rests = known[known["resting"].astype(bool)]
    best = assigned.loc[assigned["segment"] == top, ["client_id", "wave", "account_id"]]
    who = respondents[(respondents["ltr"] >= 9) & respondents["contact_id"].notna()]
    person = ["client_id", "contact_id"]
    again = pd.MultiIndex.from_frame(who[person]).isin(pd.MultiIndex.from_frame(rests[person]))
    who = who[~again]
    rows = who.merge(best, on=["client_id", "wave", "account_id"])
    rows = rows.drop_duplicates(["client_id", "wave", "account_id", "contact_id"])
    rows = rows.merge(owners(accounts), on=KEYS, how="left")
    columns = ["client_id", "wave", "account_id", "contact_id", "role", "account_manager"]
    flag = OK if len(known) else "nobody_asked_on_record"
    return rows[columns].assign(flag=flag).reset_index(drop=True)


def owners(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return who owns each account, once."""
    return accounts[[*KEYS, "account_manager"]].drop_duplicates(KEYS)


KEYS = ["client_id", "account_id"]
