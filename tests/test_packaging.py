"""What is shipped agrees with itself: dependencies, locks, conda, version, targets, wheel."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
import yaml

import bootstrap
import crqlab
from crqlab.stats import quantile_cuts
from tools import environment

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def plain(name: str) -> str:
    """Return a package name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> list[str]:
    extras = PROJECT["optional-dependencies"].values()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    return [re.match(r"[\w.-]+", line).group() for line in lines]


# ---- dependencies


def test_every_dependency_is_locked():
    locked = {plain(name) for name in re.findall(r"^([\w.-]+)==", LOCK, flags=re.MULTILINE)}
    assert {plain(name) for name in declared()} - locked == set()


def test_every_locked_package_has_a_hash():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", ["requirements.lock", "tests/browser/package-lock.json"])
def test_no_lock_records_an_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links", text) == []


def test_every_dependency_has_a_reason():
    reasons = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8")
    listed = {plain(name) for name in re.findall(r"^\| ([\w.-]+) \|", reasons, flags=re.MULTILINE)}
    assert listed - {"package"} == {plain(name) for name in declared()}


def test_environment_yml_agrees_with_pyproject():
    kept = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert kept == environment.environment(PYPROJECT), "run: python tools/environment.py"


def test_environment_yml_is_read_by_conda_and_pixi_alike():
    """Neither extras in brackets nor options of pip, which pixi refuses."""
    document = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    asked = document["dependencies"]
    assert [one for one in asked if not re.fullmatch(r"[a-z][\w.-]*([<>=]=?[\d.]+,?)*", one)] == []
    assert {"ibis-duckdb", "nbval", "seaborn"} <= {re.split("[<>=]", one)[0] for one in asked}


def test_folders_of_the_journey_are_in_a_fresh_clone():
    listed = subprocess.run(
        ["git", "ls-files", "data", "reports"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    readmes = ["data/processed/README.md", "data/raw/README.md", "reports/README.md"]
    assert sorted(listed) == readmes, "only these pages are committed, never data or reports"


def test_environment_yml_would_tell_a_difference():
    changed = PYPROJECT.replace('"pyarrow>=', '"something-else>=1", "pyarrow>=')
    assert environment.environment(changed) != environment.environment(PYPROJECT)


# ---- floors


@pytest.mark.parametrize(
    ("contract", "free"),
    [("Only report executes notebooks", {"report"}), ("Only show draws", {"show"})],
)
def test_a_rule_about_one_floor_binds_all_the_others(contract, free):
    contracts = tomllib.loads(PYPROJECT)["tool"]["importlinter"]["contracts"]
    bound = next(c["source_modules"] for c in contracts if c["name"] == contract)
    layers = next(c["layers"] for c in contracts if c["type"] == "layers")
    floors = {name for layer in layers for name in layer.split(" | ")}
    assert {name.removeprefix("crqlab.") for name in bound} == floors - free


#: Modules that still reach for each other, the first from inside a function.
CIRCLES = {
    ("crqlab.report.batch.batches", "crqlab.report.batch.cluster"),
    ("crqlab.report.forking.shell", "crqlab.report.forking.roles"),
}


def modules() -> dict[str, Path]:
    paths = sorted((ROOT / "crqlab").rglob("*.py"))
    names = [path.relative_to(ROOT).with_suffix("").as_posix() for path in paths]
    return {
        name.removesuffix("/__init__").replace("/", "."): path
        for name, path in zip(names, paths, strict=True)
    }


def imported(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """All that code imports, inside functions too, but for types: what it may be, in order."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from ((each.name,) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{each.name}", node.module) for each in node.names)
        yield from imported(node)


def reached(among: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return the modules that each module imports."""
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in among.items()}
    return {
        name: {next((each for each in may if each in among), name) for may in imported(tree)}
        - {name}
        for name, tree in trees.items()
    }


def test_no_module_comes_back_to_itself_by_what_it_imports():
    graph = reached(modules())
    known = {(one, other) for one, other in CIRCLES if other in graph[one] and one in graph[other]}
    assert known == CIRCLES, "a circle is gone: take it from the list"
    for one, other in CIRCLES:
        graph[one].remove(other)
    TopologicalSorter(graph).prepare()


def test_a_circle_is_found_inside_functions_too(tmp_path):
    texts = {"a": "import b", "b": "def f():\n    from c import g", "c": "if 1:\n    import a"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    graph = reached({name: tmp_path / name for name in texts})
    with pytest.raises(CycleError):
        TopologicalSorter(graph).prepare()
    graph["b"].clear()
    TopologicalSorter(graph).prepare()


# ---- names


#: Packages that import all they offer at once, so that a function keeps its module's place.
EAGER = {"crqlab.stats.account_model": {"answers", "draws", "posterior"}}
PACKAGES = sorted(name for name, path in modules().items() if path.name == "__init__.py")


@pytest.mark.parametrize("name", PACKAGES)
def test_what_a_package_offers_is_there_and_no_module_takes_its_place(name):
    package = importlib.import_module(name)
    offered = {each: getattr(package, each) for each in getattr(package, "__all__", ())}
    assert set(offered) <= set(dir(package))
    inside = {each.name for each in pkgutil.iter_modules(package.__path__)}
    same = {each for each in inside & set(offered) if not inspect.ismodule(offered[each])}
    assert same == EAGER.get(name, set()), (
        "a module of this name would take the place of what is offered"
    )


def test_a_look_at_statistics_shows_them():
    stats = set(dir(crqlab.stats))
    assert {"accuracy", "factors", "reliability", "survival", "validity"} <= stats
    assert {"icc1", "quantiles", "random_intercept_reml", "rwg_j", "wilson"} <= stats
    helpers = {"account_sums", "items", "stopwords"}
    inside = {each.name for each in pkgutil.iter_modules(crqlab.stats.__path__)}
    assert inside - helpers <= stats, "a new module of statistics is to be listed in crqlab/stats"
    assert crqlab.stats.quantiles is quantile_cuts.quantiles
    with pytest.raises(AttributeError, match="quantile_typo"):
        _ = crqlab.stats.quantile_typo


def test_importing_the_package_fixes_its_threads_and_loads_nothing_more():
    code = "import sys, crqlab; print([m for m in sys.modules if m.startswith('crqlab.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['crqlab.base', 'crqlab.base.one_thread']"


# ---- versions and package data


def test_the_version_is_one():
    assert crqlab.__version__ == PROJECT["version"]


def test_the_wheel_carries_everything_in_the_package(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        shipped = {name for name in wheel.namelist() if name.startswith("crqlab/")}
    written = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "crqlab").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    notebooks = {f"crqlab/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert shipped == written | notebooks


# ---- the way in from a bare Python


def test_bootstrap_parses_on_a_python_of_long_ago():
    source = (ROOT / "bootstrap.py").read_text(encoding="utf-8")
    assert source.isascii()
    tree = ast.parse(source, feature_version=(3, 5))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.NamedExpr)]


def test_make_and_bootstrap_know_the_same_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^TARGETS := (.+)$", makefile, flags=re.MULTILINE).group(1).split()
    assert sorted(targets) == sorted(name for name, _ in bootstrap.COMMANDS)


def test_help_says_what_every_command_does():
    result = start("help")
    assert result.returncode == 0
    for name, purpose in bootstrap.COMMANDS:
        assert re.search(rf"^  {name} +{re.escape(purpose)}$", result.stdout, flags=re.MULTILINE)
        assert len(purpose) > 10


def test_an_unknown_command_is_answered_with_the_list():
    result = start("dmeo")
    assert result.returncode == 2
    assert result.stderr.startswith("There is no command 'dmeo'.")
    assert "  demo " in result.stderr


@pytest.mark.parametrize("command", ["demo", "lab", "lint", "notebooks", "reference", "test"])
def test_every_command_has_steps_that_start_in_the_environment(command):
    for title, words in bootstrap.steps(command, ["--option"]):
        assert title
        assert words[0].startswith(bootstrap.BIN)


def test_an_old_python_without_a_newer_one_is_told_which_to_install(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(SystemExit, match="1"):
        bootstrap.main(["demo"])
    told = capsys.readouterr().err
    assert told.startswith("crqlab needs Python 99.0 or newer; this is Python 3.")
    for system in ("sudo apt install python3", "brew install python", "winget install Python"):
        assert system in told


def test_a_python_without_ensurepip_is_told_the_debian_package(tmp_path):
    for name in ("bootstrap.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "ensurepip.py").write_text("raise ImportError('kept in python3-venv')")
    result = start("install", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert result.returncode == 1
    assert "sudo apt install python3-venv" in result.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space",
            "disk is full",
        ),
        ("OSError: [WinError 112] There is not enough space on the disk", "disk is full"),
        ("OSError: [Errno 13] Permission denied: 'numpy'", "no program of .venv is open"),
        ("PermissionError: [WinError 32] The process cannot access", "no program of .venv is open"),
        ("ERROR: Could not find a version that satisfies the requirement", "Is PyPI"),
    ],
)
def test_why_an_install_failed_is_told_as_it_was(said, told, monkeypatch, capfd):
    monkeypatch.setattr(bootstrap, "scarce", lambda: False)
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    lines = f"import sys; sys.stderr.write({said!r}); sys.exit(1)"
    call = bootstrap.call
    monkeypatch.setattr(bootstrap, "call", lambda words, fix: call([words[0], "-c", lines], fix))
    with pytest.raises(SystemExit):
        bootstrap.install_packages()
    shown = capfd.readouterr().err
    assert said in shown
    assert told in shown
    assert ("Is PyPI" in shown) == (told == "Is PyPI")


def test_a_full_disk_is_told_though_nobody_names_it(monkeypatch, capfd):
    class Usage:
        free = 1e6

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage)
    with pytest.raises(SystemExit):
        bootstrap.call([sys.executable, "-c", "raise SystemExit(1)"], "The environment …")
    assert "A disk is full: the environment needs 2 GB in" in capfd.readouterr().err


def test_a_folder_that_is_not_ones_own_is_told(tmp_path):
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    lines = (
        "import bootstrap, errno, os, runpy, sys; sys.argv = ['bootstrap.py', 'install']\n"
        "def held(path, *_): raise PermissionError(errno.EACCES, 'Permission denied', path)\n"
        "import builtins; builtins.open = held; runpy.run_path('bootstrap.py', run_name='__main__')"
    )
    run = [sys.executable, "-c", lines]
    found = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "may not be written to.\nSee to it that the folder is yours" in found.stderr
    assert "Traceback" not in found.stderr


def test_children_find_the_environment_and_may_store_bytecode(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    given = bootstrap.environment()
    assert given["PATH"].startswith(bootstrap.BIN + os.pathsep)
    assert {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & set(given) == set()


def start(*words: str, folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, folder / "bootstrap.py", *words],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


# ---- whether .venv can be built upon


def complete(**changes: object) -> dict:
    return {**bootstrap.wanted(), **changes}


@pytest.fixture
def runs(monkeypatch):
    monkeypatch.setattr(bootstrap, "version_of", lambda words: [3, 12])


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("change", [{}, {"lock": "older"}, {"project": "older"}])
def test_an_older_install_is_built_upon(change):
    assert bootstrap.usable(complete(**change))


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    "change", [{"complete": False}, {"folder": "/moved"}, {"python": [3, 11]}], ids=json.dumps
)
def test_a_half_made_moved_or_outgrown_environment_is_made_anew(change):
    assert not bootstrap.usable(complete(**change))


def test_an_environment_whose_python_is_gone_is_made_anew(monkeypatch):
    monkeypatch.setattr(bootstrap, "version_of", lambda words: None)
    assert not bootstrap.usable(complete())


# ---- size

MOST_ARGUMENTS = 9  # a group in a frozen dataclass counts once; options of the command line apart


def arguments(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every function and how many things it takes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = node.args
            names = [each.arg for each in (*own.posonlyargs, *own.args, *own.kwonlyargs)]
            groups = [each for each in (own.vararg, own.kwarg) if each]
            yield node.name, len([n for n in names if n not in ("self", "cls")]) + len(groups)


def test_no_function_takes_more_than_a_reader_can_hold():
    found = {
        f"{module}.{name}": count
        for module, path in modules().items()
        if not module.startswith("crqlab.cli")
        for name, count in arguments(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(found) > 1500
    assert {n: c for n, c in found.items() if c > MOST_ARGUMENTS} == {}, "group the options"


def test_arguments_are_counted():
    tree = ast.parse("class A:\n    def f(self, a, /, b, *c, d=1, **e): ...")
    assert list(arguments(tree)) == [("f", 5)]
