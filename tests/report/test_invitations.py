"""Letters of invitation, who approved whom, and that no word of them calls it a survey."""

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from crqlab import CrqError, DataError
from crqlab.base.codebook import Privacy
from crqlab.base.invitation import Invitation
from crqlab.cli import app
from crqlab.language import language
from crqlab.page.invitations.letters import letters
from crqlab.programme.invitation_wording import survey_words
from crqlab.programme.sign_offs import sign_offs
from crqlab.report import export_invitations
from crqlab.report.clearance.erasure import _deleted
from crqlab.report.run.notebook_files import stem
from tests.report.open_wave import answer, lay_out

ASKED = {"sender": "Anna Ekbom", "title": {"en": "CEO", "sv": "VD"}, "closes_on": "2025-04-30",
         "strategic": ["B"], "director": "Per Dahlström"}  # fmt: skip


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, [answer("C1-0"), answer("C1-1"), answer("C2-0")], invitation=ASKED)


@pytest.mark.parametrize("code", ["en", "sv"])
@pytest.mark.parametrize("alerts", ["confidential", "identified"])
@pytest.mark.parametrize("manager", ["Eva", None])
def test_no_letter_of_ours_sounds_like_a_survey(code, alerts, manager):
    asked, privacy = Invitation.model_validate(ASKED), Privacy(alerts=alerts)
    made = list(letters(asked, privacy, "Norrvik", manager, language(code)))
    assert [one.kind for one in made] == ["ceo", "manager", "reminder", "last", "thanks"]
    for one in made:
        assert survey_words(one.text, code).table.empty, one.text


@pytest.mark.parametrize(
    ("code", "said", "found"),
    [
        ("en", "Our customer survey", ["survey"]),
        ("en", "SURVEYS and a\nNet  Promoter Score", ["SURVEYS", "Net  Promoter", "Score"]),
        ("en", "A surveyor? No: surveyors survey.", ["surveyor", "surveyors", "survey"]),
        ("en", "an underscored word", []),
        ("sv", "Vår kundenkät och en ENKÄTUNDERSÖKNING", ["ENKÄTUNDERSÖKNING"]),
        ("sv", "Samtal om samarbetet", []),
    ],
)
def test_words_of_surveys_are_found_as_whole_words(code, said, found):
    assert survey_words(said, code).table["found"].tolist() == found


def test_letters_stand_in_files_of_their_own_for_each_account_manager(study):
    made, _ = export_invitations(study, "C1", language="sv")
    assert [path.name for path in made] == [
        "kit_sv.html", "ceo_sv.txt", "manager_Eva-Lindquist_sv.txt",
        "reminder_Eva-Lindquist_sv.txt", "last_sv.txt", "thanks_Eva-Lindquist_sv.txt"]  # fmt: skip
    assert {path.parent.name for path in made} == {"C1_2025_invitations"}
    said = made[2].read_text(encoding="utf-8")
    assert "öppet till 2025-04-30" in said
    assert said.rstrip().endswith("Eva Lindquist\nNorrvik")
    assert "minst 3 av er" in said
    ceo = made[1].read_text(encoding="utf-8")
    assert ceo.rstrip().endswith("Anna Ekbom\nVD\nNorrvik")
    assert "Eva" not in ceo  # one letter for the customers of all account managers
    page = made[0].read_text(encoding="utf-8")
    for other in ("Almedal", "Hallsta"):
        assert other not in page


def test_strategic_lists_are_approved_by_the_director(study):
    contacts = pd.read_csv(study.raw / "contacts.csv")
    contacts["signed_off_on"] = ["2025-02-20", "2025-02-21", None]
    contacts["signed_off_by"] = ["per dahlström", "Eva Lindquist", None]
    contacts.to_csv(study.raw / "contacts.csv", index=False)
    _, approved = export_invitations(study, "C1")
    row = approved.table.iloc[0]
    assert (row["contacts"], row["approved"], row["by"]) == (2, 2, "Eva Lindquist, per dahlström")
    assert (str(row["first"].date()), str(row["last"].date())) == ("2025-02-20", "2025-02-21")
    assert approved.missing[["account_id", "why"]].to_numpy().tolist() == [["C1A01", "director"]]


def test_without_strategic_tiers_anybodys_approval_counts():
    people = pd.DataFrame({"account_id": ["A", "A"], "contact_id": ["1", "2"], "name": ["x", "y"],
                           "signed_off_on": [pd.Timestamp("2025-01-01"), pd.NaT],
                           "signed_off_by": [None, "Eva"]})  # fmt: skip
    accounts = pd.DataFrame({"account_id": ["A"], "name": ["Kvarn"], "tier": ["B"],
                             "account_manager": [None]})  # fmt: skip
    found = sign_offs(people, accounts)
    assert found.missing.empty
    assert found.table["account_manager"].isna().all()
    strict = sign_offs(people, accounts, Invitation.model_validate(ASKED))
    assert strict.missing["why"].tolist() == ["director"]


def test_a_client_or_wave_that_is_not_there_is_refused(study):
    with pytest.raises(CrqError, match="client is 'C9'"):
        export_invitations(study, "C9")
    with pytest.raises(CrqError, match="wave of client C1"):
        export_invitations(study, "C1", wave="2031")


def test_a_codebook_says_both_whose_lists_and_who_approves_them(study):
    path = study.raw / "codebook.yaml"
    book = yaml.safe_load(path.read_text())
    book["invitation"] = {"strategic": ["A"]}
    path.write_text(yaml.safe_dump(book))
    with pytest.raises(DataError, match="strategic and director belong together"):
        export_invitations(type(study)("acme", root=study.root), "C1")


def test_a_letter_of_ones_own_is_checked(study, tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_HOME", str(study.root))
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Eva,\nour survey is open.\n")
    run = CliRunner().invoke(app, ["invitations", "acme", "--check", str(letter)])
    assert (run.exit_code, run.stdout) == (1, "'survey' in line 2\n")
    letter.write_text("Dear Eva,\nwe are listening.\n")
    run = CliRunner().invoke(app, ["invitations", "acme", "--check", str(letter)])
    assert (run.exit_code, run.stdout) == (0, "Nothing in the text calls it a survey\n")
    letter.write_bytes(b"\xff\xfe\xfa")
    run = CliRunner().invoke(app, ["invitations", "acme", "--check", str(letter)])
    assert run.exit_code == 2
    assert "cannot be read as text" in run.stderr


def test_forgetting_deletes_files_of_a_client_whatever_its_id(study):
    folder = study.reports / f"{stem('Acme AB')}_2025_plans"
    folder.mkdir(parents=True)
    (folder / "x.html").write_text("x")
    assert [path.name for path in _deleted(study, "Acme AB")] == ["x.html"]
