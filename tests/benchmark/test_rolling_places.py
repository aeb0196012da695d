"""Clients in slices are placed by all their accounts; a part of the items by nobody."""

import numpy as np
import pandas as pd
import pytest

from crqlab.base.codebook import Codebook
from crqlab.benchmark import Scores
from crqlab.benchmark.rolling_places import as_a_whole, comparable, errors_of_whole
from crqlab.benchmark.score_errors import score_errors

BOOK = Codebook.model_validate(
    {"title": "t", "responses": {"files": ["a.csv"]}, "waves": {"2": {"items": ["t1", "ltr"]}},
     "instrument": {"name": "n", "version": "1", "scale": [1, 7], "recommend": "R?",
                    "items": {"t1": "", "t2": "", "s1": ""},
                    "constructs": {"trust": {"label": "T", "items": ["t1", "t2"]},
                                   "sat": {"label": "S", "items": ["s1"]}},
                    "crq": {"constructs": ["trust", "sat"]}}})  # fmt: skip
TABLE = pd.DataFrame(
    {"client_id": ["a", "b", "a", "b"], "wave": ["1", "1", "2", "2"], "crq": [5.0, 4.0, 5.5, 4.5],
     "trust": [5.0, 4.0, 5.5, 4.5], "sat": [5.0, 4.0, np.nan, np.nan], "nps": [10.0, 0, 20, 5]}
)  # fmt: skip
SCORES = Scores(TABLE, ("crq", "trust", "sat", "nps"), "client")
STATE = pd.DataFrame(
    {"client_id": "a", "wave": ["1", "2"], "measure": "crq", "value": [5.2, 5.3],
     "low": [5.0, 4.9], "high": [5.4, 5.7], "level": 0.95, "n_accounts": 40}
)  # fmt: skip


def test_scores_of_other_items_are_nobodys_to_compare():
    found = comparable(SCORES, BOOK).table
    pulse = found["wave"] == "2"
    assert found.loc[pulse, ["crq", "trust", "sat"]].isna().all(axis=None)
    assert found.loc[pulse, "nps"].tolist() == [20, 5]
    assert found[~pulse].equals(TABLE[~pulse])
    everything = BOOK.model_copy(update={"waves": {}})
    assert comparable(SCORES, everything).table.equals(TABLE)


def test_the_state_of_all_accounts_stands_for_a_client_that_has_one():
    found = as_a_whole(comparable(SCORES, BOOK), STATE).table
    assert found["crq"].fillna(0).tolist() == [5.2, 4.0, 5.3, 0]
    assert found["nps"].tolist() == TABLE["nps"].tolist()
    assert as_a_whole(SCORES, STATE.iloc[:0]).table.equals(TABLE)


def test_its_doubt_is_that_of_the_state():
    own = TABLE.melt(["client_id", "wave"], ["crq", "nps"], "measure", "value")
    own = own.assign(low=own["value"] - 1, high=own["value"] + 1, level=0.95, n_accounts=9,
                     roll_up="respondents", method="account_t")  # fmt: skip
    whole = errors_of_whole(own, STATE)
    assert len(whole) == len(own)
    found = score_errors(SCORES, whole, None)["crq"]
    assert found[[0, 2]].tolist() == pytest.approx([0.2 / 1.96, 0.4 / 1.96], rel=1e-3)
    assert found[1] > 0.3
