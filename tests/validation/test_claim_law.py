"""Every claim has a law, and no claim is made of nothing more often than its law allows."""

import numpy as np
import pandas as pd
import pytest

from crqlab.page.claim_table import CODES
from tests.validation import claim_law
from tests.validation.claim_law import QUICK, World, judged, laws


def test_every_claim_has_a_law():
    assert tuple(claim_law.LAWS) == CODES


def claim(code, **facts):
    usual = {"client": "C1", "wave": "2025", "unit": "", "basis": "t/crq", "value": 0.0}
    ends = {"low": np.nan, "high": np.nan, "panel": 0}
    return usual | ends | {"claim": code} | facts


WORLD = World(
    pd.DataFrame({"crq": [5.0]}, index=pd.MultiIndex.from_tuples([("C1", "2025")])),
    pd.DataFrame({"client_id": "C1", "wave": "2025", "segment": ["Rational", "Ambassador"]}),
    pd.DataFrame(
        {"contacts": [9], "accounts": [2]}, index=pd.MultiIndex.from_tuples([("C1", "2025")])
    ),
)


@pytest.mark.parametrize(
    ("row", "false"),
    [
        (claim("rise"), True),
        (claim("no_clear_change"), False),
        (claim("is", low=4.5, high=5.5), False),
        (claim("is", low=5.1, high=5.5), True),
        (claim("is"), True),
        (claim("share_in", basis="segment_shares/Ambassador", low=0.4, high=0.6), False),
        (claim("share_in", basis="segment_shares/Ambassador", low=0.6, high=0.8), True),
        (claim("answered_contacts", unit="contacts", value=9.0), False),
        (claim("answered_contacts", unit="contacts", value=8.0), True),
        (claim("rests_on", unit="accounts", value=2.0), False),
        (claim("rests_on", unit="accounts", value=3.0), True),
        (claim("answered_revenue", unit="share", value=1.2), True),
    ],
)
def test_a_claim_is_judged_by_what_is_true(row, false):
    found = judged(pd.DataFrame([row]), WORLD)
    assert found["false"].tolist() == [false]


def test_pages_are_counted_and_intervals_one_by_one():
    rows = pd.DataFrame([claim("rise"), claim("rise"), claim("no_clear_change", client="C2")])
    held = [claim("is", low=4.5, high=5.5), claim("is", low=5.1, high=5.5)]
    found = laws(judged(pd.concat([rows, pd.DataFrame(held)]), WORLD)).set_index("claim")
    assert found.loc["rise", ["said", "false"]].tolist() == [0.5, 0.5]
    assert found.loc["is", ["said", "false"]].tolist() == [0.5, 0.5]
    assert found.loc["fall", ["said", "false"]].tolist() == [0.0, 0.0]


@pytest.fixture(scope="module")
def rows():
    return claim_law.said(QUICK)


def test_of_nothing_next_to_nothing_is_said(rows):
    """A small sample: a law is broken where chance would not break it in a hundred."""
    pages = rows.groupby(["panel", "client"]).ngroups
    table = laws(rows).set_index("claim")
    assert pages == QUICK.panels * QUICK.clients
    assert (table.loc[["is", "rests_on", "leads", "accounts_in"], "said"] > 0).all()
    facts = table[table["law"].isin([claim_law.FACT, claim_law.DOUBT])]
    assert (facts["false"] == 0).all(), facts
    doubtful = table.drop(facts.index)
    error = np.sqrt(doubtful["most"] * (1 - doubtful["most"]) / pages)
    assert (doubtful["false"] <= doubtful["most"] + 2.6 * error).all(), doubtful


@pytest.mark.validation
def test_churn_without_a_cause_is_no_forecast():
    assert claim_law.foretold(QUICK) <= 1 / 6
