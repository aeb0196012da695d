"""Tables of stations 5 to 9 made by hand beside the small study, for tests of what readers see.

Accounts turn through the segments in a fixed order, and every number is a plain function of a
place in the list, so that a test can say what must stand on the page.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab import Study, comments
from crqlab.base.contracts.cautions import code, joined
from crqlab.base.contracts.frames import empty, keep
from crqlab.segments import shipped, starting
from tests.show.fixture import CONSTRUCTS, Shape

SEGMENTS = ("Ambassador", "Rational", "Ambivalent", "Opponent")
THRESHOLDS = "by hand 7.0 (0123456789ab)"
_RELEASE = code("release_synthetic", name="2025-06", digest="0123abcd", as_of="2025-06-30",
                clients=1150, instrument="CRQ-8", version="1")  # fmt: skip
SECRET = "6.54"
#: What every account's table of segments would tell of its people.
REASON = joined(
    [
        code("enough", scores=["crq"], value=6.54),
        code("enough", scores=["mean_ltr"], value=9.87),
        code("lacking", scores=["nps"], next="Ambassador", value=87),
    ]
)


def add(study: Study, shape: Shape, *, clients: int = 12, latest: bool = True) -> Study:
    """Write every table of stations 5 to 8; further clients only where the panel is counted."""
    wave = shape.waves[-1] if latest else shape.waves[0]
    key = {"client_id": shape.client, "wave": wave}
    scored = study.read("account_scores", client=shape.client, wave=wave)
    accounts = study.read("accounts", client=shape.client)
    if clients > 1:
        mine = study.read("client_scores")
        more = [mine.assign(client_id=f"X{i:02d}") for i in range(clients - 1)]
        study.write("client_scores", pd.concat([mine, *more], ignore_index=True))
    sorted_ = _segments(key, scored, accounts)
    tables = {
        "segments": sorted_,
        "segment_traits": starting().traits.table(),
        "segment_shares": _shares(key, sorted_),
        "migration": _moves(key, shape),
        "movement": _movement(key, shape),
        "segment_renewal": _renewal(),
        "lifts": _lifts(key, scored),
        "playbook": shipped().table(starting().traits),
        "actions": _actions(key, sorted_),
        "referral_candidates": _referral_candidates(key, study, sorted_),
        "driver_map": _map(key),
        "driver_focus": _focus(key, scored, accounts),
        "driver_effects": _effects(),
        "outlook": _outlook(key, scored, accounts),
        "revenue_at_risk": _at_risk(shape),
        "contest": _contest(),
        "model_card": _card(),
        "positions": _positions(key, study),
    }
    keep(study, tables)
    commented(study)
    return study


def commented(study: Study, frame: comments.CodeFrame | None = None) -> None:
    """Write the tables of station 9, as it does itself."""
    frame = frame or comments.shipped()
    said = comments.answers(study.read("responses"), study.codebook.instrument)
    by_hand = comments.hand_codes(study, frame, said)
    coded = comments.coded(said, frame, by_hand)
    shares = comments.shares(coded, study.read("respondents"))
    agreement = comments.agreement(coded, by_hand)
    by_role = comments.role_themes(coded, study.read("respondents"))
    found = {"shares": shares, "by_role": by_role, "agreement": agreement}
    comments.keep(study, coded=coded, **found, level=0.95)


def _segments(key: dict, scored: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    quiet = accounts[~accounts["account_id"].isin(scored["account_id"])]
    ids = [*scored["account_id"], *quiet["account_id"]]
    n, heard = len(ids), np.arange(len(ids)) < len(scored)
    segment = np.where(heard, np.resize(SEGMENTS, n), None)
    count = np.append(scored["n"].to_numpy(), np.zeros(len(quiet), int))
    status = np.where(~heard, "silent", np.where(count < 3, "not_settled", "settled"))
    table = pd.DataFrame(
        {
            **key, "account_id": ids, "segment": segment, "status": status,
            "p_word": np.where(heard, "likely", None),
            "reason": [REASON if s else "no_answers" for s in segment],
            "p": np.where(heard, 0.83, np.nan), "second": np.where(heard, "Rational", None),
            "second_p": np.where(heard, 0.11, np.nan), "distance": np.where(heard, 0.31, np.nan),
            "nearest": np.where(heard, code("at_least", scores=["crq"], cut=5.5), None),
            "n": count, "revenue": accounts["revenue"].head(n).to_numpy(float),
            "account_manager": accounts["account_manager"].head(n).to_numpy(),
            "renewed": np.nan, "thresholds": THRESHOLDS, "flag": "ok",
        }
    )  # fmt: skip
    views = ("segment", "p", "p_word", "status", "second", "second_p", "reason", "distance",
             "nearest")  # fmt: skip
    return table.assign(**{f"{name}_then": table[name] for name in views})


def _shares(key: dict, sorted_: pd.DataFrame) -> pd.DataFrame:
    n = sorted_["segment"].value_counts()
    total = n.sum()
    rows = [
        {**key, "status": "sorted", "segment": name, "n": int(n.get(name, 0)),
         "share": n.get(name, 0) / total, "low": 0.05, "high": 0.65, "level": 0.95,
         "revenue": 1e6, "revenue_share": 0.2, "flag": code("few_accounts", minimum=30)}
        for name in ("Opponent", "Stalker", "Ambivalent", "Ambassador", "Rational")
    ]  # fmt: skip
    quiet = {
        **rows[0],
        "status": "silent",
        "segment": None,
        "n": int((sorted_["status"] == "silent").sum()),
    }
    rows = pd.DataFrame([*rows, {**quiet, "share": np.nan, "low": np.nan, "high": np.nan}])
    rows = rows.assign(asked_share=rows["n"] / len(sorted_))
    views = ("n", "share", "low", "high", "asked_share", "revenue", "revenue_share")
    return rows.assign(**{f"{name}_then": rows[name] for name in views})


_DIRECTIONS = {
    ("Rational", "Ambassador"): "climbed",
    ("Ambassador", "Rational"): "fell",
    ("Rational", "Rational"): "stayed",
}


def _moves(key: dict, shape: Shape) -> pd.DataFrame:
    if len(shape.waves) < 2:
        return empty("migration")
    climbed, fell = ("Rational", "Ambassador", 3), ("Ambassador", "Rational", 1)
    others = [("Rational", "Rational", 2), ("silent", "Opponent", 4), ("new", "Rational", 5)]
    moves = [climbed, fell, *others]
    table = pd.DataFrame(
        [{**key, "from_wave": shape.waves[-2], "from_status": "sorted" if a in SEGMENTS else a,
          "from_segment": a if a in SEGMENTS else None, "status": "sorted", "segment": b, "n": n,
          "direction": _DIRECTIONS.get((a, b)), "revenue": 1e5 * n} for a, b, n in moves]
    )  # fmt: skip
    table = table.assign(expected=table["n"] + 0.1, low=0.0, high=table["n"] + 2.0, level=0.95)
    views = ("n", "expected", "low", "high", "revenue")
    return table.assign(**{f"{name}_then": table[name] for name in views})


def _movement(key: dict, shape: Shape) -> pd.DataFrame:
    if len(shape.waves) < 2:
        return empty("movement")
    ends = {"climbed": (3.1, 1.0, 5.0), "fell": (1.2, 0.0, 3.0), "stayed": (1.7, 1.0, 4.0)}
    rows = [
        {**key, "from_wave": shape.waves[-2], "direction": way, "n": 6, "value": value,
         "low": low, "high": high, "surely": 0, "more_climbed": 0.85}
        for way, (value, low, high) in ends.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows).assign(level=0.95)
    views = ("n", "value", "low", "high", "surely", "more_climbed")
    return table.assign(**{f"{name}_then": table[name] for name in views})


def _renewal() -> pd.DataFrame:
    return pd.DataFrame(
        [{"status": "sorted", "segment": name, "n": 100, "n_accounts": 90, "value": 0.9,
          "low": 0.83, "high": 0.95, "level": 0.95, "revenue_rate": 0.8, "flag": "ok"}
         for name in SEGMENTS]
    )  # fmt: skip


def _lifts(key: dict, scored: pd.DataFrame) -> pd.DataFrame:
    rows = scored[["account_id"]].assign(**key, segment="Rational", target="Ambassador", size=1.2)
    return rows.assign(
        change=code("raise", scores=["experience"], by=1.2), probability=0.7, now=0.1, flag="ok"
    )


def _actions(key: dict, sorted_: pd.DataFrame) -> pd.DataFrame:
    base = sorted_[["account_id", "segment", "status", "account_manager"]].assign(**key)
    base = base.assign(party="us", owner="account_manager")
    first = base.assign(action="close_the_loop", due=pd.Timestamp("2025-06-01"))
    second = base.assign(action="recognise", due=pd.NaT)
    return pd.concat([first, second], ignore_index=True)


def _referral_candidates(key: dict, study: Study, sorted_: pd.DataFrame) -> pd.DataFrame:
    people = study.read("respondents", client=key["client_id"], wave=key["wave"])
    top = sorted_.loc[sorted_["segment"] == "Ambassador", "account_id"]
    rows = people[people["account_id"].isin(top)]
    return rows[["account_id", "contact_id"]].assign(
        **key, role="user", account_manager="Eva Lind", flag="ok"
    )


def _map(key: dict) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {**key, "driver": name, "label": CONSTRUCTS[name], "importance": 0.2 + i / 10,
             "importance_low": 0.1, "importance_high": 0.5, "own_share": 0.05,
             "n_own": 50, "n_panel": 812,
             "performance": 5.0 + i / 10, "performance_low": 4.8, "performance_high": 5.4,
             "panel": 5.0, "top": 5.9, "reference": "top_decile", "gap": 0.9 - i / 10,
             "gap_low": 0.5, "gap_high": 1.2, "pressure": 0.2, "probability": 0.6 - i / 3,
             "n": 55, "n_accounts": 12, "n_clients": 30, "flag": "ok"}
            for i, name in enumerate(("solution", "experience"))
        ]
    )  # fmt: skip


def _focus(key: dict, scored: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    base = {**key, "driver": "solution", "label": "Solution", "probability": 0.61,
            "runner_up": "experience", "runner_up_label": "Experience",
            "runner_up_probability": 0.3, "clear": True, "importance": 0.2, "performance": 5.0,
            "reference": "top_decile", "target": 5.9, "gap": 0.9, "flag": "ok"}  # fmt: skip
    n = int(scored["n"].sum())
    rows = [{**base, "kind": "client", "unit": key["client_id"], "n": n, "n_accounts": len(scored)}]
    rows += [
        {**base, "kind": "account_manager", "unit": name, "n": n - 2 * i, "n_accounts": 4}
        for i, name in enumerate(accounts["account_manager"].drop_duplicates())
    ]
    rows += [
        {**base, "kind": "account", "unit": row.account_id, "n": row.n, "n_accounts": 1}
        for row in scored.itertuples()
    ]
    return pd.DataFrame(rows)


def _effects() -> pd.DataFrame:
    return pd.DataFrame(
        [{"scope": "panel", "client_id": "", "wave": "", "outcome": "trust",
          "outcome_label": "Trust", "level": "all", "driver": "solution", "label": "Solution",
          "effect": 0.37, "low": 0.31, "high": 0.43, "n": 5000, "n_accounts": 900, "flag": "ok"}]
    )  # fmt: skip


def _outlook(key: dict, scored: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    ids = accounts["account_id"]
    quiet = ~ids.isin(scored["account_id"]).to_numpy(bool)
    revenue = accounts["revenue"].to_numpy(float)
    told = joined(
        [code("beside_average", term="commitment", value=6.54, average=5.3),
         code("beside_average", term="tenure", value=1.4, average=7.4)]
    )  # fmt: skip
    silent = code("mark", term="silent")
    return pd.DataFrame(
        {
            **key, "account_id": ids, "due_on": pd.Timestamp("2026-03-01"), "p_renew": 0.9,
            "p_low": 0.8, "p_high": 0.95, "revenue": revenue, "expected_loss": 0.1 * revenue,
            "expected_low": 0.05 * revenue, "expected_high": 0.2 * revenue, "loss_low": 0.0,
            "loss_high": revenue, "silent": quiet, "reason": np.where(quiet, silent, told),
            "flag": "ok",
        }
    )  # fmt: skip


def _at_risk(shape: Shape) -> pd.DataFrame:
    return pd.DataFrame(
        [{"scope": "client", "client_id": shape.client, "revenue": 3e6, "expected_loss": 3e5,
          "loss_low": 1e5, "loss_high": 7e5, "share": 0.1, "share_low": 0.03, "share_high": 0.23,
          "silent_loss": 5e4, "top_share": 0.61, "n_accounts": 15,
          "n_silent": 3, "level": 0.95, "flag": "ok"},
         {"scope": "panel", "client_id": "", "revenue": 9.9e7, "expected_loss": 7.77e6,
          "loss_low": 1e5, "loss_high": 7e6, "share": 0.1, "share_low": 0.03, "share_high": 0.23,
          "silent_loss": 5e4, "top_share": 0.61, "n_accounts": 900,
          "n_silent": 3, "level": 0.95, "flag": "ok"}]
    )  # fmt: skip


def _contest() -> pd.DataFrame:
    return pd.DataFrame(
        [{"candidate": who, "measure": "auc", "estimate": value, "low": value - 0.02,
          "high": value + 0.02, "n": 3784, "unit": "accounts", "method": "by hand", "flag": "ok"}
         for who, value in (("nps", 0.61), ("everything", 0.68))]
        + [{"candidate": "everything", "measure": "calibration_slope", "estimate": 0.9, "low": 0.7,
            "high": 1.1, "n": 3784, "unit": "accounts", "method": "by hand", "flag": "ok"}]
    )  # fmt: skip


def _card() -> pd.DataFrame:
    days = {"from_survey": "2023-05-31", "to_survey": "2025-05-31", "as_of": "2025-12-31"}
    lines = [("window", code("surveys_and_outcomes", **days)), ("limit", "associations")]
    return pd.DataFrame(
        [{"place": i, "topic": topic, "says": says} for i, (topic, says) in enumerate(lines, 1)]
    )


def _positions(key: dict, study: Study) -> pd.DataFrame:
    scores = study.read("client_scores", client=key["client_id"], wave=key["wave"])
    values = scores[scores["roll_up"] == "respondents"].drop_duplicates("measure")
    rows = [
        {**key, "measure": row.measure, "value": row.value, "percentile": 0.7,
         "percentile_low": 0.4, "percentile_high": 0.9, "quartile": 3, "decile": 8,
         "decile_low": 5, "decile_high": 10, "gap": 0.25, "gap_low": -0.1, "gap_high": 0.5,
         "before": 0.6, "change": 0.1, "change_low": -0.2, "change_high": 0.3, "level": 0.9,
         "p_upper": 0.8, "q": 0.4, "half": "middle",
         "p_unique": 0.1 if row.measure == "crq" else float("nan"),
         "unique": "no" if row.measure == "crq" else "", "peers": code("industry", value="IT"),
         "n_clients": 21, "source": _RELEASE, "flag": "ok"}
        for row in values.itertuples()
    ]  # fmt: skip
    return pd.DataFrame(rows)
