"""From sums of accounts to the units that are ranked: clients' waves, and accounts' waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.results import Result
from crqlab.benchmark.account_cube import Cube

LEAST_ACCOUNTS, LEAST_ANSWERS = 3, 3
RATES = {"contacts": "completion", "revenue": "revenue_coverage"}
GROUPS = ("industry", "country", "wave", "tier")
DECIMALS = 9  # of a score; what lies behind them is how a machine happened to sum up


@dataclass(frozen=True, slots=True, eq=False)
class Scores(Result):
    """What is ranked: one row per client and wave, or per account and wave.

    Attributes
    ----------
    table : DataFrame
        ``client_id``, ``wave``, ``account_id`` (accounts only), ``industry``, ``country``,
        ``tier`` (accounts only), ``n_accounts``, and one column per measure (scale points, NPS
        in points, shares for rates); missing where too little was answered.
    measures : tuple of str
    unit : str
        ``"client"`` or ``"account"``.
    """

    table: pd.DataFrame
    measures: tuple[str, ...]
    unit: str

    def __str__(self) -> str:
        return (
            f"{len(self.table):,} {self.unit} scores of {self.table['client_id'].nunique():,} "
            f"clients in {self.table['wave'].nunique()} waves, on {len(self.measures)} measures"
        )


def client_scores(
    cube: Cube,
    clients: pd.DataFrame | None = None,
    *,
    completion: pd.DataFrame | None = None,
    least: int = LEAST_ACCOUNTS,
) -> Scores:
    """Score every client and wave; everyone counts once, or by the survey weight.

    Parameters
    ----------
    cube : Cube
    clients : DataFrame, optional
        Table ``clients``, for industry and country.
    completion : DataFrame, optional
        Table ``completion``, for the shares of contacts and of revenue that answered.
    least : int
        Accounts with an answer that a client's score needs.

    Returns
    -------
    Scores

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> panel = crq.benchmark.panel(study)
    >>> cube = crq.benchmark.cube(panel, study.codebook.instrument)
    >>> result = crq.benchmark.client_scores(cube)
    """
    first = _first_rows(cube.table, ["wave", "client_id"])
    table = cube.table[["client_id", "wave"]].take(first).reset_index(drop=True)
    found = {"n_accounts": np.diff(np.append(first, len(cube.table)))}
    for name in cube.measures:
        n, total, whole = _measured(cube, name)
        heard = _runs(n > 0, first) >= least
        found[name] = np.where(heard, _ratio(_runs(total, first), _runs(whole, first)), np.nan)
    table = table.assign(**found)
    rates = [] if completion is None else list(RATES.values())
    table = (
        table
        if completion is None
        else table.merge(_rates(completion), "left", ["client_id", "wave"])
    )
    known = [name for name in (*cube.measures, *rates) if table[name].notna().any()]
    return Scores(_grouped(table, clients), tuple(known), "client")


def _measured(cube: Cube, name: str) -> list[NDArray]:
    """Answers, their sum, and what it is divided by: the weights of who answered, or answers."""
    weight = f"weight_{name}"
    names = [f"n_{name}", f"sum_{name}", weight if weight in cube.table else f"n_{name}"]
    return [cube.table[column].to_numpy(float) for column in names]


def rounded(values: NDArray) -> NDArray:
    """Return scores as they are compared and ranked: equal ones are equal to the last bit.

    Sums depend in their last bits on the order of rows and on the engine; without this, who
    shares a score with whom would as well.

    Examples
    --------
    >>> rounded(np.array([0.1 + 0.2, 0.3])).tolist()
    [0.3, 0.3]
    """
    return np.round(values, DECIMALS)


def _first_rows(table: pd.DataFrame, key: list[str]) -> NDArray:
    """Where in a table in order a new key begins."""
    new = np.ones(len(table), bool)
    codes = [pd.factorize(table[name])[0] for name in key]
    new[1:] = np.any([np.diff(code) != 0 for code in codes], axis=0)
    return np.flatnonzero(new)


def _runs(values: NDArray, first: NDArray) -> NDArray:
    """Sums from each first row to the next."""
    return np.add.reduceat(values, first, dtype=float) if len(first) else np.zeros(0)


def _ratio(total: NDArray, n: NDArray) -> NDArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / n


def _rates(completion: pd.DataFrame) -> pd.DataFrame:
    """Completion per contact and by revenue of each client and wave, beside each other."""
    rows = completion[(completion["dimension"] == "all") & completion["unit"].isin(list(RATES))]
    wide = rows.pivot_table(index=["client_id", "wave"], columns="unit", values="value")
    return wide.reindex(columns=list(RATES)).rename(columns=RATES).reset_index()


def account_scores(
    cube: Cube,
    clients: pd.DataFrame | None = None,
    accounts: pd.DataFrame | None = None,
    *,
    least: int = LEAST_ANSWERS,
) -> Scores:
    """Score every account and wave with enough answers; industry and country are its client's.

    Parameters
    ----------
    cube : Cube
    clients, accounts : DataFrame, optional
        Tables of these names; accounts for their tier.
    least : int
        Answers that an account's score needs.

    Returns
    -------
    Scores

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> panel = crq.benchmark.panel(study)
    >>> cube = crq.benchmark.cube(panel, study.codebook.instrument)
    >>> result = crq.benchmark.account_scores(cube)
    """
    kept = np.flatnonzero(cube.table["n"] >= least)
    found = {}
    for name in cube.measures:
        n, total, whole = (column[kept] for column in _measured(cube, name))
        found[name] = np.where(n >= least, _ratio(total, whole), np.nan)
    table = cube.table[["client_id", "wave", "account_id"]].take(kept).reset_index(drop=True)
    table = table.assign(n_accounts=1, **found)
    if accounts is not None:
        tiers = accounts[["client_id", "account_id", "tier"]]
        table = table.merge(tiers.drop_duplicates(["client_id", "account_id"]), "left")
    known = [name for name in cube.measures if table[name].notna().any()]
    return Scores(_grouped(table, clients), tuple(known), "account")


def _grouped(table: pd.DataFrame, clients: pd.DataFrame | None) -> pd.DataFrame:
    if clients is None:
        return table.assign(industry=None, country=None)
    code, names = pd.factorize(table["client_id"])
    facts = clients.drop_duplicates("client_id").set_index("client_id").reindex(names)
    return table.assign(**{name: facts[name].array.take(code) for name in ("industry", "country")})


def country_adjusted(scores: Scores, *, measures: Sequence[str] | None = None) -> Scores:
    """Take out of every score what its country alone adds or takes: a second view.

    What a country adds is the mean difference of its clients from all others of their wave,
    drawn towards nothing as far as few clients demand (DerSimonian & Laird 1986). People of
    some countries give lower marks for the same relationship; some countries may also have
    better suppliers, and this view cannot tell the two apart.

    Parameters
    ----------
    scores : Scores
    measures : sequence of str, optional
        Those to adjust; all if left out.

    Returns
    -------
    Scores
        The same rows; scores of clients without a country stay as they are.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> panel = crq.benchmark.panel(study)
    >>> cube = crq.benchmark.cube(panel, study.codebook.instrument)
    >>> scores = crq.benchmark.client_scores(cube)
    >>> result = crq.benchmark.country_adjusted(scores)
    """
    table = scores.table
    country, names = pd.factorize(table["country"])
    if len(names) < 2:
        return scores
    changed = {
        name: table[name].to_numpy(float)
        - _added(table[name].to_numpy(float), table, country, len(names))
        for name in (measures or scores.measures)
    }
    return Scores(table.assign(**changed), scores.measures, scores.unit)


def _added(value: NDArray, table: pd.DataFrame, country: NDArray, n: int) -> NDArray:
    """What each row's country adds; clients count once, however many rows they have."""
    wave = pd.factorize(table["wave"])[0]
    known = ~np.isnan(value) & (country >= 0)
    away = value - _ratio(*_sums(value, wave, known))[wave]
    code, clients = pd.factorize(table["client_id"])
    own = _ratio(*_sums(away, code, known, len(clients)))
    home = np.full(len(clients), -1)
    home[code[known]] = country[known]
    heard = home >= 0
    total, count = _sums(own, np.maximum(home, 0), heard, n)
    mean = np.nan_to_num(_ratio(total, count))
    spread = np.where(heard, own - mean[home], 0.0)
    noise = (spread**2).sum() / max(heard.sum() - n, 1)
    between = max(((count * mean**2).sum() - (n - 1) * noise) / _size(count), 0.0)
    kept = np.nan_to_num(between / (between + noise / np.maximum(count, 1)))
    return np.where(country >= 0, (kept * mean)[country], 0.0)


def _size(count: NDArray) -> float:
    """Effective size of a group, for the variance between groups of unequal size."""
    return max(float(count.sum() - (count**2).sum() / max(count.sum(), 1)), 1.0)


def _sums(
    value: NDArray, code: NDArray, known: NDArray, size: int | None = None
) -> tuple[NDArray, NDArray]:
    size = size or code.max(initial=-1) + 1
    return (
        np.bincount(code[known], value[known], size),
        np.bincount(code[known], minlength=size).astype(float),
    )
