"""From the tables of station 6 to what one client may see of its accounts' segments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crqlab.base.conditions import LIKELY
from crqlab.base.contracts.cautions import code, codes, joined
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page import suppression
from crqlab.page.lookup import matched, withheld
from crqlab.page.segments.data import FEW, Segments
from crqlab.page.tables import table
from crqlab.segments.likeliest_segments import NOT_SETTLED, SETTLED, as_then
from crqlab.segments.segment_traits import SegmentTraits, of_table

_NUMBERS = ["p", "second_p", "distance"]
_NAMED = ["second", "nearest"]
_WORDS = ["segment", "p_word"]


def segments(
    study: Study, client: str, wave: str, accounts: pd.DataFrame, *, many: bool
) -> Segments:
    """Collect the client's rows of station 6.

    All is told as the wave knew it, whatever later ones brought. An account whose scores are
    withheld keeps its segment and, as a word, how likely it is: that is what an account manager
    acts on; reason, probability and distance go. Where the codebook wants nothing told of few
    answers (``privacy: {few_answers: nothing}``) the segment goes too, and where such accounts are
    so few, or so alike, that counts less the others would tell it, the counts go as well.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``nps``, ``withheld``.
    many : bool
        Whether there are enough clients for a rate over all of them.

    Returns
    -------
    Segments
    """
    rows = as_then(table(study, "segments", client=client))
    now = rows[rows["wave"] == wave].reset_index(drop=True)
    moves, movement = (
        as_then(table(study, name, client=client, wave=wave)) for name in ("migration", "movement")
    )
    moves = moves[(moves["n"] > 0).to_numpy(bool)].reset_index(drop=True)
    before = str(moves["from_wave"].iloc[0]) if len(moves) else _earlier(rows, wave)
    traits = of_table(table(study, "segment_traits"))
    shares = as_then(table(study, "segment_shares", client=client, wave=wave))
    least, silenced = study.codebook.privacy.min_scores, _silenced(study)
    told = _protected(now, accounts, silenced=silenced)
    was = rows[(rows["wave"] == before).to_numpy(bool)]
    was = _veiled_before(was, study, client, least) if silenced else was
    past, past_status = matched(now["account_id"], was, "segment", "status")
    hidden = now["segment"][told["withheld"].to_numpy(bool) & silenced]
    bare = len(hidden) > 0 and (len(hidden) < least or (hidden == hidden.iloc[0]).all())
    return Segments(
        accounts=told.assign(before=past, before_status=past_status),
        shares=_bare(_ordered(shares, traits)) if bare else _ordered(shares, traits),
        migration=moves.iloc[:0] if bare else _unpaid(moves) if len(hidden) else moves,
        movement=movement.iloc[:0] if bare else movement,
        renewal=_ordered(table(study, "segment_renewal").iloc[: None if many else 0], traits),
        thresholds="" if now.empty else str(now["thresholds"].iloc[0]),
        before=before,
        traits=traits,
    )


def _silenced(study: Study) -> bool:
    """Whether nothing is told of accounts with very few answers."""
    return study.codebook.privacy.few_answers == "nothing"


def _earlier(rows: pd.DataFrame, wave: str) -> str:
    order = in_order([*rows["wave"].unique(), wave])
    past = order[: order.index(wave)]
    return past[-1] if past else ""


def _ordered(rows: pd.DataFrame, traits: SegmentTraits) -> pd.DataFrame:
    """The best segment first, silent accounts last."""
    place = [traits.rung.get(name, len(traits.rung)) for name in rows["segment"]]
    return rows.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _veiled_before(rows: pd.DataFrame, study: Study, client: str, least: int) -> pd.DataFrame:
    """Take the segment from accounts whose scores that wave's own page withheld."""
    wave = "" if rows.empty else str(rows["wave"].iloc[0])
    scores = table(study, "account_scores", client=client, wave=wave)
    few = suppression.complemented(scores["n"], minimum=least, whole=scores["client_id"])
    judged = rows["status"].isin([SETTLED, NOT_SETTLED]).to_numpy(bool)
    few = rows["account_id"].isin(scores["account_id"][few]).to_numpy(bool) & judged
    return rows.assign(
        segment=rows["segment"].astype(object).mask(few), status=rows["status"].mask(few, FEW)
    )


def _bare(shares: pd.DataFrame) -> pd.DataFrame:
    """Keep of shares how many accounts kept silent: of the others too few are withheld."""
    rows = shares[(shares["status"] != "sorted").to_numpy(bool)]
    return rows.reset_index(drop=True)


def _unpaid(moves: pd.DataFrame) -> pd.DataFrame:
    """Take revenue from counts of accounts: beside each account's own it names them."""
    return moves.assign(revenue=np.nan)


def _protected(rows: pd.DataFrame, accounts: pd.DataFrame, *, silenced: bool) -> pd.DataFrame:
    """Take away what tells the scores of accounts of very few people."""
    ids = rows["account_id"]
    few = withheld(ids, accounts)
    few = few & rows["status"].isin([SETTLED, NOT_SETTLED]).to_numpy(bool)
    name, manager, nps = matched(ids, accounts, "name", "manager", "nps")
    told = zip(rows["reason"], rows["n"], few, nps.isna(), strict=True)
    reason = pd.Series([_reason(*each) for each in told], index=rows.index, dtype="str")
    hidden = {name: np.where(few, np.nan, rows[name].to_numpy(float)) for name in _NUMBERS}
    hidden |= {
        name: rows[name].astype(object).mask(few)
        for name in [*_NAMED, *(_WORDS if silenced else ())]
    }
    return rows.assign(
        **hidden,
        status=rows["status"].mask(few & silenced, FEW),
        reason=reason,
        flag=rows["flag"].mask(few, "too_few_people"),
        name=name.fillna(ids),
        manager=manager,
        withheld=few,
    )


def _reason(cell: str, n: int, few: bool, unsaid: bool) -> str:
    """Keep of a reason what no single person's answers can be read from."""
    if few:
        return code("answers_withheld", n=int(n))
    return joined(map(_untold, codes(cell))) if unsaid else cell


def _untold(one: dict[str, Any]) -> str:
    """One code, without the number if that is made of who would recommend."""
    hidden = "value" if LIKELY.keys() & set(one.get("scores", ())) else ""
    return code(one["code"], **{k: v for k, v in one.items() if k not in ("code", hidden)})
