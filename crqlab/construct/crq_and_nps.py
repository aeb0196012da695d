"""CRQ and NPS head to head: what each sees, how it lasts, how many answers it needs."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import code, joined, plain
from crqlab.base.contracts.frames import from_records, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.base.standards import FEW_ANSWERS
from crqlab.base.waves import latest, wave_before
from crqlab.construct.criterion_validity import NO_LTR, correlation
from crqlab.construct.cutoffs import tried
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import Estimate, check_level

RICH, POOR = "promoters_poor_crq", "detractors_good_crq"
HALF = 0.5
PAIR = ("crq", "nps")
UNIT = ["client_id", "account_id"]


@dataclass(frozen=True, slots=True, eq=False)
class NpsComparison(Result):
    """What CRQ and NPS share at account level, and which is the surer guide.

    Attributes
    ----------
    table : DataFrame, one row per number
        ``question``, ``measure``, ``score`` (``crq``, ``nps`` or ``both``), ``estimate``,
        ``low``, ``high``, ``n``, ``unit``, ``flag``; words are codes.
    disagreements : DataFrame, one row per account
        Accounts of the latest waves in the lowest quarter by one score and the upper half by
        the other, the widest gap first: ``kind``, both scores, and ``crq_rank``, ``nps_rank``,
        shares of accounts below.
    accounts : DataFrame, one row per account
        The accounts of the latest waves with enough answers, ``crq`` and ``nps``.
    level : float
    """

    table: pd.DataFrame
    disagreements: pd.DataFrame
    accounts: pd.DataFrame
    level: float

    def __str__(self) -> str:
        shared = self.table.set_index("measure").loc["variance_shared"]
        if np.isnan(shared["estimate"]):
            return f"CRQ and NPS cannot be compared: {plain(shared['flag'])}"
        kinds = self.disagreements["kind"].value_counts()
        return (
            f"CRQ and NPS share {shared['estimate']:.0%} of their variance "
            f"({shared['low']:.0%} to {shared['high']:.0%}) over {shared['n']:,} accounts; "
            f"{kinds.get(RICH, 0)} accounts have promoters and a poor CRQ, "
            f"{kinds.get(POOR, 0)} the opposite"
        )


def compare_with_nps(
    account_scores: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> NpsComparison:
    """Compare CRQ and NPS of accounts.

    Parameters
    ----------
    account_scores, respondents : DataFrame
        Tables of these names. Accounts count from three answers to both scores on.
    level : float
        Coverage of all intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts, and where their chance begins.

    Returns
    -------
    NpsComparison
        What cannot be computed is missing and says why in ``flag``.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: answers needed, from
    the Spearman-Brown formula of ICC(2).

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> scores, people = study.read("account_scores"), study.read("respondents")
    >>> print(crq.construct.compare_with_nps(scores, people, draws=20))
    CRQ and NPS share ... of their variance (...
    """
    check_level(level)
    both = account_scores[["crq", "nps"]].notna().all(axis=1)
    both &= (account_scores["n"] >= FEW_ANSWERS) & (account_scores["n_ltr"] >= FEW_ANSWERS)
    known = account_scores[both].reset_index(drop=True)
    last = known[latest(known)].reset_index(drop=True)
    answers = precision(respondents, level=level, draws=draws, seed=seed)
    rows = [_shared(last, level), *_lasting(known, level, draws, seed), *answers]
    return NpsComparison(from_records(rows, "head_to_head"), _apart(last), last, level)


def _row(question: str, measure: str, score: str, found: Estimate | str) -> dict:
    empty = {"question": question, "measure": measure, "score": score, "unit": "accounts"}
    if isinstance(found, str):
        return {**empty, "estimate": nan, "low": nan, "high": nan, "n": 0, "flag": found}
    numbers = {"estimate": found.value, "low": found.low, "high": found.high, "n": found.n}
    return {**empty, **numbers, "flag": joined(found.notes)}


def _shared(last: pd.DataFrame, level: float) -> dict:
    """Squared correlation of account CRQ and NPS."""

    def found() -> Estimate:
        _enough(last)
        r = correlation(last["crq"], last["nps"], level=level)
        ends = sorted([r.low**2, r.high**2])
        low = 0.0 if r.low < 0 < r.high else ends[0]
        return Estimate("shared", r.value**2, low, ends[1], level, r.n, "accounts", r.method)

    return _row("seen_by_both", "variance_shared", "both", tried(found))


def _enough(rows: pd.DataFrame) -> None:
    if len(rows) < 4:
        raise EstimateError(
            f"{len(rows)} accounts have {FEW_ANSWERS} answers to both scores; four are needed. "
            "Pool waves or clients.",
            caution=code("few_accounts_answered", n=len(rows), answers=FEW_ANSWERS, minimum=4),
        )


def _apart(last: pd.DataFrame) -> pd.DataFrame:
    """Accounts in the lowest quarter by one score and in the upper half by the other."""
    ranks = {f"{name}_rank": last[name].rank(pct=True) for name in ("crq", "nps")}
    rows = last.assign(**ranks)
    rich = (rows["crq_rank"] <= 0.25) & (rows["nps_rank"] > 0.5) & (rows["nps"] > 0)
    poor = (rows["nps_rank"] <= 0.25) & (rows["crq_rank"] > 0.5) & (rows["nps"] < 0)
    rows = rows.assign(kind=np.select([rich, poor], [RICH, POOR], ""))[rich | poor]
    gap = (rows["crq_rank"] - rows["nps_rank"]).abs()
    order = gap.sort_values(ascending=False, kind="stable").index
    return typed(rows.loc[order], "disagreements")


def _lasting(known: pd.DataFrame, level: float, draws: int, seed: int) -> list[dict]:
    """Correlation of an account's score with its score one wave later, and their difference."""
    pairs = _paired(known)

    def of(name: str) -> Estimate:
        _enough(pairs)
        who = pairs["client_id"] + "\x1f" + pairs["account_id"]
        return correlation(pairs[name], pairs[f"{name}_next"], accounts=who, level=level)

    asks = ("same_a_wave_later", "retest_correlation")
    single = [_row(*asks, name, tried(lambda n=name: of(n))) for name in PAIR]
    better = tried(lambda: _difference(pairs, level, draws, seed))
    return [*single, _row("lasts_better", "retest_difference", "both", better)]


def _paired(known: pd.DataFrame) -> pd.DataFrame:
    """Each account's scores beside those of its client's next wave."""
    later = known[[*UNIT, *PAIR]].assign(wave=wave_before(known)).dropna(subset="wave")
    return known.merge(later, on=[*UNIT, "wave"], suffixes=("", "_next"))


def _difference(pairs: pd.DataFrame, level: float, draws: int, seed: int) -> Estimate:
    """Difference of the two test-retest correlations, both from the same drawn accounts."""
    _enough(pairs)
    columns = [f"{name}{end}" for name in PAIR for end in ("", "_next")]
    values = pairs[columns].to_numpy(float)
    values = values - values.mean(axis=0)
    codes = pairs.groupby(UNIT).ngroup().to_numpy()
    products = np.column_stack([values[:, [0, 0, 1, 2, 2, 3]] * values[:, [0, 1, 1, 2, 3, 3]]])
    sums = np.zeros((codes.max() + 1, 1 + 4 + 6))
    np.add.at(sums, codes, np.column_stack([np.ones(len(values)), values, products]))
    here = _gap(sums.sum(axis=0, keepdims=True))[0]
    chance = resampled(len(sums), draws, stream(seed, "retest"))
    drawn = np.concatenate([_gap(counts @ sums) for counts in chance])
    tail = (1 - level) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    method = "account bootstrap, percentiles"
    return Estimate("gap", here, low, high, level, len(sums), "accounts", method)


def _gap(sums: NDArray) -> NDArray:
    """Correlation of columns 0, 1 minus that of 2, 3, from sums of rows."""
    n, mean = sums[:, :1], sums[:, 1:5] / sums[:, :1]
    left, right = [0, 0, 1, 2, 2, 3], [0, 1, 1, 2, 3, 3]
    c = sums[:, 5:] / n - mean[:, left] * mean[:, right]
    with np.errstate(divide="ignore", invalid="ignore"):
        return c[:, 1] / np.sqrt(c[:, 0] * c[:, 2]) - c[:, 4] / np.sqrt(c[:, 3] * c[:, 5])


def precision(respondents: pd.DataFrame, *, level: float, draws: int, seed: int) -> list[dict]:
    """Answers that an account needs until its interval is half a standard deviation wide.

    The half-width is measured in true standard deviations between accounts, so that both
    scores are asked the same: n = (z / 0.5)^2 (1 - ICC1) / ICC1, from all respondents with
    both scores in the latest waves, around their client's mean.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    level : float
    draws, seed : int

    Returns
    -------
    list of dict
        Rows on CRQ, on NPS and on their ratio.
    """
    found = tried(lambda: _needed(respondents, level, draws, seed))
    if isinstance(found, str):
        found = (found, found, found)
    asks = [("answers_that_tell", "answers_needed", name) for name in PAIR]
    asks += [("times_as_many", "answers_ratio", "both")]
    return [_row(*asked, one) for asked, one in zip(asks, found, strict=True)]


def _needed(respondents: pd.DataFrame, level: float, draws: int, seed: int) -> list[Estimate]:
    rows = respondents.dropna(subset=["crq", "ltr"]).reset_index(drop=True)
    if rows.empty:
        raise EstimateError(
            "LTR was not asked or not answered; NPS needs it. Compare nothing.", caution=NO_LTR
        )
    rows = rows[latest(rows)]
    nps = 100.0 * ((rows["ltr"] >= 9).astype(int) - (rows["ltr"] <= 6).astype(int))
    values = pd.DataFrame({"crq": rows["crq"], "nps": nps})
    values = (values - values.groupby(rows["client_id"]).transform("mean")).to_numpy()
    codes = rows.groupby(UNIT).ngroup().to_numpy()
    accounts, z = codes.max() + 1, norm.isf((1 - level) / 2)
    sums = np.zeros((accounts, 1 + 1 + 3 * 2))
    np.add.at(sums[:, 1], codes, 1.0)
    np.add.at(sums[:, 2:6], codes, np.hstack([values, values**2]))
    sums[:, 0] = 1
    sums[:, 6:] = sums[:, 2:4] ** 2 / sums[:, 1:2]
    here = _noise(sums.sum(axis=0, keepdims=True), sums[:, 1])[0] * (z / HALF) ** 2
    if not np.isfinite(here).all() or accounts == len(rows):
        alone = accounts == len(rows)
        raise EstimateError(
            "Accounts do not differ beyond chance, or have one answer each.",
            caution="no_account_with_two_answers" if alone else "accounts_differ_by_chance",
        )
    chance = resampled(accounts, draws, stream(seed, "needed"))
    drawn = np.vstack([_noise(c @ sums, sums[:, 1], c) for c in chance]) * (z / HALF) ** 2
    tail = (1 - level) / 2
    both = np.column_stack([drawn, drawn[:, 1] / drawn[:, 0]])
    low, high = np.nanquantile(both, [tail, 1 - tail], axis=0)
    value = [here[0], here[1], here[1] / here[0]]
    notes = ("draws_without_differences",) if np.isnan(both).any() else ()
    return [
        Estimate("answers", float(v), float(a), float(b), level, accounts, "accounts", "", notes)
        for v, a, b in zip(value, low, high, strict=True)
    ]


def _noise(sums: NDArray, sizes: NDArray, counts: NDArray | None = None) -> NDArray:
    """(1 - ICC1) / ICC1 of both scores: variance inside accounts over variance between."""
    counts = np.ones((1, len(sizes))) if counts is None else counts
    n, people = sums[:, :1], sums[:, 1:2]
    squared = (counts @ sizes**2)[:, None]
    k = (people - squared / people) / (n - 1)
    total, squares, means = sums[:, 2:4], sums[:, 4:6], sums[:, 6:]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (means - total**2 / people) / (n - 1)
        inside = (squares - means) / (people - n)
        ratio = inside * k / (between - inside)
    return np.where(ratio > 0, ratio, np.nan)
