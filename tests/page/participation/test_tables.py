"""What a page says of participation is what the tables of station 2 say, rounded once."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.page import participation as section
from crqlab.page import summary
from crqlab.page.participation.export import answered_slide

EVERY = """
completion nonresponse completion_by_group silent voices concentration continuity questions plan
"""
SHAPES = {
    "plain": {},
    "three accounts": {"accounts": 3, "silent": 0},
    "four hundred accounts": {"accounts": 400, "most": 14, "silent": 90},
    "one wave, one account manager": {"waves": ("2025",), "managers": 1},
    "no LTR, few other clients": {"ltr": False, "others": 4},
    "two people": {"accounts": 2, "most": 1},
}


def read(shown):
    return BeautifulSoup(shown.html, "html.parser")


def cells(shown, number=0):
    """Rows of a table as lists of text, the heading first."""
    table = read(shown).find_all("table")[number]
    return [[c.get_text() for c in tr.find_all(["th", "td"])] for tr in table.find_all("tr")]


def plain(shown):
    return read(shown).get_text(" ").replace("\xa0", " ").replace("−", "-")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", EVERY.split())
def test_everything_can_be_laid_out_for_every_kind_of_client(asked_view_of, shape, name):
    shown = getattr(section, name)(asked_view_of(**SHAPES[shape]))
    page = read(shown)
    assert shown.sentence
    assert len(page.find_all("caption")) == len(page.find_all("table"))
    assert all(th.get("scope") for th in page.find_all("th"))
    assert "nan" not in page.get_text().lower().split()
    assert "None" not in page.get_text()


@pytest.mark.parametrize("name", EVERY.split())
def test_a_study_without_the_station_is_laid_out_too(view_of, name):
    shown = getattr(section, name)(view_of(contacts=False))
    assert shown.sentence
    assert len(read(shown).find_all("caption")) == len(read(shown).find_all("table"))


def test_contacts_accounts_and_revenue_stand_with_their_intervals_and_the_target(asked_view_of):
    view = asked_view_of()
    head, *rows = cells(section.completion(view))
    assert head == ["Who", "Asked", "Answered", "Share", "Interval"]
    named = {"contacts": "Contacts", "accounts": "Customers", "revenue": "Revenue"}
    for shown, (unit, name) in zip(rows, named.items(), strict=True):
        row = view.participation.share(unit)
        assert shown[0] == name
        assert [shown[1], shown[2]] == [f"{row['asked']:,.0f}", f"{row['answered']:,.0f}"]
        assert shown[3].replace("\xa0", " ") == f"{100 * row['value']:.0f} %"
        assert (
            shown[4].replace("\xa0", " ") == f"{100 * row['low']:.0f} to {100 * row['high']:.0f} %"
        )
    said = plain(section.completion(view))
    assert "60 of 200 contacts (30 %) answered; they speak for 10 of 20 customers (50 %)" in said
    assert "30 % of revenue: the target of 80 % is missed" in said
    assert "Intervals:" not in said, "methods are for the reviewer"
    said = plain(section.completion(view, methods=True))
    assert "Intervals: contacts: " in said
    assert "; customers: " in said
    assert "Wilson" not in said, "the method is the table's, not made up"


def test_answers_without_contact_ids_tell_accounts_and_revenue_only(asked_view_of):
    view = asked_view_of()
    rows = view.participation.completion.copy()
    people = (rows["unit"] == "contacts").to_numpy()
    rows.loc[people, ["value", "low", "high", "answered"]] = np.nan
    changed = dataclasses.replace(view.participation, completion=rows)
    view = dataclasses.replace(view, participation=changed)
    _, *shown = cells(section.completion(view))
    assert [row[0] for row in shown] == ["Customers", "Revenue"]
    said = plain(section.completion(view))
    assert said.startswith("10 of 20 customers (50 %) answered and 30 % of revenue: the target")
    assert view.participation.counts.contacts == 200
    assert answered_slide(view) is None


@pytest.mark.parametrize(
    ("value", "says"), [(0.8, "reached"), (0.797, "just missed"), (0.5, "missed")]
)
def test_the_target_is_judged_before_rounding(asked_view_of, value, says):
    view = asked_view_of()
    rows = view.participation.completion.copy()
    rows.loc[(rows["dimension"] == "all") & (rows["unit"] == "revenue"), "value"] = value
    changed = dataclasses.replace(view.participation, completion=rows)
    said = plain(section.completion(dataclasses.replace(view, participation=changed)))
    assert f"of 80 % is {says}." in said


def test_the_place_among_other_clients_is_said_without_their_names(asked_view_of):
    said = plain(section.completion(asked_view_of()))
    assert "More contacts answered than at 50 % of the other 12 firms" in said
    assert "X0" not in said
    few = plain(section.completion(asked_view_of(others=4)))
    assert "other 4 clients" not in few


def test_groups_show_counts_shares_intervals_and_small_cells(asked_view_of):
    shown = section.completion_by_group(asked_view_of())
    head, *rows = cells(shown)
    assert [row[0] for row in rows] == ["user", "buyer\xa0*"]
    assert rows[1][1:3] == ["1 of 4", "25\xa0%"]
    assert "* buyer: few contacts." in plain(shown)
    assert head[1:4] == ["Contacts answered", "Share", "Interval"]
    managers = cells(shown, 1)[1:]
    assert [row[0] for row in managers] == ["Manager 2", "Manager 1", "Manager 0"]


def test_too_many_groups_are_counted_not_dropped(asked_view_of):
    view = asked_view_of(managers=24)
    table = cells(section.completion_by_group(view), 1)
    assert len(table) == 1 + 20
    left = view.participation.completion.query(
        "dimension == 'account_manager' and unit == 'contacts'"
    )
    asked = int(left["asked"].sort_values().head(4).sum())
    assert f"4 more with {asked} contacts between them" in plain(section.completion_by_group(view))


def test_raw_adjusted_and_bounds_stand_side_by_side(asked_view_of):
    view = asked_view_of()
    head, *rows = cells(section.nonresponse(view))
    assert head[1:5] == ["CRQ", "Interval", "NPS", "Interval"]
    assert [row[0] for row in rows][:2] == ["As answered", "Weighted by who tends to answer"]
    names = ("raw", "weighted", "late", "like the answered", "passives", "detractors")
    for shown, name in zip(rows, names, strict=True):
        crq, nps = (view.participation.score(measure, name) for measure in ("crq", "nps"))
        assert shown[1] == f"{crq['value']:.2f}"
        assert shown[2] == f"{crq['low']:.2f} to {crq['high']:.2f}"
        written = f"{nps['value']:+.0f}" if nps["value"] else "0"  # zero has no sign
        assert shown[3].replace("−", "-") == written
    said = plain(section.nonresponse(view))
    assert "no weighting can tell" in said
    assert "silence may depend on the score" in said
    low = view.participation.score("crq", "detractors")["value"]
    assert f"it would be {low:.2f} with all silent contacts detractors" in said


def test_the_headline_carries_the_adjusted_figure_and_the_bounds(asked_view_of, view_of):
    view = asked_view_of()
    crq = {
        name: view.participation.score("crq", name) for name in ("weighted", "detractors", "raw")
    }
    said = plain(summary.headline(view))
    assert (
        f"Adjusted for the silent {crq['weighted']['value']:.2f} ({crq['weighted']['low']:.2f} to "
        f"{crq['weighted']['high']:.2f}); bounds {crq['detractors']['value']:.2f} to "
        f"{crq['raw']['value']:.2f}"
    ) in said
    assert said.count("Adjusted for the silent") == 2
    assert "Adjusted" not in plain(summary.headline(view_of()))


def test_silent_accounts_are_ranked_by_revenue_with_since_when_and_their_last_score(asked_view_of):
    view = asked_view_of(silent=6)
    head, *rows = cells(section.silent(view))
    table = view.participation.silent
    assert [row[0] for row in rows] == table["name"].tolist()
    revenue = [float(row[head.index("Revenue a year (EUR)")].replace(",", "")) for row in rows]
    assert revenue == sorted(revenue, reverse=True)
    assert {row[head.index("Silent since")] for row in rows} == {"2025"}
    assert rows[0][head.index("Last score")] == "never answered"
    assert "1.23" not in plain(section.silent(view)), "one person's last score is that person's"
    assert "3 of them the time before" in plain(section.silent(view))


def test_of_many_silent_accounts_the_rest_is_counted_and_weighed(asked_view_of):
    view = asked_view_of(accounts=400, most=14, silent=90)
    assert len(cells(section.silent(view))) == 1 + 25
    left = view.participation.silent["revenue"].iloc[25:].sum()
    assert f"65 more accounts were silent and pay {left:,.0f} EUR" in plain(section.silent(view))


@pytest.mark.parametrize("accounts", [3, 400])
def test_the_grid_shows_who_is_not_heard(asked_view_of, accounts):
    view = asked_view_of(accounts=accounts, silent=0, most=14)
    head, *rows = cells(section.voices(view))
    assert head == ["Account", "buyer", "executive", "user"]
    table = view.participation.voices.set_index(["name", "role"])
    for row in rows:
        for role, cell in zip(head[1:], row[1:], strict=True):
            found = table.loc[(row[0], role)]
            assert ("?" in cell) == (found["status"] != "heard")
            if found["status"] == "heard":
                assert cell == f"{found['answered']} of {found['asked']}"
    gaps = view.participation.voices.query("status != 'heard'")["account_id"].nunique()
    assert len(rows) == min(gaps, 25)
    said = plain(section.voices(view))
    assert (f"{gaps - 25} more accounts with a role that is not heard" in said) == (gaps > 25)


def test_the_role_that_is_missing_most_often_is_so_by_share(asked_view_of):
    view = asked_view_of()
    status = [("user", i, "silent" if i < 3 else "heard") for i in range(10)]
    status += [("buyer", i, "not asked" if i else "heard") for i in range(2)]
    rows = pd.DataFrame(status, columns=["role", "account_id", "status"])
    rows = rows.assign(name=rows["account_id"].map("N{}".format), revenue=1.0, asked=2, answered=1)
    changed = dataclasses.replace(view.participation, voices=rows)
    said = plain(section.voices(dataclasses.replace(view, participation=changed)))
    assert "At 3 of 10 accounts at least one role is not heard" in said
    assert "most often it is buyer, missing at 1 of 2." in said
    assert "At 7 accounts every role is heard." in said


def test_account_managers_stand_with_what_hangs_on_them(asked_view_of):
    view = asked_view_of()
    head, *rows = cells(section.concentration(view))
    for shown, row in zip(rows, view.participation.managers.itertuples(), strict=True):
        assert shown[0] == row.name
        assert shown[head.index("Share of revenue")] == f"{100 * row.revenue_share:.0f}\xa0%"
        without = "–withheld" if row.withheld else f"{row.crq_without:.2f}"
        assert shown[head.index("CRQ without")] == without
    said = plain(section.concentration(view))
    assert "are heard through one person only" in said
    assert "secret" not in said, "no contact is named"


def test_a_single_account_manager_holds_everything(asked_view_of):
    said = plain(section.concentration(asked_view_of(managers=1)))
    assert "All accounts with a score belong to one account manager, Eva Lind" in said
    assert "very few people" not in said


def test_continuity_names_where_nobody_stayed(asked_view_of):
    view = asked_view_of()
    said = plain(section.continuity(view))
    share = (
        view.participation.continuity["stayed"].sum()
        / view.participation.continuity["before"].sum()
    )
    assert f"{100 * share:.0f} % were asked again (95 % interval" in said
    assert "At 3 of 15 accounts nobody stayed: Account 4, Account 9, Account 14." in said


def test_questions_are_asked_and_nobody_is_accused(asked_view_of):
    view = asked_view_of()
    shown = section.questions(view)
    _, row = cells(shown)
    asks = "Is there a reason why so many of the invited contacts are of the role '<share>'?"
    assert row[:2] == ["Manager 1", asks]
    assert row[2:4] == ["62\xa0%", "90\xa0%"]
    said = plain(shown)
    assert "1 of 6 questions about 3 account managers is worth asking" in said
    assert "Were everybody honest, a wave would raise any in up to 5 % of cases" in said
    assert "Could not be looked into: contacts signed off late or never" in said
    quiet = view.participation.questions.assign(raised=False)
    changed = dataclasses.replace(view.participation, questions=quiet)
    calm = section.questions(dataclasses.replace(view, participation=changed))
    assert "None of 6 questions about 3 account managers stands out" in plain(calm)


def test_the_plan_says_what_to_expect_of_every_quarter_and_the_year(asked_view_of):
    head, *rows = cells(section.plan(asked_view_of()))
    assert [row[0] for row in rows] == ["2026 Q1", "2026 Q2", "2026 Q3", "Whole year"]
    assert [row[head.index("CRQ")] for row in rows] == ["± 0.31", "± 0.41", "± 0.51", "± 0.21"]
    assert [row[head.index("NPS")] for row in rows] == ["± 17", "± 17", "± 17", "± 17"]
    assert [row[head.index("Left in peace")] for row in rows] == ["4", "5", "6", "3"]
    said = plain(section.plan(asked_view_of()))
    assert "over the year expect CRQ ± 0.21 and NPS ± 17 if 30 % of contacts answer" in said


def test_where_nobody_asked_is_silent_the_page_says_so(asked_view_of):
    view = asked_view_of()
    nobody = dataclasses.replace(view.participation, silent=view.participation.silent.iloc[:0])
    missed = view.accounts[view.accounts["status"] != "silent"]
    shown = section.silent(dataclasses.replace(view, participation=nobody, accounts=missed))
    assert plain(shown).startswith("No account that was asked stayed silent.")
    assert [row[1] for row in cells(shown)[1:]] == ["Never asked"]


def test_contact_and_account_response_are_both_said(view_of):
    asked = view_of().participation.counts
    said = str(section.completion(view_of())).replace("\xa0", " ")
    assert f"{asked.contacts_answered} of {asked.contacts} contacts (" in said
    assert f"{asked.accounts_answered} of {asked.accounts} customers (" in said


def test_silent_accounts_are_named_and_never_scored(view_of):
    view = view_of()
    head, *rows = cells(section.silent(view))
    assert head == ["Account", "Status", "Account manager", "Revenue a year (EUR)",
                    "Contacts invited"]  # fmt: skip
    assert [row[1] for row in rows] == ["Silent", "Silent", "Never asked"]
    assert not {row[0] for row in rows} & set(view.scored["name"])
