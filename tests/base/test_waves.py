"""One answer to which wave comes before which: by the numbers in their names, client by client."""

from datetime import date

import pandas as pd

from crqlab.base.study import Study
from crqlab.base.waves import begin, in_order, latest, places, wave_before

ROWS = pd.DataFrame(
    [("b", "W10"), ("a", "W10"), ("a", "W9"), ("b", "W8"), ("a", "W10"), ("c", "W11")],
    columns=["client_id", "wave"],
    index=[5, 3, 9, 1, 7, 2],
)


def test_digits_count_as_numbers():
    assert places(ROWS["wave"]) == {"W8": 0, "W9": 1, "W10": 2, "W11": 3}


def test_the_wave_before_is_the_clients_own_and_keeps_the_rows_in_place():
    found = wave_before(ROWS)
    assert found.index.tolist() == ROWS.index.tolist()
    assert found.fillna("").tolist() == ["W8", "W9", "", "", "W9", ""]


def test_latest_is_the_last_wave_of_each_client():
    assert latest(ROWS).tolist() == [True, True, False, False, True, True]


def test_nobody_has_no_wave():
    assert wave_before(ROWS.head(0)).empty
    assert latest(ROWS.head(0)).empty


def test_days_order_names_that_do_not_sort_in_time():
    begin({"spring": date(2025, 3, 1), "autumn": date(2024, 9, 1), "summer": date(2025, 6, 1)})
    try:
        assert in_order(["spring", "autumn", "summer"]) == ["autumn", "spring", "summer"]
        rows = pd.DataFrame({"client_id": "a", "wave": ["spring", "autumn", "summer"]})
        assert latest(rows).tolist() == [False, False, True]
        assert wave_before(rows).fillna("").tolist() == ["autumn", "", "spring"]
        # a wave without a day keeps its place by name: tea lies after summer and spring
        assert in_order(["tea", "spring", "autumn"]) == ["autumn", "spring", "tea"]
    finally:
        begin({})


def test_each_study_is_ordered_by_its_own_days(tmp_path):
    for name, first in (("one", "b"), ("two", "a")):
        folder = tmp_path / "data" / "raw" / name
        folder.mkdir(parents=True)
        days = {"a": "2025-01-01", "b": "2024-01-01" if first == "b" else "2026-01-01"}
        told = ", ".join(f"{wave}: {{from: {day}}}" for wave, day in days.items())
        folder.joinpath("codebook.yaml").write_text(
            f"title: {name}\nwaves: {{{told}}}\nresponses: {{files: [a.csv]}}\n"
            "instrument: {name: n, version: '1', scale: [1, 7], recommend: R?}\n"
        )
    one, two = (Study(name, root=tmp_path) for name in ("one", "two"))
    try:
        for study, order in ((one, ["b", "a"]), (two, ["a", "b"]), (one, ["b", "a"])):
            assert study.codebook.title == study.name
            assert in_order(["a", "b"]) == order
    finally:
        begin({})
