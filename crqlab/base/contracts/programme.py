"""The contracts of programme files: ledgers of what was agreed, asked, won and told."""

from __future__ import annotations

from dataclasses import dataclass

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, WAVE, amount
from crqlab.base.contracts.schema import Column, Contract

#: No station writes them: people and crqlab's commands do.
_BY_HAND = ""
_NOTE = Column("text", "in words", True)
_ACCOUNT_OR_ALL = Column("text", "customer company; empty: all accounts of the client", True)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A programme file: one line per thing that was agreed, asked, won or told.

    Attributes
    ----------
    file : str
        In ``data/raw/STUDY``.
    contract : Contract
        Its name, the one column that is its key, and its columns.
    words : dict of column to str
        What an empty cell of a column stands for.
    """

    file: str
    contract: Contract
    words: dict[str, str]

    @property
    def key(self) -> str:
        """The column of which no two lines hold the same."""
        return self.contract.key[0]

    @property
    def dates(self) -> list[str]:
        """Its columns of dates."""
        return [name for name, one in self.contract.columns.items() if one.kind == "date"]


def _date(says: str, gaps: bool = True) -> Column:
    return Column("date", says, gaps)


def _one_of(says: str, *options: str) -> Column:
    return Column("text", says, options=options)


ACTIONS = Ledger(
    "actions.csv",
    Contract(
        "agreed_actions",
        _BY_HAND,
        ("action_id",),
        {
            "action_id": Column("text", "of this line; crqlab's own where it proposed it"),
            "external_id": Column("text", "what a CRM calls it", True),
            "client_id": CLIENT,
            "account_id": _ACCOUNT_OR_ALL,
            "wave": WAVE,
            "action": Column("text", "a code of the playbook, or own:TEXT"),
            "kind": _one_of("of one account, or of the whole client", "account", "initiative"),
            "party": _one_of("who acts", "us", "customer"),
            "owner": Column("text", "who answers for it", True),
            "agreed_on": _date("when it was agreed with the customer"),
            "due_on": _date("until when"),
            "status": _one_of("how far it is", "proposed", "agreed", "done", "dropped"),
            "done_on": _date("when it was done"),
            "measure": Column("text", "the number that would show success", True),
            "target": amount("what that number is to reach"),
            "note": _NOTE,
        },
    ),
    {"kind": "account", "party": "us", "status": "proposed"},
)
REFERRALS = Ledger(
    "referrals.csv",
    Contract(
        "referrals",
        _BY_HAND,
        ("referral_id",),
        {
            "referral_id": Column("text", "of this line"),
            "client_id": CLIENT,
            "account_id": ACCOUNT,
            "contact_id": Column("text", "who was asked", True),
            "asked_for": _one_of(
                "what for", "referral", "testimonial", "case_study", "speaking", "other_division"
            ),
            "asked_on": _date("when", gaps=False),
            "answer": _one_of("what they said", "yes", "no", "open"),
            "result_account_id": Column("text", "account that came of it", True),
            "result_name": Column("text", "what that account is called", True),
            "result_revenue": amount("that came of it (currency units)", 0),
            "note": _NOTE,
        },
    ),
    {"asked_for": "referral", "answer": "open"},
)
WINS = Ledger(
    "wins.csv",
    Contract(
        "wins",
        _BY_HAND,
        ("win_id",),
        {
            "win_id": Column("text", "of this line"),
            "client_id": CLIENT,
            "account_id": _ACCOUNT_OR_ALL,
            "won_on": _date("when", gaps=False),
            "amount": amount("currency units", 0),
            "evidence": Column("text", "by what it is known"),
            "action_id": Column("text", "the action that it came of", True),
        },
    ),
    {},
)
ALERTS = Ledger(
    "alerts.csv",
    Contract(
        "alerts",
        _BY_HAND,
        ("alert_id",),
        {
            "alert_id": Column("text", "of this line"),
            "rule": Column("text", "code of the rule that fired"),
            "client_id": CLIENT,
            "account_id": ACCOUNT,
            "response_key": Column("text", "keyed hash of the response it is about", True),
            "told_on": _date("when, to the second", gaps=False),
            "owner": Column("text", "who was told", True),
            "answered_on": _date("when somebody acted"),
        },
    ),
    {},
)
LEDGERS = {each.contract.name: each for each in (ACTIONS, REFERRALS, WINS, ALERTS)}
