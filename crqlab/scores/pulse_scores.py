"""Construct means of people, also of waves that asked a part of the items."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.instrument import Instrument
from crqlab.base.wave_entries import asked_in
from crqlab.base.waves import in_order

ROUNDING = 1e-9  # a third of three items is one item, whatever a float makes of it


def in_pulses(
    items: pd.DataFrame, wave: pd.Series, book: Codebook
) -> tuple[dict[str, NDArray], NDArray, NDArray]:
    """Return construct means, and whether each person's wave asked all that CRQ is made of.

    A mean of other items is another quantity: a wave is not lower for having asked harder ones.
    Where a wave asked a part of a construct's items, at least ``item_share`` of them, its mean
    is brought to the level of the whole (mean linking): what the whole mean was above the mean of
    these items among all who answered the whole, in this wave and those before. Where none of them
    asked it whole, the construct is missing. CRQ and uniqueness are missing, by design, in waves
    that did not ask all constructs that they are made of; the account model links them.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Keyed answers.
    wave : Series
    book : Codebook

    Returns
    -------
    (dict of name to ndarray, ndarray of bool, ndarray of bool)
        As `constructs` has them; whether CRQ, and uniqueness, can be told.

    References
    ----------
    Kolen & Brennan (2014), Test Equating, Scaling, and Linking, 3rd ed., section 2.1: mean linking.

    Examples
    --------
    >>> book = Codebook.model_validate({
    ...     "title": "Mini", "responses": {"files": ["a.csv"]}, "waves": {"2": {"items": ["t1"]}},
    ...     "instrument": {"name": "mini", "version": "1", "scale": [1, 7],
    ...         "items": {"t1": "", "t2": ""},
    ...         "constructs": {"trust": {"label": "Trust", "items": ["t1", "t2"]}},
    ...         "crq": {"constructs": ["trust"]}}})
    >>> items = pd.DataFrame({"t1": [6.0, 5.0], "t2": [4.0, np.nan]})
    >>> in_pulses(items, pd.Series(["1", "2"]), book)[0]["trust"].tolist()
    [5.0, 4.0]
    """
    asked = book.instrument
    means = constructs(items, asked)
    told = {name: np.full(len(items), True) for name in ("crq", "uniqueness")}
    order = in_order(wave.unique())
    for place, name in enumerate(order):
        has = set(asked_in(book.waves, name, asked.items))
        if has >= set(asked.items):
            continue
        mine = (wave == name).to_numpy()
        whole = _whole(asked, has)
        earlier = wave.isin(order[: place + 1]).to_numpy()
        for one, construct in asked.constructs.items():
            if whole[one]:
                continue
            given = [item for item in construct.items if item in has]
            lift = _lift(items[earlier], list(construct.items), given)
            means[one] = means[one] + np.where(mine, lift, 0.0)
        for score, of in (("crq", asked.crq.constructs), ("uniqueness", asked.uniqueness)):
            told[score] &= ~mine | all(whole[one] for one in of)
    return means, told["crq"], told["uniqueness"]


def _whole(asked: Instrument, has: set[str]) -> Mapping[str, bool]:
    """Whether all items of each construct, its parts' included, were asked."""
    own = {name: set(of.items) <= has for name, of in asked.constructs.items()}
    return {
        name: own[name] and all(own[part] for part in of.parts)
        for name, of in asked.constructs.items()
    }


def _lift(items: pd.DataFrame, whole: list[str], given: list[str]) -> float:
    """What the mean of all of a construct's items lies above that of some; missing if unknown."""
    complete = items[whole].dropna() if given else items.head(0)
    return float((complete.mean(axis=1) - complete[given].mean(axis=1)).mean())


def constructs(items: pd.DataFrame, instrument: Instrument) -> dict[str, NDArray]:
    """Return the mean of every construct, in the instrument's order.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Keyed answers (see `Instrument.keyed`), cells may be missing.
    instrument : Instrument

    Returns
    -------
    dict of name to ndarray, one value per respondent
        Scale points; missing where less than ``item_share`` of the items, or parts, is there.
    """
    share, n = instrument.item_share, len(items)
    means: dict[str, NDArray] = {}
    for name, construct in instrument.constructs.items():
        if construct.items:
            means[name] = mean_of([items[i].to_numpy() for i in construct.items], n, share)
    for name, construct in instrument.constructs.items():
        if construct.parts:
            means[name] = mean_of([means[part] for part in construct.parts], n, share)
    return {name: means[name] for name in instrument.constructs}


def mean_of(columns: list[NDArray], n: int, share: float) -> NDArray:
    """Mean over columns where at least a share of them is present.

    Examples
    --------
    >>> mean_of([np.array([1.0, 1.0]), np.array([2.0, np.nan]), np.array([6.0, np.nan])], 2, 0.5)
    array([ 3., nan])
    """
    if not columns:
        return np.full(n, np.nan)
    values = np.column_stack(columns)
    present = ~np.isnan(values)
    count = present.sum(axis=1)
    total = np.where(present, values, 0).sum(axis=1)
    enough = count >= share * len(columns) - ROUNDING
    return np.where(enough, total / np.maximum(count, 1), np.nan)
