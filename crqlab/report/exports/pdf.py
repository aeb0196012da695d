"""The report as PDF: the page itself, laid out for paper."""

from __future__ import annotations

import logging
import re
from typing import Any

from crqlab.base.errors import ReportError
from crqlab.page.client_view import ClientView
from crqlab.report.exports.theme import Theme

#: A picture's title and its text, of which a tagged PDF takes the title alone.
_TOLD = re.compile(r"(<title id=[^>]*>[^<]*)</title>\s*<desc[^>]*>([^<]*)</desc>")
_LOGO = ".logo { display: block; max-height: 14mm; max-width: 60mm; margin: 0 0 4mm; }\n"


def content(view: ClientView, theme: Theme, *, page: str, **_: Any) -> bytes:
    """Return a PDF of the report's page.

    Parameters
    ----------
    view : ClientView
        Not laid out again: the page has it all.
    theme : Theme
    page : str
        The report as HTML, with its style sheet for print.

    Returns
    -------
    bytes
        Tagged as PDF/UA-1 asks (headings, tables with their headers, pictures with their text),
        with page numbers, bookmarks and title, without a date: the same page gives the same bytes.
    """
    return bytes(printed(page, theme).write_pdf(pdf_identifier=False, pdf_variant="pdf/ua-1"))


def printed(page: str, theme: Theme) -> Any:
    """Return a page laid out on paper: weasyprint's document."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it lists rules it does not know
    style = f"<style>\n{theme.css}{_LOGO}</style>\n</head>"
    dressed = re.sub(r"</head>", lambda _: style, page, count=1)
    dressed = _TOLD.sub(r"\1: \2</title>", dressed)
    if theme.image and 'class="logo"' not in page:
        dressed = dressed.replace('<header class="top">', f'<header class="top">{theme.image}', 1)
    inside = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    try:
        return HTML(string=dressed, url_fetcher=inside).render(font_config=FontConfiguration())
    except FatalURLFetchingError as asked:
        raise ReportError(f"{str(asked)[:90]}…; a report loads nothing.") from None
