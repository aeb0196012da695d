"""Years on a page: a fall, where contact was kept, and too early to say."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from crqlab.language import language
from crqlab.page import claims
from crqlab.page.years import later_years
from crqlab.page.years.data import Years
from crqlab.page.years.export import years_sheet
from crqlab.page.years.select import without_contrasts

SAME = {"client_id": "C017", "wave": "2025", "since": "customer_since", "measure": "crq",
        "level": 0.95, "p": 0.01, "q": 0.02, "flag": "ok"}  # fmt: skip


def gap(contrast, value, verdict, n=(30, 12)):
    ends = {"low": value - 0.3, "high": value + 0.3}
    return {**SAME, "contrast": contrast, "value": value, "verdict": verdict, **ends,
            "n_later": n[0], "n_first": n[1]}  # fmt: skip


def years(*gaps, panel=()):
    columns = list(gap("all", 0.0, "unknown"))
    curve = [
        {**SAME, "contact": contact, "year": year, "value": 5.0 - 0.1 * year, "low": 4.0, "high": 6,
         "n_accounts": 50}
        for contact in ("all", "kept", "lost") for year in range(1, 6)
        if contact == "all" or year > 1
    ]  # fmt: skip
    tables = (pd.DataFrame(rows, columns=columns) for rows in (gaps, panel))
    none = pd.DataFrame({"wave": [], "account_id": [], "year": [], "contact": []})
    return Years("customer_since", *tables, pd.DataFrame(curve if panel else []), none)


@pytest.fixture
def seen(view_of):
    return lambda found, spoken="en": dataclasses.replace(
        view_of(), years=found, language=language(spoken)
    )


def test_a_fall_and_kept_contact_are_said_with_intervals_and_accounts(seen):
    found = years(gap("all", -0.5, "lower"), gap("kept_less_lost", 0.6, "higher", (20, 10)))
    said = later_years(seen(found)).sentence
    assert said == (
        "In years 2 to 4 as a customer, CRQ is 0.5 lower than in the first (95\u00a0% interval "
        "−0.8 to −0.2; 30 and 12 customers). Where contact was kept, CRQ of those years is 0.6 "
        "higher than where it was lost (95\u00a0% interval +0.3 to +0.9; 20 and 10 customers)."
    )
    swedish = later_years(seen(found, "sv")).sentence
    assert "är CRQ 0,5 lägre än under det första" in swedish
    told = claims(seen(found)).set_index("claim")
    assert told.loc["later_years_fall", ["about", "value", "n"]].tolist() == ["client", -0.5, 42]
    assert told.loc["kept_contact_higher", "value"] == 0.6


def test_what_chance_may_do_is_too_early_to_say(seen):
    found = years(gap("all", -0.1, "no_clear_difference"))
    said = later_years(seen(found)).sentence
    assert said.startswith(
        "Too early to say whether CRQ falls in years 2 to 4 as a customer: it lies"
    )
    assert "fewer than 6 customers can be compared" in said
    told = claims(seen(found))
    assert "no_clear_later_years" in set(told["claim"])
    assert not {"later_years_fall", "kept_contact_higher"} & set(told["claim"])


def test_all_firms_are_told_beside_the_client_with_their_curve(seen):
    found = years(panel=(gap("all", -0.42, "lower", (900, 400)),))
    shown = later_years(seen(found))
    assert (
        "Of all firms together: In years 2 to 4 as a customer, CRQ is 0.42 lower" in shown.sentence
    )
    assert "4.90 (4.00 to 6.00; n = 50)" in shown.html
    assert claims(seen(found)).set_index("claim").loc["later_years_fall", "about"] == "panel"
    assert years_sheet(seen(found)).rows["group"].tolist() == ["panel"]


def test_what_is_withheld_is_not_said(seen):
    rows = years(gap("all", -0.5, "lower"), gap("kept_less_lost", 0.6, "higher"))
    gaps = without_contrasts(rows.gaps, rows.gaps["contrast"].eq("all"))
    assert np.isnan(gaps.loc[0, ["value", "low", "high"]].astype(float)).all()
    assert gaps["verdict"].tolist() == ["unknown", "higher"]
    assert gaps["flag"].tolist() == ["would_tell_smaller_group", "ok"]
    said = later_years(seen(dataclasses.replace(rows, gaps=gaps))).sentence
    assert "0.5" not in said
    assert "later_years_fall" not in set(
        claims(seen(dataclasses.replace(rows, gaps=gaps)))["claim"]
    )


def test_nothing_is_said_where_no_day_is_known(seen):
    found = dataclasses.replace(years(), since="")
    assert not later_years(seen(found)).html
