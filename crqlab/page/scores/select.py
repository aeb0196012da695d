"""From the tables of station 3 to what one client may see of its scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import code
from crqlab.base.instrument import Instrument
from crqlab.base.study import Study
from crqlab.base.wave_entries import unasked_scores
from crqlab.base.waves import in_order
from crqlab.page import lookup, suppression
from crqlab.page.scores import all_accounts
from crqlab.page.scores.data import Scores
from crqlab.page.tables import table
from crqlab.scores.client_scores import ACCOUNT_T

NOT_ASKED = "score_not_asked"  # by design: the wave asked a part of the items
ROLLING = "account_model"  # how a change of all accounts is made
_HEADLINE = ("crq", "nps", "mean_ltr")
_ENDS, _YEAR = ["value", "low", "high"], ["year_mean", "year_low", "year_high"]
_SIZES = ("effect", "effect_low", "effect_high")  # beside changes they tell how answers spread
_CHANGE = {
    "change": "value",
    "change_low": "low",
    "change_high": "high",
    "change_method": "method",
    "verdict": "verdict",
    "change_q": "q",
}


def scores(
    study: Study, client: str, wave: str, rows: pd.DataFrame, respondents: pd.DataFrame
) -> Scores:
    """Collect the client's rows of station 3.

    Parameters
    ----------
    study : Study
    client, wave : str
    rows : DataFrame
        The client's rows of table ``client_scores``, all waves.
    respondents : DataFrame
        Its rows of table ``respondents`` of this wave.

    Returns
    -------
    Scores
        What fewer people stand behind than the codebook allows is withheld.
    """
    asked, least = study.codebook.instrument, study.codebook.privacy.min_scores
    changes = table(study, "changes", client=client, wave=wave).drop(
        columns=list(_SIZES), errors="ignore"
    )
    if not asked.crq.constructs:
        rows, changes = (part[part["measure"] != "crq"] for part in (rows, changes))
    unasked = unasked_scores(study.codebook.waves, wave, asked)
    plain = _not_asked(_plain(rows, least), study.codebook)
    state = table(study, "rolling_scores", client=client, wave=wave)
    state = _year(suppression.withheld(state, _ENDS, n="n_people", minimum=least), least)
    if len(state):
        coarse = study.codebook.privacy.protection if least > 1 else 0.0
        state = all_accounts.coarsened(state, coarse)
        changes = table(study, "rolling_changes", client=client, wave=wave)
        changes = _of_all(all_accounts.coarsened(changes, coarse), state)
    before = changes["from_wave"].iloc[0] if len(changes) else ""
    few = plain["measure"][(plain["wave"] == before) & plain["withheld"]]
    changes = _of_both(changes, few, least)
    return Scores(
        before=before,
        measures=_measures(plain[plain["wave"] == wave], changes, asked),
        unasked=tuple(unasked),
        trend=_until(plain[plain["measure"].isin(_HEADLINE)], wave),
        roll_ups=_roll_ups(rows[rows["wave"] == wave], least),
        parts=_parts(changes, least),
        ltr=_ltr(respondents["ltr"], least),
        agreement=table(study, "agreement", client=client, wave=wave),
        rolling=state,
    )


def _of_all(changes: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
    """Changes of all accounts, since the earliest wave that they are told of: a year before."""
    order = in_order(changes["from_wave"])
    rows = changes[changes["from_wave"] == (order[0] if order else "")]
    hidden = rows["measure"].isin(state["measure"][state["withheld"]]) | rows["value"].isna()
    ends = {name: rows[name].mask(hidden) for name in [*_ENDS, "p", "q"]}
    ends |= {"verdict": rows["verdict"].mask(hidden, "unknown")}
    counts = lookup.matched(rows["measure"], state, "n_people", by="measure")[0]
    return rows.assign(**ends, part="all", n_respondents=counts, method=ROLLING)


def _of_both(changes: pd.DataFrame, few: pd.Series, minimum: int) -> pd.DataFrame:
    """Empty changes from a wave whose score is withheld: beside this wave's they tell it."""
    veiled = changes["measure"].isin(few)
    hidden = {name: changes[name].astype(float).mask(veiled) for name in [*_ENDS, "p"]}
    words = code("n_below_minimum", minimum=minimum)
    verdict = changes["verdict"].mask(veiled, "unknown")
    return changes.assign(**hidden, verdict=verdict, flag=changes["flag"].mask(veiled, words))


def _plain(scores: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """One row per wave and measure: everyone counts once, accounts as sampling units."""
    rows = scores[scores["roll_up"] == "respondents"]
    rows = rows[(rows["method"] == ACCOUNT_T).to_numpy(bool)].sort_values("wave", kind="stable")
    return suppression.withheld(rows, _ENDS, n="n_respondents", minimum=minimum)


def _year(state: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Empty plain means of a year that hold a wave of too few: the others would tell it."""
    few = ~(state["year_least"].astype(float) >= minimum).to_numpy(bool)
    return state.assign(**{name: state[name].astype(float).mask(few) for name in _YEAR})


def _not_asked(rows: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Say of scores that a wave did not ask that it did not; nothing of them is withheld."""
    gone = [
        (rows["wave"] == wave)
        & rows["measure"].isin(unasked_scores(book.waves, wave, book.instrument))
        for wave in rows["wave"].unique()
    ]
    if not gone:
        return rows
    where = np.logical_or.reduce(gone)
    flag = rows["flag"].mask(where, NOT_ASKED)
    return rows.assign(flag=flag, withheld=rows["withheld"].to_numpy(bool) & ~where)


def _until(rows: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Rows of this wave and those before it, in time."""
    order = in_order(rows["wave"])
    kept = order[: order.index(wave) + 1] if wave in order else []
    rows = rows[rows["wave"].isin(kept)]
    return rows.sort_values("wave", key=lambda w: w.map(order.index), kind="stable")


def _measures(rows: pd.DataFrame, changes: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """The wave's numbers in the order of the page, each with its change since the wave before."""
    order = [*_HEADLINE, *asked.constructs, "uniqueness"]
    whole = changes[(changes["part"] == "all").to_numpy(bool)]
    rows = rows[rows["measure"].isin(order).to_numpy(bool)]
    *ends, method, verdict, q = lookup.matched(
        rows["measure"], whole, *_CHANGE.values(), by="measure"
    )
    hide = rows["withheld"].to_numpy(bool)
    ends = (np.where(hide, np.nan, end.to_numpy(float)) for end in ends)
    verdict = verdict.mask(hide | verdict.isna().to_numpy(bool), "unknown")
    labels = [asked.label(measure) for measure in rows["measure"]]
    told = zip(_CHANGE, (*ends, method, verdict, q.mask(hide)), strict=True)
    rows = rows.assign(**dict(told), label=labels)
    place = np.argsort([order.index(measure) for measure in rows["measure"]], kind="stable")
    return rows.iloc[place].reset_index(drop=True)


def _roll_ups(scores: pd.DataFrame, minimum: int) -> pd.DataFrame:
    rows = scores[scores["measure"].isin(["crq", "nps"])]
    rows = suppression.withheld(rows, _ENDS, n="n_respondents", minimum=minimum)
    return rows.reset_index(drop=True)


def _parts(changes: pd.DataFrame, minimum: int) -> pd.DataFrame:
    rows = changes[changes["measure"].isin(["crq", "nps"])]
    hidden = [*_ENDS, "p"]
    whole = rows["measure"].where(rows["part"] != "all")
    rows = suppression.withheld(rows, hidden, n="n_respondents", minimum=minimum, whole=whole)
    verdict = rows["verdict"].mask(rows["withheld"].to_numpy(bool), "unknown")
    return rows.assign(verdict=verdict).reset_index(drop=True)


def _ltr(answers: pd.Series, minimum: int) -> pd.DataFrame:
    """How many people gave each answer; no row where they are too few."""
    answers = answers.dropna().astype(int)
    n = np.bincount(answers, minlength=11)
    counts = pd.DataFrame({"answer": np.arange(11), "n": n})
    return counts if len(answers) >= minimum else counts.iloc[:0]
