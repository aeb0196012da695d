"""A whole panel sorted at once: segments, how likely they are, and what the accounts pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, joined
from crqlab.base.contracts.frames import empty
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.waves import latest
from crqlab.segments.account_answers import LTR, unasked
from crqlab.segments.assignment import with_silent, with_waiting
from crqlab.segments.first_renewal import HORIZON, followed
from crqlab.segments.likeliest_segments import (
    NOT_SETTLED,
    SETTLED,
    SILENT,
    UNJUDGED,
    likeliest,
    unjudged,
)
from crqlab.segments.panel_models import AccountModels, account_models
from crqlab.segments.segment_posterior import SegmentPosterior
from crqlab.segments.thresholds import Thresholds

TOO_FEW = "too_few_accounts_for_probabilities"


@dataclass(frozen=True, slots=True, eq=False)
class Panel(Result):
    """Accounts in segments, or why they cannot be sorted.

    Attributes
    ----------
    table : DataFrame, one row per client, wave and account
        As table ``segments``; no rows where the thresholds do not fit.
    scored : DataFrame
        The same accounts in the same order, with all scores, ``revenue``, ``renewed``, and
        whether they are ``waiting``: not asked in the wave, expected from earlier answers.
    models : AccountModels or None
    whole, then : SegmentPosterior or None
        Given all waves, and given the waves up to each account's own.
    thresholds : Thresholds
    instrument : Instrument
    why : str
        Why nothing is sorted; empty where it is.
    """

    table: pd.DataFrame
    scored: pd.DataFrame
    models: AccountModels | None
    whole: SegmentPosterior | None
    then: SegmentPosterior | None
    thresholds: Thresholds
    instrument: Instrument
    why: str

    def __str__(self) -> str:
        if self.why:
            return f"No account is sorted by {self.thresholds.name}: {self.why}"
        counts = self.table["status"].value_counts()
        told = ", ".join(
            f"{counts[k]:,} {k.replace('_', ' ')}"
            for k in (SETTLED, NOT_SETTLED, SILENT, UNJUDGED)
            if k in counts
        )
        return f"{len(self.table):,} accounts by {self.thresholds.quoted}: {told}"

    @property
    def latest(self) -> pd.Series:
        """Whether a row belongs to the last wave of its client."""
        return latest(self.table)

    @property
    def expected_then(self) -> pd.DataFrame:
        """`scored`, the rules' scores being those that the model expected in each row's wave."""
        if self.then is None:
            return self.scored
        row = self.then.of(self.scored)
        means = {
            self.thresholds.column(name): np.where(row >= 0, mean[row], np.nan)
            for name, mean in self.then.mean.items()
        }
        return self.scored.assign(**means)


def panel(
    account_scores: pd.DataFrame,
    respondents: pd.DataFrame,
    accounts: pd.DataFrame,
    responses: pd.DataFrame,
    outcomes: pd.DataFrame,
    thresholds: Thresholds,
    instrument: Instrument,
    *,
    silent: pd.DataFrame | None = None,
    **options: Any,
) -> Panel:
    """Sort every account of every wave, with probability, revenue and renewal beside it.

    Parameters
    ----------
    account_scores, respondents, accounts, responses, outcomes, silent : DataFrame
        Tables of these names.
    thresholds : Thresholds
    instrument : Instrument
        Where the thresholds are not for it, the result has no rows and says why.
    **options
        ``modelled``, the tables ``account_model`` and ``account_posterior`` of these respondents;
        without them a model of the scores that the rules look at is fitted. ``draws`` of each
        account's scores and ``seed``, as `AccountModels.posteriors` takes them. ``horizon``, the
        days after a wave within which a due contract counts (`followed`). Nothing depends
        on the order of rows, or on what ids are called as long as they sort alike.

    Returns
    -------
    Panel

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    """
    why = thresholds.unsuited(instrument)
    modelled = options.pop("modelled", None)
    scored = account_scores if silent is None else with_silent(account_scores, silent)
    scored = with_waiting(scored, None if modelled is None else unasked(modelled[1]))
    own = accounts[["client_id", "account_id", "revenue", "account_manager"]]
    own = own.drop_duplicates(["client_id", "account_id"])
    scored = scored.merge(own, on=["client_id", "account_id"], how="left")
    scored = followed(scored, responses, outcomes, horizon=options.pop("horizon", HORIZON))
    thresholds = thresholds if why else thresholds.fitted(instrument)
    if why or not _answered(respondents, thresholds):
        why = why or "nobody answered"
        head = scored.head(0)
        return Panel(empty("segments"), head, None, None, None, thresholds, instrument, why)
    models = account_models(respondents, responses, thresholds, modelled)
    views = models.posteriors(thresholds, **options)
    whole, then = (
        unjudged(likeliest(scored, view, thresholds), np.append(stranger, False)[view.of(scored)])
        for view, stranger in zip(views, models.strangers(), strict=True)
    )
    keys = scored[["client_id", "wave", "account_id"]]
    given = scored[["n", "revenue", "account_manager", "renewed"]]
    table = pd.concat([keys, whole, then.add_suffix("_then"), given], axis=1)
    flag = _flags(scored, views[0])
    table = table.assign(thresholds=thresholds.quoted, flag=flag)
    return Panel(table, scored, models, *views, thresholds, instrument, "")


def _answered(respondents: pd.DataFrame, thresholds: Thresholds) -> bool:
    people = thresholds.worded(respondents)
    names = [name for name in (*thresholds.scores, LTR) if name in people]
    return bool(people[names].notna().any(axis=None))


def _flags(scored: pd.DataFrame, view: SegmentPosterior) -> NDArray:
    """Cautions of the scores, and that a panel is too small for probabilities."""
    row = view.of(scored)
    small = (row >= 0) & ~view.known[row]
    few = np.where(small, TOO_FEW, OK)
    return np.array([joined(cells) for cells in zip(scored["flag"], few, strict=True)], object)
