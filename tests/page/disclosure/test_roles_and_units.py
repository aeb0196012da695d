"""Roles and units beside all else: nothing small is told by them, and all else stays as it is."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from crqlab import scores
from crqlab.page.assembly import _sections, unrounded
from crqlab.page.disclosure.audit import puzzles
from crqlab.page.suppression import PROTECTS
from crqlab.report import audit
from tests.page.disclosure.made import named, people, rows_of, study_of

ROLES = ["executive", "manager", "user"]


def told_of(root, rows, roles, countries=None):
    """Lay out a study whose respondents have roles, and answers countries where given."""
    rows = rows.assign(role=roles).reset_index(drop=True)
    study = study_of(root, rows, managers=["Ada"])
    rows = study.read("respondents")
    sorted_ = rows[["client_id", "wave", "response_id"]].assign(
        dimension="country", group=countries if countries is not None else "SE"
    )
    if countries is not None:
        study.write("breakdowns", sorted_)
    found = scores.groups(rows, sorted_.iloc[: len(rows) if countries is not None else 0],
                          study.codebook)  # fmt: skip
    study.write("group_scores", found.table)
    study.write("role_gaps", found.gaps)
    return study


@pytest.fixture(scope="module", params=range(3))
def drawn(request, tmp_path_factory):
    rng = np.random.default_rng([8, request.param])
    accounts = int(rng.integers(8, 20))
    rows = pd.concat([people(rng, accounts, wave=wave) for wave in ("2024", "2025")])
    roles, countries = (rng.choice(names, len(rows)) for names in (ROLES, ["SE", "NO", "DE"]))
    return told_of(tmp_path_factory.mktemp("drawn"), rows, roles, countries)


def test_random_clients_with_roles_and_countries_pass_their_audit(drawn):
    assert audit(drawn, "C017", "2025").open.empty
    seen = unrounded(drawn, "C017", "2025")
    shown = seen.groups.table["value"].notna()
    assert shown.groupby(seen.groups.table["dimension"]).sum().min() > 0
    made = [one.name for one in puzzles(drawn, seen)[0].told.statements]
    assert any(name.startswith("groups.table.roles.value/role/") for name in made)
    assert any(name.startswith("groups.table.units.value/country/") for name in made)
    assert any(name.startswith("groups.gaps.value/") for name in made)
    assert not puzzles(drawn, seen)[0].told.unexplained


def test_all_other_numbers_are_what_they_are_without_roles_and_units(drawn, tmp_path):
    with_, without = unrounded(drawn, "C017", "2025"), None
    bare = study_of(tmp_path, drawn.read("respondents"), managers=["Ada"])
    without = unrounded(bare, "C017", "2025")
    for name in ("measures", "trend", "roll_ups", "parts", "ltr"):
        pd.testing.assert_frame_equal(getattr(with_.scores, name), getattr(without.scores, name))
    pd.testing.assert_frame_equal(with_.accounts, without.accounts)


def test_a_role_that_would_tell_what_two_people_said_is_withheld(tmp_path):
    """Executives are the two of A and all of C, whose mean is told: less C they are A."""
    accounts = named("AABBBCCCCDDDDDEEEEEE")
    score = np.tile([4.0, 6.0, 5.0, 3.5], 5)
    rows = rows_of(accounts, score, np.tile([9.0, 3.0, 8.0, 10.0], 5))
    roles = ["executive" if one in named("AC") else "user" for one in accounts]
    study = told_of(tmp_path, rows, roles)
    raw = _sections(study, "C017", "2025")
    shown = raw.groups.roles.query("measure == 'crq'").set_index("group")
    assert shown.loc["executive", "value"] == pytest.approx(
        score[:2].sum() / 6 + score[5:9].sum() / 6
    )
    findings = puzzles(study, raw)[0].findings(whole=True)
    told = [one for one in findings if one.group.kind == "account" and one.group.n == 2]
    assert [one.protected for one in told] == [False]
    seen = unrounded(study, "C017", "2025").groups.roles.query("measure == 'crq'")
    assert seen["value"].isna().all()
    assert set(seen["flag"]) == {PROTECTS}
    assert audit(study, "C017", "2025").open.empty


def test_constructs_by_role_go_where_they_would_tell_of_few(tmp_path):
    """Trust of executives less that of account C is that of the two of A."""
    accounts = named("AABBBCCCCDDDDDEEEEEE")
    score = np.tile([4.0, 6.0, 5.0, 3.5], 5)
    rows = rows_of(accounts, score, np.tile([9.0, 3.0, 8.0, 10.0], 5))
    roles = ["executive" if one in named("AC") else "user" for one in accounts]
    study = told_of(tmp_path, rows, roles)
    trust = _sections(study, "C017", "2025").groups.roles.query("measure == 'trust'")
    assert trust["value"].notna().all()
    kept = unrounded(study, "C017", "2025")
    gone = kept.groups.roles.query("measure == 'trust'")
    assert gone["value"].isna().all()
    assert np.isfinite(kept.measure("trust")["value"])


def test_a_withheld_wave_takes_its_roles_along(tmp_path):
    rows = rows_of(named("AABB"), [4, 6, 5, 3], [9, 3, 8, 10])
    study = told_of(tmp_path, rows, ["executive", "user", "user", "user"])
    seen = unrounded(study, "C017", "2025")
    crq = seen.groups.roles.query("measure == 'crq'")
    assert crq.set_index("group").loc["executive", "value"] != 4
    assert crq["value"].isna().all() or np.isnan(seen.measure("crq")["value"])
    assert dataclasses.is_dataclass(seen.groups)
