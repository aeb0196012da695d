"""A study of many clients with real-looking names, of which many are also common words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crqlab import Study, scores
from tests.report.renaming import filled, renamed, tables_of
from tests.show.asked import ROLES

#: Common words, months, countries, industries, given names, words of ours and of programs, short
#: names, and names inside others'.
HARD = """
Apple|Orange|Target|Next|Shell|Port|Visa|Trust|Bank|Sky Bank|Sky|Telia|SAS|UBS|EY|BP|H&M|3|The|North
May|March|April|Sweden|Norway|Germany|Banking|Manufacturing|Energy|Anna|Eva|Lind|Berg|IT|SE|In Short
Value|Service|Solution|Experience|Commitment|Loyalty|Rational|Ambassador|Opponent|Account|Customer
Client|Segment|Action|Report|Summary|Method|Score|Mean|Median|Interval|Panel|Wave|Response|Answers
Comments|Promoter|Passive|Detractor|Revenue|Renewal|Risk|Contract|Manager|Owner|Buyer|User|Executive
Yes|No|None|All|Other|Unknown|Total|Low|High|Clear|Level|Group|Number|Page|Title|Text|Table|Chart
Slide|Note|Excel|Microsoft|Office|Adobe|Python|Pandas|Identity|Helvetica|Arial|Georgia|Inline|Block
Content|Style|Figure|Image|Link|Print|Screen|Black|White|Green|Blue|Gold|One|Two|Three|Ten|First
Best|Worst|Price|Quality|Time|Year|Month|Week|Day|Now|New|Plan|Start|Open|Left|Right|Top|Nordic
Global|Digital|Lyft Energy|Lyft|Next Step|Sky Bank International|Apple Bank|The North Bank|Berg AB
March Consulting|Anna Berg AB|Orange Energy|Target North|Telia Company AB|Trust & Value|Open Book
Stormere|Account 2|Relationship|Supplier|Survey|Microsoft Office|Interview|Evidence|Benchmark|Peers
Överlag|Kund|Konto|Svar|Mål|Bäst|Nästa|Sverige|Mars|Handel|Trä|Ek|Öst|Väst|Nord|Kundansvarig|Delvis
C1|A1|Q1|1984|2024|2025|Steel|Nordic Steel|Nordic Steel Group|Steel Group|Group Steel|CRQ|NPS|SVG
PDF|Stockholm|Göteborg|London|Paris|York|Bath|Reading|Boston|Bergen|Lund|Nice|Turku|Erik|Karin|Olle
Grace|Mark|Will|Rose|Hope|Cloud|Engine|Pump|Valve|Bearing|Laptop|Paper|Glass|Software|Insurance
Logistics|Service Level|Key Account|Best Buy|Just Now|New Year|Good News|Three Days|Silent|Due
Signed|Offer|Owner AB|Data|Source|Notes|Figures|Accounts|Contacts|Tasks|Cover|Drivers|Decision
Overview|Comment|Theme|Change
"""
_FIRST = """Nordvik Almar Ravn Hedlund Kiruna Bolmen Tornio Halden Lindö Arkona Vänern Saxon
Borealis Kestrel Mistral Harrow Quill Ostrava Zeeland Calder Brigand Fennel Juniper Larch
Rowan""".split()
_SECOND = """Logistics Foods Steel Papers Software Advisers Insurance Freight Paint Glass Marine
Textiles Dairy Robotics Timber Pharma Optics Printing""".split()
_GIVEN = """Anna Erik Eva Lars Ingrid Göran Maria Johan May April Chloé Lukas Siobhán Filip Zoë
Karin Olle Ylva Kåre June""".split()
_LAST = """Berg Lind Åkesson Quist Hallén Weiß García O'Brien Lindqvist Young Price Field Bell
Grant Ek Söderberg Ångman North Target Long""".split()
_ACCOUNTS = """{a} {b} AB|{a} GmbH|{b} of {c}|{c} & Söner AB|{a}|The {b} Company|{c} {b} Ltd
Next {a}|{b}|{g} {l}|{l} & {l} AB|{a} Group|Sky {b}|{c} Energy|{b} {c} Holding AB""".replace(
    "\n", "|"
).split("|")
_UNITS = "North South Steel Digital Pump Software Service Energy Global Orange March 1984".split()
_OPENS = """They keep their word|Prices are fair|We need to talk about the next step|Nothing to add
It takes too long to get an answer|Our contact listens|De håller vad de lovar|Leveranserna är sena
What we want is a plan for the year|The team knows our business""".split("\n")
_CLOSES = """in the end|when it matters|as it was before|for the most part|och det är bra|i år igen
and that is why we stay|at least with {l}|says {g}|more often than not""".split("\n")
SUBSET = (
    "Apple",
    "Next",
    "The",
    "May",
    "Sweden",
    "Sky",
    "UBS",
    "Anna",
    "Interval",
    "Kund",
    "3",
    "IT",
    "High",
    "Nordic Steel",
    "Nordic Steel Group",
    "C1",
    "1984",
    "North",
)


def names(n: int) -> list[str]:
    """Return real-looking names of clients, the hard ones first."""
    hard = [name for line in HARD.split("\n") for name in line.split("|") if name]
    made = [f"{first} {second}" for second in _SECOND for first in _FIRST]
    return list(dict.fromkeys(hard + made))[:n]


def crowd(root: Path, called: list[str]) -> tuple[Study, list[str]]:
    """Write a study of which every client has accounts, people, words and ids of its own kind."""
    study = filled(root)
    sorted_by_unit(study)
    base = tables_of(study)
    ids = [_client_id(k, name) for k, name in enumerate(called, start=1)]
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in base}
    for k, (client, name) in enumerate(zip(ids, called, strict=True), start=1):
        for table, rows in _of_client(base, k, client, name).items():
            parts[table].append(rows)
    for table, rows in base.items():
        if "client_id" in rows:
            kept = rows[rows["client_id"].fillna("") != "C017"]
            study.write(table, pd.concat([kept, *parts[table]], ignore_index=True))
    return Study("demo", root=root), ids


def sorted_by_unit(study: Study) -> None:
    """Write units, countries and products of which every second answer is about the same."""
    people = study.read("respondents")
    half = people.groupby(["client_id", "wave"]).cumcount() % 2 == 0
    key = people[["client_id", "wave", "response_id"]]
    pairs = {"unit": ("unit A", "unit B"), "country": ("SE", "NO"), "product": ("product A",) * 2}
    rows = pd.concat(
        key.assign(dimension=name, group=np.where(half, *pair)) for name, pair in pairs.items()
    )
    study.write("breakdowns", rows)
    study.write("breakdown_scores", scores.breakdowns(people, rows))


def _client_id(k: int, name: str) -> str:
    letters = "".join(c for c in name.upper() if c.isalpha())[:3]
    ways = (
        f"C{k}",
        f"{k}",
        f"{letters}{k}",
        f"K-{k:04d}",
        f"{k:06d}",
        f"B{k}",
        f"SE-{k}",
        f"A{k}",
        f"{1900 + k}",
    )
    return ways[k % len(ways)]


def _of_client(
    base: dict[str, pd.DataFrame], k: int, client: str, name: str
) -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(k)
    accounts = base["accounts"]
    n = len(accounts)
    words = {"a": str(draw.choice(_FIRST)), "b": str(draw.choice(_SECOND)), "c": name}
    called = [
        _ACCOUNTS[i % len(_ACCOUNTS)].format(
            **{**words, "a": str(draw.choice(_FIRST))}, **_who(draw)
        )
        for i in range(n)
    ]
    managers = sorted(accounts["account_manager"].dropna().unique())
    told = dict(zip(accounts["account_id"], _account_ids(k, n), strict=True))
    told |= dict(zip(accounts["name"], dict.fromkeys(called), strict=False))
    told |= dict(zip(managers, _people(draw, len(managers)), strict=True))
    told |= {f"P{i}": f"{k}-{i}" for i in range(200)} | {f"S{i}": f"{k}-S{i}" for i in range(9)}
    told |= {one: f"{k}.{one}" for one in base["responses"]["response_id"]}
    told |= {"IT": str(draw.choice(["Banking", "Retail", "Energy", "IT"])), "C017": client}
    told |= {"Nordwind & Co": name}
    units = zip(("unit A", "unit B", "product A"), draw.permutation(_UNITS)[:3], strict=True)
    told |= dict(units)
    made = {}
    for table, rows in base.items():
        if "client_id" not in rows:
            continue
        mine = rows[rows["client_id"] == "C017"]
        made[table] = renamed(mine, told)
    people = len(made["contacts"])
    made["contacts"] = made["contacts"].assign(
        name=["{g} {l}".format(**_who(draw)) for _ in range(people)],
        role=[ROLES[i % len(ROLES)] for i in range(people)],
    )
    said = [
        f"{draw.choice(_OPENS)} {draw.choice(_CLOSES)}, {name}.".format(**_who(draw))
        for _ in range(len(made["responses"]))
    ]
    made["responses"] = made["responses"].assign(best=said)
    return made


def _people(draw: np.random.Generator, n: int) -> list[str]:
    pairs = draw.choice(len(_GIVEN) * len(_LAST), n, replace=False)
    return [f"{_GIVEN[pair // len(_LAST)]} {_LAST[pair % len(_LAST)]}" for pair in pairs]


def _who(draw: np.random.Generator) -> dict[str, str]:
    return {"g": str(draw.choice(_GIVEN)), "l": str(draw.choice(_LAST))}


def _account_ids(k: int, n: int) -> list[str]:
    ways = (
        lambda i: f"{k}{i:02d}", lambda i: f"{k:03d}{i:03d}", lambda i: f"A{i}", str,
        lambda i: f"ACC-{k}-{i}", lambda i: f"00{k:03d}{i:02d}", lambda i: f"{k}X{i}",
        lambda i: str(1990 + i),
    )  # fmt: skip
    return [ways[k % len(ways)](i + 1) for i in range(n)]
