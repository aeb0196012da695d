"""The sheet beside all other files of its client: an attacker solves both together."""

import numpy as np
import pandas as pd
import pytest

from crqlab import scores
from crqlab.page.assembly import view
from crqlab.page.disclosure.audit import released
from crqlab.page.head_office import select
from crqlab.page.head_office.released_groups import TABLE, with_sheet
from crqlab.report.clearance.release_audit import DisclosureError, cleared
from tests.page.disclosure.made import people, rows_of, study_of

COUNTRIES = ["SE", "NO", "DE", "GB"]
FILES = ("C017_2025_headoffice.xlsx",)


def country(account):
    """One of four, by account."""
    return COUNTRIES[int(account[1:]) % 4]


def with_countries(study):
    """Sort answers by the country of their account."""
    everybody = study.read("respondents")
    key = everybody[["client_id", "wave", "response_id"]]
    rows = key.assign(dimension="country", group=everybody["account_id"].map(country))
    study.write("breakdowns", rows)
    study.write("breakdown_scores", scores.breakdowns(everybody, rows))
    return study


def two_waves(seed):
    draw = np.random.default_rng(seed)
    return pd.concat([people(draw, 12, wave=wave) for wave in ("2024", "2025")])


def open_of(study, rows):
    puzzles = with_sheet(study, "C017", released(study, "C017", "2025"), rows)
    return [one for puzzle in puzzles for one in puzzle.findings() if not one.protected]


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """Studies, each with its sheet and with what the rule of linked cells alone would show."""
    found = []
    for seed in range(6):
        study = with_countries(study_of(tmp_path_factory.mktemp(f"s{seed}"), two_waves(seed)))
        seen = view(study, client="C017", wave="2025")
        whole = select.head_office(study, seen)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(select, "given_away", lambda *_: set())
            found.append((study, whole, select.head_office(study, seen)))
    return found


def test_no_side_is_told_by_the_sheet_and_the_page_together(sheets):
    assert [open_of(study, whole) for study, whole, _ in sheets] == [[]] * len(sheets)


def test_the_rule_of_linked_cells_alone_would_tell_some(sheets):
    assert sum(len(open_of(study, linked)) for study, _, linked in sheets) > 0


def test_groups_stay_where_they_tell_nobody(sheets):
    groups = [whole[whole["dimension"] == "country"] for _, whole, _ in sheets]
    assert sum(int((~rows["withheld"]).sum()) for rows in groups) > 10


def test_a_sheet_after_one_more_answer_in_each_country_is_stopped(tmp_path):
    draw = np.random.default_rng(5)
    names = [f"A{n:03d}" for n in range(28)]  # one person each: the page shows none of them
    crq, ltr = np.round(draw.uniform(3, 7, 28), 1), draw.integers(2, 11, 28)
    study = with_countries(study_of(tmp_path, rows_of(names, crq, ltr)))
    before = select.head_office(study, view(study, client="C017", wave="2025"))
    told = before[~before["withheld"] & (before["dimension"] == "country")]
    assert len(told) > 1
    cleared(study, "C017", "2025", FILES, sheet=before)
    kept = (study.reports / "manifest" / "statements" / "C017.json").read_text()
    assert f"{TABLE}.promoters/2025/country/{told['group'].iloc[0]}" in kept
    more = [*names, "A028", "A029", "A030", "A031"]
    rows = rows_of(more, [*crq, 2.0, 6.0, 4.0, 5.0], [*ltr, 3, 10, 8, 9])
    study = with_countries(study_of(study.root, rows))
    cleared_alone = study_of(tmp_path / "alone", rows_of(names, crq, ltr))
    cleared(cleared_alone, "C017", "2025", FILES)
    cleared(study_of(tmp_path / "alone", rows), "C017", "2025", FILES)  # the pages alone may go
    after = select.head_office(study, view(study, client="C017", wave="2025"))
    with pytest.raises(DisclosureError, match=rf"{TABLE}\.promoters/2025/country/"):
        cleared(study, "C017", "2025", FILES, sheet=after)
