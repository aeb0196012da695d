"""How many write of each theme, what changed, and how those who write of it score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.results import Result
from crqlab.base.waves import places
from crqlab.comments.code_frames import OTHER
from crqlab.comments.coded_comments import Coded
from crqlab.stats.defaults import LEVEL
from crqlab.stats.linearised import paired_difference, ratios
from crqlab.stats.multiplicity import q_values

BLOCK = ["client_id", "wave", "question"]
_ACCOUNT = [*BLOCK, "account_id"]


@dataclass(frozen=True, slots=True, eq=False)
class Shares(Result):
    """Themes of every open question of a client's wave.

    Attributes
    ----------
    table : DataFrame, one row per client, wave, question and theme
        Table ``theme_shares``: ``n`` of ``n_comments`` write of it, ``n_accounts`` they belong
        to; ``value`` the share with its interval; ``change`` since wave ``before``, its interval,
        ``p`` and ``q``; ``score`` the mean of who writes of it, its interval.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody wrote anything"
        asked = self.table.drop_duplicates(BLOCK)
        rest = self.table[self.table["theme"] == OTHER]["n"].sum()
        n = int(asked["n_comments"].sum())
        return (
            f"{n:,} comments to {asked['question'].nunique()} questions; "
            f"{rest / n:.0%} of them fit no theme"
        )


def shares(coded: Coded, respondents: pd.DataFrame, *, level: float = LEVEL) -> Shares:
    """Share of each theme among the comments to a question, by client and wave.

    Parameters
    ----------
    coded : Coded
    respondents : DataFrame
        Table ``respondents``: ``response_id``, ``crq``, ``ltr``.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    Shares
        Accounts are what was sampled (`crqlab.stats.linearised`); a change is since the client's
        wave before with comments to the question, and the false discovery rate of changes is
        that of the client's wave.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> frame = crq.comments.code_frame(study)
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> by_hand = crq.comments.hand_codes(study, frame, said)
    >>> coded = crq.comments.coded(said, frame, by_hand)
    >>> shares = crq.comments.shares(coded, study.read("respondents"))
    """
    rows = coded.table
    if rows.empty:
        return Shares(frames.empty("theme_shares"))
    seen = pd.crosstab([rows[c] for c in _ACCOUNT], rows["theme"])
    told = rows.drop_duplicates([*_ACCOUNT, "response_id"]).groupby(_ACCOUNT).size()
    every = pd.DataFrame(dict.fromkeys(seen, told), columns=seen.columns)
    found = _table(ratios(*_of_accounts(seen, every), _blocks(seen), level=level), "value")
    found = found.join(_counts(rows), on=[*BLOCK, "theme"]).query("n > 0")
    found = found.join(_changes(seen, every, level), on=[*BLOCK, "theme"])
    found = found.join(_scores(rows, respondents, level), on=[*BLOCK, "theme"])
    family = found["client_id"] + "\t" + found["wave"]
    ends = {name: found[name].clip(0, 1) for name in ("value_low", "value_high")}
    found = found.assign(q=q_values(found["p"], family), level=level, **ends)
    return Shares(frames.typed(found.sort_values([*BLOCK, "theme"]), "theme_shares"))


def _of_accounts(*tables: pd.DataFrame) -> list[pd.DataFrame]:
    return [one.set_axis(one.index.get_level_values("account_id")) for one in tables]


def _blocks(seen: pd.DataFrame, by: Sequence[str] = BLOCK) -> pd.Series:
    return pd.Series(list(zip(*(seen.index.get_level_values(c) for c in by), strict=True)))


def _table(found: pd.DataFrame, name: str, by: Sequence[str] = BLOCK) -> pd.DataFrame:
    """What `ratios` found, its blocks as columns, its numbers under a name of their own."""
    keys = pd.DataFrame(found["block"].tolist(), columns=list(by), index=found.index)
    own = {"value": name, "low": f"{name}_low", "high": f"{name}_high", "flag": f"{name}_flag"}
    return keys.join(found.rename(columns={"measure": "theme", **own}).drop(columns="block"))


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    by = rows.groupby([*BLOCK, "theme"])
    n = by["response_id"].nunique().rename("n").to_frame()
    n = n.assign(n_accounts=by["account_id"].nunique()).reset_index("theme")
    whole = rows.groupby(BLOCK)["response_id"].nunique().rename("n_comments")
    return n.join(whole, on=BLOCK).set_index("theme", append=True)


def _changes(seen: pd.DataFrame, every: pd.DataFrame, level: float) -> pd.DataFrame:
    """Later share minus the one before, of the same question, with its test."""
    asked = seen.index.to_frame(index=False)[BLOCK].drop_duplicates()
    asked = asked.assign(place=asked["wave"].map(places(asked["wave"]))).sort_values("place")
    asked["before"] = asked.groupby(["client_id", "question"])["wave"].shift()
    parts = []
    for (now, then), some in asked.dropna(subset="before").groupby(["wave", "before"], sort=True):
        both = [_pair(table, some, now, then) for table in (seen, every)]
        later = pd.Series(both[0].index.get_level_values("wave") == now)
        by = ["client_id", "question"]
        found = paired_difference(*_of_accounts(*both), _blocks(both[0], by), later, level=level)
        parts.append(_table(found, "change", by).assign(wave=now, before=then))
    kinds = {"change": "number", "change_low": "number", "change_high": "number", "p": "number",
             "change_flag": "text", "before": "text"}  # fmt: skip
    keys = [*BLOCK, "theme"]
    none = frames.empty({**dict.fromkeys(keys, "text"), **kinds})
    return pd.concat([none, *parts])[[*keys, *kinds]].set_index(keys)


def _pair(table: pd.DataFrame, asked: pd.DataFrame, now: str, then: str) -> pd.DataFrame:
    """Rows of two waves of clients that were asked a question in both."""
    at = table.index
    own = pd.MultiIndex.from_frame(asked[["client_id", "question"]])
    mine = pd.MultiIndex.from_arrays([at.get_level_values(c) for c in ("client_id", "question")])
    return table[mine.isin(own) & at.get_level_values("wave").isin([now, then])]


def _scores(rows: pd.DataFrame, respondents: pd.DataFrame, level: float) -> pd.DataFrame:
    """Mean CRQ, where there is none mean LTR, of who writes of a theme."""
    measure = "crq" if respondents["crq"].notna().any() else "ltr"
    score = respondents.set_index("response_id")[measure]
    known = rows.assign(score=rows["response_id"].map(score)).dropna(subset="score")
    wide = {"index": [*BLOCK, "account_id"], "columns": "theme", "values": "score"}
    total, n = (known.pivot_table(**wide, aggfunc=how) for how in ("sum", "count"))
    found = _table(ratios(*_of_accounts(total, n), _blocks(total), level=level), "score")
    n = known.groupby([*BLOCK, "theme"]).size().rename("n_scored")
    kept = ["score", "score_low", "score_high", "score_flag"]
    return found.set_index([*BLOCK, "theme"])[kept].join(n).assign(measure=measure)
