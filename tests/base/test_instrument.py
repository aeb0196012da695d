"""Items turned round, foreign scales brought home."""

import pandas as pd
import pytest

from crqlab import Instrument


@pytest.fixture
def mixed():
    return Instrument.model_validate(
        {
            "name": "mixed",
            "version": "1",
            "scale": [1, 5],
            "items": {
                "a": "plain",
                "b": {"text": "turned", "reversed": True},
                "c": {"text": "ten points", "scale": [0, 10]},
                "d": {"text": "ten points, turned", "scale": [0, 10], "reversed": True},
            },
            "constructs": {"all": {"label": "All", "items": ["a", "b", "c", "d"]}},
            "crq": {"constructs": ["all"]},
        }
    )


def test_more_is_always_better_and_on_one_scale(mixed):
    answers = pd.DataFrame({"a": [1.0, 5.0], "b": [5.0, 1.0], "c": [0.0, 10.0], "d": [10.0, 0.0]})
    keyed = mixed.keyed(answers)
    assert keyed.iloc[0].tolist() == [1.0] * 4
    assert keyed.iloc[1].tolist() == [5.0] * 4


def test_gaps_stay_gaps(mixed):
    answers = pd.DataFrame({"b": [float("nan"), 2.0], "c": [2.5, float("nan")]})
    assert mixed.keyed(answers).isna().to_numpy().tolist() == [[True, False], [False, True]]
    assert mixed.keyed(answers).loc[0, "c"] == 2.0
