"""The page's last section is read off the others, and says what is missed."""

from pathlib import Path

from tests.validation import wanted

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


def line(said, what):
    return next(row for row in said.splitlines() if row.startswith(f"| {what}"))


def test_what_lies_outside_of_what_is_wanted_is_missed():
    page = (
        "## Is an account in the segment that it is shown in?\n| shown | 71.0% | 60.0% |\n"
        "## What is said of clients with few accounts?\n"
        "| equal | level crq | 93.5% | 96.0% |\nthey cover 93.5% to 96.0%. 2\nof them by more "
        "than the error\n| 30 | 80% | 100% | 80% | 900 |\n"
        "| 8 | 30 | 40 | 25% | 30 | 40 | 75% | 9% |\n"
        "| 3 | 4% | 0.01 to 0.05 | 7% | 37% | 0.5% | 11.0% | 400 |\n"
        "## Next\n| shown | 99.0% |\n"
    )
    said = wanted.section(page)
    assert line(said, "shown segment").endswith("| 72 to 100 | 71 to 71 | **missed** |")
    assert line(said, "intervals at 8").endswith("| 93.5 to 96 | kept |")
    assert line(said, "of these, off").endswith("| 0 to 0 | 2 to 2 | **missed** |")
    assert line(said, "rises of half").endswith("| 80 to 80 | **missed** |")
    assert line(said, "called Unique").endswith("| 0 to 20 | 25 to 25 | **missed** |")
    assert line(said, "Uniques found").endswith("| 75 to 75 | **missed** |")
    assert line(said, "claims that break").endswith("| not measured | **missed** |")
    assert line(said, "unchanged clients told").endswith("| 0.5 to 0.5 | kept |")
    assert line(said, "unchanged clients with any").endswith("| 11 to 11 | **missed** |")
    assert line(said, "mirrored half").endswith("| not measured | **missed** |")


def test_the_page_has_what_its_sections_say():
    page = PAGE.read_text(encoding="utf-8")
    assert wanted.section(page).strip() in page
