"""Tests in a process that has run them once: each planted bug is tried in a fork of it.

    python tools/prepared_tests.py FOLDER MUTANTS.json FOUND.json JOBS TEST_PATH...

The clean run tells which tests reach which line and what each costs; what fixtures made is kept.
A fork gets the changed code into the functions that live, forgets what the changed line has made,
and runs the tests that reach the line, the quickest first, until one fails. Code that runs when a
module is imported cannot be changed like this: such mutants come back as ``at import``.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import resource
import select
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

import coverage
import pytest
from _pytest.fixtures import FixtureDef

from tools.living_code import Key, changed_functions, living, swap

PATIENCE = 3  # times what the tests take without a bug, and ten seconds
FLOORS_BELOW = ("crqlab.base", "crqlab.language", "crqlab.stats")  # their caches hold no results


@dataclass(eq=False)
class Tried:
    """The tests of one folder: a pytest plugin that runs them once, then in forks."""

    folder: str
    mutants: Sequence[Mapping]
    jobs: int
    measured: coverage.Coverage
    contexts: list[str] = field(default_factory=lambda: [""])
    seconds: dict[str, float] = field(default_factory=dict)
    names: dict[str, dict] = field(default_factory=dict)
    makers: dict[str, FixtureDef] = field(default_factory=dict)
    making: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    found: list[dict] = field(default_factory=list)
    tell: int = -1
    stops: bool = True

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: FixtureDef) -> object:
        """Note which lines a fixture of several tests runs."""
        if fixturedef.scope == "function":
            return (yield)
        name = f"fixture {fixturedef.baseid} {fixturedef.argname}"
        self.makers[name] = fixturedef
        self._enter(name)
        started = time.process_time()
        try:
            return (yield)
        finally:
            self._leave()
            self.making[name] = time.process_time() - started

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> object:
        """Give an example its names again: its first run has thrown them away."""
        if example := getattr(item, "dtest", None):
            names = self.names.setdefault(item.nodeid, dict(example.globs))
            example.globs = dict(names)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hear of the first failure; a fork ends with it."""
        if report.failed:
            self.failed.append(report.nodeid)
            if self.tell >= 0 and self.stops:
                os.write(self.tell, report.nodeid.encode())
                os._exit(1)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests once, then plant."""
        items = session.items
        for item, following in zip(items, [*items[1:], items[0]], strict=True):
            if item is items[0] or item.path != self._path:
                for cache in _caches():
                    cache.cache_clear()
            self._path = item.path
            started, made = time.process_time(), sum(self.making.values())
            self._enter(item.nodeid)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            self._leave()
            own = time.process_time() - started - (sum(self.making.values()) - made)
            self.seconds[item.nodeid] = max(own, 0.0)
        self.measured.stop()
        if self.failed:
            sys.exit(f"The tests must pass before bugs are planted: {self.failed[:5]}")
        self.lines = _lines(self.measured.get_data())
        self.functions, self.caches = living(f"/{self.folder}/"), _caches()
        gc.collect()
        gc.freeze()
        self._plant({item.nodeid: item for item in items})
        return True

    def _enter(self, name: str) -> None:
        self.contexts.append(name)
        self._switch()

    def _leave(self) -> None:
        self.contexts.pop()
        self._switch()

    def _switch(self) -> None:
        if self.tell < 0 and not hasattr(self, "lines"):
            self.measured.switch_context(self.contexts[-1])

    def _plant(self, items: Mapping[str, pytest.Item]) -> None:
        """Try each mutant in a fork, some side by side; doubt tests that fail without a bug too."""
        running: dict[int, tuple[int, dict]] = {}
        waiting = [dict(one) for one in self.mutants]
        while waiting or running:
            while waiting and len(running) < self.jobs:
                one = waiting.pop(0)
                tests = self._tests(one, items)
                changed = changed_functions(Path(one["path"]), one["after"])
                one["tests"] = [test.nodeid for test in tests]
                if tests and changed is not None:
                    pid, pipe = self._fork(one, changed, tests)
                    running[pipe] = (pid, one)
                else:
                    one["state"] = "at import" if tests else "not reached"
                    self.found.append(one)
            for pipe in select.select(list(running), [], [], 1)[0] if running else ():
                pid, one = running.pop(pipe)
                self._note(pid, pipe, one)
                self.found.append(one)
        killers = [items[name] for name in {one.get("by", "") for one in self.found} & set(items)]
        control = {"path": "", "line": 0}
        self._note(*self._fork(control, {}, killers), control)
        for one in self.found:
            if one.get("by") and one["by"] in control["by"].split("\n"):
                one["state"] = "at import"  # a process of its own decides

    def _note(self, pid: int, pipe: int, one: dict) -> None:
        one["by"] = os.read(pipe, 65536).decode()
        os.close(pipe)
        status = os.waitpid(pid, 0)[1]
        one["state"] = "killed" if status else "survived"
        if status and not one["by"]:
            one["by"] = f"ended with {os.waitstatus_to_exitcode(status)}"
        told = f"{one['path']}:{one['line']} {one['state']} {one['by']} {one.get('diff')!r}"
        print(len(self.found), told, file=sys.__stderr__, flush=True)

    def _tests(self, one: Mapping, items: Mapping[str, pytest.Item]) -> list[pytest.Item]:
        """Return the tests that reach a line, the quickest first, then the rest of their files."""
        lines = self.lines.get(str(Path(one["path"]).resolve()), {})
        reached = lines.get(one["line"], set())
        if not any(reached):
            anywhere = set().union(*lines.values()) - {""}
            reached = (anywhere or set(items)) if "" in reached else set()
        stale = self._stale(reached)
        near = [item for name, item in items.items() if name in reached or stale & _fixtures(item)]
        files = {item.path for item in near}
        rest = [item for item in items.values() if item.path in files and item not in near]
        remade = {self.makers[name]: seconds for name, seconds in self.making.items()}

        def cost(test: pytest.Item) -> float:
            again = stale & _fixtures(test)
            return self.seconds[test.nodeid] + sum(remade[maker] for maker in again)

        return [test for part in (near, rest) for test in sorted(part, key=cost)]

    def _stale(self, reached: Collection[str]) -> set[FixtureDef]:
        """Return the fixtures that a line has a part in, and those that are made of them."""
        stale = {self.makers[name] for name in reached if name in self.makers}
        while more := {
            maker
            for maker in self.makers.values()
            if maker not in stale and {one.argname for one in stale} & set(maker.argnames)
        }:
            stale |= more
        return stale

    def _fork(self, one: Mapping, changed: Mapping[Key, CodeType], tests: Sequence[pytest.Item]):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return pid, reading
        try:
            os.close(reading)
            self.tell, self.stops = writing, bool(one["path"])
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            spent = sum(self.seconds[test.nodeid] for test in tests) + sum(self.making.values())
            limit = int(PATIENCE * spent) + 10
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            signal.alarm(limit * 20)  # for what waits instead of counting
            swap(changed, self.functions)
            self._forget(one)
            for test, following in zip(tests, [*tests[1:], tests[0]], strict=True):
                test.ihook.pytest_runtest_protocol(item=test, nextitem=following)
            os.write(writing, "\n".join(self.failed).encode())
            os._exit(bool(self.failed))
        finally:
            os.write(writing, repr(sys.exc_info()[1])[:500].encode())
            os._exit(3)

    def _forget(self, one: Mapping) -> None:
        """Forget what the changed line has made, and what was made of that."""
        for cache in self.caches:
            cache.cache_clear()
        lines = self.lines.get(str(Path(one["path"]).resolve()), {})
        for maker in self._stale(lines.get(one["line"], set())):
            maker.cached_result = None


def _fixtures(item: pytest.Item) -> set[FixtureDef]:
    known = getattr(item, "_fixtureinfo", None)
    made = known.name2fixturedefs.values() if known else ()
    return {maker for makers in made for maker in makers}


def _caches() -> list[functools._lru_cache_wrapper]:
    """Return the caches that may hold what the folder's code has made."""
    found = []
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper):
            home = getattr(one, "__module__", None) or ""
            if home.startswith(("crqlab", "tests")) and not home.startswith(FLOORS_BELOW):
                found.append(one)
    return found


def _lines(data: coverage.CoverageData) -> dict[str, dict[int, set[str]]]:
    found: dict[str, dict[int, set[str]]] = defaultdict(dict)
    for file in data.measured_files():
        for line, contexts in data.contexts_by_lineno(file).items():
            found[str(Path(file).resolve())][line] = set(contexts)
    return found


def _keep_fixtures() -> None:
    """Let what fixtures of several tests made live to the end of the run."""
    finish = FixtureDef.finish

    def kept(self: FixtureDef, request: object) -> None:
        ends = sys._getframe(1).f_code.co_name != "execute"  # not for another parameter
        if self.scope == "function" or not ends:
            finish(self, request)

    FixtureDef.finish = kept


def main(words: Sequence[str]) -> int:
    """Run the tests, plant the mutants, and write what became of them."""
    folder, mutants, into, jobs, *paths = words
    measured = coverage.Coverage(data_file=None, include=[f"{folder}/*"], config_file=False)
    plugin = Tried(folder, json.loads(Path(mutants).read_text("utf-8")), int(jobs), measured)
    _keep_fixtures()
    measured.start()
    options = ["-q", "--capture=sys", "-p", "no:nbval", "-p", "no:cacheprovider", "-p", "no:xdist"]
    code = pytest.main([*options, *paths], plugins=[plugin])
    Path(into).write_text(json.dumps(plugin.found), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
