"""Which questions go missing together, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.contracts.frames import typed
from crqlab.base.instrument import Instrument
from crqlab.base.waves import BLOCK

#: Responses below which a pattern is no pattern: it is counted among the others.
FEWEST = 5
GROUPS = ("wave", "role", "language")
COLUMNS = ["by", "group", "kind", "pattern", "n_missing", "n", "share", "expected"]


def missing_patterns(responses: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """Count every set of closed questions that responses leave open together.

    A question that nobody of a client's wave has answered was not asked there and is not missing.

    Parameters
    ----------
    responses : DataFrame
        Table ``responses``.
    asked : Instrument

    Returns
    -------
    DataFrame, the commonest first
        Table ``missing_patterns``: ``by`` and ``group`` (all responses, then each wave, role and
        language), ``kind`` (``complete``, ``pattern``, ``others``: patterns of fewer than
        `FEWEST` responses of the whole study, taken together), ``pattern`` (the questions),
        ``n_missing``, ``n`` responses, their ``share`` of the group in [0, 1], and ``expected``:
        how many there would be if each question went missing by itself, as often as it does in
        the group (missing for ``others``). Far fewer than ``n`` says that they go together.

    Source
    ------
    Rubin, D. B. (1976), Inference and missing data, Biometrika 63, 581-592 (patterns of missing
    values); counts against independence as in Little & Rubin (2019), Statistical Analysis with
    Missing Data, 3rd ed., section 1.2.

    Examples
    --------
    >>> crq = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 7], "items": {"a1": "", "a2": ""},
    ...     "constructs": {"a": {"label": "A", "items": ["a1", "a2"]}},
    ...     "crq": {"constructs": ["a"]}})
    >>> rows = pd.DataFrame({"client_id": "C1", "wave": "1", "role": None, "language": None,
    ...     "a1": [5.0] * 15 + [None] * 5, "a2": [6.0] * 15 + [None] * 5, "ltr": None})
    >>> missing_patterns(rows, crq).query("by == 'all'")[["kind", "pattern", "n", "expected"]]
           kind pattern   n  expected
    0  complete          15     11.25
    1   pattern  a1, a2   5      1.25
    """
    closed = [*asked.items, "ltr"]
    missing = responses[closed].isna()
    offered = (~missing).groupby([responses[name] for name in BLOCK]).transform("any")
    missing &= offered
    pattern = _named(missing)
    counts = pattern.value_counts()
    common = [name for name in counts.index if counts[name] >= FEWEST or name == ""]
    kept = pattern.where(pattern.isin(common), None)
    parts = [_counted("all", "", missing, offered, kept)]
    for by in GROUPS:
        groups = responses[by].dropna()
        for group in sorted(groups.unique()):
            where = groups.index[groups == group]
            part = _counted(by, group, missing.loc[where], offered.loc[where], kept.loc[where])
            parts.append(part)
    table = pd.concat(parts, ignore_index=True)[COLUMNS]
    return typed(table, contract("missing_patterns").columns)


def _named(missing: pd.DataFrame) -> pd.Series:
    """The open questions of each response, in the order of the questionnaire."""
    codes, found = pd.factorize(pd.MultiIndex.from_frame(missing))
    names = np.array(list(missing.columns), dtype=object)
    said = [", ".join(names[np.array(flags, dtype=bool)]) for flags in found]
    return pd.Series(np.array(said, dtype=object)[codes], index=missing.index, dtype=object)


def _counted(
    by: str, group: str, missing: pd.DataFrame, offered: pd.DataFrame, kept: pd.Series
) -> pd.DataFrame:
    """The patterns of one group, the commonest first, the others last."""
    counts = kept.value_counts(dropna=False)
    rows = list(_rows(counts, missing, offered))
    found = pd.DataFrame(rows, columns=["kind", "pattern", "n_missing", "n", "expected"])
    order = np.lexsort([found["pattern"], -found["n"], found["kind"] == "others"])
    found = found.iloc[order]
    return found.assign(by=by, group=group, share=found["n"] / max(len(kept), 1))


def _rows(
    counts: pd.Series, missing: pd.DataFrame, offered: pd.DataFrame
) -> Iterator[tuple[str, str, float, int, float]]:
    rates = missing.sum() / offered.sum().clip(lower=1)
    for name, n in counts.items():
        if not isinstance(name, str):
            yield "others", "", np.nan, int(n), np.nan
            continue
        open_ = name.split(", ") if name else []
        chance = rates.where(rates.index.isin(open_), 1 - rates)
        each = offered.mul(chance, axis=1).where(offered, 1.0).prod(axis=1)
        able = offered[open_].all(axis=1)
        yield "pattern" if name else "complete", name, len(open_), int(n), float(each[able].sum())
