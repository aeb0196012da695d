"""What a client sees of stations 5 to 8: its own rows, and no very few people's answers."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import yaml

from crqlab import Study
from crqlab.base.contracts.cautions import code, codes, has, joined
from crqlab.page.assembly import view
from crqlab.page.segments.data import NOBODY, Moved
from crqlab.page.summary.sentences import summary_sentences
from tests.show import stationed
from tests.show.fixture import Shape, lay_out

SMALL = 3


def small(seen):
    """Accounts whose answers may not be told, those that protect them included."""
    return set(
        seen.accounts.loc[seen.accounts["withheld"] & (seen.accounts["n"] > 0), "account_id"]
    )


def said(found):
    """All text and numbers of a dataclass of tables."""
    parts = [getattr(found, field.name) for field in dataclasses.fields(found)]
    tables = (part.to_csv() if isinstance(part, pd.DataFrame) else str(part) for part in parts)
    return "\n".join(tables)


def test_without_these_stations_every_table_is_empty(view_of):
    seen = view_of()
    for part in (seen.benchmark, seen.segments, seen.drivers, seen.renewal, seen.actions):
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            assert not isinstance(value, pd.DataFrame) or value.empty, field.name
    assert len(summary_sentences(seen)) == 2  # state and participation need none of them


def test_a_summary_speaks_of_place_risk_fix_and_segments(stationed_view_of):
    said = summary_sentences(stationed_view_of())
    assert len(said) == 6
    whole = " ".join(said).replace("\xa0", " ")
    assert "21 other clients" in whole
    assert "300,000 EUR is expected to be lost" in whole
    assert "Fix this first: Solution" in whole
    assert "climbed" not in whole  # labels of one wave each are no movement


def test_small_accounts_keep_their_segment_and_lose_what_tells_their_answers(stationed_view_of):
    seen = stationed_view_of()
    rows = seen.segments.accounts.set_index("account_id")
    few = rows.loc[rows.index.isin(small(seen))]
    assert len(few) >= 2
    assert (few["n"] > 0).all()
    assert (few["p_word"] == "likely").all()
    assert few[["p", "second_p", "distance", "second", "nearest"]].isna().all(axis=None)
    assert few["reason"].tolist() == [code("answers_withheld", n=n) for n in few["n"]]
    assert few["segment"].isin(stationed.SEGMENTS).all()
    others = rows[(rows["n"] > 0) & ~rows.index.isin(few.index)]
    assert (others["reason"] == stationed.REASON).all()
    assert (others["p"] == 0.83).all()


def test_ltr_leaves_a_reason_where_few_answered_it(tmp_path):
    study = lay_out(tmp_path, Shape())
    scores = study.read("account_scores")
    scores.loc[scores["n"] == 9, "n_ltr"] = 2
    study.write("account_scores", scores)
    seen = view(stationed.add(study, Shape()), client="C017", wave="2025")
    rows = seen.segments.accounts
    reason = rows.loc[rows["n"] == 9, "reason"].iloc[0]
    assert codes(reason) == [
        {"code": "enough", "scores": ["crq"], "value": 6.54},
        {"code": "enough", "scores": ["mean_ltr"]},
        {"code": "lacking", "scores": ["nps"], "next": "Ambassador"},
    ]


def test_silent_accounts_have_no_segment(stationed_view_of):
    rows = stationed_view_of().segments.accounts
    quiet = rows[rows["status"] == "silent"]
    assert len(quiet) == 3
    assert quiet["segment"].isna().all()


def test_segments_stand_from_the_best_to_the_worst(stationed_view_of):
    seen = stationed_view_of().segments
    assert list(seen.shares["segment"].iloc[:-1]) == [
        "Ambassador", "Rational", "Ambivalent", "Stalker", "Opponent"]  # fmt: skip
    assert seen.shares["segment"].isna().tolist() == [False] * 5 + [True]
    assert seen.shares["status"].tolist() == ["sorted"] * 5 + ["silent"]
    assert seen.moved("climbed") == Moved(6, 3.1, 1.0, 5.0)
    assert not seen.moved("fell").shown
    assert seen.thresholds == stationed.THRESHOLDS


def test_a_reason_for_renewal_keeps_what_the_books_say_and_no_small_accounts_scores(
    stationed_view_of,
):
    seen = stationed_view_of()
    rows = seen.renewal.accounts.set_index("account_id")
    few = rows.loc[rows.index.isin(small(seen)), "reason"]
    tenure = code("beside_average", term="tenure", value=1.4, average=7.4)
    assert set(few) == {tenure}
    many = rows.loc[~rows.index.isin(few.index) & ~rows["silent"], "reason"]
    score = code("beside_average", term="commitment", value=6.54, average=5.3)
    assert set(many) == {joined([score, tenure])}
    assert set(rows.loc[rows["silent"], "reason"]) == {code("mark", term="silent")}
    assert len(few) == 4


def test_an_earlier_waves_score_is_told_only_if_enough_people_gave_it(tmp_path):
    study = stationed.add(lay_out(tmp_path, Shape()), Shape())
    rows = study.read("outlook")
    told = code("beside_average", term="crq_before", value=4.8, average=5.2)
    study.write("outlook", rows.assign(reason=told))
    scores = study.read("account_scores")
    last = scores["wave"] == "2024"
    scores.loc[last & (scores["account_id"] == "A008"), "n"] = 2
    study.write("account_scores", scores)
    seen = view(study, client="C017", wave="2025").renewal.accounts.set_index("account_id")
    assert seen.loc["A008", "reason"] == "reason_withheld"
    assert seen.loc["A007", "reason"] == told


def test_averages_over_clients_are_told_only_where_clients_are_many(stationed_view_of):
    few, many = stationed_view_of(clients=4), stationed_view_of()
    assert has(many.renewal.accounts["reason"].iloc[0], "beside_average")
    codes_of_few = [codes(cell) for cell in few.renewal.accounts["reason"]]
    assert {one["code"] for cell in codes_of_few for one in cell} == {"alone", "mark"}
    assert not any("average" in one for cell in codes_of_few for one in cell)
    assert few.drivers.effects.empty
    assert few.segments.renewal.empty
    assert len(many.drivers.effects) == 1


@pytest.mark.slow
def test_nothing_of_other_clients_or_of_the_whole_panel_in_money(stationed_study_of, tmp_path):
    alone = stationed_study_of()
    study = stationed.add(lay_out(tmp_path, Shape()), Shape())
    for name in ("segments", "outlook", "revenue_at_risk", "driver_focus", "positions", "actions",
                 "referral_candidates", "lifts", "migration", "segment_shares",
                 "driver_map"):  # fmt: skip
        mine = study.read(name)
        study.write(name, pd.concat([mine, mine[mine["client_id"] != ""].assign(client_id="X01")]))
    found = view(study, client="C017", wave="2025")
    expected = view(alone, client="C017", wave="2025")
    for part in ("segments", "renewal", "drivers", "benchmark", "actions"):
        one, two = said(getattr(found, part)), said(getattr(expected, part))
        assert one == two
        assert "X01" not in one
        assert "99000000" not in one


def test_a_place_is_withheld_where_the_number_itself_is(stationed_view_of):
    rows = stationed_view_of(accounts=2, most=1).benchmark.table
    assert len(rows) >= 5
    assert rows[["value", "percentile", "decile", "gap", "before", "change"]].isna().all(axis=None)
    assert stationed_view_of(accounts=2, most=1).benchmark.of("crq") is None
    assert stationed_view_of().benchmark.of("crq")["percentile"] == 0.7


def test_two_people_have_no_driver_and_no_score_on_the_page(stationed_view_of):
    seen = stationed_view_of(accounts=2, most=1)
    assert seen.drivers.first is None
    assert seen.drivers.accounts.empty
    assert seen.actions.lifts.empty
    assert seen.actions.referral_candidates.empty
    assert stationed.SECRET not in said(seen.segments)
    assert "6.54" not in said(seen.renewal)


def test_account_managers_of_few_people_hide_and_are_not_found_by_subtraction(tmp_path):
    study = stationed.add(lay_out(tmp_path, Shape()), Shape())
    rows = study.read("driver_focus")
    one = rows[rows["kind"] == "account_manager"].iloc[[0]]
    more = [one.assign(unit=f"Manager {n}", n=n) for n in (2, 9, 30)]
    rows = pd.concat([rows[rows["kind"] != "account_manager"], *more], ignore_index=True)
    study.write("driver_focus", rows)
    found = view(study, client="C017", wave="2025").drivers.managers.set_index("n")
    assert found["withheld"].to_dict() == {2: True, 9: True, 30: False}
    assert found.loc[[2, 9], "performance"].isna().all()


def test_promoters_are_counted_and_never_named(stationed_view_of, stationed_study_of):
    seen = stationed_view_of()
    rows = seen.actions.referral_candidates
    assert (rows["n"] >= SMALL).all()
    people = stationed_study_of().read("referral_candidates")
    expected = people.groupby("account_id")["contact_id"].nunique()
    got = rows.set_index("account_id")["promoters"]
    assert got.to_dict() == expected.reindex(got.index).to_dict()
    assert len(got) >= 2
    assert not set(people["contact_id"]) & set(said(seen.actions).replace("\n", ",").split(","))


def test_an_outlook_from_a_later_wave_is_not_shown_for_an_earlier_one(stationed_study_of):
    seen = view(stationed_study_of(), client="C017", wave="2024")
    assert seen.renewal.late
    assert seen.renewal.accounts.empty
    assert seen.renewal.total.empty


def test_a_study_of_one_wave_has_no_moves(stationed_view_of):
    seen = stationed_view_of(waves=("2025",)).segments
    assert seen.before == ""
    assert seen.moved("climbed") == NOBODY
    assert seen.accounts["before"].isna().all()


@pytest.mark.parametrize("shape", [{"ltr": False}, {"contacts": False}, {"scale": (1, 5)}])
def test_odd_studies_pass(stationed_view_of, shape):
    seen = stationed_view_of(**shape)
    assert len(seen.segments.accounts) == 15
    rows = seen.renewal.accounts
    banded = rows["withheld"].to_numpy(bool)
    assert 0 < banded.sum() < len(rows)
    assert np.isfinite(rows["expected_loss"][~banded]).all()
    assert (rows["chance"][~banded] == "").all()
    assert (rows["chance"][banded] == "likely").all()
    assert rows[["p_renew", "p_low", "p_high", "expected_loss"]][banded].isna().all(axis=None)


def test_under_pseudonyms_no_section_names_an_account_or_a_manager(tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_KEY_FILE", str(tmp_path / "kept" / "demo.key"))
    study = stationed.add(lay_out(tmp_path / "home", Shape()), Shape())
    book = study.raw / "codebook.yaml"
    rules = yaml.safe_load(book.read_text(encoding="utf-8")) | {"privacy": {"pseudonyms": True}}
    book.write_text(yaml.safe_dump(rules), encoding="utf-8")
    seen = view(Study("demo", root=study.root), client="C017", wave="2025")
    known = study.read("accounts")
    for part in ("segments", "renewal", "drivers", "actions"):
        words = said(getattr(seen, part))
        assert not [name for name in known["name"] if name in words]
        assert not [name for name in known["account_id"] if f",{name}," in words]
        assert "Eva Lind" not in words
    assert seen.segments.accounts["name"].str.startswith("A-").all()
    assert len(seen.drivers.accounts) > 2
