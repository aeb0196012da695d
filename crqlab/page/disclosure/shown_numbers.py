"""The tables of a client's wave whose numbers are sums of answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page.accounts.select import accounts
from crqlab.page.client_view import ClientView
from crqlab.page.disclosure.adjusted_scores import Asked
from crqlab.page.groups.data import Groups
from crqlab.page.groups.select import groups
from crqlab.page.participation.select import resting_on_answers
from crqlab.page.scores.data import Scores
from crqlab.page.scores.select import scores
from crqlab.page.tables import table
from crqlab.page.years.data import Years
from crqlab.page.years.select import years


@dataclass(frozen=True, eq=False)
class ShownNumbers:
    """What one wave's files show of answers, withheld where groups are small, not rounded yet.

    Attributes
    ----------
    study : Study
    client_id, wave : str
    until : tuple of str
        That wave and all before it.
    scores : Scores
    accounts : DataFrame
        As of `ClientView`.
    nonresponse, held : DataFrame
        ``nonresponse`` and ``managers`` of `Participation`.
    means : DataFrame
        ``manager``, ``value``, ``low``, ``high``: account managers' means of shrunken scores.
    groups : Groups
    years : Years
    """

    study: Study
    client_id: str
    wave: str
    until: tuple[str, ...]
    scores: Scores
    accounts: pd.DataFrame
    nonresponse: pd.DataFrame
    held: pd.DataFrame
    means: pd.DataFrame
    groups: Groups
    years: Years

    @property
    def before(self) -> str:
        """The wave that changes are counted from; empty for a first wave."""
        return self.scores.before

    @cached_property
    def asked(self) -> Asked:
        """Who was asked in that wave, and when they answered."""
        return Asked.of(self.study, self.client_id, self.wave)


def of_view(study: Study, seen: ClientView) -> ShownNumbers:
    """Return these tables of a view."""
    part, means = seen.participation, seen.managers.table
    until = tuple(seen.scores.trend["wave"].unique())
    sums = seen.scores, seen.accounts, part.nonresponse, part.managers, means
    sides = seen.groups, seen.years
    return ShownNumbers(study, seen.client_id, seen.wave, (*until, seen.wave), *sums, *sides)


def of_wave(study: Study, client: str, wave: str) -> ShownNumbers:
    """Make these tables of an earlier wave as its own files have them."""
    which = {"client": client, "wave": wave}
    responses, contacts, people = (
        table(study, name, **which) for name in ("responses", "contacts", "respondents")
    )
    rows = table(study, "client_scores", client=client)
    order = in_order([*rows["wave"].unique(), wave])
    shown = accounts(study, client, wave, contacts[contacts["invited"]], responses)
    own = scores(study, client, wave, rows, people)
    silent, held = resting_on_answers(study, client, wave, shown, people["ltr"])
    means = table(study, "manager_scores", **which).rename(columns={"account_manager": "manager"})
    until = tuple(order[: order.index(wave) + 1])
    sides = groups(study, client, wave, shown), years(study, client, wave, many=False)
    return ShownNumbers(study, client, wave, until, own, shown, silent, held, means, *sides)
