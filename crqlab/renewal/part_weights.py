"""Whether the constructs of CRQ should weigh the same, as renewals tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError
from crqlab.renewal.model_comparison import design_clusters
from crqlab.renewal.opportunities import Design
from crqlab.stats.composites import FittedWeights, fitted_weights

KEY = ["client_id", "wave", "account_id"]


def score_weights(
    design: Design, account_scores: pd.DataFrame, codebook: Codebook, **options: Any
) -> FittedWeights:
    """Fit the weights of CRQ's constructs to renewal, beside the equal ones that CRQ has.

    Contracts whose account has no score in one of the constructs are left out, and counted.

    Parameters
    ----------
    design : Design
    account_scores : DataFrame
        Table ``account_scores``.
    codebook : Codebook
        Its instrument names the constructs of CRQ.
    **options
        ``draws``, ``level``, ``seed`` of `crqlab.stats.composites.fitted_weights`.

    Returns
    -------
    FittedWeights
        ``out_of_time``: each wave's contracts foretold by weights of the waves before it. Errors
        are by client, by account where there are fewer than thirty clients.

    Raises
    ------
    EstimateError
        As `crqlab.stats.composites.fitted_weights`; no decided contract with all scores.

    References
    ----------
    Dawes (1979), American Psychologist 34, 571-582.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> scores = study.read("account_scores")
    >>> found = crq.renewal.score_weights(design, scores, study.codebook, draws=20)
    >>> round(float(found.table["weight"].sum()), 6)
    1.0
    """
    names = list(codebook.instrument.crq.constructs)
    decided = design.decided
    known = decided[KEY].merge(account_scores[[*KEY, *names]], on=KEY, how="left")[names]
    whole = known.notna().all(axis=1).to_numpy()
    if not whole.any():
        raise EstimateError(
            f"design= has {len(decided)} decided contracts, none with scores of all of "
            f"{', '.join(names)}; weights need some.",
            caution="no_outcomes" if decided.empty else "no_cases",
        )
    rows = decided[whole].reset_index(drop=True)
    order = rows.groupby("wave")["cutoff"].min().sort_values().index
    found = fitted_weights(
        (rows["outcome"] != "churned").to_numpy(int),
        known[whole].reset_index(drop=True),
        design_clusters(rows),
        rows["wave"].map({wave: place for place, wave in enumerate(order)}).to_numpy(),
        **options,
    )
    lost = int((~whole).sum())
    told = joined([found.flag, code("cases_left_out", n=lost) if lost else "ok"])
    periods = found.periods.assign(period=[order[int(place)] for place in found.periods["period"]])
    return replace(found, periods=periods, flag=told)
