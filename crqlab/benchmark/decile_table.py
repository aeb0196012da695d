"""From scores of all clients to the cuts that split them into tenths, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import repeat

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.results import Result
from crqlab.benchmark.cells import ALL, Cells, cells, parent_of
from crqlab.benchmark.cut_intervals import cuts, ranked
from crqlab.benchmark.cut_rows import cut_rows
from crqlab.benchmark.protection import OK, Members, Rules, members, verdicts
from crqlab.benchmark.ranked_units import GROUPS, Scores, rounded
from crqlab.benchmark.threads import THREADS
from crqlab.stats.sampling import Sampling

#: Tenths and quarters; the last is the line to *Unique*, the panel's top 10 %.
SHARES = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
RULES = Rules()
#: Columns of station 3's tables that are numbers but no measures.
_NO_MEASURE = frozenset(
    "n n_effective n_ltr n_accounts n_respondents low high shrunken shrunken_low shrunken_high "
    "weight change change_low change_high crq_role "
    "crq_confidence crq_senior promoters passives detractors nps_low nps_high sd rwg_j role_gap "
    "revenue level".split()
)


def _only(rows: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    for name in GROUPS:
        rows = rows[rows[name] == groups.get(name, ALL)]
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class DecileTable(Result):
    """Cuts of every cell in every measure.

    Attributes
    ----------
    table : DataFrame, one row per cell, measure and share
        ``unit`` (client or account), ``view``, ``by``, ``industry``, ``country``, ``wave``,
        ``tier`` (``all`` where not told apart), ``measure``, ``share`` (below the cut),
        ``estimate``, ``low``, ``high``, ``level``, ``shrunken`` (drawn towards the parent cell as
        far as the cell is small), ``n_clients``, ``n_accounts``, ``shown`` (whose numbers these
        are, where the cell may not be shown), ``flag``.
    rules : Rules
        When a cell may be shown.
    level : float
        Coverage of each interval, in (0, 1).
    unit : str
        ``client`` or ``account``.
    """

    table: pd.DataFrame
    rules: Rules
    level: float
    unit: str

    def cell(self, measure: str, **groups: str) -> pd.DataFrame:
        """Return the cuts of one cell: ``cell("crq", industry="banking", wave="2025")``.

        Raises
        ------
        EstimateError
            No such cell: neither it nor a parent could be shown.
        """
        for name in groups:
            one_of("A group", name, GROUPS)
        rows = self.table[self.table["measure"] == measure]
        names = tuple(name for name in GROUPS if groups.get(name, ALL) != ALL)
        left = names
        while (found := _only(rows, {name: groups[name] for name in left})).empty:
            if not left or self._is_laid_out(left):
                raise EstimateError(
                    f"No cuts of {measure} for {groups or 'all'}; there are cells by "
                    f"{', '.join(dict.fromkeys(self.table['by'])) or 'nothing'}. See column by."
                )
            left = parent_of(left)
        found = found.reset_index(drop=True)
        shown = found["shown"].iloc[0]
        return found if left == names else found.assign(flag=code("no_such_cells", shown=shown))

    def _is_laid_out(self, names: tuple[str, ...]) -> bool:
        """Whether cells are told apart by these groups; one that is not there is then no cell."""
        return " × ".join(names) in set(self.table["by"])

    def __str__(self) -> str:
        if self.table.empty:
            return (
                f"No decile tables: they need {self.rules.min_clients} clients and "
                f"{self.rules.min_accounts} accounts at least, none above "
                f"{100 * self.rules.max_share:.0f} % of them"
            )
        rows = self.table[self.table["share"] == self.table["share"].max()]
        first = rows.iloc[0]
        shown = (rows["shown"] == rows["by"]).sum()
        return (
            f"The top {100 * (1 - first['share']):.0f} % of {first['n_clients']:,} clients' "
            f"{self.unit} scores begins at {first['measure']} {first['estimate']:.2f} "
            f"[{first['low']:.2f}, {first['high']:.2f}]; {shown:,} of {len(rows):,} cells and "
            "measures stand on their own, the others show a wider cell"
        )


def deciles(
    scores: Scores | pd.DataFrame | pd.Series,
    *,
    by: Sequence[Sequence[str]] | None = None,
    measures: Sequence[str] | None = None,
    shares: Sequence[float] = SHARES,
    weights: ArrayLike | None = None,
    view: str = "as answered",
    rules: Rules = RULES,
    **sampling: float,
) -> DecileTable:
    """Cut a panel into tenths, in every cell that may be shown.

    Cuts are type-7 quantiles. Whole clients are resampled for the interval of each cut: how much
    the share of scores below it varies says how many independent scores the cell is worth, and
    the order statistics of so many have the ends. So scores of one client may hang together as
    they like. A cell with too few clients or accounts, with a client above ``max_share``, or by
    which others could be subtracted bare, shows its parent's numbers and says so in ``flag``.

    Parameters
    ----------
    scores : Scores, DataFrame or Series
        From `client_scores` or `account_scores`; a table with ``client_id``, any of ``wave``,
        ``account_id``, ``industry``, ``country``, ``tier``, and measures; or one score per
        client.
    by : sequence of sequences of str, optional
        Crossings of ``industry``, ``country``, ``wave``, ``tier``; all of up to three if left out.
    measures : sequence of str, optional
        Columns of the scores; all if left out.
    shares : sequence of float
        Shares of the scores below the cuts, in (0, 1).
    weights : array, optional
        What each score counts, by position; once each if left out.
    view : str
        What the scores are, for the column of that name.
    rules : Rules
    **sampling : float
        ``level``, ``draws`` (of whole clients) and ``seed``, as `crqlab.stats.Sampling` has them.

    Returns
    -------
    DecileTable
        Without rows where not even the whole panel may be shown.

    Raises
    ------
    EstimateError
        A measure or share that cannot be, or weights that do not match.

    References
    ----------
    Hyndman & Fan (1996), The American Statistician 50, 361-365: type 7.
    Woodruff (1952), Journal of the American Statistical Association 47, 635-646: from the share
    below a cut to the interval of the cut.
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: resampling
    clusters. Korn & Graubard (1998), Survey Methodology 24, 193-201: the effective number.
    Hutson (1999), Journal of Applied Statistics 26, 343-353: fractional order statistics.

    Examples
    --------
    >>> panel = pd.Series(range(1, 102), index=[f"C{i}" for i in range(1, 102)], name="crq")
    >>> result = deciles(panel, rules=Rules(min_accounts=10))
    >>> result.cell("crq").query("share in [0.5, 0.9]")[["share", "estimate"]]
        share  estimate
    5     0.5      51.0
    10    0.9      91.0
    """
    taken = Sampling(**sampling)
    scores = as_scores(scores)
    names = tuple(measures or scores.measures)
    for name in names:
        one_of("measures=", name, scores.measures)
    share, weight = _checked(shares, weights, len(scores.table))
    if not len(scores.table) or not names:
        return DecileTable(empty("deciles"), rules, taken.level, scores.unit)
    values = [rounded(scores.table[name].to_numpy(float)) for name in names]
    with ThreadPoolExecutor(THREADS) as others:
        sorting = others.map(ranked, values, repeat(weight))
        laid = cells(scores, by)
        judged = _judged(laid, values, weight, scores, rules)
        wanted = [verdict == OK for verdict, _ in judged]
        found = cuts(laid, list(sorting), share, wanted=wanted, **asdict(taken))
    table = cut_rows(laid, names, judged, found, share)
    table = table.assign(unit=scores.unit, view=view, level=taken.level)
    return DecileTable(typed(table, "deciles"), rules, taken.level, scores.unit)


def as_scores(scores: Scores | pd.DataFrame | pd.Series) -> Scores:
    """Read a plain table of scores, or one score per client."""
    if isinstance(scores, Scores):
        return scores
    if isinstance(scores, pd.Series):
        named = scores.rename(scores.name or "crq").rename_axis("client_id").reset_index()
        scores = named.astype({"client_id": "str"})
    if "client_id" not in scores:
        raise EstimateError(
            f"scores= has the columns {', '.join(map(str, scores.columns))}; it needs client_id, "
            "for clients are what is resampled. Use the index of a Series, or name the column."
        )
    numbers = scores.select_dtypes("number").columns
    known = tuple(name for name in numbers if name not in _NO_MEASURE)
    unit = "account" if "account_id" in scores else "client"
    filled = scores.assign(n_accounts=scores.get("n_accounts", 1))
    return Scores(filled.reset_index(drop=True), known, unit)


def _checked(shares: Sequence[float], weights: ArrayLike | None, n: int) -> tuple:
    share = np.unique(np.asarray(shares, dtype=float))
    if not len(share) or share.min() <= 0 or share.max() >= 1:
        raise EstimateError(f"shares= is {list(shares)}; each must lie between 0 and 1. Use 0.9.")
    weight = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    if len(weight) != n or np.isnan(weight).any() or (weight < 0).any():
        raise EstimateError(
            f"weights= has {len(weight)} numbers for {n} scores; give one number from 0 upwards "
            "for each."
        )
    return share, weight


def _judged(
    laid: Cells, values: list[NDArray], weight: NDArray, scores: Scores, rules: Rules
) -> list[tuple[NDArray, Members]]:
    """For each measure what may be shown; measures known of the same scores are judged at once."""
    accounts = scores.table["n_accounts"].to_numpy(float)
    seen: dict[bytes, tuple[NDArray, Members]] = {}
    found, memory = [], {}
    for value in values:
        known = ~np.isnan(value) & (weight > 0)
        key = np.packbits(known).tobytes()
        if key not in seen:
            who = members(laid, known, weight, accounts)
            seen[key] = (verdicts(laid, who, rules, memory=memory), who)
        found.append(seen[key])
    return found
