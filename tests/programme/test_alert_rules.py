"""Alert rules are a file that a consultant edits, and is told line by line where it is wrong."""

import pandas as pd
import pytest

from crqlab import DataError, Instrument, Study
from crqlab.programme.alert_rules import FILE, alert_rules_of, shipped_alerts
from tests.segments.made import instrument
from tests.show.fixture import Shape, lay_out

ROWS = pd.DataFrame(
    {
        "ltr": [6.0, 7.0, 3.0, None],
        "trust": [3.0, 3.1, 6.0, 1.0],
        "revenue_rank": [0.2, 0.1, 0.9, 0.9],
        "tier": ["C", "C", " strategic", None],
        "words": ["Please  CALL me.", "I will recall many things", "Hör av er!", "ring upp"],
    }
)


def held(code, rules=None):
    return (rules or shipped_alerts()).rule(code).held(ROWS).tolist()


def test_ours_hold_where_they_surely_do():
    assert held("detractor_at_top_tier") == [True, False, True, False]
    assert held("low_trust") == [True, False, False, True]


def test_words_are_whole_words_in_any_case_and_width():
    assert held("call_me") == [True, False, True, True]


def test_rules_are_about_answers_or_about_accounts():
    kinds = {one.code: (one.of_answers, one.of_changes) for one in shipped_alerts().rules}
    assert kinds == {
        "detractor_at_top_tier": (True, False), "low_trust": (True, False),
        "falling_before_renewal": (False, True), "call_me": (True, False),
        "account_silent": (False, False),
    }  # fmt: skip


def test_cuts_are_carried_over_to_another_scale_in_proportion():
    fitted, left = shipped_alerts().fitted(instrument(scale=(1, 10)))
    assert left == {}
    cuts = {one.code: [leaf.cut for leaf in one.leaves if hasattr(leaf, "cut")]
            for one in fitted.rules}  # fmt: skip
    assert cuts["low_trust"] == [4.0]
    assert cuts["falling_before_renewal"] == [0.0, 90.0, -0.75]
    assert cuts["detractor_at_top_tier"] == [6.0, 0.2]


def test_what_a_questionnaire_does_not_measure_is_left_out_and_named():
    own = instrument(constructs=("commitment", "service"), recommend=None)
    fitted, left = shipped_alerts().fitted(own)
    assert left == {"detractor_at_top_tier": ("ltr",), "low_trust": ("trust",)}
    assert [one.code for one in fitted.rules] == [
        "falling_before_renewal", "call_me", "account_silent"]  # fmt: skip


def test_a_concept_finds_the_construct_of_another_name():
    told = instrument().model_dump(mode="json")
    told["constructs"]["q1"] = {**told["constructs"].pop("trust"), "concept": "trust"}
    told["crq"]["constructs"][0] = "q1"
    told["scale"] = [1, 7]
    fitted, _ = shipped_alerts().fitted(Instrument.model_validate(told))
    assert fitted.rule("low_trust").scores == ("q1",)


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, Shape(accounts=2))


def written(study, text):
    (study.raw / FILE).write_text(text, encoding="utf-8")
    return alert_rules_of(study)


RULE = "rules:\n- code: a\n  when: {}\n  hours: 4\n  text: {{en: Oh, sv: Åh}}\n"


def test_a_study_has_its_own(study: Study):
    assert alert_rules_of(study) == shipped_alerts()
    rules = written(study, RULE.format("{all: [{ltr: {below: 3}}, {tier: {is: A}}]}"))
    assert (rules.source, rules.rules[0].hours, rules.rules[0].owner) == (
        "the study's own", 4.0, "account_manager")  # fmt: skip
    assert rules.rules[0].text.in_language("sv") == "Åh"


@pytest.mark.parametrize(
    ("when", "line", "why"),
    [
        ("{trsut: {at_most: 3}}", 3, "did you mean 'trust'"),
        ("{trust: {at_most: 9}}", 3, "lies outside of the scale of trust, 1 to 7"),
        ("{ltr: {at_most: 11}}", 3, "0 to 10"),
        ("{trust: {under: 3}}", 3, "'under' is no bound"),
        ("{tier: A}", 3, "tier needs 'is'"),
        ("{words: [call me]}", 3, "a list for each language"),
        ("{words: {en: [1]}}", 3, "1 is no word"),
        ("{revenue_rank: {at_most: 20}}", 3, "0 to 1"),
        ("{gap: {between: [ltr, trust], at_least: 1}}", 3, "ltr is no level on the answer scale"),
        ("{all: []}", 3, "must be a list of conditions"),
        ("3", 3, "a condition is one"),
    ],
)
def test_faults_have_their_line(study, when, line, why):
    with pytest.raises(DataError, match=r"alerts\.yaml, line") as found:
        written(study, RULE.format(when))
    case = found.value.cases.iloc[0]
    assert (case["row"], case["file"]) == (line, FILE)
    assert why in case["rule"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (RULE.format("{ltr: {below: 3}}").replace("hours: 4", "hours: 0"), "more than 0"),
        (RULE.format("{ltr: {below: 3}}") * 2, "same key twice"),
        (RULE.format("{ltr: {below: 3}}") + RULE.format("{ltr: {below: 2}}")[7:], "comes twice"),
        ("rules: []\n", "at least 1"),
        (RULE.format("{ltr: {below: 3}}").replace("en: Oh", "en: ''"), "text: "),
        (RULE.format("{ltr: {below: 3}}").replace("{en: Oh, sv: Åh}", "''"), "text: "),
        ("rules:\n- {code: a\n", "not YAML"),
        ("", "key: value"),
    ],
)
def test_a_broken_file_is_refused(study, text, why):
    with pytest.raises(DataError) as found:
        written(study, text)
    assert why in found.value.listing()
