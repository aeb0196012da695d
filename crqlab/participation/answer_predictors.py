"""What is known of everybody who was asked, and how it goes with answering."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.base.waves import places
from crqlab.participation.invitation_frame import ACCOUNT, BLOCK, Frame, framed
from crqlab.stats.defaults import LEVEL
from crqlab.stats.response_propensity import CAP, Propensity, inverse, propensity

FEW_PEOPLE = 20  # a category of fewer people joins the most common one
RIDGE = 1.0  # normal prior of standard deviation 1 on each standardised slope
CATEGORIES = ("role", "tier", "country", "industry")
ODDS = {
    **dict.fromkeys(("wave", "predictor"), "text"),
    **dict.fromkeys(("value", "low", "high", "p", "auc"), "number"),
    **dict.fromkeys(("n", "n_accounts"), "count"),
}
EARLIER = "account_score_before"


@dataclass(frozen=True, slots=True, eq=False)
class Propensities(Result):
    """How likely each contact was to answer, and what each answer stands for.

    Attributes
    ----------
    table : DataFrame
        Table ``propensities``.
    odds : DataFrame, one row per wave and predictor
        ``wave``, ``predictor``, ``value`` (odds ratio), ``low``, ``high``, ``p``, ``auc``
        (of the wave's model; 0.5 tells nothing), ``n`` contacts, ``n_accounts``.
    cap : float
        No answer stands for more than this many average ones.
    level : float
        Coverage of the odds ratios' intervals, in (0, 1).
    """

    table: pd.DataFrame
    odds: pd.DataFrame
    cap: float
    level: float

    def __str__(self) -> str:
        if self.odds.empty:
            return "No wave has both answers and silence to learn from: nothing is weighted"
        last = self.odds[self.odds["wave"] == self.odds["wave"].iloc[-1]]
        clear = last[((last["low"] > 1) | (last["high"] < 1)) & (last["value"] > 0)]
        told = "nothing that is known of people goes with answering"
        if len(clear):
            strongest = clear.assign(size=np.log(clear["value"]).abs()).nlargest(3, "size")
            told = "answering goes with " + ", ".join(
                f"{row.predictor.replace('_', ' ')} (odds x {row.value:.2f})"
                for row in strongest.itertuples()
            )
        return (
            f"In wave {last['wave'].iloc[0]}, {told}; the model orders {last['auc'].iloc[0]:.0%} "
            f"of pairs of contacts of a client rightly (n = {last['n'].iloc[0]:,} contacts)"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One wave's contacts, what is known of them, and the fit; None without any contrast."""

    people: pd.DataFrame
    predictors: pd.DataFrame
    fit: Propensity | None


def propensities(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    cap: float = CAP,
    level: float = LEVEL,
) -> Propensities:
    """Model who answers, wave by wave over all clients, and weigh the answers by it.

    A logistic regression with an intercept for each client, on what is known of those who
    stayed silent too: role, tier, country and industry, contacts and revenue of the account,
    years as a customer, whether the person and the account answered before, and the account's
    score then, relative to its client's. A weight is the client's completion over the
    propensity, cut at ``cap``, with mean 1 in each client's wave.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1.
    respondents : DataFrame
        Table ``respondents``, for earlier scores.
    cap : float
        No answer stands for more than this many average ones; 1 or more.
    level : float
        Coverage of the odds ratios' intervals, in (0, 1).

    Returns
    -------
    Propensities

    Raises
    ------
    EstimateError
        A contact of a wave or an account occurs twice, or a cap below 1.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157: weighting by propensity.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("contacts", "responses", "accounts", "respondents")]
    >>> print(crq.participation.propensities(*tables))
    In wave ..., answering goes with account...
    """
    frame = framed(contacts, responses, accounts)
    found = models(frame, respondents)
    odds = [
        model.fit.odds(level=level).assign(
            wave=wave, auc=model.fit.auc, n=model.fit.n, n_accounts=model.fit.n_clusters
        )
        for wave, model in found.items()
        if model.fit is not None
    ]
    told = pd.concat(odds, ignore_index=True)[list(ODDS)] if odds else empty(ODDS)
    tables = [_weighted(model, cap) for model in found.values()]
    table = (
        pd.concat(tables, ignore_index=True)
        if tables
        else frame.contacts.assign(propensity=np.nan, weight=np.nan)
    )
    table = typed(table.sort_values([*BLOCK, "contact_id"]), "propensities")
    return Propensities(table, told, cap, level)


def models(frame: Frame, respondents: pd.DataFrame) -> dict[str, Model]:
    """Fit every wave's model; a client's wave whose answers carry no contact ids stays out."""
    ranks = places(frame.contacts["wave"])
    known = _known(frame, respondents, ranks)
    named = ~pd.MultiIndex.from_frame(frame.contacts[BLOCK]).isin(list(frame.nameless))
    found = {}
    for wave in ranks:
        here = named & (frame.contacts["wave"] == wave).to_numpy()
        if here.any():
            people = frame.contacts[here].reset_index(drop=True)
            found[wave] = _model(people, known[here].reset_index(drop=True))
    return found


def _model(people: pd.DataFrame, known: pd.DataFrame) -> Model:
    coded = [_dummies(people[name], name) for name in CATEGORIES]
    predictors = pd.concat([*coded, known], axis=1).astype(float)
    predictors = predictors.loc[:, np.ptp(predictors.to_numpy(), axis=0) > 0]
    clusters = people["client_id"] + "\x1f" + people["account_id"]
    try:
        fit = propensity(
            predictors,
            people["scored"],
            strata=people["client_id"],
            clusters=clusters,
            ridge=RIDGE,
        )
    except EstimateError:  # nobody, or everybody, answered at each client
        fit = None
    return Model(people, predictors, fit)


def _dummies(values: pd.Series, name: str) -> pd.DataFrame:
    counts = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    common = values.where(values.map(counts) >= FEW_PEOPLE, counts.index[0])
    kinds = [kind for kind in counts.index[1:] if counts[kind] >= FEW_PEOPLE]
    return pd.DataFrame({f"{name}: {kind}": common == kind for kind in sorted(kinds)})


def _known(frame: Frame, respondents: pd.DataFrame, ranks: dict[str, int]) -> pd.DataFrame:
    """Numbers that are known of every contact before anybody answers."""
    people = frame.contacts
    size = people.groupby(ACCOUNT)["contact_id"].transform("size")
    pays = np.log1p(people["revenue"])
    since = people["customer_since"]
    opened = people.groupby(BLOCK)["invited_on"].transform("min")
    years = ((opened - since).dt.days / 365.25).clip(lower=0)
    tenure = np.log1p(years)
    columns = {
        "log_contacts": np.log(size),
        "log_revenue": pays.fillna(pays.mean()).fillna(0.0),
        "revenue_unknown": pays.isna(),
        "log_years_as_customer": tenure.fillna(tenure.mean()).fillna(0.0),
        "years_unknown": tenure.isna(),
    }
    return pd.DataFrame(columns).assign(**_before(frame, respondents, ranks))


def _before(frame: Frame, respondents: pd.DataFrame, ranks: dict[str, int]) -> dict[str, pd.Series]:
    """Whether person and account answered in the last wave that asked them, and the score."""
    people = frame.contacts.assign(place=frame.contacts["wave"].map(ranks).astype("int64"))
    own = people[["client_id", "contact_id", "place", "answered"]]
    person = _last(people, own, ["client_id", "contact_id"], "answered")
    rows = frame.accounts.assign(place=frame.accounts["wave"].map(ranks).astype("int64"))
    account = _last(people, rows, ["client_id", "account_id"], "heard")
    scores = respondents.groupby(ACCOUNT, as_index=False)["crq"].mean().dropna()
    scores["crq"] -= scores.groupby(BLOCK)["crq"].transform("mean")
    scores = scores[scores["wave"].isin(list(ranks))]
    scores = scores.assign(place=scores["wave"].map(ranks).astype("int64"))
    score = _last(people, scores, ["client_id", "account_id"], "crq").astype(float)
    return {
        "answered_before": person == True,  # noqa: E712 - missing is not True
        "silent_before": person == False,  # noqa: E712
        "account_silent_before": account == False,  # noqa: E712
        EARLIER: score.fillna(0.0),
        "account_score_known": score.notna(),
    }


def _last(people: pd.DataFrame, past: pd.DataFrame, key: list[str], what: str) -> pd.Series:
    """Value of the latest earlier wave, by person; missing where there is none."""
    left = people[[*key, "place"]].assign(row=np.arange(len(people))).sort_values("place")
    right = past[[*key, "place", what]].sort_values("place", kind="stable")
    right = right.astype({what: object})
    found = pd.merge_asof(left, right, on="place", by=key, allow_exact_matches=False)
    return found.set_index("row")[what].sort_index().set_axis(people.index)


def _weighted(model: Model, cap: float) -> pd.DataFrame:
    people = model.people
    scored = people["scored"].to_numpy(bool)
    rate = people.groupby("client_id")["scored"].transform("mean").to_numpy(float)
    p = rate if model.fit is None else model.fit.fitted
    weight = np.where(scored, inverse(p, np.maximum(rate, np.finfo(float).tiny), cap=cap), np.nan)
    mean = pd.Series(weight).groupby(people["client_id"]).transform("mean")
    return people.assign(propensity=p, weight=weight / mean.to_numpy())
