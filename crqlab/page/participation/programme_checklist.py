"""How the programme stands: its round, its target, whom it reaches, what it did for an answer."""

from __future__ import annotations

from crqlab.language import MISSING
from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import percents
from crqlab.show.html import Column, Shown, lines, paragraph, table, text
from crqlab.show.records import Record, records


def programme(view: ClientView) -> Shown:
    """Rounds taken part in, the target, and the six steps with this client's state.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.programme(view)
    """
    rows, say = records(view.participation.programme), view.language.say
    if not rows:
        return Shown("", say("participation.programme_unknown"))
    told = [*_round(view, rows[0]), *_target(view, rows[0]), *_reach(view, rows[0]), *_levers(view)]
    said = " ".join(told)
    listed = _steps(view) if len(view.participation.steps) else ""
    return Shown(lines(*(paragraph(text(one)) for one in told), listed), said)


def _round(view: ClientView, row: Record) -> list[str]:
    if row.value != row.value:
        return []
    spoken, own = view.language, view.language.percent(row.value)
    if row.others != row.others:
        return [spoken.say("participation.round_alone", n=row.n_waves, share=own)]
    return [
        spoken.say(
            f"participation.round_{row.experience}",
            n=row.n_waves, share=own, others=spoken.percent(row.others), m=row.n_others,
            between=percents(spoken, row.others_low, row.others_high),
        )
    ]  # fmt: skip


def _target(view: ClientView, row: Record) -> list[str]:
    if row.verdict in ("no_target", "unknown"):
        return []
    spoken = view.language
    return [
        spoken.say(
            f"participation.target_{row.verdict}", share=spoken.percent(row.value),
            target=spoken.percent(row.target), between=percents(spoken, row.low, row.high),
        )
    ]  # fmt: skip


def _reach(view: ClientView, row: Record) -> list[str]:
    spoken, told = view.language, []
    if row.bounced or row.left:
        share = spoken.percent(row.value_reached) if row.value_reached == row.value_reached else "?"
        told.append(spoken.say("participation.not_reached", bounced=row.bounced, left=row.left,
                               share=share))  # fmt: skip
    if row.unsigned == row.unsigned and row.unsigned:
        told.append(spoken.say("participation.never_signed_off", n=int(row.unsigned), m=row.asked))
    return told


def _levers(view: ClientView) -> list[str]:
    """Associations that hold against false discovery, and how many were looked into."""
    rows, spoken = view.participation.levers, view.language
    if rows.empty:
        return []
    told = []
    for row in records(rows[rows["verdict"].isin(["more", "less"])]):
        told.append(
            spoken.say(
                "participation.lever", lever=spoken.say(f"participation.lever_{row.lever}"),
                share=spoken.percent(row.share_with), other=spoken.percent(row.share_without),
                n=row.n_with, m=row.n_without, low=spoken.number(row.low, 1),
                high=spoken.number(row.high, 1), k=row.n_clusters,
            )
        )  # fmt: skip
    kind = "levers_no_proof" if told else "levers_none"
    return [*told, spoken.say(f"participation.{kind}", n=len(rows))]


def _steps(view: ClientView) -> str:
    spoken, each = view.language, records(view.participation.steps)
    say = spoken.say
    counts = [
        MISSING if row.of != row.of
        else say("participation.n_of", n=int(row.done), m=int(row.of))
        for row in each
    ]  # fmt: skip
    columns = [
        Column(say("column.step"), [say(f"participation.step_{row.step}") for row in each]),
        Column(say("column.status"), [say(f"participation.state_{row.state}") for row in each]),
        Column(say("column.counted"), counts, True),
    ]
    return table(columns, caption=say("participation.steps_caption"), kind="small")
