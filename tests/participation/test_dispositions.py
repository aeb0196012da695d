"""Who was asked, who kept silent, and three kinds of not having been asked."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab.base.errors import EstimateError
from crqlab.participation import dispositions

QUARTERS = {
    "25Q1": "2025-01-15",
    "25Q2": "2025-04-15",
    "25Q3": "2025-07-15",
    "25Q4": "2025-10-15",
    "26Q1": "2026-01-12",
    "26Q2": "2026-04-12",
}


def contacts(asked: str, days: dict[str, str | None] = QUARTERS) -> pd.DataFrame:
    """Return who was invited: ``a:25Q1 b:25Q2`` is account a in wave 25Q1 and b in 25Q2."""
    pairs = [one.split(":") for one in asked.split()]
    return pd.DataFrame(
        {
            "client_id": "k",
            "wave": [wave for _, wave in pairs],
            "account_id": [account for account, _ in pairs],
            "contact_id": [f"p{i}" for i in range(len(pairs))],
            "invited": True,
            "invited_on": pd.to_datetime([days.get(wave) for _, wave in pairs]),
        }
    )


def responses(given: str) -> pd.DataFrame:
    """Return the answers, written as the invitations are."""
    pairs = [one.split(":") for one in given.split()]
    rows = {
        "client_id": "k",
        "wave": pd.array([wave for _, wave in pairs], dtype="str"),
        "account_id": pd.array([account for account, _ in pairs], dtype="str"),
        "started": pd.Series(pd.NaT, index=range(len(pairs)), dtype="datetime64[ns]"),
    }
    return pd.DataFrame(rows)


def accounts(ids: str, since: dict[str, str] | None = None) -> pd.DataFrame:
    """Return the client's accounts."""
    days = pd.to_datetime([(since or {}).get(one) for one in ids.split()])
    return pd.DataFrame({"client_id": "k", "account_id": ids.split(), "customer_since": days})


def told(*tables: pd.DataFrame, wave: str, every: int = 12) -> dict[str, str]:
    """Return the status of every account in a wave."""
    rows = dispositions(*tables, every_months=every).of("k", wave).table
    return dict(zip(rows["account_id"], rows["status"], strict=True))


def test_five_fates_of_an_account_in_slices_of_a_quarter() -> None:
    asked = contacts("a:25Q1 b:25Q2 c:25Q3 d:25Q4 e:25Q4")
    given = responses("a:25Q1 d:25Q4")
    known = accounts("a b c d e f")
    assert told(asked, given, known, wave="25Q4") == {
        "a": "not_asked",
        "b": "not_asked",
        "c": "not_asked",
        "d": "answered",
        "e": "silent",
        "f": "never_asked",
    }
    assert told(asked, given, known, wave="25Q1")["b"] == "never_asked"


def test_a_turn_that_has_passed_is_another_thing_than_one_to_come() -> None:
    asked = contacts("a:25Q1 b:25Q2 c:26Q1 d:26Q2")
    rows = dispositions(asked, responses(""), accounts("a b c d")).table
    found = rows.set_index(["wave", "account_id"])
    assert found.loc[("26Q1", "a"), "status"] == "not_invited"  # 11.9 months, its turn was now
    assert found.loc[("26Q1", "b"), "status"] == "not_asked"  # 8.9 months
    assert found.loc[("26Q2", "b"), "status"] == "not_invited"
    assert found.loc[("26Q1", "a"), "months"] == pytest.approx(362 / (365.25 / 12))
    assert told(asked, responses(""), accounts("a b"), wave="26Q1", every=24)["a"] == "not_asked"


def test_who_became_a_customer_later_is_left_out_unless_heard() -> None:
    asked = contacts("a:25Q1 a:25Q2")
    known = accounts("a new heard", {"new": "2025-03-01", "heard": "2025-03-01"})
    assert told(asked, responses("heard:25Q1"), known, wave="25Q1") == {
        "a": "silent",
        "heard": "answered",
    }
    assert told(asked, responses(""), known, wave="25Q2")["new"] == "never_asked"


def test_without_dates_it_is_said_that_the_turn_is_not_known() -> None:
    asked = contacts("a:25Q1 b:25Q2", {})
    rows = dispositions(asked, responses("b:25Q2"), accounts("a b")).of("k", "25Q2").table
    assert rows[["status", "flag"]].to_numpy().tolist() == [
        ["not_asked", "no_dates"],
        ["answered", "ok"],
    ]
    assert rows["months"].isna().tolist() == [True, False]


def test_days_of_answers_stand_in_for_days_of_invitations() -> None:
    asked = contacts("a:25Q1 b:25Q2", {})
    given = responses("a:25Q1 b:25Q2").assign(started=pd.to_datetime(["2024-01-01", "2025-02-01"]))
    assert told(asked, given, accounts("a b"), wave="25Q2") == {"a": "not_invited", "b": "answered"}


def test_a_wave_of_which_nobody_recorded_who_was_asked_has_no_rows() -> None:
    asked = contacts("a:25Q1").assign(invited=False)
    assert dispositions(asked, responses("a:25Q1"), accounts("a")).table.empty
    assert str(dispositions(asked, responses("a:25Q1"), accounts("a"))).startswith(
        "Nobody recorded"
    )


def test_a_rhythm_is_a_month_or_more() -> None:
    with pytest.raises(EstimateError, match="every_months= is 0"):
        dispositions(contacts("a:25Q1"), responses(""), accounts("a"), every_months=0)
