"""Tables that were deleted, cut, altered or taken from elsewhere are made again by the next run."""

import json
import shutil

import pandas as pd
import pytest

from crqlab import StudyError, responses
from crqlab.base.study import Study
from crqlab.report.clearance.provenance import notebooks
from crqlab.report.run.journey import stations


def answered(root, shift=0):
    """A study of one file, whose journey is its first station."""
    (root / "notebooks").mkdir()
    for path in notebooks(Study("other", root=root / "nowhere")):
        if path.stem == "10_responses":
            shutil.copy(path, root / "notebooks")
    rows = [f"r{i},{1 + (i + shift) % 7},{1 + (3 * i) % 7}" for i in range(9)]
    (root / "export.csv").write_text("\n".join(["id,tru_1,tru_2", *rows]))
    responses.new("acme", root, export=root / "export.csv")
    return Study("acme", root=root)


def run(study):
    return [page.made for page in stations(study, {}, str)]


def everything(study):
    for path in study.processed.iterdir():
        path.unlink()


def one(study):
    study.path("quality").unlink()


def cut(study):
    path = study.path("responses")
    path.write_bytes(path.read_bytes()[:-40])


def altered(study):
    rows = pd.read_parquet(study.path("responses"))
    rows.assign(tru_1=7.0).to_parquet(study.path("responses"), index=False)


def no_manifest(study):
    (study.processed / "manifest.json").unlink()


def half_a_manifest(study):
    path = study.processed / "manifest.json"
    path.write_text(path.read_text()[:100])


def foreign(study):
    """Tables and manifest of another study, whole and sound in themselves."""
    other = study.root / "other"
    other.mkdir()
    elsewhere = answered(other, shift=1)
    run(elsewhere)
    shutil.copytree(elsewhere.processed, study.processed, dirs_exist_ok=True)


def foreign_manifest(study):
    path = study.processed / "manifest.json"
    path.write_text(path.read_text().replace('"sha256": "', '"sha256": "0'))


def claims_nothing(study):
    """A manifest that is sound, but knows of no table."""
    (study.processed / "manifest.json").write_text(json.dumps({"tables": {}}))


@pytest.mark.slow
def test_what_happened_to_tables_is_made_good_and_what_is_sound_is_kept(tmp_path):
    study = answered(tmp_path)
    assert run(study) == [True]
    tables = {path.name: path.read_bytes() for path in study.processed.glob("*.parquet")}
    assert len(tables) == 8
    assert run(study) == [False]
    for happened in (everything, one, cut, altered, no_manifest, half_a_manifest, foreign,
                     foreign_manifest, claims_nothing):  # fmt: skip
        happened(study)
        assert run(study) == [True], happened.__name__
        now = {path.name: path.read_bytes() for path in study.processed.glob("*.parquet")}
        assert now == tables, happened.__name__
    assert run(study) == [False]


@pytest.mark.slow
def test_raw_files_that_change_during_a_run_stop_it_and_the_next_run_is_right(tmp_path):
    study = answered(tmp_path)
    path = tmp_path / "notebooks" / "10_responses.ipynb"
    book = json.loads(path.read_text(encoding="utf-8"))
    last = next(cell for cell in reversed(book["cells"]) if cell["cell_type"] == "code")
    change = (
        "if (files.raw / 'moving').exists():\n    with (files.raw / 'export.csv').open('a') as f:"
    )
    before = {
        **last,
        "id": "moves",
        "outputs": [],
        "source": f"{change}\n        _ = f.write('\\n')",
    }
    book["cells"].insert(book["cells"].index(last), before)
    path.write_text(json.dumps(book), encoding="utf-8")
    (study.raw / "moving").touch()
    with pytest.raises(StudyError, match=r"export\.csv changed while 10_responses\.ipynb ran"):
        run(study)
    assert not list(study.reports.glob("*.html"))
    (study.raw / "moving").unlink()
    assert run(study) == [True]
    assert run(study) == [False]
