"""By what a panel is known to be as it was, without a look at any response."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crqlab.benchmark.panel_source import Panel, told

#: Seconds after which a file that was written again has another time, on any disk.
_SETTLED = 3.0
#: The first PostgreSQL whose counters are exact: those before may lose some on their way.
_EXACT = 150_000
#: Of a table of its own rows, with the names and places of its columns: what moves when any row
#: does. Nothing of a view, of a table in parts, of rows that not everybody sees, or of a copy.
_COUNTERS = """
SELECT concat_ws(' ', d.oid, c.oid, c.relfilenode, current_user, pg_postmaster_start_time(),
           s.n_tup_ins, s.n_tup_upd, s.n_tup_del,
           (SELECT string_agg(concat_ws(' ', attname, attnum, atttypid), ',' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)),
       pg_current_wal_insert_lsn()::text,
       NOT EXISTS (SELECT FROM pg_stat_activity
                   WHERE pid <> pg_backend_pid() AND datid = d.oid
                     AND coalesce(state <> 'idle' OR state_change > now() - interval '15 s', true))
FROM pg_class c JOIN pg_stat_all_tables s ON s.relid = c.oid, pg_database d
WHERE c.oid = to_regclass('responses') AND d.datname = current_database()
  AND c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relrowsecurity AND NOT c.relhassubclass
  AND current_setting('track_counts')::boolean
"""


@dataclass(frozen=True, slots=True)
class PanelState:
    """How a panel stood at one moment.

    Attributes
    ----------
    mark : str
        Moves with every change of the responses; empty where nothing is known but by a look.
    position : str
        Moves with every change of whatever the server holds.
    settled : bool
        Whether every change made before is in the mark: a server notes some with a delay.
    """

    mark: str = ""
    position: str = ""
    settled: bool = False

    def shows_unchanged(self, before: PanelState) -> bool:
        """Return whether nothing can have changed since an earlier moment.

        Examples
        --------
        >>> early, late = PanelState("a", "1", True), PanelState("a", "2", True)
        >>> late.shows_unchanged(early), PanelState("b", "2", True).shows_unchanged(early)
        (True, False)
        >>> PanelState("a", "2").shows_unchanged(early), PanelState().shows_unchanged(PanelState())
        (False, False)
        """
        known = bool(self.mark) and self.mark == before.mark
        return known and (self.settled or self.position == before.position)


UNKNOWN = PanelState()


def panel_state(panel: Panel) -> PanelState:
    """Return how a panel stands now; ask before its responses are read.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    PanelState
        Of files: their names, sizes and times, if none was written just now. Of a table of a
        PostgreSQL server: how many rows were ever written and taken away.
    """
    if panel.files or panel.database:
        return _of_files([*panel.files, *([panel.database] if panel.database else [])])
    connection = panel.tables["responses"].get_backend()
    if connection.name != "postgres":
        return UNKNOWN
    with told(panel.name):
        return _of_server(connection.con)


def _of_files(files: Iterable[Path]) -> PanelState:
    paths = [one for file in files for one in (file, file.with_name(f"{file.name}.wal"))]
    found = {str(path): path.stat() for path in paths if path.exists()}
    latest = max((max(of.st_mtime, of.st_ctime) for of in found.values()), default=time.time())
    if latest > time.time() - _SETTLED:
        return UNKNOWN
    marks = (
        f"{name} {of.st_size} {of.st_mtime_ns} {of.st_ctime_ns} {of.st_ino}"
        for name, of in sorted(found.items())
    )
    return PanelState(" | ".join(marks), settled=True)


def _of_server(connection: object) -> PanelState:
    """A copy that follows another server does not count what it takes over."""
    with connection.cursor() as asks:
        asks.execute("SELECT pg_is_in_recovery(), current_setting('server_version_num')::int")
        copy, version = asks.fetchone()
        row = None
        if not copy and version >= _EXACT:
            asks.execute(_COUNTERS)
            row = asks.fetchone()
    connection.rollback()
    return PanelState(*row) if row else UNKNOWN
