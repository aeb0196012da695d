"""People's codes hold, then words, then examples; what fits nothing stays other."""

import pandas as pd
import pytest

from crqlab import DataError
from crqlab.comments import agreement, coded, proposals, shares
from crqlab.comments.code_frames import CodeFrame

FRAME = CodeFrame.model_validate(
    {
        "version": "1",
        "themes": [
            {"code": "price", "construct": "value", "name": {"en": "Price"},
             "words": {"en": ["price*", "expensive"], "sv": ["pris*", "fast pris"]},
             "examples": {"en": ["The invoice is far too high every month"]}},
            {"code": "speed", "construct": "responsiveness", "name": {"en": "Speed"},
             "words": {"en": ["fast", "slow*"], "sv": ["snabb*"]}},
        ],
    }
)  # fmt: skip
NONE = pd.DataFrame(columns=["response_id", "question", "theme", "coder"], dtype="str")


def said(*words, client="C1", language="en", wave="1"):
    n = len(words)
    return pd.DataFrame(
        {"client_id": client, "wave": wave, "account_id": [f"a{k // 2}" for k in range(n)],
         "response_id": [f"{client}{wave}r{k}" for k in range(n)], "language": language,
         "question": "change", "words": list(words)}
    )  # fmt: skip


def hand(*rows):
    return pd.DataFrame(rows, columns=NONE.columns, dtype="str")


def themes(found):
    """Themes and how they were found, of each response."""
    return {
        key: list(zip(some["theme"], some["by"], strict=True))
        for key, some in found.groupby("response_id")
    }


def test_words_of_the_comments_own_language_decide_and_several_themes_may():
    rows = pd.concat([
        said("Too expensive and slow", "Nothing at all", "Fast pris"),
        said("fast pris", "fast", client="C2", language="sv"),
        said("fast", "snabbt", client="C3", language=None),
    ])  # fmt: skip
    assert themes(coded(rows, FRAME, NONE).table) == {
        "C11r0": [("price", "words"), ("speed", "words")],
        "C11r1": [("other", "none")],
        "C11r2": [("speed", "words")],
        "C21r0": [("price", "words")],
        "C21r1": [("other", "none")],
        "C31r0": [("speed", "words")],
        "C31r1": [("speed", "words")],
    }


def test_the_nearest_example_decides_where_no_word_does():
    rows = said("The invoice is too high every month", "The weather is fine")
    assert themes(coded(rows, FRAME, NONE).table) == {
        "C11r0": [("price", "example")],
        "C11r1": [("other", "none")],
    }


def test_what_people_said_holds_by_half_of_them_and_teaches_their_client_alone():
    rows = pd.concat([
        said("They never visit our plant", "They never visit our plants", "slow"),
        said("They never visit our plants", client="C2"),
    ])  # fmt: skip
    codes = hand(
        ("C11r0", "change", "speed", "eva"), ("C11r0", "change", "speed", "bo"),
        ("C11r0", "change", "price", "bo"), ("C11r0", "change", "price", "al"),
        ("C11r0", "change", "price", "cy"), ("C11r0", "change", "other", "di"),
        ("C11r2", "change", "other", "eva"),
    )  # fmt: skip
    found = coded(rows, FRAME, codes)
    assert themes(found.table) == {
        "C11r0": [("price", "hand")],  # three of five saw it, two of five saw speed
        "C11r1": [("price", "example")],
        "C11r2": [("other", "hand")],
        "C21r0": [("other", "none")],
    }
    assert themes(found.blind) == {"C11r0": [("other", "none")], "C11r2": [("speed", "words")]}


def test_an_example_that_is_one_clients_comment_is_refused_where_there_are_several():
    text = FRAME.themes[0].examples["en"][0]
    rows = said(text.upper(), "fast")
    assert themes(coded(rows, FRAME, NONE).table)["C11r0"] == [("price", "example")]
    with pytest.raises(DataError, match="word for word, a comment of client C1"):
        coded(pd.concat([rows, said("fast", client="C2")]), FRAME, NONE)


def test_agreement_is_cohens_kappa_of_people_and_frame():
    words = ["price"] * 6 + ["slow"] * 4 + ["nothing"] * 10
    rows = said(*words)
    seen = ["price"] * 5 + ["other"] + ["speed"] * 4 + ["price"] * 2 + ["other"] * 8
    codes = hand(*((f"C11r{k}", "change", one, "eva") for k, one in enumerate(seen)))
    found = agreement(coded(rows, FRAME, codes), codes)
    table = found.table.set_index("theme")
    # price: 5 both, 1 frame only, 2 people only, 12 neither of 20
    o, e = 17 / 20, (7 / 20) * (6 / 20) + (13 / 20) * (14 / 20)
    assert table.loc["price", "value"] == pytest.approx((o - e) / (1 - e))
    assert table.loc["price", ["n", "n_hand", "n_frame"]].tolist() == [20, 7, 6]
    assert table.loc["speed", "value"] == 1.0
    assert table.loc["speed", "flag"] == "interval_unknown"
    assert table.loc["all", "low"] < table.loc["all", "value"] < table.loc["all", "high"]
    assert "n = 20 comments" in str(found)
    assert "Nobody has coded" in str(agreement(coded(rows, FRAME, NONE), NONE))


def test_shares_changes_and_scores_are_those_of_the_writers():
    first = said(*["price"] * 2 + ["slow"] * 8, wave="1")
    later = said(*["price"] * 6 + ["slow"] * 3 + ["nothing"], wave="2")
    rows = pd.concat([first, later], ignore_index=True)
    people = rows[["response_id"]].assign(crq=[float(k % 7) for k in range(20)], ltr=8.0)
    found = shares(coded(rows, FRAME, NONE), people).table.set_index(["wave", "theme"])
    price = found.loc[("2", "price")]
    assert price[["n", "n_comments", "n_accounts"]].tolist() == [6, 10, 3]
    assert (price["value"], price["before"]) == (0.6, "1")
    assert price["change"] == pytest.approx(0.4)
    assert price["change_low"] < 0.4 < price["change_high"]
    assert price["q"] >= price["p"]
    assert price["score"] == pytest.approx((3 + 4 + 5 + 6 + 0 + 1) / 6)
    assert found.loc[("1", "price"), "before"] is None or pd.isna(
        found.loc[("1", "price"), "before"]
    )
    other = found.loc[("2", "other")]
    assert (other["n"], other["change"]) == (1, pytest.approx(0.1))
    assert other["score_flag"] == "one_account"
    without = shares(coded(rows, FRAME, NONE), people.assign(crq=float("nan"))).table
    assert set(without["measure"]) == {"ltr"}


def test_what_the_frame_does_not_know_is_proposed_to_the_analyst():
    rows = said(*["parking is a nightmare"] * 15, *["lunch is cold"] * 15, *["price"] * 9)
    found = proposals(rows, coded(rows, FRAME, NONE))
    assert found.n == 30
    assert any("parking" in " ".join(names) for names in found.table["phrases"])


def test_nobody_wrote_anything():
    rows = said().astype("str")
    found = coded(rows, FRAME, NONE)
    assert found.table.empty
    assert str(shares(found, pd.DataFrame({"response_id": [], "crq": [], "ltr": []})))
