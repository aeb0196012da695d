"""Segments follow the rules of the method, with the reason, whatever order rows are in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import CrqError
from crqlab.base.contracts.cautions import codes
from crqlab.language import language
from crqlab.language.segment_words import SegmentWords
from crqlab.segments import assign, with_silent
from tests.segments.made import RULES, instrument, one, respondents, score, scored

PEOPLE = respondents(accounts=80, seed=3)
ACCOUNTS = scored(PEOPLE)


def told(found, spoken="en"):
    """The segment of the first account, and why it is in it, as a reader sees them."""
    words, row = SegmentWords(language(spoken), RULES.traits), found.iloc[0]
    return f"{words.name(row['segment'], row['status'])}: {words.reason(row['reason'])}"


numbers = st.floats(1, 7).map(lambda x: round(x * 8) / 8)
SCORES = "crq service value solution experience commitment uniqueness".split()


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        dict.fromkeys(SCORES, numbers)
        | {"nps": st.sampled_from([-100.0, 0.0, 1.0, 40.0]), "mean_ltr": st.floats(0, 10)}
    )
)
def test_agrees_with_the_rules_written_out(scores):
    found = assign(one(**scores), RULES)
    assert found.loc[0, "segment"] == score(one(**scores).iloc[0])


def test_agrees_with_the_rules_on_a_panel():
    found = assign(ACCOUNTS, RULES)
    assert found["segment"].tolist() == [score(row) for row in ACCOUNTS.itertuples()]
    assert set(found["segment"]) >= {"Opponent", "Ambivalent", "Rational", "Ambassador"}
    fitted = assign(ACCOUNTS, RULES, instrument=instrument())
    assert fitted["segment"].tolist() == found["segment"].tolist()


def test_rules_for_any_instrument_ask_for_concepts_and_rules_for_one_for_its_constructs():
    asked = instrument().model_dump(exclude_none=True)
    asked["constructs"]["service"]["concept"] = "other"
    asked["constructs"]["trust"]["concept"] = "service"
    other = type(instrument()).model_validate(asked | {"scale": [1, 7]})
    poor = one(crq=3.2, trust=3.1)
    assert told(assign(poor, RULES, instrument=other)) == (
        "Opponent: CRQ 3.2 below 3.75 and trust 3.1 below 4"
    )
    document = RULES.document()
    named = {**document["instrument"], "name": "made", "version": "1"}
    own = type(RULES).model_validate({**document, "instrument": named})
    assert assign(poor, own, instrument=other).loc[0, "segment"] == "Ambivalent"
    assert own.fitted(other).quoted == own.quoted
    assert RULES.fitted(other).moved({("crq", 5.5): 5.6}).column("service") == "trust"


@pytest.mark.parametrize("seed", [0, 1])
def test_ignores_the_order_of_rows_and_the_names_of_accounts(seed):
    order = np.random.default_rng(seed).permutation(len(ACCOUNTS))
    first, mixed = assign(ACCOUNTS, RULES), assign(ACCOUNTS.iloc[order], RULES)
    pd.testing.assert_frame_equal(mixed.sort_index(), first)
    renamed = assign(ACCOUNTS.assign(account_id="Z" + ACCOUNTS["account_id"]), RULES)
    pd.testing.assert_frame_equal(
        renamed.drop(columns="account_id"), first.drop(columns="account_id")
    )


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (
            {"crq": 5.9, "uniqueness": 5.0, "mean_ltr": 7.9},
            "Rational: CRQ 5.9 and NPS +40 are enough, uniqueness 5.0 is not",
        ),
        (
            {"crq": 5.0, "uniqueness": 5.0, "nps": -20.0, "mean_ltr": 7.0},
            "Rational: CRQ 5.0, uniqueness 5.0, NPS −20 and mean LTR 7.0 are not enough for "
            "Ambassador",
        ),
        ({}, "Ambassador: CRQ 6.0, uniqueness 6.0, NPS +40 and mean LTR 8.5 are enough"),
        ({"crq": 3.2, "service": 3.1}, "Opponent: CRQ 3.2 below 3.75 and service 3.1 below 4"),
        (
            {"solution": 2.5, "experience": 5.75},
            "Ambivalent: solution and experience 3.2 apart and the lower of solution and "
            "experience 2.5 below 4.25",
        ),
        (
            {"crq": 4.2, "value": 3.0, "commitment": 3.5},
            "Stalker: CRQ 4.2 below 4.5, value 3.0 below 4, value 3.0 the lowest and "
            "commitment 3.5 below 4",
        ),
    ],
)
def test_tells_the_reason(scores, said):
    assert told(assign(one(**scores), RULES)) == said


def test_the_reason_is_codes_with_numbers():
    found = assign(one(crq=3.2, service=3.14, nps=-20.0), RULES).loc[0, "reason"]
    assert codes(found) == [
        {"code": "below", "scores": ["crq"], "value": 3.2, "cut": 3.75},
        {"code": "below", "scores": ["service"], "value": 3.1, "cut": 4},
    ]
    found = assign(one(crq=5.444, uniqueness=5.0, nps=-20.4, mean_ltr=8.5), RULES).loc[0, "reason"]
    assert codes(found) == [
        {"code": "enough", "scores": ["mean_ltr"], "value": 8.5},
        {"code": "lacking", "scores": ["crq"], "next": "Ambassador", "value": 5.44},
        {"code": "lacking", "scores": ["uniqueness"], "next": "Ambassador", "value": 5.0},
    ]
    found = assign(one(solution=2.5, experience=5.75), RULES).loc[0, "reason"]
    assert codes(found) == [
        {"code": "apart", "scores": ["solution", "experience"], "value": 3.2, "cut": 1.25},
        {"code": "below", "kind": "least_of", "scores": ["solution", "experience"], "value": 2.5,
         "cut": 4.25},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (
            {"crq": 5.9, "uniqueness": 5.0, "mean_ltr": 7.9},
            "Rationell: CRQ 5,9 och NPS +40 räcker, unikhet 5,0 räcker inte",
        ),
        (
            {"crq": 5.0, "uniqueness": 5.0, "nps": -20.0, "mean_ltr": 7.0},
            "Rationell: CRQ 5,0, unikhet 5,0, NPS −20 och medel-LTR 7,0 räcker inte för Ambassadör",
        ),
        (
            {"solution": 2.5, "experience": 5.75},
            "Ambivalent: lösning och upplevelse skiljer sig 3,2 och den lägre av lösning och "
            "upplevelse 2,5 under 4,25",
        ),
        (
            {"crq": 4.2, "value": 3.0, "commitment": 3.5},
            "Prisjägare: CRQ 4,2 under 4,5, värde 3,0 under 4, värde 3,0 lägst och "
            "engagemang 3,5 under 4",
        ),
    ],
)
def test_tells_the_reason_in_swedish(scores, said):
    assert told(assign(one(**scores), RULES), "sv") == said


@given(st.floats(5.3, 5.4999999))
@settings(deadline=None)
def test_a_number_below_the_cut_never_reads_as_the_cut(crq):
    reason = assign(one(crq=crq), RULES).loc[0, "reason"]
    (found,) = (each for each in codes(reason) if each["scores"] == ["crq"])
    assert 5.2 < found["value"] < 5.5
    assert f"CRQ {found['value']:g}" in told(assign(one(crq=crq), RULES)).replace("5.40", "5.4")


def test_a_number_on_the_cut_is_in():
    assert assign(one(crq=5.5, uniqueness=5.25), RULES).loc[0, "segment"] == "Ambassador"
    assert assign(one(crq=np.nextafter(5.5, 0)), RULES).loc[0, "segment"] == "Rational"


def test_a_missing_answer_matters_only_where_it_decides():
    found = assign(
        pd.concat([one(nps=np.nan, mean_ltr=np.nan), one(crq=3, service=3, nps=np.nan)]), RULES
    )
    assert found["segment"].tolist()[1] == "Opponent"
    assert pd.isna(found["segment"].iloc[0])
    assert found["status"].iloc[0] == "unjudged"
    assert codes(found["reason"].iloc[0]) == [
        {"code": "not_answered", "scores": ["nps", "mean_ltr"]}
    ]
    assert told(found) == "Not judged: NPS and mean LTR not answered, which decides"


def test_silent_accounts_never_have_a_segment():
    keys = ["client_id", "wave", "account_id"]
    quiet = pd.DataFrame([["C0", "2025", "quiet"]], columns=keys)
    rows = with_silent(ACCOUNTS, pd.concat([quiet, ACCOUNTS[keys].head(3)]))
    assert len(rows) == len(ACCOUNTS) + 1
    last = assign(rows, RULES).iloc[-1]
    assert (last["account_id"], last["status"], last["reason"]) == ("quiet", "silent", "no_answers")
    assert pd.isna(last["segment"])


def test_a_score_that_is_not_there_is_told():
    with pytest.raises(CrqError, match=r"has no value, which the rules .* nothing is guessed"):
        assign(ACCOUNTS.drop(columns="value"), RULES)


def test_another_instrument_is_refused():
    with pytest.raises(CrqError, match="this instrument has 1 to 5"):
        assign(ACCOUNTS, RULES, instrument=instrument(scale=(1, 5)))


def test_no_accounts_make_no_rows():
    assert assign(ACCOUNTS.head(0), RULES).empty
