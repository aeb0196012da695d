"""How the numbers came about: rules, exclusions, what is kept back, and the run card."""

from __future__ import annotations

import pandas as pd

from crqlab.base.instrument import Instrument
from crqlab.language import OWN, Language, language
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, names, paragraph, table, tag, text
from crqlab.show.number_format import count, percent


def rules(view: ClientView) -> Shown:
    """What was asked and how answers become a CRQ score, in words."""
    asked = view.instrument
    said = " ".join(
        [
            f"Instrument: {asked.name}, version {asked.version}, {count(len(asked.items), 'item')} "
            f"answered from {asked.scale.low} to {asked.scale.high}.",
            f"A construct's score is the mean of its items; it needs {percent(asked.item_share)} "
            "of them or more.",
            _crq(asked),
            "An account's plain mean is the mean of its respondents.",
            f"An NPS is the share of promoters minus the share of detractors ({asked.recommend})."
            if asked.recommend
            else "LTR was not asked, so there is no NPS.",
        ]
    )
    return Shown(paragraph(text(said), ""), said)


def _crq(asked: Instrument) -> str:
    rule = asked.crq
    named = ", ".join(asked.label(name) for name in rule.constructs)
    needs = [f"at least {rule.at_least} of them"] if len(rule.constructs) > 1 else []
    if rule.required:
        needs.insert(0, " and ".join(asked.label(name) for name in rule.required))
    needed = f"; a respondent needs {' and '.join(needs)}" if needs else ""
    how = "the equal-weight mean of" if len(rule.constructs) > 1 else "the score of"
    return f"CRQ is {how} {named}{needed}."


def excluded(view: ClientView) -> Shown:
    """What was looked for, how often it was found, and what it cost."""
    total = view.n_respondents + view.n_excluded
    said = f"{view.n_excluded:,} of {count(total, 'response')} left out of the scores"
    if view.excluded.empty:
        return Shown(paragraph(text(f"{said}: no check found anything.")), said)
    rows = view.excluded
    columns = [
        Column(
            "What was found", [text(view.language.coded("check", name)) for name in rows["check"]]
        ),
        Column("Rule", [text(view.language.coded("rule", cell)) for cell in rows["rule"]]),
        Column("Responses flagged", [f"{n:,}" for n in rows["n_flagged"]], True),
        Column("Left out for it", [f"{n:,}" for n in rows["n_excluded"]], True),
    ]
    caption = (
        f"Checks of the answers: {said}. Counts, so no interval; a response may be in two rows."
    )
    return Shown(table(columns, caption=caption), said)


def privacy(view: ClientView) -> Shown:
    """The rule for small groups, in words."""
    few, words = view.privacy.min_scores, view.privacy.min_comments
    said = (
        f"Answers are confidential on request. Where fewer than {few} people stand behind a "
        "number, it is not shown; an account with fewer answers has only its shrunken score, which "
        f"is drawn towards the client's mean. Such an account keeps its segment, always as "
        "provisional, without reason or probability; it has no lever, no lift, and no score as the "
        "reason of its renewal outlook. Promoters are counted, not named. Words are shown where at "
        f"least {words} people wrote some. This keeps single answers from being read off the page. "
        "It is no promise of anonymity: who knows an account well may still guess."
    )
    return Shown(paragraph(text(said), ""), said)


def run_card(rows: pd.DataFrame, spoken: Language | None = None) -> Shown:
    """What the page was made from, so that anybody can make it again.

    Parameters
    ----------
    rows : DataFrame
        ``part``, ``name``, ``value``: the table of a run card. They are named as they are, in
        every language, so that a page can be verified.
    spoken : Language, optional
        English if left out.
    """
    say = (spoken or language(OWN)).say
    values = [tag("code", value, translate="no") for value in rows["value"]]
    columns = [
        Column(say("column.name"), names(rows["name"])),
        Column(say("column.kind"), names(rows["part"])),
        Column(say("column.value"), values),
    ]
    shown = table(columns, caption=say("run_card.caption"), kind="card")
    return Shown(shown, say("run_card.aloud", n=len(rows)))


def quality(rows: pd.DataFrame) -> Shown:
    """All flags of a study, counted by check.

    Parameters
    ----------
    rows : DataFrame
        Table ``quality``.
    """
    counted = rows.groupby("check").agg(
        flagged=("response_id", "nunique"), excluded=("excluded", "sum")
    )
    said = f"Checks found something in {rows['response_id'].nunique():,} responses"
    columns = [
        Column(
            "What was found",
            [text(language(OWN).coded("check", str(name))) for name in counted.index],
        ),
        Column("Responses flagged", [f"{n:,}" for n in counted["flagged"]], True),
        Column("Left out for it", [f"{n:,}" for n in counted["excluded"]], True),
    ]
    return Shown(table(columns, caption=f"{said}. Counts, so no interval."), said)
