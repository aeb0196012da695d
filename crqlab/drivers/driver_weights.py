"""What moves each outcome: weights and effects of drivers, over the panel and per client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.frames import stacked
from crqlab.base.results import Result
from crqlab.drivers.drivers_and_outcomes import Questions, questions
from crqlab.drivers.outcome_models import METHODS, Estimated, estimated
from crqlab.drivers.respondent_layout import LEVELS, Layout, at_level, centred, laid_out
from crqlab.stats.defaults import DRAWS, FEW_PER_DRIVER, LEVEL, SEED
from crqlab.stats.estimate import check_level

PANEL, CLIENT = "panel", "client"
Part = int | None  # the place of a client and wave; None is the panel


@dataclass(frozen=True, slots=True, eq=False)
class Weights(Result):
    """How much of each outcome every driver accounts for, and how far it moves it.

    Attributes
    ----------
    table : DataFrame
        Table ``driver_weights``: one row per scope, outcome, level, method and driver.
    effects : DataFrame
        Table ``driver_effects``: points of the outcome per point of the driver.
    questions : Questions
        What is explained by what, and what was left out.
    shares : dict of (client, wave) to ndarray, shape (1 + draws, drivers)
        Share of each driver, mean over outcomes, all answers: the estimate, then every draw.
        The panel is called ``("", "")``.
    answers : dict of (client, wave) to int
        Respondents behind these shares.
    level : float
    """

    table: pd.DataFrame
    effects: pd.DataFrame
    questions: Questions
    shares: dict[tuple[str, str], NDArray]
    answers: dict[tuple[str, str], int]
    level: float

    def __str__(self) -> str:
        if not self.questions.outcomes:
            return str(self.questions)
        rows = self.of().dropna(subset="weight")
        if rows.empty:
            return "Too few answers to tell what moves trust and the other outcomes"
        top = rows.loc[rows.groupby("outcome", sort=False)["share"].idxmax()]
        said = "; ".join(
            f"{row.outcome_label} by {row.label}, {row.share:.0%} [{row.share_low:.0%}, "
            f"{row.share_high:.0%}] of the {row.r2:.0%} that drivers explain"
            for row in top.itertuples()
        )
        n, accounts = rows["n"].max(), rows["n_accounts"].max()
        return f"Moved most: {said} (n = {n:,} respondents, {accounts:,} accounts)"

    def of(
        self,
        *,
        client: str = "",
        wave: str = "",
        outcome: str | None = None,
        level: str | None = "all",
        method: str = METHODS[0],
    ) -> pd.DataFrame:
        """Return rows of the table; no client means the panel, None any outcome or level."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        rows = rows[rows["method"] == method]
        for name, wanted in (("outcome", outcome), ("level", level)):
            rows = rows if wanted is None else rows[rows[name] == wanted]
        return rows.reset_index(drop=True)


def weights(
    respondents: pd.DataFrame,
    codebook: Codebook,
    *,
    outcomes: Sequence[str] = (),
    drivers: Sequence[str] = (),
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Weights:
    """Share what is known of each outcome out over its drivers.

    Over the panel, the mean of each client and wave is taken out first: people and accounts of
    one client are compared with each other. At level ``between`` the means of accounts are
    compared, at ``within`` the people of one account, at ``all`` both at once. People count by
    their survey weights, where they have any, and accounts at level ``between`` once.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    codebook : Codebook
    outcomes, drivers : sequence of str
        As for `crqlab.drivers.questions`.
    level : float
        Coverage of all intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts, and where their chance begins. A client's numbers depend
        neither on other clients nor on the order of rows.

    Returns
    -------
    Weights
        What cannot be estimated is missing; ``flag`` holds the code that says why.

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35, 1-19: relative weights.
    Lindeman, Merenda & Gold (1980), 119-127: LMG, the Shapley value of R-squared.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people = study.read("respondents")
    >>> print(crq.drivers.weights(people, study.codebook, draws=20))
    Moved most: Trust by Reliable, ... [...
    """
    check_level(level)
    asked = questions(codebook.instrument, outcomes=outcomes, drivers=drivers)
    layout = laid_out(respondents)
    parts = [None, *range(len(layout.blocks))] if asked.outcomes and len(layout.rows) else []
    rows, effects, shares, answers = [], [], {}, {}
    for part in parts:
        found = _found(layout, part, asked, level, draws, seed)
        rows += [_labelled(one, key, asked, m) for key, one in found.items() for m in METHODS]
        effects += [_effects(one, key, asked) for key, one in found.items()]
        shares[_name(layout, part)] = _mean_share(found, asked, draws)
        answers[_name(layout, part)] = max(one.n for key, one in found.items() if key[2] == "all")
    tables = (stacked(rows, "driver_weights"), stacked(effects, "driver_effects"))
    return Weights(*tables, asked, shares, answers, level)


def _name(layout: Layout, part: Part) -> tuple[str, str]:
    return ("", "") if part is None else layout.blocks[part]


def _found(
    layout: Layout, part: Part, asked: Questions, level: float, draws: int, seed: int
) -> dict[tuple[str, ...], Estimated]:
    """All outcomes and levels of the panel, or of one client and wave."""
    found = {}
    for outcomes, drivers, kept in _alike(layout, part, asked):
        rows = np.flatnonzero(kept)
        values = layout.values([*drivers, *outcomes])[rows]
        weight = layout.weight[rows]
        values = centred(values, layout.block[rows], weight) if part is None else values
        for where in LEVELS:
            cells = layout.cell[rows], layout.account[rows]
            some, groups, counted = at_level(values, *cells, where, weight)
            key = (*_name(layout, part), where)
            how = {"level": level, "draws": draws, "key": ("drivers", *key), "seed": seed}
            least = 0 if where == "all" else FEW_PER_DRIVER * len(drivers)
            several = estimated(some, groups, drivers, **how, least=least, weights=counted)
            found |= {(*key, name): one for name, one in zip(outcomes, several, strict=True)}
    return {key: found[key] for key in sorted(found, key=lambda key: _place(key, asked))}


def _place(key: tuple[str, ...], asked: Questions) -> tuple[int, int]:
    return list(asked.outcomes).index(key[3]), LEVELS.index(key[2])


def _alike(
    layout: Layout, part: Part, asked: Questions
) -> list[tuple[list[str], tuple[str, ...], NDArray]]:
    """Outcomes with the same drivers and the same complete answers, which are drawn together."""
    of_part = np.zeros(len(layout.rows), dtype=bool)
    of_part[slice(None) if part is None else slice(*layout.starts[part : part + 2])] = True
    groups: dict[tuple, tuple[list[str], tuple[str, ...], NDArray]] = {}
    for outcome, drivers in asked.outcomes.items():
        kept = of_part & layout.complete([*drivers, outcome])
        groups.setdefault((drivers, kept.tobytes()), ([], drivers, kept))[0].append(outcome)
    return list(groups.values())


def _labelled(one: Estimated, key: tuple[str, ...], asked: Questions, method: str) -> dict:
    """Columns of one method, with what tells its rows apart."""
    client, wave, where, outcome = key
    columns = one.columns[method]
    p = len(columns["driver"])
    told = {
        "scope": CLIENT if client else PANEL,
        "client_id": client,
        "wave": wave,
        "outcome": outcome,
        "level": where,
        "method": method,
        "outcome_label": asked.labels[outcome],
    }
    named = {"label": np.array([asked.labels[name] for name in columns["driver"]], dtype=object)}
    return {name: np.full(p, word, dtype=object) for name, word in told.items()} | named | columns


def _effects(one: Estimated, key: tuple[str, ...], asked: Questions) -> dict:
    columns = _labelled(one, key, asked, METHODS[0])
    slope = {"effect": "slope", "low": "slope_low", "high": "slope_high"}
    return columns | {name: columns[source] for name, source in slope.items()}


def _mean_share(found: dict, asked: Questions, draws: int) -> NDArray:
    """Mean over outcomes of the share at level all; a driver counts where it may explain."""
    total = np.zeros((1 + draws, len(asked.drivers)))
    counted = np.zeros_like(total)
    for (*_, where, outcome), one in found.items():
        if where == "all":
            place = [asked.drivers.index(name) for name in asked.outcomes[outcome]]
            total[:, place] += np.nan_to_num(one.shares)
            counted[:, place] += np.isfinite(one.shares)
    mean = np.divide(total, counted, out=np.full(total.shape, np.nan), where=counted > 0)
    return mean / mean.sum(axis=1, keepdims=True)
