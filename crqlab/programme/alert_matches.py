"""Which answers and accounts of an open wave meet a rule, and which of them still have to wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts.frames import empty
from crqlab.programme.alert_facts import Facts
from crqlab.programme.alert_rules import ACCOUNT_MANAGER, AlertRule, AlertRules

_COLUMNS = {
    "rule": "text", "client_id": "text", "wave": "text", "account_id": "text",
    "response_id": "text", "owner": "text", "n": "count", "waits": "count",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What cannot wait in one client's open wave.

    Attributes
    ----------
    table : DataFrame, one row per alert, in the order of the rules
        ``rule``, ``client_id``, ``wave``, ``account_id``, ``response_id`` (the first answer that
        meets the rule; missing where it is about the account), ``owner``, ``n`` (scored answers of
        the account), ``waits`` (answers that must still come before it may be told; 0 for none).
    hidden : int
        Alerts that cannot be told in this wave, since too few answered the wave before.
    """

    table: pd.DataFrame
    hidden: int = 0

    @property
    def told(self) -> pd.DataFrame:
        """Those that may be told now."""
        return self.table[(self.table["waits"] == 0).to_numpy(bool)]

    @property
    def waiting(self) -> pd.DataFrame:
        """Those that wait for more answers."""
        return self.table[(self.table["waits"] > 0).to_numpy(bool)]


def matches(
    rules: AlertRules,
    facts: Facts,
    *,
    least: int = 1,
    seen: Mapping[str, int] | None = None,
    identified: bool = False,
) -> Matches:
    """Find what meets the rules.

    Parameters
    ----------
    rules : AlertRules
        Fitted to the instrument.
    facts : Facts
    least : int
        Fewest people of an account of whom anything may be told.
    seen : mapping of account to int, optional
        How many of its people had answered when the account was last looked at: what comes to
        light only now is told of so many people, at least ``least``, who answered since.
    identified : bool
        Whether every single answer is an alert of its own, told at once; else an account has one
        alert a rule.

    Returns
    -------
    Matches
        An answer that is left out of the scores meets a rule only by its words.

    Examples
    --------
    >>> from crqlab.programme.alert_rules import shipped_alerts
    >>> accounts = pd.DataFrame({"account_id": ["A"], "account_manager": ["Eva"], "tier": ["C"],
    ...     "revenue_rank": [0.0], "renewal_days": [400.0], "change": [None], "silent_days": [None],
    ...     "n": [1], "n_before": [0]})
    >>> answers = pd.DataFrame({"response_id": ["r"], "account_id": ["A"], "scored": [True],
    ...     "ltr": [4.0], "trust": [6.0], "words": [""], "tier": ["C"], "revenue_rank": [0.0]})
    >>> found = matches(shipped_alerts(), Facts("C1", "2025", answers, accounts), least=3)
    >>> found.table[["rule", "account_id", "owner", "n", "waits"]]
                        rule account_id owner  n  waits
    0  detractor_at_top_tier          A   Eva  1      2
    """
    parts = [_met(rule, facts, identified) for rule in rules.rules]
    rows = pd.concat(parts, ignore_index=True) if parts else empty(_COLUMNS)
    known = facts.accounts.set_index("account_id")
    n = rows["account_id"].map(known["n"]).fillna(0).astype("int64")
    rows = rows.assign(client_id=facts.client, wave=facts.wave, n=n, waits=0)
    if not identified:
        told = {rule.code: rule for rule in rules.rules}
        rows["waits"] = [
            _wait(told[row.rule], row.n, (seen or {}).get(row.account_id, 0), least)
            for row in rows.itertuples()
        ]
        then = rows["account_id"].map(known["n_before"]).fillna(0)
        changed = rows["rule"].isin([code for code, rule in told.items() if rule.of_changes])
        gone = (changed & (then < least)).to_numpy(bool)
        rows, hidden = rows[~gone], int(gone.sum())
    else:
        hidden = 0
    kinds = {"waits": "int64", "n": "int64"}
    return Matches(rows[list(_COLUMNS)].astype(kinds).reset_index(drop=True), hidden)


def _wait(rule: AlertRule, n: int, seen: int, least: int) -> int:
    """How many more answers of an account an alert has to wait for."""
    if not rule.of_answers and not rule.of_changes:
        return 0
    return max(least - (n - seen if seen >= least else n), 0)


def _met(rule: AlertRule, facts: Facts, identified: bool) -> pd.DataFrame:
    """Answers, or accounts, that meet one rule."""
    rows = facts.answers if rule.of_answers else facts.accounts
    held = rule.held(rows) if len(rows) else []
    found = rows[list(held)] if len(rows) else rows
    if rule.of_answers:
        found = found[(found["scored"] | rule.of_words).to_numpy(bool)]
        found = found if identified else found.drop_duplicates("account_id")
    ids = found["response_id"].tolist() if rule.of_answers else [None] * len(found)
    accounts = found["account_id"].tolist()
    owners = facts.accounts.set_index("account_id")["account_manager"]
    mine = [owners.get(one) if rule.owner == ACCOUNT_MANAGER else rule.owner for one in accounts]
    return pd.DataFrame({"rule": rule.code, "account_id": accounts, "response_id": ids,
                         "owner": mine}, dtype="str")  # fmt: skip
