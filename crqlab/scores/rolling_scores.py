"""All accounts of a client, wave by wave, where each wave asks a slice of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import OK
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.results import Result
from crqlab.base.waves import in_order
from crqlab.scores.model_scores import LTR, lined_up
from crqlab.scores.rolling_accounts import current_accounts
from crqlab.scores.wave_changes import verdicts
from crqlab.scores.yearly_means import rolling_year
from crqlab.stats import account_model
from crqlab.stats.account_model import Answers, BlockMeans, block_means
from crqlab.stats.defaults import LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.multiplicity import q_values

BLOCK = ["client_id", "wave"]
ACCOUNT = [*BLOCK, "account_id"]
DRAWS = 200
YEAR, NEAR = 1.0, 0.15  # years: a wave so near to a year before is compared with as well


@dataclass(frozen=True, slots=True, eq=False)
class Rolling(Result):
    """What all accounts of clients are that ask a slice of them at a time.

    Attributes
    ----------
    table : DataFrame
        Table ``rolling_scores``.
    changes : DataFrame
        Table ``rolling_changes``.
    """

    table: pd.DataFrame
    changes: pd.DataFrame

    def of(self, client: str, wave: str) -> Rolling:
        """Return the rows of one client's wave."""
        parts = (
            part[(part["client_id"] == client) & (part["wave"] == wave)].reset_index(drop=True)
            for part in (self.table, self.changes)
        )
        return Rolling(*parts)

    def __str__(self) -> str:
        rows = self.table[(self.table["measure"] == "crq") & self.table["value"].notna()]
        if rows.empty:
            return "Every wave asks all accounts of its client: there is no rolling state to tell"
        heard = rows["n_heard"].sum() / rows["n_accounts"].sum()
        return (
            f"CRQ of all accounts in {len(rows):,} waves of "
            f"{rows['client_id'].nunique():,} clients, "
            f"{heard:.0%} of which were heard in the wave itself; the typical interval is "
            f"{(rows['high'] - rows['low']).median():.2f} wide"
        )


def rolling(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    dispositions: pd.DataFrame,
    outcomes: pd.DataFrame,
    models: pd.DataFrame,
    codebook: Codebook,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Rolling:
    """Expect the mean of all accounts of a client, also of those that a wave did not ask.

    The account model takes an account that was not asked from its earlier answers, less surely
    the longer ago, and one that was never asked from its client. A page of a wave knows only the
    waves up to it. The change is that of the same quantity, never of different accounts.

    Parameters
    ----------
    respondents, responses, dispositions, outcomes : DataFrame
        Tables of these names. Accounts that had churned before a wave, and were not asked in it,
        do not count.
    models : DataFrame
        Table ``account_model``.
    codebook : Codebook
    level : float
        Coverage of intervals, in (0, 1).
    draws, seed : int

    Returns
    -------
    Rolling
        Rows of clients of which some account was *not asked* in some wave, its turn being still
        to come; none of others. ``change`` rows compare with the client's wave before, and with
        the one a year before.

    Raises
    ------
    EstimateError
        A level that is no share.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("respondents", "responses", "dispositions", "outcomes", "account_model")
    >>> tables = [study.read(name) for name in names]
    >>> print(crq.scores.rolling(*tables, study.codebook))
    Every wave asks all accounts of its client: there is no rolling state to tell
    """
    check_level(level)
    everybody = current_accounts(dispositions, outcomes, responses, codebook)
    people = respondents[respondents["client_id"].isin(everybody["client_id"])]
    if people.empty:
        return Rolling(empty("rolling_scores"), empty("rolling_changes"))
    rows = lined_up(people, responses, codebook.instrument, also=everybody[ACCOUNT])
    known = account_model.models_of(models)
    scores, changes = [], []
    for wave in in_order(everybody["wave"]):
        if (model := known.get(wave)) is None:
            continue
        given = account_model.of_scores(rows.until(wave), model.scores)
        drawn = block_means(model, given, n=draws, seed=seed)
        scores.append(_levels(drawn, given, wave))
        changes += [_steps(drawn, given, wave, back) for back in (None, YEAR)]
    plain = rolling_year(people, responses, codebook, level=level)
    return Rolling(
        _states(_with_intervals(scores, everybody, level), plain),
        _judged(_with_intervals(changes, everybody, level), level),
    )


def _levels(drawn: BlockMeans, given: Answers, wave: str) -> pd.DataFrame:
    """Mean and standard error of every measure, of the clients that have this wave."""
    own = np.flatnonzero((drawn.blocks["wave"] == wave).to_numpy())
    client, time, n = given.block_client, given.block_time, drawn.blocks["n"].to_numpy()
    lately = (client[own][:, None] == client) & (time > time[own][:, None] - YEAR)
    return _moments(drawn, own, None).merge(
        drawn.blocks.iloc[own]
        .rename(columns={"client": "client_id"})[BLOCK]
        .assign(n_people=lately @ n),
        on=BLOCK,
    )


def _steps(drawn: BlockMeans, given: Answers, wave: str, back: float | None) -> pd.DataFrame:
    """Changes since each client's wave before, or since the one about ``back`` years before."""
    now = np.flatnonzero((drawn.blocks["wave"] == wave).to_numpy())
    client, time = given.block_client, given.block_time
    now = now[(now > 0) & (client[now - 1] == client[now])]
    past = now - 1
    if back is not None:
        away = np.abs(time[now][:, None] - time - back)
        away = np.where(client[now][:, None] == client, away, np.inf)
        best = away.argmin(axis=1)
        fits = (away.min(axis=1) <= NEAR) & (best != past)
        now, past = now[fits], best[fits]
    return _moments(drawn, now, past)


def _moments(drawn: BlockMeans, now: NDArray, past: NDArray | None) -> pd.DataFrame:
    """One row per block and measure: ``value``, its ``se``, and whom it is about."""
    keys = drawn.blocks.iloc[now].rename(columns={"client": "client_id"})
    if past is not None:
        keys = keys.assign(from_wave=drawn.blocks["wave"].to_numpy()[past])
    parts = []
    for name, means in drawn.means.items():
        values = means[now] - (0 if past is None else means[past])
        measure = "mean_ltr" if name == LTR else name
        found = {"measure": measure, "value": values.mean(axis=1), "se": values.std(axis=1, ddof=1)}
        parts.append(keys.assign(**found))
    return pd.concat(parts, ignore_index=True)


def _with_intervals(
    parts: list[pd.DataFrame], everybody: pd.DataFrame, level: float
) -> pd.DataFrame:
    """Add intervals and counts; no rows where there are no parts."""
    if not sum(map(len, parts)):
        return pd.DataFrame()
    rows = pd.concat(parts, ignore_index=True)
    counts = everybody.groupby(BLOCK).agg(
        n_accounts=("account_id", "size"), n_heard=("heard", "sum"), n_recent=("recent", "sum")
    )
    rows = rows.merge(counts.reset_index(), on=BLOCK)
    half = stats.norm.ppf((1 + level) / 2) * rows["se"]
    return rows.assign(low=rows["value"] - half, high=rows["value"] + half, level=level, flag=OK)


def _states(rows: pd.DataFrame, plain: pd.DataFrame) -> pd.DataFrame:
    """Keep intervals of NPS on its scale; put the plain means of the last year beside."""
    if rows.empty:
        return empty("rolling_scores")
    nps, ends = rows["measure"] == "nps", ["low", "high"]
    rows.loc[nps, ends] = rows.loc[nps, ends].clip(-100, 100)
    rows = rows.merge(plain, on=[*BLOCK, "measure"], how="left")
    rows = rows.sort_values([*BLOCK, "measure"], ignore_index=True)
    return typed(rows, "rolling_scores")


def _judged(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Say higher or lower where that survives all measures of the comparison.

    The interval leaves out 0 exactly where p is below 1 - level.
    """
    if rows.empty:
        return empty("rolling_changes")
    key = [*BLOCK, "from_wave"]
    rows = rows.sort_values([*key, "measure"], ignore_index=True)
    p = pd.Series(2 * stats.norm.sf(np.abs(rows["value"] / rows["se"])))
    q = q_values(p, pd.MultiIndex.from_frame(rows[key]))
    said = verdicts(rows["value"], p, q, level)
    return typed(rows.assign(p=p, q=q, verdict=said), "rolling_changes")
