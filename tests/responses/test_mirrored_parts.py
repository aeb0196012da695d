"""A part of a group on a mirrored scale, a wave that is mostly so, and a single contradiction."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqlab import responses
from tests.responses.test_flags import ITEMS, book, changed, flipped, found_by, ids, raw


@pytest.fixture(scope="module")
def study():
    """A panel of which client C1 has forty Danish answers in 2025, an hour apart."""
    whole = raw(n=2000, seed=5)
    rows = whole.responses.copy()
    own = rows.index[(rows["client_id"] == "C1") & (rows["wave"] == "2025")][:40]
    rows.loc[own, "language"] = "da"
    rows.loc[own, "started"] = pd.Timestamp("2025-03-01") + pd.to_timedelta(np.arange(40), "h")
    return replace(whole, responses=rows)


def danish(study):
    return study.responses.index[study.responses["language"] == "da"]


def half(study, turned, which):
    where = study.responses.index.isin(which)
    if turned == "ltr":
        return changed(study, where, ltr=10 - study.responses.loc[which, "ltr"])
    return flipped(study, where)


@pytest.mark.parametrize("turned", ["items", "ltr"])
def test_a_second_link_is_found_by_its_run_of_start_times(study, turned):
    which = danish(study)[12:32]
    found, columns = found_by("flipped", half(study, turned, which))
    meant = ids(study, which)
    assert len(found & meant) >= 18
    assert len(found - meant) <= 1  # of 1,980
    assert columns == {"ltr" if turned == "ltr" else ""}


@pytest.mark.parametrize("turned", ["items", "ltr"])
def test_a_second_link_that_the_export_names_is_found_whole(study, turned):
    which = danish(study)[::2]
    dirty = half(study, turned, which)
    links = np.where(dirty.responses.index.isin(which), "second", "first")
    dirty = replace(dirty, responses=dirty.responses.assign(batch=links))
    assert found_by("flipped", dirty)[0] == ids(study, which)


@pytest.mark.parametrize("turned", ["items", "ltr"])
def test_mirrored_answers_between_others_are_found_one_by_one(study, turned):
    which = danish(study)[::2]
    found, _ = found_by("flipped", half(study, turned, which))
    meant = ids(study, which)
    assert len(found & meant) >= 16
    assert len(found - meant) <= 2


def test_what_is_found_says_how_many_of_which_group(study):
    dirty = half(study, "items", danish(study)[12:32])
    table = responses.flags(dirty, book()).table
    said = json.loads(table.loc[table["check"] == "flipped", "found"].iloc[0])
    assert said["code"] == "scale_turned_in_run"
    assert said["of"] == 40
    assert said["n"] in (19, 20, 21)
    assert said["group"] == "client C1, wave 2025, language da"


def test_the_upright_part_of_a_mostly_mirrored_language_is_left_alone():
    study = raw(n=900)
    german = study.responses.index[study.responses["language"] == "de"]
    which = german[: int(0.85 * len(german))]
    found, _ = found_by("flipped", flipped(study, study.responses.index.isin(which)))
    meant = ids(study, which)
    assert len(found & meant) >= 0.9 * len(meant)
    assert len(found - meant) <= 0.05 * (900 - len(meant))


def test_languages_that_are_not_known_do_not_stop_the_search():
    study = changed(raw(n=900), [0, 1, 2], language=None)
    german = study.responses["language"] == "de"
    assert found_by("flipped", flipped(study, german))[0] == ids(study, german)


def test_of_a_wave_that_is_mostly_mirrored_nothing_is_scored():
    study = raw(n=900, waves=("2024", "2025"))
    rows = study.responses
    own = rows.index[(rows["client_id"] == "C1") & (rows["wave"] == "2025")]
    rest = own[::5]
    dirty = flipped(study, rows.index.isin(own.difference(rest)))
    flags = responses.flags(dirty, book())
    checked = responses.decide(dirty, flags, None).responses
    assert not checked.loc[own, "included"].any()
    assert checked.drop(own)["included"].mean() > 0.99
    table = flags.table[flags.table["found"].str.contains("most_of_wave_turned")]
    said = json.loads(table["found"].iloc[0])
    assert said["of"] == len(own)
    assert said["n"] + len(table) == len(own)


def test_a_single_contradiction_is_noted_and_counts():
    study = changed(raw(n=900), [3], **dict.fromkeys(ITEMS, 1.0), ltr=10.0)
    study = changed(study, [5], **dict.fromkeys(ITEMS, 1.0), ltr=0.0)  # unhappy, and says so
    found, columns = found_by("contradiction", study)
    assert "r3" in found
    assert "r5" not in found
    assert len(found) <= 3
    assert columns == {""}
    checked = responses.decide(study, responses.flags(study, book()), None).responses
    assert checked.loc[3, "included"]


def test_without_a_relation_there_is_no_contradiction():
    study = raw(n=900)
    ltr = np.random.default_rng(3).integers(0, 11, 900).astype(float)
    study = changed(study, slice(None), ltr=ltr)
    assert found_by("contradiction", study)[0] == set()
    assert found_by("flipped", study)[0] == set()
