"""What goes with answering among the things that a programme does for it, and how surely."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from crqlab.base.contracts.cautions import code, column
from crqlab.base.contracts.frames import empty, from_records
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.participation.invitation_frame import BLOCK
from crqlab.stats.defaults import FEW_GROUPS, LEVEL
from crqlab.stats.multiplicity import q_values
from crqlab.stats.response_propensity import propensity

LEVERS = ("signed_off", "signed_off_by_owner", "warmed_up", "sent_by_head", "reminded",
          "feedback_given")  # fmt: skip
LATER = ("status", "signed_off_by", "warmed_up", "sent_by", "reminders", "feedback_given")
PANEL = ""
#: Who heads a firm, in English, German, Swedish, French, Spanish and Dutch.
_HEADS = re.compile(
    r"(?:the )?(?:ceo|chief executive(?: officer)?|managing director|president|vd"
    r"|verkställande direktör|geschäftsführer(?:in)?|vorstand|directeur général|pdg|directeur"
    r"|director general)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Levers(Result):
    """How answering goes with each lever.

    Attributes
    ----------
    table : DataFrame
        Table ``levers``: of all clients together (client_id empty), and of each client.
    """

    table: pd.DataFrame

    def of(self, client: str) -> Levers:
        """Return the rows of one client; of all together for an empty name."""
        return Levers(self.table[self.table["client_id"] == client].reset_index(drop=True))

    def __str__(self) -> str:
        rows = self.table[self.table["client_id"] == PANEL]
        if rows.empty:
            return "No column of the contacts says what was done for an answer"
        clear = rows[rows["verdict"].isin(["more", "less"])]
        told = ", ".join(
            f"{row.lever.replace('_', ' ')} ({row.share_with:.0%} answered, else "
            f"{row.share_without:.0%})"
            for row in clear.itertuples()
        )
        return f"Of {len(rows)} levers these go with answering: {told or 'none clearly'}"


def levers(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    level: float = LEVEL,
) -> Levers:
    """Hold answering against what was done for it: an association, never a cause.

    A logistic regression of answering on each lever by itself, with an intercept for each
    client's wave. Clusters are accounts inside a client; over all clients, clients; Student's t on
    them less one. Who is likely
    to answer may be treated otherwise than others, so that none of it says what a lever would
    change; reminders go to those who have not answered.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1; levers are optional columns of ``contacts``.
    level : float
        Coverage of the intervals, in (0, 1); a verdict needs a false discovery rate below
        1 - level over all levers of the client.

    Returns
    -------
    Levers

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: the clustered variance.
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> found = crq.participation.levers(*tables)
    >>> sorted(found.of("").table["lever"])
    []
    """
    people = people_with_levers(contacts, responses, accounts)
    rows = []
    for lever in LEVERS:
        known = people[people[lever].notna()]
        rows += [_row(PANEL, lever, known, known["client_id"], level)] if len(known) else []
        rows += [
            _row(client, lever, own, own["account_id"], level)
            for client, own in known.groupby("client_id")
        ]
    rows = [row for row in rows if row]
    if not rows:
        return Levers(empty("levers"))
    table = from_records(rows, "levers").sort_values(["client_id", "lever"], ignore_index=True)
    return Levers(_judged(table, level))


def people_with_levers(
    contacts: pd.DataFrame, responses: pd.DataFrame, accounts: pd.DataFrame
) -> pd.DataFrame:
    """Return everybody who was asked, who answered, and each lever as 0, 1 or unknown."""
    asked = contacts[contacts["invited"].to_numpy(bool)]
    asked = asked.reindex(columns=[*dict.fromkeys([*asked, *LATER])])
    key = [*BLOCK, "contact_id"]
    named = responses[responses["contact_id"].notna()]
    heard = pd.MultiIndex.from_frame(asked[key]).isin(pd.MultiIndex.from_frame(named[key]))
    owner = accounts.drop_duplicates(["client_id", "account_id"])
    owner = asked.merge(
        owner[["client_id", "account_id", "account_manager"]],
        on=["client_id", "account_id"],
        how="left",
    )["account_manager"].set_axis(asked.index)
    by = asked["signed_off_by"]
    signed = by.notna() | asked["signed_off_on"].notna()
    waves = [asked[name] for name in BLOCK]
    told = {
        "signed_off": signed.astype(float).where(signed.groupby(waves).transform("any")),
        "signed_off_by_owner": (by == owner).astype(float).where(by.notna() & owner.notna()),
        "warmed_up": _yes(asked["warmed_up"]),
        "sent_by_head": asked["sent_by"].map(_head, na_action="ignore").astype(float),
        "reminded": (asked["reminders"] > 0).astype(float).where(asked["reminders"].notna()),
        "feedback_given": _yes(asked["feedback_given"]),
    }
    return asked[[*BLOCK, "account_id", "status"]].assign(answered=heard, **told)


def _yes(texts: pd.Series) -> pd.Series:
    return texts.map({"yes": 1.0, "no": 0.0}).astype(float)


def _head(text: str) -> float:
    return float(bool(_HEADS.fullmatch(text.strip())))


def _row(
    client: str, lever: str, known: pd.DataFrame, clusters: pd.Series, level: float
) -> dict | None:
    """One lever; nothing where everybody is alike in it or in answering, in each wave."""
    x, y = known[lever].to_numpy(float), known["answered"].to_numpy(bool)
    if x.min() == x.max() or y.all() or not y.any():
        return None
    strata = pd.MultiIndex.from_frame(known[BLOCK]).map("\x1f".join)
    try:
        fit = propensity(pd.DataFrame({lever: x}), y, strata=strata, clusters=clusters.to_numpy())
    except EstimateError:  # parted wholly, or no wave with both
        return None
    n = int(clusters.nunique())
    slope, error = float(fit.slopes[0]), float(np.sqrt(fit.covariance[0, 0]))
    if not (np.isfinite(slope) and error > 0 and n > 1):
        return None
    half = t.isf((1 - level) / 2, n - 1) * error
    held = known.loc[x == 1, "account_id"].nunique(), known.loc[x == 0, "account_id"].nunique()
    return {
        "client_id": client, "lever": lever, "share_with": y[x == 1].mean(),
        "share_without": y[x == 0].mean(), "n_with": int((x == 1).sum()),
        "n_without": int((x == 0).sum()), "n_clusters": n,
        "n_accounts": min(held), "value": np.exp(slope), "low": np.exp(slope - half),
        "high": np.exp(slope + half), "p": 2 * t.sf(abs(slope) / error, n - 1), "level": level,
    }  # fmt: skip


def _judged(table: pd.DataFrame, level: float) -> pd.DataFrame:
    q = q_values(table["p"], table["client_id"])
    few = (table["n_clusters"] < FEW_GROUPS).to_numpy()
    clear = (q < 1 - level).to_numpy() & ~few
    more = (table["value"] > 1).to_numpy()
    verdict = np.select([few, clear & more, clear], ["unknown", "more", "less"], "no_clear")
    flags = column(
        len(table),
        (few, code("too_few_clusters", minimum=FEW_GROUPS)),
        ((table["lever"] == "reminded").to_numpy(), "reminders_follow_silence"),
    )
    return table.assign(q=q, verdict=verdict, flag=flags)
