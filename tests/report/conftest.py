"""The same synthetic studies as for tests of what readers see."""

from tests.show.conftest import study_of, view_of

__all__ = ["study_of", "view_of"]
