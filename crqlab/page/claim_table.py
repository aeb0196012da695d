"""Everything that a page claims, as rows: its summary is made from these and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan, nan
from typing import Any

import pandas as pd

from crqlab.base.contracts.cautions import codes
from crqlab.page.agreed.data import DONE, PARTIES
from crqlab.page.agreed.outcomes import acted_on, checked
from crqlab.page.client_view import ClientView

#: Every code that a claim may have; docs/howto/claims.md says what each of them means.
CODES = (
    "unscored",
    "is",
    "rests_on",
    "caution",
    "rise",
    "fall",
    "no_clear_change",
    "not_comparable",
    "answered_contacts",
    "answered_accounts",
    "answered_revenue",
    "upper_half",
    "lower_half",
    "middle",
    "unique",
    "perhaps_unique",
    "not_unique",
    "expected_loss",
    "silent_loss",
    "outlook_unproven",
    "fix_first",
    "leads",
    "next_in_line",
    "weights_rest_on",
    "accounts_in",
    "share_in",
    "role_gap",
    "no_role_gap",
    "group_apart",
    "least_senior_alone",
    "agreed",
    "done",
    "late",
    "target_reached",
    "target_missed",
    "target_open",
    "later_years_fall",
    "later_years_rise",
    "no_clear_later_years",
    "kept_contact_higher",
)
KINDS = {
    **dict.fromkeys(("claim", "about", "wave", "against"), "str"),
    **dict.fromkeys(("value", "low", "high", "level"), "float64"),
    "unit": "str",
    **dict.fromkeys(("probability", "p"), "float64"),
    "n": "int64",
    "basis": "str",
}
#: What a change is, by the station's verdict.
CHANGES = {"higher": "rise", "lower": "fall", "no_clear_change": "no_clear_change"}
_APART = ("higher", "lower")
_HALVES = {"upper": "upper_half", "lower": "lower_half", "middle": "middle"}
_UNIQUE = {"yes": "unique", "no": "not_unique", "unknown": "perhaps_unique"}
#: Cautions that say that an interval may not hold: they belong into the first sentence.
DOUBTED = frozenset(
    "few_accounts few_dominate unequal_accounts one_account accounts_alike interval_unknown".split()
)
_UNITS = {"nps": "nps_points", "mean_ltr": "ltr_points"}


def claims(view: ClientView) -> pd.DataFrame:
    """Return what the page of a client's wave claims, one claim a row.

    Verdicts, p and probabilities are the stations'; here they are only selected, and left out
    where the view withholds the number behind them.

    Parameters
    ----------
    view : ClientView

    Returns
    -------
    DataFrame
        ``claim`` (one of `CODES`), ``about`` (``client``, ``construct:NAME``, ``role:NAME``,
        ``unit:NAME``, ``country:NAME``, ``product:NAME``, ``account:ID``), ``wave``, ``against`` (a
        wave, another role, a target, or who the peers are), ``value``, ``low``, ``high``,
        ``level`` (of the interval), ``unit``, ``probability`` (that the claim is true), ``p``
        (after false discovery control), ``n`` (respondents, unless the unit says otherwise),
        ``basis`` (``TABLE/key``).

    Examples
    --------
    >>> import crqlab as crq
    >>> seen = crq.page.view(study, client="C017", wave="2025")  # doctest: +SKIP
    >>> crq.page.claims(seen).query("claim == 'rise'")[["about", "value", "p"]]  # doctest: +SKIP
    """
    makers = (_unscored, _scores, _answered, _place, _money, _first, _mix, _roles, _units, _years,
              _promises, _acted_on, _targets)  # fmt: skip
    rows = [row for made in makers for row in made(view)]
    blank = {"about": "client", "against": "", "unit": "", "n": 0}
    filled = [{**blank, "wave": view.wave, **row} for row in rows]
    return pd.DataFrame(filled, columns=list(KINDS)).astype(KINDS)


def _unscored(view: ClientView) -> Iterator[dict[str, Any]]:
    if view.unscored:
        yield {"claim": "unscored", "unit": view.unscored, "n": view.n_excluded, "basis": "quality"}


def _scores(view: ClientView) -> Iterator[dict[str, Any]]:
    for measure in ("crq", "nps"):
        row = view.measure(measure)
        if row is None or isnan(row["value"]):
            continue
        unit, n = _UNITS.get(measure, "scale_points"), int(row["n_respondents"])
        same = {"basis": f"client_scores/{measure}", "n": n}
        ends = {name: float(row[name]) for name in ("value", "low", "high", "level")}
        yield {"claim": "is", "unit": unit, **ends, **same}
        yield {"claim": "rests_on", "value": float(row["n_accounts"]), "unit": "accounts", **same}
        for one in codes(row["flag"]):
            if one["code"] in DOUBTED:
                yield {"claim": "caution", "unit": one["code"], **same}
        if view.before:
            yield _change(view, row, {**same, "unit": unit, "basis": f"changes/{measure}"})


def _change(view: ClientView, row: dict[str, Any], same: dict[str, Any]) -> dict[str, Any]:
    if isnan(row["change"]):
        return {"claim": "not_comparable", "against": view.before, **same}
    return {
        "claim": CHANGES.get(row["verdict"], "no_clear_change"),
        "against": view.before,
        "value": row["change"],
        "low": row["change_low"],
        "high": row["change_high"],
        "level": row["level"],
        "p": row["change_q"],
        **same,
    }


def _answered(view: ClientView) -> Iterator[dict[str, Any]]:
    asked = view.participation.counts
    counted = {
        "contacts": (asked.contacts_answered, asked.contacts),
        "accounts": (asked.accounts_answered, asked.accounts),
    }
    for unit, (some, of) in counted.items():
        if of and some is not None:
            same = {"unit": unit, "n": int(of), "basis": f"completion/{unit}"}
            yield {"claim": f"answered_{unit}", "value": float(some), **same}
    if not isnan(asked.revenue):
        same = {"unit": "share", "basis": "completion/revenue"}
        yield {"claim": "answered_revenue", "value": float(asked.revenue), **same}


def _place(view: ClientView) -> Iterator[dict[str, Any]]:
    row = view.benchmark.of("crq")
    if row is None or isnan(row["percentile"]):
        return
    same = {"n": int(row["n_clients"]), "basis": "positions/crq", "unit": "clients"}
    upper = float(row["p_upper"])
    yield {
        "claim": _HALVES.get(row["half"], "middle"),
        "against": str(row["peers"]),
        "value": row["percentile"],
        "low": row["percentile_low"],
        "high": row["percentile_high"],
        "level": row["level"],
        "probability": 1 - upper if row["half"] == "lower" else upper,
        "p": row["q"],
        **same,
    }
    if not isnan(row["p_unique"]):
        yield {"claim": _UNIQUE[row["unique"]], "probability": row["p_unique"], **same}


def _money(view: ClientView) -> Iterator[dict[str, Any]]:
    auc, total = view.renewal.well("auc"), view.renewal.total
    if view.renewal.unproven:
        ends = {name: nan if auc is None else float(auc[of]) for name, of in _ENDS.items()}
        n = 0 if auc is None else int(auc["n"])
        yield {"claim": "outlook_unproven", "unit": "auc", "n": n, **ends, "basis": "contest/auc"}
    elif len(total) and not isnan(total.iloc[0]["expected_loss"]):
        row = total.iloc[0]
        same = {"unit": view.currency, "n": int(row["n_accounts"])}
        yield {
            "claim": "expected_loss",
            "value": row["expected_loss"],
            "low": row["loss_low"],
            "high": row["loss_high"],
            "level": row["level"],
            "basis": "revenue_at_risk/client",
            **same,
        }
        paid = {"value": row["revenue"], "basis": "revenue_at_risk/client", **same}
        yield {"claim": "rests_on", **paid, "unit": "revenue"}
        if row["silent_loss"] > 0:
            same["basis"] = "revenue_at_risk/silent"
            yield {"claim": "silent_loss", "value": row["silent_loss"], **same}


_ENDS = {"value": "estimate", "low": "low", "high": "high"}


def _first(view: ClientView) -> Iterator[dict[str, Any]]:
    row = view.drivers.first
    if row is None or isnan(row["probability"]):
        return
    same = {"n": int(row["n"]), "basis": "driver_focus/client"}
    about = f"construct:{row['driver']}"
    code = "fix_first" if row["clear"] else "leads"
    yield {"claim": code, "about": about, "probability": row["probability"], **same}
    same_n = {"value": float(row["n_accounts"]), "unit": "accounts"}
    yield {"claim": "rests_on", "about": about, **same_n, **same}
    second = row["runner_up"]
    if isinstance(second, str) and second and not isnan(row["runner_up_probability"]):
        chance = row["runner_up_probability"]
        named = {"about": f"construct:{second}", "probability": chance}
        yield {"claim": "next_in_line", **named, **same}
    shown = view.drivers.map[view.drivers.map["driver"] == row["driver"]]
    if view.drivers.weighed and len(shown):
        yield from _behind(shown.iloc[0], {"claim": "weights_rest_on", "about": about})


def _behind(row: pd.Series, same: dict[str, str]) -> Iterator[dict[str, Any]]:
    """How far importance rests on the client's own answers, and on those of all clients."""
    own, basis = float(row["own_share"]), f"driver_map/{row['driver']}"
    yield {**same, "unit": "share", "value": own, "n": int(row["n_own"]), "basis": basis}
    rest = {"unit": "share_of_panel", "value": 1 - own, "n": int(row["n_panel"])}
    yield {**same, **rest, "basis": "driver_weights/panel"}


def _mix(view: ClientView) -> Iterator[dict[str, Any]]:
    rows = view.segments.shares
    rows = rows[rows["status"] == "sorted"].set_index("segment")
    for name, row in rows.iterrows():
        key = {"basis": f"segment_shares/{name}", "n": int(rows["n"].sum())}
        yield {"claim": "accounts_in", "value": float(row["n"]), "unit": "accounts", **key}
        if name == view.segments.traits.top:
            ends = {"value": row["share"], **{end: row[end] for end in ("low", "high", "level")}}
            yield {"claim": "share_in", "unit": "share", **ends, **key}


def _roles(view: ClientView) -> Iterator[dict[str, Any]]:
    row = view.groups.widest()
    if row is not None:
        same = {"about": f"role:{row['role']}", "n": int(row["n_respondents"])}
        same["basis"] = f"role_gaps/{row['role']}/{row['other']}"
        ends = {name: float(row[name]) for name in ("value", "low", "high", "level")}
        yield {
            "claim": "role_gap" if row["verdict"] in _APART else "no_role_gap",
            "against": row["other"],
            "unit": _UNITS.get(row["measure"], "scale_points"),
            "p": row["q"],
            **ends,
            **same,
        }
        yield {"claim": "rests_on", "value": float(row["n_accounts"]), "unit": "accounts", **same}
    if view.groups.alone:
        same = {"unit": "accounts", "basis": "account_scores/flag", "n": view.groups.heard}
        about = {"about": f"role:{view.groups.least}"}
        yield {"claim": "least_senior_alone", "value": float(view.groups.alone), **about, **same}


def _units(view: ClientView) -> Iterator[dict[str, Any]]:
    rows = view.groups.units
    for _, row in rows[rows["verdict"].isin(_APART).to_numpy(bool)].iterrows():
        about = f"{row['dimension']}:{row['group']}"
        yield {
            "claim": "group_apart",
            "about": about,
            "value": row["difference"],
            "low": row["difference_low"],
            "high": row["difference_high"],
            "level": row["level"],
            "unit": _UNITS.get(row["measure"], "scale_points"),
            "p": row["q"],
            "n": int(row["n_respondents"]),
            "basis": f"group_scores/{about}/{row['measure']}",
        }


def _promises(view: ClientView) -> Iterator[dict[str, Any]]:
    """How much either party agreed to before, and how much of it is done and late."""
    for party in PARTIES:
        counts = view.agreed.counted(party)
        if n := sum(counts.values()):
            same = {"unit": party, "n": n, "against": view.agreed.wave, "basis": "agreed_actions"}
            yield {"claim": "agreed", "value": float(n), **same}
            yield {"claim": "done", "value": float(sum(counts[one] for one in DONE)), **same}
            yield {"claim": "late", "value": float(counts["late"]), **same}


def _acted_on(view: ClientView) -> Iterator[dict[str, Any]]:
    """How accounts moved at which something was done: the verdict of all changes of accounts."""
    for one in acted_on(view):
        same = {"about": f"account:{one.account_id}", "against": view.before, "n": one.n,
                "unit": "scale_points", "basis": f"account_scores/{one.account_id}"}  # fmt: skip
        ends = {"value": one.change, "low": one.low, "high": one.high, "p": one.q}
        claim = CHANGES.get(one.since, "not_comparable")
        yield {"claim": claim, **same, **(ends if claim != "not_comparable" else {})}


def _targets(view: ClientView) -> Iterator[dict[str, Any]]:
    """Initiatives beside their target, where this wave has the number."""
    for one in checked(view):
        if one.verdict == "unmeasured":
            continue
        about = "client" if one.measure in ("crq", "nps", "mean_ltr") else (
            f"construct:{one.measure}")  # fmt: skip
        yield {
            "claim": f"target_{one.verdict}",
            "about": about,
            "against": f"{one.target:g}",
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "level": one.level,
            "unit": _UNITS.get(one.measure, "scale_points"),
            "n": one.n,
            "basis": f"agreed_actions/{one.action_id}",
        }


def _years(view: ClientView) -> Iterator[dict[str, Any]]:
    for about, panel in (("client", False), ("panel", True)):
        for contrast, named in _LATER.items():
            row = view.years.of(contrast, panel=panel)
            if row is None or row["verdict"] not in named:
                continue
            yield {
                "claim": named[row["verdict"]],
                "about": about,
                "against": "first_year" if contrast == "all" else "lost_contact",
                **{name: float(row[name]) for name in ("value", "low", "high", "level")},
                "unit": _UNITS.get(row["measure"], "scale_points"),
                "p": row["q"],
                "n": int(row["n_later"] + row["n_first"]),
                "basis": f"year_gaps/{row['since']}/{contrast}",
            }


_LATER = {
    "all": {
        "lower": "later_years_fall",
        "higher": "later_years_rise",
        "no_clear_difference": "no_clear_later_years",
    },
    "kept_less_lost": {"higher": "kept_contact_higher"},
}
