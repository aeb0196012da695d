"""The wheel alone, in an environment of its own: notebooks, demo and kernel, without a checkout.

Dependencies are those of the environment that runs the tests, so that nothing is fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
COUNT = len(list((ROOT / "notebooks").glob("*.ipynb")))
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with an environment that has the wheel, and the scripts in it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / SCRIPTS / "python"
    said = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    packages = Path(said.stdout.strip())
    (packages / "running.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps"]
    wheel = next(folder.glob("*.whl"))
    subprocess.run([*pip, "--no-index", wheel], capture_output=True, check=True)
    return python.parent


def run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess:
    """Run a script of the new environment; nothing leads it back to the checkout."""
    out = {"PYTHONPATH", "CRQLAB_HOME", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in out}
    environment["JUPYTER_PATH"] = str(Path(sys.prefix, "share", "jupyter"))  # nbconvert's pages
    environment["PATH"] = os.pathsep.join([str(installed), environment["PATH"]])
    return subprocess.run(
        [installed / words[0], *words[1:]], cwd=folder, env=environment, text=True,
        capture_output=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def laid_out(installed, tmp_path_factory):
    """Notebooks in a new folder, and a small study called demo."""
    folder = tmp_path_factory.mktemp("empty")
    found = run(installed, folder, "crqlab", "notebooks", "work")
    assert found.returncode == 0, found.stderr
    assert found.stdout == f"{COUNT} notebooks are in work; demo data for them: crqlab demo\n"
    drawn = run(installed, folder / "work", "crqlab", "simulate", "demo", "--clients", "4")
    assert drawn.returncode == 0, drawn.stderr
    return folder / "work"


def test_the_wheel_is_what_is_imported(installed, tmp_path):
    code = "import crqlab, crqlab.report.clearance.provenance as p; print(p.shipped()[0])"
    found = run(installed, tmp_path, "python", "-c", code)
    assert found.returncode == 0, found.stderr
    place = Path(found.stdout.strip())
    assert installed.parent in place.parents
    assert place.parent.name == "notebooks"


def test_notebooks_are_laid_out_as_they_are_committed(laid_out):
    committed = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [p.name for p in sorted(laid_out.glob("*.ipynb"))] == [p.name for p in committed]
    for path in committed:
        assert (laid_out / path.name).read_bytes() == path.read_bytes()


def test_laying_out_again_overwrites_nothing(installed, laid_out):
    mine = laid_out / "20_participation.ipynb"
    before = mine.read_bytes()
    mine.write_bytes(before + b"\n")
    (laid_out / "10_responses.ipynb").unlink()
    try:
        again = run(installed, laid_out.parent, "crqlab", "notebooks", "work")
        assert again.returncode == 2
        assert "20_participation.ipynb: not ours as shipped" in again.stderr
        assert mine.read_bytes() == before + b"\n"
        assert not (laid_out / "10_responses.ipynb").exists()
    finally:
        mine.write_bytes(before)
        shutil.copy(ROOT / "notebooks" / "10_responses.ipynb", laid_out)


def test_papermill_runs_one_with_the_environments_own_kernel(installed, laid_out):
    found = run(installed, laid_out, "python", "-m", "papermill", "10_responses.ipynb", "out.ipynb")
    assert found.returncode == 0, found.stderr
    assert (laid_out / "data/processed/demo/10_responses.parquet").is_file()
    cells = nbformat.read(laid_out / "out.ipynb", as_version=4).cells
    told = "".join(o.get("text", "") for cell in cells for o in cell.get("outputs", ()))
    assert "of 4 clients in 3 waves" in told


def test_the_code_of_a_wheel_has_the_hash_of_the_checkouts(installed, tmp_path):
    code = "from crqlab.report.clearance.provenance import code; print(code())"
    of_wheel = run(installed, tmp_path, "python", "-c", code).stdout
    own = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, check=True
    )
    assert of_wheel == own.stdout


def test_a_plain_install_brings_notebooks_their_kernel_and_their_tests(installed, tmp_path):
    code = "import importlib.metadata as m; print('\\n'.join(m.requires('crqlab')))"
    told = run(installed, tmp_path, "python", "-c", code).stdout.splitlines()
    asked = [Requirement(line) for line in told]
    plain = {one.name for one in asked if one.marker is None}
    assert {"ipykernel", "jupyterlab", "nbval", "papermill", "seaborn", "statsmodels"} <= plain


def test_an_empty_folder_becomes_a_project_and_a_full_one_is_left_alone(installed, tmp_path):
    code = "from crqlab.report import project; print(project())"
    empty, full = tmp_path / "empty", tmp_path / "full"
    for folder in (empty, full / "data"):
        folder.mkdir(parents=True)
    found = run(installed, empty, "python", "-c", code)
    assert found.stdout.strip() == str(empty.resolve())
    assert sorted(each.name for each in empty.iterdir()) == ["data", "notebooks"]
    assert len(list((empty / "notebooks").glob("*.ipynb"))) == COUNT
    assert not (empty / "notebooks" / "data").exists()
    refused = run(installed, full, "python", "-c", code)
    assert refused.returncode == 1
    assert "No project above" in refused.stderr
    assert [each.name for each in full.iterdir()] == ["data"]


def test_a_shell_completes_commands_and_studies(installed, laid_out):
    completed = {"_CRQLAB_COMPLETE": "complete_bash", "COMP_WORDS": "crqlab check d",
                 "COMP_CWORD": "2"}  # fmt: skip
    os.environ.update(completed)
    try:
        assert run(installed, laid_out, "crqlab").stdout.split() == ["demo"]
    finally:
        for name in completed:
            del os.environ[name]
