"""Measure how much a client's report asks of its readers: screens, pages, words, tables.

python tools/page_length.py reports/demo/C017_2025.html …

prints one line a page and exits with 1 where one is longer than `LIMITS` allow. Counted is what a
reader sees without unfolding anything. Needs chromium and weasyprint (extras ``dev``, ``exports``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

DESK, PHONE = (1280, 800), (390, 844)
#: Of a client's report: screens on a desk and on a phone, A4 pages.
LIMITS = {"screens": 12.0, "phone_screens": 15.0, "pdf_pages": 10}
_SEEN = """() => {
  const seen = (node) => node.checkVisibility() && node.getClientRects().length > 0;
  return {
    height: document.documentElement.scrollHeight,
    words: document.body.innerText.split(/\\s+/).filter(Boolean).length,
    tables: [...document.querySelectorAll("table")].filter(seen).length,
    widest: document.documentElement.scrollWidth,
  };
}"""


@dataclass(frozen=True, slots=True)
class Length:
    """How long one page is.

    Attributes
    ----------
    screens, phone_screens : float
        Its height in screens of `DESK` and of `PHONE`.
    pdf_pages : int
        A4 pages of its PDF.
    words, tables : int
        What is seen on a desk without unfolding anything.
    """

    screens: float
    phone_screens: float
    pdf_pages: int
    words: int
    tables: int

    def __str__(self) -> str:
        return (
            f"{self.screens:.1f} screens, {self.phone_screens:.1f} on a phone, "
            f"{self.pdf_pages} PDF pages, {self.words:,} words, {self.tables} tables"
        )

    @property
    def too_long(self) -> list[str]:
        """Which of `LIMITS` it does not keep."""
        return [name for name, most in LIMITS.items() if asdict(self)[name] > most]


def length(browser: Any, page: Path) -> Length:
    """Measure one page as a browser shows it and as its PDF prints it.

    Parameters
    ----------
    browser : playwright's Browser
    page : Path
    """
    desk, phone = (_seen(browser, page, size) for size in (DESK, PHONE))
    return Length(
        desk["height"] / DESK[1],
        phone["height"] / PHONE[1],
        pdf_pages(page),
        desk["words"],
        desk["tables"],
    )


def pdf_pages(page: Path) -> int:
    """Count the A4 pages on which a page is printed."""
    from crqlab.report.exports.pdf import printed
    from crqlab.report.exports.theme import Theme

    return len(printed(page.read_text(encoding="utf-8"), Theme()).pages)


def _seen(browser: Any, page: Path, size: tuple[int, int]) -> dict[str, int]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    opened = context.new_page()
    opened.goto(page.resolve().as_uri())
    found = opened.evaluate(_SEEN)
    context.close()
    return found


def main(pages: Iterable[str]) -> int:
    """Print a line for each page; 1 if any is too long."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import FLAGS, chromium

    wrong = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name in pages:
            found = length(browser, Path(name))
            over = f"; too long: {', '.join(found.too_long)}" if found.too_long else ""
            print(f"{Path(name).name}: {found}{over}")
            wrong += bool(found.too_long)
        browser.close()
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
