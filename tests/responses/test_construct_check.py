"""Constructs that wordings propose are checked against the answers; what fits nothing is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crqlab import Study, responses
from crqlab.responses.construct_check import doubts, nearest
from tests.responses.known_answers import account, write_csv

TRUST = ["They keep what they promise", "They are honest with us", "We can trust them"]
SERVICE = ["Their support is reliable", "They answer quickly when we need service"]
STRANGE = "The canteen has good coffee"
PEOPLE = 120


def answered(seed: int, loads: dict[str, tuple[int, float]]) -> pd.DataFrame:
    """Answers from 1 to 7 that follow one of two moods, or go against it."""
    rng = np.random.default_rng(seed)
    moods = rng.normal(size=(PEOPLE, 2))
    raw = {
        name: np.clip(
            np.round(4 + 1.4 * weight * moods[:, mood] + rng.normal(0, 0.7, PEOPLE)), 1, 7
        )
        for name, (mood, weight) in loads.items()
    }
    return pd.DataFrame(raw).astype(int)


def drafted(folder, answers: pd.DataFrame):
    rows = [[f"x{n}", account(n), *map(str, row)] for n, row in enumerate(answers.to_numpy())]
    path = write_csv(folder / "a.csv", [["id", "company", *answers.columns], *rows])
    report = responses.drafted("s", folder / "home", [path], {})
    return report, Study("s", root=folder / "home").codebook.instrument


def opened(report, part: str) -> list[str]:
    return [point for point in report.open if part in point]


def test_answers_that_agree_with_the_wordings_ask_nothing(tmp_path):
    loads = dict.fromkeys(TRUST, (0, 1.0)) | dict.fromkeys(SERVICE, (1, 1.0))
    report, _ = drafted(tmp_path, answered(1, loads))
    assert not opened(report, "r = ")


def test_an_item_that_goes_with_another_construct_is_asked_about(tmp_path):
    loads = dict.fromkeys(TRUST[:2], (0, 1.0)) | {TRUST[2]: (1, 1.0)}
    loads |= dict.fromkeys(SERVICE, (1, 1.0))
    report, asked = drafted(tmp_path, answered(2, loads))
    (point,) = opened(report, "far more")
    name = next(name for name, item in asked.items.items() if item.text == TRUST[2])
    assert point.startswith(f"instrument.items.{name}: its answers go with service (r = 0.")
    assert report.columns[TRUST[2]]["sure"] < 0.8


def test_an_item_that_goes_against_its_construct_is_asked_about(tmp_path):
    loads = dict.fromkeys(TRUST[:2], (0, 1.0)) | {TRUST[2]: (0, -1.0)}
    report, _ = drafted(tmp_path, answered(3, loads | dict.fromkeys(SERVICE, (1, 1.0))))
    points = opened(report, "reversed: true")
    assert any("(r = -0." in point for point in points)


def test_what_fits_nothing_stands_by_itself_and_is_asked(tmp_path):
    loads = dict.fromkeys(TRUST, (0, 1.0)) | dict.fromkeys(SERVICE, (1, 1.0))
    loads |= {STRANGE: (1, 0.6), "The car park is large": (0, 0.0)}
    report, asked = drafted(tmp_path, answered(4, loads))
    strange = [one for one in asked.constructs.values() if one.concept == "other"]
    assert [len(one.items) for one in strange] == [1, 1]
    (point,) = opened(report, "canteen")
    assert "fits no construct" in point
    assert "its answers go most with service (r = 0." in point
    assert len(opened(report, "car park")) == 1


@pytest.mark.parametrize("people", [12, 29])
def test_too_few_answers_speak_against_nothing(people):
    answers = answered(5, {"a1": (0, 1.0), "a2": (0, 1.0), "a3": (1, 1.0), "b1": (1, 1.0)})
    constructs = {"a": ["a1", "a2", "a3"], "b": ["b1"]}
    assert list(doubts(answers, constructs)) == ["a3"]
    assert doubts(answers.head(people), constructs) == {}
    assert nearest(answers["a3"].head(people), answers.head(people), {"b": ["b1"]}) == ("", 0.0)


def test_right_items_are_seldom_doubted():
    """A hundred questionnaires of two constructs: about one item in a hundred is asked about."""
    asked = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        moods = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=60)
        answers = pd.DataFrame({f"{'ab'[m]}{n}": moods[:, m] + rng.normal(size=60)
                                for m in (0, 1) for n in range(4)})  # fmt: skip
        asked += len(doubts(answers, {k: [f"{k}{n}" for n in range(4)] for k in "ab"}))
    assert asked <= 8
