"""Tables of station 2 made by hand beside the small study, for tests of what readers see.

Rates and scores are plain functions of a place in the list, so that a test can say what must
stand on the page without the code that makes them in earnest.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab import Study
from crqlab.base.contracts.cautions import code, joined
from crqlab.base.contracts.frames import empty, from_records
from tests.show.fixture import Shape, manager_scores

ROLES = ("buyer", "executive", "user")
OTHERS = [0.02, 0.12, 0.24, 0.27, 0.28, 0.29, 0.31, 0.34, 0.36, 0.42, 0.55, 0.71]
VIEWS = ("raw", "weighted", "late", "like the answered", "passives", "detractors")
STARTS = ("2026-01-01", "2026-04-01", "2026-07-01")
SHIFT = dict(zip(VIEWS, (0.0, -0.03, -0.05, 0.0, -0.2, -1.1), strict=True))


def add(study: Study, shape: Shape, *, others: int = len(OTHERS), managers: int = 3) -> Study:
    """Write every table of station 2 for the shape's last wave."""
    key = {"client_id": shape.client, "wave": shape.waves[-1]}
    accounts = study.read("accounts")
    scores = study.read("account_scores", client=shape.client, wave=key["wave"])
    if managers > 1:
        turn = np.arange(len(accounts)) % managers
        study.write("accounts", accounts.assign(account_manager=[f"Manager {i}" for i in turn]))
        accounts = study.read("accounts")
        every = study.read("account_scores")
        study.write("manager_scores", manager_scores(every, accounts))
    quiet = accounts.tail(shape.silent)
    rows = {
        "completion": _completion(key, others, managers),
        "completion_rank": _rank(key, OTHERS[:others]),
        "completion_bands": _bands(key, OTHERS[:others]),
        "silent": _silent(key, shape, quiet),
        "voices": _voices(key, accounts),
        "nonresponse": _nonresponse(key, study, shape),
        "concentration": (held := _held(key, accounts, scores)),
        "concentration_summary": _held_together(key, held),
        "continuity": (stays := _stays(key, shape, accounts)),
        "continuity_summary": _stayed(key, stays),
        "audit": _audit(key, managers),
        "wave_plan": _plan(key, accounts),
        "precision": _precision(key, shape),
    }
    for name, table in rows.items():
        study.write(name, table)
    return study


def _completion(key: dict, others: int, managers: int) -> pd.DataFrame:
    groups = [("all", "all", 200, 60, 20), ("role", "buyer", 4, 1, 3), ("role", "user", 90, 30, 19)]
    groups += [
        ("account_manager", f"Manager {i}", 40 + i, 10 + i, 6 + i)
        for i in range(managers if managers > 1 else 0)
    ]
    rows = [_share(key, *group, unit) for group in groups for unit in _UNITS]
    rows += [
        _share({"client_id": f"X{i:02d}", "wave": key["wave"]}, "all", "all", 1000,
               round(1000 * rate), 50, "contacts")
        for i, rate in enumerate(OTHERS[:others])
    ]  # fmt: skip
    return pd.DataFrame(rows)


_UNITS = ("contacts", "accounts", "revenue")


def _share(
    key: dict, dimension: str, group: str, asked: int, answered: int, n: int, unit: str
) -> dict:
    if unit == "accounts":
        asked, answered = n, max(n // 2, 1)
    value = answered / asked
    few = unit == "contacts" and asked < 10
    return {
        **key, "dimension": dimension, "group": group, "unit": unit, "asked": float(asked),
        "answered": float(answered), "value": value, "low": max(value - 0.08, 0.0),
        "high": min(value + 0.09, 1.0), "level": 0.95, "n_accounts": n,
        "uninvited": 0.0 if (dimension, unit) == ("all", "contacts") else np.nan,
        "method": "by hand", "flag": code("few_contacts", minimum=10) if few else "ok",
    }  # fmt: skip


def _rank(key: dict, others: list[float]) -> pd.DataFrame:
    """The client's 30 % (22 to 39) among the others', whose rows no page shows."""
    ends = {"percentile": 0.30, "percentile_low": 0.22, "percentile_high": 0.39}
    below = {name: sum(other < end for other in others) for name, end in ends.items()}
    shares = {name: n / len(others) if others else np.nan for name, n in below.items()}
    own = {**key, "last_wave": key["wave"], "asked": 200.0, "answered": 60.0, "value": 0.30,
           "low": 0.22, "high": 0.39, "level": 0.95, "rank": 1 + len(others) - below["percentile"],
           "n_others": len(others), **shares, "band": "26-30", "flag": "ok"}  # fmt: skip
    theirs = {**own, "client_id": "X00", "value": 0.02, "percentile": 0.0, "band": "0-5"}
    return pd.DataFrame([own, theirs])


def _bands(key: dict, others: list[float]) -> pd.DataFrame:
    bands = [(0 if high == 5 else high - 4, high) for high in range(5, 101, 5)]
    return pd.DataFrame(
        [{**key, "low": low, "high": high, "n": sum(low <= round(100 * x) <= high for x in others)}
         for low, high in bands]
    )  # fmt: skip


def _silent(key: dict, shape: Shape, quiet: pd.DataFrame) -> pd.DataFrame:
    n = len(quiet)
    last = [shape.waves[0] if i % 2 and len(shape.waves) > 1 else None for i in range(n)]
    return pd.DataFrame(
        {
            **key, "account_id": quiet["account_id"].to_numpy(), "rank": np.arange(1, n + 1),
            "revenue": quiet["revenue"].to_numpy(float), "revenue_share": np.full(n, 0.01),
            "asked": 1 + np.arange(n), "silent_since": shape.waves[-1],
            "n_waves": 1 + np.arange(n) % 2, "last_wave": last, "last_crq": np.full(n, 1.23),
            "last_n": np.ones(n, int), "flag": "ok",
        }
    )  # fmt: skip


def _voices(key: dict, accounts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for i, account in enumerate(accounts["account_id"]):
        for j, role in enumerate(ROLES):
            asked = (i + j) % 4
            answered = asked // 2
            status = "heard" if answered else "silent" if asked else "not asked"
            rows.append({**key, "account_id": account, "role": role, "asked": asked,
                         "answered": answered, "status": status})  # fmt: skip
    return pd.DataFrame(rows)


def _nonresponse(key: dict, study: Study, shape: Shape) -> pd.DataFrame:
    people = study.read("respondents", client=shape.client, wave=key["wave"])
    middle = {"crq": people["crq"].mean()}
    if shape.ltr:
        ltr = people["ltr"]
        middle["nps"] = 100 * ((ltr >= 9).mean() - (ltr <= 6).mean())
    flag = {"weighted": "no_earlier_scores"}
    return pd.DataFrame(
        [
            {**key, "measure": measure, "view": view,
             "value": value + SHIFT[view] * (30 if measure == "nps" else 1),
             "low": value + SHIFT[view] - 0.2, "high": value + SHIFT[view] + 0.2, "level": 0.95,
             "n_respondents": len(people), "n_accounts": 20, "n_effective": len(people) * 0.75,
             "method": "by hand", "flag": flag.get(view, "ok")}
            for measure, value in middle.items()
            for view in VIEWS
        ]
    )  # fmt: skip


def _held(key: dict, accounts: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    rows = scores.merge(accounts[["account_id", "account_manager", "revenue"]], on="account_id")
    total, n = rows["revenue"].sum(), rows["n"].sum()
    found = []
    for name, some in rows.groupby("account_manager"):
        left = rows.drop(some.index)
        without = (left["crq"] * left["n"]).sum() / left["n"].sum() if len(left) else np.nan
        found.append({**key, "holder": "account_manager", "name": name, "n_accounts": len(some),
                      "revenue": some["revenue"].sum(), "n_silenced": 0, "crq_without": without,
                      "revenue_share": some["revenue"].sum() / total,
                      "goodwill_share": len(some) / len(rows), "flag": "ok"})  # fmt: skip
    one = rows[rows["n"] == 1]
    found += [
        {**key, "holder": "contact", "name": f"secret {row.account_id}", "n_accounts": 1,
         "revenue": row.revenue, "revenue_share": row.revenue / total, "goodwill_share": 0.0123,
         "crq_without": row.crq / n, "n_silenced": 1, "flag": "ok"}
        for row in one.itertuples()
    ]  # fmt: skip
    table = pd.DataFrame(found).sort_values(["holder", "revenue"], ascending=[True, False])
    return table.reset_index(drop=True)


def _held_together(key: dict, held: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for holder, some in held.groupby("holder"):
        parts = some["revenue"] / some["revenue"].sum()
        index = {"hhi": (parts**2).sum(), "effective": 1 / (parts**2).sum()}
        index |= {f"top_{n}": min(parts.nlargest(n).sum(), 1.0) for n in (1, 2, 3)}
        sole = some["revenue_share"][some["n_silenced"] > 0].sum()
        rows.append({**key, "holder": holder, "holders": len(some), **index,
                     **{f"goodwill_{name}": value for name, value in index.items()},
                     "n_silenced": some["n_silenced"].sum(), "silenced_share": sole})  # fmt: skip
    return from_records(rows, "concentration_summary")


def _stayed(key: dict, stays: pd.DataFrame) -> pd.DataFrame:
    n, stayed = int(stays["before"].sum()), int(stays["stayed"].sum())
    if not n:
        return empty("continuity_summary")
    rows = [{**key, "value": stayed / n, "low": stayed / n - 0.07, "high": stayed / n + 0.06,
             "level": 0.95, "n": n, "n_accounts": len(stays),
             "n_none_stayed": (stays["stayed"] == 0).sum()}]  # fmt: skip
    return from_records(rows, "continuity_summary")


def _stays(key: dict, shape: Shape, accounts: pd.DataFrame) -> pd.DataFrame:
    n = len(accounts) if len(shape.waves) > 1 else 0
    stayed = np.where(np.arange(n) % 5 == 4, 0, 3)
    return pd.DataFrame(
        {
            **key, "from_wave": shape.waves[0], "account_id": accounts["account_id"].head(n),
            "before": 4, "now": 4, "stayed": stayed, "value": stayed / 4, "answered_both": 0,
            "flag": "ok",
        }
    ).astype({"before": int, "now": int, "answered_both": int})  # fmt: skip


def _audit(key: dict, managers: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {**key, "account_manager": f"Manager {i}", "topic": topic,
             "question": code("role_frequent", role=f"<{topic}>"), "found": 0.62, "expected": 0.9,
             "value": -0.28, "low": -0.4, "high": -0.1, "level": 0.95, "unit": "share_of_contacts",
             "p": None if topic == "late" else 0.001, "q": None if topic == "late" else 0.01,
             "rate": 0.05, "n_accounts": 8, "n_contacts": 44,
             "raised": topic == "share" and i == 1,
             "flag": joined(["cannot_be_asked", "no_sign_off_dates"] if topic == "late" else [])}
            for i in range(managers if managers > 1 else 0)
            for topic in ("late", "share", "roles")
        ],
        columns=_AUDIT,
    ).astype(
        {"p": float, "q": float, "n_accounts": int, "n_contacts": int, "raised": bool}
    )  # fmt: skip


_AUDIT = (
    "client_id wave account_manager topic question found expected value low high level unit p q "
    "rate n_accounts n_contacts raised flag"
).split()


def _plan(key: dict, accounts: pd.DataFrame) -> pd.DataFrame:
    n = len(accounts)
    quarter = np.arange(n) % 3 + 1
    return pd.DataFrame(
        {
            "client_id": key["client_id"], "account_id": accounts["account_id"], "slice": quarter,
            "starts": pd.to_datetime(
                pd.Series(quarter).map(dict(enumerate(STARTS, start=1)))
            ),
            "tier": "A", "revenue": accounts["revenue"].to_numpy(float), "contacts": 4,
            "resting": 1, "flag": "ok",
        }
    ).astype({"contacts": int, "resting": int})  # fmt: skip


def _precision(key: dict, shape: Shape) -> pd.DataFrame:
    rows = pd.DataFrame(
        [
            {"client_id": key["client_id"], "slice": quarter, "measure": measure,
             "starts": [None, *STARTS][quarter], "n_accounts": 5 + quarter,
             "n_contacts": 20 + quarter, "resting": 3 + quarter, "completion": 0.3,
             "answers": 6.0 + quarter, "half_width": half + quarter / 10, "level": 0.95,
             "flag": "ok"}
            for measure, half in (("crq", 0.21), ("nps", 17.0))[: 2 if shape.ltr else 1]
            for quarter in range(4)
        ]
    )  # fmt: skip
    return rows.assign(starts=pd.to_datetime(rows["starts"]))
