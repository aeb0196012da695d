"""What one client may see of station 8: places of the measures that it sees itself."""

import pandas as pd
import pytest

from crqlab.page.benchmark import select
from crqlab.page.tables import table

MEASURES = pd.DataFrame(
    {"measure": ["crq", "nps", "trust"], "label": ["CRQ", "NPS", "Trust"],
     "withheld": [False, True, False]}
)  # fmt: skip


@pytest.fixture
def selected(stationed_study_of, monkeypatch):
    study = stationed_study_of()

    def of(change=lambda rows: rows):
        monkeypatch.setattr(select, "table", lambda *args, **which: change(table(*args, **which)))
        return select.benchmark(study, "C017", "2025", MEASURES)

    return of


def test_places_stand_in_the_order_of_the_page_with_shares_of_answers_last(selected):
    def share(rows):
        more = rows.head(1).assign(measure="revenue_coverage")
        return pd.concat([more, rows[::-1]], ignore_index=True)

    found = selected(share).table
    assert found["label"].tolist() == ["CRQ", "NPS", "Trust", "Revenue heard"]


def test_the_place_of_a_withheld_number_is_withheld_with_all_that_tells_it(selected):
    rows = selected(lambda rows: rows.assign(unique="yes")).table.set_index("measure")
    assert rows.loc["nps", ["value", "percentile", "decile", "gap", "before"]].isna().all()
    assert rows["unique"].tolist() == ["yes", "unknown", "yes"]
    assert rows["flag"].tolist() == ["ok", "too_few_people", "ok"]
    assert rows.loc["trust", "percentile"] == 0.7


def test_source_level_and_constructs_come_with_the_places(selected):
    found = selected()
    assert found.source.startswith('{"code": "release_synthetic", "name": "2025-06"')
    assert (found.level, found.above_median) == (0.9, ("Solution", "Experience"))
    nowhere = selected(lambda rows: rows.head(0))
    assert (nowhere.source, nowhere.level) == ("", 0.9)
    assert nowhere.of("crq") is None
