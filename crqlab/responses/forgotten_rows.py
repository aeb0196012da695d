"""Rows of people who asked to be forgotten are set aside before anything is derived of them."""

from __future__ import annotations

import pandas as pd

from crqlab.base.forgotten_people import Forgotten

_WHO = {"contact_id": "contact", "response_id": "response"}


def without_forgotten(
    rows: pd.DataFrame, contacts: pd.DataFrame | None, people: Forgotten
) -> tuple[pd.Series, pd.DataFrame | None, tuple[str, ...]]:
    """Say which responses stay, and take forgotten people out of the contacts.

    Parameters
    ----------
    rows : DataFrame
        ``client_id``, ``contact_id``, ``response_id``.
    contacts : DataFrame or None
        ``client_id``, ``contact_id``.
    people : Forgotten

    Returns
    -------
    tuple of Series of bool, DataFrame or None, tuple of str
        Whether each response stays; the contacts that stay; what was done, in counts alone.
    """
    stays = pd.Series(True, index=rows.index)
    for column, kind in _WHO.items():
        stays &= ~people.among(rows["client_id"], rows[column], kind)
    gone = 0
    if contacts is not None:
        mine = people.among(contacts["client_id"], contacts["contact_id"], "contact")
        gone, contacts = int(mine.sum()), contacts[~mine].reset_index(drop=True)
    n = int((~stays).sum())
    if not people.people:
        return stays, contacts, ()
    said = f"{n:,} responses and {gone:,} rows of contacts of forgotten people are set aside"
    return stays, contacts, (said,)
