"""What nobody has confirmed is refused for clients, and confirmed point by point."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from crqlab import CrqError, Study, StudyError, responses
from crqlab.cli import app
from tests.responses.test_drafts import table, write

OPEN = ["instrument.items.q1", "instrument.items.q2", "instrument.items.q3",
        "instrument.items.q4", "instrument.constructs.q", "responses.columns.response_id",
        "responses.columns.account_id", "responses.columns.started", "client"]  # fmt: skip


@pytest.fixture
def study(tmp_path):
    responses.drafted("s", tmp_path, [write(tmp_path / "a.csv", table())], {})
    return Study("s", root=tmp_path)


def again(study):
    return Study("s", root=study.root)


def book(study):
    return (study.raw / "codebook.yaml").read_text(encoding="utf-8")


def test_a_draft_lists_what_nobody_has_confirmed(study):
    assert sorted(study.codebook.unconfirmed) == sorted(OPEN)
    assert responses.unconfirmed(study)["client"] == "the name of the client"


def test_a_value_settles_its_point_and_comments_stay(study):
    comments = [line.partition("#")[2] for line in book(study).splitlines() if "#" in line]
    left = responses.confirm(study, values={"client.name": "Acme & Co"})
    assert "client" not in left
    assert again(study).codebook.client.name == "Acme & Co"
    assert all(comment in book(study) for comment in comments)
    assert (study.raw / "codebook.before.yaml").is_file()


def test_what_the_draft_was_sure_of_is_accepted_together_and_no_more(study):
    left = responses.confirm(study, accept_sure=0.9)
    assert sorted(left) == sorted([*OPEN[:5], "client"])
    with pytest.raises(CrqError, match=r"must lie in 0\.5 to 1"):
        responses.confirm(again(study), accept_sure=0.0)


def test_when_all_is_confirmed_the_list_goes(study):
    left = responses.confirm(study, values={"client.name": "A"}, accept_sure=0.5,
                             accept=["instrument.constructs.q"])  # fmt: skip
    assert left == []
    assert "unconfirmed" not in book(study)
    responses.refuse_draft(again(study))


def test_a_wrong_point_path_or_value_changes_nothing(study):
    before = book(study)
    for wrong in ({"accept": ["nonsense"]}, {"values": {"no.such.place": "1"}},
                  {"values": {"instrument.scale": "[7, 1]"}},
                  {"values": {"client.name": "a: b: c"}}):  # fmt: skip
        with pytest.raises(CrqError):
            responses.confirm(study, **wrong)
        assert book(study) == before
    assert sorted(path.name for path in study.raw.iterdir()) == ["a.csv", "codebook.yaml"]


def test_a_report_of_a_draft_is_refused_with_the_list(study):
    with pytest.raises(StudyError, match=r"9 points .* crqlab confirm s"):
        responses.refuse_draft(study)
    said = CliRunner().invoke(
        app, ["report", "--study", "s", "--client", "C1"], env={"CRQLAB_HOME": str(study.root)}
    )
    assert said.exit_code == 2
    assert "instrument.constructs.q" in said.stderr
    for command in (["export", "--study", "s", "--client", "C1", "--to", "csv"],):
        said = CliRunner().invoke(app, command, env={"CRQLAB_HOME": str(study.root)})
        assert said.exit_code == 2
        assert "not confirmed" in said.stderr


def test_the_command_sets_accepts_and_tells_what_is_left(study):
    words = ["confirm", "s", "--set", "client.name=Acme", "--accept-sure", "0.5",
             "--accept", "instrument.constructs.q"]  # fmt: skip
    said = CliRunner().invoke(app, words, env={"CRQLAB_HOME": str(study.root)})
    assert said.output == "all is confirmed\n"
    told = CliRunner().invoke(app, ["check", "s"], env={"CRQLAB_HOME": str(study.root)})
    assert "unconfirmed:" not in told.output
