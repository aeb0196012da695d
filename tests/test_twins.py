"""One questionnaire under other names gives the same numbers at every station that asks concepts.

Twins differ in what constructs are called and in whether the codebook says their concepts; items,
answers and the order of constructs are the same.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from crqlab import Study, benchmark, drivers, renewal, scores, segments, simulate
from crqlab.benchmark import Rules
from crqlab.scores import quadrants
from crqlab.segments import Thresholds, starting
from crqlab.simulate.raw import CODEBOOK

QUICK = {"draws": 20, "seed": 7}
#: Construct: its Swedish name and label.
SWEDISH = {
    "trust": ("fortroende", "Förtroende"),
    "commitment": ("engagemang", "Engagemang"),
    "calculative": ("inlasning", "Kalkylerande engagemang"),
    "satisfaction": ("nojdhet", "Nöjdhet"),
    "service": ("bemotande", "Service"),
    "reliable": ("palitlighet", "Pålitlighet"),
    "responsive": ("lyhordhet", "Lyhördhet"),
    "caring": ("omtanke", "Omtanke"),
    "solution": ("losning", "Lösning"),
    "value": ("prisvarde", "Upplevt värde"),
    "experience": ("upplevelse", "Upplevelse"),
    "unique": ("egenart", "Särprägel"),
    "loyalty": ("trohet", "Lojalitet"),
    "image": ("rykte", "Anseende"),
    "expectations": ("krav", "Förväntningar"),
}
CONCEPT = {
    "calculative": "calculative_commitment", "reliable": "reliability", "unique": "uniqueness",
    "responsive": "responsiveness", "expectations": "other",
}  # fmt: skip
#: A questionnaire of satisfaction research, from the answers of ours.
INDEX = {
    "image": ["uni_1", "uni_2"], "expectations": ["rel_1", "rel_2"],
    "service": ["res_1", "res_2", "car_1"], "solution": ["sol_1", "sol_2", "sol_3"],
    "value": ["val_1", "val_2"], "satisfaction": ["sat_1", "sat_2"], "trust": ["tru_1", "tru_2"],
    "loyalty": ["com_1", "com_2"],
}  # fmt: skip
#: Text that readers see: labels stand in it.
WORDS = (
    "reason reason_then change words flag method source nearest nearest_then thresholds segments"
).split()


def crq24():
    return yaml.safe_load(CODEBOOK.read_text(encoding="utf-8"))["instrument"]


def index():
    asked = {**crq24(), "name": "Index", "uniqueness": ["image", "solution"]}
    constructs = {name: {"label": name.title(), "items": items} for name, items in INDEX.items()}
    rule = {"constructs": ["image", "value", "satisfaction", "loyalty"], "at_least": 2}
    return {**asked, "constructs": constructs, "crq": rule}


def renamed(asked, names, spell):
    """The same instrument; ``spell`` makes a construct of its label, concept and content."""
    constructs = {}
    for name, one in asked["constructs"].items():
        content = {key: one[key] for key in ("items",) if key in one}
        if "parts" in one:
            content["parts"] = [names[part] for part in one["parts"]]
        constructs[names[name]] = spell(name) | content
    rule = asked["crq"]
    lists = {"constructs", "required"} & set(rule)
    return {
        **asked,
        "constructs": constructs,
        "crq": rule | {key: [names[name] for name in rule[key]] for key in lists},
        "uniqueness": [names[name] for name in asked["uniqueness"]],
    }


def twins(asked):
    """English without concepts, Swedish without, and numbered questions that say theirs."""
    own = list(asked["constructs"])
    english = renamed(
        asked, {n: n for n in own}, lambda n: {"label": asked["constructs"][n]["label"]}
    )
    numbers = {name: f"q{place}" for place, name in enumerate(own, 1)}
    return {
        "english": ({name: name for name in own}, english),
        "swedish": (
            swedish := {name: SWEDISH[name][0] for name in own},
            renamed(asked, swedish, lambda name: {"label": SWEDISH[name][1]}),
        ),
        "numbered": (
            numbers,
            renamed(
                asked,
                numbers,
                lambda name: {
                    "label": f"Question {numbers[name]}",
                    "concept": CONCEPT.get(name, name),
                },
            ),
        ),
    }


RULES = {
    "crq24": starting(),
    "index": Thresholds.model_validate(
        {
            **starting().document(),
            "name": "index rules", "format": 1,
            "instrument": {"scale": [1, 7], "constructs": ["service", "loyalty", "image"]},
            "segments": [
                {"name": "Opponent", "next": "Rational",
                 "all": [{"service": {"below": 4.5}}, {"crq": {"below": 4.5}}]},
                {"name": "Ambassador",
                 "all": [{"loyalty": {"at_least": 5.0}},
                         {"least_of": {"scores": ["image", "service"], "at_least": 5.0}}]},
                {"name": "Rational", "next": "Ambassador", "otherwise": True},
            ],
        }
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    return simulate.panel(clients=16, waves=(2024, 2025), seed=5)


def laid_out(root, drawn, asked):
    """A study with the tables of station 1."""
    (root / "notebooks").mkdir(parents=True)
    study = Study("twin", root)
    study.raw.mkdir(parents=True)
    book = {"title": "Twin", "instrument": asked, "responses": {"files": ["a.csv"]}}
    text = yaml.safe_dump(book, allow_unicode=True, sort_keys=False)
    (study.raw / "codebook.yaml").write_text(text, encoding="utf-8")
    for name in ("responses", "contacts", "accounts", "outcomes", "clients"):
        study.write(name, getattr(drawn, name))
    return study


def station_tables(study, rules):
    """Stations 30, 50, 60, 70 and 80, one after another."""
    book, asked = study.codebook, study.codebook.instrument
    people = scores.respondents(study.read("responses"), book)
    accounts = scores.accounts(people, book)
    study.write("respondents", people)
    study.write("account_scores", accounts)
    study.write("client_scores", scores.clients(people, study.read("accounts"), book))
    names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    design = renewal.design(*(study.read(name) for name in names), book)
    outlook = renewal.outlook(design, study.read("accounts"), **QUICK)
    names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    panel = segments.panel(*(study.read(name) for name in names), rules, asked, **QUICK)
    found = segments.described(panel, study, level=0.95, **QUICK)
    weights = drivers.weights(people, book, **QUICK)
    priorities = drivers.priorities(weights, people, book, study.read("accounts"), seed=7)
    ranked = benchmark.findings(study, rules=Rules(10, 1), **QUICK)
    return {
        "respondents": people, "account_scores": accounts,
        "quadrants": quadrants(accounts, asked).table.drop(columns="quadrant"),
        "opportunities": design.table, "effects": renewal.effects(design).table,
        "mediation": renewal.mediation(design, **QUICK).table,
        "contest": renewal.compare_models(design, machines=False, **QUICK).table,
        "outlook": outlook.table, "segments": panel.table, "lifts": found["lifts"],
        "segment_cuts": found["segment_cuts"], "sensitivity": found["segment_sensitivity"],
        "driver_weights": weights.table, "driver_effects": weights.effects,
        "driver_map": priorities.table, "driver_focus": priorities.focus,
        "deciles": ranked.table, "positions": ranked.positions.table,
    }  # fmt: skip


def in_english(table, names):
    """Under the names of the English twin, in an order that no name decides."""
    back = {own: name for name, own in names.items()}
    said = [name for name in table if name in WORDS or name.endswith("label")]
    table = table.rename(columns=back).drop(columns=said)
    for name in table.select_dtypes(exclude="number"):
        table[name] = table[name].map(lambda cell: back.get(cell, cell))
    keys = list(table.select_dtypes(exclude="number"))
    return table.sort_values(keys, ignore_index=True, kind="stable")


@pytest.fixture(scope="module")
def found(drawn, tmp_path_factory):
    """Tables of all twins of both questionnaires."""
    kept = {}
    for kind, asked in (("crq24", crq24()), ("index", index())):
        for twin, (names, own) in twins(asked).items():
            study = laid_out(tmp_path_factory.mktemp("twin") / twin, drawn, own)
            tables = station_tables(study, RULES[kind])
            kept[kind, twin] = {name: in_english(rows, names) for name, rows in tables.items()}
    return kept


@pytest.mark.parametrize("twin", ["swedish", "numbered"])
@pytest.mark.parametrize("kind", ["crq24", "index"])
def test_stations_find_the_same_whatever_constructs_are_called(found, kind, twin):
    for name, expected in found[kind, "english"].items():
        own = found[kind, twin][name][list(expected)]
        pd.testing.assert_frame_equal(own, expected, rtol=1e-12, obj=f"{name} of {kind}, {twin}")


def test_the_twins_have_something_to_agree_on(found):
    ours = found["crq24", "english"]
    seen = {*ours["segments"]["segment"].dropna(), *ours["segments"]["second"].dropna()}
    assert seen == set(RULES["crq24"].names)
    assert set(ours["driver_weights"]["outcome"]) == {"trust", "commitment", "satisfaction", "ltr"}
    assert not {"calculative", "unique", "service"} & set(ours["driver_weights"]["driver"])
    assert {"trust", "commitment"} <= set(ours["effects"]["term"])
    assert ours["opportunities"]["calculative_commitment"].notna().any()
    assert {"indirect", "total"} <= set(ours["mediation"]["effect"])
    assert set(ours["positions"]["unique"]) == {"yes", "no", ""}
    assert np.isfinite(ours["quadrants"][["x", "y"]]).all(axis=None)
    other = found["index", "english"]
    assert set(other["segments"]["segment"].dropna()) == set(RULES["index"].names)
    assert set(other["driver_weights"]["outcome"]) == {"trust", "satisfaction", "ltr"}
    drivers_ = {"image", "expectations", "service", "solution", "value"}
    assert set(other["driver_weights"]["driver"]) == drivers_
    assert "commitment" not in set(other["effects"]["term"])
    assert set(other["positions"]["unique"]) <= {"no", "unknown", ""}
