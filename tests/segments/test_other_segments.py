"""Studies whose segments have other names, or are four or six, from station 60 to the exports."""

import re
import shutil
from dataclasses import replace

import pandas as pd
import pytest
import yaml

from crqlab import Study, scores, segments, simulate
from crqlab.base.study import PLAYBOOK
from crqlab.language import language
from crqlab.page import accounts, actions, managers, view
from crqlab.page import segments as section
from crqlab.page.summary.sentences import summary_sentences
from crqlab.report import card
from crqlab.report.exports import crm, deck, workbook
from crqlab.report.exports.theme import Theme
from crqlab.segments.playbook import SHIPPED
from crqlab.simulate.raw import CODEBOOK
from tests.page.reading import plain
from tests.page.reworded import numbers
from tests.page.segments.test_account_segments import CALLED
from tests.segments.test_traits import FILES

pytestmark = pytest.mark.slow

QUICK = {"draws": 20, "seed": 7}
OURS = "1.1"
OTHERS = ("renamed", "renamed_top", "four", "six")
SECTIONS = [
    *(getattr(section, name) for name in (
        "segment_shares", "segment_migration", "account_segments", "segment_mix")),
    *(getattr(actions, name) for name in (
        "action_plan", "referral_candidates", "account_lifts")),
    accounts.meeting_sheets,
    managers.manager_scores,
]  # fmt: skip


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A small panel with the tables of stations 10 and 30."""
    root = tmp_path_factory.mktemp("scored")
    (root / "notebooks").mkdir()
    study, drawn = Study("others", root), simulate.panel(clients=5, waves=(2024, 2025), seed=11)
    study.raw.mkdir(parents=True)
    asked = yaml.safe_load(CODEBOOK.read_text(encoding="utf-8"))["instrument"]
    book = {"title": "Others", "currency": "SEK", "instrument": asked,
            "responses": {"files": ["a.csv"]}}  # fmt: skip
    (study.raw / "codebook.yaml").write_text(yaml.safe_dump(book), encoding="utf-8")
    for name in ("responses", "contacts", "accounts", "outcomes", "clients"):
        study.write(name, getattr(drawn, name))
    people = scores.respondents(study.read("responses"), study.codebook)
    study.write("respondents", people)
    study.write("account_scores", scores.accounts(people, study.codebook))
    study.write("client_scores", scores.clients(people, study.read("accounts"), study.codebook))
    return study


def sorted_by(scored, root, file):
    """The same study after station 60, by the thresholds of a file."""
    shutil.copytree(scored.root, root, dirs_exist_ok=True)
    study = Study(scored.name, root)
    path = FILES / f"{file}.yaml" if file != OURS else segments.thresholds.STARTING
    segments.publish(segments.read(path), root)
    names = CALLED.get(file, {})
    own = re.sub(r"\[(.*?)\]", lambda found: named(found[0], names), SHIPPED.read_text("utf-8"))
    if file == "renamed":
        (study.raw / PLAYBOOK).write_text(own, encoding="utf-8")
    rules = segments.rules(study, OURS)
    tables = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    silent = study.read("contacts")[["client_id", "wave", "account_id"]].drop_duplicates()
    panel = segments.panel(
        *(study.read(name) for name in tables),
        rules,
        study.codebook.instrument,
        silent=silent,
        **QUICK,
    )
    found = segments.described(panel, study, level=0.95, **QUICK)
    segments.keep(study, panel, found, level=0.95, **QUICK)
    return study


def named(text, names):
    for ours, theirs in names.items():
        text = text.replace(ours, theirs)
    return text


@pytest.fixture(scope="module")
def studies(scored, tmp_path_factory):
    return {
        file: sorted_by(scored, tmp_path_factory.mktemp(file), file) for file in (OURS, *OTHERS)
    }


@pytest.fixture(scope="module")
def client(studies):
    """A client with accounts of many segments."""
    rows = studies["six"].read("segments")
    last = rows[rows["wave"] == "2025"]
    kinds = last.groupby("client_id")["segment"].nunique()
    return str(kinds.idxmax())


@pytest.fixture(scope="module")
def views(studies, client):
    return {file: view(study, client=client, wave="2025") for file, study in studies.items()}


KEYS = ["client_id", "wave", "account_id"]
#: Tables with names of segments, and their columns that hold them.
TABLES = {
    "segments": ["segment", "second", "segment_then", "second_then"],
    "segment_shares": ["segment"],
    "migration": ["from_segment", "segment"],
    "segment_renewal": ["segment"],
    "segment_sensitivity": ["segment"],
    "lifts": ["segment", "target"],
    "actions": ["segment"],
    "referral_candidates": [],
}


@pytest.mark.parametrize("file", CALLED)
@pytest.mark.parametrize("table", TABLES)
def test_station_60_hands_over_the_same_under_other_names(studies, file, table):
    ours, theirs = (studies[of].read(table) for of in (OURS, file))
    for column in TABLES[table]:
        ours = ours.assign(**{column: ours[column].map(lambda n: CALLED[file].get(n, n))})
    if table == "segments":  # a reason names the rung above, and thresholds themselves
        for column in ("reason", "reason_then"):
            ours[column] = ours[column].map(lambda cell: named(cell, CALLED[file]))
        ours = ours.assign(thresholds=theirs["thresholds"])
    keys = [name for name in theirs if theirs[name].dtype == "str"]
    ours, theirs = (rows.sort_values(keys, ignore_index=True) for rows in (ours, theirs))
    assert len(ours)
    pd.testing.assert_frame_equal(theirs, ours, check_exact=True)


def test_all_five_segments_occur(studies, views):
    shares = studies[OURS].read("segment_shares").query("status == 'sorted'")
    assert (shares.groupby("segment")["share"].sum() > 0).sum() == 5
    assert studies[OURS].read("segments")["segment"].nunique() >= 4
    assert views[OURS].segments.accounts["segment"].nunique() >= 2


@pytest.mark.parametrize("file", CALLED)
@pytest.mark.parametrize("code", ["en", "sv"])
def test_the_page_shows_the_same_numbers_under_other_names(views, file, code):
    ours, theirs = (replace(views[of], language=language(code)) for of in (OURS, file))
    quoted = replace(theirs.segments, thresholds=ours.segments.thresholds)
    theirs = replace(theirs, segments=quoted)
    for function in SECTIONS:
        shown = function(theirs)
        assert numbers(shown.html) == numbers(function(ours).html), function.__name__
        assert "Ambassad" not in plain(shown)


@pytest.mark.parametrize("file", CALLED)
def test_the_summary_is_the_same_under_other_names(views, file):
    ours, theirs = (summary_sentences(views[of]) for of in (OURS, file))
    assert [named(sentence, CALLED[file]) for sentence in ours] == list(theirs)


def counts(seen):
    rows = seen.segments.shares[seen.segments.shares["status"] == "sorted"]
    return rows.set_index("segment")["share"]


def test_four_segments_count_what_five_do(views):
    ours, four = counts(views[OURS]), counts(views["four"])
    both = ours["Ambivalent"] + ours["Stalker"]
    near = {"abs": 0.06}  # a model of fewer scores, with few draws
    assert four["Ambivalent"] == pytest.approx(both, **near)
    assert ours["Ambivalent"] > 0
    for name in ("Ambassador", "Rational", "Opponent"):
        assert four[name] == pytest.approx(ours[name], **near)


def test_six_segments_count_what_five_do(views):
    ours, six = counts(views[OURS]), counts(views["six"])
    assert six["Champion"] + six["Ambassador"] == pytest.approx(ours["Ambassador"])
    assert six["Champion"] > 0
    assert six["Ambassador"] > 0
    for name in ("Rational", "Ambivalent", "Stalker", "Opponent"):
        assert six[name] == pytest.approx(ours[name])
    # referrals are asked for at the top alone
    top = views["six"].segments.accounts.query("segment == 'Champion'")["account_id"]
    assert set(views["six"].actions.referral_candidates["account_id"]) <= set(top)
    asked = views["six"].actions.actions.query("action == 'ask_for_referral'")["account_id"]
    assert set(asked) == set(top)


@pytest.mark.parametrize("file", ["four", "six"])
def test_as_many_accounts_are_on_the_point_of_leaving(views, file):
    weak = [counts(views[of])[list(views[of].segments.traits.weak)].sum() for of in (OURS, file)]
    assert weak[0] == pytest.approx(weak[1], abs=0.06)
    assert weak[0] > 0
    said = section.segment_shares(views[file]).sentence
    assert re.search(r"\d+ accounts? (is|are) in a weak segment, with \d+", said)


@pytest.mark.parametrize("file", OTHERS)
@pytest.mark.parametrize("code", ["en", "sv"])
def test_sections_and_exports_are_made_in_both_languages(studies, views, file, code):
    seen = replace(views[file], language=language(code))
    about = card(studies[file], client=seen.client_id, wave="2025")
    for function in SECTIONS:
        assert function(seen).sentence
    for kind in (workbook, deck, crm):
        assert kind.content(seen, Theme(), card=about, study=studies[file])


@pytest.mark.parametrize("file", OTHERS)
def test_the_run_card_names_thresholds_and_playbook(studies, file):
    made = studies[file].manifest["tables"]["actions"]["made"]
    assert made["thresholds"] == segments.rules(studies[file], OURS).quoted
    owner = "crqlab's own"
    assert made["playbook"].startswith(f"{owner} (")
    assert (
        made["playbook"] == studies[OURS].manifest["tables"]["actions"]["made"]["playbook"]
    ) is (file != "renamed")
