"""The examples for researchers print what they claim."""

import doctest
from pathlib import Path

HOWTO = Path(__file__).parents[2] / "docs/howto/statistics_for_researchers.md"


def test_every_example_prints_what_it_claims():
    text = HOWTO.read_text(encoding="utf-8").replace("```", "")
    parsed = doctest.DocTestParser().get_doctest(text, {}, HOWTO.name, str(HOWTO), 0)
    found = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(parsed)
    assert found.attempted >= 8
    assert found.failed == 0
