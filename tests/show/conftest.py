"""One study and one view per shape and test run: making them takes longer than looking."""

from functools import cache

import pytest

from crqlab.report.client import view
from tests.show.fixture import Shape, lay_out


@pytest.fixture(scope="session")
def study_of(tmp_path_factory):
    """Return the study of a shape."""

    @cache
    def lay(shape):
        return lay_out(tmp_path_factory.mktemp("study"), shape)

    return lambda **shape: lay(Shape(**shape))


@pytest.fixture(scope="session")
def view_of(study_of):
    """Return what the client of a shape sees of its latest wave."""

    @cache
    def look(shape):
        return view(study_of(**vars(shape)), client="C017", wave=shape.waves[-1])

    return lambda **shape: look(Shape(**shape))
