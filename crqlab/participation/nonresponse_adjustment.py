"""What the score would be if everybody had answered: raw, weighted, and the bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code, column
from crqlab.base.contracts.frames import typed
from crqlab.base.results import Result
from crqlab.base.waves import places
from crqlab.participation.answer_predictors import EARLIER, Model, models
from crqlab.participation.early_and_late import late_answers
from crqlab.participation.invitation_frame import (
    ACCOUNT,
    BLOCK,
    NAMELESS,
    NOBODY,
    Frame,
    framed,
)
from crqlab.stats import bootstrap, linearised, nps
from crqlab.stats.defaults import DRAWS, FEW_RESPONDENTS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.response_propensity import CAP
from crqlab.stats.survey_weights import effective, has_weight, weight_of
from crqlab.stats.weighted_means import Asked, reweighted

MEASURES = ("crq", "nps")
VIEWS = ("raw", "weighted", "late", "like the answered", "passives", "detractors")
FEW_KIND = 5
TELLS_NOTHING = 0.55  # order of pairs below which what is known hardly tells who answers
LIMIT = (
    "Weights repair only what goes with what is known of the silent, such as role, account and "
    "earlier scores. If people stay silent because of the score itself, no weighting can tell; "
    "the bounds then say how far the score could be off"
)
METHODS = {
    "raw": "account_t",
    "weighted": "inverse_propensity",
    "late": "silent_like_late",
    "like the answered": "silent_like_answered",
    "passives": "silent_as_passives",
    "detractors": "silent_as_detractors",
}
_FEW_ANSWERS = code("few_answers", minimum=FEW_RESPONDENTS)
#: Where too few of a client's own people are of a kind, and all clients' of the wave stand in.
OF_ALL_CLIENTS = {
    "passives": "passives_of_all_clients",
    "detractors": "detractors_of_all_clients",
}


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted(Result):
    """CRQ and NPS of every client's wave: raw, adjusted and bounds side by side.

    Attributes
    ----------
    table : DataFrame
        Table ``nonresponse``.
    level : float
        Coverage of all intervals, in (0, 1).
    limit : str
        What no adjustment can do, in words for the page.
    """

    table: pd.DataFrame
    level: float
    limit: str = LIMIT

    def of(self, client: str, wave: str) -> Adjusted:
        """Return the rows of one client's wave."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        return Adjusted(rows.reset_index(drop=True), self.level, self.limit)

    def __str__(self) -> str:
        crq = self.table[self.table["measure"] == "crq"]
        wide = crq.pivot_table(index=BLOCK, columns="view", values="value", dropna=False)
        if "weighted" not in wide or wide["weighted"].isna().all():
            return "Nobody recorded who was asked, or nobody answered: the score stays as it is"
        if len(wide) == 1:
            return f"{self._one(crq)}. {self.limit}"
        moved = (wide["weighted"] - wide["raw"]).dropna()
        return (
            f"Weights move CRQ by {moved.abs().median():.2f} in the median of {len(moved):,} waves "
            f"of clients, from {moved.min():+.2f} to {moved.max():+.2f}"
        )

    def _one(self, crq: pd.DataFrame) -> str:
        rows = crq.set_index("view")
        parts = [
            f"{view} {rows.loc[view, 'value']:.2f} [{rows.loc[view, 'low']:.2f}, "
            f"{rows.loc[view, 'high']:.2f}]"
            for view in ("raw", "weighted")
        ]
        ends = rows.reindex(["detractors", "like the answered"])["value"]
        bounds = f"; from {ends.iloc[0]:.2f} to {ends.iloc[1]:.2f} as the silent are detractors "
        bounds += "or like those who answered"
        return f"CRQ {', '.join(parts)}{bounds if ends.notna().all() else ''}"


def adjusted(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    cap: float = CAP,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Adjusted:
    """CRQ and NPS as answered, weighted for who answers, and under what the silent may think.

    ``raw``: as answered, the same number and interval as in ``client_scores``, by survey weights
    where there are any; all other views set these aside, as they are another answer to the same
    question, and their ``flag`` says so. ``weighted``:
    answers weighed by the inverse of the propensity to answer. ``late``: the silent are like
    those who answered in the later half. ``like the answered``, ``passives``, ``detractors``:
    bounds in which all silent contacts are so; in CRQ, a passive or detractor who is silent
    has the mean of those who answered (the client's from five on, else all clients').

    Accounts are what was sampled in every interval: by Student's t as answered, else by
    resampling them. That of ``weighted`` also carries the doubt about
    the model's slopes and the client's level of answering; none carries the doubt whether the
    model, or what is assumed of the silent, is right.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1.
    respondents : DataFrame
        Table ``respondents``.
    cap : float
        No answer stands for more than this many average ones; 1 or more.
    level : float
        Coverage of all intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts for each client and wave, and their seed. Slopes come from all
        clients of the wave; all else depends on the client alone.

    Returns
    -------
    Adjusted
        All views of CRQ (scale points), and of NPS (points, -100 to 100) where LTR is asked.

    Raises
    ------
    EstimateError
        A contact of a wave or an account occurs twice, a level that is no share, a cap below 1.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157: weighting by propensity.
    Armstrong & Overton (1977), Journal of Marketing Research 14, 396-402: late answers.
    Manski (1989), Journal of Human Resources 24, 343-360: why bounds are shown.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("contacts", "responses", "accounts", "respondents")]
    >>> print(crq.participation.adjusted(*tables, draws=20))
    Weights move CRQ by ... in the median of...
    """
    check_level(level)
    frame = framed(contacts, responses, accounts)
    scores = _scores(frame, respondents)
    options = {"draws": draws, "level": level, "seed": seed}
    parts = [_raw(respondents, level)]
    parts += [_bounds(scores, respondents, options)] if len(scores) else []
    for model in models(frame, respondents).values():
        parts += _modelled(model, scores, cap, options)
    table = pd.concat(parts, ignore_index=True).assign(level=level)
    table = _complete(table, frame, respondents)
    return Adjusted(_ordered(table), level)


def _scores(frame: Frame, respondents: pd.DataFrame) -> pd.DataFrame:
    """Contacts asked, with the mean of their scored answers, and NPS as -100, 0, 100."""
    points = respondents.assign(nps=_points(respondents["ltr"]))
    mine = points.groupby([*BLOCK, "contact_id"], as_index=False)[list(MEASURES)].mean()
    people = frame.contacts.merge(mine, on=[*BLOCK, "contact_id"], how="left")
    named = ~pd.MultiIndex.from_frame(people[BLOCK]).isin(list(frame.nameless))
    return people[named].assign(late=late_answers(people)[named]).reset_index(drop=True)


def _points(ltr: pd.Series) -> NDArray:
    code = nps.categories(ltr).cat.codes.to_numpy(float)
    return np.where(code < 0, np.nan, 100 * (code - 1))


def _raw(respondents: pd.DataFrame, level: float) -> pd.DataFrame:
    """The same numbers as station 3's: respondents of anybody, by their survey weights."""
    people = respondents.assign(nps=_points(respondents["ltr"]))
    values, weight = people[list(MEASURES)], weight_of(people)
    there = values.notna().mul(weight, axis=0)
    keys = [people[name] for name in ACCOUNT]
    parts = [part.groupby(keys, sort=True).sum() for part in (values.mul(weight, axis=0), there)]
    found = _ratios(*parts, linearised.ratios, {"level": level})
    ends = found[["low", "high"]].clip(-100, 100)  # where NPS ends; CRQ does not reach so far
    n = people.groupby(BLOCK, sort=True)[list(MEASURES)].count().to_numpy().ravel()
    flags = column(len(found), (True, found["flag"]), (n < FEW_RESPONDENTS, _FEW_ANSWERS))
    blocks = [people[name] for name in BLOCK]
    sums = [part.groupby(blocks, sort=True).sum().to_numpy() for part in (there, there**2)]
    equal = effective(*sums).ravel()
    found = found.assign(**ends, view="raw", n_respondents=n, n_effective=equal, flag=flags)
    return found[found["n_respondents"] > 0]


def _ratios(
    total: pd.DataFrame, n: pd.DataFrame, made: Callable[..., pd.DataFrame], options: dict
) -> pd.DataFrame:
    """Sums over sums with intervals; indexed by client, wave and account."""
    ids, blocks = total.index.get_level_values(2), total.index.droplevel(2)
    found = made(total.set_axis(ids), n.set_axis(ids), blocks, **options)
    keys = pd.DataFrame(found["block"].tolist(), columns=BLOCK, index=found.index)
    return pd.concat([keys, found.drop(columns=["block", "n_clusters"])], axis=1)


def _bounds(scores: pd.DataFrame, respondents: pd.DataFrame, options: dict) -> pd.DataFrame:
    """All silent contacts like the answered, passives, or detractors."""
    parts = []
    asked = scores.groupby(ACCOUNT, sort=True)[list(MEASURES)].size()
    sums = scores.groupby(ACCOUNT, sort=True)[list(MEASURES)].agg(["sum", "count"])
    total, n = sums.xs("sum", axis=1, level=1), sums.xs("count", axis=1, level=1)
    silent = n.rsub(asked, axis=0)
    people = scores.groupby(BLOCK, sort=True)[list(MEASURES)].count().to_numpy().ravel()
    for view in ("like the answered", "passives", "detractors"):
        held, borrowed = _assumed(view, total.index, respondents)
        whole = n.where(n.notna()) if held is None else n + silent
        filled = total if held is None else total + silent * held
        found = _ratios(filled, whole.astype(float), bootstrap.ratios, options)
        known = borrowed.reindex(pd.MultiIndex.from_frame(found[BLOCK])).to_numpy(bool)
        flags = column(
            len(found),
            (True, found["flag"]),
            (known & (found["measure"] == "crq").to_numpy(), OF_ALL_CLIENTS.get(view, OK)),
            (people < FEW_RESPONDENTS, _FEW_ANSWERS),
        )
        found = found.assign(view=view, n_respondents=people, n_effective=people.astype(float))
        parts.append(found.assign(flag=flags)[people > 0])
    return pd.concat(parts, ignore_index=True)


def _assumed(
    view: str, index: pd.MultiIndex, respondents: pd.DataFrame
) -> tuple[pd.DataFrame | None, pd.Series]:
    """What every silent contact of each account is taken to score, and if it is borrowed."""
    blocks = index.droplevel(2)
    if view == "like the answered":
        return None, pd.Series(False, index=blocks.unique())
    kind = {"passives": "passive", "detractors": "detractor"}[view]
    some = respondents[(nps.categories(respondents["ltr"]) == kind).to_numpy()]
    own = some.groupby(BLOCK)["crq"].agg(["mean", "count"]).reindex(blocks)
    waves = some.groupby("wave")["crq"].agg(["mean", "count"])
    pooled = waves["mean"].where(waves["count"] >= FEW_KIND)
    pooled = pooled.reindex(blocks.get_level_values("wave")).to_numpy()
    few = ~(own["count"].to_numpy() >= FEW_KIND)
    crq = np.where(few, pooled, own["mean"].to_numpy())
    points = {"passives": 0.0, "detractors": -100.0}[view]
    held = pd.DataFrame({"crq": crq, "nps": points}, index=index)
    return held, pd.Series(few, index=blocks).groupby(level=BLOCK).first()


def _modelled(model: Model, scores: pd.DataFrame, cap: float, options: dict) -> list[pd.DataFrame]:
    """Weighted and late views of every client of one wave."""
    if model.fit is None:
        return []
    keys = [*BLOCK, "contact_id"]
    rows = model.people[keys].merge(scores[[*keys, *MEASURES, "late"]], on=keys, how="left")
    values, late = rows[list(MEASURES)].to_numpy(float), rows["late"].fillna(False).to_numpy(bool)
    predictors = model.predictors.to_numpy(float)
    people, parts = model.people, []
    answered = people["scored"].to_numpy(bool)
    for client, place in people.groupby("client_id", sort=True).indices.items():
        if not answered[place].any():
            continue
        account = pd.factorize(people["account_id"].iloc[place], sort=True)[0]
        one = Asked(values[place], answered[place], late[place], predictors[place], account)
        wave = people["wave"].iloc[0]
        found = reweighted(one, model.fit, key=(client, wave), cap=cap, **options)
        parts.append(_told(found, model, one, client, wave))
    return parts


def _told(found: pd.DataFrame, model: Model, one: Asked, client: str, wave: str) -> pd.DataFrame:
    n, weighted = found["n"].to_numpy(), (found["view"] == "weighted").to_numpy()
    everybody = bool(one.answered.all())
    flags = column(
        len(found),
        (n < FEW_RESPONDENTS, _FEW_ANSWERS),
        (everybody, "everybody_answered"),
        (weighted & (not everybody), _caution(model)),
        (weighted & (found["n_effective"] < n / 2).to_numpy(), "weights_halve_answers"),
        (~weighted & (one.late.sum() < FEW_KIND), code("few_late_answers", minimum=FEW_KIND)),
        (found["low"].isna(), "interval_unknown"),
    )
    measure = np.array(MEASURES)[found["measure"].to_numpy()]
    table = found.rename(columns={"n": "n_respondents"}).assign(
        client_id=client, wave=wave, measure=measure, flag=flags
    )
    return table[n > 0]


def _caution(model: Model) -> str:
    """Whether the model can help at all: what a reader must know beside the weighted score."""
    odds = model.fit.odds().set_index("predictor")
    if EARLIER not in odds.index:
        return "no_earlier_scores"
    if odds.loc[EARLIER, "low"] > 1:
        return "lower_scores_answer_less"
    if model.fit.auc < TELLS_NOTHING:
        return "answering_hard_to_tell"
    return OK


def _complete(table: pd.DataFrame, frame: Frame, respondents: pd.DataFrame) -> pd.DataFrame:
    """Say where a view is missing and why, or leaves survey weights aside; count accounts asked."""
    blocks = table[[*BLOCK, "measure"]].drop_duplicates()
    grid = blocks.merge(pd.DataFrame({"view": VIEWS}), how="cross")
    rows = grid.merge(table, on=[*BLOCK, "measure", "view"], how="left")
    asked = frame.accounts.groupby(BLOCK).size()
    keys = pd.MultiIndex.from_frame(rows[BLOCK])
    n = asked.reindex(keys).fillna(0).to_numpy(int)
    missing = rows["flag"].isna().to_numpy()
    why = np.select(
        [n == 0, keys.isin(list(frame.nameless))], [NOBODY, NAMELESS], "nothing_to_learn_from"
    )
    others = ~missing & (rows["view"] != "raw").to_numpy()
    surveyed = keys.isin(pd.MultiIndex.from_frame(respondents.loc[has_weight(respondents), BLOCK]))
    stray = frame.uninvited.reindex(keys).fillna(0).to_numpy(int)
    flags = column(
        len(rows),
        (True, rows["flag"].fillna(OK)),
        (missing, why),
        (
            others & (stray > 0) & (n > 0),
            [code("uninvited_left_out", n=k) for k in stray.tolist()],
        ),
        (others & surveyed, "survey_weights_set_aside"),
    )
    return rows.assign(
        flag=flags,
        n_accounts=n,
        n_respondents=rows["n_respondents"].fillna(0).astype("int64"),
        n_effective=rows["n_effective"].fillna(0.0),
        level=rows["level"].fillna(table["level"].iloc[0]),
        method=rows["view"].map(METHODS),
    )


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    order = table.assign(
        w=table["wave"].map(places(table["wave"])), m=table["measure"].map(MEASURES.index),
        v=table["view"].map(VIEWS.index),
    ).sort_values(["client_id", "w", "m", "v"], kind="stable")  # fmt: skip
    return typed(table.loc[order.index], "nonresponse")
