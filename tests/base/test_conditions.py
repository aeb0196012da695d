"""Cuts of rules are moved by the first of their scores, and only where they are levels."""

import pytest

from crqlab.base.conditions import Condition, moved


@pytest.mark.parametrize(
    ("kind", "scores", "cuts", "cut"),
    [
        ("least_of", ("solution", "experience"), {("solution", 4.0): 4.5}, 4.5),
        ("least_of", ("solution", "experience"), {("experience", 4.0): 4.5}, 4.0),
        ("score", ("crq",), {("crq", 4.0): 5.5}, 5.5),
        ("score", ("crq",), {("crq", 4.25): 5.5}, 4.0),
        ("score", ("nps",), {("nps", 4.0): 5.5}, 4.0),  # no level of the answer scale
        ("gap", ("solution", "experience"), {("solution", 4.0): 4.5}, 4.0),
    ],
)
def test_a_cut_moves_by_its_first_score_and_its_own_number(kind, scores, cuts, cut):
    rule = Condition(kind, scores, "at_least", 4.0)
    assert moved(rule, cuts).cut == cut
