"""How far the code frame and people who coded by hand see the same themes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.contracts.cautions import OK
from crqlab.base.results import Result
from crqlab.comments.code_frames import CodeFrame
from crqlab.comments.coded_comments import Coded
from crqlab.stats.coder_agreement import kappa
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate

_KEY = ["response_id", "question"]
ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Agreement(Result):
    """Kappa of every theme, and of all together.

    Attributes
    ----------
    table : DataFrame, one row per theme, ``all`` first
        Table ``theme_agreement``: ``theme``, ``n`` (comments coded by hand), ``n_hand`` and
        ``n_frame`` (those in which people, and the frame, saw the theme), ``value`` (Cohen's
        kappa), ``low``, ``high``, ``level``, ``flag``. Without rows where nobody coded by hand.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody has coded comments by hand; how good the code frame is, is not known"
        row = self.table.iloc[0]
        return (
            f"Frame and people agree with kappa {row['value']:.2f} "
            f"[{row['low']:.2f}, {row['high']:.2f}], n = {row['n']:,} comments coded by hand"
        )


def agreement(coded: Coded, by_hand: pd.DataFrame, *, level: float = LEVEL) -> Agreement:
    """Compare what the frame sees by words and its own examples with what people saw.

    Parameters
    ----------
    coded : Coded
    by_hand : DataFrame
        What it was coded with (`crqlab.comments.hand_codes`).
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    Agreement
        The frame codes as if nobody had coded by hand. A person's kappa counts a comment once,
        with the themes that at least half of its coders saw.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> frame = crq.comments.code_frame(study)
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> by_hand = crq.comments.hand_codes(study, frame, said)
    >>> coded = crq.comments.coded(said, frame, by_hand)
    >>> found = crq.comments.agreement(coded, by_hand)
    """
    people = coded.table[coded.table["by"] == "hand"]
    if by_hand.empty or people.empty:
        return Agreement(frames.empty("theme_agreement"))
    hand, frame = (_cells(rows, coded.frame) for rows in (people, coded.blind))
    hand, frame = hand.align(frame, fill_value=False)
    accounts = people.drop_duplicates(_KEY).set_index(_KEY)[["client_id", "account_id"]]
    whose = accounts.loc[hand.index].agg("\t".join, axis=1)
    found = {ALL: kappa(hand, frame, whose, level=level)}
    found |= {one: kappa(hand[one], frame[one], whose, level=level) for one in hand}
    sums = {ALL: (hand.to_numpy().sum(), frame.to_numpy().sum())}
    sums |= {one: (hand[one].sum(), frame[one].sum()) for one in hand}
    rows = [_row(name, *sums[name], one) for name, one in found.items()]
    return Agreement(frames.from_records(rows, "theme_agreement"))


def _cells(rows: pd.DataFrame, frame: CodeFrame) -> pd.DataFrame:
    """Whether each theme was seen in each comment."""
    seen = pd.crosstab([rows[name] for name in _KEY], rows["theme"]) > 0
    return seen.reindex(columns=list(frame.codes), fill_value=False)


def _row(theme: str, hand: int, frame: int, found: Estimate) -> dict:
    return {
        "theme": theme, "n": found.n, "n_hand": int(hand), "n_frame": int(frame),
        "value": found.value, "low": found.low, "high": found.high, "level": found.level,
        "flag": "; ".join(found.notes) or OK,
    }  # fmt: skip
