"""The mutation tester's own rules; bugs are planted by `make mutate` only."""

import importlib.util

import pytest

from tools import living_code, mutate


def test_places_in_annotations_are_passed_over_and_others_are_not(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("def f(x: int | None) -> str | int:\n    return x | 1\n", encoding="utf-8")
    found = mutate._passed_over(path)
    assert (1, 13) in found  # the bar of the argument
    assert (1, 27) in found  # the bar of the return
    assert not [place for place in found if place[0] == 2]


def test_guards_and_looks_are_passed_over(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("zip(a, b, strict=True, other=1)\n", encoding="utf-8")
    assert {(1, 17), (1, 29)} & mutate._passed_over(path) == {(1, 17)}


@pytest.mark.parametrize("folder", mutate.NEAREST)
def test_the_nearest_tests_of_a_folder_are_there(folder):
    assert (mutate.ROOT / folder).is_dir()
    assert all((mutate.ROOT / path).exists() for path in mutate.NEAREST[folder])


def test_the_line_that_a_mutant_changes_is_told():
    assert mutate._changed("a\nb + 1\n", "a\nb - 1\n") == "- b + 1\n+ b - 1"


LIVING = """
LEAST = 3

def outer(values, floor=LEAST):
    def over(value):
        return value > floor
    return [value for value in values if over(value)]
"""


@pytest.mark.parametrize(
    ("was", "then", "kept"),
    [("value > floor", "value >= floor", [3, 4]), ("return [value", "return [-value", [-4])],
)
def test_a_living_function_takes_a_changed_code_wherever_it_is_named(tmp_path, was, then, kept):
    path = tmp_path / "living.py"
    path.write_text(LIVING, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("living", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    elsewhere = module.outer
    assert elsewhere([2, 3, 4]) == [4]
    changed = living_code.changed_functions(path, LIVING.replace(was, then))
    living_code.swap(changed, living_code.living(str(tmp_path)))
    assert elsewhere([2, 3, 4]) == kept


@pytest.mark.parametrize("then", ["LEAST = 4", "LEAST = (3"])
def test_what_runs_at_import_is_no_function_of_which_the_code_could_be_changed(tmp_path, then):
    path = tmp_path / "living.py"
    path.write_text(LIVING, encoding="utf-8")
    assert living_code.changed_functions(path, LIVING.replace("LEAST = 3", then)) is None
