"""A new study can be read as soon as it is laid out; nothing is ever overwritten."""

from __future__ import annotations

import pytest
import yaml
from typer.testing import CliRunner

from crqlab import CrqError, DataError, Study, StudyError, responses
from crqlab.cli import app
from tests.responses.conftest import answers, study, texts, write_csv, write_qualtrics, write_xlsx
from tests.responses.test_formats import LIME, WORDING


def test_the_template_is_a_codebook_of_the_whole_instrument(tmp_path):
    path = responses.new("acme", tmp_path)
    assert path == tmp_path / "data/raw/acme/codebook.yaml"
    book = Study("acme", root=tmp_path).codebook
    assert book.title == "acme"
    assert len(book.instrument.items) == 24
    assert len(book.instrument.comments) == 3
    assert len(book.instrument.crq.constructs) == 6
    assert path.read_text(encoding="utf-8").count("#") > 30


def test_the_template_and_the_demo_ask_the_same(tmp_path):
    from importlib.resources import files

    demo = yaml.safe_load((files("crqlab.simulate") / "crq24.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load(responses.new("acme", tmp_path).read_text(encoding="utf-8"))
    for part in ("items", "constructs", "scale", "uniqueness", "recommend", "comments"):
        assert own["instrument"][part] == demo["instrument"][part]


def test_nothing_is_overwritten(tmp_path):
    path = responses.new("acme", tmp_path)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="has a codebook already, and it is kept"):
        responses.new("acme", tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_another_file_of_the_export_s_name_is_kept(tmp_path):
    folder = tmp_path / "data/raw/acme"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("mine", encoding="utf-8")
    write_csv(tmp_path / "a.csv", [list(answers().columns), *texts(answers())])
    with pytest.raises(StudyError, match=r"another file named a\.csv, and it is kept"):
        responses.new("acme", tmp_path, export=tmp_path / "a.csv")
    assert [p.name for p in folder.iterdir()] == ["a.csv"]


def test_an_export_that_is_not_there_or_unreadable_leaves_nothing(tmp_path):
    with pytest.raises(StudyError, match="There is no file"):
        responses.new("acme", tmp_path, export=tmp_path / "no.csv")
    (tmp_path / "a.csv").write_bytes(b"a\0b")
    with pytest.raises(DataError, match="is not text"):
        responses.new("acme", tmp_path, export=tmp_path / "a.csv")
    with pytest.raises(CrqError, match="letters, digits"):
        responses.new("../acme", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def qualtrics(path):
    names = {"response_id": "ResponseId", "seconds": "Duration (in seconds)", "ltr": "Q10"}
    wording = {"tru_1": WORDING["tru_1"], "Q10": "How likely are you to recommend us?"}
    write_qualtrics(path, many().rename(columns=names), wording)


def limesurvey(path):
    table = many().rename(columns=LIME | {"ltr": "G02Q01. Would you recommend us?"})
    write_csv(path, [list(table.columns), *texts(table)])


def plain(path):
    table = many()
    write_csv(path, [list(table.columns), *texts(table)], delimiter=";")


def many():
    """Enough answers to see the scale; a code 99 beside it."""
    table = answers()
    table = table.loc[[n % 6 for n in range(30)]].reset_index(drop=True)
    table["response_id"] = [f"R{n:03d}" for n in range(30)]
    table[["tru_1", "tru_2", "com_1", "sat_1"]] = [
        [n % 7 + 1, (n + 2) % 7 + 1, 99 if n == 4 else (n + 4) % 7 + 1, (n * 3) % 7 + 1]
        for n in range(30)
    ]
    table["ltr"] = [n % 11 for n in range(30)]
    table["best"] = [f"{n} good things about all of them" for n in range(30)]
    return table


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("q.csv", qualtrics),
        ("l.csv", limesurvey),
        ("p.csv", plain),
        ("x.xlsx", lambda path: write_xlsx(path, many())),
    ],
)
def test_a_drafted_codebook_reads_its_export_at_once(name, write, tmp_path):
    write(tmp_path / name)
    path = responses.new("acme", tmp_path, export=tmp_path / name)
    study = Study("acme", root=tmp_path)
    book = study.codebook.instrument
    raw = responses.read(study)
    assert len(raw.responses) == 30
    assert len(book.items) == 4
    assert (book.scale.low, book.scale.high) == (1, 7)
    assert raw.responses["ltr"].tolist() == [n % 11 for n in range(30)]
    assert raw.responses["seconds"].notna().any()
    closed = raw.responses[list(book.items)]
    assert closed.isna().sum().sum() == 1  # the code 99 was drafted as no answer
    assert raw.unusable.empty
    assert len(book.comments) == 1
    assert (path.parent / name).read_bytes() == (tmp_path / name).read_bytes()
    assert "# EDIT" in path.read_text(encoding="utf-8")


def test_wording_comes_from_the_export(tmp_path):
    qualtrics(tmp_path / "q.csv")
    responses.new("acme", tmp_path, export=tmp_path / "q.csv")
    book = Study("acme", root=tmp_path).codebook.instrument
    assert book.items["tru_1"].text == "Keeps its word"
    assert book.recommend == "How likely are you to recommend us?"


def test_a_drafted_codebook_says_the_concepts_that_it_takes_from_names(tmp_path):
    qualtrics(tmp_path / "q.csv")
    path = responses.new("acme", tmp_path, export=tmp_path / "q.csv")
    book = Study("acme", root=tmp_path).codebook
    given = [one.concept for one in book.instrument.constructs.values()]
    assert given == [
        "trust",
        "other",
        "other",
        "other",
    ]  # "They keep their word" is all that is worded
    assert responses.drafted_concepts(book) == ""
    assert "concept: other" in path.read_text(encoding="utf-8")


def test_the_template_leaves_no_concept_to_names(tmp_path):
    responses.new("acme", tmp_path)
    book = Study("acme", root=tmp_path).codebook
    assert responses.drafted_concepts(book) == ""
    assert book.instrument.construct_of("calculative_commitment") == "calculative"
    assert book.instrument.construct_of("reliability") == "reliable"


def test_a_check_lists_the_concepts_that_names_tell(tmp_path):
    found = study(tmp_path)
    write_csv(found.raw / "answers.csv", [list(answers().columns), *texts(answers())])
    said = CliRunner().invoke(app, ["check", found.name], env={"CRQLAB_HOME": str(tmp_path)})
    assert said.exit_code == 0, said.output
    head, *listed = said.output.splitlines()[-4:]
    assert head.startswith("3 constructs have the concepts that their names tell; confirm or")
    assert listed == [
        "  trust: {concept: trust, kind: outcome}",
        "  commitment: {concept: commitment, kind: outcome}",
        "  satisfaction: {concept: satisfaction, kind: outcome}",
    ]
