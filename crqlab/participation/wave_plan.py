"""The next year in quarterly slices: every account once, nobody too often, precision foretold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.base.waves import latest
from crqlab.participation.invitation_frame import UNKNOWN
from crqlab.participation.nonresponse_precision import Expected, expected
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.precision import half_widths

SLICES = 4
REST = 6  # months between two invitations of one person


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Result):
    """Whom to ask when, and how sure the scores will be.

    Attributes
    ----------
    table : DataFrame
        Table ``wave_plan``: every account once, with the quarter in which it is asked.
    precision : DataFrame
        Table ``precision``: what to expect of every quarter, and of the whole year (0).
    expected : Expected
        What that expectation rests on.
    """

    table: pd.DataFrame
    precision: pd.DataFrame
    expected: Expected

    def of(self, client: str) -> Plan:
        """Return the plan of one client."""
        parts = (p[p["client_id"] == client].reset_index(drop=True) for p in self._tables())
        return Plan(*parts, self.expected)

    def _tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self.table, self.precision

    def __str__(self) -> str:
        if self.table.empty:
            return "No account to plan for: nobody recorded contacts"
        year = self.precision[self.precision["slice"] == 0]
        wide = year.pivot_table(index="client_id", columns="measure", values="half_width")
        said = f"{len(self.table):,} accounts in {self.table['slice'].nunique()} quarters"
        if (self.table["flag"] == "no_contact_known").all():
            return f"{said}, but no contact is known of any of them"
        if wide.empty:
            return f"{said}; too few answers to expect an interval"
        middle = wide.median()
        whose = "" if len(wide) == 1 else " in the middle client"
        parts = [f"CRQ ± {middle['crq']:.2f}"] if "crq" in wide else []
        parts += [f"NPS ± {middle['nps']:.0f}"] if "nps" in wide else []
        return f"{said}; over the year expect {' and '.join(parts)}{whose}. {self.expected}"


def plan(
    accounts: pd.DataFrame,
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    start: str | None = None,
    slices: int = SLICES,
    rest: int = REST,
    completion: float | None = None,
    level: float = LEVEL,
) -> Plan:
    """Deal every account into one of the coming quarters, and foretell the precision.

    Quarters get equally many accounts of each tier and of great and small revenue. An account
    waits for the first quarter in which at least half of its contacts have rested; who has not
    rested by then is left in peace. The same tables always give the same plan.

    Parameters
    ----------
    accounts, contacts, responses : DataFrame
        Tables of station 1. Accounts of a client's last wave are planned for, and those that no
        wave has asked yet.
    respondents : DataFrame
        Table ``respondents``, for the variances to expect.
    start : str, optional
        First day of the first quarter, as in ``2026-01-01``; by default the first quarter that
        begins after the study's last invitation. Where no invitation is dated, quarters have
        no dates and nobody is known to need rest.
    slices : int
        How many quarters, 1 to 4.
    rest : int
        Months between two invitations of one person, 0 or more.
    completion : float, optional
        Share of contacts expected to answer, in (0, 1]; by default each client's last one.
    level : float
        Coverage of the intervals that are foretold, in (0, 1).

    Returns
    -------
    Plan

    Raises
    ------
    EstimateError
        Options out of their range.

    References
    ----------
    Kish (1965), Survey Sampling, sections 5.4 and 8.2: precision with clusters.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("accounts", "contacts", "responses", "respondents")]
    >>> result = crq.participation.plan(*tables).of("C017")
    """
    check_level(level)
    if not 1 <= slices <= SLICES or rest < 0:
        raise EstimateError(
            f"slices= is {slices} and rest= {rest}; a year has 1 to 4 quarters, rest is 0 or more."
        )
    told = expected(contacts, responses, respondents, completion=completion)
    days = _days(contacts, start, slices)
    rows, people = _frame(accounts, contacts)
    people = people.assign(ready=_ready(people, days, rest))
    rows = _dealt(rows, people, slices)
    rows = _manned(rows, people, days)
    return Plan(typed(rows, "wave_plan"), _precision(rows, told, level), told)


def _days(contacts: pd.DataFrame, start: str | None, slices: int) -> pd.DatetimeIndex:
    """First day of every quarter; missing where no date tells."""
    last = contacts["invited_on"].max()
    if start is None and pd.isna(last):
        return pd.DatetimeIndex([pd.NaT] * slices)
    first = pd.Timestamp(start) if start else (last.to_period("Q") + 1).start_time
    return pd.DatetimeIndex([first + pd.DateOffset(months=3 * i) for i in range(slices)])


def _frame(accounts: pd.DataFrame, contacts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts to plan for, and the contacts of their client's last wave."""
    key = ["client_id", "account_id"]
    invited = contacts[contacts["invited"].to_numpy(bool)]
    last = invited.groupby(["client_id", "contact_id"])["invited_on"].max()
    people = contacts.loc[latest(contacts), [*key, "contact_id"]]
    people = people.merge(last.reset_index(), on=["client_id", "contact_id"], how="left")
    asked = pd.MultiIndex.from_frame(contacts[key].drop_duplicates())
    now = pd.MultiIndex.from_frame(people[key].drop_duplicates())
    ids = pd.MultiIndex.from_frame(accounts[key])
    rows = accounts.loc[ids.isin(now) | ~ids.isin(asked), [*key, "tier", "revenue"]]
    rows = rows.assign(tier=rows["tier"].fillna(UNKNOWN), revenue=rows["revenue"].astype(float))
    rows = rows.sort_values(key, ignore_index=True)
    place = pd.Series(np.arange(len(rows)), index=pd.MultiIndex.from_frame(rows[key]))
    row = place.reindex(pd.MultiIndex.from_frame(people[key]))
    people = people.assign(row=row.to_numpy())
    return rows, people[people["row"].notna()].astype({"row": int}).reset_index(drop=True)


def _ready(people: pd.DataFrame, days: pd.DatetimeIndex, rest: int) -> NDArray:
    """First quarter in which each person has rested, from 0; as many as there are if never."""
    if days.isna().any() or people.empty:
        return np.zeros(len(people), dtype=int)
    free = people["invited_on"] + pd.DateOffset(months=rest)
    place = np.searchsorted(days.to_numpy(), free.fillna(days[0]).to_numpy("datetime64[ns]"))
    return np.minimum(place, len(days))


def _dealt(rows: pd.DataFrame, people: pd.DataFrame, slices: int) -> pd.DataFrame:
    """Give every account its quarter: as many each time as are left for every later one."""
    half = people.groupby("row")["ready"].quantile(0.5, interpolation="lower")
    first = half.reindex(rows.index).fillna(0).clip(upper=slices - 1).to_numpy(int)
    client = pd.factorize(rows["client_id"])[0]
    order, n = np.lexsort((_turn(rows, slices), client)), client.max(initial=-1) + 1
    chosen = np.full(len(rows), -1)
    for quarter in range(slices):
        room = -(-np.bincount(client[chosen < 0], minlength=n) // (slices - quarter))
        free = order[(chosen[order] < 0) & (first[order] <= quarter)]
        count = np.bincount(client[free], minlength=n)
        place = np.arange(len(free)) - (np.cumsum(count) - count)[client[free]]
        chosen[free[place < room[client[free]]]] = quarter
    return rows.assign(quarter=chosen)


def _turn(rows: pd.DataFrame, slices: int) -> NDArray:
    """Order in which any run of accounts holds its share of each tier, and of great and small."""
    ordered = rows.sort_values(
        ["client_id", "tier", "revenue", "account_id"], ascending=[True, True, False, True]
    )
    groups = ordered.groupby(["client_id", "tier"], sort=False)
    rank, n = groups.cumcount().to_numpy(), groups["account_id"].transform("size").to_numpy()
    lap, step = np.divmod(rank, slices)
    hand = np.where(lap % 2 == 0, step, slices - 1 - step)
    dealt = ordered.assign(hand=hand, lap=lap).sort_values(
        ["client_id", "tier", "hand", "lap"], kind="stable"
    )
    place = dealt.groupby(["client_id", "tier"], sort=False).cumcount()
    share = (place + 0.5) / pd.Series(n, index=ordered.index)
    return share.reindex(rows.index).to_numpy()


def _manned(rows: pd.DataFrame, people: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Count who is to be asked in the account's quarter, and who rests."""
    quarter = rows["quarter"].to_numpy()
    rested = people["ready"].to_numpy() <= quarter[people["row"].to_numpy()]
    n = np.bincount(people["row"], minlength=len(rows))
    fit = np.bincount(people["row"], weights=rested, minlength=len(rows)).astype("int64")
    flags = column(
        len(rows),
        (n == 0, "no_contact_known"),
        ((n > 0) & days.isna().any(), "no_dates"),
        ((n > 0) & (fit == 0), "everybody_rests"),
        ((fit > 0) & (fit < n), "some_contacts_rest"),
    )
    return rows.assign(
        slice=quarter.astype("int64") + 1,
        starts=days[quarter],
        contacts=fit,
        resting=(n - fit).astype("int64"),
        flag=flags,
    )


def _precision(table: pd.DataFrame, told: Expected, level: float) -> pd.DataFrame:
    parts = []
    for measure, (sd, icc) in told.spread.items():
        for whole in (True, False):
            part = table.assign(slice=0, starts=pd.NaT) if whole else table
            groups = part.groupby(["client_id", "slice"], sort=True)
            rate = part["client_id"].map(told.completion).fillna(told.average).to_numpy(float)
            found = half_widths(
                part["contacts"], groups.ngroup(), completion=rate, sd=sd, icc=icc, level=level
            )
            sums = groups.agg(starts=("starts", "first"), resting=("resting", "sum"))
            found = pd.concat([sums.reset_index(), found.reset_index(drop=True)], axis=1)
            parts.append(found.assign(measure=measure))
    if not parts:
        return empty("precision")
    rows = pd.concat(parts, ignore_index=True)
    thin = rows["half_width"].isna().to_numpy()
    own = rows["client_id"].isin(told.completion.index).to_numpy()
    flags = column(len(rows), (thin, "too_few_accounts_to_expect"), (~own, "completion_assumed"))
    rows = rows.assign(
        completion=rows["answers"] / rows["n_contacts"].where(rows["n_contacts"] > 0)
    )
    rows = rows.assign(flag=flags, level=level)
    rows = rows.sort_values(["client_id", "slice", "measure"], ignore_index=True)
    return typed(rows, "precision")
