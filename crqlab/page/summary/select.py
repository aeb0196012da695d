"""What of a client's claims goes into its summary."""

from __future__ import annotations

from math import isnan, nan

import pandas as pd

from crqlab.page.claim_table import CHANGES
from crqlab.page.participation.data import ResponseCounts
from crqlab.page.summary.data import Findings, Fix, Mix, Place, Risk, Score, Unproven

_VERDICTS = {claim: verdict for verdict, claim in CHANGES.items()}
_HALVES = {"upper_half": "upper", "lower_half": "lower", "middle": "middle"}
_UNIQUE = ("unique", "perhaps_unique", "not_unique")


def findings(claimed: pd.DataFrame, labels: dict[str, str], currency: str = "") -> Findings:
    """Sort claims into the sentences of a summary.

    Parameters
    ----------
    claimed : DataFrame
        From `crqlab.page.claims`.
    labels : dict of str to str
        What readers call measures and constructs.
    currency : str

    Returns
    -------
    Findings
        Of nothing but these claims.
    """
    scores = tuple(_score(claimed, name, labels) for name in ("crq", "nps"))
    none = _one(claimed, "unscored")
    return Findings(
        tuple(score for score in scores if score is not None),
        participation=_counts(claimed),
        place=_place(claimed),
        fix=_fix(claimed, labels),
        risk=_risk(claimed, currency),
        unproven=_unproven(claimed),
        mix=_mix(claimed),
        unscored="" if none is None else none["unit"],
        n_unscored=0 if none is None else int(none["n"]),
    )


def _one(rows: pd.DataFrame, *codes: str) -> pd.Series | None:
    rows = rows[rows["claim"].isin(codes)]
    return None if rows.empty else rows.iloc[0]


def _score(claimed: pd.DataFrame, measure: str, labels: dict[str, str]) -> Score | None:
    own = claimed[claimed["basis"] == f"client_scores/{measure}"]
    row, behind = _one(own, "is"), _one(own, "rests_on")
    if row is None or behind is None:
        return None
    moved = claimed[claimed["basis"] == f"changes/{measure}"]
    change = None if moved.empty else moved.iloc[0]
    told = {} if change is None else {
        "before": change["against"],
        "change": change["value"],
        "change_low": change["low"],
        "change_high": change["high"],
        "verdict": _VERDICTS.get(change["claim"], "unknown"),
    }  # fmt: skip
    return Score(
        measure,
        labels[measure],
        row["value"],
        row["low"],
        row["high"],
        int(row["n"]),
        int(behind["value"]),
        level=row["level"],
        cautions=tuple(own.loc[own["claim"] == "caution", "unit"]),
        **told,
    )


def _counts(claimed: pd.DataFrame) -> ResponseCounts:
    contacts, accounts, revenue = (
        _one(claimed, f"answered_{unit}") for unit in ("contacts", "accounts", "revenue")
    )
    pairs = [
        (None, None) if row is None else (int(row["n"]), int(row["value"]))
        for row in (contacts, accounts)
    ]
    return ResponseCounts(*pairs[0], *pairs[1], 0, nan if revenue is None else revenue["value"])


def _place(claimed: pd.DataFrame) -> Place | None:
    row, unique = _one(claimed, *_HALVES), _one(claimed, *_UNIQUE)
    if row is None:
        return None
    return Place(
        row["value"],
        row["low"],
        row["high"],
        int(row["n"]),
        level=row["level"],
        peers=row["against"],
        half=_HALVES[row["claim"]],
        unique="" if unique is None else unique["claim"],
        p_unique=nan if unique is None else unique["probability"],
    )


def _fix(claimed: pd.DataFrame, labels: dict[str, str]) -> Fix | None:
    row, second = _one(claimed, "fix_first", "leads"), _one(claimed, "next_in_line")
    if row is None:
        return None
    mine = claimed[claimed["about"] == row["about"]]
    behind, weighed = _one(mine, "rests_on"), mine[mine["claim"] == "weights_rest_on"]
    own, panel = (_one(weighed[weighed["unit"] == unit], "weights_rest_on")
                  for unit in ("share", "share_of_panel"))  # fmt: skip
    return Fix(
        labels[row["about"].partition(":")[2]],
        row["probability"],
        row["claim"] == "fix_first",
        int(row["n"]),
        0 if behind is None else int(behind["value"]),
        runner_up="" if second is None else labels[second["about"].partition(":")[2]],
        runner_up_probability=nan if second is None else second["probability"],
        own_share=nan if own is None else own["value"],
        n_own=0 if own is None else int(own["n"]),
        n_weighed=0 if panel is None else int(panel["n"]),
    )


def _risk(claimed: pd.DataFrame, currency: str) -> Risk | None:
    row, silent = _one(claimed, "expected_loss"), _one(claimed, "silent_loss")
    paid = _one(claimed[claimed["basis"] == "revenue_at_risk/client"], "rests_on")
    if row is None or paid is None:
        return None
    return Risk(
        row["value"],
        row["low"],
        row["high"],
        paid["value"],
        int(row["n"]),
        silent=nan if silent is None else silent["value"],
        currency=currency,
        level=row["level"],
    )


def _unproven(claimed: pd.DataFrame) -> Unproven | None:
    row = _one(claimed, "outlook_unproven")
    return None if row is None else Unproven(row["value"], row["low"], row["high"], int(row["n"]))


def _mix(claimed: pd.DataFrame) -> Mix | None:
    rows = claimed[claimed["claim"] == "accounts_in"]
    if rows.empty:
        return None
    names, share = rows["basis"].str.partition("/")[2], _one(claimed, "share_in")
    first = tuple(share[["value", "low", "high"]]) if share is not None else (nan, nan, nan)
    accounts = {name: int(n) for name, n in zip(names, rows["value"], strict=True)}
    level = {} if share is None or isnan(share["level"]) else {"level": share["level"]}
    return Mix(accounts, first=first, **level)
