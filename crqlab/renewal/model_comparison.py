"""Comparison of models: who foretells churn best, out of time, and what CRQ adds to NPS."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code, column, plain
from crqlab.base.contracts.frames import empty
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.renewal import (
    candidate_models,
    comparators,
    out_of_time_prediction,
    prediction_accuracy,
)
from crqlab.renewal.account_history import OWN
from crqlab.renewal.covariates import covariates
from crqlab.renewal.opportunities import Design
from crqlab.stats.defaults import DRAWS, FEW_CLUSTERS, LEVEL, SEED
from crqlab.stats.estimate import check_level

LEAK = 0.90
LEAKED = code("leak", above=LEAK)
ADDS, NOT_SHOWN, UNKNOWN = "adds", "not_shown", "unknown"
PAIRS = (
    (candidate_models.BOTH, candidate_models.NPS),
    (candidate_models.BOTH, candidate_models.CRQ),
    (candidate_models.CRQ, candidate_models.NPS),
    (candidate_models.TRUST_AND_COMMITMENT, candidate_models.NPS),
    (candidate_models.TRUST_AND_COMMITMENT, candidate_models.CRQ),
    (candidate_models.EVERYTHING, candidate_models.BOTH),
    (candidate_models.EVERYTHING, candidate_models.TENURE),
)
NESTED = (PAIRS[0], PAIRS[1])


@dataclass(frozen=True, slots=True, eq=False)
class ModelComparison(Result):
    """How well each candidate foretold churn, and who did better than whom.

    Attributes
    ----------
    table : DataFrame, one row per candidate and measure
        Table ``contest``.
    differences : DataFrame, one row per pair and measure
        Table ``contest_pairs``: the first minus the second, on the same contracts.
    chances : DataFrame
        Foretold probabilities of churn, one column per candidate, with ``lost`` and ``key``.
    calibration, decisions, curves : DataFrame
        Rows for drawing, by candidate: foretold against observed; net benefit; ROC.
    claim : str
        Whether CRQ adds to NPS: `ADDS`, `NOT_SHOWN` or `UNKNOWN`.
    said : str
        How learning and testing were parted, or why there is none, as codes.
    level : float
    n, events : int
        Contracts foretold, and those that churned.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    chances: pd.DataFrame
    calibration: pd.DataFrame
    decisions: pd.DataFrame
    curves: pd.DataFrame
    claim: str
    said: str
    level: float
    n: int
    events: int

    def value(self, candidate: str, measure: str) -> pd.Series | None:
        """Return one row of the table, or None."""
        rows = self.table
        rows = rows[(rows["candidate"] == candidate) & (rows["measure"] == measure)]
        return rows.iloc[0] if len(rows) else None

    def __str__(self) -> str:
        if self.table.empty:
            return f"No comparison of models: {plain(self.said)}"
        told = [self._best(), self._added()]
        return (
            f"{'; '.join(t for t in told if t)}; n = {self.n:,} contracts, {self.events:,} churned"
        )

    def _best(self) -> str:
        rows = self.table[self.table["measure"] == "auc"].dropna(subset="estimate")
        if rows.empty:
            return "no AUC can be given"
        best = rows.loc[rows["estimate"].idxmax()]
        return (
            f"{candidate_models.spelled(best['candidate'])} foretells churn best: AUC "
            f"{best['estimate']:.2f} [{best['low']:.2f}, {best['high']:.2f}]"
        )

    def _added(self) -> str:
        rows = self.differences
        rows = rows[
            (rows["first"] == candidate_models.BOTH) & (rows["second"] == candidate_models.NPS)
        ]
        rows = rows[rows["measure"] == "auc_difference"]
        if rows.empty:
            return "what CRQ adds to NPS cannot be said"
        row = rows.iloc[0]
        verb = {ADDS: "adds to", NOT_SHOWN: "is not shown to add to"}.get(self.claim)
        said = f"CRQ {verb} NPS" if verb else "what CRQ adds to NPS cannot be said"
        return f"{said}: {row['estimate']:+.3f} AUC [{row['low']:+.3f}, {row['high']:+.3f}]"


def compare_models(
    design: Design,
    *,
    months: float = 12.0,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
    machines: bool = True,
) -> ModelComparison:
    """Let candidate models learn from earlier contracts and foretell those of the last year.

    CRQ is said to add to NPS only where both ends of the interval of the difference in AUC,
    out of time and by account, lie above zero.

    Parameters
    ----------
    design : Design
    months : float
        Length of the test period.
    level : float
        Coverage of all intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts, and where their chance begins.
    machines : bool
        Whether a penalised logit and boosted trees compete too.

    Returns
    -------
    ModelComparison
        Empty where there are too few outcomes: ``said`` has the reason.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988); Obuchowski (1997): AUC and its differences.
    Vickers & Elkin (2006): the decision curve. Harrell (1982); Uno et al. (2011): C.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> print(crq.renewal.compare_models(design, machines=False, draws=20))
    trust and commitment foretells churn best...
    """
    check_level(level)
    decided = design.decided
    try:
        parted = out_of_time_prediction.split(decided, months=months)
    except EstimateError as error:
        return _none(error.caution, level)
    X = covariates(decided, design.constructs).X
    lost = (decided["outcome"] == "churned").to_numpy()
    accounts = decided.groupby(OWN).ngroup().to_numpy()
    seen = candidate_models.candidates(X, design.constructs)
    fitters = {name: (terms, out_of_time_prediction.plain) for name, terms in seen.items()}
    if machines and candidate_models.EVERYTHING in seen:
        fitters |= _machines(seen[candidate_models.EVERYTHING], decided, seed)
    chances, flags = _chances(lost, accounts, parted, fitters)
    kept = parted.foretold
    money = decided["revenue"].to_numpy(float)[kept]
    spells = _spells(design, decided[kept])
    tested = prediction_accuracy.Tested(lost[kept], accounts[kept], money, *spells)
    options = {"level": level, "draws": draws, "seed": seed}
    differences = _compared(chances[kept], tested, options, parted.flag)
    nested = [pair for pair in NESTED if set(pair) <= set(seen)]
    ratios = prediction_accuracy.likelihood_ratios(lost, seen, nested, design_clusters(decided))
    return ModelComparison(
        _flagged(
            prediction_accuracy.measures(chances[kept], tested, **options), flags, parted.flag
        ),
        pd.concat([differences, ratios], ignore_index=True),
        chances[kept].assign(lost=tested.lost, account=tested.accounts),
        *prediction_accuracy.drawings(chances[kept], tested, level=level),
        _claim(differences),
        parted.said,
        level,
        len(tested.lost),
        int(tested.lost.sum()),
    )


def _compared(
    chances: pd.DataFrame, tested: prediction_accuracy.Tested, options: dict, parted: str
) -> pd.DataFrame:
    """Compare every pair of candidates that could foretell."""
    pairs = [pair for pair in PAIRS if set(pair) <= set(chances)]
    found = prediction_accuracy.differences(chances, tested, pairs, **options)
    return found.assign(flag=column(len(found), (True, found["flag"]), (True, parted)))


def _machines(everything: pd.DataFrame, decided: pd.DataFrame, seed: int) -> dict:
    when = decided["decided"].to_numpy("datetime64[D]").astype("int64")
    return {
        candidate_models.PENALISED: (everything, comparators.penalised(when, seed=seed)),
        candidate_models.BOOSTED: (everything, comparators.boosted(seed=seed)),
    }


def _chances(
    lost: NDArray, accounts: NDArray, parted: out_of_time_prediction.Split, fitters: dict
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Foretell by every candidate; one that cannot learn is left out and says why."""
    found, flags = {}, {}
    for name, (terms, fit) in fitters.items():
        try:
            found[name], flags[name] = out_of_time_prediction.foretold(
                lost, terms, accounts, parted, fit
            )
        except EstimateError as error:
            flags[name] = error.caution
    return pd.DataFrame(found), flags


def _spells(design: Design, tested: pd.DataFrame) -> tuple[NDArray, NDArray]:
    """How long the account of each tested contract was followed, and whether it churned."""
    keys = [*OWN, "wave"]
    spells = design.accounts[[*keys, "followed", "churned"]]
    joined = tested[keys].merge(spells, on=keys, how="left")
    return joined["followed"].to_numpy(float), joined["churned"].to_numpy(bool)


def design_clusters(decided: pd.DataFrame) -> NDArray:
    """Clusters of standard errors: clients where there are thirty or more, else accounts."""
    many = decided["client_id"].nunique() >= FEW_CLUSTERS
    return decided.groupby(["client_id"] if many else OWN).ngroup().to_numpy()


def _flagged(table: pd.DataFrame, flags: dict[str, str], parted: str) -> pd.DataFrame:
    """Add to every row what was amiss with its candidate, a leak above all."""
    high = table[(table["measure"] == "auc") & (table["estimate"] > LEAK)]["candidate"]
    own = table["candidate"].map(flags).fillna(OK)
    leaks = (table["candidate"].isin(high), LEAKED)
    told = column(len(table), (True, table["flag"]), (True, own), (True, parted), leaks)
    return table.assign(flag=told)


def _claim(differences: pd.DataFrame) -> str:
    """Say whether CRQ adds to NPS: the whole interval above zero, or it is not shown."""
    rows = differences[
        (differences["first"] == candidate_models.BOTH)
        & (differences["second"] == candidate_models.NPS)
        & (differences["measure"] == "auc_difference")
    ]
    if rows.empty or rows["low"].isna().any():
        return UNKNOWN
    return ADDS if rows["low"].iloc[0] > 0 else NOT_SHOWN


def _none(why: str, level: float) -> ModelComparison:
    drawn = [pd.DataFrame() for _ in range(4)]
    return ModelComparison(
        empty("contest"), empty("contest_pairs"), *drawn, UNKNOWN, why, level, 0, 0
    )
