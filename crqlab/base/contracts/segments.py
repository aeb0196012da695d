"""The contracts of what station 6 hands over: segments, how likely they are, and what to do."""

from __future__ import annotations

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, FLAG, LEVEL, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "60_segments"
_KEY = ("client_id", "wave", "account_id")
_KEYS = {"client_id": CLIENT, "wave": WAVE, "account_id": ACCOUNT}
_SEGMENT = Column("text", "name of the segment")
_SEGMENT_OR_NONE = Column("text", "name of the segment; empty where the status is not sorted", True)


def _place(*others: str) -> Column:
    """Whether accounts have a segment, or why they have none."""
    return Column("text", f"sorted, or without segment: {', '.join(others)}",
                  options=("sorted", *others))  # fmt: skip


_STATUS = Column(
    "text",
    "settled (P at least .6); not_settled; silent (asked, nobody answered); unjudged (a score that "
    "decides was not asked)",
    options=("settled", "not_settled", "silent", "unjudged"),
)
_OWNER = Column("text", "the client's person who owns the account", True)
_ENDS = {
    "low": amount("lower end of the interval"),
    "high": amount("upper end of the interval"),
}


def _share(says: str) -> Column:
    return amount(says, 0, 1)


def _likeliest(view: str) -> dict[str, Column]:
    return {
        "segment": Column("text", f"the likeliest one, {view}; empty for silent, unjudged", True),
        "p": _share(f"its probability, {view}; missing where accounts are too few to tell"),
        "p_word": Column(
            "text",
            "likely (P at least .8), leaning (at least .6) or unclear",
            True,
            options=("likely", "leaning", "unclear"),
        ),
        "status": _STATUS,
        "second": Column("text", f"the likeliest other segment, {view}", True),
        "second_p": _share("its probability"),
        "reason": Column("text", f"why, of the scores as expected {view}: codes"),
        "distance": amount("of these to the nearest cut (scale points)", 0),
        "nearest": Column("text", "that cut", True),
    }


SEGMENTED = Contract(
    "segments",
    _NOTEBOOK,
    _KEY,
    {
        **_KEYS,
        **_likeliest("given all waves"),
        **{f"{name}_then": column for name, column in _likeliest("given waves up to then").items()},
        "n": count("respondents with a CRQ score"),
        "revenue": amount("what the account pays the client a year (currency units)", 0),
        "account_manager": _OWNER,
        "renewed": _share("1 if the next contract was renewed, 0 if not"),
        "thresholds": Column("text", "name, version and hash of the thresholds"),
        "flag": FLAG,
    },
)
TRAITS = Contract(
    "segment_traits",
    _NOTEBOOK,
    ("segment",),
    {
        "segment": Column("text", "name of the segment"),
        "place": count("in which its rule is tried, from 1"),
        "rung": count("in the order from the best to the worst, from 1"),
        "next": Column("text", "the rung above; empty for the top", True),
        "top": Column("yes", "whether referrals are asked for there"),
        "weak": Column("yes", "whether its accounts are on the point of leaving"),
        "expected": _share("of the accounts, where somebody said"),
        "colour": Column("text", "#rrggbb; empty where nobody said", True),
        "label": Column("text", "JSON of language and what readers call it", True),
        "meaning": Column("text", "JSON of language and what kind of account it is", True),
    },
)


def _mix(view: str) -> dict[str, Column]:
    return {
        "n": count(f"accounts expected {view}, in whole numbers that add up"),
        "share": _share(f"of the judged accounts, {view}: probabilities summed"),
        **_ENDS,
        "asked_share": _share("of all accounts asked, silent ones included"),
        "revenue": amount("of these accounts a year, expected (currency units)", 0),
        "revenue_share": _share("of all accounts asked, silent ones included"),
    }


SHARES = Contract(
    "segment_shares",
    _NOTEBOOK,
    ("client_id", "wave", "status", "segment"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "status": _place("silent"),
        "segment": _SEGMENT_OR_NONE,
        **_mix("given all waves"),
        **{f"{name}_then": column for name, column in _mix("given waves up to then").items()},
        "level": LEVEL,
        "flag": FLAG,
    },
)


def _moves(view: str) -> dict[str, Column]:
    return {
        "n": count(f"accounts expected {view}, in whole numbers that add up"),
        "expected": amount(f"the same, not rounded, {view}", 0),
        "low": amount("lower end of its interval", 0),
        "high": amount("upper end of its interval", 0),
        "revenue": amount("of these accounts a year, expected (currency units)", 0),
    }


MIGRATION = Contract(
    "migration",
    _NOTEBOOK,
    ("client_id", "from_wave", "wave", "from_status", "from_segment", "status", "segment"),
    {
        "client_id": CLIENT,
        "from_wave": WAVE,
        "wave": WAVE,
        "from_status": _place("silent", "unjudged", "new"),
        "from_segment": _SEGMENT_OR_NONE,
        "status": _place("silent", "unjudged", "not_asked"),
        "segment": _SEGMENT_OR_NONE,
        "direction": Column(
            "text",
            "up or down the ladder of the thresholds; empty without two segments",
            True,
            options=("climbed", "fell", "stayed"),
        ),
        **_moves("given all waves"),
        **{f"{name}_then": column for name, column in _moves("given waves up to then").items()},
        "level": LEVEL,
    },
)


def _movement(view: str) -> dict[str, Column]:
    return {
        "n": count("accounts judged in both waves"),
        "value": amount(f"accounts expected to have moved so, {view}", 0),
        "low": amount("lower end of its interval", 0),
        "high": amount("upper end of its interval", 0),
        "surely": count("accounts that did with a probability of at least .9"),
        "more_climbed": _share(f"that more accounts climbed than fell, {view}"),
    }


MOVEMENT = Contract(
    "movement",
    _NOTEBOOK,
    ("client_id", "from_wave", "wave", "direction"),
    {
        "client_id": CLIENT,
        "from_wave": WAVE,
        "wave": WAVE,
        "direction": Column(
            "text", "along the ladder of the thresholds", options=("climbed", "fell", "stayed")
        ),
        **_movement("given all waves"),
        **{f"{name}_then": column for name, column in _movement("given waves up to then").items()},
        "level": LEVEL,
    },
)
RENEWALS = Contract(
    "segment_renewal",
    _NOTEBOOK,
    ("status", "segment"),
    {
        "status": _place("silent"),
        "segment": _SEGMENT_OR_NONE,
        "n": count("contracts that fell due within a year"),
        "n_accounts": count("accounts behind them"),
        "value": _share("share renewed"),
        **_ENDS,
        "level": LEVEL,
        "revenue_rate": _share("share of the due revenue that was renewed"),
        "flag": FLAG,
    },
)
CUTS = Contract(
    "segment_cuts",
    _NOTEBOOK,
    ("by", "score", "old"),
    {
        "by": Column("text", "what moved the cut", options=("outcomes", "mix")),
        "score": Column("text", "the score that is cut"),
        "segments": Column("text", "segments that use the cut"),
        "old": amount("the cut in use"),
        "cut": amount("the cut that the panel suggests"),
        **_ENDS,
        "level": LEVEL,
        "n": count("accounts behind it"),
        "method": Column("text", "how it was found"),
        "flag": FLAG,
    },
)
MOVES = Contract(
    "segment_sensitivity",
    _NOTEBOOK,
    ("score", "cut", "change", "segment"),
    {
        "score": Column("text", "the score that is cut"),
        "cut": amount("the cut in use"),
        "change": amount("by how much it is moved"),
        "segment": _SEGMENT,
        "n": count("accounts"),
        "share": _share("of the accounts"),
        "revenue_share": _share("of the revenue"),
        "renewed": _share("share of due contracts renewed"),
        "moved": _share("accounts in another segment than before, whichever"),
    },
)
LIFTS = Contract(
    "lifts",
    _NOTEBOOK,
    _KEY,
    {
        **_KEYS,
        "segment": _SEGMENT,
        "target": Column("text", "the rung above"),
        "change": Column("text", "the smallest change that leads there, in words"),
        "size": amount("sum of the changes (scale points)", 0),
        "probability": _share("of being truly there or above, after the change"),
        "now": _share("the same without the change"),
        "flag": FLAG,
    },
)
_PARTY = Column("text", "who acts", options=("us", "customer"))
PLAYBOOK = Contract(
    "playbook",
    _NOTEBOOK,
    ("action",),
    {
        "action": Column("text", "code of the action"),
        "place": count("in the order of the file, from 1"),
        "segments": Column(
            "text", "JSON list of the segments that it is for; silent, unsettled: accounts"
        ),
        "party": _PARTY,
        "owner": Column("text", "account_manager, or who else in words"),
        "days": count("from the last answer of the wave"),
        "hours": amount("that it takes", 0),
        "ends_relationship": Column("yes", "whether it may end with leaving the account"),
        "name": Column("text", "JSON of language and what it is called", True),
        "text": Column("text", "JSON of language and what to do"),
        "because": Column(
            "text", "code of the reason that text takes for granted", True, later=True
        ),
        "otherwise": Column("text", "JSON of language and what else to do", True, later=True),
    },
)
ACTIONS = Contract(
    "actions",
    _NOTEBOOK,
    (*_KEY, "action"),
    {
        **_KEYS,
        "segment": Column("text", "name of the segment; empty where the status is silent", True),
        "status": _STATUS,
        "action": Column("text", "code of the playbook"),
        "party": _PARTY,
        "owner": Column("text", "account_manager, or who else in words"),
        "account_manager": _OWNER,
        "due": Column("date", "until when", True),
        "wording": Column(
            "text",
            "otherwise where the account is not there by the action's reason; empty: its text",
            True,
            options=("otherwise",),
            later=True,
        ),
    },
)
REFERRALS = Contract(
    "referral_candidates",
    _NOTEBOOK,
    (*_KEY, "contact_id"),
    {
        **_KEYS,
        "contact_id": Column("text", "a promoter inside an account of the top segment"),
        "role": Column("text", "the person's role", True),
        "account_manager": _OWNER,
        "flag": FLAG,
    },
)
TABLES = (
    SEGMENTED,
    TRAITS,
    SHARES,
    MIGRATION,
    MOVEMENT,
    RENEWALS,
    CUTS,
    MOVES,
    LIFTS,
    PLAYBOOK,
    ACTIONS,
    REFERRALS,
)
