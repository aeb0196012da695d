"""What an optional part of crqlab needs, what of it is not here, and what installs it here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

#: What an installed package may still lack to be imported: psycopg a library of PostgreSQL.
_WHOLE = {"psycopg": "psycopg[binary]"}


def required(extra: str = "") -> list[Requirement]:
    """Return what crqlab itself, or one of its extras, asks for; nothing if it is not installed."""
    try:
        asked = list(map(Requirement, requires("crqlab") or []))
    except PackageNotFoundError:
        return []
    return [one for one in asked if _belongs(one, extra)]


def _belongs(one: Requirement, extra: str) -> bool:
    plain = one.marker is None or one.marker.evaluate({"extra": ""})
    return plain if not extra else not plain and one.marker.evaluate({"extra": extra})


def lacking(extra: str = "") -> list[str]:
    """Return what is not installed here, or too old, of what crqlab or an extra asks for.

    Examples
    --------
    >>> lacking("no such extra")
    []
    """
    found = [need for one in required(extra) for need in _missing(one)]
    if not found and extra:
        found = [_WHOLE[one.name] for one in _all(extra) if one.name in _WHOLE and _stops(one.name)]
    return list(dict.fromkeys(found))


def _all(extra: str) -> Iterator[Requirement]:
    for one in required(extra):
        yield one
        yield from _of_extras(one)


def _missing(one: Requirement) -> Iterator[str]:
    """A package that is not here; else what its own extras ask for and is not."""
    try:
        here = version(one.name)
    except PackageNotFoundError:
        yield _pinned(one)
        return
    if not one.specifier.contains(here, prereleases=True):
        yield _pinned(one)
    for more in _of_extras(one):
        yield from _missing(more)


def _of_extras(one: Requirement) -> Iterator[Requirement]:
    try:
        asked = list(map(Requirement, requires(one.name) or []))
    except PackageNotFoundError:
        return
    for extra in one.extras:
        yield from (more for more in asked if _belongs(more, extra))


def _pinned(one: Requirement) -> str:
    extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
    return f"{one.name}{extras}{one.specifier}"


def _stops(name: str) -> bool:
    """Whether a package that is installed cannot be imported."""
    try:
        import_module(name)
    except ImportError:
        return True
    return False


def command(packages: list[str]) -> str:
    """Return what installs packages into the Python that runs now, whatever the shell finds first.

    Examples
    --------
    >>> command(["psycopg>=3.2"]).partition(" -m ")[2]
    'pip install "psycopg>=3.2"'
    """
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"{python} -m pip install " + " ".join(f'"{package}"' for package in packages)


def advice(extra: str) -> str:
    """Say which packages of an extra are not here and what installs them; empty if none is."""
    packages = lacking(extra)
    return f"lacks {', '.join(packages)}; run: {command(packages)}" if packages else ""


def install(extra: str) -> str:
    """Return what makes an extra whole here: what it lacks, or all of it anew."""
    return command(lacking(extra) or [_pinned(one) for one in required(extra)])
