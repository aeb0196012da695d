"""A workbook read back: its tables by name, also those that share a sheet."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

#: The heading above the names of tables that share a sheet, by language.
TABLE = ("Table", "Tabell")


def tables(book: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table as dicts by heading, without units; the cover is none."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name in book.sheet_names[1:]:
        heads, *lines = book.get_sheet_by_name(name).to_python()
        shared = heads[0] in TABLE
        for line in lines:
            row: dict[str, Any] = {}
            for head, cell in zip(heads[shared:], line[shared:], strict=True):
                head = head.split(" (")[0]
                row[head] = cell if row.get(head, "") == "" else row[head]
            found[line[0] if shared else name].append(row)
    return found
