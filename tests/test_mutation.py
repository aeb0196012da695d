"""The mutation tester's own rules; bugs are planted by `make mutate` only."""

import pytest

from tools import mutate


def test_places_in_annotations_are_passed_over_and_others_are_not(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("def f(x: int | None) -> str | int:\n    return x | 1\n", encoding="utf-8")
    found = mutate._passed_over(path)
    assert (1, 13) in found  # the bar of the argument
    assert (1, 27) in found  # the bar of the return
    assert not [place for place in found if place[0] == 2]


@pytest.mark.parametrize("folder", mutate.NEAREST)
def test_the_nearest_tests_of_a_folder_are_there(folder):
    assert (mutate.ROOT / folder).is_dir()
    assert all((mutate.ROOT / path).exists() for path in mutate.NEAREST[folder])


def test_the_line_that_a_mutant_changes_is_told():
    assert mutate._changed("a\nb + 1\n", "a\nb - 1\n") == "- b + 1\n+ b - 1"
