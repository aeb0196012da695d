"""Who took part in a client's wave, and what hangs on that: station 2 as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Any

import pandas as pd

from crqlab.show.records import Record, records


@dataclass(frozen=True, slots=True)
class ResponseCounts:
    """Who was asked and who answered; counts of a census, so without intervals.

    Attributes
    ----------
    contacts, contacts_answered : int or None
        People who were invited, and those of them who answered, whether or not scores use it;
        None where that is not known.
    accounts, accounts_answered : int or None
        Accounts with an invited contact, and those of them with any answer.
    uninvited : int
        Answers that scores use from people who were not invited.
    revenue : float
        Share of the invited accounts' revenue that lies with accounts that answered, in
        [0, 1]; missing where revenue is not known.
    """

    contacts: int | None
    contacts_answered: int | None
    accounts: int | None
    accounts_answered: int | None
    uninvited: int
    revenue: float


@dataclass(frozen=True, eq=False)
class Participation:
    """Participation of one client's wave; every table may be without rows.

    Attributes
    ----------
    completion : DataFrame
        The columns of ``completion``.
    bands : DataFrame, one row per published band of completion
        ``low``, ``high`` (whole per cent), ``n`` (other clients, each with its last wave); no
        rows where they are too few to stay unknown.
    n_others : int
        Other clients whose completion is known, as far as they are shown.
    rank : dict
        ``percentile``, ``percentile_low``, ``percentile_high``: share of the other clients
        that are lower, in [0, 1]; empty where not known.
    published : mapping of fact to (low, high)
        What others have published, shares in [0, 1].
    silent : DataFrame
        The columns of ``silent`` with ``name``, ``manager``, and ``score``, ``score_low``,
        ``score_high``: the shrunken CRQ of the last wave with a score.
    voices : DataFrame
        The columns of ``voices`` with ``name`` and ``revenue``.
    nonresponse : DataFrame
        The columns of ``nonresponse`` with ``withheld``.
    managers : DataFrame
        Account managers in the columns of ``concentration``, with ``withheld``: whether
        ``crq_without`` would tell what very few people said.
    effective : float
        Account managers of equal revenue that would be as concentrated; missing if unknown.
    n_sole : int
        Accounts that one respondent alone speaks for.
    sole_share : float
        Their share of the revenue of all accounts with a score, in [0, 1].
    continuity : DataFrame
        The columns of ``continuity`` with ``name``.
    stayed : dict
        ``value``, ``low``, ``high``, ``level`` (share of the earlier wave's contacts asked again,
        in [0, 1], accounts as clusters), ``n`` of these contacts, ``n_accounts`` and
        ``n_none_stayed`` of their accounts; empty in a first wave.
    questions : DataFrame
        The columns of ``audit``.
    programme, steps, levers : DataFrame
        The columns of ``programme`` (one row, or none), ``programme_steps`` and ``levers``.
    customers, customer_concentration, divisions : DataFrame
        The columns of ``customer_groups``, ``customer_concentration`` and ``division_referrals``,
        with ``name`` and, of divisions, ``from_name``.
    pairs, to_spread : DataFrame
        The columns of ``manager_pairs`` and ``accounts_to_spread`` (with ``name``).
    centre : DataFrame
        The columns of ``buying_centre``.
    plan, precision : DataFrame
        The columns of ``wave_plan`` and ``precision``; no rows where a later wave was held.
    costs, power, voices_needed : DataFrame
        The columns of ``invitation_costs``, ``change_power`` and ``account_voices``; likewise.
    unreached : dict of code to int
        Contacts whose invitation bounced, who left, or who were asked too often, as in the flags of
        ``invitations``.
    """

    completion: pd.DataFrame
    bands: pd.DataFrame
    n_others: int
    rank: dict[str, float]
    published: Mapping[str, tuple[float, float]]
    silent: pd.DataFrame
    voices: pd.DataFrame
    nonresponse: pd.DataFrame
    managers: pd.DataFrame
    effective: float
    n_sole: int
    sole_share: float
    continuity: pd.DataFrame
    stayed: dict[str, float]
    questions: pd.DataFrame
    customers: pd.DataFrame
    customer_concentration: pd.DataFrame
    divisions: pd.DataFrame
    pairs: pd.DataFrame
    to_spread: pd.DataFrame
    centre: pd.DataFrame
    programme: pd.DataFrame
    steps: pd.DataFrame
    levers: pd.DataFrame
    plan: pd.DataFrame
    precision: pd.DataFrame
    costs: pd.DataFrame
    power: pd.DataFrame
    voices_needed: pd.DataFrame
    unreached: Mapping[str, int]

    @property
    def counts(self) -> ResponseCounts:
        """Who was asked and who answered, as the station counted them."""
        whole = self.completion[(self.completion["dimension"] == "all").to_numpy(bool)]
        rows = {row.unit: row for row in reversed(records(whole))}
        people, accounts, revenue = (rows.get(unit) for unit in ("contacts", "accounts", "revenue"))
        return ResponseCounts(
            _count(people, "asked"),
            _count(people, "answered") if people and people.asked == people.asked else None,
            _count(accounts, "asked"),
            _count(accounts, "answered"),
            _count(people, "uninvited") or 0,
            float(revenue.value) if revenue else nan,
        )

    def share(self, unit: str) -> dict[str, Any] | None:
        """Return how many contacts, accounts or how much revenue answered; None if unknown."""
        return self._shares.get(unit)

    def score(self, measure: str, view: str) -> dict[str, Any] | None:
        """Return one view of a score as in ``nonresponse``; None if unknown or withheld."""
        return self._scores.get((measure, view))

    @cached_property
    def _shares(self) -> dict[str, dict[str, Any]]:
        whole = (self.completion["dimension"] == "all").to_numpy(bool)
        known = _known(self.completion[whole])
        return {row.unit: vars(row) for row in known}

    @cached_property
    def _scores(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(row.measure, row.view): vars(row) for row in _known(self.nonresponse)}


def _known(rows: pd.DataFrame) -> list[Record]:
    """Return the rows with a value, the last one first: what is kept by name is the first."""
    return [row for row in reversed(records(rows)) if row.value == row.value]


def _count(row: Record | None, name: str) -> int | None:
    known = row is not None and getattr(row, name) == getattr(row, name)
    return int(getattr(row, name)) if known else None
