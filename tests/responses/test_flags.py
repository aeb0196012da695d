"""Planted oddities are found, each by its own check; clean answers are left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqlab import Codebook, responses
from crqlab.base.contracts import frames
from crqlab.responses.answers import UNUSABLE
from crqlab.responses.personal_data import personal_data

ITEMS = [f"q_{n}" for n in range(12)]
BOOK = {
    "title": "Flags",
    "instrument": {
        "name": "twelve",
        "version": "1",
        "scale": [1, 7],
        "items": dict.fromkeys(ITEMS, ""),
        "constructs": {"all": {"label": "All", "items": ITEMS}},
        "crq": {"constructs": ["all"]},
        "recommend": "Would you recommend us?",
        "comments": {"best": "Best?"},
    },
    "responses": {"files": ["a.csv"]},
}


def book(**checks):
    return Codebook.model_validate({**BOOK, "checks": checks})


def raw(n=400, seed=1, clients=4, languages=("en", "de", "fr"), waves=("2024", "2025")):
    """Clean answers: one latent relationship, items of different difficulty, honest times."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(0, 0.8, (n, 1))
    hard = rng.normal(0, 0.5, 12)
    items = np.clip(np.rint(5.1 + hard + latent + rng.normal(0, 0.9, (n, 12))), 1, 7)
    ltr = np.clip(np.rint(7.3 + 1.8 * latent[:, 0] + rng.normal(0, 1.2, n)), 0, 10)
    rows = pd.DataFrame(
        {
            "client_id": [f"C{k}" for k in rng.integers(clients, size=n)],
            "wave": rng.choice(waves, n),
            "response_id": [f"r{k}" for k in range(n)],
            "account_id": [f"A{k}" for k in rng.integers(60, size=n)],
            "contact_id": [f"p{k}" for k in range(n)],
            "role": "user",
            "language": rng.choice(languages, n),
            "batch": pd.Series([None] * n, dtype="str"),
            "started": pd.Timestamp("2025-01-01").as_unit("ns"),
            "seconds": np.rint(240 * np.exp(rng.normal(0, 0.35, n))),
            "ltr": ltr,
            "familiarity": np.nan,
            **dict(zip(ITEMS, items.T, strict=True)),
            "best": pd.Series([None] * n, dtype="str"),
        }
    )
    empty = {name: frames.empty(name) for name in ("contacts", "accounts", "outcomes", "clients")}
    origins = pd.DataFrame({"response_id": rows["response_id"], "file": "a.csv", "row": 2})
    return responses.Raw(
        rows, **empty, origins=origins, unusable=_unusable(), wording={}, study="t"
    )


def _unusable(*cells):
    return pd.DataFrame(cells, columns=UNUSABLE)


def changed(found, where, **columns):
    """The same study with some cells exchanged."""
    rows = found.responses.copy()
    for name, value in columns.items():
        rows.loc[where, name] = value
    return replace(found, responses=rows)


def flipped(found, where, items=tuple(ITEMS)):
    rows = found.responses.copy()
    rows.loc[where, list(items)] = 8 - rows.loc[where, list(items)]
    return replace(found, responses=rows)


def found_by(check, study, **checks):
    """Ids that a check flags, and the columns it names."""
    table = responses.flags(study, book(**checks)).table
    rows = table[table["check"] == check]
    return set(rows["response_id"]), set(rows["column"])


def ids(study, where):
    return set(study.responses.loc[where, "response_id"])


# --- clean data -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_clean_answers_are_hardly_ever_flagged(seed):
    flags = responses.flags(raw(n=2000, seed=seed), book())
    rate = flags.table.groupby("check")["response_id"].nunique() / flags.n
    assert "flipped" not in rate  # 6 language-waves of 300, 24 client-language-waves of 80
    assert "duplicate" not in rate
    assert "half_empty" not in rate
    assert rate.get("straight_line", 0) <= 0.003
    assert rate.get("speeder", 0) <= 0.004  # log-normal times, sd 0.35: 0.08 % expected
    assert flags.notes == ()


@pytest.mark.slow
def test_small_groups_raise_no_false_alarm_about_their_scale():
    alarms = 0
    for seed in range(10):
        study = raw(n=4000, seed=seed, clients=50, languages=("en", "de", "fr", "sv"))
        alarms += len(found_by("flipped", study)[0])
    assert alarms == 0  # of 10 studies, each of 400 groups of about ten persons


@pytest.mark.slow
def test_an_unhappy_client_or_language_is_not_taken_for_a_flipped_scale():
    for seed in range(10):
        study = raw(n=600, seed=seed)
        sad = study.responses["language"] == "de"
        rows = study.responses.copy()
        rows.loc[sad, ITEMS] = np.clip(rows.loc[sad, ITEMS] - 2, 1, 7)
        rows.loc[sad, "ltr"] = np.clip(rows.loc[sad, "ltr"] - 4, 0, 10)
        assert found_by("flipped", replace(study, responses=rows)) == (set(), set())


# --- the flipped scale ------------------------------------------------------------------


@pytest.mark.parametrize("size", [60, 120, 400, 3000])
def test_a_scale_flipped_in_one_language_is_found(size):
    study = raw(n=size)
    german = study.responses["language"] == "de"
    share = german.groupby([study.responses["client_id"], study.responses["wave"]])
    gone = german | (share.transform("mean") > 0.5)  # the rest of a wave that is mostly mirrored
    assert found_by("flipped", flipped(study, german)) == (ids(study, gone), {""})


def test_a_scale_flipped_in_one_language_of_one_client_and_wave_is_found_alone():
    study = raw(n=2400)
    rows = study.responses
    where = (rows["language"] == "de") & (rows["client_id"] == "C1") & (rows["wave"] == "2025")
    assert found_by("flipped", flipped(study, where)) == (ids(study, where), {""})


def test_a_flipped_batch_is_found():
    study = raw(n=600)
    rows = study.responses.assign(batch=np.where(np.arange(600) % 3 == 0, "phone", "online"))
    study = replace(study, responses=rows)
    phone = rows["batch"] == "phone"
    assert found_by("flipped", flipped(study, phone))[0] == ids(study, phone)


def test_a_flipped_recommendation_is_told_from_flipped_items():
    study = raw(n=900)
    german = study.responses["language"] == "de"
    turned = changed(study, german, ltr=10 - study.responses.loc[german, "ltr"])
    assert found_by("flipped", turned) == (ids(study, german), {"ltr"})


def test_a_single_flipped_question_is_found_by_name():
    study = raw(n=900)
    german = study.responses["language"] == "de"
    assert found_by("flipped", flipped(study, german, ["q_3"])) == (ids(study, german), {"q_3"})


def test_items_and_recommendation_flipped_together_show_in_the_profile():
    study = raw(n=900)
    german = study.responses["language"] == "de"
    turned = changed(study, german, ltr=10 - study.responses.loc[german, "ltr"])
    assert found_by("flipped", flipped(turned, german)) == (ids(study, german), {""})


def test_an_item_that_runs_against_the_others_everywhere_is_the_codebook_s_fault():
    study = raw(n=600)
    everybody = study.responses["wave"].notna()
    flags = responses.flags(flipped(study, everybody, ["q_5"]), book())
    assert "flipped" not in set(flags.table["check"])
    assert "q_5 runs against the other items in the whole study" in str(flags)


def test_a_study_that_is_upside_down_says_so():
    study = raw(n=600)
    flags = responses.flags(flipped(study, study.responses["wave"].notna()), book())
    assert "is the scale upside down in the codebook?" in str(flags)


# --- one person -------------------------------------------------------------------------


def test_straight_lines_and_nearly_straight_lines():
    study = changed(raw(), [3], **dict.fromkeys(ITEMS, 4.0))
    study = changed(study, [5], **{**dict.fromkeys(ITEMS, 6.0), "q_11": 1.0})
    study = changed(study, [7], **{**dict.fromkeys(ITEMS, 6.0), "q_6": 1.0})
    assert found_by("straight_line", study, longstring=0.9) == ({"r3", "r5"}, {""})
    assert found_by("straight_line", study, longstring=1.0) == ({"r3"}, {""})
    assert found_by("straight_line", study, longstring=1.0, person_sd=1.5)[0] >= {"r3", "r5", "r7"}


def test_gaps_do_not_break_a_line_and_few_answers_are_none():
    line = dict.fromkeys(ITEMS, 4.0) | dict.fromkeys(["q_2", "q_7"], np.nan)
    study = changed(raw(), [3], **line)
    few = dict.fromkeys(ITEMS, np.nan) | dict.fromkeys(ITEMS[:5], 4.0)
    assert found_by("straight_line", changed(study, [8], **few))[0] == {"r3"}


@pytest.mark.parametrize("n", [20, 400])
def test_speeders_are_found_in_waves_of_twenty(n):
    study = raw(n=n, clients=1, waves=("2025",))
    study = changed(study, [4], seconds=30.0)
    assert found_by("speeder", study)[0] == {"r4"}
    assert found_by("speeder", changed(study, [4], seconds=np.nan))[0] == set()


def test_the_floor_holds_where_everybody_is_fast():
    study = changed(raw(n=40), slice(None), seconds=10.0)
    assert len(found_by("speeder", study, speed_floor=1.0)[0]) == 40
    assert found_by("speeder", study, speed_floor=0.5)[0] == set()


def test_time_is_judged_by_the_items_that_were_answered():
    few = dict.fromkeys(ITEMS[3:], np.nan)
    study = changed(raw(), [4], **few, seconds=60.0)  # 20 s an item is what all others take
    assert found_by("speeder", study)[0] == set()
    assert found_by("half_empty", study)[0] == {"r4"}


def test_of_two_answers_of_one_contact_the_fuller_stays():
    study = raw(clients=1, waves=("2025",))
    study = changed(study, [2, 9], contact_id="p2")
    assert found_by("duplicate", study)[0] == {"r9"}
    assert found_by("duplicate", changed(study, [2], q_1=np.nan))[0] == {"r2"}


def test_one_contact_may_answer_every_wave():
    study = raw(n=2, clients=1)
    study = changed(study, [0], wave="2024", contact_id="p")
    study = changed(study, [1], wave="2025", contact_id="p")
    assert found_by("duplicate", study)[0] == set()


VARIED = [1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 9]


def twins(**second):
    """A response and another with the same answers; what differs is given."""
    study = raw(clients=1, waves=("2025",))
    rows = study.responses.copy()
    same = [*ITEMS, "ltr"]
    rows.loc[[0, 30], same] = [VARIED, VARIED]
    rows.loc[[0, 30], ["account_id", "contact_id"]] = [["A1", None], ["A1", None]]
    for name, value in second.items():
        rows.loc[30, name] = value
    return replace(study, responses=rows)


def test_twins_of_one_account_and_role_within_minutes_are_one_answer():
    assert found_by("duplicate", twins())[0] == {"r30"}
    soon = pd.Timestamp("2025-01-01 00:30")
    assert found_by("duplicate", twins(started=soon))[0] == {"r30"}


@pytest.mark.parametrize(
    "second",
    [
        {"started": pd.Timestamp("2025-01-01 00:31")},
        {"account_id": "A2"},
        {"role": "executive"},
        {"q_1": 7.0},
        {"account_id": None},
    ],
)
def test_people_who_may_be_two_are_two(second):
    assert found_by("duplicate", twins(**second))[0] == set()


def test_two_known_people_are_never_one_however_alike_they_answer():
    study = twins(contact_id="p30")
    rows = study.responses.copy()
    rows.loc[0, "contact_id"] = "p0"
    assert found_by("duplicate", replace(study, responses=rows))[0] == set()
    rows.loc[[0, 30], "best"] = "Your people, every single one of them"
    assert found_by("duplicate", replace(study, responses=rows))[0] == set()


def test_content_people_are_no_twins_but_by_what_they_wrote():
    study = twins()
    rows = study.responses.copy()
    rows.loc[[0, 30], [*ITEMS, "ltr"]] = [[7.0] * 12 + [10.0]] * 2
    assert found_by("duplicate", replace(study, responses=rows))[0] == set()
    rows.loc[[0, 30], "best"] = "Your people, every single one of them"
    assert found_by("duplicate", replace(study, responses=rows))[0] == {"r30"}


def test_without_times_only_what_was_written_at_length_makes_twins():
    study = twins()
    rows = study.responses.copy()
    rows["started"] = pd.NaT
    assert found_by("duplicate", replace(study, responses=rows))[0] == set()
    rows.loc[[0, 30], "best"] = "Your people, every single one of them"
    assert found_by("duplicate", replace(study, responses=rows))[0] == {"r30"}


def test_contacts_without_id_are_not_one_contact():
    study = changed(raw(), slice(None), contact_id=None)
    assert found_by("duplicate", study)[0] == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to anna.oberg+x@mail.example.com", "email_address"),
        ("call +46 70 123 45 67 any time", "telephone_number"),
        ("(0)30/1234567 or 0171-2345678", "telephone_number"),
        ("my number: 0046701234567", "telephone_number"),
        ("555 123 4567", "telephone_number"),
        ("b@c.de, +1 (555) 010-9999", "email_and_telephone"),
        ("since 2019-2024 we grew 1 234 567 %", None),
        ("answered within 24/7, 99.95 % up", None),
        ("1.234.567,50 EUR on 2025-01-31", None),
        ("meet @ noon, order 4711, invoice 20250131", None),
    ],
)
def test_personal_data_is_found_and_not_repeated(text, kind):
    table = personal_data(pd.DataFrame({"best": pd.Series(["fine", None, text], dtype="str")}))
    assert table["found"].tolist() == ([kind] if kind else [])
    assert table.index.tolist() == ([2] if kind else [])


# --- other tables -----------------------------------------------------------------------


def test_people_and_accounts_that_nobody_knows():
    study = raw(clients=1, waves=("2025",))
    rows = study.responses
    contacts = rows[["client_id", "wave", "contact_id", "account_id"]].iloc[10:]
    accounts = rows[["client_id", "account_id"]].drop_duplicates()
    gone = accounts["account_id"] == "A7"
    known = replace(study, contacts=contacts, accounts=accounts[~gone])
    assert found_by("not_in_frame", known)[0] == ids(study, range(10))
    assert found_by("unknown_account", known)[0] == ids(study, rows["account_id"] == "A7")
    assert found_by("not_in_frame", study)[0] == set()
    assert found_by("unknown_account", study)[0] == set()


RULE = '{"code": "on_the_scale", "low": 1, "high": 7}'


def test_cells_off_the_scale_are_listed_by_question():
    study = replace(raw(), unusable=_unusable(("a.csv", 4, "r2", "q_3", "77", RULE)))
    table = responses.flags(study, book()).table.set_index("response_id")
    assert table.loc["r2", ["check", "column", "found", "rule"]].tolist() == [
        "out_of_scale",
        "q_3",
        '{"code": "off_the_scale", "value": "77"}',
        RULE,
    ]


def test_the_sentence_and_the_counts_agree():
    study = changed(raw(), [3, 4], **dict.fromkeys(ITEMS, 4.0))
    flags = responses.flags(study, book())
    assert str(flags) == "2 of 400 responses are flagged: straight_line 2"
    assert flags.counts()["straight_line"].sum() == 2


def carelessly(n=400, sloppy=30, **checks):
    """Three constructs of four items; the first persons answer at random."""
    parts = {name: ITEMS[k : k + 4] for name, k in (("a", 0), ("b", 4), ("c", 8))}
    constructs = {name: {"label": name, "items": items} for name, items in parts.items()}
    asked = {**BOOK["instrument"], "constructs": constructs, "crq": {"constructs": ["a"]}}
    rng = np.random.default_rng(5)
    latent = rng.normal(size=(n, 3)).repeat(4, axis=1) * 1.3
    items = np.clip(np.rint(4 + latent + 0.6 * rng.normal(size=(n, 12))), 1, 7)
    items[:sloppy] = rng.integers(1, 8, (sloppy, 12))
    found = changed(raw(n), slice(None), **dict(zip(ITEMS, items.T, strict=True)))
    codebook = Codebook.model_validate({**BOOK, "instrument": asked, "checks": checks})
    return responses.flags(found, codebook).table, found, codebook


def test_carelessness_is_looked_for_where_the_codebook_asks():
    plain, *_ = carelessly()
    assert not plain["check"].isin(["inconsistent", "outlying"]).any()
    table, *_ = carelessly(even_odd=0, outlying_p=0.001)
    sloppy = {f"r{k}" for k in range(30)}
    for check in ("inconsistent", "outlying"):
        seen = set(table.loc[table["check"] == check, "response_id"])
        assert len(seen & sloppy) > 8, check
        assert len(seen & sloppy) / len(seen) > 0.4, check


def test_carelessness_leaves_nobody_out_unless_asked_to():
    _, found, codebook = carelessly(even_odd=0)
    quality = responses.decide(found, responses.flags(found, codebook)).quality
    told = quality[quality["check"] == "inconsistent"]
    assert len(told) > 8
    assert not told["excluded"].any()
    _, found, codebook = carelessly(even_odd=0, exclude=["inconsistent"])
    quality = responses.decide(found, responses.flags(found, codebook)).quality
    assert quality.loc[quality["check"] == "inconsistent", "excluded"].all()


def test_without_constructs_of_two_items_nobody_is_inconsistent():
    found = responses.flags(raw(), book(even_odd=0.9)).table
    assert not (found["check"] == "inconsistent").any()
