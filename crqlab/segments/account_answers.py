"""Answers to the scores that rules look at, lined up for the account model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.base.waves import in_order
from crqlab.segments.conditions import LIKELY
from crqlab.segments.thresholds import Thresholds
from crqlab.stats import account_model, nps
from crqlab.stats.account_model import Answers

LTR = "ltr"
KEYS = ["client_id", "wave", "account_id"]
_DAYS = 365.25


def lined_up(respondents: pd.DataFrame, responses: pd.DataFrame, thresholds: Thresholds) -> Answers:
    """Line up what people answered, under the rules' words; LTR as ``ltr``.

    Parameters
    ----------
    respondents, responses : DataFrame
        Tables of these names; the second tells when a client's wave was answered.
    thresholds : Thresholds
        Fitted to the instrument.

    Raises
    ------
    EstimateError
        Nobody answered any score that the rules look at.
    """
    people = thresholds.worded(respondents)
    wanted = dict.fromkeys(LTR if name in LIKELY else name for name in thresholds.scores)
    answered = [name for name in wanted if name in people and people[name].notna().any()]
    values = people[answered].astype(float)
    heard = values.notna().any(axis=1).to_numpy()
    if not heard.any():
        raise EstimateError("respondents= has no answer to any score that the rules look at.")
    people, values = people[heard], values[heard]
    return account_model.answers(
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


def asked(rows: Answers) -> Answers:
    """Return the answers without scores that nobody answered."""
    there = ~np.isnan(rows.values).all(axis=0)
    names = tuple(name for name, kept in zip(rows.scores, there, strict=True) if kept)
    return replace(rows, scores=names, values=rows.values[:, there])  # noqa: PD011


def unasked(rows: Answers) -> dict[str, NDArray]:
    """Tell by score the cells of clients nobody of whom answered it; none where all did."""
    client = rows.account_client[rows.cell_account]
    found = {}
    for name, score in zip(rows.scores, rows.values.T, strict=True):  # noqa: PD011
        answered = client[rows.cell[~np.isnan(score)]]
        there = np.bincount(answered, minlength=len(rows.clients)) > 0
        if not there.all():
            found[name] = ~there[client]
    return found


def keyed(rows: Answers) -> pd.DataFrame:
    """Return client, wave and account of every cell."""
    return rows.keys().rename(columns={"client": "client_id", "account": "account_id"})[KEYS]


def places(keys: pd.DataFrame, wanted: pd.DataFrame) -> NDArray:
    """Return the row of ``keys`` of each row of ``wanted``, -1 where there is none."""
    index = pd.MultiIndex.from_frame(keys)
    return index.get_indexer(pd.MultiIndex.from_frame(wanted[KEYS]))


def plain_means(rows: Answers) -> dict[str, NDArray]:
    """Return the mean of each cell's answers, and its net promoter score."""
    answers = dict(zip(rows.scores, rows.values.T, strict=True))  # noqa: PD011
    found = {name: _mean(rows, score) for name, score in answers.items()}
    if LTR in found:
        ltr = answers[LTR]
        code = nps.categories(pd.Series(ltr)).cat.codes.to_numpy(float)
        found["nps"] = _mean(rows, np.where(code < 0, np.nan, 100 * (code - 1)))
    return found


def _mean(rows: Answers, score: NDArray) -> NDArray:
    there, size = ~np.isnan(score), len(rows.cell_account)
    n = np.bincount(rows.cell[there], minlength=size)
    total = np.bincount(rows.cell[there], weights=score[there], minlength=size)
    return np.divide(total, n, out=np.full(size, np.nan), where=n > 0)
