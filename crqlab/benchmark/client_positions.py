"""Where a client stands among its peers: percentile and decile with their doubt, and the way up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from crqlab.base.contracts.frames import typed
from crqlab.base.errors import one_of
from crqlab.base.results import Result
from crqlab.base.standards import UNIQUE, UNIQUE_ABOVE_MEDIAN
from crqlab.base.waves import in_order, places
from crqlab.benchmark.among_peers import among_peers
from crqlab.benchmark.decile_table import RULES
from crqlab.benchmark.panel_source import in_order_of
from crqlab.benchmark.peers import OWN, in_words
from crqlab.benchmark.protection import Rules
from crqlab.benchmark.ranked_units import Scores, rounded
from crqlab.benchmark.release_positions import in_tables
from crqlab.benchmark.score_errors import score_errors
from crqlab.stats.defaults import LEVEL
from crqlab.stats.multiplicity import q_values
from crqlab.stats.sampling import Sampling

COVERED = 0.90  # of the interval of a position
_ENDS = ("", "_low", "_high")
#: *Unique* is told from the whole panel, not from the nearest peers.
PANEL = (("wave",), ())
MIDDLE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Positions(Result):
    """Where each client stands, wave by wave and measure by measure.

    Attributes
    ----------
    table : DataFrame, one row per client, wave and measure
        ``value``, ``percentile`` (share of the peers below, in [0, 1]), ``quartile`` (1 to 4),
        ``decile`` (1 to 10, 10 the top), ``gap`` to the top decile (measure's units; above 0 is
        still missing), each of the three with ``_low`` and ``_high``; ``before`` (percentile of
        the wave before), ``change`` with its interval, ``p_upper`` and ``half`` (upper, lower,
        middle), ``p_unique`` and ``unique`` (yes, no or unknown; CRQ only), ``peers``,
        ``n_clients`` (peers), ``source``, ``flag``.
    level : float
        Coverage of each interval, in (0, 1).
    """

    table: pd.DataFrame
    level: float

    def of(self, client: str, wave: str | None = None, *, measure: str = "crq") -> str:
        """Say in one sentence where a client stands in a wave; its last one if left out."""
        rows = self.table
        rows = rows[(rows["client_id"] == client) & (rows["measure"] == measure)]
        wave = wave or (in_order(rows["wave"])[-1] if len(rows) else None)
        rows = rows[rows["wave"] == wave]
        if rows.empty or np.isnan(rows["decile"].iloc[0]):
            why = in_words(rows["flag"].iloc[0]) if len(rows) else "there is no score"
            return f"Where {client} stands in {measure} is not known: {why}"
        row = rows.iloc[0]
        gap = f"{row['gap']:.2f} below" if row["gap"] > 0 else f"{-row['gap']:.2f} above"
        return (
            f"{client}, wave {wave}: {ordinal(row['decile'])} decile in {measure}, "
            f"{100 * self.level:.0f} % interval {ordinal(row['decile_low'])} to "
            f"{ordinal(row['decile_high'])}, {gap} the top decile; "
            f"{row['n_clients']} peers ({in_words(row['peers'])}; {in_words(row['source'])})"
        )

    def longest(self) -> tuple[str, str]:
        """Return the first of the clients with most waves, and its last wave; empty if none."""
        known = self.table[self.table["decile"].notna()]
        rows = known if len(known) else self.table
        if rows.empty:
            return "", ""
        waves = rows.groupby("client_id")["wave"].nunique()
        client = waves.index[waves.to_numpy().argmax()]
        return client, in_order(rows.loc[rows["client_id"] == client, "wave"])[-1]

    def __str__(self) -> str:
        known = self.table[self.table["decile"].notna()]
        if known.empty:
            return "No client has a position: there is nobody to compare with, and no release"
        wide = (known["decile_high"] - known["decile_low"] + 1).median()
        return (
            f"{known['client_id'].nunique():,} clients have a position in "
            f"{known['measure'].nunique()} measures; half of the {100 * self.level:.0f} % "
            f"intervals span {wide:.0f} deciles or fewer"
        )


def ordinal(n: float) -> str:
    """Write a place in an order.

    Examples
    --------
    >>> [ordinal(n) for n in (1, 2, 3, 7, 10)]
    ['1st', '2nd', '3rd', '7th', '10th']
    """
    return f"{int(n)}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(int(n), 'th') }"


def position(
    scores: Scores,
    *,
    tables: pd.DataFrame | None = None,
    source: str = OWN,
    intervals: pd.DataFrame | None = None,
    completion: pd.DataFrame | None = None,
    clients: Sequence[str] | None = None,
    above_median: Sequence[str] = UNIQUE_ABOVE_MEDIAN,
    rules: Rules = RULES,
    **sampling: float,
) -> Positions:
    """Place clients among their peers.

    Peers are the clients of the same wave, industry and country, or of the nearest wider cell
    that may be shown; the client itself is left out. The interval holds both doubts: that of the
    client's own score, and that of which clients happen to be in the panel.

    Parameters
    ----------
    scores : Scores
        From `client_scores`.
    tables : DataFrame, optional
        Decile tables of a release (see `release`), in which the clients are then placed instead
        of among each other.
    source : str
        Where peers come from, as a code: this panel, or `Release.source`.
    intervals : DataFrame, optional
        Table ``client_scores`` of station 3, for the doubt about the clients' own scores.
    completion : DataFrame, optional
        Table ``completion``, for the same of its shares.
    clients : sequence of str, optional
        Whom to place; all if left out.
    above_median : sequence of str
        The measures that make a client *Unique*: the constructs of the concepts
        `UNIQUE_ABOVE_MEDIAN`; empty where they were not asked, then it is not known.
    rules : Rules
    **sampling : float
        ``level`` (0.90 if left out), ``draws`` (of whole clients) and ``seed``, as
        `crqlab.stats.Sampling` has them.

    Returns
    -------
    Positions
        A row for every known score; ``decile`` is missing, and ``flag`` says why, where there
        are too few peers.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> panel = crq.benchmark.panel(study)
    >>> cube = crq.benchmark.cube(panel, study.codebook.instrument)
    >>> scores = crq.benchmark.client_scores(cube)
    >>> result = crq.benchmark.position(scores, rules=crq.benchmark.Rules(10, 1), draws=20)
    """
    taken = Sampling(**{"level": COVERED, **sampling})
    one_of("scores= unit", scores.unit, ["client"])
    scores = _comparable(scores)
    errors = score_errors(scores, intervals, completion)
    options = asdict(taken)
    asked = _asked(scores, above_median)
    if tables is None:
        rows = among_peers(scores, errors, rules=rules, **options)
        whole = among_peers(asked, errors, nearest=PANEL, rules=rules, **options)
    else:
        rows = in_tables(scores, errors, tables, **options)
        whole = in_tables(asked, errors, tables, nearest=PANEL, **options)
    if clients is not None:
        rows = rows[rows["client_id"].isin(list(clients))]
    rows = _with_trend(rows.reset_index(drop=True)).assign(level=taken.level, source=source)
    sure = _unique_chance(rows, whole, above_median)
    rows = rows.assign(
        quartile=_part(rows["percentile"], 4), p_unique=sure, unique=_unique(rows, sure)
    )
    rows = rows.assign(**_sides(rows))
    for end in _ENDS:
        rows[f"decile{end}"] = _part(rows[f"percentile{end}"], 10)
    return Positions(typed(rows, "positions"), taken.level)


def _comparable(scores: Scores) -> Scores:
    """The same scores, rounded and in one order, whatever order the rows came in."""
    rows = in_order_of(scores.table, ["wave", "client_id"])
    values = {name: rounded(rows[name].to_numpy(float)) for name in scores.measures}
    return replace(scores, table=rows.assign(**values))


def _part(percentile: pd.Series, parts: int) -> pd.Series:
    return (np.floor(percentile * parts + 1e-9) + 1).clip(upper=parts)


def _with_trend(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the percentile of the client's wave before, and the change since."""
    rows = rows.assign(place=rows["wave"].map(places(rows["wave"]))).sort_values(
        ["client_id", "measure", "place"], ignore_index=True
    )
    before = rows.groupby(["client_id", "measure"])[[f"percentile{end}" for end in _ENDS]].shift()
    middle, low, high = (before[f"percentile{end}"] for end in _ENDS)
    change = rows["percentile"] - middle
    down = np.hypot(rows["percentile"] - rows["percentile_low"], high - middle)
    up = np.hypot(rows["percentile_high"] - rows["percentile"], middle - low)
    ends = {"change_low": change - down, "change_high": change + up}
    return rows.assign(before=middle, change=change, **ends)


def _asked(scores: Scores, above_median: Sequence[str]) -> Scores:
    """Only the measures that *Unique* asks for."""
    names = tuple(name for name in ("crq", *above_median) if name in scores.measures)
    return replace(scores, measures=names)


def _unique_chance(
    rows: pd.DataFrame, whole: pd.DataFrame, above_median: Sequence[str]
) -> np.ndarray:
    """Probability that all holds that makes a client *Unique*: that of the least likely part.

    The true CRQ in the panel's top tenth, Solution and Experience above its median. Who is in the
    top tenth mostly has the other two, so that the parts hardly take from each other; told so, it
    comes true as often as it says (docs/validation.md).
    """
    key, chances = ["client_id", "wave"], ["p_top", "p_upper"]
    whole = whole.reindex(columns=[*key, "measure", *chances])
    wide = {
        name: whole.pivot_table(index=key, columns="measure", values=name, dropna=False)
        for name in chances
    }
    asked = [("p_top", "crq"), *(("p_upper", name) for name in above_median)]
    parts = [wide[of].reindex(columns=[name])[name] for of, name in asked]
    least = pd.concat(parts, axis=1).min(axis=1, skipna=False)
    found = least.reindex(pd.MultiIndex.from_frame(rows[key])).to_numpy(float)
    return np.where((rows["measure"] == "crq") & bool(above_median), found, np.nan)


def _unique(rows: pd.DataFrame, chance: np.ndarray) -> np.ndarray:
    """Yes and no where that is likely enough; unknown between, and where it was not asked."""
    said = np.select([chance >= UNIQUE, chance <= 1 - UNIQUE], ["yes", "no"], "unknown")
    return np.where(rows["measure"] == "crq", said, "")


def _sides(rows: pd.DataFrame) -> dict[str, pd.Series | np.ndarray]:
    """Upper or lower half where that survives all that is asked of the client's wave."""
    doubt = 2 * np.minimum(rows["p_upper"], 1 - rows["p_upper"])
    q = q_values(doubt, pd.MultiIndex.from_frame(rows[["client_id", "wave"]]))
    clear = q < 1 - LEVEL
    half = np.where(rows["p_upper"] > MIDDLE, "upper", "lower")
    return {"q": q, "half": np.select([q.isna(), clear], ["unknown", half], "middle")}
