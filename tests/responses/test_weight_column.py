"""Survey weights of answers: which column, what is no weight, and who has none."""

import numpy as np
import pytest

from crqlab import DataError, Study, responses, scores
from tests import oracle
from tests.responses.conftest import answers, study, texts, write_csv

GIVEN = [0.5, 1, 2, 1, 1.5, 3]


def lay_out(root, more="weight: WT", entry="{file: answers.csv, wave: 2025}", **columns):
    found = study(root, entry, more=more)
    table = answers().assign(**columns)
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    return found


def decided(found):
    raw = responses.read(found)
    return responses.decide(raw, responses.flags(raw, found.codebook), responses.decisions(found))


def test_weights_are_kept_as_given_and_scores_take_them_relative_to_their_mean(root):
    found = lay_out(root, WT=GIVEN)
    checked = decided(found)
    kept = checked.responses
    assert kept["weight"].tolist() == GIVEN
    people = scores.respondents(kept, found.codebook).set_index("response_id")["weight"]
    own = kept[kept["included"]].set_index("response_id")["weight"]
    assert people.to_dict() == pytest.approx((own / own.mean()).to_dict())


def test_a_study_that_names_no_weight_has_none(root):
    assert responses.read(lay_out(root, more="", WT=GIVEN)).responses["weight"].isna().all()


@pytest.mark.parametrize("wrong", ["0", "-1", "inf", "much", "1e12"])
def test_what_is_no_weight_is_an_error_that_names_its_cell(root, wrong):
    found = lay_out(root, WT=[wrong, *GIVEN[1:]])
    with pytest.raises(DataError, match="no survey weight") as told:
        responses.read(found)
    cases = told.value.cases
    assert cases[["file", "row", "column", "value"]].to_numpy().tolist() == [
        ["answers.csv", 2, "WT", wrong]
    ]


def test_an_answer_without_a_weight_is_left_out_and_said_so(root):
    found = lay_out(root, WT=[None, *GIVEN[1:]])
    checked = decided(found)
    table = checked.quality[checked.quality["check"] == "no_weight"]
    assert table["response_id"].tolist() == ["001"]
    assert table["excluded"].all()
    assert not checked.responses.set_index("response_id").loc["001", "included"]


def test_an_answer_without_a_weight_that_is_kept_by_hand_counts_as_an_average_one(root):
    found = lay_out(root, WT=[None, *GIVEN[1:]])
    (found.raw / "decisions.csv").write_text("response_id,decision,reason\n001,keep,known\n")
    kept = decided(found).responses
    people = scores.respondents(kept, found.codebook).set_index("response_id")["weight"]
    assert people["001"] == 1
    assert people.mean() == pytest.approx(1)


def test_a_column_that_no_file_has_is_an_error_that_says_what_files_have(root):
    found = lay_out(root, more="weight: WTT", WT=GIVEN)
    with pytest.raises(DataError, match="survey weights") as told:
        responses.read(found)
    assert "WT" in told.value.cases["fix"].iloc[0]


def test_a_wave_without_weights_is_unweighted_and_noted(root):
    entry = "{file: answers.csv, wave: 2025}, {file: old.csv, wave: 2024}"
    found = lay_out(root, entry=entry, WT=GIVEN)
    old = answers().assign(response_id=[f"old{k}" for k in range(len(GIVEN))])
    write_csv(found.raw / "old.csv", [list(old.columns), *texts(old)])
    raw = responses.read(found)
    assert any("no survey weights: everyone counts one" in note for note in raw.notes)
    people = scores.respondents(decided(found).responses, found.codebook)
    by_wave = people.groupby("wave")["weight"].agg(lambda w: w.notna().all())
    assert by_wave.to_dict() == {"2024": np.False_, "2025": np.True_}


def test_a_draft_takes_a_column_of_weights_and_asks_for_it_to_be_confirmed(tmp_path):
    export = oracle.folder() / "data" / "sfo2017.csv"
    responses.new("sfo", tmp_path, export=export)
    found = Study("sfo", root=tmp_path)
    assert found.codebook.weight == ("WEIGHT",)
    assert "weight" in found.codebook.unconfirmed
    with (found.raw / "codebook.yaml").open("a", encoding="utf-8") as book:
        book.write("checks: {exclude: [no_weight], exclude_together: []}\n")
    found = Study("sfo", root=tmp_path)
    rows = decided(found).responses
    table = scores.clients(scores.respondents(rows, found.codebook), None, found.codebook)
    table = table[(table["measure"] == "nps") & (table["method"] == "account_t")]
    value = table.set_index("roll_up")["value"] / 100
    truth = oracle.golden("nps_sfo2017")["values"]
    assert value["unweighted"] == pytest.approx(truth["nps"], abs=1e-9)
    assert value["respondents"] == pytest.approx(truth["weighted"]["nps"], abs=1e-9)


@pytest.mark.parametrize("given", [[1, 2, "x", 1, 1, 1], [1, 0, 1, 1, 1, 1]])
def test_a_column_that_cannot_be_weights_is_not_drafted(tmp_path, given):
    table = answers().drop(columns=["account_id"]).assign(Weight=given)
    path = tmp_path / "export.csv"
    write_csv(path, [list(table.columns), *texts(table)])
    responses.new("made", tmp_path, export=path)
    assert Study("made", root=tmp_path).codebook.weight == ()


def test_check_says_how_many_have_a_weight_and_what_they_are_worth(root):
    raw = responses.read(lay_out(root, WT=[None, 1, 3, 1, 1, 4]))
    said = responses.account_of(raw)
    assert (
        "survey weights: 5 of 6 responses have one, from 0.50 to 2.00 times the mean of their "
        "client's wave; they are worth 4 equal ones"
    ) in said
    bare = responses.account_of(responses.read(lay_out(root, more="", WT=[1] * 6)))
    assert not [line for line in bare if "survey weights" in line]
