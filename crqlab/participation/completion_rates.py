"""How many of those who were asked answered: contacts, accounts and the revenue behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code, column
from crqlab.base.contracts.frames import typed
from crqlab.base.results import Result
from crqlab.base.standards import TARGET
from crqlab.base.waves import in_order
from crqlab.participation.invitation_frame import (
    ACCOUNT,
    BLOCK,
    KNOWN,
    NAMELESS,
    NOBODY,
    Frame,
)
from crqlab.participation.invitation_frame import framed as frame_of
from crqlab.stats import bootstrap, proportion
from crqlab.stats.defaults import DRAWS, FEW_RESAMPLED, LEVEL, SEED

DIMENSIONS = ("all", "role", *KNOWN)
FEW_CONTACTS = 10
METHODS = {
    "contacts": "wilson_on_effective_number",
    "accounts": "wilson",
    "revenue": "account_bootstrap",
}
_FEW_CONTACTS = code("few_contacts", minimum=FEW_CONTACTS)
_FEW_ACCOUNTS = code("few_accounts", minimum=FEW_RESAMPLED)
#: What the bootstrap finds, said of revenue.
_OF_REVENUE = {"no_answers": "revenue_unknown", "accounts_alike": "revenue_all_or_none"}
_CELL = [*BLOCK, "dimension", "group"]


@dataclass(frozen=True, slots=True, eq=False)
class Completion(Result):
    """Shares of contacts, accounts and revenue that answered.

    Attributes
    ----------
    table : DataFrame
        Table ``completion``.
    level : float
        Coverage of all intervals, in (0, 1).
    """

    table: pd.DataFrame
    level: float

    def of(self, client: str, wave: str) -> Completion:
        """Return the rows of one client's wave."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        return Completion(rows.reset_index(drop=True), self.level)

    @property
    def largest(self) -> dict[str, str]:
        """The client with most contacts asked in the study's last wave, as words for `of`."""
        rows = self.table[(self.table["dimension"] == "all") & (self.table["unit"] == "contacts")]
        if rows.empty:
            return {"client": "", "wave": ""}
        last = rows[rows["wave"] == in_order(rows["wave"])[-1]]
        first = last.sort_values(["asked", "client_id"], ascending=[False, True]).iloc[0]
        return {"client": str(first["client_id"]), "wave": str(first["wave"])}

    def __str__(self) -> str:
        rows = self.table[(self.table["dimension"] == "all") & self.table["value"].notna()]
        if rows.empty:
            return "Nobody recorded who was asked: completion is not known"
        sums = rows.groupby("unit")[["asked", "answered"]].sum()
        n = len(rows[BLOCK].drop_duplicates())
        said = {
            unit: f"{sums.loc[unit, 'answered']:,.0f} of {sums.loc[unit, 'asked']:,.0f} {unit} "
            f"({_percent(sums.loc[unit, 'answered'] / sums.loc[unit, 'asked'])})"
            for unit in ("contacts", "accounts")
            if unit in sums.index
        }
        if n > 1:
            said["contacts"] = f"In {n:,} waves of clients, {said['contacts']}"
        spoken = " answered; they speak for ".join(said.values())
        return f"{spoken}{self._revenue(rows, n)}"

    def _revenue(self, rows: pd.DataFrame, n: int) -> str:
        share = rows.loc[rows["unit"] == "revenue", "value"]
        if share.empty:
            return "; revenue is not known"
        if n == 1:
            return f" and {_percent(share.iloc[0])} of revenue (target {_percent(TARGET)})"
        reached = _percent((share >= TARGET).mean())
        return f"; {reached} reach {_percent(TARGET)} of revenue with an answer"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def completion(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Completion:
    """Completion per contact and per account, and revenue coverage, by what tells groups apart.

    A contact answered if any response of the person is there, also one that scores leave out.
    An account answered if anybody of it did; in groups by role, if anybody of that role did.
    Revenue coverage is the share of the asked accounts' revenue that lies with those.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1. Only contacts who were invited are asked.
    level : float
        Coverage of all intervals, in (0, 1). They take this wave as one of many that could
        have been held under the same conditions: as a census the counts have no error.
    draws, seed : int
        Samples of whole accounts for each client and wave, and their seed.

    Returns
    -------
    Completion
        A row for every client, wave, dimension, group and unit; missing, with the reason in
        ``flag``, where it is not known who was asked, who answered, or what accounts pay.

    Raises
    ------
    EstimateError
        A contact of a wave or an account occurs twice, or a level that is no share.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212: accounts.
    Dean & Pagano (2015), Journal of Survey Statistics and Methodology 3, 484-503: contacts.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> print(crq.participation.completion(*tables, draws=20))
    In ... waves of clients, ... of ... contacts...
    """
    frame = frame_of(contacts, responses, accounts)
    cells = pd.concat([_cells(frame, name) for name in DIMENSIONS], ignore_index=True)
    if cells.empty:
        return Completion(typed(_unframed(frame, level), "completion"), level)
    parts = [
        _contacts(cells, frame, level),
        _accounts(cells, level),
        _revenue(cells, draws, level, seed),
    ]
    table = pd.concat([*parts, _unframed(frame, level)], ignore_index=True)
    table = table.assign(uninvited=_uninvited(table, responses, frame))
    unknown = table["unit"].eq("accounts") & table["dimension"].eq("role")
    table = _silenced(table, unknown & _nameless(table, frame), NAMELESS)
    place = {name: i for i, name in enumerate([*DIMENSIONS, *METHODS])}
    order = table.assign(d=table["dimension"].map(place), u=table["unit"].map(place))
    order = order.sort_values([*BLOCK, "d", "group", "u"], kind="stable").index
    return Completion(typed(table.loc[order], "completion"), level)


def _cells(frame: Frame, dimension: str) -> pd.DataFrame:
    """Accounts of every group: contacts asked and answering, heard or not, revenue."""
    people = frame.contacts.assign(
        dimension=dimension, group="all" if dimension == "all" else frame.contacts[dimension]
    )
    rows = people.groupby([*_CELL, "account_id"], sort=True, as_index=False).agg(
        n=("answered", "size"), x=("answered", "sum"), revenue=("revenue", "first")
    )
    if dimension == "role":
        return rows.assign(heard=rows["x"] > 0)
    return rows.merge(frame.accounts[[*ACCOUNT, "heard"]], on=ACCOUNT, how="left")


def _contacts(cells: pd.DataFrame, frame: Frame, level: float) -> pd.DataFrame:
    groups = cells.groupby(_CELL, sort=True)
    found = proportion.clustered(cells["x"], cells["n"], groups.ngroup(), level=level)
    found = found.set_axis(groups.size().index)
    table = _keyed(found, "contacts", level, asked=found["n"], answered=found["successes"])
    accounts = table["n_accounts"]
    flags = column(
        len(table),
        (table["asked"] < FEW_CONTACTS, _FEW_CONTACTS),
        (accounts == 1, "one_account"),
        ((accounts > 1) & (accounts < FEW_RESAMPLED), _FEW_ACCOUNTS),
    )
    table = table.assign(flag=flags)
    return _silenced(table, _nameless(table, frame), NAMELESS)


def _accounts(cells: pd.DataFrame, level: float) -> pd.DataFrame:
    sums = cells.groupby(_CELL, sort=True).agg(n=("heard", "size"), x=("heard", "sum"))
    found = proportion.wilson(sums["x"], sums["n"], level=level).set_axis(sums.index)
    found = found.assign(n_accounts=sums["n"])
    table = _keyed(found, "accounts", level, asked=sums["n"], answered=sums["x"])
    few = table["n_accounts"] < FEW_RESAMPLED
    return table.assign(flag=np.where(few, _FEW_ACCOUNTS, OK))


def _revenue(cells: pd.DataFrame, draws: int, level: float, seed: int) -> pd.DataFrame:
    """Share of the revenue heard; all groups of a client's wave come from the same samples."""
    group = cells.groupby(_CELL, sort=True).ngroup().to_numpy()
    first = cells[_CELL].assign(place=group).drop_duplicates("place").sort_values("place")
    within = first.groupby(BLOCK).cumcount().to_numpy()
    groups = cells.groupby(ACCOUNT, sort=True)
    row, names = groups.ngroup().to_numpy(), groups.size().index
    pays = cells["revenue"].fillna(0).to_numpy()
    shape = (len(names), int(within.max()) + 1)
    total, heard = np.zeros(shape), np.zeros(shape)
    total[row, within[group]] = pays
    heard[row, within[group]] = pays * cells["heard"].to_numpy()
    ids = names.get_level_values(2)
    blocks = names.droplevel(2)
    found = bootstrap.ratios(
        pd.DataFrame(heard, ids), pd.DataFrame(total, ids), blocks,
        draws=draws, level=level, seed=seed,
    )  # fmt: skip
    block = first.groupby(BLOCK, sort=True).ngroup().to_numpy()
    found = found.iloc[block * shape[1] + within].set_axis(pd.MultiIndex.from_frame(first[_CELL]))
    sums = cells.assign(heard=cells["revenue"].where(cells["heard"], 0.0)).groupby(_CELL, sort=True)
    sums = sums.agg(
        asked=("revenue", "sum"), answered=("heard", "sum"), n_accounts=("revenue", "size"),
        unknown=("revenue", lambda column: int(column.isna().sum())),
    )  # fmt: skip
    found = found.sort_index().assign(n_accounts=sums["n_accounts"])
    table = _keyed(found, "revenue", level, asked=sums["asked"], answered=sums["answered"])
    alike = table["low"] == table["high"]
    ends = {name: table[name].clip(0, 1).mask(alike) for name in ("low", "high")}
    table = table.assign(**ends)
    unknown = sums["unknown"].tolist()
    flags = column(
        len(table),
        (True, found["flag"].replace(_OF_REVENUE)),
        ([n > 0 for n in unknown], [code("revenue_of_accounts_unknown", n=n) for n in unknown]),
    )
    return table.assign(flag=flags)


def _keyed(
    found: pd.DataFrame, unit: str, level: float, *, asked: pd.Series, answered: pd.Series
) -> pd.DataFrame:
    table = found[["value", "low", "high", "n_accounts"]].assign(
        unit=unit, asked=asked.astype(float), answered=answered.astype(float), level=level
    )
    keys = found.index.to_frame(index=False).set_axis(_CELL, axis=1)
    table = pd.concat([keys, table.reset_index(drop=True)], axis=1)
    return table.assign(method=METHODS[unit])


def _uninvited(table: pd.DataFrame, responses: pd.DataFrame, frame: Frame) -> NDArray:
    """Answers of people not asked; where answers carry no contact ids, of accounts not asked."""
    kept = responses[responses["included"].to_numpy(bool)]
    person, account = (
        _keys(kept, name).isin(_keys(asked, name))
        for name, asked in (("contact_id", frame.contacts), ("account_id", frame.accounts))
    )
    stray = kept[~np.where(_nameless(kept, frame), account, person)]
    counts = stray.groupby(BLOCK).size().reindex(_keys(table))
    whole = (table["dimension"] == "all") & (table["unit"] == "contacts") & table["asked"].notna()
    return np.where(whole, counts.fillna(0).to_numpy(float), np.nan)


def _keys(rows: pd.DataFrame, *more: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[[*BLOCK, *more]])


def _nameless(table: pd.DataFrame, frame: Frame) -> NDArray:
    return _keys(table).isin(list(frame.nameless))


def _silenced(table: pd.DataFrame, where: NDArray, why: str) -> pd.DataFrame:
    """Take away numbers that nobody can know, and say why."""
    numbers = ["value", "low", "high", "answered"]
    return table.assign(
        **{name: table[name].mask(where) for name in numbers}, flag=table["flag"].mask(where, why)
    )


def _unframed(frame: Frame, level: float) -> pd.DataFrame:
    """One row for every client's wave with answers of which nobody knows who was asked."""
    rows = frame.unframed
    return pd.DataFrame(
        {
            "client_id": rows["client_id"], "wave": rows["wave"], "dimension": "all",
            "group": "all", "unit": "contacts", "asked": np.nan,
            "answered": rows["answers"].astype(float), "value": np.nan, "low": np.nan,
            "high": np.nan, "level": level, "n_accounts": 0, "uninvited": np.nan,
            "method": METHODS["contacts"], "flag": NOBODY,
        }
    )  # fmt: skip
