"""A verdict is held back where the number behind it cannot be relied on, by code."""

import pytest

from crqlab.base.contracts.cautions import code, joined
from crqlab.construct.cutoffs import Asked, Cutoff, row

CUTOFF = Cutoff(0.70, 0.60, "Nunnally & Bernstein 1994")
ASKED = Asked("fit", "first_order", "fall_into_constructs", "cfi", CUTOFF)
NEGATIVE = code("negative_residual_variance", item="t1", value=-0.2)


@pytest.mark.parametrize(
    ("flag", "verdict"),
    [
        ("ok", "meets"),
        (code("respondents_left_out", n=1, of=9), "meets"),
        (NEGATIVE, "borderline"),
        (code("construct_explained_by_others_in_group", construct="a", group="b"), "borderline"),
        (joined(["two_items_alpha", NEGATIVE]), "borderline"),
        (joined([NEGATIVE, "not_converged"]), "unknown"),
        ("did not converge: improper", "meets"),  # words decide nothing
    ],
)
def test_improper_and_unfinished_solutions_meet_nothing(flag, verdict):
    found = row(ASKED, 0.8, 0.75, flag=flag)
    assert found["verdict"] == verdict
    assert found["flag"] == flag


def test_an_improper_solution_makes_no_miss_better():
    found = row(ASKED, 0.5, 0.4, flag=NEGATIVE)
    assert found["verdict"] == "misses"
    assert (found["cutoff"], found["side"]) == (0.70, "at_least")
