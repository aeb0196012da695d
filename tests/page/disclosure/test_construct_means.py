"""Means of constructs and of LTR tell nobody's, and change nothing of what may be told."""

import numpy as np
import pytest

from crqlab.page.assembly import _sections, unrounded
from crqlab.page.suppression import PROTECTS
from crqlab.report import audit
from tests.page.disclosure.made import named, rows_of, study_of

CRQ = [5.0, 5.5, 6.0, 5.5, 4.0, 4.5, 5.0, 4.5, 3.0, 6.5, 4.0]
LTR = [9, 10, 8, 3, 9, 7, 10, 9, 5, 8, 6]


def made(root, names="AAAABBBBCDE", **columns):
    rows = rows_of(named(names), CRQ[: len(names)], LTR[: len(names)])
    return study_of(root, rows.assign(**columns), managers=["Ada"])


def skipped(*missing):
    """Answers about trust, with gaps at some places."""
    values = np.array(CRQ)
    values[list(missing)] = np.nan
    return values


def test_a_construct_that_two_of_an_account_answered_is_not_told_for_it(tmp_path):
    study = made(tmp_path, trust=skipped(0, 1))
    before, after = _sections(study, "C017", "2025"), unrounded(study, "C017", "2025")
    old, new = (one.accounts.set_index("account_id") for one in (before, after))
    assert np.isfinite(old.loc["A000", "trust"])  # four answered, as the count of answers says
    assert np.isnan(new.loc["A000", "trust"])
    assert new.loc["A001", "trust"] == pytest.approx(4.5)
    assert new.loc["A000", "commitment"] == pytest.approx(old.loc["A000", "commitment"])
    assert np.isfinite(after.measure("trust")["value"])


def test_a_construct_at_the_end_of_the_scale_tells_everybody_and_goes(tmp_path):
    top = np.full(len(CRQ), np.nan)
    top[[0, 8, 9]] = 7.0
    study = made(tmp_path, trust=top)
    before, after = _sections(study, "C017", "2025"), unrounded(study, "C017", "2025")
    assert before.measure("trust")["value"] == 7.0
    assert np.isnan(after.measure("trust")["value"])
    assert after.measure("trust")["flag"] == PROTECTS
    assert np.isfinite(after.measure("commitment")["value"])


def test_every_group_can_be_moved_by_a_point_in_every_construct(tmp_path):
    study = made(tmp_path, trust=skipped(0, 1))
    table = audit(study, "C017", "2025").table
    assert {"trust", "commitment", "mean_ltr", "uniqueness"} <= set(table["measure"])
    own = table[(table["measure"] == "trust") & (table["kind"] == "account")].set_index("key")
    assert {"A000", "A002", "A003", "A004"} == set(own.index)
    assert table["protected"].all()
    assert (table["high"] - table["low"] >= 1 - 1e-6)[table["measure"] != "nps"].all()
    rest = [3.0, 6.5, 4.0, *CRQ[2:4]]  # whom the client's mean less account B leaves
    most = min(7.0, sum(rest) - 4 * 1.0)
    assert own.loc["A002", "high"] == pytest.approx(most)
