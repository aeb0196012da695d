"""One answer to which wave comes before which: by the numbers in their names, client by client."""

import pandas as pd

from crqlab.base.waves import latest, places, wave_before

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
