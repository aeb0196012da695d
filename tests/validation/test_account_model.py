"""A small sample of what the page says of the account model, and the page's own promises."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.validation import account_model
from tests.validation.account_model import Judged

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


def cells(n=4000, told=0.7, true=0.7, panel=0):
    """Accounts of which one segment is told with one probability."""
    shares = dict.fromkeys(account_model.RULES.names, 0.0)
    shares |= {"Rational": told, "Ambassador": 1 - told}
    hit = np.arange(n) < true * n
    return pd.DataFrame(
        {
            "panel": panel,
            "client": "C",
            "n": 1 + np.arange(n) % 6,
            "accounts": 20,
            "true": np.where(hit, "Rational", "Ambassador"),
            "likeliest": "Rational",
            "p": told,
            "then": "Rational",
            "p_then": told,
            "best": "Rational",
            "p_best": told,
            **shares,
            **{f"best {name}": share for name, share in shares.items()},
        }
    )


def pairs(**columns):
    usual = {"stays": 0.7, "up": 0.2, "down": 0.1, "stayed": True, "rose": False, "fell": False}
    usual |= {"best_up": 0.95, "best_down": 0.1}
    return pd.DataFrame({"panel": [0, 1], "client": "C", "wave": "2025", **usual, **columns})


def test_bands_that_are_too_small_are_put_together():
    p = pd.Series(np.concatenate([np.full(900, 0.55), np.full(100, 0.65), np.full(700, 0.75)]))
    found = account_model.calibration(
        p, pd.Series(True, p.index), pd.Series("g", p.index), pd.Series(0, p.index)
    )
    assert found["accounts"].tolist() == [900, 800]
    assert found["told"].iloc[1] == pytest.approx((100 * 0.65 + 700 * 0.75) / 800)
    some = p[:1000]
    last = account_model.calibration(
        some, some > 0, pd.Series("g", some.index), pd.Series(0, some.index)
    )
    assert last["accounts"].tolist() == [1000]


def test_a_probability_that_does_not_come_true_is_a_miss():
    def missed(true):
        whole = pd.concat([cells(true=true), cells(true=true, panel=1)], ignore_index=True)
        found = Judged(whole, pairs(stayed=[True, False]), pd.DataFrame())
        return [name for name in account_model.misses(found, found) if "calibration" in name]

    assert missed(0.71) == []
    assert "calibration of the likeliest segment" in missed(0.6)


def test_moves_and_coverage_are_held_against_the_truth():
    ends = {"low": [0.1, 0.2], "high": [0.3, 0.4], "true": [0.3, 0.5]}
    intervals = pd.DataFrame({"panel": [0, 1], "what": "share of Rational", **ends})
    moved = pairs(stays=[0.6, 0.9], stayed=[False, True], up=[0.95, 0.0], rose=[True, False])
    found = Judged(cells(), moved, intervals)
    assert account_model.moves(found).loc["stay"].tolist() == [0.75, 0.5]
    assert account_model.surely_moved(found).loc["climbed"].tolist() == [0.95, 1.0, 1]
    assert account_model.coverage(found).loc["share of Rational", "covered"] == 0.5
    assert account_model.coverage(found).loc["all shares together", "intervals"] == 2
    assert account_model.movers_found(found).tolist() == [1, 1]
    assert account_model.mixes(found, "best ").equals(account_model.mixes(found))


@pytest.fixture(scope="module")
def found():
    settings = account_model.QUICK
    law = account_model.law(settings)
    parts = [
        account_model.judged(number, people, truth, law, settings.draws)
        for number, people, truth in account_model.fresh(settings)
    ]
    return account_model.together(parts)


@pytest.mark.validation
def test_the_likeliest_segment_is_right_as_often_as_under_the_true_parameters(found):
    shares = account_model.reached(found).mean()
    assert shares["likeliest"] >= 0.98 * shares["best"]
    assert 0.65 < shares["then"] <= shares["likeliest"] + 0.01


@pytest.mark.validation
def test_probabilities_sum_to_the_true_mix_and_moves_to_the_true_ones(found):
    assert account_model.mixes(found).abs().max(axis=1).mean() < 0.02
    kept = account_model.moves(found)
    np.testing.assert_allclose(kept["told"], kept["true"], atol=0.03)


@pytest.mark.validation
def test_probabilities_come_true_whoever_was_heard(found):
    for name, table in account_model.calibrations(found).items():
        off = (table["true"] - table["told"]).abs()
        assert (off <= np.maximum(0.03, 3 * table["error"])).mean() > 0.9, name


def test_the_page_keeps_its_promises():
    text = PAGE.read_text(encoding="utf-8").split("## Does the account model know")[1]
    text = text.split("\n## ")[0]
    demo, fresh = re.search(r"\| given all waves \| ([\d.]+)% \| ([\d.]+)% \|", text).groups()
    assert float(demo) >= 72
    best = re.search(r"under the true parameters \| [\d.]+% \| ([\d.]+)% \|", text)[1]
    assert float(fresh) >= 0.98 * float(best)
    told, true = re.search(r"\| stay \| ([\d.]+) \| ([\d.]+) \|", text).groups()
    assert abs(float(told) - float(true)) <= 0.03
    assert f"{account_model.FULL.panels} fresh panels" in text
