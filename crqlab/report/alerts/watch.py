"""What cannot wait: looked for in raw files as they stand, noted once, written anew each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crqlab.base.contracts.frames import empty
from crqlab.base.errors import CrqError, EstimateError, one_of
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page.alerts.data import AlertList
from crqlab.programme import Known, change, ledger, response_key
from crqlab.programme.alert_facts import Facts, alert_facts
from crqlab.programme.alert_matches import Matches, matches
from crqlab.programme.alert_rules import AlertRules, alert_rules_of, unmeasured
from crqlab.report.alerts import alert_files, looks
from crqlab.report.alerts.alert_audit import OpenWave, cleared_alerts
from crqlab.report.alerts.alert_view import alert_view
from crqlab.report.clearance.gate import LeakError
from crqlab.report.clearance.raw_gate import RawGate
from crqlab.report.run.page_language import spoken_in
from crqlab.responses import as_they_stand, decide, decisions, flags, read
from crqlab.responses.raw_files import Raw
from crqlab.responses.tables import joined
from crqlab.scores import respondents

_IDENTIFIED = "identified"
_NEVER = ("preview", "test", "spam", "disqualified")
_LEDGER = "alerts"
_QUIET, _NAMED = 60, 5  # days without an answer after which a wave is hardly open; clients named


@dataclass(frozen=True, slots=True, eq=False)
class WatchedClient:
    """One client's open wave, after a look at it.

    Attributes
    ----------
    client, wave : str
    new : int
        Alerts that were told now.
    view : AlertList or None
        All that the client was ever told; None where that is nothing.
    waiting : mapping of int to int
        Answers that must still come: how many alerts wait for so many.
    hidden : int
        Alerts that cannot be told in this wave.
    held : int
        Alerts that would tell, together with earlier files, what is withheld.
    files : tuple of Path
    """

    client: str
    wave: str
    new: int
    view: AlertList | None
    waiting: dict[int, int]
    hidden: int
    held: int
    files: tuple[Path, ...] = ()

    def __str__(self) -> str:
        told = f"{self.new} new"
        if self.view is not None:
            to_answer = self.view.to_answer
            late = int(to_answer["state"].eq("late").sum())
            told += f", {len(to_answer)} to be answered ({late} late)"
            told += f", {len(self.view.answered)} answered"
        parts = [told]
        for answers, n in sorted(self.waiting.items()):
            more = "answer" if answers == 1 else "answers"
            parts.append(f"{n} {'waits' if n == 1 else 'wait'} for {answers} more {more}")
        if self.hidden:
            parts.append(f"{self.hidden} not told: too few people answered the wave before")
        if self.held:
            parts.append(f"{self.held} not told: with earlier files it would tell of too few")
        return f"{self.client}, wave {self.wave}: {'; '.join(parts)}"


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What a look at a study found.

    Attributes
    ----------
    clients : tuple of WatchedClient
    notes : tuple of str
        Rules that are left out, lines that are still being written, waves that are over.
    refused : tuple of str
        Clients whose files would have held something of others, and what; none of theirs is
        written.
    """

    clients: tuple[WatchedClient, ...]
    notes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def watch(
    study: Study,
    *,
    clients: Iterable[str] | None = None,
    wave: str | None = None,
    kinds: Iterable[str] = alert_files.USUAL,
    language: str | None = None,
    now: pd.Timestamp | None = None,
) -> Watched:
    """Look at open waves, note what cannot wait, and write each client's list.

    Parameters
    ----------
    study : Study
        Its raw files are read as they stand; no station runs, and no table is needed.
    clients : iterable of str, optional
        All if left out.
    wave : str, optional
        Each client's latest if left out, unless the codebook says that it is over.
    kinds : iterable of str
        ``html``, ``csv``, ``atom``, ``mbox``.
    language : str, optional
        The codebook's if left out.
    now : Timestamp, optional
        The moment from which clocks run.

    Returns
    -------
    Watched

    Raises
    ------
    CrqError
        An unknown client, wave, kind or language.
    DataError
        ``alerts.yaml``, ``alerts.csv`` or an export cannot be understood; nothing is written.

    Notes
    -----
    Order keeps a killed command harmless: what alerts tell is noted first, then the ledger, then
    files, which are made of the ledger anew at every look.
    """
    kinds, spoken = alert_files.accepted_kinds(kinds), spoken_in(study, language)
    now = pd.Timestamp.now() if now is None else now
    rules, left = alert_rules_of(study).fitted(study.codebook.instrument)
    with as_they_stand(study) as (copy, unfinished):
        look = _Look.at(study, copy, rules, now.floor("min"))
    notes = [*unmeasured(left), *(f"{file}: its last {n} lines are still being written and wait"
                                  if n > 1 else f"{file}: its last line is still being written "
                                  "and waits" for file, n in unfinished.items())]  # fmt: skip
    found, refused, quiet = [], [], []
    for client in look.named(clients):
        open_, over = look.open_wave(client, wave)
        if over:
            notes.append(f"{client}: wave {over} is over; name it with --wave to look at it")
        if open_ and look.days_quiet(client, open_) > _QUIET:
            quiet.append(client)
        try:
            found += [look.client(client, open_, kinds, spoken)] if open_ else []
        except LeakError as leak:
            refused.append(str(leak))
    if quiet:
        some = ", ".join(quiet[:_NAMED]) + (f" and {len(quiet) - _NAMED} more" if
                                            len(quiet) > _NAMED else "")  # fmt: skip
        notes.append(f"{some}: no answer for more than {_QUIET} days; is the wave still open? Say "
                     "when it was over, as in waves: {2025: {to: 2025-04-30}}")  # fmt: skip
    return Watched(tuple(found), tuple(notes), tuple(refused))


def answered(study: Study, alert: str, when: pd.Timestamp | None = None) -> str:
    """Note that an alert was answered, and return what is to be said of it.

    Parameters
    ----------
    study : Study
    alert : str
        Its id.
    when : Timestamp, optional
        Now if left out.

    Raises
    ------
    CrqError
        No such alert, it was answered before, or ``when`` lies before it was told.
    """
    when = (pd.Timestamp.now() if when is None else when).floor("min")
    rows = ledger(study, _LEDGER, there=Known()).table
    one_of("--answered", alert, rows["alert_id"])
    row = rows[rows["alert_id"] == alert].iloc[0]
    if pd.notna(row["answered_on"]):
        raise CrqError(f"Alert {alert} was answered on {row['answered_on']:%Y-%m-%d %H:%M}; "
                       "nothing was changed.")  # fmt: skip
    if when < row["told_on"]:
        raise CrqError(f"Alert {alert} was told on {row['told_on']:%Y-%m-%d %H:%M}, after "
                       f"{when:%Y-%m-%d %H:%M}; nothing was changed.")  # fmt: skip

    def amend(lines: pd.DataFrame) -> pd.DataFrame:
        lines.loc[lines["alert_id"] == alert, "answered_on"] = when
        return lines

    change(study, _LEDGER, amend, there=Known())
    rule = alert_rules_of(study).rule(row["rule"])
    hours = (when - row["told_on"]) / pd.Timedelta(hours=1)
    limit = f", its rule asks for {rule.hours:g}" if rule else ""
    return f"{alert} is answered, {hours:.1f} hours after it was told{limit}"


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One look at all raw files of a study."""

    study: Study
    raw: Raw
    rules: AlertRules
    now: pd.Timestamp
    tables: Mapping[str, pd.DataFrame]
    gate: RawGate

    @classmethod
    def at(cls, study: Study, copy: Study, rules: AlertRules, now: pd.Timestamp) -> _Look:
        raw = read(copy)
        checked = decide(raw, flags(raw, study.codebook), decisions(copy))
        asked = study.codebook.instrument
        counted = checked.responses[~raw.status().isin(_NEVER).to_numpy(bool)]
        words = counted[list(asked.comments)].fillna("").agg("\n".join, axis=1)
        try:
            scored = respondents(checked.responses, study.codebook)
        except EstimateError:  # nobody yet
            scored = empty("respondents", asked)
        tables = {
            "responses": counted.assign(words=words if len(counted) else ""),
            "respondents": scored, "contacts": raw.contacts, "outcomes": raw.outcomes,
            **joined(copy, raw),
        }  # fmt: skip
        said = [text for rule in rules.rules for text in (rule.owner, *rule.text.texts.values())]
        return cls(study, raw, rules, now, tables, RawGate(study, raw, said))

    def named(self, clients: Iterable[str] | None) -> list[str]:
        there = sorted(self.tables["clients"]["client_id"])
        for client in clients or ():
            one_of("client", client, there)
        return list(dict.fromkeys(clients)) if clients else there

    def open_wave(self, client: str, wave: str | None) -> tuple[str, str]:
        """The wave to look at, and the latest one where the codebook says that it is over."""
        rows = pd.concat([self.tables[name][["client_id", "wave"]]
                          for name in ("responses", "contacts")])  # fmt: skip
        waves = in_order(rows.loc[rows["client_id"] == client, "wave"])
        if wave is not None:
            one_of(f"wave of client {client}", wave, waves)
            return wave, ""
        if not waves:
            return "", ""
        told = self.study.codebook.waves.get(waves[-1])
        over = told is not None and told.to is not None and self.now.date() > told.to
        return ("", waves[-1]) if over else (waves[-1], "")

    def days_quiet(self, client: str, wave: str) -> float:
        """Days since the last answer of a wave; missing where none is dated."""
        rows = self.tables["responses"]
        own = rows[((rows["client_id"] == client) & (rows["wave"] == wave)).to_numpy(bool)]
        return (self.now - own["started"].max()) / pd.Timedelta(days=1)

    def client(self, client: str, wave: str, kinds: list[str], spoken: str) -> WatchedClient:
        """Look at one client: judge, note, write."""
        facts = alert_facts(self.tables, client, wave, self.now)
        every, fresh, new = self._new(facts)
        if len(new):
            rows = new.assign(told_on=self.now, answered_on=pd.NaT)
            change(self.study, _LEDGER, lambda lines: _added(lines, rows), there=Known())
        privacy = self.study.codebook.privacy
        if privacy.alerts != _IDENTIFIED:
            now = looks.counts(facts.accounts)
            looks.look(self.study, client, wave, now, privacy.min_scores)
        view = alert_view(self.study, self.tables, facts, every.table, self.now, spoken)
        files = []
        if view is not None:
            made = alert_files.made(self.study, view, kinds)
            files = alert_files.written(self.study, client, self.gate.passed(made, client))
        waits = fresh.waiting["waits"].value_counts().to_dict()
        held = len(fresh.told) - len(new)
        return WatchedClient(client, wave, len(new), view, waits, every.hidden, held, tuple(files))

    def _new(self, facts: Facts) -> tuple[Matches, Matches, pd.DataFrame]:
        """What meets the rules, what of it was not told yet, and what of that is told now."""
        privacy = self.study.codebook.privacy
        identified = privacy.alerts == _IDENTIFIED
        seen = looks.seen(self.study, facts.client, facts.wave) if not identified else {}
        found = matches(self.rules, facts, least=privacy.min_scores, seen=seen,
                        identified=identified)  # fmt: skip
        every = Matches(self._with_ids(found.table, identified), found.hidden)
        told = set(ledger(self.study, _LEDGER, there=Known()).table["alert_id"])
        fresh = Matches(every.table[~every.table["alert_id"].isin(told)])
        if identified:
            return every, fresh, fresh.told
        return every, fresh, cleared_alerts(self.study, self._judged(facts), fresh.told)

    def _with_ids(self, rows: pd.DataFrame, identified: bool) -> pd.DataFrame:
        """Ids that stay the same at every look, and what stands for the answer in the ledger."""
        made = [
            "AL-" + response_key(self.study, row.client_id, "\0".join(
                [row.wave, row.rule, row.account_id, row.response_id if identified else ""]
            ))[:12]
            for row in rows.fillna({"response_id": ""}).itertuples()
        ]  # fmt: skip
        keys = [
            None if pd.isna(one) else response_key(self.study, client, one)
            for client, one in zip(rows["client_id"], rows["response_id"], strict=True)
        ]
        return rows.assign(alert_id=pd.array(made, dtype="str"),
                           response_key=pd.array(keys, dtype="str"))  # fmt: skip

    def _judged(self, facts: Facts) -> OpenWave:
        own = {
            name: rows[(rows["client_id"] == facts.client).to_numpy(bool)]
            for name, rows in self.tables.items()
            if name in ("respondents", "accounts")
        }
        waves = in_order([*own["respondents"]["wave"], facts.wave])
        place = waves.index(facts.wave)
        return OpenWave(facts.client, facts.wave, waves[place - 1] if place else "",
                        own["respondents"], own["accounts"], self.study.codebook,
                        self.rules)  # fmt: skip


def _added(lines: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The ledger with new lines; what another look has noted meanwhile is not noted twice."""
    new = rows[~rows["alert_id"].isin(lines["alert_id"])]
    own = new.reindex(columns=lines.columns)
    return pd.concat([lines, own.astype(lines.dtypes.to_dict())], ignore_index=True)
