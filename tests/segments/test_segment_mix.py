"""Counts by segment add up, and agree with plain pandas."""

import numpy as np
import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code, codes, joined
from crqlab.language import language
from crqlab.language.segment_words import SegmentWords
from crqlab.segments import (
    actions,
    assign,
    expected_moves,
    followed,
    migration,
    mix,
    referral_candidates,
    renewal,
    segment_labels,
    segment_mix,
    sensitivity,
    shipped,
    smallest_changes,
)
from tests.segments.made import CONSTRUCTS, RULES, instrument, one, respondents, scored
from tests.segments.test_account_models import sorted_

PEOPLE = respondents(accounts=60, seed=9, most=4)
SCORED = scored(PEOPLE).assign(
    revenue=lambda t: 100.0 + np.arange(len(t)), renewed=lambda t: (np.arange(len(t)) % 4 > 0) * 1.0
)
ASSIGNED = assign(SCORED, RULES).join(SCORED[["revenue", "renewed", "n"]])
ASSIGNED = ASSIGNED.assign(due_revenue=ASSIGNED["revenue"], status="settled")
KEYS = ["client_id", "wave", "account_id"]


@pytest.fixture(scope="module")
def panel():
    quiet = pd.DataFrame([["C0", "2024", name] for name in "xyz"], columns=KEYS)
    return sorted_(PEOPLE, silent=quiet, draws=200)


@pytest.mark.parametrize("view", ["", "_then"])
def test_shares_are_summed_probabilities_and_silent_accounts_have_none(panel, view):
    found = mix(panel).table
    sums = found.groupby(["client_id", "wave"])[["share" + view, "revenue_share" + view]].sum()
    np.testing.assert_allclose(sums, 1)
    silent = found.query("status == 'silent' and client_id == 'C0' and wave == '2024'")
    assert silent["n" + view].item() == 3
    assert silent["share" + view].isna().item()
    posterior = panel.then if view else panel.whole
    shares = pd.DataFrame(posterior.shares, columns=list(RULES.names)).join(posterior.keys)
    middle = shares.groupby(["client_id", "wave"])[list(RULES.names)].mean()
    for row in found.query("status == 'sorted'").to_dict("records"):
        told = middle.loc[(row["client_id"], row["wave"]), row["segment"]]
        assert row["share" + view] == pytest.approx(told)
        assert row["low" + view] <= told <= row["high" + view]
        assert abs(row["n" + view] - 60 * told) < 1
    whole = found.query("status == 'sorted'").groupby(["client_id", "wave"])["n" + view].sum()
    assert (whole == 60).all()


def test_a_mix_too_small_for_a_model_may_be_anything():
    rows = mix(sorted_(respondents(accounts=2, seed=3))).table.query("status == 'sorted'")
    assert (rows["low"] == 0).all()
    assert (rows["high"] == 1).all()


def test_the_mix_of_a_wave_is_not_changed_by_later_answers(panel):
    later = PEOPLE["wave"] == "2025"
    moved = PEOPLE.assign(crq=PEOPLE["crq"].where(~later, 8 - PEOPLE["crq"]))
    quiet = pd.DataFrame([["C0", "2024", name] for name in "xyz"], columns=KEYS)
    own, other = (
        mix(one).table.query("wave == '2024'").filter(like="_then")
        for one in (panel, sorted_(moved, silent=quiet, draws=200))
    )
    pd.testing.assert_frame_equal(own, other)


@pytest.mark.parametrize(("up", "warned"), [(-0.4, False), (0.6, True)])
def test_a_mix_far_from_the_expected_one_is_warned_of(up, warned):
    people = PEOPLE.copy()
    names = [*CONSTRUCTS, "crq", "uniqueness", "ltr"]
    people[names] = (people[names] + up).clip(1, 10)
    total = mix(sorted_(people)).total
    far = [codes(cell) for cell in total["flag"]]
    expected = dict(RULES.traits.expected)
    last = total[total["wave"] == "2025"].set_index("segment")["share"]
    truly = [name for name, share in expected.items() if abs(last[name] - share) > 0.12]
    told = [one["segment"] for one in far[-1] if one["code"] == "far_from_expected"]
    assert told == truly
    assert ("far from the expected mix" in str(mix(sorted_(people)))) is bool(far[-1])


def test_a_mix_of_few_accounts_is_far_from_nothing():
    """Of 29 accounts any mix may be chance."""
    shares = pd.DataFrame({"segment": ["Ambassador", "Rational"], "share": [0.9, 0.1]})
    total = shares.assign(wave="2025", status="sorted", flag=segment_mix.FEW_ACCOUNTS)
    assert segment_mix._warned(total, {"Ambassador": 0.33}) == [segment_mix.FEW_ACCOUNTS] * 2
    assert "far" in segment_mix._warned(total.assign(flag="ok"), {"Ambassador": 0.33})[0]


def test_nothing_is_said_to_stay_truly_where_probabilities_are_not_known(panel):
    few = sorted_(respondents(accounts=2, seed=3))
    assert segment_labels(few).stays[["plain", "expected"]].isna().tolist() == [False, True]
    assert "truly stay" not in str(segment_labels(few))
    assert "truly stay" in str(segment_labels(panel))


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"Ambassador": 0.33, "Rational": 0.50, "Ambivalent": 0.05, "Opponent": 0.12}, []),
        (
            {"Ambassador": 0.25, "Rational": 0.44, "Ambivalent": 0.15, "Opponent": 0.16},
            ["rest_far_from_expected"],  # each within 12 points, the rest 14 above its 17
        ),
        (
            {"Ambassador": 0.46, "Rational": 0.39, "Ambivalent": 0.10, "Opponent": 0.05},
            ["far_from_expected"],
        ),
    ],
)
def test_the_others_share_what_the_expected_ones_leave(shares, told):
    total = pd.DataFrame({"segment": list(shares), "share": list(shares.values())})
    total = total.assign(wave="2025", status="sorted", flag="ok")
    flags = segment_mix._warned(total, dict(RULES.traits.expected))
    assert [[one["code"] for one in codes(flag)] for flag in flags] == [told] * 4


def test_a_tie_of_climbing_and_falling_counts_half():
    top, next_ = (RULES.names.index(name) for name in ("Ambassador", "Rational"))
    before = np.array([[next_] * 5, [top] * 5])
    now = np.array([[top, next_, top, next_, top], [top, next_, next_, top, top]])
    keys = pd.DataFrame({"client_id": "C0", "from_wave": "2024", "wave": "2025",
                         "account_id": ["a", "b"]})  # fmt: skip
    moves = expected_moves.Moves(keys, before, now, np.ones(2), np.array([True, True]))
    found = expected_moves.movement(moves, RULES.traits, RULES.names, 0.95)
    told = found.set_index("direction")
    assert told["value"].to_dict() == pytest.approx({"climbed": 0.6, "fell": 0.4, "stayed": 1.0})
    assert told["more_climbed"].tolist() == pytest.approx([0.6] * 3)  # 2 of 5, and half of 2 ties
    assert told["surely"].tolist() == [0, 0, 0]
    sure = expected_moves.Moves(
        keys, before, np.full((2, 5), top), np.ones(2), np.array([True] * 2)
    )
    found = expected_moves.movement(sure, RULES.traits, RULES.names, 0.95).set_index("direction")
    assert found["surely"].to_dict() == {"climbed": 1, "fell": 0, "stayed": 1}
    assert found["more_climbed"].tolist() == [1.0] * 3


def test_renewal_rates_are_those_of_pandas():
    found = renewal(ASSIGNED, RULES.names).set_index("segment")
    plain = ASSIGNED.groupby("segment")["renewed"].agg(["mean", "size"])
    for name, row in plain.iterrows():
        assert found.loc[name, "value"] == pytest.approx(row["mean"])
        assert found.loc[name, "n"] == row["size"]
    assert found[found.index.isna()]["flag"].tolist() == ["no_outcomes"]
    money = ASSIGNED.assign(kept=ASSIGNED["renewed"] * ASSIGNED["revenue"])
    sums = money.groupby("segment")[["kept", "revenue"]].sum()
    assert found.loc["Rational", "revenue_rate"] == pytest.approx(
        sums.loc["Rational", "kept"] / sums.loc["Rational", "revenue"]
    )


def test_sensitivity_is_what_assigning_again_says():
    found = sensitivity(SCORED, RULES)
    assert len(found) == len(RULES.cuts) * 2 * 5
    moved = assign(SCORED, RULES.moved({("crq", 5.5): 5.75}))["segment"]
    row = found.query("score == 'crq' and cut == 5.5 and change > 0").set_index("segment")
    assert row.loc["Ambassador", "share"] == pytest.approx((moved == "Ambassador").mean())
    assert row["moved"].iloc[0] == pytest.approx((moved != ASSIGNED["segment"]).mean())


def test_migration_keeps_every_account_and_adds_up_to_the_draws():
    lost = PEOPLE[~((PEOPLE["account_id"] == "A0000") & (PEOPLE["wave"] == "2025"))]
    lost = lost[~((lost["account_id"] == "A0001") & (lost["wave"] == "2024"))]
    found = sorted_(lost, draws=100)
    went, moved = migration(found)
    alone = went[(went["status"] == "not_asked") | (went["from_status"] == "new")]
    assert set(alone["client_id"]) == {"C0"}  # where nobody moved so there is no row
    for view in ("", "_then"):
        assert went["n" + view].sum() == 120
        assert went.loc[went["status"] == "not_asked", "expected" + view].sum() == pytest.approx(1)
        assert went.loc[went["from_status"] == "new", "expected" + view].sum() == pytest.approx(1)
        both = went[went["direction"].notna()].groupby("direction")["expected" + view].sum()
        told = moved.groupby("direction")["value" + view].sum()
        np.testing.assert_allclose(told[both.index], both)
        assert (moved["low" + view] <= moved["value" + view]).all()
        assert (moved["value" + view] <= moved["high" + view]).all()
    whole = found.whole
    paired = (whole.past >= 0).all(axis=1)
    stays = (whole.past[paired] == whole.labels[paired]).mean(axis=1).sum()
    assert moved.query("direction == 'stayed'")["value"].sum() == pytest.approx(stays)
    assert (moved["n"] == [58] * 3 + [60] * 3).all()


def test_moves_of_a_wave_are_not_changed_by_later_answers():
    third = PEOPLE[PEOPLE["wave"] == "2025"].assign(wave="2026")
    other = third.assign(**{n: 8 - third[n] for n in [*CONSTRUCTS, "crq", "uniqueness"]})
    one, two = (
        migration(sorted_(pd.concat([PEOPLE, late], ignore_index=True))) for late in (third, other)
    )
    for own, moved in zip(one, two, strict=True):
        keys = [c for c in own if not pd.api.types.is_numeric_dtype(own[c])]
        then = [[*keys, *[c for c in own if c.endswith("_then")]]] * 2
        first, second = (
            rows.loc[rows["wave"] == "2025", columns].query(f"{columns[-1]} > 0")
            for rows, columns in zip((own, moved), then, strict=True)
        )
        pd.testing.assert_frame_equal(first.reset_index(drop=True), second.reset_index(drop=True))
        assert own["n"].sum() == moved["n"].sum()


def test_without_a_model_any_number_may_have_moved():
    _, moved = migration(sorted_(respondents(accounts=3, clients=1, seed=5)))
    assert (moved["low"] == 0).all()
    assert (moved["high"] == 3).all()
    assert (moved["surely"] == 0).all()


def test_one_wave_has_no_migration():
    went, moved = migration(sorted_(PEOPLE[PEOPLE["wave"] == "2025"]))
    assert went.empty
    assert moved.empty


def test_an_outcome_counts_only_if_the_survey_came_first():
    def day(text):
        return pd.Timestamp(text)

    rows = pd.DataFrame({"client_id": "C", "wave": ["1", "2"], "account_id": "a"})
    asked = pd.DataFrame(
        {"client_id": "C", "wave": ["1", "2"], "started": [day("2023-05-01"), day("2024-05-01")]}
    )
    due = pd.DataFrame(
        {
            "client_id": "C",
            "account_id": "a",
            "due_on": [day("2023-01-01"), day("2023-09-01"), day("2024-06-01")],
            "outcome": ["churned", "renewed", "churned"],
            "decided_on": [day("2022-12-01"), day("2023-08-01"), day("2024-04-01")],
            "revenue": [1.0, 2.0, 3.0],
        }
    )
    found = followed(rows, asked, due)
    assert found["renewed"].tolist()[0] == 1.0
    assert found["due_revenue"].tolist()[0] == 2.0
    assert np.isnan(found["renewed"].tolist()[1])


def test_a_lift_leads_where_it_says_and_nothing_smaller_alone_does():
    found = smallest_changes(SCORED.head(60), RULES, instrument())
    rows = SCORED.head(60).iloc[found.row].reset_index(drop=True)
    lifted = rows.assign(**{name: rows[name] + points for name, points in found.shift.items()})
    assert assign(lifted, RULES)["segment"].tolist() == [RULES.names[k] for k in found.target]
    row = one(client_id="C0", wave="2025", account_id="A0000", crq=5.4, uniqueness=5.5)
    single = smallest_changes(row, RULES, instrument())
    (change,) = codes(single.change[0])
    assert (change["code"], len(change["scores"]), change["by"]) == ("raise", 1, 0.6)
    assert single.size[0] == pytest.approx(0.6)
    assert (RULES.names[single.place[0]], RULES.names[single.target[0]]) == (
        "Rational",
        "Ambassador",
    )


def test_an_account_that_only_lacks_recommendation_is_lifted_by_it():
    row = one(client_id="C0", wave="2025", account_id="A0000", nps=-20.0, mean_ltr=7.5)
    found = smallest_changes(row, RULES, instrument())
    assert codes(found.change[0]) == [
        {"code": "raise_recommendation", "scores": ["mean_ltr"], "by": 0.5}
    ]
    assert SegmentWords(language("en")).lift(found.change[0]) == "mean LTR by 0.5 of 10"


@pytest.mark.parametrize(
    ("cell", "english", "swedish"),
    [
        (code("raise", scores=["service"], by=0.3), "Service by 0.3", "Service med 0,3"),
        (
            code("raise", scores=["solution", "experience"], by=0.3),
            "Solution and Experience by 0.3 each",
            "Lösning och Upplevelse med 0,3 vardera",
        ),
        (
            code("raise_crq", by=1.2),
            "CRQ's constructs by 1.2 each",
            "CRQ:s begrepp med 1,2 vardera",
        ),
        (
            joined([code("raise_all", by=0.3), code("raise_recommendation", by=0.5)]),
            "all by 0.3 each, mean LTR by 0.5 of 10",
            "alla värden med 0,3 vardera, medel-LTR med 0,5 av 10",
        ),
    ],
)
def test_a_change_is_said_in_both_languages(cell, english, swedish):
    assert SegmentWords(language("en")).lift(cell) == english
    assert SegmentWords(language("sv")).lift(cell) == swedish


def test_an_ambassador_needs_no_lift():
    row = one(client_id="C0", wave="2025", account_id="A0000")
    assert len(smallest_changes(row, RULES, instrument()).row) == 0


OWNERS = SCORED[["client_id", "account_id"]].drop_duplicates().assign(account_manager="Eva")
STARTED = SCORED[["client_id", "wave"]].drop_duplicates().assign(started=pd.Timestamp("2025-05-01"))


def test_every_segment_has_actions_with_owner_and_date():
    found = actions(ASSIGNED, OWNERS, STARTED, shipped(), RULES.traits)
    ends = ASSIGNED["segment"].isin(["Opponent", "Stalker"])
    sure = ~ends | ((ASSIGNED["status"] == "settled") & (ASSIGNED["n"] >= 3))
    assert set(found["segment"]) == set(ASSIGNED.loc[sure, "segment"])
    assert (found["account_manager"] == "Eva").all()
    assert (found["due"] > pd.Timestamp("2025-05-01")).all()
    named = set(found.loc[found["segment"] == "Ambassador", "action"])
    assert named == {"recognise", "ask_for_referral", "co_create"}


def test_referrals_are_promoters_in_ambassador_accounts_not_yet_asked():
    found = referral_candidates(ASSIGNED, PEOPLE, OWNERS, "Ambassador")
    top = set(ASSIGNED.query("segment == 'Ambassador'")[KEYS].itertuples(index=False, name=None))
    want = {
        (*key, row.contact_id)
        for row in PEOPLE.itertuples()
        if row.ltr >= 9 and (key := (row.client_id, row.wave, row.account_id)) in top
    }
    assert set(found[[*KEYS, "contact_id"]].itertuples(index=False, name=None)) == want
    first = found["contact_id"].iloc[0]
    who = found.iloc[[0]][["client_id", "contact_id"]]
    less = referral_candidates(
        ASSIGNED, PEOPLE, OWNERS, "Ambassador", asked=who.assign(resting=True)
    )
    assert first not in set(less["contact_id"])
    assert set(less["flag"]) == {"ok"}
    again = referral_candidates(
        ASSIGNED, PEOPLE, OWNERS, "Ambassador", asked=who.assign(resting=False)
    )
    assert len(again) == len(found)  # the rest is over
    other = who.assign(client_id="somebody else's", resting=True)
    assert len(referral_candidates(ASSIGNED, PEOPLE, OWNERS, "Ambassador", asked=other)) == len(
        found)  # fmt: skip
