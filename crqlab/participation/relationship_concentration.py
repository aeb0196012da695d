"""What hangs on one person: revenue and goodwill of account managers and of contacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import typed
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.participation.invitation_frame import ACCOUNT, BLOCK, UNKNOWN
from crqlab.stats.concentration import concentration as herfindahl
from crqlab.stats.survey_weights import weight_of

MUCH = 0.25  # share of the revenue from which on one person is a risk to name
_KEY = [*BLOCK, "holder"]


@dataclass(frozen=True, slots=True, eq=False)
class Concentration(Result):
    """Revenue and goodwill by the person they hang on, and what is left when that person goes.

    Attributes
    ----------
    table : DataFrame
        Table ``concentration``, by client, wave and kind of holder, the greatest first.
    summary : DataFrame
        Table ``concentration_summary``: how concentrated both are on known persons, and how many
        accounts hang on the voice of one, by client, wave and kind of holder.
    """

    table: pd.DataFrame
    summary: pd.DataFrame

    def of(self, client: str, wave: str) -> Concentration:
        """Return the rows of one client's wave."""
        parts = (self.table, self.summary)
        kept = ((p["client_id"] == client) & (p["wave"] == wave) for p in parts)
        return Concentration(
            *(p[k].reset_index(drop=True) for p, k in zip(parts, kept, strict=True))
        )

    def __str__(self) -> str:
        rows = self.summary[self.summary["holder"] == "account_manager"]
        rows = rows[rows["top_1"].notna()]
        if rows.empty:
            return "Account managers or revenue are not known: nothing can be said of concentration"
        if len(rows) == 1:
            first = self.table[self.table["holder"] == "account_manager"].iloc[0]
            return (
                f"{first['name']} holds {100 * first['revenue_share']:.0f} % of revenue and "
                f"{100 * first['goodwill_share']:.0f} % of goodwill; revenue is as concentrated as "
                f"if {rows['effective'].iloc[0]:.1f} account managers held equal parts"
            )
        return (
            f"The greatest account manager holds {100 * rows['top_1'].median():.0f} % of revenue "
            f"in the median of {len(rows):,} waves of clients, and at least half of it in "
            f"{int((rows['top_1'] >= 0.5).sum()):,}"
        )


def concentration(
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    account_scores: pd.DataFrame,
    instrument: Instrument,
) -> Concentration:
    """Say how much revenue and goodwill hangs on each account manager and each respondent.

    Goodwill is our own measure: an account's revenue times how far its shrunken score lies up
    the answer scale, 0 at its lower end, 1 at its upper one; where nobody's revenue is known,
    every account counts alike. An account manager holds the accounts he or she owns. A contact
    holds the account of which he or she is the only voice, and of other accounts' goodwill the
    part that goes with his or her own score.

    If an account manager leaves, that revenue is at stake, and ``crq_without`` is what the
    other accounts say. If a contact leaves, ``crq_without`` lacks that one answer, and
    ``n_silenced`` counts the account that has no voice left.

    Parameters
    ----------
    accounts : DataFrame
        Table ``accounts``.
    respondents, account_scores : DataFrame
        Tables ``respondents`` and ``account_scores`` of the same responses.
    instrument : Instrument
        Its answer scale.

    Returns
    -------
    Concentration
        Answers count by their survey weights, where they have any. Of accounts with a score only:
        goodwill of the others is not known.

    References
    ----------
    Hirschman (1964), American Economic Review 54, 761: the index.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("accounts", "respondents", "account_scores")]
    >>> print(crq.participation.concentration(*tables, study.codebook.instrument))
    The greatest account manager holds ... of...
    """
    rows = _accounts(accounts, respondents, account_scores, instrument)
    people = respondents[respondents["crq"].notna() & respondents["contact_id"].notna()]
    people = people.assign(counts=weight_of(people)).merge(
        rows[[*ACCOUNT, "revenue", "goodwill", "n", "unpaid"]], on=ACCOUNT
    )
    parts = [_managers(rows), _contacts(people, instrument)]
    table = pd.concat(parts, ignore_index=True)
    totals = rows.groupby(BLOCK)[["revenue", "goodwill", "total", "counts"]].sum()
    totals = totals.reindex(pd.MultiIndex.from_frame(table[BLOCK]))
    left = (totals["counts"].to_numpy() - table["counts"]).to_numpy()
    table = table.assign(
        revenue_share=_share(table["revenue"], totals["revenue"]).clip(0, 1),
        goodwill_share=_share(table["goodwill"], totals["goodwill"]).clip(0, 1),
        crq_without=_share(totals["total"].to_numpy() - table["total"], left),
    )
    of_managers = table["holder"] == "account_manager"
    lead = table["revenue_share"].where(of_managers, table["goodwill_share"])
    table = table.assign(lead=lead.fillna(table["goodwill_share"])).sort_values(
        [*_KEY, "lead", "goodwill_share", "name"],
        ascending=[True, True, True, False, False, True],
        ignore_index=True,
    )
    table = table.assign(flag=_flags(table))
    return Concentration(typed(table, "concentration"), _summary(table))


def _accounts(
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    account_scores: pd.DataFrame,
    asked: Instrument,
) -> pd.DataFrame:
    """Accounts with a score: what they pay, how much goodwill, who owns them."""
    scored = account_scores.loc[account_scores["n"] > 0, [*ACCOUNT, "n", "crq", "shrunken"]]
    people = respondents[respondents["crq"].notna()]
    counts = people.assign(counts=weight_of(people)).groupby(ACCOUNT)["counts"].sum()
    scored = scored.join(counts, on=ACCOUNT)
    facts = accounts[["client_id", "account_id", "revenue", "account_manager"]]
    rows = scored.merge(facts, on=["client_id", "account_id"], how="left")
    unpaid = rows["revenue"].isna().groupby([rows[b] for b in BLOCK]).transform("all")
    weight = rows["revenue"].fillna(0.0).where(~unpaid, 1.0)
    score = rows["shrunken"].fillna(rows["crq"])
    height = (score - asked.scale.low) / (asked.scale.high - asked.scale.low)
    return rows.assign(
        account_manager=rows["account_manager"].fillna(UNKNOWN),
        revenue=rows["revenue"].fillna(0.0),
        goodwill=weight * height,
        total=rows["crq"] * rows["counts"],
        unpaid=unpaid,
    )


def _managers(rows: pd.DataFrame) -> pd.DataFrame:
    key = [*BLOCK, "account_manager"]
    found = rows.groupby(key, as_index=False, sort=True).agg(
        n_accounts=("account_id", "size"),
        revenue=("revenue", "sum"),
        goodwill=("goodwill", "sum"),
        total=("total", "sum"),
        counts=("counts", "sum"),
        unpaid=("unpaid", "first"),
    )
    found = found.rename(columns={"account_manager": "name"})
    return found.assign(holder="account_manager", n_silenced=0)


def _contacts(people: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """A contact's part of the goodwill goes with the score; revenue only of a sole voice."""
    height = people["counts"] * (people["crq"] - asked.scale.low)
    whole = height.groupby([people[name] for name in ACCOUNT]).transform("sum")
    alone = (people["n"] == 1).to_numpy()
    part = np.divide(height, whole, out=np.zeros(len(people)), where=(whole > 0).to_numpy())
    return people[BLOCK].assign(
        name=people["contact_id"],
        holder="contact",
        n_accounts=alone.astype("int64"),
        revenue=people["revenue"].where(alone, 0.0),
        goodwill=people["goodwill"] * part,
        total=people["counts"] * people["crq"],
        counts=people["counts"],
        unpaid=people["unpaid"],
        n_silenced=alone.astype("int64"),
    ).groupby([*BLOCK, "holder", "name"], as_index=False).agg(
        {"n_accounts": "sum", "revenue": "sum", "goodwill": "sum", "total": "sum",
         "counts": "sum", "unpaid": "first", "n_silenced": "sum"}
    )  # fmt: skip


def _share(part: pd.Series, whole: pd.Series | NDArray) -> NDArray:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _flags(table: pd.DataFrame) -> NDArray:
    unknown = (table["holder"] == "account_manager") & (table["name"] == UNKNOWN)
    return column(
        len(table),
        (unknown, "account_manager_unknown"),
        (table["unpaid"], "accounts_count_alike"),
        ((table["revenue_share"] >= MUCH) & ~unknown, "quarter_of_revenue"),
    )


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    known = table[table["name"].ne(UNKNOWN) | table["holder"].eq("contact")]
    groups = known.groupby(_KEY, sort=True)
    revenue = herfindahl(known["revenue"], groups.ngroup())
    goodwill = herfindahl(known["goodwill"], groups.ngroup()).add_prefix("goodwill_")
    keys = groups.size().index.to_frame(index=False)
    parts = [part.drop(columns="holders", errors="ignore") for part in (revenue, goodwill)]
    sole = known["revenue_share"].where(known["n_silenced"] > 0)
    table = pd.concat([keys, *parts], axis=1).assign(
        holders=groups.size().to_numpy(),
        n_silenced=groups["n_silenced"].sum().to_numpy(),
        silenced_share=sole.groupby(groups.ngroup()).sum(min_count=1),
    )
    shares = [name for name in table if name.endswith(("hhi", "top_1", "top_2", "top_3", "_share"))]
    return typed(table.assign(**table[shares].clip(upper=1)), "concentration_summary")
