"""What the page of one client and wave shows, ready to be laid out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from crqlab.base.codebook import Privacy
from crqlab.base.instrument import Instrument
from crqlab.language import OWN, Language, language
from crqlab.page.accounts.data import MeetingSheets
from crqlab.page.actions.data import Actions
from crqlab.page.agreed.data import Agreed
from crqlab.page.benchmark.data import Benchmark
from crqlab.page.comments.data import Themes
from crqlab.page.drivers.data import Drivers
from crqlab.page.groups.data import Groups
from crqlab.page.managers.data import Managers
from crqlab.page.participation.data import Participation
from crqlab.page.renewal.data import Renewal
from crqlab.page.scores.data import Scores
from crqlab.page.segments.data import Segments
from crqlab.page.summary.data import Findings
from crqlab.page.years.data import Years
from crqlab.show.number_format import count
from crqlab.show.records import records

FLIPPED = "flipped"  # the check that finds mirrored scales


@dataclass(frozen=True, eq=False)
class ClientView:
    """One client's wave: every table already filtered, and withheld where groups are small.

    Attributes
    ----------
    title : str
        The study.
    client_id, client, wave : str
    synthetic : bool
        Whether the data are made up.
    unconfirmed : int
        Points of the codebook that were drafted and nobody has confirmed.
    currency : str
    instrument : Instrument
    privacy : Privacy
        The smallest groups whose scores and words are shown.
    n_respondents, n_accounts : int
        Responses that scores are made of, and the accounts they come from.
    n_excluded : int
        Responses left out of the scores.
    n_own : int
        Respondents of whom no account is known: each stands as an account of its own.
    participation : Participation
    scores : Scores
        The client's own numbers.
    groups : Groups
        The same by role, unit, country and product.
    years : Years
        Whether scores fall after the first year of a relationship.
    accounts : DataFrame, one row per account
        The columns of ``account_scores`` with ``name``, ``manager``, ``revenue``,
        ``invited`` (contacts), ``status`` (scored, not_scored, silent, or not asked:
        not_asked this time, not_invited for longer than meant, never_asked) and ``withheld``.
    comments : DataFrame
        ``question``, ``words``, ``account``, ``language``: no row of a withheld question.
    questions : DataFrame
        ``question``, ``wording``, ``n`` (people who wrote something), ``withheld``.
    excluded : DataFrame
        ``check``, ``rule``, ``n_flagged``, ``n_excluded`` (responses).
    benchmark : Benchmark
        Where the client stands among others.
    segments : Segments
        Its accounts by segment.
    drivers : Drivers
        What moves its relationships, and what to fix first.
    renewal : Renewal
        What the next renewals may bring.
    actions : Actions
        What to do with whom.
    themes : Themes
        What the comments speak of.
    summary : Findings
        What the page says in short.
    agreed : Agreed
        What was agreed in earlier waves, and how far it is.
    managers : Managers or None
        What hangs on each account manager; None while a view is being made.
    meetings : MeetingSheets or None
        Accounts that a meeting is due with; None while a view is being made.
    language : Language
        In which the page speaks: what turns codes and numbers into words.
    """

    title: str
    client_id: str
    client: str
    wave: str
    synthetic: bool
    unconfirmed: int
    currency: str
    instrument: Instrument
    privacy: Privacy
    n_respondents: int
    n_accounts: int
    n_excluded: int
    n_own: int
    participation: Participation
    scores: Scores
    groups: Groups
    years: Years
    accounts: pd.DataFrame
    comments: pd.DataFrame
    questions: pd.DataFrame
    excluded: pd.DataFrame
    benchmark: Benchmark
    segments: Segments
    drivers: Drivers
    renewal: Renewal
    actions: Actions
    themes: Themes
    summary: Findings
    agreed: Agreed
    managers: Managers | None
    meetings: MeetingSheets | None
    language: Language = field(default_factory=lambda: language(OWN))

    def __str__(self) -> str:
        people = f"{count(self.n_respondents, 'respondent')} of {count(self.n_accounts, 'account')}"
        return f"{self.client}, wave {self.wave}: {people}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands above everything that is made of this view, in its language."""
        told = warnings(self.language, self.synthetic, self.unconfirmed)
        none = unscored_sentence(self.language, self.unscored, self.n_excluded)
        return (*([none] if none else []), *told)

    @property
    def unscored(self) -> str:
        """Why nothing of the wave is scored: ``mirrored`` or ``set_aside``; empty where it is."""
        if self.n_respondents or not self.n_excluded:
            return ""
        mirrored = (self.excluded["check"] == FLIPPED) & (self.excluded["n_excluded"] > 0)
        return "mirrored" if mirrored.any() else "set_aside"

    @property
    def alone(self) -> bool:
        """Whether of nobody an account is known: people are the units then."""
        return 0 < self.n_respondents == self.n_own

    @property
    def before(self) -> str:
        """The wave that changes are counted from; empty for a first wave."""
        return self.scores.before

    @property
    def measures(self) -> pd.DataFrame:
        """The wave's numbers, one measure a row; see `Scores`."""
        return self.scores.measures

    @cached_property
    def scored(self) -> pd.DataFrame:
        """Accounts with a score, the highest shrunken one first; withheld ones last, by name."""
        rows = self.accounts[self.accounts["status"] == "scored"]
        return rows.sort_values(
            ["shrunken", "name", "account_id"], ascending=[False, True, True], ignore_index=True
        )

    def measure(self, name: str) -> dict[str, Any] | None:
        """Return one measure's row, or None where this client has no such number."""
        return self._measured.get(name)

    @cached_property
    def _measured(self) -> dict[str, dict[str, Any]]:
        return {row.measure: vars(row) for row in records(self.measures)}


def unscored_sentence(language: Language, why: str, n: int) -> str:
    """Say that none of a wave's answers is scored, and why; empty where some are."""
    return language.say(f"summary.unscored_{why}", n=n) if why else ""


def warnings(language: Language, synthetic: bool, unconfirmed: int) -> Iterator[str]:
    """Say that data are made up, and that a codebook is a draft."""
    if synthetic:
        yield language.say("frame.synthetic")
    if unconfirmed:
        yield language.say("frame.draft", n=unconfirmed)
