"""What is said where nobody recorded who was asked, or too little is known."""

from math import nan

import pandas as pd
import pytest

from crqlab.base.contracts.frames import empty
from crqlab.participation.completion_rank import completion_ranks
from crqlab.participation.completion_rates import Completion
from crqlab.participation.contact_continuity import Continuity
from crqlab.participation.early_and_late import TIMING, Timing
from crqlab.participation.selection_audit import Audit
from crqlab.participation.silent_accounts import Silent


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Timing(empty(TIMING), 0.95),
            "No dates of answers of people who were asked: early and late cannot be told apart",
        ),
        (Silent(empty("silent")), "No account is known to have been asked and to have kept silent"),
        (
            Continuity(empty("continuity"), empty("continuity_summary"), 0.95),
            "No account is known to have been asked in two waves: continuity is not known",
        ),
    ],
)
def test_what_nobody_recorded_is_not_told_as_what_did_not_happen(found, said):
    assert str(found) == said


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ([nan, nan], "too few answers to ask anything about 2 account managers"),
        ([0.4, nan], "none of 1 questions about 2 account managers needs an answer"),
    ],
)
def test_an_audit_without_a_question_clears_nobody(p, said):
    rows = pd.DataFrame(
        {"client_id": "a", "wave": "2025", "account_manager": ["x", "y"], "p": p, "raised": False}
    )
    assert str(Audit(rows, 0.95, 0.05)) == f"Selection audit: {said}"


@pytest.mark.parametrize(
    ("clients", "said"),
    [
        (["a"], "1 client: completion is 30 %; published: average"),
        (["a", "b"], "2 clients: completion is 45 % on average, from 30 to 60 %; published"),
        (["a", "b", "c"], "3 clients: completion is 50 % on average, most often 56-60 %, from 30"),
    ],
)
def test_one_client_has_no_average(clients, said):
    value = [0.3, 0.6, 0.59][: len(clients)]
    rates = pd.DataFrame({"client_id": clients, "wave": "2025", "dimension": "all"})
    rates = rates.assign(unit="contacts", asked=100.0, answered=value, value=value, flag="ok")
    rates = rates.assign(low=0.2, high=0.7)
    assert str(completion_ranks(Completion(rates, 0.95))).startswith(said)
