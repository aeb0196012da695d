"""Equal weights beside fitted ones: what is said where they gain, where not, where none fit."""

from dataclasses import replace

import pytest

from crqlab.renewal import design, weighting
from tests.renewal.made import LAW, codebook, panel
from tests.renewal.test_part_weights import NAMES, STRONG


def found(draws=20, law=LAW, book=None, **options):
    tables, book = panel(law=law, **options), book or codebook()
    plan = design(*(tables[name] for name in NAMES), book)
    return weighting(plan, tables["account_scores"], book, draws=draws)


def test_says_which_construct_weighs_otherwise_and_what_that_gains_out_of_time():
    one = found(draws=40, clients=40, each=60, law=STRONG)
    gain = one.fitted.out_of_time
    assert gain.low > 0
    assert "commitment" in str(one)
    assert "foretell better than equal ones" in str(one)
    assert f"[{gain.low:+.3f}, {gain.high:+.3f}]" in str(one)
    assert one.table["equal"].nunique() == 1
    assert one.table["weight"].sum() == pytest.approx(1)


def test_does_not_say_better_where_the_interval_holds_no_gain():
    one = found(draws=20, clients=40, each=60, law=STRONG)
    gain = one.fitted.out_of_time
    for low, high, said in ((-0.02, 0.01, "do not foretell clearly"), (-0.03, -0.01, "worse")):
        held = replace(gain, low=low, high=high)
        told = replace(one, fitted=replace(one.fitted, out_of_time=held))
        assert said in str(told)
        assert "better than equal ones" in str(told) or said == "worse"


def test_without_outcomes_equal_weights_stay_and_the_reason_is_a_code():
    tables, book = panel(clients=4, each=5), codebook()
    tables["outcomes"] = tables["outcomes"][:0]
    plan = design(*(tables[name] for name in NAMES), book)
    one = weighting(plan, tables["account_scores"], book)
    assert (one.fitted, one.flag, len(one.table)) == (None, "no_outcomes", 0)
    assert "keeps equal weights" in str(one)
