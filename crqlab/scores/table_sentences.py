"""What the tables of this station say, in one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Any

import pandas as pd

from crqlab.base.contracts.cautions import has
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.waves import in_order
from crqlab.scores.client_scores import ACCOUNT_T
from crqlab.stats import account_model


@dataclass(frozen=True, slots=True, eq=False)
class Summary(Result):
    """A table and the one sentence that it says.

    Attributes
    ----------
    table : DataFrame
        The rows that the sentence is about.
    sentence : str
        Fit for a slide.
    """

    table: pd.DataFrame
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def counted(n: float, noun: str) -> str:
    """Return a number and its noun, in the plural where there is not one.

    Examples
    --------
    >>> counted(1, "account"), counted(1200, "account")
    ('1 account', '1,200 accounts')
    """
    return f"{n:,.10g} {noun}" + ("" if n == 1 else "s")


def largest(account_scores: pd.DataFrame) -> pd.DataFrame:
    """Rows of the client with most respondents in the latest wave, to look at one closely.

    Parameters
    ----------
    account_scores : DataFrame
        Table ``account_scores``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.scores.largest(study.read("account_scores"))
    >>> rows["client_id"].nunique()
    1
    """
    if account_scores.empty:
        return account_scores
    latest = account_scores[account_scores["wave"] == in_order(account_scores["wave"])[-1]]
    client = latest.groupby("client_id")["n"].sum().idxmax()
    return latest[latest["client_id"] == client].reset_index(drop=True)


def about_respondents(respondents: pd.DataFrame) -> Summary:
    """How many of the respondents have a CRQ score, and how many answered LTR.

    Examples
    --------
    >>> print(about_respondents(pd.DataFrame({"crq": [5.0, None], "ltr": [9.0, 8.0]})))
    1 of 2 respondents has a CRQ score, 2 answered LTR
    """
    n, scored = len(respondents), int(respondents["crq"].notna().sum())
    return Summary(
        respondents,
        f"{scored:,} of {counted(n, 'respondent')} {'has' if scored == 1 else 'have'} a CRQ score, "
        f"{respondents['ltr'].notna().sum():,} answered LTR",
    )


def about_accounts(account_scores: pd.DataFrame) -> Summary:
    """How much of an account's shrunken score is its own, and where caution is due.

    Parameters
    ----------
    account_scores : DataFrame
        Table ``account_scores``; client-waves of any number.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> result = crq.scores.about_accounts(study.read("account_scores"))
    """
    scored = account_scores[account_scores["n"] > 0]
    if scored.empty:
        return Summary(scored, "No account has a CRQ score")
    few, apart = (
        scored["flag"].map(partial(has, name=name)).mean()
        for name in ("few_answers", "people_disagree")
    )
    own = scored["weight"].median()
    return Summary(
        scored,
        f"{counted(len(scored), 'account score')}, half of them from "
        f"{counted(scored['n'].median(), 'answer')} or fewer: {few:.0%} have too few answers to "
        f"stand alone, in {apart:.0%} people disagree; the median share of own answers in a "
        f"shrunken score is {'unknown' if isnan(own) else format(own, '.0%')}",
    )


def about_models(models: pd.DataFrame) -> Summary:
    """What the account model of the latest wave rests on, and what it says of accounts.

    Parameters
    ----------
    models : DataFrame
        Table ``account_model``.

    Examples
    --------
    >>> print(about_models(pd.DataFrame({"wave": ["2025"], "document": [None]})))
    Accounts are too few for an account model
    """
    last = models[models["wave"].isin(in_order(models["wave"])[-1:])]
    model = next(iter(account_model.models_of(last).values()), None)
    told = "Accounts are too few for an account model" if model is None else str(model)
    lent = model is not None and (last["source"] == "release").all()
    return Summary(last, f"{told}; it is that of the study's release" if lent else told)


def about_posterior(posterior: pd.DataFrame, account_scores: pd.DataFrame) -> Summary:
    """How much nearer together accounts are than the means of those who answered.

    Parameters
    ----------
    posterior, account_scores : DataFrame
        Tables ``account_posterior`` and ``account_scores``.

    Examples
    --------
    >>> keys = pd.DataFrame({"client_id": "C", "wave": "1", "account_id": list("abcd")})
    >>> told = keys.assign(n=[1, 1, 2, 2], crq=[4.8, 5.4, 5.0, 5.2], crq_sd=0.4)
    >>> print(about_posterior(told, keys.assign(crq=[3.0, 7.0, 5.0, 5.2])))
    CRQ that the account model expects of 4 accounts' waves spreads by 0.26 points (standard
    deviation), the means of those who answered by 1.64; its standard error is 0.40 for accounts
    with one answer, 0.40 for those with more
    """
    rows = posterior.merge(
        account_scores, on=["client_id", "wave", "account_id"], suffixes=("", "_plain")
    )
    rows = rows[rows["crq"].notna() & rows["crq_plain"].notna()]
    if len(rows) < 2:
        return Summary(rows, "Accounts are too few for a model of them")
    one, more = (rows.loc[mine, "crq_sd"].mean() for mine in (rows["n"] == 1, rows["n"] > 1))
    return Summary(
        rows,
        f"CRQ that the account model expects of {len(rows):,} accounts' waves spreads by "
        f"{rows['crq'].std():.2f} points (standard deviation), the means of those who answered by "
        f"{rows['crq_plain'].std():.2f}; its standard error is {_number(one)} for accounts with "
        f"one answer, {_number(more)} for those with more",
    )


def _number(value: float) -> str:
    return "unknown" if isnan(value) else f"{value:.2f}"


def about_clients(client_scores: pd.DataFrame, instrument: Instrument) -> Summary:
    """CRQ and NPS of one client's wave, or the spread of CRQ over many.

    Parameters
    ----------
    client_scores : DataFrame
        Table ``client_scores``, or the rows of one client and wave.
    instrument : Instrument
        Knows what measures are called.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("client_scores")
    >>> print(crq.scores.about_clients(rows, study.codebook.instrument))
    CRQ of ... clients in ... waves: half of the...
    """
    plain = (client_scores["roll_up"] == "respondents") & (client_scores["method"] == ACCOUNT_T)
    rows = client_scores[plain]
    crq = rows[rows["measure"] == "crq"]
    if len(crq) == 1:
        return _one_client(rows, crq.iloc[0], instrument)
    value, width = crq["value"].dropna(), (crq["high"] - crq["low"]).median()
    if value.empty:
        return Summary(crq, "No client has a CRQ score")
    wide = "unknown" if isnan(width) else f"{width:.2f} wide"
    return Summary(
        crq,
        f"CRQ of {counted(crq['client_id'].nunique(), 'client')} in "
        f"{counted(crq['wave'].nunique(), 'wave')}: half of the {len(value):,} scores lie above "
        f"{value.median():.2f}, all between {value.min():.2f} and {value.max():.2f}; the typical "
        f"{crq['level'].iloc[0]:.0%} interval is {wide}",
    )


def _one_client(rows: pd.DataFrame, crq: pd.Series, instrument: Instrument) -> Summary:
    shown = rows[rows["measure"].isin(["crq", "nps", "mean_ltr"]) & rows["value"].notna()]
    if shown.empty:
        return Summary(shown, "Nobody has a CRQ score")
    parts = [_told(instrument.label(row.measure), row) for row in shown.itertuples()]
    return Summary(
        shown,
        f"{', '.join(parts)}; n = {counted(crq['n_respondents'], 'respondent')} in "
        f"{counted(crq['n_accounts'], 'account')}",
    )


def _told(label: str, row: Any) -> str:
    digits = 0 if row.measure == "nps" else 2
    if isnan(row.low) or isnan(row.high):
        return f"{label} {row.value:.{digits}f} [interval unknown]"
    return f"{label} {row.value:.{digits}f} [{row.low:.{digits}f}, {row.high:.{digits}f}]"


def about_agreement(agreement: pd.DataFrame) -> Summary:
    """ICC(1), ICC(2) and r_wg(J) of CRQ: of one client's wave, or the median over many.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.scores.about_agreement(study.read("agreement")))
    CRQ in the median of ... clients' waves...
    """
    rows = agreement[agreement["measure"] == "crq"]
    typical = rows.groupby("statistic", sort=True)["value"].median()
    n = rows.groupby(["client_id", "wave"]).ngroups
    words = {"icc1": "ICC(1)", "icc2": "ICC(2)", "rwg_j": "r_wg(J)"}
    parts = [
        f"{words[name]} {'unknown' if pd.isna(value) else format(value, '.2f')}"
        for name, value in typical.items()
    ]
    of = "the client's wave" if n == 1 else f"the median of {n:,} clients' waves"
    return Summary(rows, f"CRQ in {of}: {', '.join(parts)}")


def about_changes(changes: pd.DataFrame) -> Summary:
    """How often CRQ rose or fell by more than chance, and what accounts that stayed did.

    Parameters
    ----------
    changes : DataFrame
        Table ``changes``; may be empty, as with a single wave.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.scores.about_changes(study.read("changes")))
    CRQ rose in ... and fell in ... of...
    """
    rows = changes[(changes["measure"] == "crq") & (changes["part"] == "all")]
    if rows.empty:
        return Summary(rows, "No client has a CRQ score in two waves: there is no change to test")
    rose, fell = ((rows["verdict"] == verdict).sum() for verdict in ("higher", "lower"))
    level = rows["level"].iloc[0]
    return Summary(
        rows,
        f"CRQ rose in {rose:,} and fell in {fell:,} of {counted(len(rows), 'change')} from wave "
        f"to wave; the {level:.0%} interval of the other {len(rows) - rose - fell:,} holds zero",
    )
