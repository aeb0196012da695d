"""A client's view holds that client's rows and nobody else's, and keeps small groups back."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from crqlab import CrqError, StudyError, report
from crqlab.page import accounts, participation
from crqlab.page.assembly import view
from crqlab.page.client_view import ClientView
from tests.page.reading import plain
from tests.show.fixture import Shape, lay_out


def test_it_is_what_a_notebook_calls(study_of):
    assert isinstance(report.view(study_of(), client="C017", wave="2025"), ClientView)


@pytest.mark.parametrize("wave", ["2025", 2025, np.int64(2025)])
def test_a_wave_may_be_a_number_or_text(study_of, wave):
    assert view(study_of(), client="C017", wave=wave).wave == "2025"


def test_an_id_that_lost_its_leading_zeros_is_found_again(study_of):
    assert view(study_of(client="007"), client=7, wave=2025).client_id == "007"


def test_an_unknown_client_is_refused_with_those_there_are(study_of):
    with pytest.raises(CrqError, match=r"client= is 'C107'; use 'C017'"):
        view(study_of(), client="C107", wave="2025")


def test_an_unknown_wave_is_refused_with_the_nearest(study_of):
    with pytest.raises(CrqError, match=r"wave= of client C017 is '2026'; .*Did you mean '202"):
        view(study_of(), client="C017", wave=2026)


def test_a_missing_table_names_its_notebook(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=3))
    study.path("client_scores").unlink()
    with pytest.raises(StudyError, match=r"Run notebooks/30_scores\.ipynb first"):
        view(study, client="C017", wave="2025")


def test_numbers_are_those_of_the_tables_as_their_intervals_bear(study_of):
    seen = view(study_of(), client="C017", wave="2025").measure("crq")
    table = study_of().read("client_scores")
    row = table.query("wave == '2025' and measure == 'crq' and roll_up == 'respondents'").iloc[0]
    exact = row[["value", "low", "high"]].astype(float)
    assert 0.1 <= exact["high"] - exact["low"] < 1, "two digits of its width are two decimals"
    assert [seen["value"], seen["low"], seen["high"]] == exact.round(2).tolist() != exact.tolist()


def test_the_headline_takes_whole_accounts_as_the_sampling_unit(study_of):
    seen = view(study_of(), client="C017", wave="2025")
    assert seen.measure("nps")["method"] == "account_t"
    assert set(seen.scores.roll_ups["method"]) == {"account_t", "adjusted_wald"}


def test_a_change_is_clear_only_if_its_interval_leaves_zero_out(study_of):
    rows = view(study_of(), client="C017", wave="2025").measures.dropna(subset=["change"])
    expected = np.where(
        rows["change_low"] > 0,
        "higher",
        np.where(rows["change_high"] < 0, "lower", "no_clear_change"),
    )
    assert rows["verdict"].tolist() == expected.tolist()
    assert len(rows) > 4


def test_later_waves_stay_unseen(study_of):
    seen = view(study_of(), client="C017", wave="2024")
    assert list(seen.scores.trend["wave"].unique()) == ["2023", "2024"]
    assert seen.before == "2023"


def test_a_first_wave_has_no_change(study_of):
    seen = view(study_of(waves=("2025",)), client="C017", wave="2025")
    assert seen.before == ""
    assert seen.measures["change"].isna().all()
    assert (seen.measures["verdict"] == "unknown").all()


def test_other_clients_rows_are_left_out(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=4))
    for name in ("responses", "respondents", "account_scores", "client_scores"):
        mine = study.read(name)
        other = mine.assign(client_id="C999")
        if "response_id" in other:
            other["response_id"] = "x" + other["response_id"]
        study.write(name, pd.concat([mine, other], ignore_index=True))
    alone = view(lay_out(tmp_path / "alone", Shape(accounts=4)), client="C017", wave="2025")
    beside = view(study, client="C017", wave="2025")
    for name in ("accounts", "comments"):
        pd.testing.assert_frame_equal(getattr(beside, name), getattr(alone, name))
    for name in ("measures", "trend", "roll_ups", "parts", "ltr", "agreement"):
        pd.testing.assert_frame_equal(getattr(beside.scores, name), getattr(alone.scores, name))


def test_who_was_asked_and_answered_is_counted_once_in_the_station(study_of):
    asked = view(study_of(), client="C017", wave="2025").participation.counts
    contacts = study_of().read("contacts").query("wave == '2025'")
    assert asked.contacts == len(contacts)
    assert asked.accounts == contacts["account_id"].nunique() == 14
    assert (asked.accounts_answered, asked.contacts_answered) == (12, len(contacts) - 2)
    assert asked.uninvited == 0
    rows = study_of().read("completion", client="C017", wave="2025").set_index("unit")
    assert (asked.contacts, asked.contacts_answered) == tuple(
        rows.loc["contacts", ["asked", "answered"]]
    )


def test_revenue_coverage_leaves_accounts_out_that_nobody_asked(study_of):
    seen = view(study_of(), client="C017", wave="2025")
    revenue = 1e6 / (1 + np.arange(15))
    asked = np.delete(revenue, 12)  # A012 has no contact
    assert seen.participation.counts.revenue == round(revenue[:12].sum() / asked.sum(), 2)


def test_small_accounts_show_no_score(study_of):
    rows = view(study_of(), client="C017", wave="2025").scored
    small = rows[rows["n"] < 3]
    hidden = ["crq", "low", "high", "nps", "mean_ltr", "sd", "rwg_j", "uniqueness", "trust",
              "promoters", "detractors", "shrunken", "shrunken_low", "shrunken_high", "weight",
              "change", "change_low", "change_high"]  # fmt: skip
    assert len(small) >= 2
    assert small[hidden].isna().all(axis=None)
    large = rows[rows["n"] >= 3]
    assert large[["crq", "shrunken"]].notna().all(axis=None)
    assert (large["shrunken"] == large["shrunken"].round(1)).all()


def test_nps_is_withheld_where_few_answered_it_though_many_have_a_score(tmp_path):
    study = lay_out(tmp_path, Shape())
    scores = study.read("account_scores")
    scores.loc[scores["n"] == 9, "n_ltr"] = 2
    study.write("account_scores", scores)
    rows = view(study, client="C017", wave="2025").scored
    nine = rows[rows["n"] == 9].iloc[0]
    assert np.isnan(nine["nps"])
    assert not np.isnan(nine["crq"])


def test_a_client_of_two_respondents_has_no_number_on_the_page(study_of):
    seen = view(study_of(accounts=2, most=1), client="C017", wave="2025")
    assert seen.measures["withheld"].all()
    assert seen.measures[["value", "low", "high", "change"]].isna().all(axis=None)
    assert seen.scores.trend["value"].isna().all()
    assert seen.scores.ltr.empty
    assert seen.scores.roll_ups["value"].isna().all()


def test_waves_follow_each_other_as_people_count(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=4))
    names = {"2023": "wave 9", "2024": "wave 10", "2025": "wave 11"}
    for name in ("responses", "respondents", "account_scores", "client_scores"):
        table = study.read(name)
        study.write(name, table.assign(wave=table["wave"].map(names)))
    seen = view(study, client="C017", wave="wave 10")
    assert list(seen.scores.trend["wave"].unique()) == ["wave 9", "wave 10"]


def test_without_a_list_of_contacts_rates_are_not_made_up(study_of):
    seen = view(study_of(contacts=False), client="C017", wave="2025")
    assert seen.participation.counts.contacts is None
    assert set(seen.accounts["status"]) == {"scored", "unheard"}


def test_accounts_are_said_to_stand_by_what_is_known_of_them(study_of):
    seen = view(study_of(), client="C017", wave="2025")
    assert "the greatest revenue first" in plain(accounts.account_table(seen))
    poor = dataclasses.replace(seen, accounts=seen.accounts.assign(revenue=float("nan")))
    said = plain(accounts.account_table(poor))
    assert "by name; what they pay is not known" in said
    assert "greatest revenue" not in said


def test_nobody_is_called_silent_where_nobody_recorded_who_was_asked(study_of):
    seen = view(study_of(contacts=False, silent=3), client="C017", wave="2025")
    shown = [
        section(seen)
        for section in (accounts.account_table, accounts.meeting_sheets, participation.silent)
    ]
    words = " ".join(plain(one) for one in shown)
    assert len(seen.accounts.query("status == 'unheard'")) == 3
    assert not re.search("silent", words, re.I)
    assert words.count("No answer") >= 3
    assert "nobody recorded whether anybody was asked" in words
    assert "people who answered; who was asked is not recorded" in words
    asked = view(study_of(silent=3), client="C017", wave="2025")
    assert "Silent" in plain(accounts.account_table(asked))
    assert "people who answered, of those who were asked" in plain(accounts.account_table(asked))
