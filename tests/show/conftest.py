"""One study and one view per shape and test run: making them takes longer than looking."""

from functools import cache

import pytest

from crqlab.page.assembly import view
from tests.show import asked, stationed
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


@pytest.fixture(scope="session")
def asked_study_of(tmp_path_factory):
    """Return the study of a shape with all tables of station 2, made by hand."""

    @cache
    def lay(shape, more):
        study = lay_out(tmp_path_factory.mktemp("asked"), shape)
        return asked.add(study, shape, **dict(more))

    def of(others=12, managers=3, **shape):
        return lay(Shape(**shape), (("others", others), ("managers", managers)))

    return of


@pytest.fixture(scope="session")
def asked_view_of(asked_study_of):
    """Return what the client of a shape sees of its latest wave, participation included."""

    @cache
    def look(study, wave):
        return view(study, client="C017", wave=wave)

    def of(**shape):
        return look(asked_study_of(**shape), Shape(**shape_of(shape)).waves[-1])

    return of


@pytest.fixture(scope="session")
def stationed_study_of(tmp_path_factory):
    """Return the study of a shape with all tables of stations 5 to 8, made by hand."""

    @cache
    def lay(shape, more):
        study = lay_out(tmp_path_factory.mktemp("stationed"), shape)
        return stationed.add(study, shape, **dict(more))

    def of(clients=12, latest=True, **shape):
        return lay(Shape(**shape), (("clients", clients), ("latest", latest)))

    return of


@pytest.fixture(scope="session")
def stationed_view_of(stationed_study_of):
    """Return what the client of a shape sees of its latest wave, stations 5 to 8 included."""

    @cache
    def look(study, wave):
        return view(study, client="C017", wave=wave)

    def of(**given):
        shape = {name: value for name, value in given.items() if name not in ("clients", "latest")}
        return look(stationed_study_of(**given), Shape(**shape).waves[-1])

    return of


def shape_of(given):
    """The part of the arguments that shapes the study."""
    return {name: value for name, value in given.items() if name not in ("others", "managers")}
