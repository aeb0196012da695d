"""What an older crqlab made lives on: tables are made again, releases and pages are kept."""

import shutil
import zipfile
from pathlib import Path

import pytest

import crqlab
from crqlab.base.migration import migrate
from crqlab.base.study import Study
from crqlab.benchmark import release
from crqlab.report import stations, verified

OLD = Path(__file__).parents[1] / "fixtures" / "study_0_1_0.zip"
NOTEBOOKS = Path(crqlab.__file__).parents[1] / "notebooks"


@pytest.fixture
def old(tmp_path):
    """A study of six clients as 0.1.0 left it: raw files, tables, a release, a page."""
    with zipfile.ZipFile(OLD) as kept:
        kept.extractall(tmp_path)
    return Study("old", tmp_path)


def test_an_old_page_is_known_by_its_version_and_its_seal(old):
    page = old.reports / "C001_2025.html"
    assert str(verified(page)) == "C001_2025.html: made by 0.1.0, unaltered"
    assert verified(page).holds


def test_an_old_page_that_was_altered_is_told(old):
    page = old.reports / "C001_2025.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("4.", "5.", 1), encoding="utf-8")
    assert str(verified(page)) == "C001_2025.html: made by 0.1.0, altered since"
    assert not verified(page).holds


def test_an_old_release_is_read_and_verified_as_it_is(old):
    before = {path.name: path.read_bytes() for path in _files(old)}
    found = release(old.root, "2025.1")
    assert str(found) == (
        "release 2025.1 (01470f8c), as of 2025-12-31: synthetic data of 14 clients, "
        "CRQ-24 demo version 1"
    )
    assert {path.name: path.read_bytes() for path in _files(old)} == before


def _files(study):
    return sorted((study.root / "data" / "processed" / "releases" / "2025.1").iterdir())


@pytest.mark.slow
def test_tables_of_an_old_study_are_made_again_by_themselves(old):
    (old.root / "notebooks").mkdir()
    for name in ("10_responses", "20_participation", "30_scores", "90_report"):  # enough to tell
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", old.root / "notebooks")
    old.path("client_scores").write_bytes(b"of another time")
    told = []
    stations(old, {}, told.append)
    assert [line.rsplit(" in ", 1)[0] for line in told if "made" in line] == [
        "Station 10_responses: made",
        "Station 20_participation: made",
        "Station 30_scores: made",
    ]
    scores = old.read("client_scores", client="C001", wave="2025")
    assert set(scores["measure"]) >= {"crq", "nps"}


def test_migrating_writes_concepts_and_keeps_comments_releases_and_the_version_before(old):
    path, before = old.raw / "codebook.yaml", (old.raw / "codebook.yaml").read_bytes()
    releases = {one.name: one.read_bytes() for one in _files(old)}
    stale = old.processed / "60_of_old.parquet"
    stale.write_bytes(b"x")
    told = migrate(old)
    assert told[0].startswith("codebook.yaml: 12 constructs have their concepts written down")
    assert told[1].startswith("60_of_old.parquet: no table has this name any more")
    assert not stale.exists()
    assert (old.raw / "codebook.before1.yaml").read_bytes() == before
    comments = [line for line in before.decode().splitlines() if "#" in line]
    text = path.read_text(encoding="utf-8")
    assert all(line.partition("#")[2] in text for line in comments)
    now = Study("old", old.root).codebook.instrument
    assert not now.drafted
    assert now.concepts == old.codebook.instrument.concepts
    assert {one.name: one.read_bytes() for one in _files(old)} == releases
    assert migrate(Study("old", old.root)) == []
