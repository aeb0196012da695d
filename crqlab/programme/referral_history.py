"""Who was asked for a referral, who may be asked again, and who says yes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import OK, code
from crqlab.base.results import Result
from crqlab.base.standards import REST_DAYS
from crqlab.base.study import Study
from crqlab.programme.ledger_files import ledger
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL
from crqlab.stats.nps import categories
from crqlab.stats.proportion import clustered

#: What is not known of somebody when asked.
UNKNOWN = "unknown"
_FEW = code("few_accounts", minimum=FEW_CLUSTERS)
BY = ("all", "ltr", "segment", "role", "asked_for")
_PERSON = ["client_id", "contact_id"]
_RESULTS = ["result_account_id", "result_name", "result_revenue"]


@dataclass(frozen=True, slots=True, eq=False)
class Asked(Result):
    """Everybody who was asked for something, once.

    Attributes
    ----------
    table : DataFrame
        ``client_id``, ``contact_id``, ``asked_on`` (the last time), ``resting``: asked less than
        `REST_DAYS` before the client's last answer, or since.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        rests = int(self.table["resting"].sum())
        return f"{len(self.table):,} people were asked, of whom {rests:,} are not to be asked again"


@dataclass(frozen=True, slots=True, eq=False)
class Conversion(Result):
    """How often those who were asked said yes, by what was known of them then.

    Attributes
    ----------
    table : DataFrame, one row per kind and group
        ``by`` (all, ltr, segment, role, asked_for), ``group``, ``n`` (people's answers, yes or
        no), ``yes``, ``open`` (not answered yet), ``value``, ``low``, ``high``, ``level``,
        ``n_accounts``, ``results`` (of the yes, something came of it), ``revenue`` (that came of
        it), ``flag``.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        whole = self.table[self.table["by"] == "all"]
        if whole.empty or not whole["n"].sum():
            return "Nobody who was asked has answered yet: too early to say who refers"
        row, rows = whole.iloc[0], self.table[self.table["by"] == "ltr"].set_index("group")
        told = "; ".join(f"{group}s {_share(rows.loc[group])}" for group in rows.index
                         if group != UNKNOWN and rows.loc[group, "n"])  # fmt: skip
        return f"Yes from {_share(row)}; {told}. {_verdict(rows)}" if told else (
            f"Yes from {_share(row)}. {_verdict(rows)}")  # fmt: skip


def _share(row: pd.Series) -> str:
    known = row["low"] == row["low"]
    span = f" ({100 * row['low']:.0f} to {100 * row['high']:.0f})" if known else " (no interval)"
    share = row["yes"] / row["n"]
    return f"{100 * share:.0f} %{span} of {row['n']} at {row['n_accounts']} accounts"


def _verdict(rows: pd.DataFrame) -> str:
    """Whether promoters refer more often than each other group whose interval lies apart."""
    others = [group for group in ("passive", "detractor") if group in rows.index]
    if "promoter" not in rows.index or not others:
        return "Too early to say whether promoters refer more often than others"
    best = rows.loc["promoter"]
    apart = all(best["low"] > rows.loc[group, "high"] for group in others)
    below = any(best["high"] < rows.loc[group, "low"] for group in others)
    if apart:
        return "Promoters clearly refer more often"
    return "Promoters clearly refer less often than others" if below else (
        "Too early to say whether promoters refer more often than others")  # fmt: skip


def asked(study: Study) -> Asked:
    """Return everybody who was asked for something, and who is not to be asked again yet.

    Parameters
    ----------
    study : Study
        Its ``referrals.csv``, and table ``responses``: days count back from each client's last
        answer.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.programme.asked(study))
    0 people were asked, of whom 0 are not to be asked again
    """
    rows = ledger(study, "referrals").table.dropna(subset=["contact_id"])
    last = rows.groupby(_PERSON, as_index=False)["asked_on"].max()
    ended = _ended(study).groupby("client_id")["ended"].max()
    since = last["client_id"].map(ended) - pd.to_timedelta(REST_DAYS, unit="D")
    resting = (last["asked_on"] > since) | since.isna()
    return Asked(last.assign(resting=resting.astype(bool)))


def conversion(study: Study, *, client: str | None = None, level: float = LEVEL) -> Conversion:
    """Say how often people said yes, by LTR, segment and role when they were asked.

    Parameters
    ----------
    study : Study
        With the tables of stations 1, 3 and 6.
    client : str, optional
        All clients if left out.
    level : float
        Coverage of the intervals; people of one account answer alike, so accounts carry them.

    Returns
    -------
    Conversion
        Only what was known before somebody was asked counts: answers of the last wave that had
        ended by then.

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24, 193-201: the effective number.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.programme.conversion(study))
    Nobody who was asked has answered yet: too early to say who refers
    """
    rows = ledger(study, "referrals").table
    if client is not None:
        rows = rows[(rows["client_id"] == client).to_numpy(bool)]
    known = _known(study, rows.reset_index(drop=True))
    parts = [_rates(known, by, level) for by in BY] if len(known) else []
    columns = ["by", "group", "n", "yes", "open", "value", "low", "high", "level", "n_accounts",
               "results", "revenue", "flag"]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return Conversion(table)


def _ended(study: Study) -> pd.DataFrame:
    """When each wave of each client ended."""
    if not study.has("responses"):
        return pd.DataFrame({"client_id": [], "wave": [], "ended": pd.to_datetime([])})
    rows = pd.read_parquet(study.path("responses"), columns=["client_id", "wave", "started"])
    return rows.groupby(["client_id", "wave"], as_index=False)["started"].max().rename(
        columns={"started": "ended"})  # fmt: skip


def _known(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Each line with what was known of the person and the account when asked."""
    ended, line = _ended(study), rows.assign(line=np.arange(len(rows)))
    people = study.read("respondents")[["client_id", "wave", "contact_id", "ltr", "role"]]
    person = _latest(line, people.merge(ended, on=["client_id", "wave"]), _PERSON)
    sorted_ = study.read("segments")[["client_id", "wave", "account_id", "segment_then"]]
    account = _latest(line, sorted_.merge(ended, on=["client_id", "wave"]),
                      ["client_id", "account_id"])  # fmt: skip
    kind = categories(person["ltr"]).astype("object").reindex(line["line"])
    return rows.assign(
        all="all",
        ltr=kind.fillna(UNKNOWN).to_numpy(),
        role=person["role"].reindex(line["line"]).fillna(UNKNOWN).to_numpy(),
        segment=account["segment_then"].reindex(line["line"]).fillna(UNKNOWN).to_numpy(),
    )


def _latest(line: pd.DataFrame, facts: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The last facts before each line's day, by line."""
    found = line[[*key, "asked_on", "line"]].dropna(subset=key).merge(facts, on=key)
    found = found[found["ended"] <= found["asked_on"]].sort_values("ended", kind="stable")
    return found.drop_duplicates("line", keep="last").set_index("line")


def _rates(rows: pd.DataFrame, by: str, level: float) -> pd.DataFrame:
    answered = rows.assign(
        yes=(rows["answer"] == "yes").astype(float),
        n=rows["answer"].isin(["yes", "no"]).astype(float),
        open=(rows["answer"] == "open").astype(int),
        results=rows[_RESULTS].notna().any(axis=1).astype(int),
        revenue=rows["result_revenue"].fillna(0.0),
    )
    sums = answered.groupby([by, "client_id", "account_id"], as_index=False)[["yes", "n"]].sum()
    found = clustered(sums["yes"], sums["n"], sums[by], level=level)
    whole = answered.groupby(by)[["open", "results", "revenue"]].sum()
    table = found[["value", "low", "high", "n", "n_accounts", "successes"]].join(whole)
    flag = np.where(table["n"] == 0, "no_answers",
                    np.where(table["n_accounts"] < FEW_CLUSTERS, _FEW, OK))  # fmt: skip
    counts = {"yes": table["successes"].astype(int), "n": table["n"].astype(int)}
    table = table.assign(**counts, by=by, level=level, flag=flag)
    return table.rename_axis("group").reset_index()
