"""The numbers of a client's view as statements about single answers, as precise as written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.study import Study
from crqlab.page.disclosure.adjusted_scores import AdjustedScores
from crqlab.page.disclosure.cells import Answers, Shrinkage
from crqlab.page.disclosure.shown_numbers import ShownNumbers
from crqlab.page.precision import decimals_of, most_decimals, nps_decimals
from crqlab.page.tables import table
from crqlab.participation.invitation_frame import UNKNOWN
from crqlab.scores.relationship_years import compared
from crqlab.stats.strata_contrasts import contrast_weights

HEADLINE = "scores.trend"  # each wave's own number
UNWEIGHTED = "unweighted"  # the roll-up that counts of answers tell exactly
#: Means by role, by unit, country or product, and gaps of roles: what goes first.
ROLES, UNITS, GAPS = "groups.table.roles", "groups.table.units", "groups.gaps"
YEARS = "years.gaps"  # later years against the first
_NEAR = 1e-6  # of a number and of what answers give for it, in units of the measure


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One number that leaves the house, as a sum over answers.

    Attributes
    ----------
    table, column : str
        Where it stands in the view.
    row : int
        The row of that table, by position.
    key : str
        What the row is about.
    weights : ndarray, shape (cells,)
        What it counts of each answer.
    low, high : float
        Between which the sum lies, as far as the number is written.
    """

    table: str
    column: str
    row: int
    key: str
    weights: NDArray
    low: float
    high: float

    @property
    def name(self) -> str:
        """Where it stands, as an auditor finds it."""
        return f"{self.table}.{self.column}/{self.key}"


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """All statements about one measure, and those whose numbers answers do not explain."""

    statements: tuple[Statement, ...]
    unexplained: tuple[str, ...]


#: Weights, and what is to be added to their sum, of a row of a table; None where not modelled.
_Sum = Callable[[int], tuple[NDArray, float] | None]


def told(study: Study, view: ShownNumbers, answers: Answers) -> Told:
    """Collect what a view, not rounded yet, tells of one measure.

    Parameters
    ----------
    study : Study
    view : ShownNumbers
        Withheld already; rounded later, to `crqlab.page.precision.decimals`.
    answers : Answers
        ``crq`` or ``nps`` of the view's wave and those before it.

    Returns
    -------
    Told
        Statements that all hold for the answers that the study has. NPS is told exactly where
        the answers behind it are counted: with survey weights that is the one without them.
    """
    measure = answers.measure
    scores = table(study, "account_scores", client=view.client_id)
    figures = study.codebook.privacy.revenue_figures
    exact = ("scores.roll_ups", UNWEIGHTED) if view.scores.weighted else (HEADLINE, view.wave)
    counted = {exact} if measure == "nps" and len(view.scores.ltr) else set()
    found, unexplained = [], []
    for name, column, rows, keys, of in _sources(study, view, answers, scores):
        most = {"places": most_decimals(name), "nps": nps_decimals(name)}
        places = decimals_of(rows, column, figures=figures, **most)
        values = rows[column].to_numpy(float)
        for row in np.flatnonzero(np.isfinite(values)):
            if (made := of(int(row))) is None:
                continue
            weights, more = made
            exact_too = places is None or (name, keys[row]) in counted
            half = 0.0 if exact_too else 0.5 * 10.0 ** -places[row]
            written = values[row] if exact_too else round(values[row], int(places[row]))
            exact = float(weights @ answers.counted)
            ends = min(written - half - more, exact), max(written + half - more, exact)
            one = Statement(name, column, int(row), keys[row], weights, *ends)
            if abs(exact + more - values[row]) > _NEAR:
                unexplained.append(one.name)
            else:
                found.append(one)
    return Told(tuple(found), tuple(unexplained))


_Source = tuple[str, str, pd.DataFrame, list[str], _Sum]


def _sources(
    study: Study, view: ShownNumbers, answers: Answers, scores: pd.DataFrame
) -> Iterator[_Source]:
    """Tables of a view with the column that is a sum of answers, and how it is one."""
    wave, before, measure = view.wave, view.before, answers.measure

    def of_measure(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[(rows["measure"] == measure).to_numpy(bool)]

    def of_rows(rows: pd.DataFrame, made: Callable[[str], NDArray], by: str) -> _Sum:
        names = rows[by].tolist()
        return lambda row: (made(names[row]), 0.0)

    trend = of_measure(view.scores.trend)
    trend = trend[trend["wave"].isin([wave, before]).to_numpy(bool)]
    by_wave = partial(answers.roll_up, "respondents")
    yield HEADLINE, "value", trend, trend["wave"].tolist(), of_rows(trend, by_wave, "wave")
    ups = of_measure(view.scores.roll_ups)
    ups = ups[(ups["roll_up"] != "respondents").to_numpy(bool)]  # stand in the trend
    made = of_rows(ups, partial(answers.roll_up, wave=wave), "roll_up")
    yield "scores.roll_ups", "value", ups, ups["roll_up"].tolist(), made
    parts = of_measure(view.scores.parts)
    made = of_rows(parts, partial(answers.change, wave=wave, before=before), "part")
    yield "scores.parts", "value", parts, parts["part"].tolist(), made
    yield from _nonresponse(view, answers)
    yield from _groups(view, answers)
    yield from _years(view, answers)
    ids = view.accounts["account_id"].tolist()
    means = answers.by_account(wave)
    yield measure_column(view.accounts, measure, ids, means)
    if measure == "crq":
        yield from _shrunken(view, answers, scores)


def measure_column(
    rows: pd.DataFrame, measure: str, ids: list[str], means: dict[str, NDArray]
) -> _Source:
    """Return the accounts' plain means as a source."""
    return "accounts", measure, rows, ids, lambda row: _plain(means.get(ids[row]))


def _plain(weights: NDArray | None) -> tuple[NDArray, float] | None:
    return None if weights is None else (weights, 0.0)


def _shrunken(view: ShownNumbers, answers: Answers, scores: pd.DataFrame) -> Iterator[_Source]:
    """What is made of shrunken scores: accounts, managers, dependence."""
    now, past = (Shrinkage.of(answers, w, scores) for w in (view.wave, view.before))
    rows, ids = view.accounts, view.accounts["account_id"].tolist()
    scale = answers.ends

    def score(row: int) -> tuple[NDArray, float] | None:
        cut = rows["shrunken"].iloc[row] in scale
        return None if cut else _plain(now.score(ids[row]))

    def change(row: int) -> tuple[NDArray, float] | None:
        both = now.score(ids[row]), past.score(ids[row])
        return None if both[0] is None or both[1] is None else (both[0] - both[1], 0.0)

    yield "accounts", "shrunken", rows, ids, score
    yield "accounts", "change", rows, ids, change
    owner = {one: str(who) for one, who in zip(ids, rows["manager"], strict=True)}
    heard = {one: made for one in now.means if (made := now.score(one)) is not None}
    people = view.means
    names = [str(name) for name in people["manager"]]
    mean = partial(_mean_of, heard, owner, names)
    yield "managers.table", "value", people, names, mean
    held = view.held
    names = held["name"].tolist()
    owner = dict(zip(ids, rows["manager"].fillna(UNKNOWN), strict=True))

    def without(row: int) -> tuple[NDArray, float] | None:
        others = {one for one, who in owner.items() if who != names[row]}
        return _plain(answers.mean(answers.of(view.wave, others)))

    yield "participation.managers", "crq_without", held, names, without
    share = partial(_goodwill, answers, heard, owner, held)
    yield "participation.managers", "goodwill_share", held, names, share


def _mean_of(
    heard: dict[str, NDArray], owner: dict[str, str], names: list[str], row: int
) -> tuple[NDArray, float] | None:
    """A manager's mean of shrunken scores; who has no manager is nobody's, ``nan``."""
    own = [made for one, made in heard.items() if owner.get(one, "nan") == names[row]]
    return _plain(np.mean(own, axis=0)) if own else None


def _goodwill(
    answers: Answers, heard: dict[str, NDArray], owner: dict[str, str], held: pd.DataFrame, row: int
) -> tuple[NDArray, float] | None:
    """A manager's share of goodwill: own goodwill less that share of all comes to nothing."""
    low, values = answers.ends[0], answers.counted
    made = np.array(list(heard.values())).reshape(-1, len(values))
    paid = np.array([answers.revenue.get(one, np.nan) for one in heard])
    paid = np.nan_to_num(paid) if np.isfinite(paid).any() else np.ones(len(paid))
    whole = float(paid @ (made @ values - low))
    if whole <= 0:
        return None
    share, name = float(held["goodwill_share"].iloc[row]), held["name"].iloc[row]
    mine = np.array([owner.get(one) == name for one in heard], dtype=float)
    parts = (mine - share) * paid / whole
    return parts @ made, share - low * float(parts.sum())


def _groups(view: ShownNumbers, answers: Answers) -> Iterator[_Source]:
    """Roles, units, countries and products: their means, what these are off the others, gaps."""
    wave, measure = view.wave, answers.measure

    def mean(rows: pd.DataFrame, row: int) -> tuple[NDArray, float]:
        return answers.mean(answers.group(*keys_of(rows, row), wave)), 0.0

    def away(rows: pd.DataFrame, row: int) -> tuple[NDArray, float]:
        own = answers.group(*keys_of(rows, row), wave)
        return answers.mean(own) - answers.mean(answers.of(wave) & ~own), 0.0

    def keys_of(rows: pd.DataFrame, row: int) -> tuple[str, str]:
        return rows["dimension"].iloc[row], rows["group"].iloc[row]

    for name, rows in ((ROLES, view.groups.roles), (UNITS, view.groups.units)):
        rows = rows[(rows["measure"] == measure).to_numpy(bool)]
        keys = (rows["dimension"] + "/" + rows["group"]).tolist()
        yield name, "value", rows, keys, partial(mean, rows)
        yield name, "difference", rows, keys, partial(away, rows)
    rows = view.groups.gaps
    rows = rows[(rows["measure"] == measure).to_numpy(bool)]
    pairs = list(zip(rows["role"], rows["other"], strict=True))
    keys = [f"{one}/{other}" for one, other in pairs]
    yield GAPS, "value", rows, keys, lambda row: (answers.gap(*pairs[row], wave), 0.0)


def _years(view: ShownNumbers, answers: Answers) -> Iterator[_Source]:
    """Later years against the first: accounts' means of this wave and those before it."""
    rows, days = view.years.gaps, view.years.accounts
    rows = rows[(rows["measure"] == answers.measure).to_numpy(bool)]
    if rows["value"].isna().all():
        return
    means = {wave: answers.by_account(wave) for wave in days["wave"].unique()}
    made = [
        means[wave].get(one) for wave, one in zip(days["wave"], days["account_id"], strict=True)
    ]
    days = days[[one is not None for one in made]]
    cells = np.array([one for one in made if one is not None])

    def contrast(row: int) -> tuple[NDArray, float]:
        sides = compared(days, rows["contrast"].iloc[row])
        some = sides[0] | sides[1]
        wave, block = days["wave"][some], ["client"] * int(some.sum())
        return contrast_weights(sides[0][some], wave, block) @ cells[some], 0.0

    yield YEARS, "value", rows, rows["contrast"].tolist(), contrast


def _nonresponse(view: ShownNumbers, answers: Answers) -> Iterator[_Source]:
    rows = view.nonresponse
    kept = (rows["measure"] == answers.measure) & (rows["view"] != "raw")  # stands in the trend
    rows = rows[kept.to_numpy(bool)]
    if rows["value"].notna().any():
        made = AdjustedScores(answers, view.asked, view.wave, rows)
        yield "participation.nonresponse", "value", rows, rows["view"].tolist(), made.of
