"""What a set of thresholds makes of a panel: shares, renewal, stability, sensitivity, moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crqlab.base.conditions import moved
from crqlab.base.contracts.cautions import OK, code, codes, joined
from crqlab.base.contracts.frames import empty
from crqlab.base.results import Result
from crqlab.base.waves import in_order
from crqlab.segments.assignment import scores_of
from crqlab.segments.expected_mix import expected
from crqlab.segments.expected_moves import SORTED, parted
from crqlab.segments.likeliest_segments import SILENT, THEN
from crqlab.segments.panel_segments import Panel
from crqlab.segments.segment import placed
from crqlab.segments.segment_traits import SegmentTraits
from crqlab.segments.thresholds import Thresholds
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL
from crqlab.stats.proportion import clustered

STEP = 0.25
FAR = 0.12  # from an expected share; ours
FEW_ACCOUNTS = code("few_accounts", minimum=FEW_CLUSTERS)


@dataclass(frozen=True, slots=True, eq=False)
class Mix(Result):
    """Shares of segments, of one client's wave each.

    Attributes
    ----------
    table : DataFrame
        ``client_id``, ``wave``, ``status`` (sorted, or silent: without segment), ``segment``,
        ``n`` (accounts expected, in whole numbers that add up), ``share`` with ``low`` and
        ``high`` among judged accounts, ``asked_share`` and ``revenue_share`` of all accounts,
        ``revenue``; all of these also as known in the wave itself (``_then``); ``level``,
        ``flag``.
    total : DataFrame
        The same of all clients, by wave.
    traits : SegmentTraits
        Of the segments.
    """

    table: pd.DataFrame
    total: pd.DataFrame
    traits: SegmentTraits

    def __str__(self) -> str:
        if self.total.empty:
            return "No account is sorted, so there is no mix"
        last = self.total[self.total["wave"] == in_order(self.total["wave"])[-1]]
        sorted_ = last.dropna(subset=["segment", "share"])
        told = ", ".join(f"{r.segment} {r.share:.0%}" for r in sorted_.itertuples())
        far = [one.get("segment", "the rest") for one in codes(last["flag"].iloc[0])
               if "far" in one["code"]]  # fmt: skip
        warned = f"; far from the expected mix: {', '.join(far)}" if far else ""
        return f"Wave {last['wave'].iloc[0]}: {told}{warned}"


def mix(panel: Panel, *, level: float = LEVEL) -> Mix:
    """Expect how many accounts each segment holds per client and wave, and what they pay.

    Probabilities of segments are summed, for labels, plain or likeliest, are no mix: those of
    plain means overstate every rare segment, the likeliest ones hide it.

    Parameters
    ----------
    panel : Panel
    level : float
        Coverage of the intervals, in (0, 1): of the shares among these very accounts, from
        draws of all of them together. Where the panel is too small for a model they are 0 to 1.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> print(crq.segments.mix(panel))
    Wave ...: Opponent ..., Stalker...
    """
    traits = panel.thresholds.traits
    if panel.why:
        return Mix(empty("segment_shares"), empty("segment_shares"), traits)
    views = {"": panel.whole, THEN: panel.then}
    table = _both(panel.table, views, ["client_id", "wave"], level)
    total = _both(panel.table, views, ["wave"], level)
    return Mix(table, total.assign(flag=_warned(total, traits.expected)), traits)


def _both(rows: pd.DataFrame, views: Mapping, keys: list[str], level: float) -> pd.DataFrame:
    parts = [expected(rows, view, keys, level) for view in views.values()]
    table = parts[0].merge(parts[1], on=[*keys, "segment"], suffixes=("", THEN))
    return table.assign(level=level, flag=_few(table, keys), **parted(table["segment"]))


def _few(table: pd.DataFrame, keys: list[str]) -> np.ndarray:
    sorted_ = table["n"].where(table["segment"] != SILENT, 0)
    whole = sorted_.groupby([table[key] for key in keys]).transform("sum")
    return np.where(whole < FEW_CLUSTERS, FEW_ACCOUNTS, OK)


def _warned(total: pd.DataFrame, expected: Mapping[str, float]) -> list[str]:
    """Add a warning where shares lie far from those expected; the others share what is left.

    Of few accounts any mix may be chance: they are not warned of.
    """
    flags = total["flag"].astype(str).to_numpy().copy()
    if not expected:
        return flags.tolist()
    enough = (total["status"] == SORTED) & (total["flag"] == OK)
    for wave, rows in total[enough].groupby("wave"):
        share = rows.set_index("segment")["share"].fillna(0)
        far = [
            code("far_from_expected", segment=name)
            for name, of in expected.items()
            if abs(share[name] - of) > FAR
        ]
        rest = share.drop(list(expected)).sum() - (1 - sum(expected.values()))
        if len(share) > len(expected) and abs(rest) > FAR:
            far.append("rest_far_from_expected")
        mine = (total["wave"] == wave).to_numpy()
        flags[mine] = [joined([flag, *far]) for flag in flags[mine]]
    return flags.tolist()


def renewal(
    assigned: pd.DataFrame, names: tuple[str, ...], *, level: float = LEVEL
) -> pd.DataFrame:
    """Renewal rate of each segment; whole accounts carry the intervals.

    Parameters
    ----------
    assigned : DataFrame
        ``client_id``, ``account_id``, ``segment``, ``status``, ``renewed``, ``due_revenue``.
    names : tuple of str
    level : float

    Returns
    -------
    DataFrame, one row per segment, and one for silent accounts
        ``status``, ``segment``, ``n`` contracts, ``n_accounts``, ``value`` (share renewed),
        ``low``, ``high``, ``level``, ``revenue_rate`` (share of the revenue renewed), ``flag``.

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24, 193-201: the effective number.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.segments.as_then(study.read("segments").assign(due_revenue=1.0))
    >>> rates = crq.segments.renewal(rows, crq.segments.starting().names)
    """
    rows = _kinds(assigned).dropna(subset=["segment", "renewed"])
    money = rows["due_revenue"].astype(float).fillna(0)
    sums = (
        rows.assign(n=1.0, money=money, kept=money * rows["renewed"])
        .groupby(["segment", "client_id", "account_id"], as_index=False)[
            ["n", "renewed", "money", "kept"]
        ]
        .sum()
    )
    found = clustered(sums["renewed"], sums["n"], sums["segment"], level=level)
    paid = sums.groupby("segment")[["money", "kept"]].sum()
    table = found[["value", "low", "high", "n", "n_accounts"]].join(paid)
    table = table.reindex([*names, SILENT])
    n, accounts = (table[c].fillna(0).astype("int64") for c in ("n", "n_accounts"))
    flag = np.where(n == 0, "no_outcomes", np.where(accounts < FEW_CLUSTERS, FEW_ACCOUNTS, OK))
    rate = (table["kept"] / table["money"]).where(table["money"] > 0)
    table = table.assign(n=n, n_accounts=accounts, level=level, revenue_rate=rate, flag=flag)
    table = table.drop(columns=["money", "kept"]).rename_axis("segment").reset_index()
    return table.assign(**parted(table["segment"]))


def sensitivity(
    accounts: pd.DataFrame, thresholds: Thresholds, *, step: float | None = None
) -> pd.DataFrame:
    """What one cut moved by a little does to shares, renewal and revenue.

    Parameters
    ----------
    accounts : DataFrame
        Scores of the rules, ``revenue`` and ``renewed`` (may be missing).
    thresholds : Thresholds
    step : float, optional
        Scale points; a quarter point on 1-7, and as large a part of any other scale.

    Returns
    -------
    DataFrame, one row per cut, change and segment
        ``score``, ``cut``, ``change``, ``segment``, ``n``, ``share``, ``revenue_share``,
        ``renewed``, ``moved`` (share of accounts in another segment than before).

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> rows = crq.segments.sensitivity(panel.scored, rules)
    """
    ends = thresholds.instrument.scale
    step = STEP * (ends.high - ends.low) / 6 if step is None else step
    scores = scores_of(accounts, thresholds)
    first = placed(thresholds.segments, scores)
    parts = []
    for score, cut in thresholds.cuts:
        for change in (-step, step):
            segments = tuple(
                replace(s, rule=moved(s.rule, {(score, cut): cut + change}))
                for s in thresholds.segments
            )
            place = placed(segments, scores)
            row = profile(_each(place, thresholds.names), accounts, thresholds.names)
            row = row.assign(n=row["n"].astype("int64"))
            moves = (place != first)[first >= 0].mean() if (first >= 0).any() else np.nan
            parts.append(row.assign(score=score, cut=cut, change=change, moved=moves))
    columns = ["score", "cut", "change", "segment", "n", "share", "revenue_share", "renewed"]
    return pd.concat(parts, ignore_index=True)[[*columns, "moved"]]


def _each(place: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    return (place[:, None] == np.arange(len(names))).astype(float)


def profile(shares: np.ndarray, accounts: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Shares, revenue shares and renewal rates of segments, one row per segment.

    Parameters
    ----------
    shares : ndarray, shape (accounts, segments)
        How likely each segment is, or 1 where the account is and 0 elsewhere.
    accounts : DataFrame
        ``revenue`` and ``renewed`` (may be missing).
    names : tuple of str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> n, names = len(panel.scored), panel.thresholds.names
    >>> place = np.resize(np.arange(len(names)), n)
    >>> rows = profile(np.eye(len(names))[place], panel.scored, names)
    """
    n = shares.sum(axis=0)
    money = np.nan_to_num(accounts["revenue"].to_numpy(float)) @ shares
    kept = accounts["renewed"].to_numpy(float)
    due = ~np.isnan(kept) @ shares
    stayed = np.nan_to_num(kept) @ shares
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.DataFrame(
            {
                "segment": names,
                "n": n,
                "share": n / n.sum(),
                "revenue_share": money / money.sum(),
                "renewed": stayed / due,
            }
        )


def _kinds(assigned: pd.DataFrame) -> pd.DataFrame:
    """Put the status of silent accounts where others have their segment."""
    silent = assigned["status"] == SILENT
    return assigned.assign(segment=assigned["segment"].where(~silent, SILENT))
