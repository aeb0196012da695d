"""What became of accounts after they were asked: the first contract that fell due."""

from __future__ import annotations

import numpy as np
import pandas as pd

HORIZON = 365  # days after the survey within which a due contract counts as its consequence
KEYS = ["client_id", "wave", "account_id"]


def followed(
    assigned: pd.DataFrame,
    responses: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    horizon: int = HORIZON,
) -> pd.DataFrame:
    """Put beside each account and wave whether its next contract was renewed.

    The survey must come first: what counts is the first contract that fell due after the last
    answer of the client's wave and within ``horizon`` days, if its outcome is known and was
    not decided before that answer.

    Parameters
    ----------
    assigned : DataFrame
        One row per client, wave and account.
    responses : DataFrame
        Table ``responses``; tells when a wave ended.
    outcomes : DataFrame
        Table ``outcomes``.
    horizon : int
        Days.

    Returns
    -------
    DataFrame
        ``assigned`` in its order with ``renewed`` (1 or 0, missing where unknown), ``due_on``,
        and ``due_revenue`` (currency units).

    Examples
    --------
    >>> keys = {"client_id": ["C1"], "account_id": ["a"]}
    >>> followed(pd.DataFrame({**keys, "wave": ["2025"]}),
    ...          pd.DataFrame({**keys, "wave": ["2025"], "started": [pd.Timestamp("2025-05-01")]}),
    ...          pd.DataFrame({**keys, "due_on": [pd.Timestamp("2025-09-01")], "revenue": [5.0],
    ...                        "outcome": ["churned"], "decided_on": [pd.Timestamp("2025-08-01")]})
    ...          )["renewed"].tolist()
    [0.0]
    """
    ended = responses.groupby(KEYS[:2])["started"].max()
    row = pd.DataFrame(
        {
            "row": np.arange(len(assigned)),
            "client_id": assigned["client_id"].to_numpy(),
            "account_id": assigned["account_id"].to_numpy(),
            "ended": ended.reindex(pd.MultiIndex.from_frame(assigned[KEYS[:2]])).to_numpy(),
        }
    )
    columns = ["client_id", "account_id", "due_on", "outcome", "decided_on", "revenue"]
    due = row.merge(outcomes[columns], on=["client_id", "account_id"])
    after = (due["due_on"] > due["ended"]) & ~(due["decided_on"] <= due["ended"])
    late = due["due_on"] > due["ended"] + pd.Timedelta(days=horizon)
    first = due[after & ~late].sort_values(["row", "due_on"]).drop_duplicates("row")
    first = first.set_index("row").reindex(np.arange(len(assigned)))
    renewed = first["outcome"].map({"renewed": 1.0, "churned": 0.0}).astype(float)
    return assigned.assign(
        renewed=renewed.to_numpy(),
        due_on=first["due_on"].to_numpy(),
        due_revenue=first["revenue"].to_numpy(float),
    )
