"""The audit's questions counted by hand, against second routes, as laws and at their edges."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom, ttest_ind

from crqlab import EstimateError, scores, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import code, codes, has, joined
from crqlab.language import language
from crqlab.participation.audit_counts import roles, shares
from crqlab.participation.selection_audit import BLOCKED, QUESTIONS, audit
from crqlab.simulate.contact_selection import DOSES, gamed
from crqlab.simulate.raw import CODEBOOK

WHO = ["client_id", "wave", "account_manager", "topic"]
NUMBERS = ["found", "expected", "value", "low", "high", "p", "q", "n_accounts", "n_contacts"]


@pytest.fixture(scope="module")
def book():
    return yaml_documents.load(CODEBOOK, Codebook)


@pytest.fixture(scope="module")
def tables(book):
    drawn = gamed(simulate.panel(clients=8), "minutes", share=0.5).panel
    people = scores.respondents(drawn.responses, book)
    return {
        "contacts": drawn.contacts,
        "responses": drawn.responses[
            ["client_id", "wave", "response_id", "account_id", "contact_id", "started", "included"]
        ],
        "accounts": drawn.accounts,
        "respondents": people[["client_id", "wave", "account_id", "role", "crq"]],
    }


def small(accounts=6, people=4, managers=("Ann", "Bo")):
    """Frame of one client, everybody invited ten days after sign-off; nobody answers."""
    n = len(managers) * accounts
    crm = pd.DataFrame(
        {
            "client_id": "C1",
            "account_id": [f"A{i:03d}" for i in range(n)],
            "account_manager": np.repeat(managers, accounts),
            "tier": "A",
            "industry": "IT",
            "country": "SE",
        }
    )
    frame = pd.DataFrame(
        {
            "client_id": "C1",
            "wave": "2025",
            "account_id": crm["account_id"].repeat(people).to_numpy(),
            "contact_id": [f"P{i:04d}" for i in range(n * people)],
            "role": ["executive", "user"] * (n * people // 2),
            "invited": True,
            "invited_on": pd.Timestamp("2025-03-11"),
            "signed_off_on": pd.Timestamp("2025-03-01"),
        }
    )
    return frame, crm


def nobody():
    columns = ["client_id", "wave", "account_id", "started", "included", "role", "crq"]
    return pd.DataFrame(columns=columns).astype({"started": "datetime64[ns]", "crq": float})


def answers(crm, crq, started="2025-03-12 10:00"):
    rows = crm[["client_id", "account_id"]].assign(
        wave="2025", role="user", included=True, started=pd.Timestamp(started), crq=crq
    )
    return rows


def row(result, manager, topic):
    table = result.table
    return table[(table["account_manager"] == manager) & (table["topic"] == topic)].iloc[0]


def test_late_contacts_are_counted_by_hand():
    frame, crm = small()
    # of Ann's 24, 8 are late: 3 on the eve, 3 on the day, 2 after; two days ahead is in time
    frame.loc[0:2, "signed_off_on"] = pd.Timestamp("2025-03-10")
    frame.loc[4:6, "signed_off_on"] = pd.Timestamp("2025-03-11")
    frame.loc[8:9, "signed_off_on"] = pd.Timestamp("2025-03-15")
    frame.loc[12, "signed_off_on"] = pd.Timestamp("2025-03-09")
    frame.loc[30, "invited_on"] = pd.NaT  # not known: neither late nor in time
    frame.loc[31, "signed_off_on"] = pd.Timestamp("2025-03-12")
    found = audit(frame, nobody(), crm, nobody())
    ann, bo = row(found, "Ann", "late"), row(found, "Bo", "late")
    assert (ann["found"], ann["expected"]) == pytest.approx((8 / 24, 1 / 23))
    assert ann["value"] == pytest.approx(8 / 24 - 1 / 23)
    assert (ann["n_accounts"], ann["n_contacts"], bo["n_contacts"]) == (6, 24, 23)
    assert ann["p"] < 0.2 < bo["p"]
    strict = row(audit(frame, nobody(), crm, nobody(), notice=3), "Ann", "late")
    assert strict["found"] == pytest.approx(9 / 24)


def test_who_was_never_signed_off_is_counted_where_others_are():
    frame, crm = small()
    frame.loc[:13, "signed_off_on"] = pd.NaT  # 14 of Ann's 24
    ann = row(audit(frame, nobody(), crm, nobody()), "Ann", "late")
    assert (ann["found"], ann["expected"], ann["n_contacts"]) == (pytest.approx(14 / 24), 0, 24)
    assert ann["raised"]
    none = audit(frame.assign(signed_off_on=pd.NaT), nobody(), crm, nobody())
    assert row(none, "Ann", "late")["flag"] == joined([BLOCKED, "no_sign_off_dates"])


def test_invited_share_is_counted_by_hand_and_low_ones_are_asked_about():
    frame, crm = small(accounts=8, people=6)
    left_out = (frame.index < 48) & (frame.index % 6 > 1)
    frame["invited"] = ~left_out
    found = audit(frame, nobody(), crm, nobody())
    ann, bo = row(found, "Ann", "share"), row(found, "Bo", "share")
    assert (ann["found"], ann["expected"], ann["n_contacts"]) == (pytest.approx(2 / 6), 1, 48)
    assert ann["raised"]
    assert ann["value"] < 0
    assert ann["high"] < 0
    assert bo["p"] > 0.99
    assert not bo["raised"]


@pytest.mark.parametrize("source", ["wave", "draft"])
def test_exchanged_contacts_are_counted_by_hand(source):
    now, crm = small(accounts=6, people=4)
    before = now.copy()
    # account A000: two left out, two new; A001: one left out, none new; A002: one new, none out
    now.loc[[0, 1], "contact_id"] = ["new1", "new2"]
    now = now.drop(index=4)
    before = before.drop(index=8)
    if source == "wave":
        frame, draft = pd.concat([before.assign(wave="2024"), now]), None
    else:
        frame, draft = now, before
    found = audit(frame, nobody(), crm, nobody(), draft=draft).table
    ann = found[(found["wave"] == "2025") & (found["account_manager"] == "Ann")]
    ann = ann.set_index("topic").loc["swapped"]
    assert (ann["found"], ann["expected"]) == pytest.approx((2 / 23, 0))
    assert ann["n_contacts"] == 23


def test_the_role_that_stands_out_is_named():
    frame, crm = small(accounts=8, people=6)
    frame.loc[frame.index < 48, "role"] = (["executive"] * 5 + ["user"]) * 8
    asked = audit(frame, nobody(), crm, nobody())
    ann, bo = row(asked, "Ann", "roles"), row(asked, "Bo", "roles")
    assert (ann["found"], ann["expected"]) == pytest.approx((5 / 6, 1 / 2))
    assert ann["question"] == code("role_frequent", role="executive")
    # what Ann has too many of, Bo has too few of: only one of the two is asked
    assert np.isnan([ann["p"], bo["p"]]).sum() == 1
    mirror = "mirror_of_other_manager"
    assert [ann["flag"], bo["flag"]].count(mirror) == 1


def test_scores_of_lone_voices_are_compared_by_student():
    _, crm = small(accounts=9)
    crq = np.random.default_rng(3).normal(5, 0.8, 18)
    people = answers(crm, crq)
    asked = audit(None, people, crm, people)
    ann = row(asked, "Ann", "scores")
    student = ttest_ind(crq[:9], crq[9:], alternative="greater")
    assert ann["p"] == pytest.approx(student.pvalue)
    assert ann["value"] == pytest.approx(crq[:9].mean() - crq[9:].mean())
    interval = ttest_ind(crq[:9], crq[9:]).confidence_interval(0.95)
    assert (ann["low"], ann["high"]) == pytest.approx((interval.low, interval.high))


def test_scores_of_equal_accounts_are_compared_by_student_on_account_means():
    _, crm = small(accounts=7)
    rng = np.random.default_rng(8)
    means = rng.normal(5, 1, 14)
    crq = means.repeat(3) + rng.normal(0, 0.6, 42)
    people = answers(crm.loc[crm.index.repeat(3)], crq)
    ann = row(audit(None, people, crm, people), "Ann", "scores")
    means = crq.reshape(14, 3).mean(axis=1)
    student = ttest_ind(means[:7], means[7:], alternative="greater")
    assert ann["p"] == pytest.approx(student.pvalue, rel=1e-6)
    assert (ann["n_accounts"], ann["n_contacts"]) == (7, 21)


@pytest.mark.parametrize("late", [2, 4, 5, 6])
def test_single_contacts_are_compared_by_fisher(late):
    frame, crm = small(accounts=15, people=1)
    frame = frame.assign(role="user")
    frame.loc[[*range(late), *range(20, 28 - late)], "signed_off_on"] = pd.Timestamp("2025-03-11")
    ann = row(audit(frame, nobody(), crm, nobody()), "Ann", "late")
    exact = hypergeom.sf(late - 1, 30, 8, 15)
    assert ann["p"] == pytest.approx(exact, rel=0.1)


def test_habits_that_differ_among_honest_people_widen_what_is_honest():
    managers = [f"M{i}" for i in range(9)]
    frame, crm = small(accounts=8, people=10, managers=managers)
    owner, turn = frame.index // 80, frame.index % 10

    def late(shares_of):
        few = turn < 10 * np.array(shares_of)[owner] - 1e-9
        signed = frame["signed_off_on"].mask(few, pd.Timestamp("2025-03-11"))
        mixed = frame.assign(signed_off_on=signed.to_numpy())
        return row(audit(mixed, nobody(), crm, nobody()), "M8", "late")

    steady, various = late([0.3] * 8 + [0.8]), late([0, 0.1, 0.2, 0.3, 0.3, 0.4, 0.5, 0.6, 0.8])
    assert steady["expected"] == pytest.approx(various["expected"])
    assert steady["raised"]
    assert not various["raised"]


def test_looking_at_every_role_of_two_managers_is_paid_for():
    rng = np.random.default_rng(2)
    one = pd.DataFrame({"unit": [0] * 9 + [1] * 9, "block": 0, "stratum": 0, "whole": 6})
    users = one.assign(role="user", part=rng.integers(0, 6, 18))
    others = users.assign(role="other", part=6 - users["part"])
    single = min(shares(part, level=0.95)["p"].min() for part in (users, others))
    found = roles(pd.concat([users, others]), level=0.95)["p"]
    assert found.dropna().tolist() == pytest.approx([2 * 2 * single])


def test_a_better_mix_is_no_reason_to_ask():
    _, crm = small(accounts=20)
    # Bo has both industries and the gap between them; Ann has mostly the better one
    industry = np.array(["bank"] * 18 + ["IT"] * 2 + ["bank"] * 4 + ["IT"] * 16)
    noise = np.random.default_rng(4).normal(0, 0.5, 40)
    people = answers(crm, 4.5 + 0.8 * (industry == "bank") + noise)
    blind = row(audit(None, people, crm, people), "Ann", "scores")
    seeing = row(audit(None, people, crm.assign(industry=industry), people), "Ann", "scores")
    assert blind["raised"]
    assert not seeing["raised"]
    assert seeing["value"] < blind["value"] / 2


def test_answers_within_minutes_are_asked_about_unless_everybody_hurries():
    _, crm = small(accounts=12)
    rng = np.random.default_rng(6)
    spread = pd.to_timedelta(rng.integers(0, 8 * 3600, 24), unit="s")
    day = pd.to_timedelta(rng.integers(0, 10, 24), unit="D")
    usual = pd.Timestamp("2025-03-12 08:00") + spread + day
    together = pd.Timestamp("2025-03-14 14:00") + pd.to_timedelta(np.arange(12) * 3, unit="min")
    one = answers(crm, 5.0).assign(started=[*together, *usual[12:]])
    ann = row(audit(None, one, crm, one), "Ann", "minutes")
    assert ann["found"] == 11 + 10 + 9  # neighbours within 3, 6 and 9 minutes
    assert ann["raised"]


def test_an_invitation_that_everybody_opens_at_once_is_no_reason_to_ask():
    _, crm = small(accounts=20)
    rng = np.random.default_rng(6)
    day, second = rng.integers(1, 15, 40), rng.integers(0, 9 * 3600, 40)
    usual = pd.Timestamp("2025-03-12 09:00") + pd.to_timedelta(day * 86_400 + second, unit="s")
    at_once = pd.Timestamp("2025-03-12 09:00") + pd.to_timedelta(np.arange(9) * 150, unit="s")
    one = answers(crm, 5.0).assign(started=[*at_once, *usual[9:]])
    both = answers(crm, 5.0).assign(started=[*at_once, *usual[9:20], *at_once, *usual[29:]])
    alone = row(audit(None, one, crm, one), "Ann", "minutes")
    shared = row(audit(None, both, crm, both), "Ann", "minutes")
    assert alone["found"] == shared["found"]
    assert alone["raised"]
    assert shared["p"] > 0.2
    assert shared["expected"] > 3 * alone["expected"]


@pytest.mark.parametrize("topic", DOSES)
def test_every_game_is_found_when_it_is_played_hard(book, topic):
    hard = {"scores": 4.0}.get(topic, 0.9)
    game = gamed(simulate.panel(clients=12), topic, dose=hard, share=1)
    people = scores.respondents(game.panel.responses, book)
    drawn = game.panel
    table = audit(drawn.contacts, drawn.responses, drawn.accounts, people).table
    seen = table.merge(game.truth, on=WHO)
    big = seen[(seen["n_accounts_y"] >= 10) & seen["p"].notna()]
    assert len(big) > 2
    assert big["raised"].mean() > 0.75


def test_row_order_changes_nothing(tables):
    mixed = {name: rows.sample(frac=1, random_state=1) for name, rows in tables.items()}
    found, again = audit(**tables).table, audit(**mixed).table
    pd.testing.assert_frame_equal(found, again, rtol=1e-9)


def test_names_change_nothing(tables):
    renamed = {
        name: rows.assign(
            **{
                column: rows[column].map(lambda text: text if pd.isna(text) else text[::-1])
                for column in ("client_id", "account_id", "contact_id", "account_manager")
                if column in rows
            }
        )
        for name, rows in tables.items()
    }
    found = audit(**tables).table.set_index(WHO)
    again = audit(**renamed).table
    for column in ("client_id", "account_manager"):
        again[column] = again[column].str[::-1]
    again = again.set_index(WHO).loc[found.index]
    pd.testing.assert_frame_equal(found[NUMBERS], again[NUMBERS], rtol=1e-9)
    assert (found[["raised", "flag"]] == again[["raised", "flag"]]).all().all()


def test_another_client_changes_nothing(tables):
    alone = {name: rows[rows["client_id"] != "C003"] for name, rows in tables.items()}
    found = audit(**tables).table
    found = found[found["client_id"] != "C003"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, audit(**alone).table, rtol=1e-9)


def test_without_contacts_only_answers_are_looked_into(tables):
    table = audit(None, *list(tables.values())[1:]).table
    impossible = table["topic"].isin(["late", "swapped", "share", "roles"])
    assert table.loc[impossible, "p"].isna().all()
    assert all(has(flag, BLOCKED) for flag in table.loc[impossible, "flag"])
    assert table.loc[~impossible, "p"].notna().any()


@pytest.mark.parametrize(
    ("topic", "change", "says"),
    [
        ("late", {"signed_off_on": pd.NaT}, "no_sign_off_dates"),
        ("swapped", {}, "no_earlier_frame"),
        ("share", {}, "invited_contacts_only"),
        ("roles", {"role": None}, "fewer_than_two_roles"),
        ("roles", {"role": "user"}, "fewer_than_two_roles"),
        ("minutes", {}, "no_times_of_day"),
        ("scores", {}, "no_scores_that_differ"),
    ],
)
def test_says_what_is_missing(topic, change, says):
    frame, crm = small()
    frame = frame.assign(**change).astype({"signed_off_on": "datetime64[ns]"})
    people = answers(crm, np.nan, started="2025-03-12")
    table = audit(frame, people, crm, people).table
    rows = table[table["topic"] == topic]
    assert rows["flag"].tolist() == [joined([BLOCKED, says])] * 2
    assert rows["p"].isna().all()


def test_few_accounts_serve_as_peers_but_are_not_asked():
    frame, crm = small(accounts=6)
    crm["account_manager"] = ["Ann"] * 8 + ["Cy"] * 4
    frame.loc[frame.index % 4 == 0, "signed_off_on"] = pd.Timestamp("2025-03-20")
    frame.loc[1, "signed_off_on"] = pd.Timestamp("2025-03-20")
    found = audit(frame, nobody(), crm, nobody())
    ann, cy = row(found, "Ann", "late"), row(found, "Cy", "late")
    assert cy["flag"] == joined([BLOCKED, code("few_accounts", minimum=5)])
    assert np.isnan(cy["p"])
    assert ann["expected"] == 0.25
    assert ann["flag"] == "one_other_manager"


def test_nobody_is_compared_with_another_tier():
    frame, crm = small()
    frame.loc[:12, "signed_off_on"] = pd.Timestamp("2025-03-20")
    crm["tier"] = np.where(crm["account_manager"] == "Ann", "A", "B")
    flags = audit(frame, nobody(), crm, nobody()).table.query("topic == 'late'")["flag"]
    assert flags.tolist() == [joined([BLOCKED, "no_peers_of_tier"])] * 2


def test_a_sole_account_manager_has_no_peers():
    frame, crm = small(managers=("Ann",))
    people = answers(crm, 5.0)
    table = audit(frame, people, crm, people).table
    assert not table["raised"].any()
    assert table.set_index("topic").loc["late", "flag"] == joined([BLOCKED, "no_other_manager"])


def test_accounts_of_nobody_are_peers_without_a_row():
    frame, crm = small(managers=("Ann", "Bo", "Cy"))
    crm["account_manager"] = crm["account_manager"].where(crm["account_manager"] != "Cy")
    frame.loc[frame.index >= 48, "signed_off_on"] = pd.Timestamp("2025-03-20")
    found = audit(frame, nobody(), crm, nobody())
    assert set(found.table["account_manager"]) == {"Ann", "Bo"}
    assert row(found, "Ann", "late")["expected"] == pytest.approx(0.5)


def test_speaks_calmly_and_asks_questions(tables):
    frame, crm = small()
    frame.loc[[0, 30], "signed_off_on"] = pd.Timestamp("2025-03-20")
    quiet = audit(frame, nobody(), crm, nobody())
    assert str(quiet) == (
        "Selection audit: none of 2 questions about 2 account managers needs an answer"
    )
    loud = audit(**tables)
    raised = int(loud.table["raised"].sum())
    assert raised > 1
    assert str(loud).startswith(f"Selection audit: {raised} of ")
    families = len(loud.table.loc[loud.table["p"].notna(), WHO[:2]].drop_duplicates())
    assert families > 10
    assert str(loud).endswith(
        f"were everybody honest, any would be raised in up to 5 % of the {families} clients' waves"
    )
    first = loud.table.loc[loud.table["raised"], ["client_id", "wave"]].iloc[0]
    assert str(loud.of(*first)).endswith("any would be raised in up to 5 % of such waves")
    told = [codes(cell)[0].pop("code") for cell in loud.table["question"]]
    assert set(told) <= {*(question for question, *_ in QUESTIONS.values()), "role_frequent"}
    english = language("en")
    questions = {english.say(f"question.{one}", role="x") for one in told}
    assert all(question.endswith("?") for question in questions)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rate": 5}, "Use 0.05"),
        ({"least": 1}, "two accounts or more"),
        ({"minutes": 0}, "some minutes"),
        ({"level": 95}, "Use 0.95"),
    ],
)
def test_refuses_what_makes_no_sense(options, says):
    frame, crm = small()
    with pytest.raises(EstimateError, match=says):
        audit(frame, nobody(), crm, nobody(), **options)


def test_without_account_managers_there_is_nobody_to_ask():
    frame, crm = small()
    found = audit(frame, nobody(), crm.assign(account_manager=None), nobody())
    named = audit(frame, nobody(), crm, nobody())
    assert found.table.empty
    assert list(found.table) == list(named.table)
    assert found.table["raised"].dtype == bool
    assert str(found) == "Selection audit: no account manager is named, so nobody can be asked"


def test_one_clients_wave_is_taken_by_itself(tables):
    found = audit(**tables)
    one = found.of("C003", "2025")
    assert set(one.table["client_id"]) == {"C003"}
    assert set(one.table["wave"]) == {"2025"}
    assert len(one.table) == found.table.eval("client_id == 'C003' and wave == '2025'").sum()
