"""Scores of respondents, lined up for the account model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.base.waves import in_order
from crqlab.stats.account_model.answers import Answers, answers

_DAYS = 365.25


def respondent_answers(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    scores: Iterable[str],
    *,
    also: pd.DataFrame | None = None,
) -> Answers:
    """Line up what people answered; who answered none of the scores is not there.

    Parameters
    ----------
    respondents, responses : DataFrame
        Tables of these names; the second tells when a client's wave was answered.
    scores : iterable of str
        Columns of ``respondents``; those that nobody answered are left out.
    also : DataFrame, optional
        ``client_id``, ``wave``, ``account_id`` of accounts that count though nobody answered for
        them; of waves in which somebody of the client did.

    Raises
    ------
    EstimateError
        Nobody answered any of the scores.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.stats.account_model.respondent_answers(people, given, ["trust", "commitment"])
    >>> rows.scores
    ('trust', 'commitment')
    """
    people = respondents
    answered = [name for name in dict.fromkeys(scores) if name in people]
    values = people[[name for name in answered if people[name].notna().any()]].astype(float)
    heard = values.notna().any(axis=1).to_numpy()
    if not heard.any():
        raise EstimateError("respondents= has no answer to any score that the model is of.")
    people, values = people[heard], values[heard]
    if also is not None:
        people = pd.concat([people, also], ignore_index=True)
        values = values.reset_index(drop=True).reindex(range(len(people)))
    return answers(
        values,
        client=people["client_id"],
        account=people["account_id"],
        wave=people["wave"],
        waves=in_order(people["wave"]),
        time=_times(people, responses),
        person=people.get("contact_id"),
        role=people.get("role"),
    )


def _times(people: pd.DataFrame, responses: pd.DataFrame) -> NDArray | None:
    """When each client's wave was answered, in years; None where dates do not follow the waves."""
    block = ["client_id", "wave"]
    started = responses.groupby(block)["started"].mean()
    years = (started - pd.Timestamp(0)) / pd.Timedelta(days=_DAYS)
    found = years.reindex(pd.MultiIndex.from_frame(people[block])).to_numpy(float)
    table = people[block].assign(time=found).drop_duplicates(block)
    order = {wave: place for place, wave in enumerate(in_order(table["wave"]))}
    table = table.assign(place=table["wave"].map(order)).sort_values(["client_id", "place"])
    steps = table.groupby("client_id")["time"].diff()
    rising = (steps > 0) | (table.groupby("client_id").cumcount() == 0)
    return found if rising.all() and table["time"].notna().all() else None


def of_scores(rows: Answers, scores: Iterable[str]) -> Answers:
    """Return the answers to these scores in their order; empty columns where nobody was asked.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.stats.account_model.respondent_answers(people, given, ["trust", "commitment"])
    >>> crq.stats.account_model.of_scores(rows, ["trust"]).scores
    ('trust',)
    """
    names = tuple(scores)
    own = dict(zip(rows.scores, rows.values.T, strict=True))  # noqa: PD011
    nothing = np.full(len(rows.values), np.nan)
    values = np.column_stack([own.get(name, nothing) for name in names])
    return replace(rows, scores=names, values=values)


def asked(rows: Answers) -> Answers:
    """Return the answers without scores that nobody answered.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.stats.account_model.respondent_answers(people, given, ["trust", "commitment"])
    >>> some = crq.stats.account_model.asked(rows)
    """
    there = ~np.isnan(rows.values).all(axis=0)
    return of_scores(rows, [name for name, kept in zip(rows.scores, there, strict=True) if kept])


def unasked(rows: Answers) -> dict[str, NDArray]:
    """Tell by score the cells of clients nobody of whom answered it; none where all did.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> rows = crq.stats.account_model.respondent_answers(people, given, ["trust", "commitment"])
    >>> gaps = crq.stats.account_model.unasked(rows)
    """
    client = rows.account_client[rows.cell_account]
    found = {}
    for name, score in zip(rows.scores, rows.values.T, strict=True):  # noqa: PD011
        answered = client[rows.cell[~np.isnan(score)]]
        there = np.bincount(answered, minlength=len(rows.clients)) > 0
        if not there.all():
            found[name] = ~there[client]
    return found
