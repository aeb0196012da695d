"""Which questions go missing together, and for whom; what was not asked is not missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crqlab import tables
from crqlab.base.contracts import contract
from crqlab.base.contracts.schema import check
from crqlab.base.instrument import Instrument
from crqlab.responses import missing_patterns

ASKED = Instrument.model_validate(
    {
        "name": "mini", "version": "1", "scale": [1, 7], "recommend": "Recommend?",
        "items": dict.fromkeys(("a1", "a2", "b1"), ""),
        "constructs": {"a": {"label": "A", "items": ["a1", "a2"]},
                       "b": {"label": "B", "items": ["b1"]}},
        "crq": {"constructs": ["a", "b"]},
    }
)  # fmt: skip


def people(n: int = 100) -> pd.DataFrame:
    """Users leave a1 and a2 open together; b1 was not asked in 2024; three leave all open."""
    rows = pd.DataFrame({"client_id": "C1", "wave": np.where(np.arange(n) % 2, "2025", "2024")})
    rows["role"] = np.where(np.arange(n) % 4 == 0, "user", "executive")
    rows["language"] = None
    rows = rows.assign(a1=5.0, a2=4.0, b1=6.0, ltr=9.0)
    rows.loc[rows["wave"] == "2024", "b1"] = np.nan
    rows.loc[rows["role"] == "user", ["a1", "a2"]] = np.nan
    rows.loc[[1, 3, 5], ["a1", "a2", "b1", "ltr"]] = np.nan
    return rows


@pytest.fixture
def found() -> pd.DataFrame:
    return missing_patterns(people(), ASKED)


def test_sets_of_questions_are_counted_for_all_and_for_each_group(found):
    whole = found[found["by"] == "all"]
    assert whole[["kind", "pattern", "n"]].to_numpy().tolist() == [
        ["complete", "", 72],
        ["pattern", "a1, a2", 25],
        ["others", "", 3],
    ]
    users = found[(found["by"] == "role") & (found["group"] == "user")]
    assert users[["pattern", "n", "share"]].to_numpy().tolist() == [["a1, a2", 25, 1.0]]
    assert set(found["by"]) == {"all", "wave", "role"}


def test_shares_add_up_and_the_contract_holds(found):
    sums = found.groupby(["by", "group"])["share"].sum()
    assert np.allclose(sums, 1)
    assert list(found.columns) == list(contract("missing_patterns").columns)
    assert len(check(found, contract("missing_patterns"), ASKED)) == len(found)


def test_together_is_more_than_one_by_one(found):
    row = found.query("by == 'all' and pattern == 'a1, a2'").iloc[0]
    missing_one = 28 / 100
    assert row["expected"] == pytest.approx(
        sum(missing_one**2 * (1 - 3 / 100) * other for other in [1] * 50 + [1 - 3 / 50] * 50)
    )
    assert row["n"] > 3 * row["expected"]


def test_a_question_that_a_wave_did_not_ask_is_not_missing(found):
    assert not found.query("group == '2024'")["pattern"].str.contains("b1").any()


def test_the_notebook_s_table_says_for_whom(found):
    shown = tables.missing_patterns(found)._repr_html_()
    assert "72% of responses answer every closed question" in shown
    assert "role user: 25 (100.0%)" in shown
    none = missing_patterns(people().assign(a1=1.0, a2=1.0), ASKED)
    assert "No questions were left open together" in str(tables.missing_patterns(none))
