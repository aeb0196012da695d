"""What is said, in every language: messages by catalogue, numbers and dates by locale."""

from crqlab.language.formats import MISSING, Figure
from crqlab.language.lexicon import OWN, Language, faults, language, languages

__all__ = ["MISSING", "OWN", "Figure", "Language", "faults", "language", "languages"]
__dir__ = __all__.copy
