"""The demo panel knows where its dirt fell: the checks are held against it."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from crqlab import Study, responses, simulate

#: Check: the kinds of dirt that it is meant to find.
MEANT = {
    "straight_line": ["careless", "straight_line"],
    "speeder": ["careless", "speeder"],
    "duplicate": ["duplicate"],
    "half_empty": ["half_empty"],
    "flipped": ["flipped"],
    "out_of_scale": ["wrong_code"],
    "personal_data": ["e_mail", "phone"],
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo")
    simulate.write(root, clients=40)
    study = Study("demo", root=root)
    raw = responses.read(study)
    dirt = pd.read_csv(study.raw / "truth" / "dirt.csv", dtype=str)
    return study, raw, responses.flags(raw, study.codebook), dirt


@pytest.mark.parametrize("check", MEANT)
def test_planted_dirt_is_found_and_little_else(demo, check):
    _, raw, flags, dirt = demo
    meant = set(dirt.loc[dirt["kind"].isin(MEANT[check]), "response_id"])
    found = set(flags.table.loc[flags.table["check"] == check, "response_id"])
    clean = len(raw.responses) - len(meant)
    assert len(meant) > 5
    assert len(meant & found) >= 0.98 * len(meant)
    assert len(found - meant) <= 0.005 * clean


def test_the_demo_is_kept_whole(demo):
    study, raw, flags, _ = demo
    checked = responses.decide(raw, flags, responses.decisions(study))
    responses.keep(study, raw, checked)
    kept = study.read("responses")
    assert len(kept) == len(raw.responses)
    assert 0.9 < kept["included"].mean() < 1
    assert set(study.read("quality")["check"]) >= set(MEANT)
    assert study.read("contacts")["account_id"].isin(study.read("accounts")["account_id"]).all()


def test_a_flipped_group_that_the_codebook_names_is_turned_round(demo, tmp_path):
    study, raw, flags, _ = demo
    shutil.copytree(study.raw, tmp_path / "data/raw/demo")
    path = tmp_path / "data/raw/demo/codebook.yaml"
    group = "  flipped: [{client_id: C009, wave: 2024, language: DE}]\n  missing:"
    path.write_text(path.read_text(encoding="utf-8").replace("  missing:", group, 1))
    other = Study("demo", root=tmp_path)
    turned = responses.read(other)
    assert "flipped" not in set(responses.flags(turned, other.codebook).table["check"])
    german = flags.table.loc[flags.table["check"] == "flipped", "response_id"]
    moved = turned.responses["tru_1"].ne(raw.responses["tru_1"])
    moved &= turned.responses["tru_1"].notna()
    assert set(raw.responses.loc[moved, "response_id"]) <= set(german)
    assert moved.sum() > 0.5 * len(german)  # 4 stays 4
