"""What follows from a client's numbers for those who are not shown."""

import numpy as np
import pytest

from crqlab.page.assembly import _sections
from crqlab.page.disclosure.audit import audited
from crqlab.report import audit
from tests.page.disclosure.made import named, rows_of, study_of

LTR = [9, 10, 8, 3, 9, 7, 10, 9, 5]
OPEN = [*"AAAA", *"BBBB"]


def before(study):
    """Return what follows from a view of which no more is withheld than small groups."""
    return audited(study, _sections(study, "C017", "2025"))


def small(root, crq, *, accounts="CD", **more):
    """Two open accounts of four and accounts of single people."""
    names = named([*OPEN, *accounts])
    ltr = np.resize(LTR, len(names))
    return study_of(root, rows_of(names, crq, ltr), **more)


def test_a_manager_of_one_withheld_account_is_found_out(tmp_path):
    crq = [5.0, 5.5, 6.0, 5.5, 4.0, 4.5, 5.0, 4.5, 3.0, 6.5]
    study = small(tmp_path, crq, managers=["Ada", "Ada", "Bo", "Cy"])
    found = before(study)
    crq = found[found["measure"] == "crq"].set_index(["kind", "key"])
    assert {("account", "A002"), ("manager", "Bo"), ("manager", "Cy")} <= set(crq.index)
    for kind, key, true in (("account", "A002", 3.0), ("manager", "Cy", 6.5)):
        row = crq.loc[(kind, key)]
        assert row["low"] <= true <= row["high"]
        assert row["high"] - row["low"] < 1
        assert not row["protected"]
    assert "managers.table.value/" in crq.loc[("account", "A002"), "given_by"]
    mended = audit(study, "C017", "2025")
    assert mended.open.empty
    assert "none of them can be worked out" in str(mended)


def test_groups_that_are_large_enough_are_not_asked_about(tmp_path):
    study = small(tmp_path, [5.0] * 4 + [4.0] * 4 + [3.0, 6.0], privacy="min_scores: 1")
    assert audit(study, "C017", "2025").table.empty


@pytest.mark.parametrize(("protection", "given"), [(0.01, False), (1.0, True)])
def test_the_codebook_says_how_much_is_enough(tmp_path, protection, given):
    crq = [5.0, 5.5, 6.0, 5.5, 4.0, 4.5, 5.0, 4.5, 3.0, 6.5]
    owners = ["Ada", "Ada", "Bo", "Cy"]
    study = small(tmp_path, crq, managers=owners, privacy=f"protection: {protection}")
    found = before(study)
    crq = found[(found["measure"] == "crq") & (found["kind"] == "account")]
    assert (~crq["protected"]).any() == given
    width = crq["high"] - crq["low"]
    assert ((width >= protection - 1e-6) == crq["protected"]).all()


def test_everybody_of_one_side_is_told_by_the_clients_own_number(tmp_path):
    rows = rows_of(named("AAAABC"), [5.0, 6.0, 5.0, 4.0, 3.0, 6.0], [9, 10, 9, 9, 10, 9])
    found = before(study_of(tmp_path, rows))
    nps = found[(found["measure"] == "nps") & (found["kind"] == "account")]
    assert len(nps) == 2
    assert not nps["protected"].any()
    assert (nps["given_by"] == "scores.trend.value/2025").all()
