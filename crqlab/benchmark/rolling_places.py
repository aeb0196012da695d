"""Clients that ask a slice of their accounts at a time are placed by all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.wave_entries import asked_in, unasked_scores
from crqlab.benchmark.ranked_units import Scores

KEY = ["client_id", "wave"]
#: How the doubt of a state was found; it is that of a normal posterior.
METHOD = "account_model"


def comparable(scores: Scores, book: Codebook) -> Scores:
    """Take away scores of waves that asked a part of the items, where they are of other items.

    Parameters
    ----------
    scores : Scores
        Of clients, or of accounts.
    book : Codebook
        Its ``waves`` tell what each asked.
    """
    table, asked = scores.table, book.instrument
    for wave in table["wave"].unique():
        gone = {*unasked_scores(book.waves, wave, asked), *_in_part(book, wave)} & set(table)
        if gone:
            mine = (table["wave"] == wave).to_numpy()
            table = table.assign(**{name: table[name].mask(mine) for name in gone})
    known = tuple(name for name in scores.measures if table[name].notna().any())
    return replace(scores, table=table, measures=known)


def _in_part(book: Codebook, wave: str) -> list[str]:
    """Constructs of which a wave asked some of the items."""
    has = set(asked_in(book.waves, wave, book.instrument.items))
    return [name for name, of in book.instrument.constructs.items() if not set(of.items) <= has]


def as_a_whole(scores: Scores, rolling: pd.DataFrame | None) -> Scores:
    """Put the state of all accounts in the place of the mean of those that a wave asked.

    Parameters
    ----------
    scores : Scores
        Of clients.
    rolling : DataFrame or None
        Table ``rolling_scores``; clients without rows in it keep their scores.

    Examples
    --------
    >>> table = pd.DataFrame({"client_id": ["a", "b"], "wave": "1", "crq": [5.0, 4.0]})
    >>> whole = pd.DataFrame({"client_id": ["b"], "wave": "1", "measure": "crq", "value": [4.4]})
    >>> as_a_whole(Scores(table, ("crq",), "client"), whole).table["crq"].tolist()
    [5.0, 4.4]
    """
    if rolling is None or rolling.empty:
        return scores
    wide = rolling.pivot_table(index=KEY, columns="measure", values="value")
    there = wide.reindex(pd.MultiIndex.from_frame(scores.table[KEY]))
    values = {
        name: there[name].fillna(pd.Series(scores.table[name].to_numpy(), there.index)).to_numpy()
        for name in scores.measures
        if name in there
    }
    return replace(scores, table=scores.table.assign(**values))


def errors_of_whole(
    intervals: pd.DataFrame | None, rolling: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Put intervals of the state of all accounts in the place of those of means.

    Parameters
    ----------
    intervals : DataFrame or None
        Table ``client_scores``.
    rolling : DataFrame or None
        Table ``rolling_scores``.
    """
    if intervals is None or rolling is None or rolling.empty:
        return intervals
    key = [*KEY, "measure"]
    told = pd.MultiIndex.from_frame(intervals[key]).isin(pd.MultiIndex.from_frame(rolling[key]))
    columns = [*key, "value", "low", "high", "level", "n_accounts"]
    own = rolling[columns].assign(roll_up="respondents", method=METHOD)
    return pd.concat([intervals[~np.asarray(told)], own], ignore_index=True)
