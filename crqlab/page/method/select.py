"""From the flags of station 1 to what one client may see of them."""

from __future__ import annotations

import pandas as pd

from crqlab.show.records import grouped


def excluded(quality: pd.DataFrame) -> pd.DataFrame:
    """Count how many responses each check flagged, and how many of those it left out.

    Parameters
    ----------
    quality : DataFrame
        Table ``quality``, of one client and wave.

    Returns
    -------
    DataFrame, one row per check, what cost most first
        ``check``, ``rule`` (codes), ``n_flagged``, ``n_excluded`` (responses).
    """
    rows = [
        (
            check,
            found[0].rule,
            len({row.response_id for row in found}),
            len({row.response_id for row in found if row.excluded}),
        )
        for check, found in sorted(grouped(quality, "check").items())
    ]
    rows.sort(key=lambda row: (-row[3], -row[2]))
    counted = pd.DataFrame(rows, columns=["check", "rule", "n_flagged", "n_excluded"])
    return counted.astype({"n_flagged": int, "n_excluded": int})
