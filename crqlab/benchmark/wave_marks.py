"""By what a changed wave is known: by its file where it has its own, else by its sums."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from crqlab.base.instrument import Instrument
from crqlab.benchmark.panel_source import Panel, fetched
from crqlab.benchmark.queries import per_wave


def wave_marks(panel: Panel, asked: Instrument, *, weighted: bool = False) -> pd.DataFrame:
    """Mark every wave of a panel; a wave with another mark has changed.

    Where each Parquet file holds one wave, its files' names, sizes and times are the mark, and
    no response is read, however many there are. Elsewhere it is the count of responses and a
    sum of their hashes, over all that counts in them: keys, ``included``, items, LTR and weights.

    Parameters
    ----------
    panel : Panel
    asked : Instrument
        Its items count.
    weighted : bool
        Whether survey weights count.

    Returns
    -------
    DataFrame, one row per wave
        ``wave``, ``rows`` (responses), ``mark`` (text).
    """
    marks = _of_files(panel.files)
    if marks is not None:
        return marks
    seen = fetched(per_wave(panel.tables["responses"], asked, weighted=weighted), ["wave"])
    return seen.assign(mark=seen.pop("hashes").map(str))


def _of_files(files: Sequence[Path]) -> pd.DataFrame | None:
    """Marks from the files alone; None where there is none or one holds several waves."""
    found = [(_only_wave(path), path) for path in files]
    if not found or any(only is None for only, _ in found):
        return None
    about = [(*only, f"{path.name} {_stamp(path)}") for only, path in found]
    table = pd.DataFrame(about, columns=["wave", "rows", "mark"])
    grouped = table.groupby("wave", as_index=False)
    return grouped.agg(rows=("rows", "sum"), mark=("mark", " | ".join)).astype({"wave": "str"})


def _stamp(path: Path) -> str:
    about = path.stat()
    return f"{about.st_size} {about.st_mtime_ns}"


def _only_wave(path: Path) -> tuple[str, int] | None:
    """The wave that all rows of a file belong to, and how many rows, as its footer has it."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        about, names = file.metadata, file.schema_arrow.names
    at = names.index("wave") if "wave" in names else None
    if at is None or about.num_columns != len(names) or not about.num_rows:
        return None
    groups = [about.row_group(i).column(at).statistics for i in range(about.num_row_groups)]
    if any(s is None or not s.has_min_max or s.null_count or s.min != s.max for s in groups):
        return None
    waves = {s.min for s in groups}
    wave = waves.pop() if len(waves) == 1 else None
    return (wave, about.num_rows) if isinstance(wave, str) else None
