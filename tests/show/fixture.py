"""A small synthetic study that keeps every contract, for tests of what readers see.

Its numbers come from plain pandas, not from the code that makes scores in earnest: pages are
tested against these tables, never the tables against themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from crqlab import Study
from crqlab.base.contracts.cautions import code
from crqlab.base.contracts.frames import from_records

CONSTRUCTS = {
    "trust": "Trust",
    "commitment": "Commitment",
    "solution": "Solution",
    "experience": "Experience",
}
BEST = [
    "They keep their word, always.",
    "<b>Bold</b> & <script>alert('x')</script>",
    '=HYPERLINK("http://bad.example")',
    "abc\u202egnp.exe",
    "Call me: +46 8 123 45 67 or eva.berg@acme.example",
    "Zoë Åkesson",
    "ممتاز",
]


@dataclass(frozen=True)
class Shape:
    """What kind of study to lay out."""

    accounts: int = 12
    most: int = 9  # respondents of the largest account; sizes run 1, 2, ... most, 1, 2 ...
    silent: int = 3
    waves: tuple[str, ...] = ("2023", "2024", "2025")
    ltr: bool = True
    contacts: bool = True
    comments: bool = True
    scale: tuple[int, int] = (1, 7)
    synthetic: bool = True
    client: str = "C017"


def codebook(shape: Shape) -> dict:
    items = {
        f"{name[:3]}_{i}": f"{label} {i}" for name, label in CONSTRUCTS.items() for i in (1, 2)
    }
    return {
        "title": "Fixture panel",
        "synthetic": shape.synthetic,
        "currency": "EUR",
        "instrument": {
            "name": "CRQ-8",
            "version": "1",
            "scale": list(shape.scale),
            "items": items,
            "constructs": {
                name: {"label": label, "items": [f"{name[:3]}_1", f"{name[:3]}_2"]}
                for name, label in CONSTRUCTS.items()
            },
            "crq": {"constructs": list(CONSTRUCTS), "required": ["trust"], "at_least": 2},
            "uniqueness": ["solution", "experience"],
            **({"recommend": "Would you recommend us?"} if shape.ltr else {}),
            **(
                {"comments": {"best": "What is best?", "worst": "What is <worst>?"}}
                if shape.comments
                else {}
            ),
        },
        "responses": {"files": ["responses.csv"]},
    }


def lay_out(root: Path, shape: Shape = Shape()) -> Study:
    """Write a study with all its tables below ``root`` and return it."""
    (root / "notebooks").mkdir(parents=True, exist_ok=True)
    raw = root / "data" / "raw" / "demo"
    raw.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(codebook(shape), allow_unicode=True, sort_keys=False)
    (raw / "codebook.yaml").write_text(text, encoding="utf-8")
    study = Study("demo", root=root)
    people = pd.concat([_people(shape, wave) for wave in shape.waves], ignore_index=True)
    for name, rows in _tables(shape, people).items():
        study.write(name, rows)
    return study


def _people(shape: Shape, wave: str) -> pd.DataFrame:
    """Respondents with their answers on the instrument's scale."""
    rng = np.random.default_rng([int(wave), shape.accounts])
    sizes = 1 + np.arange(shape.accounts) % shape.most
    account = np.repeat(np.arange(shape.accounts), sizes)
    n, (low, high) = len(account), shape.scale
    level = rng.normal(0.65, 0.12, shape.accounts)[account] + rng.normal(0, 0.15, n)
    share = np.clip(level[:, None] + rng.normal(0, 0.08, (n, len(CONSTRUCTS))), 0, 1)
    scores = pd.DataFrame(low + share * (high - low), columns=list(CONSTRUCTS))
    ids = pd.DataFrame(
        {
            "client_id": shape.client,
            "wave": wave,
            "response_id": [f"{wave}-{i}" for i in range(n)],
            "account_id": [f"A{i:03d}" for i in account],
            "contact_id": [f"P{i}" for i in range(n)],
            "role": None,
        }
    )
    ltr = np.clip(np.round(10 * level + 1), 0, 10) if shape.ltr else np.full(n, np.nan)
    return pd.concat([ids, scores], axis=1).assign(
        crq=scores.mean(axis=1),
        uniqueness=scores[["solution", "experience"]].mean(axis=1),
        ltr=ltr,
        seniority=np.nan,
        confidence=np.nan,
        n_items=8,
    )


def _tables(shape: Shape, people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    n_known = shape.accounts + shape.silent
    ids = [f"A{i:03d}" for i in range(n_known)]
    name = [f"Account {i}" for i in range(n_known)]
    name[0] = "<i>Ünï & Söns</i>"
    accounts = pd.DataFrame(
        {
            "client_id": shape.client, "account_id": ids, "name": name, "industry": "IT",
            "country": "SE", "revenue": 1e6 / (1 + np.arange(n_known)), "tier": "A",
            "account_manager": "Eva Lind", "customer_since": pd.NaT, "renewal_on": pd.NaT,
        }
    )  # fmt: skip
    tables = {
        "clients": pd.DataFrame(
            {"client_id": [shape.client], "name": ["Nordwind & Co"], "industry": ["IT"],
             "country": ["SE"]}
        ),
        "accounts": _dated(accounts, "customer_since", "renewal_on"),
        "responses": _responses(shape, people),
        "quality": _quality(shape, people),
        "respondents": people,
        "account_scores": _account_scores(people),
        "manager_scores": manager_scores(_account_scores(people), accounts),
        "client_scores": _client_scores(people),
        "agreement": _agreement(people),
        "changes": _changes(shape, people),
    }  # fmt: skip
    if shape.contacts:
        tables["contacts"] = _contacts(shape, people, ids)
    tables["completion"] = _completion(people, tables["accounts"], tables.get("contacts"))
    return tables


def _dated(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return rows.assign(**{column: pd.to_datetime(rows[column]) for column in columns})


def _responses(shape: Shape, people: pd.DataFrame) -> pd.DataFrame:
    rows = people[["client_id", "wave", "response_id", "account_id", "contact_id", "role", "ltr"]]
    items = {f"{name[:3]}_{i}": people[name] for name in CONSTRUCTS for i in (1, 2)}
    rows = rows.assign(
        language="en", batch=None, started=pd.NaT, seconds=300.0, familiarity=np.nan,
        included=people["response_id"].str.split("-").str[1] != "1", **items,
    )  # fmt: skip
    if shape.comments:
        best = np.resize(np.array(BEST, dtype=object), len(rows))
        few = np.where(np.arange(len(rows)) % (len(rows) // len(shape.waves)) < 4, "Price.", None)
        rows = rows.assign(best=best, worst=few)
    return _dated(rows, "started")


def _quality(shape: Shape, people: pd.DataFrame) -> pd.DataFrame:
    second = people[people["response_id"].str.split("-").str[1] == "1"]
    return pd.DataFrame(
        {
            "client_id": second["client_id"], "wave": second["wave"],
            "response_id": second["response_id"], "check": "duplicate", "column": None,
            "found": code("same_contact", response="r1"), "rule": "duplicate", "excluded": True,
            "decided_by": "rule", "reason": None,
        }
    )  # fmt: skip


def _contacts(shape: Shape, people: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    answered = people[["client_id", "wave", "contact_id", "account_id"]]
    silent = [
        {"client_id": shape.client, "wave": wave, "contact_id": f"S{i}", "account_id": ids[-1 - i]}
        for wave in shape.waves
        for i in range(shape.silent - 1)
    ]
    rows = pd.concat([answered, pd.DataFrame(silent)], ignore_index=True)
    rows = rows.assign(
        name=np.where(rows["contact_id"] == "P5", "Zoë Åkesson", None), role=None, language=None,
        invited=True, invited_on=pd.NaT, signed_off_on=pd.NaT,
    )  # fmt: skip
    return _dated(rows, "invited_on", "signed_off_on")


def _completion(
    people: pd.DataFrame, accounts: pd.DataFrame, contacts: pd.DataFrame | None
) -> pd.DataFrame:
    """Who was asked and who answered, of the whole client, wave by wave."""
    pays = accounts.set_index("account_id")["revenue"]
    rows = []
    for (client, wave), heard in people.groupby(["client_id", "wave"]):
        key = {"client_id": client, "wave": wave, "dimension": "all", "group": "all"}
        key |= {"level": 0.95, "method": "by hand"}
        if contacts is None:
            rows.append({**key, "unit": "contacts", "answered": len(heard), "n_accounts": 0,
                         "flag": "asked_not_recorded"})  # fmt: skip
            continue
        asked = contacts[contacts["wave"] == wave]
        who, whole = heard["account_id"].unique(), asked["account_id"].unique()
        counts = {"contacts": (len(asked), len(heard)), "accounts": (len(whole), len(who)),
                  "revenue": (pays[whole].sum(), pays[who].sum())}  # fmt: skip
        for unit, (n, x) in counts.items():
            ends = {"low": max(x / n - 0.1, 0), "high": min(x / n + 0.1, 1)}
            stray = {"uninvited": 0} if unit == "contacts" else {}
            rows.append({**key, "unit": unit, "asked": n, "answered": x, "value": x / n, **ends,
                         **stray, "n_accounts": len(whole), "flag": "ok"})  # fmt: skip
    return from_records(rows, "completion")


def _account_scores(people: pd.DataFrame) -> pd.DataFrame:
    keys = ["client_id", "wave", "account_id"]
    kind = people.assign(
        promoters=(people["ltr"] >= 9).astype(int),
        passives=people["ltr"].between(7, 8).astype(int),
        detractors=(people["ltr"] <= 6).astype(int),
    )
    rows = kind.groupby(keys, as_index=False).agg(
        n=("crq", "count"), n_ltr=("ltr", "count"), crq=("crq", "mean"), sd=("crq", "std"),
        uniqueness=("uniqueness", "mean"), mean_ltr=("ltr", "mean"),
        promoters=("promoters", "sum"), passives=("passives", "sum"),
        detractors=("detractors", "sum"), **{name: (name, "mean") for name in CONSTRUCTS},
    )  # fmt: skip
    weight = rows["n"] / (rows["n"] + 2.3)
    middle = people["crq"].mean()
    shrunken = weight * rows["crq"] + (1 - weight) * middle
    known = rows["n_ltr"].where(rows["n_ltr"] > 0)
    nps = 100 * (rows["promoters"] - rows["detractors"]) / known
    change = shrunken - shrunken.groupby(rows["account_id"]).shift()  # waves stand in order
    return rows.assign(
        low=rows["crq"] - 0.6, high=rows["crq"] + 0.6, shrunken=shrunken,
        shrunken_low=shrunken - 0.4, shrunken_high=shrunken + 0.4, weight=weight,
        change=change, change_low=change - 0.4 * 2**0.5, change_high=change + 0.4 * 2**0.5,
        change_q=np.where(change.isna(), np.nan, np.where(change.abs() > 0.4 * 2**0.5, 0.01, 0.6)),
        change_verdict=_moves(change, 0.4 * 2**0.5),
        crq_role=np.nan, crq_confidence=np.nan, crq_senior=np.nan, nps=nps,
        nps_low=(nps - 30).clip(-100), nps_high=(nps + 30).clip(upper=100), rwg_j=0.8,
        role_gap=np.nan, flag=np.where(rows["n"] == 4, "people_disagree", "ok"),
    )[[*keys, *_order()]].pipe(_inside, people)  # fmt: skip


def _moves(change: pd.Series, half: float) -> np.ndarray:
    """What the station says of changes with intervals of one width."""
    sure = [change > half, change < -half, change.notna()]
    return np.select(sure, ["higher", "lower", "no_clear_change"], "unknown")


def manager_scores(scores: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Means of the shrunken scores, with halves of intervals that differ."""
    owned = scores.merge(accounts[["client_id", "account_id", "account_manager"]])
    keys = ["client_id", "wave", "account_manager"]
    rows = owned.groupby(keys, as_index=False).agg(
        value=("shrunken", "mean"), n_accounts=("shrunken", "count"), n_respondents=("n", "sum")
    )
    return rows.assign(
        low=rows["value"] - 0.25, high=rows["value"] + 0.35, level=0.95,
        method="account_t", flag="ok",
    )  # fmt: skip


def _inside(rows: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({"n": int, "n_ltr": int})


def _order() -> list[str]:
    return (
        "n n_ltr crq low high shrunken shrunken_low shrunken_high weight change change_low "
        "change_high change_q change_verdict crq_role crq_confidence crq_senior uniqueness "
        "promoters passives detractors nps nps_low nps_high mean_ltr sd rwg_j role_gap flag"
    ).split() + list(CONSTRUCTS)


def _client_scores(people: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (client, wave), some in people.groupby(["client_id", "wave"]):
        facts = {"client_id": client, "wave": wave, "level": 0.95, "n_respondents": len(some),
                 "n_accounts": some["account_id"].nunique(), "flag": "ok"}  # fmt: skip
        nps = 100 * ((some["ltr"] >= 9).mean() - (some["ltr"] <= 6).mean())
        values = {name: some[name].mean() for name in ["crq", "uniqueness", *CONSTRUCTS]}
        half = dict.fromkeys(values, 0.2)
        if some["ltr"].notna().any():
            values |= {"nps": nps, "mean_ltr": some["ltr"].mean()}
            half |= {"nps": 12.0, "mean_ltr": 0.4}
            rows.append(
                {
                    **facts,
                    "measure": "nps",
                    "roll_up": "respondents",
                    "value": nps,
                    "low": nps - 9,
                    "high": nps + 9,
                    "method": "adjusted_wald",
                }
            )
        for roll_up, shift in (("respondents", 0.0), ("accounts", 0.05)):
            rows += [
                {
                    **facts,
                    "measure": name,
                    "roll_up": roll_up,
                    "value": value + shift,
                    "low": value + shift - half[name],
                    "high": value + shift + half[name],
                    "method": "account_t",
                }
                for name, value in values.items()
            ]
    return pd.DataFrame(rows)


def _agreement(people: pd.DataFrame) -> pd.DataFrame:
    keys = people[["client_id", "wave"]].drop_duplicates().to_dict("records")
    values = {"icc1": 0.31, "icc2": 0.62, "rwg_j": 0.83}
    return pd.DataFrame(
        [
            {**key, "measure": "crq", "statistic": name, "value": value, "low": value - 0.1,
             "high": value + 0.1, "level": 0.95, "n_respondents": len(people), "n_accounts": 9,
             "method": "F", "flag": "ok"}
            for key in keys
            for name, value in values.items()
        ]
    )  # fmt: skip


def _verdict(value: float, half: float = 0.15) -> str:
    return "no_clear_change" if abs(value) <= half else "higher" if value > 0 else "lower"


def _changes(shape: Shape, people: pd.DataFrame) -> pd.DataFrame:
    means = people.groupby("wave")[["crq", "uniqueness", *CONSTRUCTS]].mean()
    rows = []
    for before, wave in zip(shape.waves, shape.waves[1:], strict=False):
        moved = means.loc[wave] - means.loc[before]
        for measure, value in moved.items():
            for part in ("all", "same", "joiners", "leavers") if measure == "crq" else ("all",):
                rows.append(
                    {"client_id": shape.client, "wave": wave, "from_wave": before,
                     "measure": measure, "part": part, "value": value, "low": value - 0.15,
                     "high": value + 0.15, "level": 0.95, "p": 0.2 if abs(value) <= 0.15 else 0.004,
                     "q": 0.4 if abs(value) <= 0.15 else 0.02, "verdict": _verdict(value),
                     "n_accounts": 9, "n_respondents": 40, "method": "paired_account_t",
                     "flag": "ok"}
                )  # fmt: skip
    columns = ("client_id wave from_wave measure part value low high level p q verdict "
               "n_accounts n_respondents method flag").split()  # fmt: skip
    kinds = dict.fromkeys(("value", "low", "high", "level", "p", "q"), float)
    kinds |= dict.fromkeys(("n_accounts", "n_respondents"), int) | {
        c: str
        for c in columns
        if c not in ("value", "low", "high", "level", "p", "q", "n_accounts", "n_respondents")
    }
    return pd.DataFrame(rows, columns=columns).astype(kinds)
