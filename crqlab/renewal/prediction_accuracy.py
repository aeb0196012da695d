"""How good foretold probabilities are: by every measure, against each other, for drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import joined
from crqlab.base.contracts.frames import from_records
from crqlab.base.errors import EstimateError
from crqlab.stats import accuracy, survival
from crqlab.stats.estimate import Estimate
from crqlab.stats.regression import Fit, likelihood_ratio, logit

SHARE = 0.1
#: How the interval of each measure is made, as a code.
METHODS = {
    **dict.fromkeys(("auc", "auc_difference"), "delong_by_account"),
    **dict.fromkeys(
        ("auc_resampled", "auc_difference_resampled", "lift", "revenue_lift"), "accounts_resampled"
    ),
    **dict.fromkeys(("brier", "brier_scaled"), "sandwich_of_means"),
    **dict.fromkeys(("calibration_slope", "calibration_intercept"), "sandwich_of_slopes"),
    "c_harrell": "concordance_harrell",
    "c_uno": "concordance_uno",
}
MANY, LEVELS, FEW_DRAWS = 50_000, 2048, 200
THRESHOLDS = tuple(np.round(np.arange(0.02, 0.41, 0.02), 2))


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """What became of the contracts that were foretold, one entry per contract.

    Attributes
    ----------
    lost : array of bool
    accounts : array of int
    revenue : array
        Yearly, may be missing.
    followed : array
        Years for which the account was followed after the survey.
    churned : array of bool
        Whether it churned by then.
    """

    lost: NDArray
    accounts: NDArray
    revenue: NDArray
    followed: NDArray
    churned: NDArray


def measures(
    chances: pd.DataFrame, tested: Tested, *, level: float, draws: int, seed: int
) -> pd.DataFrame:
    """Every measure of every candidate, one row each, as table ``contest``."""
    rows = []
    for name in chances:
        chance = chances[name].to_numpy()
        for measure, found in _of(chance, tested, level, draws, seed).items():
            rows.append(_row({"candidate": name, "measure": measure}, found))
    return from_records(rows, "contest")


def _of(
    chance: NDArray, tested: Tested, level: float, draws: int, seed: int
) -> dict[str, Estimate | str]:
    by = {"level": level, "cluster": tested.accounts}
    ranked, draws = _coarse(chance, draws)
    chancy = {**by, "draws": draws, "seed": seed}
    calibrated = accuracy.calibration(tested.lost, chance, **by)
    money = {"weights": tested.revenue}
    spell = (tested.followed, tested.churned, chance)
    return {
        "auc": accuracy.auc(tested.lost, chance, **by),
        "auc_resampled": accuracy.auc(tested.lost, ranked, interval="bootstrap", **chancy),
        "brier": accuracy.brier(tested.lost, chance, **by),
        "brier_scaled": accuracy.brier(tested.lost, chance, scaled=True, **by),
        "calibration_slope": calibrated.slope,
        "calibration_intercept": calibrated.intercept,
        "c_harrell": _tried(lambda: survival.c_index(*spell, method="harrell", **by)),
        "c_uno": _tried(lambda: survival.c_index(*spell, method="uno", **by)),
        "lift": accuracy.lift(tested.lost, ranked, share=SHARE, **chancy),
        "revenue_lift": accuracy.lift(tested.lost, ranked, share=SHARE, **money, **chancy),
    }


def _coarse(chance: NDArray, draws: int) -> tuple[NDArray, int]:
    """Ranks in steps, and fewer draws, where cases are so many that neither can be seen."""
    if len(chance) <= MANY:
        return chance, draws
    cuts = np.unique(np.quantile(chance, np.linspace(0, 1, LEVELS)))
    return np.searchsorted(cuts, chance).astype(float), min(draws, FEW_DRAWS)


def _tried(find) -> Estimate | str:
    try:
        return find()
    except EstimateError as error:
        return error.caution


def _row(keys: dict, found: Estimate | str) -> dict:
    if isinstance(found, str):
        blank = {"estimate": np.nan, "low": np.nan, "high": np.nan, "n": 0, "unit": "accounts"}
        return {**keys, **blank, "method": "none", "flag": found}
    return {
        **keys,
        "estimate": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "unit": found.unit,
        "method": METHODS[keys["measure"]],
        "flag": joined(found.notes),
    }


def differences(
    chances: pd.DataFrame,
    tested: Tested,
    pairs: list[tuple[str, str]],
    *,
    level: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """AUC of the first less that of the second, by DeLong and by resampled accounts."""
    rows = []
    for first, second in pairs:
        one, other = (chances[name].to_numpy() for name in (first, second))
        by = {"level": level, "cluster": tested.accounts}
        keys = {"first": first, "second": second}
        found = accuracy.auc_difference(tested.lost, one, other, **by)
        rows.append({**_row({**keys, "measure": "auc_difference"}, found), "p": found.p})
        (one, few), (other, _) = _coarse(one, draws), _coarse(other, draws)
        drawn = {"interval": "bootstrap", "draws": few, "seed": seed}
        found = accuracy.auc_difference(tested.lost, one, other, **by, **drawn)
        keys["measure"] = "auc_difference_resampled"
        rows.append({**_row(keys, found), "p": found.p})
    return from_records(rows, "contest_pairs")


def likelihood_ratios(
    lost: NDArray, seen: dict[str, pd.DataFrame], pairs: list[tuple[str, str]], clusters: NDArray
) -> pd.DataFrame:
    """Likelihood-ratio test of each nested pair, over all decided contracts.

    The first candidate of a pair looks at all that the second sees and more.
    """
    rows = []
    for first, second in pairs:
        wide = seen[first].join(seen[second][seen[second].columns.difference(seen[first].columns)])
        found = _tried(
            lambda wide=wide, second=second: likelihood_ratio(
                _fit(lost, wide, clusters), _fit(lost, seen[second], clusters)
            )
        )
        keys = {"first": first, "second": second, "measure": "likelihood_ratio", "n": len(lost)}
        rows.append({**keys, "unit": "contracts", **_ratio(found)})
    return from_records(rows, "contest_pairs")


def _fit(lost: NDArray, X: pd.DataFrame, clusters: NDArray) -> Fit:
    return logit(lost, X, cluster=clusters, profile=False)


def _ratio(found) -> dict:
    if isinstance(found, str):
        return {"estimate": np.nan, "p": np.nan, "method": "none", "flag": found}
    return {"estimate": found.chi_square, "p": found.p, "method": "wilks", "flag": found.flag}


def drawings(
    chances: pd.DataFrame, tested: Tested, *, level: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Rows for pictures of calibration, decisions and ROC, by candidate."""
    tables, curves, rocs = [], [], []
    by = {"level": level, "cluster": tested.accounts}
    for name in chances:
        chance = chances[name].to_numpy()
        tables.append(accuracy.calibration(tested.lost, chance, **by).table)
        curves.append(accuracy.net_benefit(tested.lost, chance, thresholds=THRESHOLDS, **by))
        rocs.append(accuracy.roc(tested.lost, chance, points=200))
    return tuple(
        pd.concat([t.assign(candidate=name) for name, t in zip(chances, part, strict=True)])
        .reset_index(drop=True)
        for part in (tables, curves, rocs)
    )  # fmt: skip
