"""Station 2 of 9 - contacts and responses become completion, coverage, silence and their doubt."""

from crqlab.participation.completing import Completion, completion
from crqlab.participation.silence import Silent, Voices, silent, voices
from crqlab.participation.standing import Standing, standing

__all__ = [
    "Completion",
    "Silent",
    "Standing",
    "Voices",
    "completion",
    "silent",
    "standing",
    "voices",
]
