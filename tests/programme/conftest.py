"""The same synthetic studies as for tests of what readers see."""

from tests.show.conftest import stationed_study_of

__all__ = ["stationed_study_of"]
