"""From raw files to pages, by real kernels: made once, kept while true, the same each time."""

import shutil

import pytest

from crqlab import CrqError, Study, simulate
from crqlab.report import DisclosureError, supersede
from crqlab.report.batch.client_selection import chosen
from crqlab.report.batch.index import index
from crqlab.report.run.execution import RunError
from crqlab.report.run.journey import notebooks, reports, stations

CLIENTS = ("C001", "C003")


def travelled(root):
    """A small panel, its stations run and two reports made."""
    simulate.write(root, clients=4)
    study = Study("demo", root=root)
    heard = []
    pages = stations(study, {"draws": "200"}, heard.append)
    pages += reports(study, chosen(study, CLIENTS, None), {}, heard.append)
    index(study)
    return study, pages, heard


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return travelled(tmp_path_factory.mktemp("first"))


def pages_of(study):
    return {path.name: path.read_bytes() for path in sorted(study.reports.glob("*.html"))}


@pytest.mark.slow
def test_every_notebook_becomes_a_page_and_is_told(made):
    study, pages, heard = made
    assert all(page.made and page.path.is_file() for page in pages)
    assert [page.path.stem for page in pages[: -len(CLIENTS)]] == [
        path.stem for path in notebooks(study)[:-1]
    ]
    assert sum("running" in line for line in heard) == len(pages)
    text = (study.reports / "index.html").read_text()
    for page in pages:
        assert f'href="{page.path.name}"' in text


@pytest.mark.slow
def test_what_is_still_true_is_kept_to_the_byte(made):
    study, pages, _ = made
    before = pages_of(study)
    again = stations(study, {}, str)  # settings stay as they were
    again += reports(study, chosen(study, CLIENTS, None), {}, str)
    assert not any(page.made for page in again)
    assert pages_of(study) == before
    assert len(again) == len(pages)


@pytest.mark.slow
def test_the_same_inputs_elsewhere_give_the_same_bytes(made, tmp_path):
    study, _, _ = made
    other, _, _ = travelled(tmp_path)
    assert pages_of(other) == pages_of(study)
    for page in pages_of(study).values():
        assert str(study.root).encode() not in page


@pytest.mark.slow
def test_a_decision_is_followed_to_the_page(made, tmp_path):
    study = Study("demo", root=tmp_path)
    for part in ("data", "reports"):
        shutil.copytree(made[0].root / part, tmp_path / part)
    (tmp_path / "notebooks").mkdir()
    for path in notebooks(made[0]):
        if path.stem in ("10_responses", "30_scores", "90_report"):
            shutil.copy(path, tmp_path / "notebooks")
    responses = study.read("responses")
    mine = responses[(responses["client_id"] == "C001") & responses["included"]]
    lines = ["response_id,decision,reason", f"{mine['response_id'].iloc[-1]},exclude,a test answer"]
    (study.raw / "decisions.csv").write_text("\n".join(lines))
    again = stations(study, {"draws": "200"}, str)
    mine = chosen(study, ["C001"], None)
    with pytest.raises(DisclosureError, match="people who are gone"):  # whoever has both pages
        reports(study, mine, {}, str)
    assert supersede(study, "C001")
    again += reports(study, mine, {}, str)
    assert all(page.made for page in again)
    after = study.read("responses")
    assert after["included"].sum() == responses["included"].sum() - 1


@pytest.mark.slow
def test_a_report_holds_its_own_client_only(made):
    study, _, _ = made
    accounts = study.read("accounts")
    names = {client: set(rows["name"]) for client, rows in accounts.groupby("client_id")}
    first, other = ((study.reports / f"{c}_2025.html").read_text() for c in CLIENTS)
    strangers = names[CLIENTS[1]] - names[CLIENTS[0]]
    assert any(name in other for name in strangers)
    assert not [name for name in strangers if name in first]


@pytest.mark.slow
def test_unknown_clients_waves_and_parameters_are_refused(made):
    study, _, _ = made
    with pytest.raises(CrqError, match="client is 'C999'; use"):
        chosen(study, ["C999"], None)
    with pytest.raises(CrqError, match="wave of client C001 is '1999'; use '20"):
        chosen(study, ["C001"], 1999)
    with pytest.raises(CrqError, match="'clint'; use 'study', 'client'"):
        reports(study, [("C001", "2025")], {"clint": "x"}, str)
    with pytest.raises(CrqError, match="'levle'"):
        stations(study, {"levle": 0.9}, str)


@pytest.mark.slow
def test_a_broken_export_ends_the_journey_before_anything_is_written(tmp_path):
    simulate.write(tmp_path, clients=3)
    study = Study("demo", root=tmp_path)
    export = study.raw / "responses_2024.csv"
    lines = export.read_text(encoding="utf-8-sig").splitlines()
    export.write_text("\n".join([*lines[:5], lines[5].replace(",", ",oops,", 1), *lines[6:]]))
    with pytest.raises(RunError) as caught:
        stations(study, {}, str)
    assert caught.value.ename == "DataError"
    assert "responses_2024.csv" in "\n".join(caught.value.lines)
    assert not study.processed.exists()
    assert not study.reports.exists()
