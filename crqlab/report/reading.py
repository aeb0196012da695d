"""Tables that a report may do without."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.study import Study

_NEEDED = ("responses", "respondents", "account_scores")


def table(study: Study, name: str, **which: str) -> pd.DataFrame:
    """Return a table, or some client's and wave's rows of it; no rows where nobody wrote it.

    Raises
    ------
    StudyError
        A table without which there is no report is missing.
    """
    if study.has(name) or name in _NEEDED:
        return study.read(name, **which)
    columns = contract(name).for_instrument(study.codebook.instrument)
    kinds = {"yes": bool, "number": float, "count": int, "date": "datetime64[ns]"}
    return pd.DataFrame({c: pd.Series(dtype=kinds.get(k.kind, object)) for c, k in columns.items()})
