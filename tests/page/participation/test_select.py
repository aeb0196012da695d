"""What one client may see of participation: its own rows, and nothing of very few people."""

import numpy as np
import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code
from crqlab.page.assembly import view
from crqlab.page.participation import html
from crqlab.page.participation.data import ResponseCounts
from crqlab.page.participation.select import participation
from crqlab.page.precision import rounded
from crqlab.report.run import render
from tests.report.executed import executed
from tests.show import asked
from tests.show.fixture import Shape, lay_out

SHAPES = {
    "three accounts": {"accounts": 3, "silent": 0},
    "four hundred accounts": {"accounts": 400, "most": 14, "silent": 90},
    "one wave": {"waves": ("2025",), "managers": 1, "others": 0},
}


def reached(study, **more):
    return view(study, client="C017", wave=more.pop("wave", "2025")).participation


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_opens_for_every_kind_of_client_and_names_no_other(asked_study_of, shape):
    study = asked_study_of(**SHAPES[shape])
    page = render.render(
        executed(study, client="C017", wave="2025"), title="Panel", language="en", code=True
    )
    assert "What may the silent be hiding?" in page
    assert "Which roles are not heard?" in page
    assert "X0" not in page
    assert "secret" not in page, "no contact is named"


def test_rows_are_those_of_the_tables(asked_study_of):
    study = asked_study_of()
    seen = reached(study)
    mine = {"client": "C017", "wave": "2025"}
    whole = study.read("completion", **mine)
    pd.testing.assert_frame_equal(seen.completion, rounded(whole, figures=3))
    counted = ["asked", "answered", "n_accounts"]
    paid = (whole["unit"] == "revenue").to_numpy(bool)
    pd.testing.assert_frame_equal(seen.completion[counted][~paid], whole[counted][~paid])
    raw = rounded(study.read("nonresponse", **mine), figures=3)
    assert seen.nonresponse["value"].tolist() == raw["value"].tolist()
    assert len(seen.plan) == len(study.read("wave_plan"))


def test_a_study_without_the_station_has_participation_without_rows(tmp_path):
    study = lay_out(tmp_path, Shape())
    study.path("completion").unlink()
    seen = reached(study)
    assert "has not been counted" in html.completion(view(study, client="C017", wave="2025")).html
    assert seen.counts == ResponseCounts(
        None, None, None, None, 0, pytest.approx(np.nan, nan_ok=True)
    )
    assert all(seen.share(unit) is None for unit in ("contacts", "accounts", "revenue"))
    assert seen.silent.empty
    assert seen.plan.empty
    assert seen.stayed == seen.rank == {}
    assert np.isnan(seen.effective)


def test_a_client_of_whom_nobody_recorded_who_was_asked(tmp_path):
    study = lay_out(tmp_path, Shape(contacts=False))
    row = asked._share({"client_id": "C017", "wave": "2025"}, "all", "all", 9, 3, 0, "contacts")
    gone = dict.fromkeys(("asked", "value", "low", "high"), np.nan)
    study.write("completion", pd.DataFrame([{**row, **gone, "flag": "asked_not_recorded"}]))
    assert reached(study).share("contacts") is None
    page = render.render(
        executed(study, client="C017", wave="2025"), title="Panel", language="en", code=False
    )
    assert "response rates are not known" in page


def test_the_place_among_other_clients_is_that_of_the_tables(tmp_path):
    shape = Shape()
    study = asked.add(lay_out(tmp_path, shape), shape)
    seen = reached(study)
    assert seen.n_others == 12
    assert seen.bands.set_index("high").loc[100, "n"] == 0
    assert seen.bands.set_index("high").loc[30, "n"] == 3
    assert seen.rank == pytest.approx(
        {"percentile": 0.5, "percentile_low": 0.17, "percentile_high": 0.75}
    )
    rows = study.read("completion_rank")
    study.write("completion_rank", rows.assign(last_wave="2024"))
    assert reached(study).rank == {}, "an earlier wave has no place on this one's page"


def test_fewer_than_ten_other_clients_would_be_found_out(asked_study_of):
    assert reached(asked_study_of(others=9)).n_others == 0
    assert reached(asked_study_of(others=10)).n_others == 10


def test_the_last_score_is_the_shrunken_one(tmp_path):
    shape = Shape(silent=2)
    study = asked.add(lay_out(tmp_path, shape), shape)
    quiet = study.read("silent")
    quiet["account_id"], quiet["last_wave"] = ["A000", "A004"], ["2024", "2023"]
    study.write("silent", quiet)
    scores = study.read("account_scores").set_index(["account_id", "wave"])[["n", "shrunken"]]
    found = reached(study).silent
    assert scores["n"]["A000", "2024"] < 3, "few answered then"
    assert np.isnan(found["score"][0])
    assert found["score"][1] == round(scores["shrunken"]["A004", "2023"], 1)
    assert "last_crq" not in found


def test_no_interval_reaches_beyond_the_scale(tmp_path):
    shape = Shape()
    study = asked.add(lay_out(tmp_path, shape), shape)
    rows = study.read("nonresponse")
    study.write("nonresponse", rows.assign(low=-300.0, high=300.0))
    found = reached(study).nonresponse
    found = found[~found["withheld"]].groupby("measure")[["low", "high"]].agg(["min", "max"])
    assert found.loc["crq"].tolist() == [1, 1, 7, 7]
    assert found.loc["nps"].tolist() == [-100, -100, 100, 100]


def test_a_plan_made_after_a_later_wave_stays_unseen(tmp_path):
    shape = Shape()
    study = asked.add(lay_out(tmp_path, shape), shape)
    assert len(reached(study).plan)
    assert reached(study, wave="2024").plan.empty
    assert reached(study, wave="2024").precision.empty


def facts(managers, n):
    """Accounts as the page knows them."""
    ids = [f"A{i}" for i in range(len(n))]
    return pd.DataFrame(
        {"account_id": ids, "name": ids, "manager": managers, "revenue": 1.0, "n": n}
    )


def held(study, names):
    one = study.read("concentration").iloc[0].to_dict()
    rows = [{**one, "holder": "account_manager", "name": name} for name in names]
    study.write("concentration", pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("n", "withheld"),
    [
        ([5, 4, 6, 3], [False, False]),
        ([2, 0, 6, 3], [True, True]),  # Ann's two people
        ([5, 1, 6, 3], [True, True]),  # the page shows Ann's five: one is left
        ([5, 2, 6, 1], [True, True]),
        ([2, 1, 2, 2], [False, False]),  # three and four people stay in the crowd
    ],
)
def test_what_is_left_without_somebody_never_tells_what_few_people_said(tmp_path, n, withheld):
    shape = Shape()
    study = asked.add(lay_out(tmp_path, shape), shape)
    held(study, ["Ann", "Bo"])
    accounts = facts(["Ann", "Ann", "Bo", "Bo"], n)
    found = participation(study, "C017", "2025", accounts, pd.Series([9.0] * 9)).managers
    assert found["withheld"].tolist() == withheld
    assert found["crq_without"].isna().tolist() == withheld


def test_bounds_that_rest_on_few_people_are_withheld(tmp_path):
    shape = Shape()
    study = asked.add(lay_out(tmp_path, shape), shape)
    rows = study.read("nonresponse")
    late = rows["view"] == "late"
    lent = rows["view"] == "passives"
    flags = rows["flag"].mask(late, code("few_late_answers", minimum=5))
    study.write(
        "nonresponse",
        rows.assign(flag=flags.mask(lent, "passives_of_all_clients")),
    )
    people = pd.Series([2.0, 3.0, 7.0, 9.0, 10.0])  # two detractors, one passive
    seen = participation(study, "C017", "2025", facts("Ann", [5, 5]), people)
    assert seen.score("crq", "detractors") is None
    assert seen.score("nps", "detractors") is not None
    assert seen.score("crq", "late") is None
    assert seen.score("crq", "passives") is not None, "the mean of all clients tells of nobody"
    hidden = seen.nonresponse.query("withheld")
    assert hidden["flag"].tolist() == [code("rests_on_few", minimum=3)] * 3
    assert hidden[["value", "low", "high"]].isna().all(axis=None)


def test_nothing_of_a_wave_of_two_answers_is_shown(tmp_path):
    shape = Shape(accounts=2, most=1)
    study = asked.add(lay_out(tmp_path, shape), shape)
    assert reached(study).nonresponse["value"].isna().all()
