"""Who is not heard: silent accounts, and roles of which nobody answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import typed
from crqlab.base.results import Result
from crqlab.base.waves import places
from crqlab.participation.invitation_frame import (
    ACCOUNT,
    BLOCK,
    UNKNOWN,
    framed,
)

SYMBOLS = {"heard": "heard", "silent": "?", "not asked": "? (not asked)"}


@dataclass(frozen=True, slots=True, eq=False)
class Silent(Result):
    """Accounts that were asked and gave no answer; silence has no score and no segment.

    Attributes
    ----------
    table : DataFrame
        Table ``silent``, by client and wave, the greatest revenue first.
    """

    table: pd.DataFrame

    def of(self, client: str, wave: str) -> Silent:
        """Return the rows of one client's wave."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        return Silent(rows.reset_index(drop=True))

    def __str__(self) -> str:
        rows = self.table
        if rows.empty:
            return "No account is known to have been asked and to have kept silent"
        n = len(rows[BLOCK].drop_duplicates())
        whose = "" if n == 1 else f" in {n:,} waves of clients"
        share = rows.groupby(BLOCK)["revenue_share"].sum(min_count=1)
        paid = ""
        if share.notna().any():
            middle = share.median()
            paid = f", with {100 * middle:.0f} % of the asked accounts' revenue"
            paid += "" if n == 1 else " in the middle one"
        again = int((rows["n_waves"] > 1).sum())
        return (
            f"{_accounts(len(rows))} asked and silent{whose}{paid}; {again:,} of them silent the "
            "time before as well"
        )


def _accounts(n: int) -> str:
    return f"{n:,} account{'' if n == 1 else 's'}"


def silent(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
) -> Silent:
    """List the accounts that were asked and did not answer, ranked by revenue.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1.
    respondents : DataFrame
        Table ``respondents``, for the last score.

    Returns
    -------
    Silent
        ``silent_since`` is the first wave in which the account was asked after its last
        answer; a wave in which it was not asked neither breaks nor lengthens a silence.

    Raises
    ------
    EstimateError
        A contact of a wave or an account occurs twice.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("contacts", "responses", "accounts", "respondents")]
    >>> result = crq.participation.silent(*tables)
    """
    frame = framed(contacts, responses, accounts)
    ranks = places([*contacts["wave"], *responses["wave"]])
    past = _spoken(responses, respondents, ranks)
    rows = frame.accounts[["client_id", "wave", "account_id", "asked", "revenue", "heard"]]
    rows = rows.assign(place=rows["wave"].map(ranks).astype("int64"))
    rows = rows.assign(revenue_share=_shares(rows))
    rows = rows.sort_values("place", kind="stable")
    rows = pd.merge_asof(rows, past, on="place", by=["client_id", "account_id"])
    rows = _runs(rows.sort_values(["client_id", "account_id", "place"], ignore_index=True))
    kept = rows[~rows["heard"].to_numpy(bool)]
    kept = kept.sort_values(
        [*BLOCK, "revenue", "account_id"], ascending=[True, True, False, True], ignore_index=True
    )
    never, unpaid = kept["last_wave"].isna(), kept["revenue"].isna()
    kept = kept.assign(
        rank=kept.groupby(BLOCK).cumcount().astype("int64") + 1,
        last_n=kept["last_n"].fillna(0).astype("int64"),
        flag=column(len(kept), (never, "never_answered"), (unpaid, "revenue_unknown")),
    )
    return Silent(typed(kept, "silent"))


def _shares(rows: pd.DataFrame) -> pd.Series:
    total = rows.groupby(BLOCK)["revenue"].transform("sum")
    return (rows["revenue"] / total.where(total > 0)).clip(0, 1)


def _spoken(
    responses: pd.DataFrame, respondents: pd.DataFrame, ranks: dict[str, int]
) -> pd.DataFrame:
    """Every account and wave with an answer, and the mean CRQ of it."""
    spoken = responses[ACCOUNT].drop_duplicates()
    scores = respondents.groupby(ACCOUNT, as_index=False).agg(
        last_crq=("crq", "mean"), last_n=("crq", "count")
    )
    spoken = spoken.merge(scores, on=ACCOUNT, how="left")
    spoken = spoken.assign(place=spoken["wave"].map(ranks).astype("int64"))
    spoken = spoken.rename(columns={"wave": "last_wave"})
    return spoken.sort_values(["place", "account_id"], kind="stable", ignore_index=True)


def _runs(rows: pd.DataFrame) -> pd.DataFrame:
    """First wave and length of the run of silence that each row belongs to."""
    run = rows["last_wave"].fillna("")
    key = [rows["client_id"], rows["account_id"], run]
    quiet = ~rows["heard"].to_numpy(bool)
    first = rows["wave"].where(quiet).groupby(key).transform("first")
    length = pd.Series(quiet.astype("int64"), index=rows.index).groupby(key).cumsum()
    return rows.assign(silent_since=first, n_waves=length)


@dataclass(frozen=True, slots=True, eq=False)
class Voices(Result):
    """Which roles of which accounts are heard.

    Attributes
    ----------
    table : DataFrame
        Table ``voices``: a row for every account asked and every role of the client's contacts.
    """

    table: pd.DataFrame

    def of(self, client: str, wave: str) -> Voices:
        """Return the rows of one client's wave."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        return Voices(rows.reset_index(drop=True))

    @property
    def grid(self) -> pd.DataFrame:
        """Accounts by roles: "2 of 3" answered, "?" where a role is not heard.

        Of one client's wave: take it with `of` first.
        """
        rows = self.table
        said = rows["answered"].astype("str") + " of " + rows["asked"].astype("str")
        cells = said.where(rows["status"] == "heard", rows["status"].map(SYMBOLS))
        wide = rows.assign(cell=cells.astype("str"))
        options = {"index": "account_id", "columns": "role", "values": "cell", "aggfunc": "first"}
        return wide.pivot_table(**options).rename_axis(columns=None)

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody recorded who was asked: which roles are heard is not known"
        share = self.table["status"].value_counts(normalize=True)
        parts = [f"{100 * share.get(s, 0):.0f} % {s}" for s in ("heard", "silent", "not asked")]
        return f"Of {len(self.table):,} roles at accounts, {', '.join(parts)}"


def voices(contacts: pd.DataFrame, responses: pd.DataFrame, accounts: pd.DataFrame) -> Voices:
    """Cross accounts with roles and mark who is not heard.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1.

    Returns
    -------
    Voices
        Empty where nobody recorded who was asked, and for a client's wave whose answers carry
        no contact ids: there nobody knows which role answered.

    Raises
    ------
    EstimateError
        A contact of a wave or an account occurs twice.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> print(crq.participation.voices(*tables))
    Of ... roles at accounts, ... heard...
    """
    frame = framed(contacts, responses, accounts)
    people = frame.contacts
    nameless = pd.MultiIndex.from_frame(people[BLOCK]).isin(list(frame.nameless))
    people = people[~nameless]
    counts = people.groupby([*ACCOUNT, "role"], as_index=False).agg(
        asked=("answered", "size"), answered=("answered", "sum")
    )
    roles = people[[*BLOCK, "role"]].drop_duplicates()
    grid = people[ACCOUNT].drop_duplicates().merge(roles, on=BLOCK)
    grid = grid.merge(counts, on=[*ACCOUNT, "role"], how="left")
    grid = grid.assign(**{c: grid[c].fillna(0).astype("int64") for c in ("asked", "answered")})
    status = np.select([grid["answered"] > 0, grid["asked"] > 0], ["heard", "silent"], "not asked")
    grid = grid[(grid["role"] != UNKNOWN) | (grid["asked"] > 0)].assign(
        status=status[(grid["role"] != UNKNOWN) | (grid["asked"] > 0)]
    )
    return Voices(typed(grid.sort_values([*ACCOUNT, "role"]), "voices"))
