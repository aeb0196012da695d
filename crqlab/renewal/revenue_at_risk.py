"""How likely each account is to renew next time, and how much revenue is at risk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from crqlab.base.contracts.cautions import OK, code, column, joined, plain
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.base.waves import latest
from crqlab.renewal import candidate_models
from crqlab.renewal.account_history import OWN, UNIT, YEAR
from crqlab.renewal.covariates import covariates
from crqlab.renewal.model_comparison import design_clusters
from crqlab.renewal.opportunities import Design
from crqlab.renewal.prediction_shrinkage import shrunk
from crqlab.stats.cluster_draws import CELLS, stream
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.regression import logit
from crqlab.stats.regression.fits import Fit

LISTED = 2  # reasons that are told of an account
AWAY = 0.1  # log odds from the average below which nothing is worth telling
MARKED = ("silent", "prior_churn")
#: Terms that a reader can act on or check, in the order in which ties are told.
TELLING = (
    *(
        "trust",
        "commitment",
        "calculative_commitment",
        "satisfaction",
        "crq",
        "nps",
        "crq_before",
        "sd",
    ),
    *("role_gap", "tenure", "earlier_renewals", *MARKED),
)
COUNTED = ("nps", "earlier_renewals")  # told without decimals
AVERAGE = "as_average"
KNOWN_OF_SILENT = ("crq_before", "tenure", "earlier_renewals", *MARKED)

WAITING = "not_asked"  # an account whose turn is still to come
TOP = 3  # accounts whose share of the expected loss is told
SUMMED = ["revenue", "expected_loss", "silent_loss", "n_accounts", "n_silent"]


@dataclass(frozen=True, slots=True, eq=False)
class RenewalOutlook(Result):
    """What the next renewals are likely to bring.

    Attributes
    ----------
    table : DataFrame, one row per account of each client's last wave that is still a customer,
        and where it asked a slice of them of the others that were asked lately
        Table ``outlook``, the greatest expected loss of each client first: ``p_renew`` and its
        interval, ``revenue`` a year, ``expected_loss`` = (1 - p_renew) x revenue with the
        interval that the model's error leaves, ``loss_low`` to ``loss_high`` what may really be
        lost (0 or all, for most), ``reason`` as codes.
    at_risk : DataFrame, one row per client and one for the panel
        Table ``revenue_at_risk``: intervals hold the error of the model and the chance of the
        outcomes.
    said : str
        ``"ok"``, or why there is no outlook, as codes.
    level : float
    """

    table: pd.DataFrame
    at_risk: pd.DataFrame
    said: str
    level: float

    def of(self, client: str) -> RenewalOutlook:
        """Return the rows of one client."""
        mine = (
            rows[rows["client_id"] == client].reset_index(drop=True)
            for rows in (self.table, self.at_risk)
        )
        return RenewalOutlook(*mine, self.said, self.level)

    def __str__(self) -> str:
        if self.at_risk.empty:
            return f"No outlook: {plain(self.said)}"
        rows = self.at_risk[self.at_risk["scope"] == "panel"]
        row = (rows if len(rows) else self.at_risk).iloc[0]
        doubt = f" ({plain(row['flag'])})" if row["flag"] != OK else ""
        return (
            f"{row['share']:.1%} of {row['revenue']:,.0f} a year may be lost at the next renewals: "
            f"{row['expected_loss']:,.0f} [{row['loss_low']:,.0f}, {row['loss_high']:,.0f}], "
            f"{row['silent_loss']:,.0f} of it with {row['n_silent']:,} silent accounts; "
            f"n = {row['n_accounts']:,} accounts{doubt}"
        )


def outlook(
    design: Design,
    accounts: pd.DataFrame,
    dispositions: pd.DataFrame | None = None,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> RenewalOutlook:
    """Foretell the next renewal of every account, silent ones included.

    The logit of `effects` is fitted to all decided contracts and drawn back for the chance in
    it. Its coefficients are drawn from their clustered covariance, and outcomes from the
    probabilities that follow, so that sums over a client carry both kinds of chance.

    Parameters
    ----------
    design : Design
    accounts : DataFrame
        Table of this name, for the day on which a contract without open outcome is next due.
    dispositions : DataFrame, optional
        Table of this name. Of clients that ask a slice of their accounts at a time, those that the
        last wave did not ask are foretold by the survey that asked them last, as decided contracts
        are, if that is no older than the oldest behind the model.
    level : float
        Coverage of all intervals, in (0, 1).
    draws, seed : int
        Draws of coefficients and outcomes, and where their chance begins.

    Returns
    -------
    RenewalOutlook
        Empty where no model can be fitted: ``said`` has the reason.

    References
    ----------
    King, Tomz & Wittenberg (2000), American Journal of Political Science 44, 347-361: both
    kinds of uncertainty by simulation.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> result = crq.renewal.outlook(design, study.read("accounts"), draws=20)
    """
    check_level(level)
    decided, coming = design.decided, _coming(design, accounts, dispositions)
    lost = (decided["outcome"] == "churned").to_numpy()
    rare = int(min(lost.sum(), (~lost).sum()))
    if not rare or coming.empty:
        why = "no_account_left" if rare else "not_decided_both_ways"
        why = design.refusal if decided.empty else why
        return RenewalOutlook(empty("outlook"), empty("revenue_at_risk"), why, level)
    both = pd.concat([decided, coming], ignore_index=True)
    X = covariates(both, design.constructs).X
    old = np.arange(len(both)) < len(decided)
    terms, said = candidate_models.affordable(X[old], design.constructs, rare)
    try:
        fit = logit(~lost, terms, cluster=design_clusters(decided), level=level, profile=False)
    except EstimateError as error:
        return RenewalOutlook(empty("outlook"), empty("revenue_at_risk"), error.caution, level)
    fit, _ = shrunk(fit, terms, ~lost)
    ahead = X.loc[~old, terms.columns].reset_index(drop=True)
    table = _accounts(coming, ahead, fit, level)
    found = _sums(table, ahead, fit, level, draws, seed)
    flag = joined((said, fit.flag))
    table = table.assign(flag=column(len(table), (True, table["flag"]), (True, flag)))
    order = ["client_id", "expected_loss", "account_id"]
    table = table.sort_values(order, ascending=[True, False, True], ignore_index=True)
    at_risk = typed(found.assign(level=level, flag=flag), "revenue_at_risk")
    return RenewalOutlook(typed(table, "outlook"), at_risk, said, level)


def _coming(
    design: Design, accounts: pd.DataFrame, dispositions: pd.DataFrame | None
) -> pd.DataFrame:
    """Accounts of each client's last wave that have not churned since, with their next date."""
    rows = design.accounts
    if rows.empty:
        return rows
    rows = pd.concat([rows[latest(rows)], _waiting(design, dispositions)], ignore_index=True)
    rows = rows[~rows["churned"].to_numpy(bool)].reset_index(drop=True)
    still = design.table[design.table["outcome"] == "open"]
    still = still[still["due_on"] > design.as_of]
    still = still.sort_values("due_on").drop_duplicates(OWN)[[*OWN, "due_on", "revenue"]]
    rows = rows.merge(still.rename(columns={"revenue": "due"}), on=OWN, how="left")
    dates = accounts.drop_duplicates(OWN)[[*OWN, "renewal_on"]]
    rows = rows.merge(dates, on=OWN, how="left")
    later = rows["renewal_on"].where(rows["renewal_on"] > design.as_of)
    due = rows["due_on"].fillna(later).astype("datetime64[ns]")
    lead = (due - rows["cutoff"]).dt.days / YEAR * 12
    middle = design.decided["lead"].median()
    usual = lead.between(0, design.decided["lead"].max())
    return rows.assign(
        due_on=due, revenue=rows["due"].fillna(rows["revenue"]), lead=lead.where(usual, middle)
    ).drop(columns=["due", "renewal_on"])


def _waiting(design: Design, dispositions: pd.DataFrame | None) -> pd.DataFrame:
    """Accounts that their client's last wave did not ask, as the survey before found them.

    Rows take the name of the client's last wave: it is there that they are told.
    """
    rows = design.accounts
    if dispositions is None:
        return rows.iloc[:0]
    waits = dispositions["status"] == WAITING
    rows = rows[rows["client_id"].isin(dispositions.loc[waits, "client_id"])]
    now = rows[latest(rows)].drop_duplicates("client_id").set_index("client_id")["wave"]
    last = rows["client_id"].map(now)
    cutoff = rows["cutoff"].where(rows["wave"] == last).groupby(rows["client_id"]).transform("max")
    rows = rows.assign(asked_last=last, ended=cutoff)
    rows = rows.sort_values("cutoff", kind="stable").drop_duplicates(OWN, keep="last")
    age = (rows["ended"] - rows["cutoff"]).dt.days / YEAR * 12
    rows = rows[(rows["wave"] != rows["asked_last"]) & (age <= design.decided["lead"].max())]
    gone = pd.concat([design.table, design.excluded], ignore_index=True)
    gone = gone[(gone["outcome"] == "churned").to_numpy(bool)].groupby(OWN)["decided"].max()
    lost = gone.reindex(pd.MultiIndex.from_frame(rows[OWN])).to_numpy() > rows["cutoff"].to_numpy()
    rows = rows.assign(churned=lost, wave=rows["asked_last"])
    return rows.drop(columns=["asked_last", "ended"])


def _accounts(coming: pd.DataFrame, X: pd.DataFrame, fit: Fit, level: float) -> pd.DataFrame:
    """One row per account, with what the model's error leaves open."""
    chance = fit.predict_interval(X, level=level)
    revenue = coming["revenue"].to_numpy(float)
    p = chance["probability"].to_numpy()
    tail = (1 - level) / 2
    quiet = coming["silent"].to_numpy(float) > 0
    nobody = np.isnan(revenue)
    unpaid = joined(("silent_no_score", "revenue_unknown"))
    flag = np.select(
        [quiet & nobody, quiet, nobody, coming["due_on"].isna()],
        [unpaid, "silent_average_taken", "revenue_unknown", "due_date_unknown"],
        OK,
    )
    return coming[[*UNIT, "due_on"]].assign(
        p_renew=p,
        p_low=chance["low"].to_numpy(),
        p_high=chance["high"].to_numpy(),
        revenue=revenue,
        expected_loss=(1 - p) * revenue,
        expected_low=(1 - chance["high"].to_numpy()) * revenue,
        expected_high=(1 - chance["low"].to_numpy()) * revenue,
        loss_low=np.where(1 - p > 1 - tail, revenue, 0.0) + 0 * revenue,
        loss_high=np.where(1 - p > tail, revenue, 0.0) + 0 * revenue,
        silent=quiet,
        reason=_reasons(X, fit),
        flag=flag,
    )


def _reasons(X: pd.DataFrame, fit: Fit) -> NDArray:
    """What lowers each account's chance most, or raises it if nothing does, as codes."""
    slopes = fit.coefficients
    names = [name for name in TELLING if name in slopes.index]
    if not names:
        return np.full(len(X), "only_average_known", dtype=object)
    terms = X[names]
    share = (terms - terms.mean()).to_numpy() * slopes[names].to_numpy()
    quiet = X["silent"].to_numpy() > 0 if "silent" in X else np.zeros(len(X), bool)
    share[np.ix_(quiet, [name not in KNOWN_OF_SILENT for name in names])] = 0.0
    said = np.column_stack([_coded(name, terms[name]) for name in names])
    order, rows = np.argsort(share, axis=1, kind="stable"), np.arange(len(X))
    text = np.full(len(X), "", dtype=object)
    for worst in order[:, :LISTED].T:
        tells = share[rows, worst] < -AWAY
        text = text + np.where(tells, np.where(text == "", "", ", ") + said[rows, worst], "")
    marks = np.array([name in MARKED for name in names])
    best = np.where(marks, -np.inf, share).argmax(axis=1)
    good = (text == "") & (share[rows, best] > AWAY)
    several = np.where(text == "", AVERAGE, "[" + text + "]")
    return np.where(good, said[rows, best], several)


def _coded(name: str, values: pd.Series) -> NDArray:
    """Each value of a term beside its average, as a code; of a mark, that it is there."""
    if name in MARKED:
        return np.full(len(values), code("mark", term=name), dtype=object)
    known = np.expm1(values) if name == "tenure" else values
    kind = "count_beside_average" if name in COUNTED else "beside_average"
    before, after = code(kind, term=name, value=0, average=float(known.mean())).split("0, ", 1)
    numbers = known.map(lambda value: repr(float(value)))
    return (before + numbers + ", " + after).to_numpy(object)


def _sums(
    table: pd.DataFrame, X: pd.DataFrame, fit: Fit, level: float, draws: int, seed: int
) -> pd.DataFrame:
    """Sums over each client and over the panel, in draws of coefficients and outcomes."""
    revenue = table["revenue"].fillna(0.0).to_numpy()
    codes, clients = pd.factorize(table["client_id"], sort=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(clients)))
    lost = _drawn(X.iloc[order], revenue[order], starts, fit, draws, seed)
    facts = table.assign(
        revenue=revenue,
        expected_loss=table["expected_loss"].fillna(0.0),
        silent_loss=table["expected_loss"].fillna(0.0) * table["silent"],
        n_silent=table["silent"].astype("int64"),
        n_accounts=1,
    )
    by_client = facts.groupby("client_id", sort=True)[SUMMED].sum()
    worst = facts.sort_values("expected_loss", ascending=False, kind="stable")
    first = worst.groupby("client_id").head(TOP).groupby("client_id", sort=True)["expected_loss"]
    by_client = by_client.assign(top_loss=first.sum()).reset_index()
    whole = facts[SUMMED].sum().to_frame().T.astype(by_client.dtypes[SUMMED])
    whole = whole.assign(client_id="", top_loss=worst["expected_loss"].head(TOP).sum())
    found = pd.concat(
        [by_client.assign(scope="client"), whole.assign(scope="panel")], ignore_index=True
    )
    tail = (1 - level) / 2
    both = np.column_stack([lost, lost.sum(axis=1)])
    low, high = np.quantile(both, [tail, 1 - tail], axis=0)
    total = found["revenue"].where(found["revenue"] > 0)
    shares = {"share": found["expected_loss"], "share_low": low, "share_high": high}
    shares = {name: amount / total for name, amount in shares.items()}
    loss = found["expected_loss"].where(found["expected_loss"] > 0)
    shares["top_share"] = found["top_loss"] / loss
    return found.assign(loss_low=low, loss_high=high, **shares)


def _drawn(
    X: pd.DataFrame, revenue: NDArray, starts: NDArray, fit: Fit, draws: int, seed: int
) -> NDArray:
    """Revenue lost by client in each draw, shape (draws, clients); accounts sorted by client."""
    chance = stream(seed, "outlook")
    names = list(fit.covariance.index)
    root = _root(fit.covariance.to_numpy())
    slopes = fit.coefficients.to_numpy() + chance.standard_normal((draws, len(names))) @ root.T
    design = np.column_stack([np.ones(len(X)), X[[n for n in names if n != "(intercept)"]]])
    step = max(CELLS // max(len(X), 1), 1)
    pieces = []
    for start in range(0, draws, step):
        stay = expit(slopes[start : start + step] @ design.T)
        gone = chance.random(stay.shape) >= stay
        pieces.append(np.add.reduceat(gone * revenue, starts, axis=1))
    return np.vstack(pieces)


def _root(covariance: NDArray) -> NDArray:
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0))
