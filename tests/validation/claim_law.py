"""How often a page claims what is not so: every claim has a law of its own.

Panels in which nothing is true (clients are alike, nothing changes, churn has no cause) go through
all stations as any study does; every claim of every client's page is then judged against what
is known to be true. What may only be said of something is said of nothing there.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from crqlab import Study, page, renewal, simulate
from crqlab.page.renewal.data import proven
from crqlab.page.renewal.select import MODEL
from crqlab.report import stations
from tests.renewal import made

WAVES = (2023, 2024, 2025)
#: Laws: false wherever it is said here; as the raw files have it; holds the truth; tells nothing.
NEVER, FACT, INTERVAL, DOUBT = "never", "fact", "interval", "doubt"
LAWS = {
    "unscored": NEVER,
    "is": INTERVAL,
    "rests_on": FACT,
    "caution": DOUBT,
    "rise": NEVER,
    "fall": NEVER,
    "no_clear_change": DOUBT,
    "not_comparable": DOUBT,
    "answered_contacts": FACT,
    "answered_accounts": FACT,
    "answered_revenue": FACT,
    "upper_half": NEVER,
    "lower_half": NEVER,
    "middle": DOUBT,
    "unique": NEVER,
    "perhaps_unique": DOUBT,
    "not_unique": DOUBT,
    "expected_loss": NEVER,
    "silent_loss": NEVER,
    "outlook_unproven": DOUBT,
    "fix_first": NEVER,
    "leads": DOUBT,
    "next_in_line": DOUBT,
    "weights_rest_on": FACT,
    "accounts_in": FACT,
    "share_in": INTERVAL,
    "role_gap": NEVER,
    "no_role_gap": DOUBT,
    "group_apart": NEVER,
    "least_senior_alone": FACT,
    "agreed": FACT,
    "done": FACT,
    "late": FACT,
    "target_reached": INTERVAL,
    "target_missed": INTERVAL,
    "target_open": DOUBT,
    "later_years_fall": NEVER,
    "later_years_rise": NEVER,
    "no_clear_later_years": DOUBT,
    "kept_contact_higher": NEVER,
}
#: How much of what is said may be false, claim by claim, and verdicts on a whole page.
CLAIM, PAGE = 0.05, 0.10
MOST = {NEVER: CLAIM, FACT: 0.0, INTERVAL: 0.07, DOUBT: 0.0}
#: Churn that nothing foretells.
CAUSELESS = dict.fromkeys(made.LAW, 0.0) | {"intercept": 1.6}


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn: panels, their clients, and panels of renewals alone."""

    seed: int
    panels: int
    clients: int
    renewals: int
    draws: int = 200


FULL = Settings(seed=52_000, panels=3, clients=14, renewals=40, draws=40)
QUICK = Settings(seed=52_000, panels=1, clients=14, renewals=6, draws=40)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What is true of one panel: its clients, accounts that answered, and what went in."""

    clients: pd.DataFrame
    accounts: pd.DataFrame
    counted: pd.DataFrame


def said(settings: Settings) -> pd.DataFrame:
    """Every claim of every page: as `crq.page.claims` has it, with ``kind`` and ``false``."""
    found = []
    for number in range(settings.panels):
        with tempfile.TemporaryDirectory() as folder:
            found.append(_of_panel(Path(folder), settings, number))
    return pd.concat(found, ignore_index=True)


def _of_panel(root: Path, settings: Settings, number: int) -> pd.DataFrame:
    (root / "notebooks").mkdir()
    nothing = {"nonresponse": "random", "churn": "random", "change": "none", "differences": "none"}
    nothing["role_effects"] = 0.0
    seed = settings.seed + number
    simulate.write(
        root, study="null", clients=settings.clients, seed=seed, dirt=False, waves=WAVES, **nothing
    )
    study = Study("null", root)
    stations(study, {"draws": settings.draws}, lambda line: None)
    world = _world(study)
    rows = []
    for client in sorted(world.counted.index.get_level_values("client_id").unique()):
        told = page.claims(page.view(study, client=client, wave=str(WAVES[-1])))
        rows.append(judged(told.assign(client=client, panel=number), world))
    return pd.concat(rows, ignore_index=True)


def _world(study: Study) -> World:
    truth = study.raw / "truth"
    keys = dict.fromkeys(("client_id", "wave", "account_id"), str)
    clients, accounts = (
        pd.read_csv(truth / f"{n}.csv", dtype=keys) for n in ("clients", "accounts")
    )
    answers = study.read("responses")
    heard = answers[["client_id", "wave", "account_id"]].drop_duplicates()
    counted = answers.groupby(["client_id", "wave"]).agg(
        contacts=("contact_id", "nunique"), accounts=("account_id", "nunique")
    )
    clients = clients.set_index(["client_id", "wave"])
    return World(clients, accounts.merge(heard), counted)


def judged(told: pd.DataFrame, world: World) -> pd.DataFrame:
    """Say of each claim which law it is under, and whether it is false."""
    kinds = told["claim"].map(LAWS)
    false = [_FALSE[kind](row, world) for kind, row in zip(kinds, told.itertuples(), strict=True)]
    return told.assign(kind=kinds, false=np.array(false, dtype=bool))


def _miscounted(row, world: World) -> bool:
    """Whether a count is not that of the raw files; what it rests on is some of them."""
    have = world.counted.loc[(row.client, row.wave)]
    if row.claim in ("answered_contacts", "answered_accounts"):
        return row.value != have[row.unit]
    most = {"accounts": have["accounts"], "share": 1.0, "share_of_panel": 1.0}.get(row.unit, np.inf)
    return not 0 <= row.value <= most


def _missed(row, world: World) -> bool:
    """Whether an interval does not hold the truth."""
    measure = row.basis.partition("/")[2]
    if row.claim == "share_in":
        mine = world.accounts
        mine = mine[(mine["client_id"] == row.client) & (mine["wave"] == row.wave)]
        truth = (mine["segment"] == measure).mean()
    else:
        truth = world.clients.loc[(row.client, row.wave), measure]
    half = 0.5 if row.unit == "nps_points" else 0.005  # of the last digit that pages show
    return not row.low - half <= truth <= row.high + half  # an unknown interval holds nothing


_FALSE = {
    NEVER: lambda row, world: True,
    FACT: _miscounted,
    INTERVAL: _missed,
    DOUBT: lambda row, world: False,
}


def laws(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per code: on what share of pages it is said, and how often falsely.

    ``false`` is the share of pages with such a claim that is not so; of intervals, the share of
    these that miss the truth. ``most`` is how much of that its law allows.
    """
    pages = rows.groupby(["panel", "client"]).ngroups
    found = []
    for code, kind in LAWS.items():
        mine = rows[rows["claim"] == code]
        said_, wrong = (
            some.groupby(["panel", "client"]).ngroups / pages
            for some in (mine, mine[mine["false"]])
        )
        if kind == INTERVAL and len(mine):
            wrong = mine["false"].mean()
        found.append((code, kind, said_, wrong, MOST[kind]))
    return pd.DataFrame(found, columns=["claim", "law", "said", "false", "most"])


def any_false(rows: pd.DataFrame) -> float:
    """Share of pages with any verdict that is never true here."""
    wrong = rows[(rows["kind"] == NEVER) & rows["false"]]
    return wrong.groupby(["panel", "client"]).ngroups / rows.groupby(["panel", "client"]).ngroups


def foretold(settings: Settings) -> float:
    """Share of panels with causeless churn of which money and leaving are told nevertheless."""
    told = []
    for number in range(settings.renewals):
        drawn = made.panel(clients=40, each=25, law=CAUSELESS, seed=settings.seed + number)
        found = renewal.compare_models(made.designed(drawn), draws=20, machines=False)
        rows = found.table
        told.append(proven(rows[rows["candidate"] == MODEL].reset_index(drop=True)))
    return float(np.mean(told))


def misses(rows: pd.DataFrame, money: float) -> list[str]:
    """Return the claims that break their law."""
    table = laws(rows)
    broken = table.loc[table["false"] > table["most"], "claim"].tolist()
    whole = ["any false verdict on a page"] * (any_false(rows) > PAGE)
    return broken + whole + ["money told of chance"] * (money > CLAIM)


def section(settings: Settings, rows: pd.DataFrame, money: float) -> str:
    """Return the page's section on claims."""
    table = laws(rows)
    lines = [
        f"| `{r.claim}` | {r.law} | {r.said:.1%} | {r.false:.1%} | {_allowed(r)} |"
        for r in table.itertuples()
    ]
    pages = rows.groupby(["panel", "client"]).ngroups
    return _SECTION.format(
        panels=settings.panels,
        clients=settings.clients,
        pages=pages,
        seed=settings.seed,
        table="\n".join(lines),
        any=any_false(rows),
        money=money,
        renewals=settings.renewals,
    )


def _allowed(row) -> str:
    if row.law == DOUBT:
        return ""
    return "kept" if row.false <= row.most else f"**missed**: {row.most:.0%}"


_SECTION = """
## How often is each claim made of nothing?

{panels} panels of {clients} clients, seed {seed}, in which nothing is true (clients are alike,
nothing changes, nobody answers or leaves because of anything) go through all stations; every claim
of their {pages} pages (`crq.page.claims`) is judged. *Never*: false wherever it is said here, which
at most 5 % of pages may. *Fact*: as the raw files have it. *Interval*: misses the truth in at most
7 %. *Doubt*: says that nothing can be told, which is so. What is said where something is true
stands in the other sections.

| claim | law | said on | false | held? |
| --- | --- | ---: | ---: | --- |
{table}

Any verdict that is not so stands on {any:.1%} of these pages (promised: at most 10 %). Of
{renewals} panels whose churn has no cause, money and leaving are told in {money:.1%} (at most 5 %).
"""
