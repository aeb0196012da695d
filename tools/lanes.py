"""The fast tests in other surroundings than today's.

    python tools/lanes.py pythons        every Python of this machine, with the locked packages
    python tools/lanes.py newest         the newest Python found, and the newest packages
    python tools/lanes.py lowest         the oldest Python found, and the lowest packages allowed
    python tools/lanes.py windowslike    this Python, with what Windows has not taken away
    python tools/lanes.py pages          pages of every Python, each forked and started anew: the
                                         same bytes in both ways, the same numbers everywhere

What stands behind the lane goes to pytest; with ``--only 3.13`` a lane of Pythons takes that one,
with ``--only here`` the one that runs.
Environments are kept in the folder for temporary files and made anew when packages change.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(tempfile.gettempdir()) / f"lanes-of-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"
MINORS = range(11, 15)
EXTRAS = ("cluster", "exports", "postgres", "test")
PLACES = ("~/.pyenv/versions/*/bin", "/opt/python*/bin", "/usr/local/bin", "/opt/homebrew/bin")
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
#: What meets other packages and systems most: files, databases, statistics, pictures, commands.
FAST = """
tests/base tests/benchmark tests/language tests/test_cli.py tests/page/test_claims.py
tests/scores/test_respondents.py tests/scores/test_clients.py tests/stats/test_components.py
tests/stats/test_icc.py tests/stats/test_nps.py tests/stats/test_proportion.py
tests/stats/test_regression.py tests/stats/test_reliability.py tests/stats/test_survival.py
tests/show/test_benchmark_figures.py tests/show/test_construct_figures.py
tests/show/test_drivers_figures.py tests/show/test_participation_figures.py
tests/show/test_scores_figures.py tests/report/test_parameters.py tests/report/test_exports.py
tests/responses/test_dialects.py tests/responses/test_formats.py tests/responses/test_round_trip.py
""".split()
#: Where processes, consoles, names and files differ; each file runs whole.
SYSTEMS = """
tests/base/test_files.py tests/base/test_temporary_folders.py tests/report/test_other_systems.py
tests/report/test_execution.py tests/report/test_system_errors.py tests/responses/test_dialects.py
tests/test_cli.py
""".split()
QUICK = "not slow and not browser and not validation"
#: Slow tests too: an old package may lack what few tests ask for.
SLOW_TOO = "not browser and not validation"
#: How large a panel is drawn, and whose outputs are compared.
SHOWN = ("--panel", "12", "--clients", "C001,C007", "--languages", "en")
#: What is compared of two Pythons: tables differ in their last bits, what is printed must not.
PRINTED = "page,workbook,slides,crm"
#: How notebooks are executed: by the value of CRQLAB_FORK.
WAYS = {"forked": "1", "anew": "0"}
#: The environment that runs, named as those that are made.
HERE = f"locked-3.{sys.version_info[1]}"
#: Old packages warn of newer ones beside them.
OLD = ("-W", "ignore::DeprecationWarning", "-W", "ignore::FutureWarning")


def pythons() -> dict[str, str]:
    """Return the first Python of each minor version that crqlab allows, the oldest first."""
    found = {}
    for minor in MINORS:
        name = f"python3.{minor}"
        there = [shutil.which(name), *_installed(name), *_launched(minor)]
        if works := [python for python in there if python and _runs(python, minor)]:
            found[f"3.{minor}"] = works[0]
    return found


def _installed(name: str) -> list[str]:
    some = [glob.glob(os.path.join(os.path.expanduser(place), name)) for place in PLACES]
    return sorted(path for paths in some for path in paths)


def _launched(minor: int) -> list[str]:
    """Ask the launcher of Windows where its Python of that version is."""
    if not (launcher := shutil.which("py")):
        return []
    asks = [launcher, f"-3.{minor}", "-c", "import sys; print(sys.executable)"]
    said = subprocess.run(asks, capture_output=True, text=True, check=False)
    return [said.stdout.strip()] if said.returncode == 0 else []


def _runs(python: str, minor: int) -> bool:
    """Whether it starts and is what its name says; a stand-in of pyenv may be neither."""
    asks = [python, "-c", "import ensurepip, sys, venv; print(sys.version_info[1])"]
    try:
        said = subprocess.run(asks, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return said.stdout.strip() == str(minor)


def declared() -> list[str]:
    """Return what crqlab asks for, and what its extras that the tests use ask for."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    more = (one for extra in EXTRAS for one in project["optional-dependencies"][extra])
    return [*project["dependencies"], *more]


def lowest(line: str) -> str:
    """Return a requirement at the lowest version that it allows.

    Examples
    --------
    >>> lowest("ibis-framework[duckdb]>=12"), lowest("sqlglot>=27,<30.18")
    ('ibis-framework[duckdb]==12', 'sqlglot==27')
    """
    name, floor, version = line.partition(">=")
    if not floor:
        raise ValueError(f"{line!r} has no lowest version; write {line}>=…")
    return f"{name}=={version.partition(',')[0]}"


def wanted(lane: str, only: str | None) -> list[tuple[str, str, list[str]]]:
    """Return name, Python and what pip is told, for each environment of a lane."""
    known = pythons()
    if not known:
        sys.exit("No Python from 3.11 to 3.14 was found; install one and run this again.")
    print("Pythons of this machine: " + ", ".join(f"{v} ({p})" for v, p in known.items()))
    if lacking := [f"3.{minor}" for minor in MINORS if f"3.{minor}" not in known]:
        print(f"Not here, so not tried: {', '.join(lacking)}")
    known = {v: p for v, p in known.items() if only in (None, v)} or sys.exit(f"no Python {only}")
    oldest, newest = next(iter(known)), list(known)[-1]
    locked = ["--no-deps", "--require-hashes", "--requirement", str(ROOT / "requirements.lock")]
    if lane == "pythons":
        return [(f"locked-{version}", python, locked) for version, python in known.items()]
    if lane == "newest":
        return [(f"newest-{newest}", known[newest], ["--upgrade", *declared()])]
    return [(f"lowest-{oldest}", known[oldest], list(map(lowest, declared())))]


def made(name: str, python: str, packages: list[str]) -> str:
    """Return the Python of an environment, made anew unless it has these packages already."""
    place = FOLDER / name
    inside = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lock = (ROOT / "requirements.lock").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    asked = hashlib.sha256(repr((python, packages)).encode() + lock).hexdigest()
    note = place / "asked"
    fixed = not name.startswith("newest")
    if fixed and inside.exists() and note.exists() and note.read_text() == asked:
        return str(inside)
    _call([python, "-m", "venv", "--clear", str(place)])
    _call([str(inside), *PIP, "install", *packages])
    own = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    _call([str(inside), *PIP, "install", *own])
    note.write_text(asked)
    return str(inside)


def versions(python: str) -> str:
    """Return which Python an environment has, and which versions of what crqlab asks for."""
    names = sorted({re.split(r"[\[<>=]", line)[0] for line in declared()})
    asks = (
        "import sys; from importlib.metadata import version\n"
        "print('Python', '.'.join(map(str, sys.version_info[:3])), 'with',"
        " ', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))"
    )
    said = subprocess.run([python, "-c", asks, *names], capture_output=True, text=True, check=True)
    return said.stdout.strip()


def _call(words: list[str]) -> None:
    if subprocess.call(words):
        sys.exit(f"This step failed, its reason stands above: {' '.join(words[:4])} …")


def tested(python: str, tests: list[str], options: list[str]) -> int:
    """Run tests in two processes; returns pytest's exit code."""
    words = ["-m", "pytest", "-p", "no:nbval", "-p", "no:cacheprovider", "-q"]
    pair = ["-n", "2", "--dist", "loadfile"]
    place = {"PYTHONPATH": str(ROOT)}
    return subprocess.call(
        [python, *words, *pair, *options, *tests], cwd=ROOT, env={**os.environ, **place}
    )


def pages(environments: list[tuple[str, str]]) -> int:
    """Make the demo's outputs with each Python in both ways, and compare them; 1 if any differs."""
    place, apart = Path(tempfile.mkdtemp(prefix="pages-")), []
    tool = os.path.join("tools", "compare_outputs.py")
    for name, python in environments:
        for way in WAYS:
            told = {**os.environ, "PYTHONPATH": str(ROOT), "CRQLAB_FORK": WAYS[way]}
            asks = ["make", str(place / f"{name}-{way}"), *SHOWN]
            if subprocess.call([python, tool, *asks], cwd=ROOT, env=told):
                return 1
        forked, started = (place / f"{name}-{way}" for way in WAYS)
        others = differing(forked / "files", started / "files")
        others += differing(forked / "tables", started / "tables")
        print(
            f"== {name}: forked and started anew, files that differ: {others or 'none'}", flush=True
        )
        apart += [name] if others else []
    first = place / f"{environments[0][0]}-forked"
    for name, _ in environments[1:]:
        asks = ["compare", str(first), str(place / f"{name}-forked"), "--kinds", PRINTED]
        print(f"\n== {environments[0][0]} and {name}", flush=True)
        apart += [name] if subprocess.call([sys.executable, tool, *asks], cwd=ROOT) else []
    print(f"\n== pages: {f'differ: {apart}' if apart else 'all the same'}")
    if not apart:
        shutil.rmtree(place)
    return int(bool(apart))


def differing(one: Path, other: Path) -> list[str]:
    """Return the names of files that are not in both folders with the same bytes.

    Examples
    --------
    >>> differing(ROOT / "tools", ROOT / "tools")
    []
    """
    sides = [
        {path.relative_to(side).as_posix(): path for path in side.rglob("*") if path.is_file()}
        for side in (one, other)
    ]
    if not all(sides):
        raise ValueError(f"no file in {one} or in {other}")
    return sorted(
        name
        for name in sides[0].keys() | sides[1].keys()
        if not all(name in side for side in sides)
        or sides[0][name].read_bytes() != sides[1][name].read_bytes()
    )


def main(words: list[str]) -> int:
    """Run a lane; every environment is tried, and one that fails makes the whole fail."""
    lane, options = (words or [""])[0], words[1:]
    if lane == "windowslike":
        print("Not Windows: what it has not is taken away (tests/windowslike.py says what)")
        return tested(sys.executable, SYSTEMS, ["-p", "tests.windowslike", *options])
    if lane not in ("pythons", "newest", "lowest", "pages"):
        return sys.exit(
            f"There is no lane {lane!r}; use pythons, newest, lowest, windowslike or pages."
        )
    only = options.pop(options.index("--only") + 1) if "--only" in options else None
    options = [word for word in options if word != "--only"]
    if lane == "pages":
        here = (HERE, sys.executable)
        others = [] if only == "here" else wanted("pythons", only)
        return pages([here, *((v, made(*one)) for one in others if (v := one[0]) != HERE)])
    failed = []
    for name, python, packages in wanted(lane, only):
        started = time.monotonic()
        print(f"\n== {name}: {python}", flush=True)
        inside = made(name, python, packages)
        print(f"== {name}: environment after {time.monotonic() - started:.0f} s", flush=True)
        print(f"== {name}: {versions(inside)}", flush=True)
        some = ["-m", SLOW_TOO, *OLD] if lane == "lowest" else ["-m", QUICK]
        if tested(inside, FAST, [*some, *options]):
            failed.append(name)
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    print(f"\n== {lane}: " + (f"failed on {', '.join(failed)}" if failed else "all passed"))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
