"""The same synthetic studies as for tests of what readers see."""

from tests.show.conftest import (
    asked_study_of,
    asked_view_of,
    stationed_study_of,
    stationed_view_of,
    study_of,
    view_of,
)

__all__ = [
    "asked_study_of",
    "asked_view_of",
    "stationed_study_of",
    "stationed_view_of",
    "study_of",
    "view_of",
]
