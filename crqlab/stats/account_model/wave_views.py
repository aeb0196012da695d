"""The account model as every wave of a panel knew it.

There are two views, never mixed: given the answers of all waves, for history; and given those of
the waves up to the account's own, the model's numbers included, for a page of that wave and for
whatever foretells. At the latest wave they are one and the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.estimation import fit
from crqlab.stats.account_model.model import AccountModel
from crqlab.stats.account_model.posterior import posterior
from crqlab.stats.account_model.respondent_rows import asked, of_scores, unasked

#: Accounts that a model needs for each of its scores: with fewer, probabilities are told too high
#: (docs/validation.md).
PER_SCORE = 3
LEAST = 12
Models = Mapping[str, AccountModel | None]


def wave_models(
    rows: Answers, *, waves: Iterable[str] | None = None
) -> dict[str, AccountModel | None]:
    """Fit the model to the answers up to each wave; None where the accounts are too few.

    Parameters
    ----------
    rows : Answers
        From `respondent_answers`; where accounts are few, of as many scores as they bear, the
        first ones.
    waves : iterable of str, optional
        Only these; by default all.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.stats.account_model.respondent_answers(people, given, ["trust", "commitment"])
    >>> sorted(crq.stats.account_model.wave_models(rows))
    ['2023', '2024', '2025']
    """
    some = rows.waves if waves is None else waves
    return {wave: _fitted(asked(rows.until(wave))) for wave in some}


def _fitted(rows: Answers) -> AccountModel | None:
    """The model of these answers, where accounts are enough and somebody speaks for one twice."""
    accounts = len(rows.account_client)
    if accounts < LEAST or rows.n.max() < 2:
        return None
    return fit(of_scores(rows, rows.scores[: accounts // PER_SCORE]))


def packed(model: AccountModel | None) -> str | None:
    """Return a model as a cell of a table, to the last digit.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.stats.account_model.respondent_answers(people, given, ["trust", "commitment"])
    >>> models = crq.stats.account_model.wave_models(rows)
    >>> text = crq.stats.account_model.packed(models["2025"])
    """
    return None if model is None else json.dumps(model.document(), ensure_ascii=False)


def models_of(table: pd.DataFrame) -> dict[str, AccountModel | None]:
    """Return the models of table ``account_model``, by wave.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> sorted(crq.stats.account_model.models_of(study.read("account_model")))
    ['2023', '2024', '2025']
    """
    read = (
        AccountModel.from_document(json.loads(cell)) if isinstance(cell, str) else None
        for cell in table["document"]
    )
    return dict(zip(table["wave"], read, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What the model expects of accounts in one view.

    Attributes
    ----------
    mean, sd : mapping of score to ndarray, one per cell
        In the units of the scores, ``ltr`` being the mean LTR and ``nps`` the NPS that goes with
        it; missing where a client was never asked, or accounts were too few for a model.
    """

    mean: dict[str, NDArray]
    sd: dict[str, NDArray]


def expected(rows: Answers, models: Models) -> tuple[Expected, Expected]:
    """Expect the scores of every account and wave, given all waves, and given those up to its own.

    Parameters
    ----------
    rows : Answers
    models : mapping of wave to AccountModel or None

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.stats.account_model.respondent_answers(people, given, ["trust", "commitment"])
    >>> models = crq.stats.account_model.wave_models(rows)
    >>> whole, then = crq.stats.account_model.expected(rows, models)
    """
    size = len(rows.cell_account)
    names = dict.fromkeys(name for one in models.values() if one for name in one.scores)
    names |= {"nps": None} if "ltr" in names else {}
    whole, then = (_nothing(names, size) for _ in range(2))
    wave = rows.block_wave[rows.cell_block]
    for place, name in enumerate(rows.waves):
        cells = np.flatnonzero(wave <= place)
        if (model := models[name]) is None:
            continue
        found = _expected(model, of_scores(rows.until(name), model.scores))
        own = wave[cells] == place
        _put(then, found, cells[own], own)
        if name == rows.waves[-1]:
            _put(whole, found, cells, np.ones(len(cells), dtype=bool))
    return whole, then


def _nothing(names: Mapping[str, None], size: int) -> Expected:
    return Expected(*({name: np.full(size, np.nan) for name in names} for _ in range(2)))


def _put(into: Expected, found: Expected, cells: NDArray, kept: NDArray) -> None:
    for ours, theirs in ((into.mean, found.mean), (into.sd, found.sd)):
        for name, values in theirs.items():
            ours[name][cells] = values[kept]


def _expected(model: AccountModel, rows: Answers) -> Expected:
    found = posterior(model, rows)
    mean, sd = (dict(zip(rows.scores, part.T, strict=True)) for part in (found.mean, found.sd))
    for name, gone in unasked(rows).items():
        mean[name], sd[name] = (np.where(gone, np.nan, part[name]) for part in (mean, sd))
    if "ltr" in mean:
        likely, doubt = mean["ltr"], sd["ltr"]
        low, here, high = (_nps(model, likely + step * doubt) for step in (-1, 0, 1))
        mean["nps"], sd["nps"] = here, (high - low) / 2
    return Expected(mean, sd)


def _nps(model: AccountModel, likely: NDArray) -> NDArray:
    told = model.promoters("ltr").nps(np.nan_to_num(likely)).astype(float)
    return np.where(np.isnan(likely), np.nan, told)
