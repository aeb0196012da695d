"""Which responses count: the codebook's rules, overruled by the user's decisions.csv."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts.frames import empty
from crqlab.base.faults import Faults, near
from crqlab.base.results import Result
from crqlab.base.sources import Source
from crqlab.base.study import Study
from crqlab.responses.columns import Columns, blank
from crqlab.responses.file_formats import load
from crqlab.responses.quality_flags import Flags
from crqlab.responses.raw_files import Raw

FILE = "decisions.csv"
WORDS = ("keep", "exclude")
_OPTIONAL = ("reason", "decided_by", "date")
_DECIDED = ("response_id", "decision", *_OPTIONAL)


@dataclass(frozen=True, slots=True, eq=False)
class Checked(Result):
    """Responses with a verdict, and every flag with what came of it.

    Attributes
    ----------
    responses : DataFrame
        The contract's table ``responses``; ``included`` says whether scores use a row.
    quality : DataFrame
        The contract's table ``quality``, one row per flag or decision.
    """

    responses: pd.DataFrame
    quality: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """Every flag and what came of it: ``quality``."""
        return self.quality

    def __str__(self) -> str:
        out = int((~self.responses["included"]).sum())
        by_hand = self.quality.loc[self.quality["decided_by"] != "rule", "response_id"].nunique()
        checks = self.quality[self.quality["excluded"]].groupby("check")["response_id"].nunique()
        why = ", ".join(f"{name} {count:,}" for name, count in checks.items())
        return (
            f"{len(self.responses) - out:,} of {len(self.responses):,} responses count, "
            f"{out:,} are left out{f' ({why})' if why else ''}, {by_hand:,} decided by hand"
        )


def decide(raw: Raw, flags: Flags, decisions: pd.DataFrame | None = None) -> Checked:
    """Say of every response whether scores are made of it.

    Parameters
    ----------
    raw : Raw
    flags : Flags
        Its ``checks`` name the flags that exclude.
    decisions : DataFrame, optional
        ``response_id``, ``decision`` (keep or exclude), ``reason``, ``decided_by``, as
        `decisions` returns it; it has the last word.

    Returns
    -------
    Checked

    Raises
    ------
    DataError
        A decision about a response that the study does not have.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> raw = crq.responses.read(study)
    >>> flags = crq.responses.flags(raw, study.codebook)
    >>> result = crq.responses.decide(raw, flags)
    """
    said = decisions if decisions is not None else empty(dict.fromkeys(_DECIDED, "text"))
    _known(said, raw)
    out = _by_rule(flags)
    rows = raw.responses
    kept, left = (said.loc[said["decision"] == word, "response_id"] for word in WORDS)
    ids = rows["response_id"]
    included = (~ids.isin(out) | ids.isin(kept)) & ~ids.isin(left)
    after = rows.columns.get_loc("familiarity") + 1
    checked = rows.copy()
    checked.insert(after, "included", included)
    return Checked(checked, _quality(checked, flags, said))


def decisions(study: Study) -> pd.DataFrame | None:
    """Read the user's decisions.csv from the study's raw folder; None if there is none.

    Returns
    -------
    DataFrame or None
        ``response_id``, ``decision``, ``reason``, ``decided_by``, ``date``: all text.

    Raises
    ------
    DataError
        Wrong words, empty or repeated ids.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.responses.decisions(study)
    """
    if not (study.raw / FILE).is_file():
        return None
    faults = Faults()
    grid = load(study.raw, Source(file=FILE, format="csv"), faults)
    if grid is None:
        faults.stop(study.name)
        return None
    columns = Columns(grid, {}, {}, faults)
    found = {name: columns.text(name, needed=True) for name in ("response_id", "decision")}
    found |= {name: columns.text(name) for name in _OPTIONAL}
    table = pd.DataFrame({k: blank(len(grid)) if v is None else v for k, v in found.items()})
    if not len(faults):
        _valid(table, columns)
    faults.stop(study.name)
    return table.assign(decision=table["decision"].str.lower())


def _valid(table: pd.DataFrame, columns: Columns) -> None:
    ids, words = table["response_id"], table["decision"]
    fix = "name the response that is meant"
    columns.broken("response_id", ids, ids.isna(), "is empty", fix)
    again = ids.notna() & ids.duplicated()
    columns.broken("response_id", ids, again, "is decided twice", "keep one of the two lines")
    wrong = ~words.str.lower().isin(WORDS)
    columns.broken("decision", words, wrong, "is neither keep nor exclude", "write one of the two")


def _known(said: pd.DataFrame, raw: Raw) -> None:
    ids, faults = raw.responses["response_id"], Faults()
    for place, name in said.loc[~said["response_id"].isin(ids), "response_id"].items():
        fix = f"{near(str(name), ids.tolist())}correct the id or delete the line"
        rule = "is no response of this study"
        faults.add(FILE, rule, fix, row=int(place) + 2, column="response_id", value=str(name))
    faults.stop(raw.study)


def _by_rule(flags: Flags) -> pd.Index:
    """Responses that the codebook's rules leave out."""
    table, checks = flags.table, flags.checks
    alone = table.loc[table["check"].isin(checks.exclude), "response_id"]
    together = table[table["check"].isin(checks.exclude_together)]
    kinds = together.groupby("response_id")["check"].nunique()
    meeting = kinds.index[kinds == len(set(checks.exclude_together))]
    return pd.Index(alone.unique()).union(meeting if checks.exclude_together else [])


def _quality(checked: pd.DataFrame, flags: Flags, said: pd.DataFrame) -> pd.DataFrame:
    """All flags, and all decisions about responses that no check had flagged."""
    unflagged = ~said["response_id"].isin(flags.table["response_id"])
    by_hand = checked[["client_id", "wave", "response_id"]].merge(
        said.loc[unflagged, ["response_id", "decision"]], on="response_id"
    )
    by_hand = by_hand.rename(columns={"decision": "found"})
    by_hand = by_hand.assign(check="decision", column="", rule="not_flagged")
    table = pd.concat([flags.table, by_hand], ignore_index=True).astype("str")
    excluded = checked.loc[~checked["included"], "response_id"]
    told = said.set_index("response_id")
    by = FILE + (" (" + told["decided_by"] + ")").fillna("")
    ids = table["response_id"]
    return table.assign(
        excluded=ids.isin(excluded),
        decided_by=ids.map(by).astype("str").fillna("rule"),
        reason=ids.map(told["reason"]).astype("str"),
    )
