"""What people wrote, one row per answer to an open question."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.instrument import Instrument

KEYS = ["client_id", "wave", "account_id", "response_id", "language"]


def answers(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the comments of responses that count.

    Parameters
    ----------
    responses : DataFrame
        Table ``responses``.
    instrument : Instrument
        Names the open questions.

    Returns
    -------
    DataFrame
        ``client_id``, ``wave``, ``account_id``, ``response_id``, ``language`` (missing where
        not known), ``question``, ``words``; without those of nobody.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> sorted(said["question"].unique())
    ['best', 'change', 'indispensable']
    """
    counted = responses[responses["included"].astype(bool)]
    asked = [name for name in instrument.comments if name in counted]
    rows = counted.melt(KEYS, asked, var_name="question", value_name="words")
    rows["words"] = rows["words"].astype("str").str.strip()
    rows = rows[rows["words"].notna() & (rows["words"] != "")]
    kinds = dict.fromkeys([*KEYS, "question", "words"], "text")
    return frames.typed(rows.sort_values(["client_id", "wave", "response_id", "question"]), kinds)
