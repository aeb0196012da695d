"""The importance-performance map of clients, and the one thing to fix: client, manager, account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.frames import empty, stacked
from crqlab.base.results import Result
from crqlab.base.waves import in_order
from crqlab.drivers.account_priorities import managers_of, people, spread_of
from crqlab.drivers.client_blocks import Block, mapped, of_client
from crqlab.drivers.driver_weights import Weights
from crqlab.drivers.empirical_bayes import PANEL, borrowed
from crqlab.drivers.performance_gap import standings
from crqlab.drivers.respondent_layout import laid_out
from crqlab.stats.defaults import SEED


@dataclass(frozen=True, slots=True, eq=False)
class Priorities(Result):
    """Where clients stand on drivers, and what to mend first.

    Attributes
    ----------
    table : DataFrame
        Table ``driver_map``: one row per client, wave and driver.
    focus : DataFrame
        Table ``driver_focus``: one row per client, account manager and account of a wave.
    level : float
    """

    table: pd.DataFrame
    focus: pd.DataFrame
    level: float

    def __str__(self) -> str:
        rows = self.of("client")
        if rows.empty:
            return "Nothing can be put first: no driver is known to move an outcome"
        clear = rows[rows["clear"]]
        named = clear["label"].value_counts()
        said = ", ".join(f"{label} {n}" for label, n in named.items())
        return f"{len(clear)} of {len(rows)} clients' waves have one clear thing to fix" + (
            f" ({said})" if said else ""
        )

    def of(self, kind: str, *, client: str | None = None, wave: str | None = None) -> pd.DataFrame:
        """Return the focus of clients, account managers or accounts."""
        rows = self.focus[self.focus["kind"] == kind]
        for name, wanted in (("client_id", client), ("wave", wave)):
            rows = rows if wanted is None else rows[rows[name] == wanted]
        return rows.reset_index(drop=True)


def priorities(
    weights: Weights,
    respondents: pd.DataFrame,
    codebook: Codebook,
    accounts: pd.DataFrame | None = None,
    *,
    seed: int = SEED,
) -> Priorities:
    """Put what matters beside how well it is done, and name what to mend first.

    A driver presses by its importance times its gap to the top decile of the other clients of
    the wave (by CRQ); with fewer than ten others, to the end of the answer scale. In each draw
    of whole accounts some driver presses most; the share of draws is the probability that it is
    the one thing to fix. Importance is the client's own as far as its answers can tell, and
    the panel's for the rest. Accounts and account managers are held against the same target by
    their own answers, shrunken as few voices demand.

    Parameters
    ----------
    weights : Weights
        As `crqlab.drivers.weights` returns them, with two draws or more.
    respondents : DataFrame
        Table ``respondents``, the same.
    codebook : Codebook
    accounts : DataFrame, optional
        Table ``accounts``, for account managers.
    seed : int

    Returns
    -------
    Priorities
        Empty where no driver is known to move an outcome.

    References
    ----------
    Martilla & James (1977), Journal of Marketing 41(1), 77-79: importance and performance.
    Pressure, its probability and the target are our own choice.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, book = study.read("respondents"), study.codebook
    >>> weights = crq.drivers.weights(people, book, draws=20)
    >>> result = crq.drivers.priorities(weights, people, book, study.read("accounts"))
    """
    drivers = weights.questions.drivers
    if not weights.shares or not np.isfinite(weights.shares[("", "")]).any():
        return Priorities(empty("driver_map"), empty("driver_focus"), weights.level)
    layout = laid_out(respondents)
    draws = len(weights.shares[("", "")]) - 1
    asked = {"scale": codebook.instrument.scale, "level": weights.level}
    stands = standings(layout, drivers, **asked, draws=draws, seed=seed)
    shares = borrowed(weights.shares, weights.answers)
    wide = spread_of(layout, drivers)
    managers = managers_of(layout, accounts)
    maps, focus, labels = [], [], weights.questions.labels
    behind = _behind(weights.table)
    for part, (key, stand) in enumerate(zip(layout.blocks, stands, strict=True)):
        both = behind.get(key, 0), behind[PANEL]
        block = Block(key, stand, *shares[key], both, drivers, labels, weights.level)
        maps.append(mapped(block))
        focus.append(of_client(block))
        focus += people(block, layout, part, wide, managers, seed)
    tables = (stacked(maps, "driver_map"), stacked(focus, "driver_focus"))
    return Priorities(*tables, weights.level)


def _behind(rows: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Complete answers of each client and wave, and of the panel: the fewest of any outcome."""
    whole = rows[rows["level"] == "all"]
    return whole.groupby(["client_id", "wave"])["n"].min().to_dict()


def largest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the client with most respondents in the last wave.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_map``.

    Examples
    --------
    >>> largest(pd.DataFrame({"client_id": ["a", "b"], "wave": ["9", "10"], "n": [90, 8]}))
      client_id wave  n
    1         b   10  8
    """
    if rows.empty:
        return rows
    last = rows[rows["wave"] == in_order(rows["wave"])[-1]]
    return last[last["client_id"] == last.loc[last["n"].idxmax(), "client_id"]]
