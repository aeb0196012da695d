"""What a draft took for what: as one object for programs, as lines for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crqlab.base.errors import DataError
from crqlab.base.study import Study
from crqlab.responses.draft_points import ASKED
from crqlab.responses.export_series import Series
from crqlab.responses.inclusion import Checked, decide, decisions
from crqlab.responses.instrument_draft import Draft
from crqlab.responses.loops import OBJECT
from crqlab.responses.quality_flags import flags
from crqlab.responses.raw_files import Raw, read
from crqlab.responses.survey_status import CHECKS


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What a drafted study holds, and what is open.

    Attributes
    ----------
    files : list of str
        Survey exports.
    columns : dict of column to dict
        ``as``, ``sure``, ``why``; items also ``construct``, ``scale``, ``reversed``.
    left_out : dict of column to reason
    rows : dict
        ``read``, ``count`` (responses that enter scores), ``set_aside`` by reason.
    waves : dict of wave to responses that count
    matched : dict of table to "n of m"
    open : list of str
        What only a person can know.
    tables : dict of table to dict
        ``file`` and ``columns``: header to our column.
    loops : dict of file to dict
        Questions that one person answered about several objects: ``objects``, ``questions``,
        ``rows`` (one for each person and object).
    """

    files: list[str]
    columns: dict[str, dict[str, Any]]
    left_out: dict[str, str]
    rows: dict[str, Any]
    waves: dict[str, int]
    matched: dict[str, str]
    open: list[str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    loops: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``crqlab new --json`` prints."""
        names = ("files", "columns", "left_out", "rows", "waves", "matched", "open", "tables")
        return {name: getattr(self, name) for name in names} | (
            {"loops": self.loops} if self.loops else {}
        )

    def lines(self) -> list[str]:
        """Return the same for a terminal."""
        told = [f"{name}: {_told(one)}" for name, one in self.columns.items()
                if one["as"] != "ignored"]  # fmt: skip
        out = [f"left out {name}: {why}" for name, why in self.left_out.items()]
        aside = ", ".join(f"{why} {n:,}" for why, n in self.rows["set_aside"].items())
        rows = f"{self.rows['read']:,} rows read, {self.rows['count']:,} count"
        rows += f"; set aside: {aside}" if aside else ""
        waves = ", ".join(f"{name} {n:,}" for name, n in self.waves.items())
        each = [
            f"{file}: {', '.join(one['questions'])} are answers about several objects "
            f"({', '.join(one['objects'])}): {one['rows']:,} rows, one for each person and object"
            for file, one in self.loops.items()
        ]
        return [*told, *out, *each, rows, f"waves: {waves}", *(f"OPEN: {one}" for one in self.open)]


def _told(one: dict[str, Any]) -> str:
    more = f" of {one['construct']}, {one['scale'][0]}-{one['scale'][1]}" if "scale" in one else ""
    turned = ", reversed" if one.get("reversed") else ""
    return f"{one['as']}{more}{turned} ({one['sure']:.0%}: {one['why']})"


def report(study: Study, whole: Series, tables: dict[str, dict[str, Any]]) -> DraftReport:
    """Read a drafted study and say what became of every column and row.

    Parameters
    ----------
    study : Study
        Its codebook is the draft.
    whole : Series
        Survey exports.
    tables : dict
        As in `DraftReport`.
    """
    columns, left_out, drafts = {}, {}, whole.drafts
    points = [f"{path}: {why}" for path, sure, why in whole.points() if sure < ASKED]
    points += whole.notes
    for one in drafts:
        for name, said in _columns(one).items():
            other = columns.get(name, said)
            key = name if _means(said) == _means(other) else f"{one.grid.file}:{name}"
            columns[key] = min(said, other, key=lambda told: told["sure"]) if key == name else said
            if said["as"] in ("ignored", "finished", "link"):
                left_out[key] = said["why"]
    files = [one.grid.file for one in drafts]
    n = sum(len(np.unique(one.grid.rows)) for one in drafts)
    loops = {one.grid.file: told for one in drafts if (told := _loop(one))}
    try:
        raw = read(study)
    except DataError as broken:
        rows = {"read": n, "count": 0, "set_aside": {}}
        points += broken.listing(most=12).splitlines()
        return DraftReport(files, columns, left_out, rows, {}, {}, points, tables, loops)
    found = flags(raw, study.codebook)
    checked = decide(raw, found, decisions(study))
    rows, waves = _rows(raw, checked, n)
    points += list(raw.notes)
    return DraftReport(files, columns, left_out, rows, waves, _matched(raw), points, tables, loops)


def _means(said: dict[str, Any]) -> dict[str, Any]:
    """What a column was taken for, whatever the reason and how sure that is."""
    return {name: value for name, value in said.items() if name not in ("sure", "why")}


def _loop(drafted: Draft) -> dict[str, Any]:
    if drafted.looped is None or drafted.looped.loop is None:
        return {}
    loop = drafted.looped.loop
    rows = {"objects": list(loop.objects.values()), "questions": list(loop.questions)}
    return rows | {"rows": len(drafted.grid)}


def _columns(drafted: Draft) -> dict[str, dict[str, Any]]:
    inside = {item: name for name, one in drafted.constructs.items() for item in one.items}
    found: dict[str, dict[str, Any]] = {
        name: {"as": role.kind, "sure": round(role.sure, 2), "why": role.why}
        for name, role in drafted.roles.by_column.items()
    }
    for name, item in drafted.items.items():
        found[item.header] |= {
            "construct": inside[name],
            "scale": list(item.scale),
            "reversed": item.reversed,
        }
        if item.why:
            sure = min(found[item.header]["sure"], item.sure)
            found[item.header] |= {"sure": sure, "why": item.why}
    return _by_header(found, drafted)


def _by_header(found: dict[str, dict[str, Any]], drafted: Draft) -> dict[str, dict[str, Any]]:
    """Columns as the file has them: a question of a loop stands there once for each object."""
    for question, answers in drafted.choices.items():
        whole = found.pop(question)
        found |= {name: {**whole, "option": answer} for name, answer in answers.items()}
    loop = drafted.looped.loop if drafted.looped else None
    if loop is None:
        return found
    told = {name: one for name, one in found.items() if name not in (*loop.questions, OBJECT)}
    for code, called in loop.objects.items():
        for question in loop.questions:
            told[loop.header(code, question)] = {**found[question], "object": called}
    return told


def _rows(raw: Raw, checked: Checked, n: int) -> tuple[dict[str, Any], dict[str, int]]:
    kept = checked.responses["included"].to_numpy(bool)
    status = raw.status().to_numpy()
    aside = Counter(str(why) for why in status[~kept] if why in CHECKS)
    plain = set(raw.responses["response_id"][~kept & (status == "")])
    quality = checked.quality[checked.quality["excluded"].to_numpy(bool)]
    for check, rows in quality[quality["response_id"].isin(plain)].groupby("check"):
        aside[str(check)] += rows["response_id"].nunique()
    waves = checked.responses[kept]["wave"].value_counts().sort_index()
    rows = {"read": n, "count": int(kept.sum()), "set_aside": dict(aside)}
    return rows, {str(wave): int(count) for wave, count in waves.items()}


def _matched(raw: Raw) -> dict[str, str]:
    found = {}
    for table, key in (("accounts", "account_id"), ("contacts", "contact_id")):
        known = getattr(raw, table)
        if len(known):
            ids = raw.responses[key].dropna()
            found[table] = f"{int(ids.isin(known[key]).sum())} of {len(ids)}"
    return found
