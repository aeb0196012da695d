"""Comments as they are quoted: a question's heading, a list, one comment of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from crqlab.show.html import lines, name, tag, text
from crqlab.show.records import Record

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def heading(wording: str) -> Markup:
    """Return an open question as the heading above its comments."""
    return tag("h3", wording, translate="no")


def quoted(rows: Iterable[Record]) -> Markup:
    """Return comments as a list."""
    return tag("ul", Markup("\n"), lines(*map(quote, rows)), Markup("\n"), class_="quotes")


def quote(row: Record) -> Markup:
    """Return one comment as a list item; its account only where that may be named."""
    known = not pd.isna(row.language) and _LANGUAGE.fullmatch(str(row.language))
    words = text(row.words).replace("\n", Markup("<br>"))
    said = tag("q", words, lang=row.language if known else None, translate="no", dir="auto")
    account = Markup(" {}").format(tag("cite", name(row.account))) if row.account else ""
    return tag("li", said, account)
