"""What one client may see of station 7: its own rows, the surest first, none of too few people."""

import pandas as pd
import pytest

from crqlab.page.drivers import select
from crqlab.page.tables import table

ACCOUNTS = pd.DataFrame(
    {"account_id": ["a", "b"], "name": ["Åkers", "Berg"], "manager": "Eva", "n": [5, 2],
     "withheld": [False, True]}
)  # fmt: skip


@pytest.fixture
def selected(stationed_study_of, monkeypatch):
    """Select from tables of station 7 of which some have been changed."""
    study = stationed_study_of()

    def of(*, many=True, **changed):
        def read(study, name, **which):
            rows = table(study, name, **which)
            return changed[name](rows) if name in changed else rows

        monkeypatch.setattr(select, "table", read)
        return select.drivers(study, "C017", "2025", ACCOUNTS, many=many)

    return of


def test_drivers_stand_with_the_likeliest_first_and_ties_by_pressure(selected):
    def rows(found):
        three = pd.concat([found, found.head(1)], ignore_index=True)
        return three.assign(driver=list("abc"), probability=[0.2, 0.5, 0.2], pressure=[1, 0, 3])

    assert selected(driver_map=rows).map["driver"].tolist() == ["b", "c", "a"]


@pytest.mark.parametrize(("n", "shown"), [(2, 0), (3, 1)])
def test_a_client_has_a_first_priority_from_three_answers(selected, n, shown):
    found = selected(
        driver_focus=lambda rows: rows.assign(n=n), driver_map=lambda rows: rows.assign(n=n)
    )
    assert len(found.client) == shown
    assert found.map["withheld"].tolist() == [not shown] * 2
    assert found.map["gap"].isna().tolist() == [not shown] * 2
    assert found.map["importance"].notna().all()


def test_accounts_that_are_withheld_or_unknown_are_left_out(selected):
    def units(rows):
        accounts = rows[rows["kind"] == "account"].head(3).assign(unit=["b", "a", "x"])
        return pd.concat([rows[rows["kind"] != "account"], accounts])

    found = selected(driver_focus=units).accounts
    assert found[["unit", "name", "manager"]].to_numpy().tolist() == [["a", "Åkers", "Eva"]]


@pytest.mark.parametrize(("people", "shown"), [(1, False), (2, False), (3, True)])
def test_a_managers_driver_less_the_open_accounts_is_nobodys(selected, monkeypatch, people, shown):
    """Of Eva's accounts one is open and one withheld: what her mean leaves is that one's."""
    monkeypatch.setitem(ACCOUNTS, "n", [5, people])

    def units(rows):
        theirs = rows[rows["kind"] == "account"].head(2)
        theirs = theirs.assign(kind="account_manager", unit=["Eva", "Bo"], n=[9, 8])
        return pd.concat([rows[rows["kind"] != "account_manager"], theirs])

    found = selected(driver_focus=units).managers.set_index("unit")
    assert found["performance"].notna().to_dict() == {"Eva": shown, "Bo": True}
    assert found["gap"].notna().to_dict() == {"Eva": shown, "Bo": True}


def test_effects_are_those_of_all_answers_over_the_panel(selected):
    def four(rows):
        rows = pd.concat([rows] * 4, ignore_index=True)
        scope, level = ["panel", "client", "panel", "panel"], ["all", "all", "within", "all"]
        return rows.assign(scope=scope, level=level, effect=[0.1, 0.2, 0.3, float("nan")])

    assert selected(driver_effects=four).effects["effect"].tolist() == [0.1]
    assert selected(many=False, driver_effects=four).effects.empty
