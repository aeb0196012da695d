"""Open one file of a study, whatever wrote it, and say plainly why it cannot be opened."""

from __future__ import annotations

from pathlib import Path

from crqlab.base.faults import Faults, UnreadableError
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import delimited, file_kinds, workbook
from crqlab.base.spreadsheets.grid import EXPORT_AGAIN, Grid
from crqlab.base.spreadsheets.table_shape import without_aggregates, without_footer
from crqlab.responses import dialects, loops, parquet, sav, spread_choices

_READERS = {"text": delimited.read, "xlsx": workbook.read, "spss": sav.read,
            "parquet": parquet.read}  # fmt: skip


def load(folder: Path, source: Source, faults: Faults) -> Grid | None:
    """Return a file as a grid of texts; None, and a case, where it cannot be read."""
    try:
        path = file_kinds.existing(folder, source)
        kind = file_kinds.kind(path, source)
        found = _READERS[kind](path, source)
        if kind in ("text", "xlsx"):
            found = without_footer(found)
        found = dialects.understood(found, source.format)
        found = without_aggregates(found)
        found = spread_choices.without_twins(found)
        found = spread_choices.joined(found, source.choices)
        if source.loop and len(found):
            found = loops.unrolled(found, source.loop)
        if not len(found):
            raise UnreadableError("has a header and no rows below it", EXPORT_AGAIN)
        return found
    except UnreadableError as reason:
        faults.refuse(source.file, reason)
        return None
