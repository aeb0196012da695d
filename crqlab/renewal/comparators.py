"""Machines that look at everything: whether a formula that nobody can read does better."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code
from crqlab.renewal.out_of_time_prediction import Fitted, Fitter, in_time

STRENGTHS = (0.003, 0.03, 0.3)
USUAL = STRENGTHS[1]  # taken where no fold can tell which is best
LARGE = 50_000  # rows beyond which the penalty is chosen on a share of them


def penalised(when: NDArray, *, seed: int) -> Fitter:
    """Return a fitter of a ridge logit whose penalty is chosen on later rows of other accounts.

    Parameters
    ----------
    when : array
        When each row of all decided opportunities was decided, by label of the row.
    seed : int
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def machine(strength: float):
        return make_pipeline(
            StandardScaler(), LogisticRegression(C=strength, solver="newton-cholesky")
        )

    def fit(lost: NDArray, X: pd.DataFrame, accounts: NDArray) -> tuple[Fitted, str]:
        days = when[X.index]
        some = _some(len(lost), seed)
        loss = [
            _loss(machine(c), lost[some], X.iloc[some], days[some], accounts[some])
            for c in STRENGTHS
        ]
        known = not np.isnan(loss).all()
        best = STRENGTHS[int(np.nanargmin(loss))] if known else USUAL
        fitted = machine(best).fit(X, lost)
        flag = OK if known else code("penalty_not_chosen", strength=USUAL)
        return lambda rows: fitted.predict_proba(rows)[:, 1], flag

    return fit


def _some(n: int, seed: int) -> NDArray:
    if n <= LARGE:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, LARGE, replace=False))


def _loss(machine, lost: NDArray, X: pd.DataFrame, days: NDArray, accounts: NDArray) -> float:
    """Mean log loss over folds whose learners saw both outcomes; missing if there is none."""
    total, n = 0.0, 0
    for learnt, test in in_time(days, accounts):
        if 0 < lost[learnt].sum() < len(learnt):
            chance = machine.fit(X.iloc[learnt], lost[learnt]).predict_proba(X.iloc[test])[:, 1]
            right = np.where(lost[test], chance, 1 - chance)
            total -= np.log(np.maximum(right, 1e-12)).sum()
            n += len(test)
    return total / n if n else np.nan


def boosted(*, seed: int) -> Fitter:
    """Return a fitter of gradient-boosted trees, shallow and slow."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    def fit(lost: NDArray, X: pd.DataFrame, accounts: NDArray) -> tuple[Fitted, str]:
        trees = HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=120, max_depth=3, min_samples_leaf=40, random_state=seed
        ).fit(X.to_numpy(), lost)
        return lambda rows: trees.predict_proba(rows.to_numpy())[:, 1], OK

    return fit
