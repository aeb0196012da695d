"""From answers to one CRQ score, and one mean per construct, for every person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.base.errors import EstimateError
from crqlab.base.instrument import Instrument
from crqlab.scores.pulse_scores import in_pulses, mean_of
from crqlab.stats.survey_weights import mean_one


def respondents(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Score every included respondent.

    A construct's mean needs the instrument's ``item_share`` of its items (half, unless the
    codebook says otherwise), or that share of its parts. The CRQ score is the mean of the
    construct means that the rule of the codebook names, given the required ones and at least
    so many. Uniqueness is the mean of its constructs and needs the same share of them. Survey
    weights are taken relative to their mean in the client's wave, so that they say whom an answer
    stands for, and no wave counts more for having been scaled otherwise; an answer without one,
    kept by hand in a wave that has them, counts as an average one. Of waves that
    asked a part of the items (`waves:` of the codebook) what needs the others is missing by
    design (`crqlab.scores.pulse_scores.in_pulses`).

    Parameters
    ----------
    responses : DataFrame, one row per response
        Table ``responses``, answers in scale points as given; rows that are not ``included``
        get no score and no row.
    codebook : Codebook
        Instrument and order of roles.

    Returns
    -------
    DataFrame, one row per respondent, sorted by ``response_id``
        Table ``respondents``; scores in scale points of the instrument, missing where too
        little was answered; ``seniority`` 1 is the most senior role; ``weight`` missing where
        the client's wave has no survey weights.

    Raises
    ------
    EstimateError
        No response is included.

    Examples
    --------
    >>> book = Codebook.model_validate({
    ...     "title": "Mini", "responses": {"files": ["a.csv"]}, "roles": {"order": ["CEO"]},
    ...     "instrument": {"name": "mini", "version": "1", "scale": [1, 7],
    ...         "items": {"t1": "", "t2": {"reversed": True}, "s1": ""},
    ...         "constructs": {"trust": {"label": "Trust", "items": ["t1", "t2"]},
    ...                        "satisfaction": {"label": "Satisfaction", "items": ["s1"]}},
    ...         "crq": {"constructs": ["trust", "satisfaction"], "required": ["trust"]}}})
    >>> answers = pd.DataFrame({
    ...     "client_id": "C1", "wave": "2025", "response_id": ["r1", "r2"], "account_id": "A",
    ...     "contact_id": ["p", "q"], "role": ["CEO", None], "familiarity": [6.0, 4.0],
    ...     "ltr": [9.0, 7.0], "included": True,
    ...     "t1": [6.0, None], "t2": [3.0, None], "s1": [7.0, 5.0]})
    >>> respondents(answers, book)[["response_id", "seniority", "trust", "crq"]]
      response_id  seniority  trust   crq
    0          r1        1.0    5.5  6.25
    1          r2        NaN    NaN   NaN
    """
    rows = responses[responses["included"].to_numpy(bool)]
    if rows.empty:
        raise EstimateError(
            f"None of {len(responses)} responses is included; scores need at least one. "
            "See the quality table for the reasons, and overrule them in decisions.csv."
        )
    rows = rows.sort_values("response_id", ignore_index=True)
    asked = codebook.instrument
    items = asked.keyed(rows[list(asked.items)].astype(float))
    means, crq_told, unique_told = in_pulses(items, rows["wave"], codebook)
    ranks = {role: float(rank) for rank, role in enumerate(codebook.roles.order, start=1)}
    scored = rows.assign(
        seniority=rows["role"].map(ranks).astype(float),
        confidence=rows["familiarity"].astype(float),
        weight=_weights(rows),
        n_items=items.notna().sum(axis=1).astype("int64"),
        crq=np.where(crq_told, crq(means, asked), np.nan) if asked.crq.constructs else np.nan,
        uniqueness=np.where(
            unique_told,
            mean_of([means[name] for name in asked.uniqueness], len(rows), asked.item_share),
            np.nan,
        ),
        **means,
    )
    return scored[list(contract("respondents").for_instrument(asked))]


def _weights(rows: pd.DataFrame) -> NDArray:
    given = rows.get("weight", pd.Series(np.nan, index=rows.index))
    return mean_one(given, pd.MultiIndex.from_frame(rows[["client_id", "wave"]]))


def crq(means: Mapping[str, NDArray], instrument: Instrument) -> NDArray:
    """Return the CRQ score of every respondent: the mean of construct means, under the rule.

    Parameters
    ----------
    means : mapping of construct to ndarray
        One value per respondent, scale points (see `constructs`).
    instrument : Instrument

    Returns
    -------
    ndarray
        Scale points; missing without a required construct or with too few of them.
    """
    rule = instrument.crq
    columns = np.column_stack([means[name] for name in rule.constructs])
    required = [rule.constructs.index(name) for name in rule.required]
    complete = ~np.isnan(columns[:, required]).any(axis=1)
    share = rule.at_least / len(rule.constructs)
    return np.where(complete, mean_of(list(columns.T), len(columns), share), np.nan)
