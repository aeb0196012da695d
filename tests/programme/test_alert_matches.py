"""What meets a rule in an open wave, and what has to wait until enough people have answered."""

import pandas as pd
import pytest

from crqlab.programme.alert_facts import alert_facts
from crqlab.programme.alert_matches import matches
from crqlab.programme.alert_rules import shipped_alerts
from tests.segments.made import instrument

NOW = pd.Timestamp("2025-03-31 12:00")
RULES, _ = shipped_alerts().fitted(instrument())


def tables(answers, *, contacts=(), before=()):
    """Accounts A (large) to E (small); answers are (account, ltr, trust, words)."""
    rows = [("2024", *one) for one in before] + [("2025", *one) for one in answers]
    responses = pd.DataFrame(rows, columns=["wave", "account_id", "ltr", "trust", "words"])
    responses = responses.assign(
        client_id="C", response_id=[f"r{place}" for place in range(len(rows))], role="user",
        contact_id=[f"p{place}" for place in range(len(rows))],
        started=[pd.Timestamp(f"{wave}-03-01") + pd.Timedelta(days=place)
                 for place, (wave, *_) in enumerate(rows)],
    )  # fmt: skip
    keys = ["client_id", "wave", "response_id", "account_id", "ltr", "trust"]
    scored = responses[responses["trust"].notna()]
    accounts = pd.DataFrame(
        {"client_id": "C", "account_id": list("ABCDE"), "name": list("ABCDE"), "tier": "x",
         "account_manager": ["Eva", "Bo", None, "Eva", "Eva"],
         "revenue": [900.0, 500, 300, 200, 100],
         "renewal_on": pd.to_datetime(["2025-06-01"] * 2 + ["2026-06-01"] * 3)}
    )  # fmt: skip
    asked = pd.DataFrame(
        [("C", "2025", one, True, pd.Timestamp("2025-03-10")) for one in contacts],
        columns=["client_id", "wave", "account_id", "invited", "invited_on"],
    ).astype({"invited": bool, "invited_on": "datetime64[ns]"})
    outcomes = pd.DataFrame({"client_id": ["C"], "account_id": ["C"], "outcome": ["open"],
                             "due_on": [pd.Timestamp("2025-04-10")]})  # fmt: skip
    return {"responses": responses, "respondents": scored[keys].assign(crq=scored["trust"]),
            "accounts": accounts, "contacts": asked, "outcomes": outcomes}  # fmt: skip


def found(*answers, least=3, seen=None, identified=False, **more):
    facts = alert_facts(tables(answers, **more), "C", "2025", NOW)
    made = matches(RULES, facts, least=least, seen=seen, identified=identified)
    rows = made.table
    return list(zip(rows["rule"], rows["account_id"], rows["waits"], strict=True)), made


HAPPY = (9, 6.0, "")


def test_a_detractor_counts_at_large_accounts_only_and_waits_for_the_minimum_group():
    rows, _ = found(("A", 6, 6.0, ""), ("B", 0, 6.0, ""), ("A", *HAPPY))
    assert rows == [("detractor_at_top_tier", "A", 1)]
    rows, made = found(("A", 6, 6.0, ""), ("A", 2, 6.0, ""), ("A", *HAPPY))
    assert rows == [("detractor_at_top_tier", "A", 0)]
    assert made.told["owner"].tolist() == ["Eva"]
    assert made.told["response_id"].tolist() == ["r0"]


def test_an_identified_programme_tells_every_answer_at_once():
    rows, made = found(("E", 9, 3.0, ""), ("E", 9, 2.0, ""), identified=True)
    assert rows == [("low_trust", "E", 0)] * 2
    assert made.table["response_id"].tolist() == ["r0", "r1"]


def test_what_comes_to_light_after_a_look_waits_for_as_many_new_people():
    four = [("E", *HAPPY)] * 3 + [("E", 9, 2.0, "")]
    assert found(*four)[0] == [("low_trust", "E", 0)]
    assert found(*four, seen={"E": 3})[0] == [("low_trust", "E", 2)]
    assert found(*four, seen={"E": 2})[0] == [("low_trust", "E", 0)]
    assert found(*four, *[("E", *HAPPY)] * 2, seen={"E": 3})[0] == [("low_trust", "E", 0)]


def test_an_answer_left_out_of_the_scores_meets_a_rule_by_its_words_alone():
    rows, _ = found(("A", 0, None, "Please call me"), least=1)
    assert rows == [("call_me", "A", 1)]  # none of the account is scored yet
    assert found(("A", 0, None, "Please call me"), identified=True)[0] == [("call_me", "A", 0)]


def test_a_fall_before_renewal_needs_enough_people_in_both_waves():
    now, then = [("A", 9, 5.0, "")] * 3, [("A", 9, 6.0, "")] * 3
    assert found(*now, before=then)[0] == [("falling_before_renewal", "A", 0)]
    assert found(*now[:2], before=then)[0] == [("falling_before_renewal", "A", 1)]
    rows, made = found(*now, before=then[:2])
    assert (rows, made.hidden) == ([], 1)
    assert found(*[("A", 9, 5.6, "")] * 3, before=then)[0] == []


@pytest.mark.parametrize(("account", "days"), [("A", 62), ("C", 10), ("D", 427)])
def test_a_contract_that_is_still_open_counts_where_no_renewal_is_known(account, days):
    given = tables([("A", *HAPPY)])
    given["accounts"].loc[2, "renewal_on"] = pd.NaT
    rows = alert_facts(given, "C", "2025", NOW).accounts.set_index("account_id")
    assert rows["renewal_days"][account] == days


def test_an_account_turned_silent_was_asked_answered_before_and_is_told_without_a_minimum():
    before = [("D", *HAPPY), ("E", *HAPPY), ("B", *HAPPY)]
    rows, made = found(("A", *HAPPY), ("B", *HAPPY), before=before, contacts="ABCD")
    assert rows == [("account_silent", "D", 0)]
    assert made.table["response_id"].isna().all()
    facts = alert_facts(tables([("A", *HAPPY)], before=before, contacts="ABCD"), "C", "2025", NOW)
    assert facts.accounts.set_index("account_id")["silent_days"]["D"] == 21.5


def test_an_account_that_no_table_lists_is_told_too():
    rows, made = found(("Z", 9, 1.0, ""), least=1)
    assert rows == [("low_trust", "Z", 0)]
    assert made.table["owner"].isna().all()


def test_a_wave_without_answers_has_no_alerts():
    assert found(before=[("A", *HAPPY)], contacts="A")[0] == []
