"""How many planted bugs the nearest tests find: a seeded sample of mutants of some folders.

    python tools/mutate.py crqlab/page crqlab/segments --sample 200 --seed 7 --jobs 2

Mutants are Cosmic Ray's: arithmetic, comparisons, conditions, numbers. Each is planted in a copy of
the checkout, and only the test files run that reach its line (told by coverage). Nothing here is
part of ``make test``.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / ".mutation"  # where bootstrap.py puts the mutation tester
sys.path.insert(0, str(PARTS))
#: Tests that are looked at for each folder, beside the doctests in it.
NEAREST = {
    "crqlab/page": ("tests/page", "tests/show", "tests/report/test_exports.py"),
    "crqlab/report/clearance": (
        "tests/report/test_gate.py",
        "tests/report/test_verify.py",
        "tests/page/test_pseudonyms.py",
        "tests/report/test_older_versions.py",
    ),
    "crqlab/segments": ("tests/segments",),
    "crqlab/renewal": ("tests/renewal",),
}
_SKIPPED = ("ReplaceUnaryOperator_UAdd", "RemoveDecorator", "VariableReplacer", "VariableInserter")
_SECONDS = 240
_PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:nbval", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Mutant:
    """One planted bug: where, what, and what became of it."""

    path: str
    line: int
    operator: str
    occurrence: int
    state: str = ""
    diff: str = ""


def main(words: Sequence[str]) -> int:
    """Run a sample for each folder and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", default=list(NEAREST))
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--into", type=Path, help="a folder for one JSON file per code folder")
    asked = parser.parse_args(words)
    for folder in asked.folders:
        done = _folder(folder.rstrip("/"), asked.sample, asked.seed, asked.jobs)
        _print(folder, done)
        if asked.into:
            asked.into.mkdir(parents=True, exist_ok=True)
            text = json.dumps([asdict(one) for one in done], indent=1)
            name = f"{folder.rstrip('/').replace('/', '_')}.json"
            (asked.into / name).write_text(text, encoding="utf-8")
    return 0


def _folder(folder: str, sample: int, seed: int, jobs: int) -> list[Mutant]:
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        copies = [_copied(Path(place) / str(n)) for n in range(jobs)]
        reached = _reached(copies[0], folder)
        chosen = _sampled(copies[0], folder, sample, seed)
        free: Queue[Path] = Queue()
        for copy in copies:
            free.put(copy)
        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(lambda one: _tried(one, reached, free), chosen))


def _copied(place: Path) -> Path:
    """Copy what git tracks."""
    named = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, named.stdout.decode().split("\0")):
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return place


def _environment(copy: Path) -> dict[str, str]:
    path = os.pathsep.join([str(copy), str(PARTS)])
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _reached(copy: Path, folder: str) -> Mapping[str, Mapping[int, set[str]]]:
    """Say which test files run which lines of a folder."""
    from coverage import CoverageData

    rules = copy / "mutation.coveragerc"
    words = [sys.executable, "-m", "coverage", "run", f"--rcfile={rules}", f"--include={folder}/*",
             "-m", "pytest", "-q", "-p", "no:nbval", "-p", "tools.test_contexts", folder,
             *NEAREST.get(folder, ())]  # fmt: skip
    rules.write_text("[run]\n", encoding="utf-8")
    done = subprocess.run(words, cwd=copy, env=_environment(copy), check=False,
                          capture_output=True, text=True)  # fmt: skip
    if done.returncode:
        told = (done.stdout + done.stderr)[-3000:]
        sys.exit(f"The tests of {folder} must pass before bugs are planted:\n{told}")
    data = CoverageData(str(copy / ".coverage"))
    data.read()
    found: dict[str, dict[int, set[str]]] = {}
    for file in data.measured_files():
        name = Path(file).relative_to(copy).as_posix()
        lines = data.contexts_by_lineno(file)
        found[name] = {
            line: {one.partition("::")[0] for one in contexts if one}
            for line, contexts in lines.items()
        }
    return found


def _sampled(copy: Path, folder: str, sample: int, seed: int) -> list[Mutant]:
    """Draw mutants: a place first, then what is done there."""
    places: dict[tuple[str, int, str], list[Mutant]] = {}
    for one in _all(copy, folder):
        kind = one.operator.rpartition("/")[2].partition("_")[0]
        places.setdefault((one.path, one.line, kind), []).append(one)
    chance = random.Random(seed)
    keys = sorted(places)
    chosen = chance.sample(keys, min(sample, len(keys)))
    return [chance.choice(places[key]) for key in chosen]


def _all(copy: Path, folder: str) -> Iterator[Mutant]:
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast_from_path

    names = [n for n in plugins.operator_names() if not any(word in n for word in _SKIPPED)]
    operators = {n: kind() for n in names if not (kind := plugins.get_operator(n)).arguments()}
    for path in sorted((copy / folder).rglob("*.py")):
        passed_over = _passed_over(path)
        tree = list(ast_nodes(get_ast_from_path(path)))
        for name, operator in operators.items():
            spots = (spot for node in tree for spot in operator.mutation_positions(node))
            for occurrence, (start, _) in enumerate(spots):
                if start not in passed_over:
                    yield Mutant(path.relative_to(copy).as_posix(), start[0], name, occurrence)


def _passed_over(path: Path) -> set[tuple[int, int]]:
    """Places in annotations: nothing runs there."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        notes: Iterable[ast.AST | None] = (
            getattr(node, "annotation", None), getattr(node, "returns", None)
        )  # fmt: skip
        for note in filter(None, notes):
            for part in ast.walk(note):
                if hasattr(part, "lineno"):
                    ends = range(part.col_offset, (part.end_col_offset or part.col_offset) + 1)
                    found |= {(part.lineno, column) for column in ends}
    return found


def _tried(one: Mutant, reached: Mapping, free: Queue[Path]) -> Mutant:
    """Plant a bug in a free copy, run the tests that reach it, and mend it again."""
    from cosmic_ray import plugins
    from cosmic_ray.mutating import use_mutation

    copy = free.get()
    try:
        files = sorted(reached.get(one.path, {}).get(one.line, ()))
        operator = plugins.get_operator(one.operator)()
        with use_mutation(copy / one.path, operator, one.occurrence) as (before, after):
            if after is None or after == before:
                return Mutant(**{**asdict(one), "state": "no mutant"})
            state = _run(copy, files) if files else "not reached"
            changed = _changed(before, after)
        return Mutant(**{**asdict(one), "state": state, "diff": changed})
    finally:
        free.put(copy)


def _run(copy: Path, files: Sequence[str]) -> str:
    words = [sys.executable, *_PYTEST, *files]
    try:
        done = subprocess.run(words, cwd=copy, env=_environment(copy), timeout=_SECONDS,
                              check=False, capture_output=True)  # fmt: skip
    except subprocess.TimeoutExpired:
        return "killed"
    return "survived" if done.returncode == 0 else "killed"


def _changed(before: str, after: str) -> str:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((f"- {a.strip()}\n+ {b.strip()}" for a, b in pairs if a != b), "")


def _print(folder: str, done: Sequence[Mutant]) -> None:
    judged = [one for one in done if one.state != "no mutant"]
    killed = sum(one.state == "killed" for one in judged)
    print(f"{folder}: {killed} of {len(judged)} killed ({killed / max(len(judged), 1):.0%})")
    for one in judged:
        if one.state != "killed":
            print(f"\n{one.path}:{one.line} {one.state} ({one.operator})\n{one.diff}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
