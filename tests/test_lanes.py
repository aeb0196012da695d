"""The lanes of other surroundings: what they install, what they compare, and who runs them."""

import doctest
import re
import shutil
from pathlib import Path

import pytest
import yaml

import bootstrap
from tools import lanes

ROOT = Path(__file__).resolve().parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "tests.yml"


def test_examples_of_the_lanes_run():
    assert doctest.testmod(lanes, optionflags=doctest.ELLIPSIS).failed == 0


def test_every_dependency_has_a_lowest_version_that_the_lane_installs():
    pinned = [lanes.lowest(line) for line in lanes.declared()]
    assert len(pinned) > 30
    assert all(re.fullmatch(r"[\w.\[\]-]+==\d[\d.]*", line) for line in pinned)
    with pytest.raises(ValueError, match="has no lowest version"):
        lanes.lowest("numpy<3")


def test_tests_that_lanes_name_are_there():
    assert [name for name in {*lanes.FAST, *lanes.SYSTEMS} if not (ROOT / name).exists()] == []


def test_one_byte_that_differs_is_found_and_a_file_that_is_missing(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    (one / "en").mkdir(parents=True)
    for name in ("en/a.html", "en/b.html", "c.parquet"):
        (one / name).write_bytes(b"the same")
    shutil.copytree(one, other)
    assert lanes.differing(one, other) == []
    (other / "en" / "b.html").write_bytes(b"the samf")
    (other / "c.parquet").unlink()
    assert lanes.differing(one, other) == ["c.parquet", "en/b.html"]
    with pytest.raises(ValueError, match="no file in"):
        lanes.differing(tmp_path / "nothing", tmp_path / "nothing")


def test_an_environment_says_what_it_has():
    said = lanes.versions(lanes.sys.executable)
    assert said.startswith("Python 3.")
    assert re.search(r", numpy \d+\.\d+", said)


def test_the_workflow_knows_three_systems_four_pythons_and_lanes_that_there_are():
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    asked = jobs["fast"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in asked["system"]} == {"ubuntu", "macos", "windows"}
    wanted = range(bootstrap.OLDEST[1], bootstrap.NEWEST[1] + 1)
    assert asked["python"] == [f"3.{minor}" for minor in wanted]
    floors = jobs["floors"]["strategy"]["matrix"]["include"]
    assert {one["lane"] for one in floors} == {"lowest", "newest"}
    for job in jobs.values():
        for step in job["steps"]:
            for lane in re.findall(r"tools/lanes\.py (\w+)", step.get("run", "")):
                assert lane in bootstrap.LANES.values()


def test_the_whole_check_calls_targets_that_there_are():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    called = re.findall(r"^make (\S+)", script, flags=re.MULTILINE)
    known = {name for name, _ in bootstrap.COMMANDS}
    assert {"test", "test-windowslike", "test-engines", "test-pages"} <= set(called) <= known
