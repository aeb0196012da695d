"""How many planted bugs the nearest tests find: a seeded sample of mutants of some folders.

    python tools/mutate.py crqlab/page crqlab/segments --sample 200 --seed 7 --jobs 2

Mutants are Cosmic Ray's: arithmetic, comparisons, conditions, numbers. Each is planted in a fork of
a process that has run the tests once (``prepared_tests.py``); what runs at import only is planted
in a copy of the checkout and costs a start of pytest. Nothing here is part of ``make test``.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

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
#: Arguments of pictures that are attributes of a mark, and zip's guard, which never acts.
_LOOKS = ("size", "width", "radius", "strict")
_SECONDS = 240
_TEAMS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")  # a team's threads do not come along in a fork
_PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:nbval", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Mutant:
    """One planted bug: where, what, and what became of it."""

    path: str
    line: int
    operator: str
    occurrence: int
    state: str = ""
    by: str = ""
    diff: str = ""
    after: str = ""


def main(words: Sequence[str]) -> int:
    """Run a sample for each folder and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", default=list(NEAREST))
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tests", nargs="+", help="paths to run in place of the nearest tests")
    parser.add_argument("--into", type=Path, help="a folder for one JSON file per code folder")
    asked = parser.parse_args(words)
    for folder in asked.folders:
        folder = folder.rstrip("/")
        tests = asked.tests or (folder, *_nearest(folder))
        done = _folder(folder, tests, asked.sample, asked.seed, asked.jobs)
        _print(folder, done)
        if asked.into:
            asked.into.mkdir(parents=True, exist_ok=True)
            text = json.dumps([{**asdict(one), "after": ""} for one in done], indent=1)
            name = f"{folder.replace('/', '_')}.json"
            (asked.into / name).write_text(text, encoding="utf-8")
    return 0


def _folder(folder: str, tests: Sequence[str], sample: int, seed: int, jobs: int) -> list[Mutant]:
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        copy = _copied(Path(place) / "checkout")
        chosen = [_planted(copy, one) for one in _sampled(copy, folder, sample, seed)]
        asked, found = Path(place) / "asked.json", Path(place) / "found.json"
        asked.write_text(json.dumps([asdict(one) for one in chosen if one.after]), "utf-8")
        words = [sys.executable, copy / "tools" / "prepared_tests.py", folder, asked, found,
                 str(jobs), *tests]  # fmt: skip
        done = subprocess.run(words, cwd=copy, env=_environment(copy), check=False,
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
        if done.returncode or not found.exists():
            sys.exit(f"The tests of {folder} did not come to an end:\n{done.stdout[-3000:]}")
        tried = json.loads(found.read_text("utf-8"))
        return [_at_import(copy, one) for one in tried]


def _nearest(folder: str) -> Sequence[str]:
    """Return what is told of a folder, else the tests that lie as it does."""
    own = folder.replace("crqlab/", "tests/", 1)
    return NEAREST.get(folder, (own,) if (ROOT / own).is_dir() else ())


def _at_import(copy: Path, found: Mapping) -> Mutant:
    """Try in a process of its own what no living function holds."""
    tests = found.get("tests", ())
    one = Mutant(**{key: found.get(key, "") for key in Mutant.__dataclass_fields__})
    if one.state != "at import":
        return one
    path = copy / one.path
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(one.after, encoding="utf-8")
        return replace(one, state=_run(copy, tests))
    finally:
        path.write_text(before, encoding="utf-8")


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
    own = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}  # CI: always the same
    return {**os.environ, **own, **dict.fromkeys(_TEAMS, "1")}


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
    """Places in annotations, where nothing runs, and of what only looks or guards."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        looks = isinstance(node, ast.keyword) and node.arg in _LOOKS
        notes: Iterable[ast.AST | None] = (
            getattr(node, "annotation", None), getattr(node, "returns", None),
            node.value if looks else None,
        )  # fmt: skip
        for note in filter(None, notes):
            for part in ast.walk(note):
                if hasattr(part, "lineno"):
                    ends = range(part.col_offset, (part.end_col_offset or part.col_offset) + 1)
                    found |= {(part.lineno, column) for column in ends}
    return found


def _planted(copy: Path, one: Mutant) -> Mutant:
    """Return a mutant with its changed module; without one if Cosmic Ray finds none."""
    from cosmic_ray import plugins
    from cosmic_ray.mutating import mutate_code

    before = (copy / one.path).read_text(encoding="utf-8")
    after = mutate_code(before, plugins.get_operator(one.operator)(), one.occurrence)
    same = after is None or after == before
    return one if same else replace(one, after=after, diff=_changed(before, after))


def _run(copy: Path, tests: Sequence[str]) -> str:
    words = [sys.executable, *_PYTEST, *tests]
    limits = partial(resource.setrlimit, resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    done = subprocess.run(words, cwd=copy, env=_environment(copy), preexec_fn=limits, check=False,
                          capture_output=True)  # fmt: skip
    return "survived" if done.returncode == 0 else "killed"


def _changed(before: str, after: str) -> str:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((f"- {a.strip()}\n+ {b.strip()}" for a, b in pairs if a != b), "")


def _print(folder: str, done: Sequence[Mutant]) -> None:
    killed = sum(one.state == "killed" for one in done)
    print(f"{folder}: {killed} of {len(done)} killed ({killed / max(len(done), 1):.0%})")
    for one in done:
        if one.state != "killed":
            print(f"\n{one.path}:{one.line} {one.state} ({one.operator})\n{one.diff}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
