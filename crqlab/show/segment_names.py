"""What readers call the segment of a row, or its status where it has none."""

from __future__ import annotations

import pandas as pd

from crqlab.language import Language, language
from crqlab.segments.segment_traits import SegmentTraits


def segment_names(
    rows: pd.DataFrame,
    traits: SegmentTraits | None = None,
    spoken: Language | None = None,
    *,
    segment: str = "segment",
    status: str = "status",
) -> list[str]:
    """Return one name a row.

    Parameters
    ----------
    rows : DataFrame
    traits : SegmentTraits, optional
        What segments are called; without it, by their names.
    spoken : Language, optional
        English if left out.
    segment, status : str
        Columns of ``rows``.

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["Friend", None], "status": ["sorted", "silent"]})
    >>> segment_names(rows), segment_names(rows, spoken=language("sv"))
    (['Friend', 'Silent'], ['Friend', 'Tyst'])
    """
    spoken, traits = spoken or language("en"), traits or SegmentTraits(())
    return [
        segment_name(name, status, traits, spoken)
        for name, status in zip(rows[segment].tolist(), rows[status].tolist(), strict=True)
    ]


def segment_name(name: object, status: str, traits: SegmentTraits, spoken: Language) -> str:
    """Return what a reader calls a segment; without one, its status."""
    return (
        traits.label(name, spoken.code)
        if isinstance(name, str)
        else spoken.say(f"segments.{status}")
    )
