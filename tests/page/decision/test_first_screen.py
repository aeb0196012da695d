"""The first screen: what it may say of whom, in two sentences, three numbers and three accounts."""

import re
from dataclasses import replace

import numpy as np
import pytest

from crqlab.base.contracts.cautions import code
from crqlab.language import language
from crqlab.page.accounts.overview import overview, ranked_by
from crqlab.page.claim_table import claims
from crqlab.page.decision import first_screen, verdict_sentences
from crqlab.page.decision.select import tiles
from crqlab.participation.account_dispositions import UNASKED
from tests.page.reading import SHAPES, assert_heard, soup, told
from tests.page.reworded import left_english

HALVES = ("upper_half", "middle", "lower_half")
#: Words of statistics that a sales director need not know; interval, chance and n are left.
STATISTICS = re.compile(
    r"bootstrap|percentile|decile|probability|confidence|significan|coverage|shrunken|bayes", re.I
)


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


def said_of(view):
    return verdict_sentences(view, overview(view))


def placed(view, **changed):
    """The view with other facts in CRQ's place among the peers."""
    rows = view.benchmark.table.copy()
    own = rows["measure"] == "crq"
    for name, value in changed.items():
        rows.loc[own, name] = value
    return replace(view, benchmark=replace(view.benchmark, table=rows))


def foretelling(view, low):
    """The view of a panel whose model has an AUC of 0.7 from this lower end on."""
    rows = view.renewal.performance.copy()
    rows.loc[rows["measure"] == "auc", ["estimate", "low", "high"]] = [0.7, low, 0.8]
    losses = np.linspace(90_000, 1_000, len(view.renewal.accounts))  # of every account, shown
    accounts = view.renewal.accounts.assign(expected_loss=losses, chance="")
    return replace(view, renewal=replace(view.renewal, performance=rows, accounts=accounts))


def test_the_first_screen_can_be_read_and_heard_for_every_kind_of_client(seen):
    shown = first_screen(seen)
    assert_heard(shown)
    words = soup(shown).get_text(" ")
    assert not STATISTICS.search(words)
    doubtful = seen.measure("crq") is not None and seen.measure("crq")["flag"] != "ok"
    assert len(said_of(seen)) <= 2 + doubtful
    assert max(len(one.split()) for one in said_of(seen)) <= 25
    assert len(soup(shown).select(".tiles li")) <= 3


def test_nothing_of_it_is_left_english(stationed_view_of):
    view = stationed_view_of()
    swedish = first_screen(replace(view, language=language("sv")))
    assert left_english(swedish.html, language("sv")) == []


def test_stronger_or_weaker_is_said_only_where_the_claim_of_a_half_is(stationed_view_of):
    view = told(stationed_view_of(), change=0.0, verdict="no_clear_change")
    facts = {"percentile": 0.8, "n_clients": 10, "percentile_low": 0.51, "percentile_high": 0.95}
    views = [placed(view, half=half, **facts) for half in ("upper", "middle")]
    said = [said_of(one)[0] for one in views]
    assert said[0].startswith("Your relationships are stronger than at 8 of 10 peers")
    assert said[1].startswith("Your relationships are neither clearly stronger nor weaker")
    low = placed(view, percentile=0.2, n_clients=10, half="lower")
    assert said_of(low)[0].startswith("Your relationships are weaker than at 8 of 10")
    claimed = [set(claims(one)["claim"]) & set(HALVES) for one in (*views, low)]
    assert claimed == [{"upper_half"}, {"middle"}, {"lower_half"}]
    assert said_of(placed(view, half="unknown"))[0].startswith("Your customers rate")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("higher", "grown stronger since 2024"), ("lower", "grown weaker since 2024"),
     ("no_clear_change", "no clear change since 2024")],
)  # fmt: skip
def test_a_change_is_what_its_verdict_says_whatever_its_sign(stationed_view_of, verdict, words):
    view = told(stationed_view_of(), change=0.4, verdict=verdict)
    assert words in said_of(view)[0]


@pytest.mark.parametrize(
    ("flag", "doubt"),
    [(code("few_accounts", minimum=6), "Read with care: fewer than 6 accounts."),
     ("unequal_accounts", "Read with care: a few accounts with many voices carry this number: "
      "its interval may be too narrow.")],
)  # fmt: skip
def test_a_doubtful_number_is_called_so_beside_the_first_sentence(stationed_view_of, flag, doubt):
    assert not any("Read with care" in one for one in said_of(told(stationed_view_of(), flag="ok")))
    view = told(stationed_view_of(), flag=flag)
    assert said_of(view)[1] == doubt
    assert doubt in first_screen(view).sentence
    assert said_of(told(view, withheld=True))[1:] == said_of(view)[2:]


def test_a_change_that_is_withheld_makes_no_first_measurement(stationed_view_of):
    view = told(stationed_view_of(), change=np.nan, verdict="no_clear_change")
    assert view.before
    assert not re.search("first measurement|change|since", said_of(view)[0])
    assert "this is the first measurement" in said_of(stationed_view_of(waves=("2025",)))[0]


def test_money_is_named_only_by_a_model_that_foretells(stationed_view_of):
    view = stationed_view_of()
    able, unable = foretelling(view, 0.51), foretelling(view, 0.5)
    assert [tile.code for tile in tiles(able)] == ["crq", "nps", "loss"]
    assert "loss" not in [tile.code for tile in tiles(unable)]
    assert "at risk" in first_screen(able).sentence
    assert "the data cannot say yet" in first_screen(unable).sentence
    assert overview(unable)["expected_loss"].isna().all()
    assert ranked_by(overview(unable)) == "revenue"


def test_accounts_come_in_one_order_the_most_at_risk_first(stationed_view_of):
    view = foretelling(stationed_view_of(), 0.6)
    rows = overview(view)
    losses = rows["expected_loss"].dropna().to_numpy()
    assert len(losses) > 3
    assert (np.diff(losses) <= 0).all()
    named = [cell.get_text() for cell in soup(first_screen(view)).select(".pair th[scope=row]")]
    assert named == rows["name"].head(3).tolist()
    assert set(rows["account_id"]) == set(
        view.accounts.loc[~view.accounts["status"].isin(UNASKED), "account_id"]
    )


def test_no_trend_is_told_of_an_account_of_very_few_people(stationed_view_of):
    view = stationed_view_of()
    accounts = view.accounts.assign(change_low=0.2, change_high=0.9)
    rows = overview(replace(view, accounts=accounts)).set_index("account_id")["trend"]
    few = accounts.set_index("account_id")["withheld"]
    assert few.any()
    assert (rows[few[few].index.intersection(rows.index)] == "").all()
    assert (rows[few[~few].index.intersection(rows.index)] == "higher").any()


def test_the_heading_follows_the_result(stationed_view_of):
    view = stationed_view_of()
    row = view.drivers.client.iloc[:1]
    clear, open_ = (
        replace(view, drivers=replace(view.drivers, client=row.assign(clear=one)))
        for one in (True, False)
    )
    label = row["label"].iloc[0]
    assert f"Fix this first: {label}" in soup(first_screen(clear)).get_text()
    assert "Nothing stands out to fix first" in soup(first_screen(open_)).get_text()
    none = replace(view, drivers=replace(view.drivers, client=row.iloc[:0]))
    assert "too early to say" in soup(first_screen(none)).get_text()


def test_where_nothing_was_asked_that_could_be_weighed_answers_are_not_to_blame(stationed_view_of):
    view = stationed_view_of()
    none = replace(view, drivers=replace(view.drivers, client=view.drivers.client.iloc[:0]))
    assert "Too few people answered" in soup(first_screen(none)).get_text()
    own = view.instrument
    kept = {name: of for name, of in own.constructs.items() if own.kind(name) == "outcome"}
    bare = own.model_copy(update={"constructs": kept})
    said = soup(first_screen(replace(none, instrument=bare))).get_text()
    assert "asks too little to weigh one thing against another" in said
    assert "Too few people answered" not in said


def test_shares_are_of_all_money_at_risk_also_of_what_is_not_shown(stationed_view_of):
    view = foretelling(stationed_view_of(), 0.6)
    three = overview(view)["expected_loss"].head(3).sum()
    total = view.renewal.total.assign(expected_loss=10 * three, n_accounts=40)
    said = said_of(replace(view, renewal=replace(view.renewal, total=total)))[1]
    assert said.replace("\xa0", " ") == (
        "The first 3 of 40 customers carry 10 % of the money at risk."
    )


def test_an_account_of_few_people_stands_where_its_revenue_puts_it(stationed_view_of):
    view = foretelling(stationed_view_of(), 0.6)
    accounts = view.renewal.accounts.copy()
    big = overview(view)["account_id"].iloc[-1]
    hidden = (accounts["account_id"] == big).to_numpy(bool)
    accounts.loc[hidden, "expected_loss"] = np.nan
    accounts["chance"] = np.where(hidden, "even", "")
    people = view.accounts.copy()
    people.loc[people["account_id"] == big, "revenue"] = 1e12
    changed = replace(view, accounts=people, renewal=replace(view.renewal, accounts=accounts))
    assert overview(changed)["account_id"].iloc[0] == big
    words = soup(first_screen(changed)).get_text(" ")
    assert "renewal uncertain" in words
    assert "hold 100 % of the revenue" in words.replace("\xa0", " ")
