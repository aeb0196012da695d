"""One comment as a list item."""

from __future__ import annotations

import re

import pandas as pd

from crqlab.show.html import name, text
from crqlab.show.records import Record

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def quote(row: Record) -> str:
    """Return one comment as a list item; its account only where that may be named."""
    known = not pd.isna(row.language) and _LANGUAGE.fullmatch(str(row.language))
    language = f' lang="{row.language}"' if known else ""
    account = f" <cite>{name(row.account)}</cite>" if row.account else ""
    words = text(row.words).replace("\n", "<br>")
    return f'<li><q{language} translate="no" dir="auto">{words}</q>{account}</li>'
