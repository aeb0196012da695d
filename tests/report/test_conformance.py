"""The fast lane puts out and writes what a plain kernel does, byte for byte, in every notebook."""

import shutil

import nbformat
import pytest

from crqlab import Study, simulate
from crqlab.report.run.execution import execute
from crqlab.report.run.execution_mode import LANES, fitting
from crqlab.report.run.notebook_files import cleaned
from tests.report.executed import REPORT
from tests.report.test_forking import forks

SHIPPED = sorted(REPORT.parent.glob("[0-9][0-9]_*.ipynb"))
FAST = [path for path in SHIPPED if fitting(path) == "fork"]
#: Of the normal run: quick, and the second reads what the first one has written.
SOON = [path for path in FAST if path.stem in ("10_responses", "20_participation", "30_scores")]


def conforms(folder, notebooks, clients):
    """Run notebooks in their order in each lane, in a project of its own; compare all they made."""
    homes = {lane: folder / lane for lane in LANES}
    for home in homes.values():
        simulate.write(home, clients=clients)
        shutil.copytree(REPORT.parent, home / "notebooks")
    for path in notebooks:
        told = {"client": "C002"} if path.stem == REPORT.stem else {}
        made = {
            lane: nbformat.writes(cleaned(execute(path, told, home=home, lane=lane)))
            for lane, home in homes.items()
        }
        assert made["fork"] == made["kernel"], path.stem
        assert '"outputs": [\n    {' in made["fork"], path.stem
        tables = [Study("demo", home).manifest["tables"] for home in homes.values()]
        assert tables[0] == tables[1], path.stem
        files = [_files(home / "data" / "processed") for home in homes.values()]
        assert files[0] == files[1], path.stem
        assert files[0]


def _files(folder):
    """What lies in a folder, by name; what only tells the time is left out."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.parquet")}
    return {name: path.read_bytes() for name, path in found.items()}


def test_every_notebook_of_the_journey_is_in_the_fast_lane_and_held_to_it():
    assert FAST == SHIPPED
    assert len(FAST) == 10
    assert len(SOON) == 3


@forks
@pytest.mark.slow
def test_three_stations_are_the_same_in_both_lanes(tmp_path):
    conforms(tmp_path, SOON, clients=3)


@forks
@pytest.mark.validation
def test_every_shipped_notebook_is_the_same_in_both_lanes(tmp_path):
    conforms(tmp_path, FAST, clients=150)
