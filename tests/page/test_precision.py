"""Numbers that leave the house say what their intervals bear, and no more."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab.page import precision
from crqlab.page.assembly import view
from tests.show.fixture import Shape, lay_out


def frames(part):
    """Every table below a part of a view."""
    if isinstance(part, pd.DataFrame):
        yield part
    elif dataclasses.is_dataclass(part):
        for one in dataclasses.fields(part):
            yield from frames(getattr(part, one.name))


@given(st.floats(-7, 7), st.floats(1e-6, 60), st.floats(1e-6, 60))
def test_two_digits_of_half_an_intervals_width_are_kept_and_no_third(value, down, up):
    rows = pd.DataFrame({"value": [value], "low": [value - down], "high": [value + up]})
    told = precision.rounded(rows, figures=3)
    step = 10.0 ** (np.floor(np.log10((down + up) / 2)) - 1)
    for name in rows:
        off = abs(told[name][0] - rows[name][0])
        assert off <= max(step, 0.01) / 2 * (1 + 1e-9)
        assert told[name][0] == round(told[name][0], 2)
        if step >= 0.01:
            assert told[name][0] / step == pytest.approx(round(told[name][0] / step), abs=1e-6)


def test_a_tables_columns_are_rounded_as_what_they_are():
    rows = pd.DataFrame(
        {
            "measure": ["crq", "nps", "mean_ltr"],
            "value": [5.2149, 33.3333, 8.1111], "low": [5.1, 25.2, 7.9], "high": [5.3, 41.4, 8.3],
            "change": [0.1234, 4.5678, np.nan], "level": [0.995] * 3, "p": [0.0123] * 3,
            "revenue": [1234567.0, 98765.0, 12.0], "answered": [1234.0, 2.0, 3.0],
        }
    )  # fmt: skip
    told = precision.rounded(rows, figures=3)
    assert told["value"].tolist() == [5.21, 33, 8.11]
    assert told["change"].tolist()[:2] == [0.12, 4.6]
    assert told["revenue"].tolist() == [1230000, 98800, 12]
    assert told["p"].tolist() == [0.01] * 3
    for name in ("level", "answered"):
        assert told[name].tolist() == rows[name].tolist(), "chosen, or counted"
    assert precision.rounded(rows, figures=2)["revenue"].tolist() == [1200000, 99000, 12]


def test_no_table_of_a_view_holds_a_third_decimal(stationed_view_of):
    seen = stationed_view_of()
    for rows in frames(seen):
        for name in rows:
            if rows[name].dtype.kind == "f" and name != "weakest_gap":
                values = rows[name].dropna().to_numpy()
                assert (values == np.round(values, 2)).all(), name
    own = seen.accounts[["shrunken", "crq", "trust"]].dropna().to_numpy()
    assert (own == own.round(1)).all()
    assert len(own) > 5


def test_the_codebook_says_how_many_figures_of_money_are_written(tmp_path):
    study = lay_out(tmp_path, Shape())
    book = study.raw / "codebook.yaml"
    exact = study.read("accounts").set_index("account_id")["revenue"]
    told = {}
    for figures in (3, 5):
        text = book.read_text(encoding="utf-8") + f"privacy: {{revenue_figures: {figures}}}\n"
        book.with_name("codebook.yaml").write_text(
            text if figures == 3 else text.replace("revenue_figures: 3", "revenue_figures: 5"),
            encoding="utf-8",
        )
        fresh = type(study)(study.name, root=study.root)
        told[figures] = view(fresh, client="C017", wave="2025").accounts.set_index("account_id")
        book.write_text(text.rpartition("privacy")[0], encoding="utf-8")
    third = exact["A002"]
    assert third == pytest.approx(1e6 / 3)
    assert told[3]["revenue"]["A002"] == 333000
    assert told[5]["revenue"]["A002"] == 333330
