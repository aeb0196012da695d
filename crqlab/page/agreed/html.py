"""What was agreed last time: done, late, and what became of it."""

from __future__ import annotations

from collections import Counter
from math import isnan

from markupsafe import Markup

from crqlab.base.waves import in_order
from crqlab.language import MISSING
from crqlab.page.accounts.overview_table import stacked
from crqlab.page.agreed.data import DONE, PARTIES
from crqlab.page.agreed.outcomes import SINCE, Checked, Moved, acted_on, checked, moved
from crqlab.page.client_view import ClientView
from crqlab.show.html import (
    Column,
    Shown,
    folded,
    lines,
    names,
    paragraph,
    phrases,
    tag,
    text,
)
from crqlab.show.html import under as headed
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records
from crqlab.stats.defaults import LEVEL

_SAID = {"done": DONE, "late": ("late",), "going": ("going",), "dropped": ("dropped",)}


def last_time(view: ClientView) -> Shown:
    """What was agreed, by both parties, and what became of the accounts; nothing where nothing was.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> crq.page.agreed.last_time(view).sentence
    ''
    """
    rows, say = view.agreed.actions, view.language.say
    if rows.empty:
        return Shown(Markup(), "")
    said = [*kept_sentences(view), *_since_sentence(view)]
    every = Shown(lines(_actions(view, records(rows))), "")
    html = lines(
        paragraph(text(" ".join(said)), "lead"),
        _initiatives(view),
        folded(say("agreed.all", n=len(rows)), every).html,
    )
    return headed(say("agreed.title"), Shown(html, " ".join(said)))


def kept_sentences(view: ClientView) -> list[str]:
    """Say for each party how much it agreed to, and how much of it is done and late."""
    say, told = view.language.say, []
    waves = view.language.listed(in_order(view.agreed.actions["wave"]))
    for party in PARTIES:
        counts = view.agreed.counted(party)
        if n := sum(counts.values()):
            some = {code: sum(counts[state] for state in states) for code, states in _SAID.items()}
            parts = [say(f"agreed.{code}", n=k) for code, k in some.items() if k]
            told.append(say(f"agreed.{party}", n=n, wave=waves, parts=", ".join(parts)))
    return told


def _since_sentence(view: ClientView) -> list[str]:
    """How accounts moved at which something was done: what happened, never why."""
    counts = Counter(one.since for one in acted_on(view))
    say = view.language.say
    parts = [say(f"agreed.n_{since}", n=counts[since]) for since in SINCE if counts[since]]
    return [say("agreed.accounts", n=counts.total(), parts=", ".join(parts))] if parts else []


def what(view: ClientView, action: str) -> str:
    """Return an action in words: the playbook's name of it, or somebody's own."""
    if action.startswith("own:"):
        return action.removeprefix("own:").strip()
    return view.actions.playbook.name(action, view.language.code)


def _actions(view: ClientView, rows: list[Record]) -> Markup:
    say, spoken, since = view.language.say, view.language, moved(view)
    columns = [
        Column(say("column.account"), names((row.name for row in rows), missing=MISSING)),
        Column(say("column.action"), [text(what(view, row.action)) for row in rows]),
        Column(say("agreed.party"), phrases(say(f"party.{row.party}") for row in rows)),
        Column(say("column.owner"), names((row.owner for row in rows), missing=MISSING)),
        Column(say("column.due"), [_day(view, row.due_on) for row in rows]),
        Column(say("column.status"), phrases(say(f"agreed.state_{row.state}") for row in rows)),
        Column(say("agreed.since"), phrases(
            since_said(view, since.get(row.account_id)) for row in rows)),
    ]  # fmt: skip
    on = view.agreed.on
    code = "agreed.caption" if on is None else "agreed.caption_on"
    told = {} if on is None else {"day": spoken.day(on)}
    return stacked(columns, say(code, **told))


def since_said(view: ClientView, one: Moved | None) -> str:
    """Say how an account moved, with its interval, or that it is too early."""
    if one is None:
        return MISSING
    spoken = view.language
    said = spoken.say(f"agreed.since_{one.since}")
    if isnan(one.change):
        return said
    span = spoken.span(one.low, one.high, 1, signed=True)
    change = spoken.number(one.change, 1, signed=True)
    return spoken.say("agreed.moved", said=said, change=change, span=span)


def _initiatives(view: ClientView) -> Markup:
    """Each initiative beside the number that was to show success, and its target."""
    rows, found, say = records(view.agreed.initiatives), checked(view), view.language.say
    if not rows:
        return Markup()
    levels = [one.level for one in found if not isnan(one.level)]
    level = view.language.percent(levels[0] if levels else LEVEL)
    told = [
        say(
            "agreed.initiative",
            action=what(view, row.action),
            owner=row.owner or MISSING,
            state=say(f"agreed.state_{row.state}"),
            measure=_label(view, one.measure),
            target=_target(view, one),
            verdict=verdict_said(view, one),
        )
        for row, one in zip(rows, found, strict=True)
    ]
    caption = paragraph(text(say("agreed.initiatives_caption", level=level)))
    return lines(caption, tag("ul", *(tag("li", text(one)) for one in told)))


def verdict_said(view: ClientView, one: Checked) -> str:
    """Say whether a target is reached, with the number's interval."""
    spoken = view.language
    said = spoken.say(f"agreed.verdict_{one.verdict}")
    if isnan(one.value):
        return said
    digits = decimals(one.measure)
    span, value = spoken.span(one.low, one.high, digits), spoken.number(one.value, digits)
    return spoken.say("agreed.checked", said=said, value=value, span=span, n=one.n)


def _label(view: ClientView, measure: str) -> str:
    known = view.measure(measure) is not None
    return view.language.term(view.instrument.label(measure)) if known else measure or MISSING


def _target(view: ClientView, one: Checked) -> str:
    digits = 0 if one.target == round(one.target) else decimals(one.measure)
    return MISSING if isnan(one.target) else view.language.number(one.target, digits)


def _day(view: ClientView, day: object) -> str:
    return MISSING if day is None or day != day else view.language.day(day)
