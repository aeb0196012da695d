"""From the tables of station 5 to what one client may see of its next renewals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, codes, joined
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page import lookup, suppression
from crqlab.page.renewal.data import Renewal, proven
from crqlab.page.tables import table

#: The candidate that knows all that the outlook knows.
MODEL = "everything"
#: Terms and codes that may be told of anybody: they come from the books, not from answers.
_BOOKS = frozenset(
    ["tenure", "silent", "prior_churn", "earlier_renewals", "as_average", "only_average_known"]
)
_LAST, _LIKELY = "crq_before", ("nps", "mean_ltr")
_WITHHELD = "reason_withheld"
#: Chances from which a renewal is called likely, and at least even.
LIKELY, EVEN = 0.8, 0.5
BANDS = ("likely", "even", "unlikely")
NUMBERS = "p_renew p_low p_high expected_loss expected_low expected_high".split()


def renewal(
    study: Study,
    client: str,
    wave: str,
    accounts: pd.DataFrame,
    segments: pd.DataFrame,
    *,
    many: bool,
) -> Renewal:
    """Collect the client's rows of station 5; without accounts where a later wave was held.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``n``, ``nps``, ``withheld``.
    segments : DataFrame, one row per account
        ``account_id``, ``segment``.
    many : bool
        Whether there are enough clients for their average to be told.

    Returns
    -------
    Renewal
    """
    rows = table(study, "outlook", client=client)
    now = rows[rows["wave"] == wave].reset_index(drop=True)
    ids = now["account_id"]
    name, manager, nps = lookup.matched(ids, accounts, "name", "manager", "nps")
    few = lookup.withheld(ids, accounts) & ~now["silent"].to_numpy(bool)
    veil, silenced = _one_more(few, now), study.codebook.privacy.few_answers == "nothing"
    untold = few if silenced else np.zeros_like(few)
    veil |= few
    before = _before(study, client, wave)
    past, veiled = (ids.isin(before.index[before == told]).to_numpy(bool) for told in (True, False))
    unsaid = nps.isna().to_numpy(bool)
    total, contest = table(study, "revenue_at_risk", client=client), table(study, "contest")
    performance = contest[contest["candidate"] == MODEL].reset_index(drop=True)
    if len(now) and not proven(performance):
        none, card = (
            now.assign(name="", manager="", segment="", withheld=False),
            table(study, "model_card"),
        )
        return Renewal(
            _banded(none, untold, veil).iloc[:0],
            total.iloc[:0],
            performance,
            card,
            late=False,
            unproven=True,
        )
    shown = now.assign(
        reason=_safe(now["reason"], few, past, unsaid, many),
        name=name.fillna(ids),
        manager=manager,
        segment=lookup.matched(ids, segments, "segment")[0],
        withheld=few,
    )
    return Renewal(
        accounts=_banded(shown, untold, veil | veiled),
        total=total[total["scope"] == "client"].iloc[: 1 if len(now) else 0],
        performance=performance,
        card=table(study, "model_card"),
        late=bool(len(rows)) and not len(now),
    )


def _one_more(few: NDArray, rows: pd.DataFrame) -> NDArray:
    """Choose a second account where one alone is withheld: the whole less the others tells it."""
    more = np.zeros(len(rows), dtype=bool)
    if few.sum() == 1:
        known = (~few & rows["p_renew"].notna()).to_numpy(bool)
        least = rows["revenue"].where(known).idxmin() if known.any() else None
        more |= rows.index == least
    return more


def _banded(rows: pd.DataFrame, untold: NDArray, veiled: NDArray) -> pd.DataFrame:
    """A band in the place of a chance that is veiled, nothing of those; then by what is shown."""
    chance = rows["p_renew"].to_numpy(float)
    band = np.select([chance >= LIKELY, chance >= EVEN, chance < EVEN], BANDS, "")
    hide = untold | veiled
    hidden = {name: np.where(hide, np.nan, rows[name].to_numpy(float)) for name in NUMBERS}
    rows = rows.assign(**hidden, chance=np.where(veiled & ~untold, band, ""))
    order = ["expected_loss", "revenue", "account_id"]
    return rows.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _before(study: Study, client: str, wave: str) -> pd.Series:
    """Whether an account's scores of the wave before stand on enough people, by account."""
    rows = table(study, "account_scores", client=client)
    order = in_order([*rows["wave"].unique(), wave])
    past = order[: order.index(wave)]
    rows = rows[rows["wave"] == (past[-1] if past else "")]
    least = study.codebook.privacy.min_scores
    veiled = suppression.complemented(rows["n"], minimum=least, whole=rows["client_id"])
    return pd.Series(~veiled.to_numpy(bool), index=rows["account_id"].to_numpy())


def _safe(
    reasons: pd.Series, few: NDArray, past: NDArray, unsaid: NDArray, many: bool
) -> pd.Series:
    """Keep the codes of each reason that no single person's answers can be read from."""
    told = []
    for cell, *hidden in zip(reasons, few, past, unsaid, strict=True):
        kept = [one for one in codes(cell) if _harmless(one.get("term", one["code"]), *hidden)]
        kept = kept if many else [_without_average(one) for one in kept]
        told.append(joined(code(one.pop("code"), **one) for one in kept) if kept else _WITHHELD)
    return pd.Series(told, dtype=object)


def _harmless(about: str, few: bool, past: bool, unsaid: bool) -> bool:
    if about in _BOOKS:
        return True
    if about == _LAST:
        return past
    return not few and not (unsaid and about in _LIKELY)


def _without_average(one: dict[str, Any]) -> dict[str, Any]:
    """The same reason without what the average of few clients tells of the others."""
    if "average" not in one:
        return one
    kind = {"beside_average": "alone", "count_beside_average": "count_alone"}[one["code"]]
    return {"code": kind, "term": one["term"], "value": one["value"]}
