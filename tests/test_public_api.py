"""What a user finds by Tab, `dir` and `help`: public nouns of the field, nothing else."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter
from IPython.lib.pretty import pretty

import crqlab as crq
from crqlab.base.results import Result

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


def test_notebooks_ask_for_nothing_that_dir_does_not_list():
    """What a prepared process has imported already a plain kernel has not."""
    asked = set()
    for path in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            asked |= set(re.findall(r"\bcrq\.(\w+)", "".join(cell["source"])))
    assert asked - set(dir(crq)) == set()
    assert "comments" in asked


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


# ---- results

#: Handed from one function to the next, or read from a file: nothing that a reader looks at.
NO_RESULTS = {
    "AccountModels", "Answers", "Changes", "ClientView", "CodeFrame", "Correlated", "DraftReport",
    "Draws", "FeasibleRanges", "Known", "Moments", "Phrases", "Playbook", "Shown", "Spread",
    "Thresholds",
}  # fmt: skip
#: Floors of stations and statistics; reports return files.
NO_STATIONS = {"crqlab.report", "crqlab.show"}


def returned() -> dict[type, str]:
    """All classes of ours that a public function of a station or a statistic returns."""
    found = {}
    for path, _, _, each in OFFERED:
        floor = ".".join(getattr(each, "__module__", "").split(".")[:2])
        if not inspect.isfunction(each) or floor in NO_STATIONS:
            continue
        said = str(each.__annotations__.get("return"))
        kind = getattr(sys.modules[each.__module__], said, None)
        if inspect.isclass(kind) and kind.__module__.startswith("crqlab."):
            found[kind] = path
    return found


RETURNED = returned()


def test_most_results_are_found():
    assert len(RETURNED) > 70
    assert {kind.__name__ for kind in RETURNED} >= NO_RESULTS - {"Shown"}
    assert crq.stats.factors.CfaFit in RETURNED
    assert crq.segments.Mix in RETURNED


def test_a_result_that_forgets_its_table_would_be_told():
    class Bare(Result):
        pass

    assert faults(Bare) == ["is no frozen dataclass", "has no .table", "has no sentence"]


def faults(kind: type) -> list[str]:
    frozen = dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen
    names = {each.name for each in dataclasses.fields(kind)} if frozen else set()
    checks = {
        "is no frozen dataclass": frozen,
        "has no .table": "table" in names or not callable(getattr(kind, "table", print)),
        "has no sentence": kind.__str__ is not object.__str__,
    }
    return [fault for fault, well in checks.items() if not well]


@pytest.mark.parametrize(
    "kind",
    [kind for kind in RETURNED if kind.__name__ not in NO_RESULTS],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_a_result_has_a_table_a_sentence_and_a_look(kind):
    assert issubclass(kind, Result), f"returned by {RETURNED[kind]}: make it a Result"
    assert faults(kind) == []


def test_a_notebook_shows_the_sentence_and_the_first_rows():
    drawn = crq.simulate.panel(clients=3, seed=3)
    seen = drawn._repr_html_()
    assert seen.startswith("<p>Synthetic panel: ")
    assert seen.count("<tr") == 1 + len(drawn.table)
    assert pretty(drawn) == str(drawn)
    one = crq.Estimate("alpha", 0.9, 0.7, 1.0, 0.95, 6, "respondents", "Feldt", ("few", "thin"))
    assert f"<p>{one}</p>" in one._repr_html_()
    assert one.table.loc[0, ["low", "notes"]].tolist() == [0.7, "few; thin"]


def test_what_a_notebook_shows_is_short_and_escaped():
    @dataclasses.dataclass(frozen=True)
    class Long(Result):
        table: pd.DataFrame

        def __str__(self):
            return "<b>many</b>"

    rows = pd.DataFrame({f"c{k}": ["<i>x</i>"] * 50 for k in range(20)})
    seen = Long(rows)._repr_html_()
    assert "<b>" not in seen
    assert "<i>" not in seen
    assert seen.count("<td>") == 10 * 12
    assert "and 40 more rows, 8 more columns in .table" in seen
    assert Long(rows.iloc[:0])._repr_html_().count("<tr") == 1


# ---- who takes a client's view


def test_the_page_takes_views_and_tables_and_figures_take_rows():
    takers = {path for path, _, _, each in OFFERED if inspect.isfunction(each) and viewed(each)}
    assert len(takers) > 50
    assert {path.split(".")[1] for path in takers} == {"page"}


def viewed(function: Any) -> bool:
    return "ClientView" in map(str, function.__annotations__.values()) and (
        function.__annotations__.get("return") != "ClientView"
    )


# ---- examples: `pytest --doctest-modules` runs them, see conftest.py beside pyproject.toml

#: They run notebooks, or write a PDF for every manager: many seconds each.
NO_EXAMPLE = {"report": "export_packs refresh reports reviewed run_batch"}


def test_help_shows_an_example():
    missing: dict[str, set[str]] = {}
    for path, _, name, each in OFFERED:
        if inspect.isfunction(each) and ">>> " not in (inspect.getdoc(each) or ""):
            missing.setdefault(path.split(".")[1], set()).add(name)
    assert missing == {floor: set(names.split()) for floor, names in NO_EXAMPLE.items()}
