"""The playbook is a file that a consultant edits, and is told where it does not fit."""

import json

import pandas as pd
import pytest
import yaml

from crqlab import DataError
from crqlab.segments import actions, playbook_of, read, shipped, starting
from crqlab.segments.playbook import SHIPPED, of_table
from tests.segments.test_command import crqlab
from tests.segments.test_traits import FILES
from tests.show.fixture import Shape, lay_out

TEXT = SHIPPED.read_text(encoding="utf-8")
RULES = starting()


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, Shape(accounts=2))


def written(study, text):
    (study.raw / "playbook.yaml").write_text(text, encoding="utf-8")
    return study


def days(book, traits):
    """Segment, code and days of every action, as planned."""
    return [(name, one.code, one.days) for one in book.actions for name in one.of(traits)]


def test_ours_asks_of_the_starting_segments_what_it_always_did():
    assert days(shipped(), RULES.traits) == [
        ("Ambassador", "recognise", 30), ("Ambassador", "ask_for_referral", 60),
        ("Ambassador", "co_create", 90), ("Rational", "differentiate", 60),
        ("Ambivalent", "close_the_loop", 30), ("Stalker", "recover_or_exit", 45),
        ("Opponent", "meet_or_exit", 14), ("silent", "listen", 30),
    ]  # fmt: skip
    assert [one.code for one in shipped().actions if one.ends_relationship] == [
        "recover_or_exit", "meet_or_exit"]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "planned"),
    [
        (
            "renamed",
            {"Friend": 3, "Sober": 1, "Torn": 1, "Shopper": 1, "Gegner": 1, "silent": 1},
        ),
        ("four", {"Ambassador": 3, "Rational": 1, "Ambivalent": 1, "Opponent": 1, "silent": 1}),
        (
            "six",
            {"Champion": 3, "Ambassador": 1, "Rational": 1, "Ambivalent": 1, "Stalker": 1,
             "Opponent": 1, "silent": 1},
        ),
    ],
)  # fmt: skip
def test_ours_knows_other_segments_by_what_they_are(file, planned):
    traits = read(FILES / f"{file}.yaml").traits
    found = pd.Series([name for name, *_ in days(shipped(), traits)]).value_counts()
    assert found.to_dict() == planned
    assert shipped().unmet(traits) == []


def test_a_study_has_its_own_with_its_own_hash(study):
    assert playbook_of(study, RULES).quoted == shipped().quoted
    own = "actions:\n- {code: call, segments: [weak, Rational], days: 7, text: {en: Call them}}\n"
    book = playbook_of(written(study, own), RULES)
    assert days(book, RULES.traits) == [
        ("Rational", "call", 7), ("Ambivalent", "call", 7), ("Stalker", "call", 7),
        ("Opponent", "call", 7),
    ]  # fmt: skip
    assert book.unmet(RULES.traits) == ["Ambassador", "silent"]
    assert (book.name("call"), book.text("call"), book.text("call", "sv")) == (
        "call", "Call them", "Call them")  # fmt: skip
    assert book.quoted.startswith("the study's own (")
    other = playbook_of(written(study, own.replace("days: 7", "days: 8")), RULES)
    assert other.fingerprint != book.fingerprint != shipped().fingerprint
    assert study.programme("60_segments").keys() == {"playbook.yaml"}
    assert study.programme("50_renewal") == {}
    assert "playbook.yaml" not in study.sources()


def test_actions_have_their_code_party_owner_and_day(study):
    own = (
        "actions:\n"
        "- {code: call, segments: [Rational], days: 7, party: customer, owner: the board,\n"
        "   text: {en: Call them}}\n"
        "- {code: visit, segments: [silent], days: 3, text: {en: Visit them}}\n"
    )
    keys = {"client_id": "C", "wave": "1"}
    assigned = pd.DataFrame(
        {**keys, "account_id": ["a", "b", "c"], "segment": ["Rational", None, None],
         "status": ["settled", "silent", "unjudged"], "n": [3, 0, 2]}
    )  # fmt: skip
    owners = assigned[["client_id", "account_id"]].assign(account_manager="Eva")
    asked = pd.DataFrame({**keys, "started": [pd.Timestamp("2025-05-01 12:00")]})
    book = playbook_of(written(study, own), RULES)
    found = actions(assigned, owners, asked, book, RULES.traits)
    columns = ["account_id", "segment", "status", "action", "party", "owner", "account_manager"]
    assert found[columns].astype(object).where(
        found[columns].notna(), None
    ).to_numpy().tolist() == [
        ["a", "Rational", "settled", "call", "customer", "the board", "Eva"],
        ["b", None, "silent", "visit", "us", "account_manager", "Eva"],
    ]
    assert found["due"].tolist() == [pd.Timestamp("2025-05-08"), pd.Timestamp("2025-05-04")]


def test_what_may_end_a_relationship_never_rests_on_few_answers_or_a_segment_in_doubt():
    four = pd.DataFrame(
        {"client_id": "C", "wave": "1", "account_id": list("abcd"), "segment": "Stalker",
         "status": ["settled", "settled", "not_settled", "settled"], "n": [1, 2, 9, 3]}
    )  # fmt: skip
    owners = four[["client_id", "account_id"]].assign(account_manager="Eva")
    asked = pd.DataFrame({"client_id": ["C"], "wave": ["1"], "started": pd.Timestamp("2025-05-01")})
    found = actions(four, owners, asked, shipped(), RULES.traits)
    ends = {one.code for one in shipped().actions if one.ends_relationship}
    assert found.loc[found["action"].isin(ends), "account_id"].tolist() == ["d"]


def test_the_table_keeps_the_words():
    rows = shipped().table(RULES.traits)
    book = of_table(rows)
    for one in shipped().actions:
        for language in ("en", "sv", "de"):
            assert book.name(one.code, language) == shipped().name(one.code, language)
            assert book.text(one.code, language) == shipped().text(one.code, language)
    assert shipped().name("ask_for_referral") == "ask for referral"
    assert shipped().name("ask_for_referral", "sv") == "be om rekommendation"
    assert json.loads(rows.set_index("action").loc["close_the_loop", "segments"]) == ["Ambivalent"]
    assert of_table(rows.head(0)).name("call_them") == "call them"


BROKEN = {
    "unknown segment": ("[Stalker]", "[Stalkr]", "'Stalkr' is no segment of the thresholds"),
    "unknown exception": ("except: [Stalker,", "except: [Stalkr,", "'Stalkr' is no segment"),
    "a code twice": ("code: co_create", "code: recognise", "code 'recognise' comes twice"),
    "no code": ("code: listen", "code: Listen up", "must be written after the pattern"),
    "no days": ("days: 45", "days: soon", "whole number"),
    "other party": ("party: us", "party: them", "'us' or 'customer'"),
    "no text": ("en: Plan one innovation together", "en: ' '", "has no text for en"),
    "yes and no": ("ends_relationship: yes", "ends_relationship: maybe", "is yes or no"),
    "a stray key": ("hours: 16", "hour: 16", "is not a key that is known here"),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_every_fault_is_named_with_its_line(study, old, new, said):
    with pytest.raises(DataError) as error:
        playbook_of(written(study, TEXT.replace(old, new, 1)), RULES)
    named = error.value.cases
    assert named["rule"].str.contains(said, regex=False).tolist() == [True], error.value
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    assert line - 1 <= named["row"].item() <= line + 1


def test_check_looks_at_the_playbook(tmp_path, monkeypatch):
    from crqlab.cli.playbook import findings

    study = lay_out(tmp_path, Shape(accounts=2))
    assert findings(study) == []
    own = yaml.safe_load(TEXT)
    own["actions"] = [one for one in own["actions"] if one["code"] != "listen"]
    written(study, yaml.safe_dump(own))
    said = findings(study)
    assert said[0].startswith("playbook.yaml: 7 actions, crqlab's own: ")
    assert said[1:] == ["playbook.yaml: no action for silent"]
    written(study, TEXT.replace("[Opponent]", "[Oponent]"))
    with pytest.raises(DataError, match="no segment of the thresholds"):
        findings(study)


def test_show_prints_a_file_to_start_from(tmp_path):
    found = crqlab("playbook", "show", home=tmp_path)
    assert found.exit_code == 0
    assert found.output == TEXT


def unsure(**columns):
    """Weak accounts of which little is known, each for another reason, and one that is content."""
    rows = pd.DataFrame(
        {"client_id": "C", "wave": "1", "account_id": list("abcdef"),
         "segment": ["Stalker", "Opponent", "Ambivalent", "Ambivalent", "Rational", "Ambivalent"],
         "status": ["not_settled", "settled", "not_settled", "settled", "not_settled", "settled"],
         "n": [5, 1, 4, 4, 1, 9]}
    )  # fmt: skip
    apart = '{"code": "apart", "scores": ["solution", "experience"], "value": 1.6, "cut": 1.25}'
    below = '{"code": "below", "scores": ["crq"], "value": 4.3, "cut": 4.5}'
    rows["reason"] = [below, below, below, apart, "no_other_rule", f"[{below}, {apart}]"]
    return rows.assign(**columns)


def planned(rows, book):
    owners = rows[["client_id", "account_id"]].assign(account_manager="Eva")
    asked = pd.DataFrame({"client_id": ["C"], "wave": ["1"], "started": pd.Timestamp("2025-05-01")})
    found = actions(rows, owners, asked, book, RULES.traits)
    return found.groupby("account_id")["action"].agg(list).to_dict(), found


def test_weak_accounts_in_doubt_are_listened_to_and_never_left_alone_or_let_go():
    found, _ = planned(unsure(), shipped())
    assert found == {
        "a": ["hear_more"], "b": ["hear_more"], "c": ["close_the_loop", "hear_more"],
        "d": ["close_the_loop"], "e": ["differentiate"], "f": ["close_the_loop"],
    }  # fmt: skip


def test_a_playbook_that_only_ends_relationships_borrows_a_harmless_action(study):
    own = (
        "actions:\n"
        "- {code: leave, segments: [weak], days: 7, ends_relationship: yes, text: {en: Leave}}\n"
        "- {code: hear_more, segments: [Rational], days: 7, text: {en: Call them}}\n"
    )
    book = playbook_of(written(study, own), RULES)
    found, _ = planned(unsure(), book)
    assert found == {
        "a": ["hear_more_people"], "b": ["hear_more_people"], "c": ["hear_more_people"],
        "d": ["leave"], "e": ["hear_more"], "f": ["leave"],
    }  # fmt: skip
    table = of_table(book.table(RULES.traits))
    assert table.text("hear_more_people", "sv") == shipped().text("hear_more", "sv")
    assert book.unmet(RULES.traits) == ["Ambassador", "silent"]


def test_an_action_is_worded_by_the_reason_of_its_account():
    _, found = planned(unsure(), shipped())
    loops = found[found["action"] == "close_the_loop"].set_index("account_id")["wording"]
    assert loops.astype(object).where(loops.notna(), None).to_dict() == {
        "c": "otherwise", "d": None, "f": None}  # fmt: skip
    book = of_table(shipped().table(RULES.traits))
    for language, words in (("en", "weaker of solution"), ("sv", "svagare av lösning")):
        said = dict(zip(found["account_id"] + found["action"], book.texts(found, language),
                        strict=True))  # fmt: skip
        assert words in said["dclose_the_loop"]
        assert words not in said["cclose_the_loop"]
    assert book.texts(found.drop(columns="wording"))[0] == shipped().text("close_the_loop")


@pytest.mark.parametrize("language", ["en", "sv"])
def test_what_a_segment_means_is_true_of_whoever_is_there(language):
    meant = RULES.traits.meaning("Ambivalent", language)
    either = {"en": "weak all in all, or", "sv": "svag på det hela taget, eller"}
    assert meant.startswith(either[language])


def test_what_is_for_accounts_in_doubt_may_not_let_them_go(study):
    own = (
        "actions:\n- {code: go, segments: [top], days: 7, text: {en: Go}}\n"
        "unsettled: {code: no, segments: [weak], days: 7, ends_relationship: yes, text: {en: No}}\n"
    )
    with pytest.raises(DataError) as broken:
        playbook_of(written(study, own), RULES)
    assert "may not end a relationship" in broken.value.cases["rule"].iloc[0]
