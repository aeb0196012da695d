"""Machines that look at everything: whether a formula that nobody can read does better."""

from __future__ import annotations

from typing import Any

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
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    machine = make_pipeline(StandardScaler(), LogisticRegression(C=USUAL, solver="newton-cholesky"))
    asked = {"logisticregression__C": STRENGTHS}

    def fit(lost: NDArray, X: pd.DataFrame, accounts: NDArray) -> tuple[Fitted, str]:
        some, best = _some(len(lost), seed), {}
        folds = [
            (learnt, test)
            for learnt, test in in_time(when[X.index][some], accounts[some])
            if 0 < lost[some][learnt].sum() < len(learnt)
        ]
        if folds:
            search = GridSearchCV(machine, asked, scoring=_likelihood, cv=folds, refit=False)
            best = search.fit(X.iloc[some], lost[some]).best_params_
        fitted = clone(machine).set_params(**best).fit(X, lost)
        flag = OK if folds else code("penalty_not_chosen", strength=USUAL)
        return lambda rows: fitted.predict_proba(rows)[:, 1], flag

    return fit


def _likelihood(machine: Any, X: pd.DataFrame, lost: NDArray) -> float:
    """Mean log likelihood, also of rows with one outcome alone."""
    from sklearn.metrics import log_loss

    return -log_loss(lost, machine.predict_proba(X), labels=[0, 1])


def _some(n: int, seed: int) -> NDArray:
    if n <= LARGE:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, LARGE, replace=False))


def boosted(*, seed: int) -> Fitter:
    """Return a fitter of gradient-boosted trees, shallow and slow."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    def fit(lost: NDArray, X: pd.DataFrame, accounts: NDArray) -> tuple[Fitted, str]:
        trees = HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=120, max_depth=3, min_samples_leaf=40, random_state=seed
        ).fit(X.to_numpy(), lost)
        return lambda rows: trees.predict_proba(rows.to_numpy())[:, 1], OK

    return fit
