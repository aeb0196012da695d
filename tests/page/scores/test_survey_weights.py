"""A study with survey weights: what its page, workbook and head-office sheet say of them."""

import numpy as np
import pandas as pd
import pytest

from crqlab import page
from crqlab.page import decision, method
from crqlab.page import scores as section
from crqlab.page.assembly import unrounded
from crqlab.page.decision.select import tiles
from crqlab.page.disclosure.audit import puzzles
from crqlab.page.head_office.export import ClientRows, field_sheet, long_sheet
from crqlab.page.head_office.select import head_office
from crqlab.page.scores.export import recommend_slide, roll_ups_sheet, scores_sheet
from crqlab.scores import breakdowns
from tests.page.disclosure.made import people, study_of


def weighed(rows, rng):
    """Give who is content less weight, as where they were easier to reach."""
    weight = rng.lognormal(0, 0.5, len(rows)) * np.where(rows["crq"] > 5, 0.5, 2.0)
    return rows.assign(weight=weight / weight.mean())


def rows_of(seed):
    rng = np.random.default_rng(seed)
    return pd.concat([weighed(people(rng, 14, wave=wave), rng) for wave in ("2024", "2025")])


@pytest.fixture(scope="module", params=range(3))
def made(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("weighted")
    return study_of(root, rows_of(request.param), managers=["Ada", "Bo", "Cy"])


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    rows = rows_of(7)
    found = study_of(tmp_path_factory.mktemp("weighted"), rows, privacy="min_scores: 1")
    groups = rows[["client_id", "wave", "response_id"]].assign(dimension="unit", group="North")
    groups["group"] = np.resize(["North", "South"], len(groups))
    found.write("breakdowns", groups)
    found.write("breakdown_scores", breakdowns(rows, groups))
    return found


def test_every_number_is_explained_by_answers_and_weights(made):
    for puzzle in puzzles(made, unrounded(made, "C017", "2025")):
        assert puzzle.told.unexplained == ()
        world = np.nan_to_num(puzzle.answers.scores)
        for one in puzzle.told.statements:
            assert one.low - 1e-9 <= one.weights @ world <= one.high + 1e-9, one.name
        assert any("unweighted" in one.name for one in puzzle.told.statements)


def test_the_page_says_once_that_answers_are_weighted_and_shows_the_number_without(study):
    view = page.view(study, client="C017", wave="2025")
    rows = study.read("client_scores").query("wave == '2025' and measure == 'nps'")
    plain = rows.set_index("roll_up").loc["unweighted", "value"]
    assert abs(view.measure("nps")["value"] - plain) > 5
    tile = next(one for one in tiles(view) if one.code == "nps")
    assert tile.unweighted == pytest.approx(round(plain), abs=0.5)
    shown = str(decision.first_screen(view).html)
    assert view.language.say("decision.unweighted", value=f"{tile.unweighted:+.0f}") in shown
    row = view.measures.iloc[0]
    said = view.language.say("rules.weights", n=int(row["n_respondents"]),
                             worth=view.language.number(row["n_effective"], 0))  # fmt: skip
    assert method.rules(view).sentence.count(said) == 1
    ways = str(section.roll_ups(view).html)
    for way in ("weighted", "unweighted"):
        assert view.language.say(f"roll_up.{way}") in ways
    assert f"{view.language.say('roll_up.respondents')}<" not in ways


def test_counts_of_people_are_not_taken_for_the_weighted_nps(study):
    view = page.view(study, client="C017", wave="2025")
    say, n = view.language.say, int(view.scores.ltr["n"].sum())
    assert say("scores.ltr_weighted", n=n) in section.ltr(view).html
    assert "by survey weights" in recommend_slide(view).message
    plain = study.read("client_scores").query("wave == '2025' and measure == 'nps'")
    plain = plain.set_index("roll_up").loc["unweighted", "value"]
    nps = puzzles(study, unrounded(study, "C017", "2025"))[1]
    own = nps.told.statements[nps.earlier :]
    one = next(one for one in own if "unweighted" in one.name)
    assert (one.low, one.high) == pytest.approx((plain, plain))


def test_the_workbook_has_what_answers_are_worth(study):
    view = page.view(study, client="C017", wave="2025")
    table = scores_sheet(view)
    assert "n_effective" in table.fields
    assert (table.rows["n_effective"] < table.rows["n_respondents"]).all()
    assert {"weighted", "unweighted"} <= set(roll_ups_sheet(view).rows["roll_up"])


def test_the_head_office_sheet_has_both_numbers(study):
    view = page.view(study, client="C017", wave="2025")
    parts = [ClientRows(view, head_office(study, view))]
    table = long_sheet(parts)
    row = table.rows.query("wave == '2025'").iloc[0]
    counts = row[["promoters", "detractors", "n"]].astype(float)
    plain = 100 * (counts["promoters"] - counts["detractors"]) / counts["n"]
    assert row["nps_unweighted"] == pytest.approx(round(plain), abs=0.5)
    assert abs(row["nps"] - row["nps_unweighted"]) > 5
    assert row["n_effective"] < row["n"]
    meant = field_sheet(parts).rows["meaning"].tolist()
    assert view.language.say("head_office.note_weights") in meant
    assert view.language.say("head_office.note_adds") not in meant


def test_a_study_without_weights_says_nothing_of_them(tmp_path):
    found = study_of(tmp_path, rows_of(7).drop(columns="weight"), privacy="min_scores: 1")
    view = page.view(found, client="C017", wave="2025")
    assert not view.scores.weighted
    assert "weights" not in method.rules(view).sentence
    assert "n_effective" not in scores_sheet(view).fields
    assert view.language.say("roll_up.respondents") in str(section.roll_ups(view).html)
    assert "survey weights" not in str(decision.first_screen(view).html)
