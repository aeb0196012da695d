"""What the next wave will be like, as far as the last one tells: completion and variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.errors import EstimateError
from crqlab.base.waves import latest
from crqlab.participation.invitation_frame import ACCOUNT, BLOCK
from crqlab.stats import nps
from crqlab.stats.components import variance_components
from crqlab.stats.defaults import FEW_GROUPS

#: Where a study cannot tell: a published average, and our own proposals.
ASSUMED = {"completion": 0.35, "crq": (1.0, 0.30), "nps": (77.0, 0.20)}


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What the precision of a plan rests on.

    Attributes
    ----------
    completion : Series, index client
        Share of contacts that will answer, in [0, 1].
    average : float
        The same for clients that are not in it.
    spread : mapping of measure to (sd, icc)
        Standard deviation of respondents (scale points; NPS points) and ICC(1).
    assumed : tuple of str
        What no data stand behind.
    """

    completion: pd.Series
    average: float
    spread: dict[str, tuple[float, float]]
    assumed: tuple[str, ...] = ()

    def __str__(self) -> str:
        spread = "; ".join(
            f"{'CRQ' if name == 'crq' else 'NPS'} with SD {sd:.{2 if name == 'crq' else 0}f} and "
            f"ICC(1) {icc:.2f}"
            for name, (sd, icc) in self.spread.items()
        )
        known = f"completion {100 * self.average:.0f} % on average"
        beside = f"; assumed, not estimated: {', '.join(self.assumed)}" if self.assumed else ""
        return f"This rests on {known}, {spread}{beside}"


def expected(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    completion: float | None = None,
) -> Expected:
    """Take completion from each client's last wave, variances from all last waves together.

    Parameters
    ----------
    contacts, responses : DataFrame
        Tables of station 1.
    respondents : DataFrame
        Table ``respondents``.
    completion : float, optional
        Instead of what was observed, for all clients; in (0, 1].

    Raises
    ------
    EstimateError
        A completion that is no share.
    """
    if completion is not None and not 0 < completion <= 1:
        raise EstimateError(f"completion= is {completion}; it must lie between 0 and 1. Use 0.35.")
    last = contacts[latest(contacts)]
    last = last[last["invited"].to_numpy(bool)]
    rates = _rates(last, responses)
    assumed = []
    if completion is not None:
        rates = pd.Series(completion, index=pd.Index(last["client_id"].unique()), dtype=float)
    average = float(rates.mean()) if len(rates) else ASSUMED["completion"]
    assumed += [] if len(rates) else ["completion"]
    people = respondents[latest(respondents)]
    code = nps.categories(people["ltr"]).cat.codes.to_numpy(float)
    people = people.assign(nps=np.where(code < 0, np.nan, 100 * (code - 1)))
    spread = {}
    for measure in ("crq", "nps") if people["nps"].notna().any() else ("crq",):
        found = _spread(people, measure)
        assumed += [] if found else [f"variance of {'CRQ' if measure == 'crq' else 'NPS'}"]
        spread[measure] = found or ASSUMED[measure]
    return Expected(rates, average, spread, tuple(assumed))


def _rates(last: pd.DataFrame, responses: pd.DataFrame) -> pd.Series:
    """Share of contacts with an answer; none for clients whose answers carry no contact ids."""
    key = [*BLOCK, "contact_id"]
    named = responses[responses["contact_id"].notna()]
    answered = pd.MultiIndex.from_frame(last[key]).isin(pd.MultiIndex.from_frame(named[key]))
    rates = pd.Series(answered, index=last.index).groupby(last["client_id"]).mean()
    heard = set(responses["client_id"]) - set(named["client_id"])
    return rates[~rates.index.isin(heard)].astype(float)


def _spread(people: pd.DataFrame, measure: str) -> tuple[float, float] | None:
    """Standard deviation and ICC(1) inside clients; None where too few accounts tell."""
    known = people[people[measure].notna()]
    centred = known[measure] - known.groupby(BLOCK)[measure].transform("mean")
    sums = centred.groupby([known[k] for k in ACCOUNT]).agg(["size", "sum", lambda x: (x**2).sum()])
    if len(sums) < FEW_GROUPS:
        return None
    n, total, squares = sums.to_numpy(float).T
    found = variance_components(n, total, squares, sums.index.droplevel(2)).dropna()
    freedom, between = found["n"] - found["n_accounts"], found["n_accounts"] - 1
    if freedom.sum() < FEW_GROUPS or between.sum() < FEW_GROUPS:
        return None
    within = float(np.average(found["var_within"], weights=freedom))
    among = max(float(np.average(found["var_between"], weights=between)), 0.0)
    return float(np.sqrt(within + among)), among / (within + among)
