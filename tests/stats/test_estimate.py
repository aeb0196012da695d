"""One number, read aloud, whatever is missing from it."""

from dataclasses import FrozenInstanceError

import pytest

from crqlab import EstimateError
from crqlab.stats.estimate import Estimate, check_level

NAN = float("nan")


def spoken(value, low, high, *notes):
    return str(Estimate("NPS", value, low, high, 0.95, 12, "accounts", "bootstrap", notes))


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ((43.51, 14.96, 71.9), "NPS 43.51 [14.96, 71.90], n = 12 accounts (bootstrap)"),
        ((43.51, NAN, NAN), "NPS 43.51 [interval open], n = 12 accounts (bootstrap)"),
        ((43.51, NAN, 71.9), "NPS 43.51 [open, 71.90], n = 12 accounts (bootstrap)"),
        ((43.51, 14.96, NAN), "NPS 43.51 [14.96, open], n = 12 accounts (bootstrap)"),
        ((NAN, NAN, NAN), "NPS not estimable [interval open], n = 12 accounts (bootstrap)"),
    ],
)
def test_reads_as_one_sentence(ends, sentence):
    assert spoken(*ends) == sentence


def test_cautions_follow_the_number():
    assert spoken(1.0, 0.0, 2.0, "few accounts", "one wave").endswith(
        "(bootstrap); few accounts; one wave"
    )


def test_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Estimate("NPS", 1.0, 0.0, 2.0, 0.95, 12, "accounts", "bootstrap").value = 2.0


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, NAN])
def test_refuses_a_coverage_that_is_not_a_share(level):
    with pytest.raises(EstimateError, match=r"level= is .* Use 0\.95"):
        check_level(level)
