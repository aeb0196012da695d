"""What must not be read off a page: numbers and words of small groups."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import CrqError, Study
from crqlab.base.contracts.cautions import code
from crqlab.page import suppression
from crqlab.report import view
from tests.show.fixture import Shape, lay_out


def test_a_question_that_few_answered_is_withheld_whole(view_of):
    seen = view_of()
    assert seen.questions["withheld"].tolist() == [False, True]
    assert set(seen.comments["question"]) == {"best"}


def test_excluded_responses_say_nothing(view_of, study_of):
    rows = study_of().read("responses").query("wave == '2025'")
    assert len(view_of().comments) == int(rows["included"].sum()) == len(rows) - 1


def test_an_account_is_named_only_where_enough_of_its_people_answered(view_of, study_of):
    seen = view_of()
    rows = study_of().read("responses").query("wave == '2025' and included")
    size = rows["account_id"].value_counts()
    large = {seen.accounts.set_index("account_id")["name"][a] for a in size.index[size >= 5]}
    assert set(seen.comments["account"]) == {"", *large}


def test_comments_stand_in_an_order_that_tells_nothing_about_their_writers(view_of):
    words = view_of().comments["words"].tolist()
    assert words == sorted(words)


def test_names_in_comments_of_invited_people_are_gone(view_of):
    words = view_of().comments["words"]
    assert not words.str.contains("Åkesson").any()
    assert words.str.contains("[name removed]", regex=False).any()


@given(
    st.lists(st.tuples(st.integers(0, 9), st.floats(-100, 100)), min_size=1),
    st.integers(1, 6),
)
def test_withheld_empties_small_groups_and_no_other(groups, minimum):
    rows = pd.DataFrame(groups, columns=["n", "nps"]).assign(flag="people_disagree")
    left = suppression.withheld(rows, ["nps", "absent"], n="n", minimum=minimum)
    few = rows["n"] < minimum
    assert left["nps"].isna().tolist() == few.tolist() == left["withheld"].tolist()
    assert (left.loc[few, "flag"] == code("n_below_minimum", minimum=minimum)).all()
    assert (left.loc[~few, "flag"] == "people_disagree").all()
    assert left.loc[~few, "nps"].tolist() == rows.loc[~few, "nps"].tolist()


@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from("ab")), min_size=1), st.integers(1, 6)
)
def test_what_is_withheld_cannot_be_had_from_the_total(groups, minimum):
    n, whole = (pd.Series(part) for part in zip(*groups, strict=True))
    hidden = suppression.complemented(n, minimum=minimum, whole=whole)
    assert hidden[n < minimum].all()
    for _, part in n[n > 0].groupby(whole):
        gone = part[hidden[part.index]]
        if len(gone) and len(gone) < len(part):
            assert len(gone) >= 2
            assert gone.sum() >= minimum
        if (part >= minimum).all():
            assert gone.empty


def test_no_larger_group_is_withheld_than_needed():
    n = pd.Series([1, 5, 4, 9, 7])
    hidden = suppression.complemented(n, minimum=3, whole=pd.Series("client", index=n.index))
    assert n[hidden].tolist() == [1, 4]


def test_the_only_small_account_takes_the_next_one_along(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=6, most=6))
    scores = study.read("account_scores")
    scores.loc[scores["n"] == 2, ["n", "n_ltr"]] = 3
    study.write("account_scores", scores)
    rows = view(study, client="C017", wave="2025").scored.sort_values(
        ["n", "withheld"], ascending=[True, False]
    )
    assert rows["withheld"].tolist() == [True, True, False, False, False, False]
    assert rows["flag"].iloc[1] == "would_tell_smaller_group"
    assert rows["nps"].isna().tolist() == rows["withheld"].tolist()


def test_the_last_part_of_a_change_is_not_left_to_be_subtracted(tmp_path):
    study = lay_out(tmp_path, Shape())
    changes = study.read("changes")
    people = changes["part"].map({"all": 40, "same": 20, "joiners": 2, "leavers": 18})
    study.write("changes", changes.assign(n_respondents=people))
    parts = view(study, client="C017", wave="2025").scores.parts.set_index("part")
    hidden = {"all": False, "same": False, "joiners": True, "leavers": True}
    assert parts["withheld"].to_dict() == hidden
    assert (parts["verdict"] == "unknown").to_dict() == hidden
    assert parts[["value", "low", "high", "p"]].isna().all(axis="columns").to_dict() == hidden


def test_comments_need_no_smaller_groups_than_scores(tmp_path):
    study = lay_out(tmp_path, Shape())
    book = study.raw / "codebook.yaml"
    book.write_text(
        book.read_text(encoding="utf-8") + "privacy: {min_scores: 6}\n", encoding="utf-8"
    )
    with pytest.raises(CrqError, match="min_comments is 5, below min_scores 6"):
        assert Study("demo", root=tmp_path).codebook
