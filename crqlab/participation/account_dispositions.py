"""What became of every account in every wave: answered, silent, or not asked, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.base.waves import places
from crqlab.participation.invitation_frame import ACCOUNT, BLOCK

OWN = ["client_id", "account_id"]
UNASKED = ("not_asked", "not_invited", "never_asked")
STATUSES = ("answered", "silent", *UNASKED)
MONTH = 365.25 / 12  # days
LATE = 1  # months that fieldwork may drift without an account having missed its turn


@dataclass(frozen=True, slots=True, eq=False)
class Dispositions(Result):
    """Every account of every wave of which it is recorded who was asked.

    Attributes
    ----------
    table : DataFrame
        Table ``dispositions``, by client, wave and account.
    """

    table: pd.DataFrame

    def of(self, client: str, wave: str) -> Dispositions:
        """Return the rows of one client's wave."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        return Dispositions(rows.reset_index(drop=True))

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody recorded who was asked: what became of the other accounts is not known"
        n = self.table["status"].value_counts()
        parts = [f"{n[s]:,} {s.replace('_', ' ')}" for s in STATUSES if s in n]
        return f"Of {len(self.table):,} accounts by wave {', '.join(parts)}"


def dispositions(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    every_months: int = 12,
) -> Dispositions:
    """Tell apart who answered, who kept silent, and three kinds of not having been asked.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1.
    every_months : int
        How often an account is meant to be asked (``rhythm:`` of the codebook), in months, 1 or
        more.

    Returns
    -------
    Dispositions
        ``status`` is *answered* (any answer, also one that scores leave out), *silent* (asked,
        none), *not_asked* (not this time; it was within ``every_months``, with one month of
        grace), *not_invited* (its turn has passed) or *never_asked*. ``months`` is the time
        from its last invitation to the wave's. Where no date tells, an account that was asked
        before is *not_asked*, with a caution. Accounts that became customers after the wave
        are left out.

    Raises
    ------
    EstimateError
        ``every_months`` is below 1.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> print(crq.participation.dispositions(*tables))
    Of ... accounts by wave ... answered...
    """
    if every_months < 1:
        raise EstimateError(f"every_months= is {every_months}; it is a number of months, 1 or more")
    asked = contacts[contacts["invited"].to_numpy(bool)]
    waves = _waves(asked, responses)
    rows = _grid(waves, asked, responses, accounts)
    rows = _last(rows, _asked(asked, waves), "last_asked", "asked_on")
    rows = _last(rows, responses[ACCOUNT].dropna().drop_duplicates(), "last_answered")
    heard, now = (rows[name] == rows["wave"] for name in ("last_answered", "last_asked"))
    months = (rows["held_on"] - rows["asked_on"]).dt.days / MONTH
    rows = rows.assign(months=months.mask(now, 0.0))
    ever, known = rows["last_asked"].notna(), rows["months"].notna()
    due = rows["months"].fillna(0) >= every_months - LATE
    status = np.select([heard, now, ~ever, due], np.array(STATUSES)[[0, 1, 4, 3]], "not_asked")
    undated = ever & ~known & ~heard & ~now
    flag = column(len(rows), (undated.to_numpy(), "no_dates"))
    rows = rows.assign(status=status, flag=flag).sort_values(ACCOUNT, ignore_index=True)
    return Dispositions(typed(rows, "dispositions"))


def _waves(asked: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Every client's waves with somebody asked, and when they were held."""
    held = asked.groupby(BLOCK)["invited_on"].max()
    held = held.fillna(responses.groupby(BLOCK)["started"].max().reindex(held.index))
    rows = held.rename("held_on").reset_index()
    rows["held_on"] = pd.to_datetime(rows["held_on"]).dt.normalize().astype("datetime64[ns]")
    return rows


def _grid(
    waves: pd.DataFrame, asked: pd.DataFrame, responses: pd.DataFrame, accounts: pd.DataFrame
) -> pd.DataFrame:
    """Every account of a client beside every wave of it."""
    ids = pd.concat([table[OWN].dropna() for table in (accounts, asked, responses)])
    since = accounts.drop_duplicates(OWN)[[*OWN, "customer_since"]]
    rows = waves.merge(ids.drop_duplicates(), on="client_id").merge(since, on=OWN, how="left")
    later = (rows["customer_since"] > rows["held_on"]).to_numpy(bool)
    met = pd.MultiIndex.from_frame(pd.concat([asked[ACCOUNT], responses[ACCOUNT]]))
    stranger = ~pd.MultiIndex.from_frame(rows[ACCOUNT]).isin(met)
    return rows[~(later & stranger)].drop(columns="customer_since")


def _asked(asked: pd.DataFrame, waves: pd.DataFrame) -> pd.DataFrame:
    """Account, wave, and the day on which its people were last invited in it."""
    rows = asked.groupby(ACCOUNT, as_index=False)["invited_on"].max()
    rows = rows.merge(waves[[*BLOCK, "held_on"]], on=BLOCK)
    day = pd.to_datetime(rows["invited_on"]).astype("datetime64[ns]").fillna(rows["held_on"])
    return rows[ACCOUNT].assign(asked_on=day)


def _last(rows: pd.DataFrame, events: pd.DataFrame, name: str, *columns: str) -> pd.DataFrame:
    """Add the last event of each row's account up to its wave."""
    known = rows["wave"].unique()
    order = places([*known, *events["wave"]])
    own = events.rename(columns={"wave": name})[[*OWN, name, *columns]]
    own = own.assign(turn=own[name].map(order).astype("int64")).sort_values("turn", kind="stable")
    left = rows.assign(turn=rows["wave"].map(order).astype("int64")).sort_values(
        "turn", kind="stable"
    )
    return pd.merge_asof(left, own, on="turn", by=OWN).drop(columns="turn")
