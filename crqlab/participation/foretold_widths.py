"""How wide the figures of all accounts will be after quarters in which nobody is asked yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.waves import in_order
from crqlab.stats import account_model
from crqlab.stats.account_model import AccountModel, Answers
from crqlab.stats.cluster_draws import stream

BLOCK = ["client_id", "wave"]
MEASURES = ("crq", "ltr")
DRAWS = 4  # of who answers; what is expected is their mean
NEAR = 0.15  # years: a wave so near to a year before is compared with
FIELDWORK = 0.06  # years from a quarter's first day to its typical answer
_DAYS = 365.25


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """All that was answered until now, and the model of it.

    Attributes
    ----------
    people : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``contact_id``, ``role``, ``crq`` and ``ltr``.
    times : Series, index client and wave
        When each was answered, in years.
    model : AccountModel
    """

    people: pd.DataFrame
    times: pd.Series
    model: AccountModel

    def of(self, clients: Iterable[str]) -> Past:
        """Return what is known of some clients."""
        return replace(self, people=self.people[self.people["client_id"].isin(list(clients))])

    def places(self) -> list[int]:
        """Return where `MEASURES` stand among the model's scores, as far as it knows them."""
        return [self.model.scores.index(n) for n in MEASURES if n in self.model.scores]

    def numbers(self) -> tuple[tuple[NDArray, NDArray], NDArray]:
        """Return variances between and inside accounts, and their correlation a year apart."""
        at = self.places()
        both = np.diag(self.model.between)[at], np.diag(self.model.within)[at]
        return both, self.model.score_rho[at]

    def with_quarters(self, coming: pd.DataFrame, days: pd.DatetimeIndex) -> Answers:
        """Line up the past and what is to come.

        Parameters
        ----------
        coming : DataFrame
            ``client_id``, ``account_id``, ``quarter`` (from 0), and of those who will answer
            ``contact_id``, ``role``, ``crq``, ``ltr``; missing of accounts that only count.
        days : DatetimeIndex
            First day of each quarter.
        """
        waves = in_order(self.people["wave"])
        names = quarter_names(waves, len(days))
        later = coming.assign(wave=np.array(names)[coming["quarter"].to_numpy(int)])
        rows = pd.concat([self.people, later], ignore_index=True)
        when = years(days) + FIELDWORK
        past = self.times.reindex(pd.MultiIndex.from_frame(self.people[BLOCK])).to_numpy(float)
        values = {name: rows.get(name, np.nan) for name in self.model.scores}
        return account_model.answers(
            pd.DataFrame(values, index=rows.index).astype(float),
            client=rows["client_id"],
            account=rows["account_id"],
            wave=rows["wave"],
            waves=[*waves, *names],
            time=np.concatenate([past, when[coming["quarter"].to_numpy(int)]]),
            person=rows["contact_id"],
            role=rows["role"],
        )


def past(
    respondents: pd.DataFrame, responses: pd.DataFrame, lent: AccountModel | None
) -> Past | None:
    """Return what widths can be foretold from; None without dates, answers or accounts enough.

    Parameters
    ----------
    respondents, responses : DataFrame
        Tables of these names.
    lent : AccountModel, optional
        Of CRQ and LTR among others; taken where there is one client, or accounts are too few for
        a model of their own.
    """
    scores = [name for name in MEASURES if respondents[name].notna().any()]
    heard = respondents[scores].notna().any(axis=1)
    columns = [*BLOCK, "account_id", "contact_id", "role", *MEASURES]
    people = respondents[heard.to_numpy(bool)].reindex(columns=columns)
    started = responses.groupby(BLOCK)["started"].mean()
    times = pd.Series(years(pd.DatetimeIndex(started)), started.index)
    if people.empty or "crq" not in scores or times.isna().any() or not _rising(times):
        return None
    rows = account_model.respondent_answers(people, responses, scores)
    last = rows.waves[-1]
    alone = lent is not None and len(rows.clients) == 1
    own = None if alone else account_model.wave_models(rows, waves=[last])[last]
    model = own or lent
    known = model is not None and "crq" in model.scores
    return Past(people.reset_index(drop=True), times, model) if model and known else None


def years(days: pd.DatetimeIndex) -> NDArray:
    """Return days as years, missing ones as missing."""
    return ((days - pd.Timestamp(0)) / pd.Timedelta(days=_DAYS)).to_numpy(float)


def quarter_names(waves: list[str], n: int) -> list[str]:
    """Name quarters to come so that they are no waves."""
    return [f"{max(waves, key=len)}+{q}" for q in range(1, n + 1)]


def _rising(times: pd.Series) -> bool:
    """Whether later waves of a client were answered later."""
    rows = times.rename("time").reset_index()
    order = {wave: place for place, wave in enumerate(in_order(rows["wave"]))}
    rows = rows.assign(place=rows["wave"].map(order)).sort_values(["client_id", "place"])
    step = rows.groupby("client_id")["time"].diff()
    return bool((step.isna() | (step > 0)).all())


def variances(told: Past, rows: pd.DataFrame, days: pd.DatetimeIndex) -> NDArray:
    """Return what will be left open of accounts at the first quarter, nobody being asked.

    Parameters
    ----------
    told : Past
    rows : DataFrame
        ``client_id`` and ``account_id`` of accounts.
    days : DatetimeIndex

    Returns
    -------
    ndarray, shape (accounts, scores)
        On the model's latent scale, of `MEASURES` as far as it knows them.
    """
    given = told.with_quarters(_counting(rows, 0), days[:1])
    found = pd.DataFrame(account_model.latent_variances(told.model, given))
    keys, last = given.keys(), given.waves[-1]
    found.index = pd.MultiIndex.from_frame(keys[["client", "account"]])
    found = found[(keys["wave"] == last).to_numpy()]
    ids = pd.MultiIndex.from_frame(rows[["client_id", "account_id"]])
    return found.reindex(ids).to_numpy()[:, told.places()]


def errors(
    told: Past,
    rows: pd.DataFrame,
    asked: pd.DataFrame,
    days: pd.DatetimeIndex,
    completion: pd.Series,
    *,
    seed: int,
) -> pd.DataFrame:
    """Expect standard errors of the figures of all accounts, after each quarter.

    Parameters
    ----------
    told : Past
    rows : DataFrame
        Accounts that count.
    asked : DataFrame
        ``client_id``, ``account_id``, ``contact_id``, ``role``, ``quarter`` (from 0). The same
        index is the same person, who answers alike whoever else is asked.
    days : DatetimeIndex
        As many quarters are foretold.
    completion : Series, index client
        Chance that a contact answers.
    seed : int

    Returns
    -------
    DataFrame, index client and quarter
        A column per measure: the root of the mean variance over draws of who answers.
    """
    told = told.of(rows["client_id"].unique())
    chance = asked["client_id"].map(completion).to_numpy(float)
    middle = told.people[list(MEASURES)].mean()
    everybody = pd.concat([_counting(rows, q) for q in range(len(days))], ignore_index=True)
    total = None
    for k in range(DRAWS):
        drawn = stream(seed, ("answers", k)).random(int(max(asked.index, default=-1)) + 1)
        heard = drawn[asked.index] < chance
        values = asked[heard].assign(**middle)
        found = _after(told, pd.concat([values, everybody], ignore_index=True), days) ** 2
        total = found if total is None else total + found
    return np.sqrt(total / DRAWS)


def _after(told: Past, coming: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    whole = told.with_quarters(coming, days)
    parts = {}
    for q, name in enumerate(whole.waves[-len(days) :]):
        given = whole.until(name)
        now = (given.block_wave == whole.waves.get_loc(name)).astype(float)
        parts[q] = account_model.contrast_errors(told.model, given, now)
    found = pd.concat(parts, names=["quarter", "client_id"]).swaplevel()
    return found.rename(columns={"ltr": "mean_ltr"})


def _counting(rows: pd.DataFrame, quarter: int) -> pd.DataFrame:
    """Accounts that count in a quarter though nobody may answer for them."""
    return rows[["client_id", "account_id"]].assign(
        quarter=quarter, contact_id=None, role=None, crq=np.nan, ltr=np.nan
    )


def change_errors(
    told: Past,
    rows: pd.DataFrame,
    asked: pd.DataFrame,
    day: pd.DatetimeIndex,
    completion: pd.Series,
    *,
    seed: int,
) -> pd.DataFrame:
    """Expect standard errors of changes of all accounts, from a year before to a quarter to come.

    Parameters
    ----------
    told, rows, asked, day, completion, seed
        As for `errors`, of one quarter.

    Returns
    -------
    DataFrame, index client
        ``from_wave``: about a year before, else the client's last; a column per measure; and the
        share of a true change that the expected one moves by, ``MEASURE_kept``.
    """
    told = told.of(rows["client_id"].unique())
    middle = told.people[list(MEASURES)].mean()
    drawn = stream(seed, ("answers", 0)).random(int(max(asked.index, default=-1)) + 1)
    heard = drawn[asked.index] < asked["client_id"].map(completion).to_numpy(float)
    coming = pd.concat([asked[heard].assign(**middle), _counting(rows, 0)], ignore_index=True)
    back = _year_before(told, day)
    counting = _counting(rows, 0).drop(columns="quarter")
    counting = counting.assign(wave=counting["client_id"].map(back))
    people = pd.concat([told.people, counting[counting["wave"].notna()]], ignore_index=True)
    given = replace(told, people=people).with_quarters(coming, day)
    contrast = (given.block_wave == len(given.waves) - 1).astype(float)
    from_ = given.clients[given.block_client].map(back).to_numpy()
    contrast[given.waves[given.block_wave].to_numpy() == from_] = -1.0
    model = told.model
    found = account_model.contrast_errors(model, given, contrast)
    left = account_model.contrast_errors(model, given, contrast, latent=True)
    mute = replace(given, values=np.full_like(given.values, np.nan))
    before = account_model.contrast_errors(model, mute, contrast, latent=True)
    kept = (1 - (left / before) ** 2).add_suffix("_kept")
    return found.join(kept).assign(from_wave=back).dropna(subset=["from_wave", "crq"])


def _year_before(told: Past, day: pd.DatetimeIndex) -> pd.Series:
    """Return each client's wave about a year before, else its last one."""
    blocks = told.people[BLOCK].drop_duplicates()
    times = told.times.reindex(pd.MultiIndex.from_frame(blocks)).to_numpy(float)
    away = np.abs(years(day)[0] + FIELDWORK - 1 - times)
    near = np.where(away <= NEAR, away, np.inf)
    rank = np.where(np.isfinite(near), near, 100 - times / 1e4)
    ordered = blocks.assign(rank=rank).sort_values(["client_id", "rank"])
    return ordered.drop_duplicates("client_id").set_index("client_id")["wave"]
