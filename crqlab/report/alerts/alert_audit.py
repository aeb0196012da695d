"""Alerts as statements about single answers, judged together with all that files have told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.conditions import UPWARD, Condition, Group
from crqlab.base.study import Study
from crqlab.page.disclosure.cells import MEASURES, Answers, Cells
from crqlab.page.disclosure.protected_groups import protected_groups
from crqlab.page.disclosure.puzzle import Puzzle
from crqlab.page.disclosure.statements import Statement, Told
from crqlab.programme.alert_rules import CHANGE, AlertRule, AlertRules
from crqlab.report.clearance.release_audit import known
from crqlab.report.clearance.statement_ledger import ALERTS, held, keep, read, release
from crqlab.scores.rollups import scale_ends

_PROMOTER, _PASSIVE, _SIDE = 8.0, 6.0, 100.0


@dataclass(frozen=True, slots=True, eq=False)
class OpenWave:
    """What one client's alerts are judged by.

    Attributes
    ----------
    client, wave, before : str
    respondents, accounts : DataFrame
        The client's, of all waves, as the raw files have them.
    codebook : Codebook
    rules : AlertRules
    """

    client: str
    wave: str
    before: str
    respondents: pd.DataFrame
    accounts: pd.DataFrame
    codebook: Codebook
    rules: AlertRules


def cleared_alerts(study: Study, of: OpenWave, alerts: pd.DataFrame) -> pd.DataFrame:
    """Return the alerts that may be told, and keep what they tell.

    Parameters
    ----------
    study : Study
    of : OpenWave
    alerts : DataFrame
        ``rule``, ``account_id``.

    Returns
    -------
    DataFrame
        All of them; or those of which, one after the other, nothing that is withheld could be
        worked out together with what files have told before.
    """
    if alerts.empty:
        return alerts
    with held(study, of.client):
        releases = read(study, of.client)
        earlier = [one for one in releases if not one.superseded]
        made = _puzzles(of, alerts)
        kept = alerts
        if made and known(made, release(of.wave, ALERTS, made), earlier):
            kept = _one_by_one(of, alerts, earlier)
            made = _puzzles(of, kept)
        if made:
            named = hashlib.blake2b("\0".join(kept["alert_id"]).encode(), digest_size=8).hexdigest()
            new = replace(release(of.wave, f"{ALERTS}{named}", made), files=("alerts",))
            others = [one for one in releases if one.inputs != new.inputs]  # of a killed look
            keep(study, of.client, [*others, new])
    return kept


def _one_by_one(of: OpenWave, alerts: pd.DataFrame, earlier: Sequence) -> pd.DataFrame:
    told: list[int] = []
    for place in range(len(alerts)):
        made = _puzzles(of, alerts.iloc[[*told, place]])
        if not made or not known(made, release(of.wave, ALERTS, made), earlier):
            told.append(place)
    return alerts.iloc[told]


def _puzzles(of: OpenWave, alerts: pd.DataFrame) -> list[Puzzle]:
    """What alerts tell of each measure, and who is protected; nothing where they tell of none."""
    cells = Cells.of(of.respondents, of.accounts, of.codebook)
    if cells is None:
        return []
    ends, privacy = scale_ends(of.codebook.instrument), of.codebook.privacy
    owner = dict(zip(of.accounts["account_id"], of.accounts["account_manager"], strict=True))
    found = []
    for measure in MEASURES:
        answers = cells.answers(measure, ends[measure])
        said = tuple(_statements(of, alerts, answers))
        if said:
            groups = protected_groups(answers, owner, privacy.min_scores)
            mine = tuple(group for group in groups if group.wave == of.wave)
            told = Told(said, ())
            found.append(Puzzle(answers, told, mine, privacy.protection, privacy.min_scores))
    return found


def _statements(of: OpenWave, alerts: pd.DataFrame, answers: Answers) -> Iterator[Statement]:
    for row, alert in enumerate(alerts.itertuples()):
        rule = of.rules.rule(alert.rule)
        cells = answers.of(of.wave, {alert.account_id})
        told = _told(rule, answers, int(cells.sum())) if rule and cells.any() else None
        if told is None:
            continue
        name, low, high = told
        weights = answers.mean(cells, surveyed=False)
        if name == CHANGE:
            then = answers.of(of.before, {alert.account_id})
            weights = weights - answers.mean(then, surveyed=False)
        key = f"{alert.account_id}/{alert.rule}"
        yield Statement("alerts", name, row, key, np.asarray(weights), low, high)


def _told(rule: AlertRule, answers: Answers, n: int) -> tuple[str, float, float] | None:
    """What a rule tells of the mean of n people, one of whom surely meets it: name, low, high."""
    low, high = answers.ends
    cuts = {one.scores[0]: one.cut for one in _sure(rule.when)
            if one.kind == "score" and one.bound not in UPWARD}  # fmt: skip
    if answers.measure == "nps" and "ltr" in cuts and cuts["ltr"] <= _PROMOTER:
        one = -_SIDE if cuts["ltr"] <= _PASSIVE else 0.0
        return "ltr", low, ((n - 1) * high + one) / n
    if answers.measure == "crq" and CHANGE in cuts:
        return CHANGE, low - high, cuts[CHANGE]
    if answers.measure == "crq" and "crq" in cuts:
        return "crq", low, ((n - 1) * high + cuts["crq"]) / n
    return None


def _sure(rule: object) -> Iterator[Condition]:
    """Conditions that hold whenever the rule does."""
    if isinstance(rule, Condition):
        yield rule
    elif isinstance(rule, Group) and (rule.how == "all" or len(rule.parts) == 1):
        for part in rule.parts:
            yield from _sure(part)
