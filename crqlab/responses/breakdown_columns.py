"""Which unit, country and product an answer is about: columns that the codebook names."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.columns import DIMENSIONS
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.faults import Faults
from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import folded
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses.columns import first_of, none_has


def of_answers(grid: Grid, book: Codebook) -> dict[str, pd.Series]:
    """Return the groups of one file's responses, for what has a column there."""
    return {name: texts for name in DIMENSIONS if (texts := _column(grid, book, name)) is not None}


def breakdowns(
    responses: pd.DataFrame,
    origins: pd.DataFrame,
    accounts: pd.DataFrame | None,
    book: Codebook,
    grids: Mapping[str, Grid],
    faults: Faults,
) -> pd.DataFrame:
    """Sort responses by unit, country and product, as far as that is known.

    What the answers' own file says comes first, then what the accounts' file says of the account;
    a country that the codebook does not name a column for is the account's.

    Parameters
    ----------
    responses, origins : DataFrame
        Complete and in one order; ``origins`` has a column for each dimension of which some file
        with answers has one.
    accounts : DataFrame or None
        Table ``accounts``, in the order of its file.
    book : Codebook
    grids : mapping of file name to Grid
        Every file that was read.
    faults : Faults
        Hears of a column that no file has.

    Returns
    -------
    DataFrame, one row per response and dimension
        Table ``breakdowns``; responses of which nothing is known have no row.
    """
    parts = [empty("breakdowns")]
    keys = responses[["client_id", "wave", "response_id"]]
    for name in DIMENSIONS:
        found = origins.get(name)
        by_account = _of_account(responses, accounts, book, grids, name)
        if by_account is not None:
            found = by_account if found is None else found.fillna(by_account)
        if found is None:
            _missing(book, grids, faults, name)
            continue
        rows = keys.assign(dimension=name, group=_alike(found))
        parts.append(rows[found.notna()])
    return typed(pd.concat(parts, ignore_index=True), "breakdowns")


def _of_account(
    responses: pd.DataFrame,
    accounts: pd.DataFrame | None,
    book: Codebook,
    grids: Mapping[str, Grid],
    name: str,
) -> pd.Series | None:
    """What the accounts' file says of the account that answered."""
    if accounts is None or book.accounts is None:
        return None
    told = _column(grids[book.accounts.file], book, name)
    if told is None:
        told = accounts["country"] if name == "country" and not book.country else None
    if told is None or not told.notna().any():
        return None
    by = ["client_id", "account_id"]
    known = accounts[by].assign(group=told.to_numpy()).dropna().drop_duplicates(by)
    groups = responses[by].merge(known, on=by, how="left")["group"]
    return pd.Series(groups.to_numpy(), index=responses.index, dtype="str")


def _alike(groups: pd.Series) -> pd.Series:
    """Spell groups that differ in case or spaces alone as most answers do."""
    counts = groups.value_counts().rename_axis("said").reset_index(name="n")
    counts = counts.sort_values(["n", "said"], ascending=[False, True])
    usual = dict(zip(reversed(counts["said"].map(folded)), reversed(counts["said"]), strict=True))
    return groups.map(lambda said: usual[folded(said)], na_action="ignore").astype("str")


def _column(grid: Grid, book: Codebook, name: str) -> pd.Series | None:
    header = first_of(grid, getattr(book, name))
    if header is None:
        return None
    labels = {folded(code): label for code, label in grid.labels.get(header, {}).items()}
    return cells.spelled(grid.text(header), labels)


def _missing(book: Codebook, grids: Mapping[str, Grid], faults: Faults, name: str) -> None:
    """Note a column that the codebook names and no file has."""
    places = [source.file for source in book.responses.files]
    places += [book.accounts.file] if book.accounts else []
    rule = f"is the column of {name}, and neither the answers nor the accounts have it once"
    read = [grids[file] for file in places if file in grids]
    none_has(getattr(book, name), read, name, rule, faults)
