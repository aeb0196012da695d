"""A small sample of what the page says of segments, and the arithmetic behind it."""

import numpy as np
import pandas as pd
import pytest

from tests.validation import account_segments
from tests.validation.__main__ import replaced


def rows():
    """Two accounts in two waves: A is right once and stays, B is wrong twice and moves."""
    shares = dict.fromkeys(account_segments.NAMES, 0.0)
    return pd.DataFrame(
        {
            "client_id": "C",
            "wave": ["2024", "2025", "2024", "2025"],
            "account_id": ["A", "A", "B", "B"],
            "n": [1, 2, 3, 9],
            "true": ["Rational", "Ambassador", "Rational", "Rational"],
            "plain": ["Rational", "Rational", "Opponent", "Ambivalent"],
            "segment": ["Rational", "Rational", "Rational", "Ambivalent"],
            "p": [0.55, 0.65, 0.2, 0.95],
            **shares,
            "Rational": [0.6, 0.65, 0.8, 0.05],
            "Ambivalent": [0.4, 0.35, 0.2, 0.95],
        }
    )


def test_right_shares_are_counted_by_answers():
    found = account_segments.right(rows(), "plain")
    assert found["all"] == 0.25
    assert found["one answer"] == 1.0
    assert found["2"] == found["3 and 4"] == found["5 or more"] == 0.0
    assert account_segments.right(rows())["all"] == 0.5


def test_mixes_count_labels_and_sum_probabilities():
    found = account_segments.mixes(rows())
    assert found.loc["Rational"].tolist() == pytest.approx([0.5, 0.75, 0.525, 0.75])
    assert found.loc["Ambassador"].tolist() == pytest.approx([0.0, 0.0, 0.0, 0.25])
    np.testing.assert_allclose(found[["shown", "true"]].sum(), 1)


def test_an_account_stays_if_its_label_does():
    found = account_segments.stays(rows())
    assert found["true"] == 0.5  # B stays
    assert found["plain"] == 0.5  # A stays
    gap = rows()[rows()["wave"] != "2025"]
    assert account_segments.stays(gap).isna().all()


def test_calibration_sets_what_came_true_beside_what_was_told():
    found = account_segments.calibration(rows()).set_index("answers")
    assert found.loc["one answer", ["told", "true", "accounts"]].tolist() == [0.55, 1.0, 1]
    assert found.loc["5 or more", ["told", "true"]].tolist() == [0.95, 0.0]


def test_a_section_takes_the_place_of_the_one_with_its_heading():
    page = "# Page\n\nsaid\n\n## One\n\nold\n\n## Two\n\nkept\n"
    assert (
        replaced(page, "## One\n\nnew\n") == "# Page\n\nsaid\n\n## One\n\nnew\n\n## Two\n\nkept\n"
    )
    assert replaced(page, "## Three\n\nnew\n") == page + "\n## Three\n\nnew\n"


@pytest.mark.validation
def test_labels_by_raw_means_are_right_less_often_than_the_likeliest_ones():
    settings = account_segments.QUICK
    found = account_segments.shown(account_segments.heard(settings), settings)
    plain, right, then = (
        account_segments.right(found, column)["all"] for column in ("plain", "segment", "then")
    )
    assert plain + 0.1 < then <= right + 0.01
    shares = account_segments.mixes(found)
    assert (shares["summed"] - shares["true"]).abs().max() < 0.03
    assert found["p"].mean() == pytest.approx(right, abs=0.03)
    assert found["p_then"].mean() == pytest.approx(then, abs=0.03)
    assert account_segments.stays(found)["true"] == pytest.approx(0.72, abs=0.04)
