"""The dirt of the demo: where the truth says it fell, it is, and nowhere else."""

import pandas as pd
import pytest

from crqlab import simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.simulate.raw import CODEBOOK

BOOK = yaml_documents.load(CODEBOOK, Codebook)
ITEMS = [BOOK.responses.columns[name] for name in BOOK.instrument.items]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate.write(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def written(folder):
    parts = [
        pd.read_csv(path, skiprows=[1, 2], encoding="utf-8-sig", dtype={"account": str})
        for path in sorted(folder.glob("responses_*.csv"))
    ]
    return pd.concat(parts).set_index("ResponseId")


@pytest.fixture(scope="module")
def dirt(folder):
    return pd.read_csv(folder / "truth/dirt.csv", dtype=str)


@pytest.fixture(scope="module")
def clean():
    return simulate.panel().responses.set_index("response_id")


def of(dirt, *kinds):
    return dirt.loc[dirt["kind"].isin(kinds), "response_id"]


def test_all_kinds_fall_and_most_responses_stay_clean(dirt, written):
    kinds = dirt["kind"].value_counts()
    assert set(kinds.index) == {
        *"careless straight_line speeder half_empty duplicate wrong_code missing flipped".split(),
        *"markup script formula link e_mail phone new_line".split(),
    }
    assert kinds.drop("missing").sum() / len(written) < 0.10
    assert dirt["response_id"].isin(written.index).all()


def test_straight_liners_give_one_answer(dirt, written):
    lines = written.loc[of(dirt, "straight_line", "careless"), ITEMS]
    assert (lines.min(axis=1) == lines.max(axis=1)).all()


def test_speeders_take_two_minutes_at_most(dirt, written):
    seconds = written["Duration (in seconds)"]
    rushed = of(dirt, "speeder", "careless")
    assert seconds[rushed].max() < 135
    assert seconds.drop(rushed).quantile(0.01) > 200


def test_half_empty_sheets_end_early(dirt, written):
    sheets = written.loc[of(dirt, "half_empty")]
    assert (sheets[ITEMS].notna().sum(axis=1) < 12).all()
    assert sheets[["Q10", "Q11", "Q12", "Q13"]].isna().all(axis=None)
    assert not sheets["Finished"].any()


def test_duplicates_repeat_their_person_and_wave(dirt, written):
    twice = dirt[dirt["kind"] == "duplicate"]
    first, second = written.loc[twice["clean"]], written.loc[twice["written"]]
    same = ["client", "account", "ExternalReference", "Q10"]
    assert (first[same].to_numpy(str) == second[same].to_numpy(str)).all()
    assert (first["StartDate"].to_numpy() < second["StartDate"].to_numpy()).all()
    assert written.index.is_unique


def test_wrong_codes_stand_where_the_truth_says(dirt, written, clean):
    wrong = dirt[dirt["kind"] == "wrong_code"]
    columns = wrong["column"].map(BOOK.responses.columns)
    for response, column, item, before, code in zip(
        wrong["response_id"],
        columns,
        wrong["column"],
        wrong["clean"],
        wrong["written"],
        strict=True,
    ):
        assert written.loc[response, column] == int(code)
        assert clean.loc[response, item] == int(before)
    assert {"77", "8"} <= set(wrong["written"])


def test_codes_beyond_the_scale_come_only_from_wrong_codes(dirt, written):
    beyond = ~written[ITEMS].isin([*range(1, 8), -99]) & written[ITEMS].notna()
    assert set(written.index[beyond.any(axis=1)]) == set(of(dirt, "wrong_code"))


def test_one_language_of_one_client_and_wave_is_turned_round(dirt, written, clean):
    turned = of(dirt, "flipped")
    rows = written.loc[turned]
    assert set(rows["client"]) == {"C009"}
    assert set(rows["UserLanguage"]) == {"DE"}
    assert set(rows["StartDate"].str[:4]) == {"2024"}
    before = clean.loc[turned, list(BOOK.instrument.items)]
    assert (rows[ITEMS].to_numpy() == 8 - before.to_numpy()).all()


def test_untouched_responses_are_those_of_the_clean_panel(dirt, written, clean):
    fine = clean.index.difference(dirt["response_id"])
    items = list(BOOK.instrument.items)
    assert (written.loc[fine, ITEMS].to_numpy() == clean.loc[fine, items].to_numpy()).all()


@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        ("markup", "<b>"),
        ("script", "<script>"),
        ("formula", "=SUM("),
        ("link", "=HYPERLINK("),
        ("e_mail", "@example.com"),
        ("phone", "+44 20 7946"),
        ("new_line", "\n"),
    ],
)
def test_comments_carry_what_the_truth_says(dirt, written, kind, sign):
    change = written["Q12"].dropna()
    marked = set(change.index[change.str.contains(sign, regex=False)])
    listed = set(of(dirt, kind))
    copies = dirt[dirt["kind"] == "duplicate"].set_index("written")["clean"]
    assert listed <= marked <= listed | set(copies.index[copies.isin(listed)])
