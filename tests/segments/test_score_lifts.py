"""What a lift is called, by how many scores it raises, and how far in their own points."""

import pytest

from crqlab.base.contracts.cautions import codes
from crqlab.segments import score_lifts, starting
from tests.segments.made import instrument


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (("trust",), [{"code": "raise", "scores": ["trust"], "by": 1.5}]),
        (
            ("trust", "solution", "value"),
            [{"code": "raise", "scores": ["trust", "solution", "value"], "by": 1.5}],
        ),
        (("trust", "commitment", "solution", "experience"), [{"code": "raise_crq", "by": 1.5}]),
        (("trust", "commitment", "solution", "value"), [{"code": "raise_all", "by": 1.5}]),
        (
            ("mean_ltr",),  # a quarter of its scale, as 1.5 is of 1 to 7
            [{"code": "raise_recommendation", "scores": ["mean_ltr"], "by": 2.5}],
        ),
        (
            ("trust", "mean_ltr"),
            [
                {"code": "raise", "scores": ["trust"], "by": 1.5},
                {"code": "raise_recommendation", "scores": ["mean_ltr"], "by": 2.5},
            ],
        ),
    ],
)
def test_up_to_three_scores_are_named_and_recommendation_in_its_own_points(pattern, told):
    assert codes(score_lifts._change(instrument(), pattern, 1.5)) == told


def test_a_lift_on_another_scale_is_as_large_a_part_of_the_recommendation():
    cell = score_lifts._change(instrument(scale=(0, 4)), ("mean_ltr",), 1.0)
    assert codes(cell)[0]["by"] == 2.5


@pytest.mark.parametrize(
    ("segment", "above"),
    [
        ("Ambassador", {"Ambassador"}),
        ("Rational", {"Rational", "Ambassador"}),
        ("Stalker", {"Stalker", "Rational", "Ambassador"}),
        ("Ambivalent", {"Ambivalent", "Rational", "Ambassador"}),
        ("Opponent", {"Opponent", "Ambivalent", "Rational", "Ambassador"}),
    ],
)
def test_above_a_rung_are_it_and_what_its_own_ladder_leads_to(segment, above):
    rules = starting()
    found = score_lifts._above(rules, rules.names.index(segment))
    assert {name for name, is_ in zip(rules.names, found, strict=True) if is_} == above
