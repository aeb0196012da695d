"""Look at every response and say what is odd about it; take nothing away."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.codebook import Checks, Codebook
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.wave_entries import by_design
from crqlab.responses import (
    answer_patterns,
    careless_answers,
    mirrored_answers,
    personal_data,
    survey_status,
    unmatched_responses,
)
from crqlab.responses.raw_files import Raw

KEYS = ["client_id", "wave", "response_id"]
FOUND = ["check", "column", "found", "rule"]


@dataclass(frozen=True, slots=True, eq=False)
class Flags(Result):
    """Everything that is odd about a study's responses.

    Attributes
    ----------
    table : DataFrame, one row per response, check and column
        ``client_id``, ``wave``, ``response_id``, ``check``, ``column`` (empty for the whole
        response), ``found``, ``rule``.
    checks : Checks
        The thresholds that were used.
    n : int
        Responses that were looked at.
    notes : tuple of str
        Cautions about the study as a whole.
    """

    table: pd.DataFrame
    checks: Checks
    n: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        flagged = self.table["response_id"].nunique()
        counts = self.table.groupby("check")["response_id"].nunique()
        kinds = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        sentence = f"{flagged:,} of {self.n:,} responses are flagged"
        return "; ".join([sentence + (f": {kinds}" if kinds else ""), *self.notes])

    def counts(self) -> pd.DataFrame:
        """Return how many responses carry each flag, one row per client and wave."""
        once = self.table.drop_duplicates([*KEYS, "check"])
        keys = [once["client_id"], once["wave"]]
        return pd.crosstab(keys, once["check"]).rename_axis(columns=None).reset_index()


def flags(raw: Raw, codebook: Codebook) -> Flags:
    """Check the contents of all responses.

    Parameters
    ----------
    raw : Raw
        As `read` returns it.
    codebook : Codebook
        Its ``checks`` hold the thresholds.

    Returns
    -------
    Flags
        Nothing is excluded here: `decide` does that.

    Notes
    -----
    ``test_answer`` the survey tool's preview, test or spam · ``unfinished`` never sent off ·
    ``out_of_scale`` a number off the scale, now missing · ``flipped`` a language, batch or
    wave whose answers run against all others, or a part of one; where most of a client's wave
    does, the rest of it too · ``contradiction`` one response that does · ``straight_line`` ·
    ``speeder`` · ``duplicate`` · ``half_empty`` · ``no_weight`` no survey weight,
    where others of the client's wave have one · ``personal_data`` an e-mail address or telephone
    number in a comment · ``not_in_frame`` no such contact was invited · ``unknown_account`` ·
    where the codebook asks for them ``inconsistent`` odd items against even ones of the same
    constructs and ``outlying`` far from all others of the wave.

    References
    ----------
    Meade & Craig (2012), Psychological Methods 17, 437-455: longstring and response time.
    Greszki, Meyer & Schoen (2015), Public Opinion Quarterly 79, 471-503: speed by the
    ratio to the median.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> raw = crq.responses.read(study)
    >>> result = crq.responses.flags(raw, study.codebook)
    """
    asked, checks, rows = codebook.instrument, codebook.checks, raw.responses
    kept = rows[raw.status() == ""]  # others are no yardstick for anybody
    items = list(asked.items)
    closed, unasked = rows[items], by_design(codebook.waves, rows["wave"], items)
    by_object = raw.origins.get("object", pd.Series("", index=raw.origins.index)).fillna("")
    apart = pd.Series(by_object.to_numpy(), index=rows.index)[kept.index]
    turned, notes = mirrored_answers.flipped(kept, asked)
    found = [
        survey_status.set_aside(raw.status()),
        unmatched_responses.out_of_scale(raw),
        turned,
        answer_patterns.straight_line(closed, checks),
        answer_patterns.speeder(kept, kept[items], checks),
        answer_patterns.duplicate(kept, asked.keyed(kept[items]), list(asked.comments), apart),
        answer_patterns.half_empty(closed, unasked, checks),
        answer_patterns.no_weight(kept),
        careless_answers.inconsistent(asked.keyed(kept[items]), _measured(asked), checks),
        careless_answers.outlying(kept, kept[items], checks),
        personal_data.personal_data(rows[list(asked.comments)]),
        unmatched_responses.not_in_frame(raw),
        unmatched_responses.unknown_account(raw),
    ]
    table = pd.concat([part for part in found if len(part)] or [found[0]])
    joined = rows[KEYS].join(table[FOUND], how="inner")
    return Flags(joined.reset_index(drop=True), checks, len(rows), notes)


def _measured(asked: Instrument) -> dict[str, list[str]]:
    """Items of the constructs that have any."""
    return {name: list(of.items) for name, of in asked.constructs.items() if of.items}
