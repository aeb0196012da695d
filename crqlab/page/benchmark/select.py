"""From the table of station 8 to what one client may see of its place."""

from __future__ import annotations

import pandas as pd

from crqlab.base.instrument import Instrument
from crqlab.base.standards import UNIQUE_ABOVE_MEDIAN
from crqlab.base.study import Study
from crqlab.page.benchmark.data import Benchmark
from crqlab.page.tables import table

_NUMBERS = (
    "value percentile percentile_low percentile_high quartile decile decile_low decile_high gap "
    "gap_low gap_high before change change_low change_high p_upper q p_unique"
).split()
#: Shares of answers, which are no scores of people.
_SHARES = {"completion": "Completion", "revenue_coverage": "Revenue heard"}


def benchmark(study: Study, client: str, wave: str, measures: pd.DataFrame) -> Benchmark:
    """Collect the client's rows of station 8.

    Parameters
    ----------
    study : Study
    client, wave : str
    measures : DataFrame, one row per measure
        ``measure``, ``label``, ``withheld``, in the order of the page: a place is withheld
        where the number itself is, for both tell the same.

    Returns
    -------
    Benchmark
    """
    rows = table(study, "positions", client=client, wave=wave)
    labels = measures.set_index("measure")["label"].to_dict() | _SHARES
    order = list(labels)
    rows = rows[rows["measure"].isin(order)]
    rows = veiled(rows.assign(label=rows["measure"].map(labels)), measures)
    rows = rows.sort_values("measure", key=lambda m: m.map(order.index), ignore_index=True)
    source = "" if rows.empty else str(rows["source"].iloc[0])
    level = 0.9 if rows.empty else float(rows["level"].iloc[0])
    return Benchmark(rows, source, level, _above_median(study.codebook.instrument))


def veiled(rows: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Empty the places of measures whose own numbers are withheld.

    Parameters
    ----------
    rows : DataFrame
        The columns of ``positions``.
    measures : DataFrame
        ``measure``, ``withheld``.
    """
    withheld = measures["measure"][measures["withheld"].to_numpy(bool)]
    few = rows["measure"].isin(withheld).to_numpy(bool)
    return rows.assign(
        **{name: rows[name].astype(float).mask(few) for name in _NUMBERS},
        flag=rows["flag"].mask(few, "too_few_people"),
        unique=rows["unique"].mask(few, "unknown"),
        half=rows["half"].mask(few, "unknown"),
    )


def _above_median(asked: Instrument) -> tuple[str, ...]:
    names = [asked.construct_of(concept) for concept in UNIQUE_ABOVE_MEDIAN]
    return tuple(asked.label(name) for name in names if name)
