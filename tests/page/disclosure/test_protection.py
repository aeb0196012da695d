"""Attacks on what a client sees: nothing that is withheld can be worked out any more."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares

from crqlab.page.assembly import _sections, unrounded, view
from crqlab.page.disclosure.audit import audited, puzzles
from crqlab.page.suppression import PROTECTS
from crqlab.report import audit
from tests.page.disclosure.made import named, people, rows_of, study_of

MANAGERS = ["Ada", "Bo", "Cy", "Di"]


@pytest.fixture(scope="module", params=range(4))
def drawn(request, tmp_path_factory):
    """Return a small client of two waves, its study and its number."""
    rng = np.random.default_rng([7, request.param])
    accounts = int(rng.integers(4, 16))
    rows = pd.concat([people(rng, accounts, wave=wave) for wave in ("2024", "2025")])
    pays = np.round(rng.lognormal(11, 1, accounts), 2)
    root = tmp_path_factory.mktemp("drawn")
    return study_of(root, rows, managers=MANAGERS, revenue=pays)


def test_random_clients_pass_their_audit_and_keep_their_own_number(drawn):
    found = audit(drawn, "C017", "2025")
    assert len(found.table) > 5
    assert found.open.empty
    seen = view(drawn, client="C017", wave="2025")
    assert np.isfinite(seen.measure("crq")["value"])
    wide = found.table[found.table["measure"] == "crq"]
    assert (wide["high"] - wide["low"] >= 1 - 1e-6).all()


def test_what_went_too_says_so_and_is_nowhere(drawn):
    before, after = _sections(drawn, "C017", "2025"), unrounded(drawn, "C017", "2025")
    for name in ("roll_ups", "parts", "trend"):
        old, new = getattr(before.scores, name), getattr(after.scores, name)
        gone = old["value"].notna().to_numpy() & new["value"].isna().to_numpy()
        assert (new["flag"][gone] == PROTECTS).all()
        assert new.loc[gone, ["low", "high"]].isna().all(axis=None)
        same = ~gone & old["value"].notna().to_numpy()
        assert (new["value"][same] == old["value"][same]).all()


def test_the_solver_finds_what_every_world_counted_through_has(tmp_path):
    rows = rows_of(named("AAABC"), [4, 5, 6, 2, 5], [9, 9, 8, 3, 10])
    study = study_of(tmp_path, rows)
    crq = puzzles(study, _sections(study, "C017", "2025"))[0]
    grid = np.array(list(itertools.product(np.arange(1.0, 7.25, 0.5), repeat=5)))
    statements = crq.told.statements
    told = grid @ np.array([one.weights for one in statements]).T
    low, high = (np.array([getattr(one, end) for one in statements]) for end in ("low", "high"))
    worlds = grid[((told >= low - 1e-9) & (told <= high + 1e-9)).all(axis=1)]
    assert len(worlds) > 3
    for one in crq.findings(whole=True):
        means = worlds @ one.group.weights
        assert one.low - 1e-6 <= means.min()
        assert means.max() <= one.high + 1e-6


def unshrunken(accounts):
    """Solve for shrinkage and grand mean as from a workbook, and return means of the withheld."""
    known = accounts[accounts["crq"].notna() & accounts["shrunken"].notna()]
    n, s, m = (known[name].to_numpy(float) for name in ("n", "shrunken", "crq"))
    fit = least_squares(lambda p: n / (n + p[0]) * m + (1 - n / (n + p[0])) * p[1] - s, [2, 5])
    few = accounts[accounts["withheld"] & (accounts["n"] > 0) & accounts["shrunken"].notna()]
    weight = few["n"] / (few["n"] + fit.x[0])
    return (few["shrunken"] - (1 - weight) * fit.x[1]) / weight


def test_no_shrunken_score_is_left_to_be_unshrunken(drawn):
    seen = view(drawn, client="C017", wave="2025")
    assert unshrunken(seen.accounts).empty
    assert seen.accounts.loc[seen.accounts["withheld"], ["crq", "shrunken"]].isna().all(axis=None)


def test_a_manager_of_few_people_is_not_told_by_the_others(tmp_path):
    """As p3: the whole less 'CRQ without them' of the others, and managers' own means."""
    names = named("AAAABBBBCCCCDE")
    crq = [5.0, 5.5, 6.0, 5.5, 4.0, 4.5, 5.0, 4.5, 5.0, 5.5, 6.0, 4.5, 1.5, 6.5]
    ltr = [9, 10, 8, 3, 9, 7, 10, 9, 5, 8, 9, 10, 2, 10]
    study = study_of(tmp_path, rows_of(names, crq, ltr), managers=["Ada", "Bo", "Cy", "Di", "Di"])
    naive = audited(study, _sections(study, "C017", "2025"))
    given = naive[(naive["kind"] == "manager") & (naive["measure"] == "crq")]
    assert not given["protected"].any()
    mended = audit(study, "C017", "2025")
    assert mended.open.empty
    rows = mended.table[(mended.table["kind"] == "manager") & (mended.table["measure"] == "crq")]
    assert rows["key"].tolist() == ["Di"]
    assert (rows["high"] - rows["low"] >= 1).all()


def test_a_wave_of_two_is_not_told_by_the_whole_change(tmp_path):
    now = rows_of(named("AAAABBBB"), [5, 6, 5, 4, 3, 4, 5, 4.5], [9, 10, 9, 3, 8, 7, 9, 10])
    past = rows_of(named("AB"), [2.0, 6.0], [3, 9], wave="2024", first=40)
    study = study_of(tmp_path, pd.concat([past, now]))
    found = audit(study, "C017", "2025")
    wave = found.table[(found.table["kind"] == "wave") & (found.table["measure"] == "crq")]
    assert wave["wave"].tolist() == ["2024"]
    assert found.open.empty
    assert (wave["high"] - wave["low"] >= 1).all()
    assert np.isfinite(view(study, client="C017", wave="2025").measure("crq")["value"])


def test_a_page_and_the_one_of_the_wave_before_give_nothing_away_together(drawn):
    for measure in puzzles(drawn, unrounded(drawn, "C017", "2025")):
        assert 0 < measure.earlier < len(measure.told.statements)
        assert all(one.protected for one in measure.findings())
        assert {group.wave for group in measure.groups} == {"2024", "2025"}
