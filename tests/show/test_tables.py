"""Any table can be shown as it is, its codes in words."""

import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.show import tables
from tests.page.reading import cells


def test_any_table_can_be_shown_for_exploration():
    rows = pd.DataFrame({"account_id": ["<a>"], "score": [5.238], "n": [1200], "ok": [True]})
    shown = tables.plain(rows, caption="Scores of one account")
    assert cells(shown) == [["account id", "score", "n", "ok"], ["<a>", "5.24", "1,200", "True"]]


def test_codes_are_said_and_what_is_no_code_stands_as_it_is():
    rows = pd.DataFrame(
        {
            "flag": ["ok", code("n_below_minimum", minimum=3)],
            "method": ["account_t", "by hand"],
            "found": [0.5, 0.25],
        }
    )
    assert cells(tables.plain(rows, caption="Two numbers"))[1:] == [
        ["ok", "Student's t over accounts, Binder 1983", "0.50"],
        ["withheld: n below 3", "by hand", "0.25"],
    ]
