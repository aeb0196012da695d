"""What a user finds by Tab, `dir` and `help`: public nouns of the field, nothing else."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter

import crqlab as crq

#: Constants of this module are what it is for.
CONSTANTS = {"crqlab.stats.defaults"}


def offered(module: ModuleType, path: str = "crq") -> Iterator[tuple[str, ModuleType, str, Any]]:
    """Everything below a module that `dir` lists: its path, where it was found, name, object."""
    for name in dir(module):
        found = getattr(module, name)
        yield f"{path}.{name}", module, name, found
        if inspect.ismodule(found) and found.__name__.startswith("crqlab."):
            yield from offered(found, f"{path}.{name}")


OFFERED = list(offered(crq))
MODULES = {path: found for path, _, _, found in OFFERED if inspect.ismodule(found)}


def test_dir_lists_nothing_private_or_of_other_packages():
    for path, module, name, found in OFFERED:
        assert not name.startswith("_"), path
        if module.__name__ in CONSTANTS or name.isupper():
            continue
        home = found.__name__ if inspect.ismodule(found) else found.__module__
        assert home.startswith("crqlab."), f"{path} is of {home}; leave it out of __all__"


def test_dir_lists_the_best_known_statistics():
    for path in (
        "crq.stats.nps.difference", "crq.stats.factors.cfa", "crq.stats.regression.logit",
        "crq.stats.survival.cox", "crq.stats.reliability.alpha", "crq.stats.wilson",
        "crq.page.renewal.outlook", "crq.tables.segment_mix", "crq.figures.retention",
        "crq.Study",
    ):  # fmt: skip
        assert path in {each for each, *_ in OFFERED}


@pytest.mark.parametrize("path", [path for path in MODULES if path.startswith("crq.stats.")])
def test_a_statistics_module_lists_all_that_it_defines(path):
    """Nothing with a public name is forgotten."""
    module = MODULES[path]
    own = {
        name
        for name, found in vars(module).items()
        if not name.startswith("_") and getattr(found, "__module__", None) == module.__name__
        if inspect.isfunction(found) or inspect.isclass(found)
    }
    assert own <= set(module.__all__), f"{path}: list it in __all__, or begin its name with _"
    assert dir(module) == sorted(module.__all__), f"{path}: __dir__ = __all__.copy is missing"


def test_what_dir_lists_does_not_depend_on_what_was_used_before():
    """Submodules that an import leaves behind stay out of sight."""
    code = (
        "import json, pkgutil, importlib, crqlab\n"
        "for each in pkgutil.walk_packages(crqlab.stats.__path__, 'crqlab.stats.'):\n"
        "    importlib.import_module(each.name)\n"
        "print(json.dumps([dir(crqlab), dir(crqlab.stats), dir(crqlab.stats.factors)]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == [dir(crq), dir(crq.stats), dir(crq.stats.factors)]


@pytest.mark.parametrize("jedi", [True, False])
@pytest.mark.parametrize("name", ["stats", "stats.nps", "stats.factors", "page", "scores"])
def test_tab_offers_the_same_as_dir(name, jedi):
    completer = IPCompleter(None, {"crq": crq}, use_jedi=jedi)
    with provisionalcompleter():
        found = {
            each.text.removeprefix(".")
            for each in completer.completions(f"crq.{name}.", len(name) + 5)
        }
    module = importlib.import_module(f"crqlab.{name}")
    assert found == set(dir(module))
