"""What roles write about: shares of themes by role, each against all other roles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.results import Result
from crqlab.comments.code_frames import OTHER
from crqlab.comments.coded_comments import Coded
from crqlab.stats.defaults import LEVEL
from crqlab.stats.group_contrasts import group_difference
from crqlab.stats.linearised import ratios
from crqlab.stats.multiplicity import q_values

PANEL = ""  # the client of rows that are of all clients together
_ASKED = ["client_id", "wave", "question"]
_KEY = [*_ASKED, "role"]


@dataclass(frozen=True, slots=True, eq=False)
class RoleThemes(Result):
    """Themes of every open question by role.

    Attributes
    ----------
    table : DataFrame
        Table ``role_themes``; rows of no client (an empty ``client_id``) are of the whole panel.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        rows = self.table[(self.table["client_id"] == PANEL) & (self.table["theme"] != OTHER)]
        apart = rows[rows["verdict"].isin(["higher", "lower"])]
        if rows.empty:
            return "Nobody whose role is known wrote anything"
        if apart.empty:
            return "Too early to say that roles write of different themes: no difference is clear"
        row = apart.loc[apart["difference"].abs().idxmax()]
        ends = f"{row['difference_low']:+.0%} to {row['difference_high']:+.0%}"
        return (
            f"In wave {row['wave']} {row['role']} writes of {row['theme']} ({row['question']}) in "
            f"{row['value']:.0%} of {row['n_comments']:,} comments, {row['difference']:+.0%} off "
            f"all other roles ({row['level']:.0%} interval {ends})"
        )


def role_themes(coded: Coded, respondents: pd.DataFrame, *, level: float = LEVEL) -> RoleThemes:
    """Share of each theme among the comments of each role, and how far off that of all others.

    Parameters
    ----------
    coded : Coded
    respondents : DataFrame
        Table ``respondents``: ``response_id``, ``role``; comments of those without one are no
        part of it.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    RoleThemes
        Accounts are what was sampled (`crqlab.stats.group_contrasts`); a difference has an interval
        from six accounts on either side, and a verdict where ``q``, false discovery among all roles
        and themes of the client's wave, is below 1 - level.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> frame = crq.comments.code_frame(study)
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> coded = crq.comments.coded(said, frame, crq.comments.hand_codes(study, frame, said))
    >>> by_role = crq.comments.role_themes(coded, study.read("respondents"))
    >>> set(by_role.table["verdict"]) <= {"higher", "lower", "no_clear_difference", "unknown"}
    True
    """
    role = respondents.set_index("response_id")["role"]
    rows = coded.table.assign(role=coded.table["response_id"].map(role)).dropna(subset="role")
    if rows.empty:
        return RoleThemes(frames.empty("role_themes"))
    rows = rows.assign(unit=rows["client_id"] + "/" + rows["account_id"])
    rows = pd.concat([rows, rows.assign(client_id=PANEL)], ignore_index=True)
    seen = pd.crosstab([rows[name] for name in (*_KEY, "unit")], rows["theme"]).astype(float)
    told = rows.drop_duplicates([*_KEY, "unit", "response_id"]).groupby([*_KEY, "unit"]).size()
    every = pd.DataFrame(dict.fromkeys(seen, told.astype(float)), columns=seen.columns)
    found = _compared(seen, every, level)
    n = seen.groupby(level=_KEY).sum().melt(ignore_index=False, value_name="n")
    n = n.set_index("theme", append=True)["n"].astype("int64")
    whole = told.groupby(level=_KEY).sum().rename("n_comments")
    found = found.join(n, on=[*_KEY, "theme"]).join(whole, on=_KEY)
    found = found[found["n"].groupby([found[c] for c in (*_ASKED, "theme")]).transform("sum") > 0]
    q = q_values(found["p"], found["client_id"] + "\t" + found["wave"])
    sure = (q < 1 - level).to_numpy(bool)
    up = (found["difference"] > 0).to_numpy(bool)
    said = np.select([q.isna(), sure & up, sure], ["unknown", "higher", "lower"],
                     "no_clear_difference")  # fmt: skip
    found = found.assign(q=q, verdict=said, level=level)
    return RoleThemes(frames.typed(found.sort_values([*_KEY, "theme"]), "role_themes"))


def _compared(seen: pd.DataFrame, every: pd.DataFrame, level: float) -> pd.DataFrame:
    """Share of each theme in each role's comments, and its difference to all other roles'."""
    parts = [_sides(one) for one in (seen, every)]
    first = np.repeat([True, False], [len(seen), len(parts[0]) - len(seen)])
    blocks = parts[0].index.droplevel("unit")
    sums, counts = (one.droplevel(_KEY) for one in parts)
    found = ratios(sums[first], counts[first], blocks[first], level=level)
    apart = group_difference(sums, counts, blocks, first, level=level)
    keys = pd.DataFrame(found["block"].tolist(), columns=_KEY, index=found.index)
    ends = {name: found[name].clip(0, 1) for name in ("low", "high")}
    away = {f"difference{end}": apart[name].clip(-1, 1)
            for end, name in (("", "value"), ("_low", "low"), ("_high", "high"))}  # fmt: skip
    return keys.assign(theme=found["measure"], value=found["value"], **ends, **away, p=apart["p"],
                       n_accounts=found["n_clusters"], flag=found["flag"])  # fmt: skip


def _sides(own: pd.DataFrame) -> pd.DataFrame:
    """Sums of each role's accounts, and below them those of all other roles of the question."""
    whole = own.groupby(level=[*_ASKED, "unit"]).sum()
    roles = own.index.droplevel("unit").unique().to_frame(index=False)
    pairs = roles.merge(whole.index.to_frame(index=False), on=_ASKED)
    index = pd.MultiIndex.from_frame(pairs[[*_KEY, "unit"]])
    of = pd.MultiIndex.from_frame(pairs[[*_ASKED, "unit"]])
    left = whole.loc[of].set_axis(index) - own.reindex(index).fillna(0.0)
    return pd.concat([own, left])
