"""Whether trust acts on renewal by itself, or through commitment."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.renewal.account_history import OWN
from crqlab.renewal.covariates import chosen, covariates, varying
from crqlab.renewal.opportunities import Design
from crqlab.stats import mediation as stats
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import check_level

FACTS = ("calculative_commitment", "tenure", "prior_churn")
CHANGE, SLOPE, SHARE = "renewal_chance_per_point_of_trust", "models_own", "share_of_total"
MANY = 20_000  # contracts beyond which fewer samples say the same
FEW_DRAWS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Mediation(Result):
    """How trust reaches renewal.

    Attributes
    ----------
    table : DataFrame, one row per effect or path
        Table ``mediation``: indirect (through commitment), direct, total, share mediated; and
        the paths of the two models.
    said : str
        ``"ok"``, or why there is nothing to tell, as codes.
    level : float
    """

    table: pd.DataFrame
    said: str
    level: float

    def value(self, effect: str) -> pd.Series:
        """Return one row; missing numbers where there is none."""
        rows = self.table[self.table["effect"] == effect]
        if len(rows):
            return rows.iloc[0]
        return pd.Series({"effect": effect, "estimate": nan, "low": nan, "high": nan, "n": 0})

    def __str__(self) -> str:
        if self.table.empty:
            return f"Nothing can be said of trust, commitment and renewal: {plain(self.said)}"
        total, through = self.value("total"), self.value("indirect")
        share = self.value("share mediated")
        doubt = f" ({plain(self.said)})" if self.said != OK else ""
        return (
            f"One point more trust: {100 * total['estimate']:+.1f} points of renewal "
            f"[{100 * total['low']:+.1f}, {100 * total['high']:+.1f}], "
            f"{100 * through['estimate']:+.1f} of them through commitment "
            f"({share['estimate']:.0%} [{share['low']:.0%}, {share['high']:.0%}]); "
            f"n = {int(total['n']):,} contracts of {int(total['n_accounts']):,} accounts{doubt}"
        )


def mediation(
    design: Design, *, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED
) -> Mediation:
    """Part the effect of trust on renewal into what goes through commitment and what does not.

    Only accounts with both scores. Calculative commitment, years as a customer and an earlier
    churn are held constant. A share is told only as an association: trust and commitment were
    asked on the same day.

    Parameters
    ----------
    design : Design
    level : float
        Coverage of the intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts, and where their chance begins.

    Returns
    -------
    Mediation
        Empty where trust or commitment was not asked or too little was decided: ``said`` has
        the reason.

    References
    ----------
    Morgan & Hunt (1994), Journal of Marketing 58, 20-38: commitment as the mediator.
    Imai, Keele & Tingley (2010), Psychological Methods 15, 309-334: the effects.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> print(crq.renewal.mediation(design, draws=50))
    One point more trust: ... points of renewal...
    """
    check_level(level)
    absent = [name for name in ("trust", "commitment") if name not in design.constructs]
    if absent:
        return _none(joined(code("concept_not_asked", concept=name) for name in absent), level)
    decided = design.decided
    if decided.empty:
        return _none(design.refusal, level)
    rows = decided[decided[["trust", "commitment"]].notna().all(axis=1)].reset_index(drop=True)
    if rows["outcome"].nunique() < 2:
        return _none("not_decided_both_ways_after_scores", level)
    X = varying(chosen(covariates(rows, design.constructs).X, FACTS))
    try:
        found = stats.effects(
            (rows["outcome"] == "renewed").to_numpy(),
            rows["trust"].to_numpy(),
            rows["commitment"].to_numpy(),
            X if X.shape[1] else None,
            accounts=rows.groupby(OWN).ngroup().to_numpy(),
            draws=min(draws, FEW_DRAWS) if len(rows) > MANY else draws,
            level=level,
            seed=seed,
        )
    except EstimateError as error:
        return _none(error.caution, level)
    return Mediation(_laid_out(found), found.flag, level)


def _laid_out(found: stats.Mediation) -> pd.DataFrame:
    """Effects first, then paths, with their units."""
    unit = np.where(found.table["effect"] == "share mediated", SHARE, CHANGE)
    effects = found.table.assign(unit=unit)
    paths = found.paths.rename(columns={"path": "effect"}).assign(unit=SLOPE)
    paths = paths.assign(
        effect=["trust to commitment", "commitment to renewal", "trust to renewal"]
    )
    table = pd.concat([effects, paths], ignore_index=True)
    flag = table["flag"].fillna(found.flag).astype("str")
    table = table.assign(n=found.n, n_accounts=found.n_clusters, flag=flag)
    return typed(table, "mediation")


def _none(why: str, level: float) -> Mediation:
    return Mediation(empty("mediation"), why, level)
