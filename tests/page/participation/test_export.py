"""Sheets and slides of participation hold what the page's tables hold."""

import dataclasses

import pandas as pd
import pytest

from crqlab.page.participation import export


def test_silent_accounts_on_a_slide_stand_with_revenue_and_since_when(asked_view_of):
    view = asked_view_of(silent=12)
    slide = export.silent_slide(view)
    rows = view.participation.silent
    assert slide.message == "12 customers kept silent: 12\xa0% of the revenue asked"
    assert list(slide.body.values) == pytest.approx(rows["revenue"].head(9).tolist())
    assert slide.body.labels[0] == f"{rows['name'].iloc[0]} (since 2025)"
    quiet = dataclasses.replace(view.participation, silent=rows.iloc[:0])
    assert export.silent_slide(dataclasses.replace(view, participation=quiet)) is None


def test_response_on_a_slide_is_counted_in_the_station(asked_view_of):
    slide = export.answered_slide(asked_view_of())
    assert slide.message.replace("\xa0", " ") == (
        "60 of 200 contacts (30 %) answered; they speak for 10 of 20 customers (50 %)"
    )
    assert list(slide.body.values) == pytest.approx([0.3, 0.5, 0.3])


def test_sheets_hold_the_rows_of_the_page_under_their_names(asked_view_of):
    view = asked_view_of()
    completion = export.completion_sheet(view).rows
    whole = completion["dimension"] == "all"
    assert set(completion.loc[whole, "group"]) == {""}
    assert completion["answered"].tolist() == view.participation.completion["answered"].tolist()
    plan = export.plan_sheet(view).rows.set_index("account_id")["name"]
    assert plan["A001"] == "Account 1"
    pd.testing.assert_series_equal(
        export.silent_sheet(view).rows["score"], view.participation.silent["score"]
    )
    managers = export.concentration_sheet(view).rows
    assert managers["crq_without"].tolist() == pytest.approx(
        view.participation.managers["crq_without"].tolist(), nan_ok=True
    )
