"""A wave that asked a part of the items: the rest is missing by design, and no fault."""

import pandas as pd
import pytest
import yaml

from crqlab import DataError, Study, responses, scores
from crqlab.base.codebook import Codebook

ITEMS = [f"{c}_{k}" for c in ("tru", "com", "sat") for k in (1, 2)]
PULSE = ["tru_1", "com_1", "com_2", "ltr"]
ROWS = 12


def lay_out(root, *, short=PULSE, named=PULSE, not_asked=(), best=True):
    """A study of a full wave and a pulse; the pulse's file has the columns ``short``."""
    folder = root / "data" / "raw" / "s"
    folder.mkdir(parents=True)
    for wave, columns in (("2025Q1", [*ITEMS, "ltr"]), ("2025Q2", short)):
        rows = {"response_id": [f"{wave}-{i}" for i in range(ROWS)],
                "account_id": [f"A{i % 4}" for i in range(ROWS)]}  # fmt: skip
        for k, name in enumerate(columns):
            lift = 1 if name.endswith("_2") else 0  # every second item is easier by one point
            rows[name] = [8 if name == "ltr" else 2 + lift + (i + k // 2) % 4 for i in range(ROWS)]
        if best and wave == "2025Q1":
            rows["best"] = "people"
        pd.DataFrame(rows).to_csv(folder / f"{wave}.csv", index=False)
    pulse = {"file": "2025Q2.csv", "wave": "2025Q2", "not_asked": list(not_asked)}
    book = {
        "title": "s", "client": {"id": "C1"},
        "waves": {"2025Q2": {"items": list(named)}},
        "responses": {"files": [{"file": "2025Q1.csv", "wave": "2025Q1"}, pulse],
                      "columns": {"tru_2": "tru_2", "best": "best"}},
        "instrument": {
            "name": "n", "version": "1", "scale": [1, 7], "recommend": "R?",
            "comments": {"best": "Best?"} if best else {},
            "items": dict.fromkeys(ITEMS, "?"),
            "constructs": {
                name: {"label": name, "concept": concept, "items": [f"{short}_1", f"{short}_2"]}
                for short, name, concept in (
                    ("tru", "trust", "trust"), ("com", "commitment", "commitment"),
                    ("sat", "satisfaction", "satisfaction"))
            },
            "crq": {"constructs": ["trust", "commitment", "satisfaction"], "at_least": 2},
        },
    }  # fmt: skip
    (folder / "codebook.yaml").write_text(yaml.safe_dump(book), encoding="utf-8")
    return Study("s", root=root)


def test_columns_that_a_pulse_did_not_ask_need_not_be_there(tmp_path):
    study = lay_out(tmp_path)
    rows = responses.read(study).responses.set_index("wave")
    assert rows.loc["2025Q2", ["tru_2", "sat_1", "sat_2"]].isna().all(axis=None)
    assert rows.loc["2025Q2", ["tru_1", "com_1", "ltr"]].notna().all(axis=None)


def test_items_that_a_pulse_did_ask_must_be_there(tmp_path):
    with pytest.raises(DataError, match="com_2"):
        responses.read(lay_out(tmp_path, short=["tru_1", "com_1", "ltr"]))


def test_answers_to_items_that_a_wave_did_not_ask_are_refused(tmp_path):
    with pytest.raises(DataError) as told:
        responses.read(lay_out(tmp_path, short=[*PULSE, "sat_1"]))
    cases = told.value.cases
    assert len(cases) == ROWS
    assert set(cases["fix"]) == {"add sat_1 to the items: of that wave"}


def test_asked_by_its_wave_and_not_by_its_file_is_refused(tmp_path):
    study = lay_out(tmp_path, not_asked=["com_2"])
    with pytest.raises(DataError, match=r"items lists \['com_2'\], and 2025Q2.csv says not_asked"):
        responses.read(study)


def test_nobody_is_half_empty_for_what_was_not_asked(tmp_path):
    study = lay_out(tmp_path)
    raw = responses.read(study)
    assert "half_empty" not in set(responses.flags(raw, study.codebook).table["check"])
    whole = study.codebook.model_copy(update={"waves": {}})
    flagged = responses.flags(raw, whole).table.query("check == 'half_empty'")
    assert len(flagged) == 0  # three of six are half
    strict = study.codebook.checks.model_copy(update={"answered": 0.6})
    ours = study.codebook.model_copy(update={"checks": strict})
    assert "half_empty" not in set(responses.flags(raw, ours).table["check"])
    theirs = whole.model_copy(update={"checks": strict})
    assert (responses.flags(raw, theirs).table["check"] == "half_empty").sum() == ROWS
    blank = raw.responses["response_id"].eq("2025Q2-0")
    raw.responses.loc[blank, ["com_1", "com_2"]] = None  # one of three asked
    found = responses.flags(raw, ours).table.query("check == 'half_empty'")
    assert found["found"].tolist() == ['{"code": "answered_items", "n": 1, "of": 3}']


def test_scores_of_a_pulse_are_those_of_the_same_quantity(tmp_path):
    study = lay_out(tmp_path)
    raw = responses.read(study)
    people = scores.respondents(raw.responses.assign(included=True), study.codebook)
    by = people.groupby("wave")
    full, pulse = (by.get_group(w).reset_index(drop=True) for w in ("2025Q1", "2025Q2"))
    # trust by its harder item alone is brought up by half the point between the two
    assert pulse["trust"].tolist() == full["trust"].tolist()
    assert pulse["commitment"].tolist() != [float("nan")] * ROWS
    assert pulse["commitment"].notna().all()
    assert pulse["satisfaction"].isna().all()
    assert full["crq"].notna().all()
    assert pulse["crq"].isna().all()  # two of three constructs would do for a person, not here
    loose = study.codebook.model_copy(update={"waves": {}})
    other = scores.respondents(raw.responses.assign(included=True), loose)
    assert other.loc[other["wave"] == "2025Q2", "crq"].notna().all()


def test_a_construct_that_was_never_asked_whole_before_is_missing(tmp_path):
    study = lay_out(tmp_path)
    raw = responses.read(study).responses.assign(included=True)
    alone = raw[raw["wave"] == "2025Q2"]
    people = scores.respondents(alone, study.codebook)
    assert people["trust"].isna().all()
    assert people["commitment"].notna().all()


def test_a_codebook_of_pulses_is_read_as_written():
    book = Codebook.model_validate(
        {"title": "t", "responses": {"files": ["a.csv"]},
         "waves": {"x": {"items": ["q", "ltr"], "slice": "yes"}},
         "instrument": {"name": "n", "version": "1", "scale": [1, 7], "items": {"q": ""},
                        "constructs": {"trust": {"label": "T", "items": ["q"]}},
                        "crq": {"constructs": ["trust"]}}})  # fmt: skip
    assert book.waves["x"].slice
    assert book.waves["x"].items == ("q", "ltr")
