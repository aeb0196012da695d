"""From the tables of station 5 to what one client may see of its next renewals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.report import privacy
from crqlab.report.reading import table
from crqlab.show.prospect import Prospect

#: The contestant that knows all that the outlook knows.
MODEL = "everything"
_AVERAGE = r", average -?\d+(?:\.\d+)?"
#: What a reason may say of anybody: it comes from the books, not from answers.
_BOOKS = r"years as a customer|silence|an earlier churn|earlier renewals|as the average|nothing but"
_LAST = "CRQ of the last wave"
_WITHHELD = "withheld: few answers"


def prospect(
    study: Study,
    client: str,
    wave: str,
    accounts: pd.DataFrame,
    segments: pd.DataFrame,
    *,
    many: bool,
) -> Prospect:
    """Collect the client's rows of station 5; without accounts where a later wave was held.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``n``, ``nps``, ``withheld``.
    segments : DataFrame, one row per account
        ``account_id``, ``segment``.
    many : bool
        Whether there are enough clients for their average to be told.

    Returns
    -------
    Prospect
    """
    rows = table(study, "outlook", client=client)
    now = rows[rows["wave"] == wave]
    now = now.sort_values(["expected_loss", "account_id"], ascending=[False, True])
    now = now.reset_index(drop=True)
    facts, sort = accounts.set_index("account_id"), segments.set_index("account_id")["segment"]
    ids = now["account_id"]
    few = ids.map(facts["withheld"]).fillna(True).to_numpy(bool) & ~now["silent"].to_numpy(bool)
    said = now["reason"] if many else now["reason"].str.replace(_AVERAGE, "", regex=True)
    past = ids.isin(_told(study, client, wave)).to_numpy(bool)
    unsaid = ids.map(facts["nps"]).isna().to_numpy(bool)
    total, contest = table(study, "revenue_at_risk", client=client), table(study, "contest")
    return Prospect(
        accounts=now.assign(
            reason=_safe(said, few, past, unsaid),
            name=ids.map(facts["name"]).fillna(ids),
            manager=ids.map(facts["manager"]),
            segment=ids.map(sort),
            withheld=few,
        ),
        total=total[total["scope"] == "client"].iloc[: 1 if len(now) else 0],
        performance=contest[contest["contestant"] == MODEL].reset_index(drop=True),
        card=table(study, "model_card"),
        late=bool(len(rows)) and not len(now),
    )


def _told(study: Study, client: str, wave: str) -> pd.Series:
    """Accounts whose scores of the wave before stand on enough people."""
    rows = table(study, "account_scores", client=client)
    order = in_order([*rows["wave"].unique(), wave])
    past = order[: order.index(wave)]
    rows = rows[rows["wave"] == (past[-1] if past else "")]
    least = study.codebook.privacy.min_scores
    veiled = privacy.complemented(rows["n"], minimum=least, whole=rows["client_id"])
    return rows.loc[~veiled.to_numpy(bool), "account_id"]


def _safe(reason: pd.Series, few: NDArray, past: NDArray, unsaid: NDArray) -> pd.Series:
    """Keep the parts of each reason that no single person's answers can be read from."""
    parts = reason.reset_index(drop=True).str.split("; ").explode()
    row = parts.index.to_numpy()
    books, last = (parts.str.match(words).to_numpy(bool) for words in (_BOOKS, _LAST))
    likely = parts.str.match("NPS|mean LTR").to_numpy(bool) & unsaid[row]
    kept = parts[books | (last & past[row]) | (~books & ~last & ~few[row] & ~likely)]
    said = kept.groupby(level=0).agg("; ".join).reindex(np.arange(len(reason)))
    return said.fillna(_WITHHELD).astype(object)
