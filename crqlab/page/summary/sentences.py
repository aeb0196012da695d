"""What a sales director should remember: a few sentences, each with its n and its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isnan

from crqlab.base.contracts.cautions import code
from crqlab.base.standards import TARGET
from crqlab.language import Language
from crqlab.page.amounts import amount
from crqlab.page.client_view import ClientView, unscored_sentence
from crqlab.page.participation.data import ResponseCounts
from crqlab.page.segments.words import segment_words
from crqlab.page.summary.data import Findings, Fix, Mix, Place, Risk, Score, Unproven
from crqlab.show.number_format import decimals
from crqlab.stats.defaults import FEW_RESAMPLED


def sentences(
    found: Findings, spoken: Language, segment: Callable[[str], str] = str
) -> tuple[str, ...]:
    r"""Say what changed, where the client stands, what to fix, and who is at risk.

    Parameters
    ----------
    found : Findings
        A part that is None, or whose number is missing, is passed over.
    spoken : Language
    segment : callable
        Returns what a reader calls a segment.

    Returns
    -------
    tuple of str
        At most six pieces of plain text, in the order of a sales director's questions.

    Examples
    --------
    >>> from crqlab.language import language
    >>> crq = Score("crq", "CRQ", 5.21, 5.02, 5.4, 240, 61, before="2024", change=0.08,
    ...             change_low=-0.11, change_high=0.27, verdict="no_clear_change")
    >>> said = sentences(Findings((crq,)), language("en"))[0].replace("\N{NO-BREAK SPACE}", " ")
    >>> print(said)  # doctest: +NORMALIZE_WHITESPACE
    CRQ is 5.21 (95 % interval 5.02 to 5.40), no clear change since 2024 (+0.08, −0.11 to +0.27);
    n = 240 respondents of 61 accounts.
    """
    said = [
        unscored_sentence(spoken, found.unscored, found.n_unscored) or _state(found, spoken),
        found.participation and _heard(found.participation, spoken),
        found.place and _standing(found.place, spoken),
        found.risk and _loss(found.risk, spoken),
        found.unproven and _unproven(found.unproven, spoken),
        found.fix and _first(found.fix, spoken),
        found.mix and _segments(found.mix, spoken, segment),
    ]
    return tuple(sentence for sentence in said if sentence)


def summary_sentences(view: ClientView) -> tuple[str, ...]:
    """Return what the page says in short, in the language of its view."""
    return sentences(view.summary, view.language, segment_words(view).name)


def _state(found: Findings, spoken: Language) -> str:
    """The scores with their changes; they share one n where the same people stand behind them."""
    known = [score for score in found.scores if not isnan(score.value)]
    if not known:
        return ""
    n = {(score.n_respondents, score.n_accounts) for score in known}
    said = [_score(score, spoken) for score in known]
    doubts = dict.fromkeys(code for score in known for code in score.cautions)
    doubt = f" {_doubt(doubts, spoken)}" if doubts else ""
    if len(n) == 1:
        people, accounts = n.pop()
        kind = "same_n_alone" if found.alone else "same_n"
        told = spoken.say(f"summary.{kind}", scores="; ".join(said), n=people, m=accounts)
        return f"{told}{doubt}"
    each = [
        spoken.say("summary.own_n", score=told, n=score.n_respondents, m=score.n_accounts)
        for told, score in zip(said, known, strict=True)
    ]
    return f"{'; '.join(each)}.{doubt}"


def _doubt(cautions: Iterable[str], spoken: Language) -> str:
    """What makes the intervals doubtful: it stands with the first numbers."""
    few = {"few_accounts": code("few_accounts", minimum=FEW_RESAMPLED)}
    said = [spoken.caution(few.get(one, one)) for one in cautions]
    return spoken.say("summary.doubt", cautions="; ".join(said))


def _score(score: Score, spoken: Language) -> str:
    places, signed = decimals(score.measure), score.measure == "nps"
    told = {
        "label": spoken.term(score.label),
        "value": spoken.number(score.value, places, signed=signed),
        "level": spoken.percent(score.level),
        "span": spoken.span(score.low, score.high, places, signed=signed),
    }
    if not score.before:
        return spoken.say("summary.score", **told)
    if isnan(score.change):
        return spoken.say("summary.score_incomparable", wave=score.before, **told)
    places = decimals(score.measure, change=True)
    return spoken.say(
        f"summary.score_{score.verdict}",
        wave=score.before,
        change=spoken.number(score.change, places, signed=True),
        change_span=spoken.span(score.change_low, score.change_high, places, signed=True),
        **told,
    )


def _heard(asked: ResponseCounts, spoken: Language) -> str:
    """Counts of everybody who was asked, so without intervals."""
    pairs = {
        "contacts": (asked.contacts_answered, asked.contacts),
        "accounts": (asked.accounts_answered, asked.accounts),
    }
    said = [
        spoken.say(f"summary.heard_{what}", n=n, m=of, share=spoken.percent(n / of))
        for what, (n, of) in pairs.items()
        if of and n is not None
    ]
    if not said:
        return ""
    who = spoken.listed(said)
    if isnan(asked.revenue):
        return spoken.say("summary.heard", who=who)
    reached = "enough" if asked.revenue >= TARGET else "short"
    paid, target = spoken.percent(asked.revenue), spoken.percent(TARGET)
    return spoken.say(f"summary.heard_{reached}", who=who, revenue=paid, target=target)


def _standing(place: Place, spoken: Language) -> str:
    if isnan(place.percentile):
        return ""
    half = place.half
    peers = spoken.coded("peers", place.peers)
    told = spoken.say(
        f"summary.place_{half}_of_peers" if peers else f"summary.place_{half}",
        n=place.n_clients,
        peers=peers,
        share=spoken.percent(place.percentile),
        level=spoken.percent(place.level),
        span=_shares(place.low, place.high, spoken),
    )
    if not place.unique:
        return told
    chance = spoken.chance(place.p_unique)
    return f"{told} {spoken.say(f'summary.{place.unique}', chance=chance)}"


def _shares(low: float, high: float, spoken: Language) -> str:
    unknown = spoken.say("common.open")
    ends = [unknown if isnan(end) else spoken.percent(end) for end in (low, high)]
    return spoken.say("common.span", low=ends[0], high=ends[1])


def _loss(risk: Risk, spoken: Language) -> str:
    if isnan(risk.expected):
        return ""
    quiet = risk.silent / risk.expected if risk.silent > 0 and risk.expected > 0 else 0
    return spoken.say(
        "summary.loss_silent" if quiet else "summary.loss",
        m=risk.n_accounts,
        paid=amount(risk.revenue, spoken, risk.currency),
        loss=amount(risk.expected, spoken, risk.currency),
        level=spoken.percent(risk.level),
        low=amount(risk.low, spoken),
        high=amount(risk.high, spoken),
        quiet=spoken.percent(quiet),
    )


def _unproven(why: Unproven, spoken: Language) -> str:
    """The data cannot say who leaves: a model that foretells no better than chance."""
    if isnan(why.auc):
        return spoken.say("summary.unproven_untested")
    span = spoken.span(why.low, why.high)
    return spoken.say("summary.unproven", auc=spoken.number(why.auc), span=span, n=why.n)


def _first(fix: Fix, spoken: Language) -> str:
    if not fix.label or isnan(fix.probability):
        return ""
    code, other = "summary.fix" if fix.clear else "summary.fix_unclear", ""
    if not fix.clear and fix.runner_up and not isnan(fix.runner_up_probability):
        code, other = "summary.fix_unclear_before", spoken.term(fix.runner_up)
    told = spoken.say(
        code,
        driver=spoken.term(fix.label),
        chance=spoken.chance(fix.probability),
        other=other,
        after=spoken.chance(fix.runner_up_probability),
        n=fix.n_respondents,
        m=fix.n_accounts,
    )
    if not fix.n_weighed or isnan(fix.own_share):
        return told
    rests = spoken.say(
        "summary.weights", own=spoken.chance(fix.own_share), k=fix.n_own, n=fix.n_weighed
    )
    return f"{told} {rests}"


def _segments(mix: Mix, spoken: Language, segment: Callable[[str], str]) -> str:
    counted = {name: n for name, n in mix.accounts.items() if n}
    if not counted:
        return ""
    best, (value, low, high) = next(iter(mix.accounts)), mix.first
    others = [
        spoken.say("summary.n_of", n=n, segment=segment(name))
        for name, n in counted.items()
        if name != best
    ]
    code = "summary.mix" if isnan(value) else "summary.mix_share"
    return spoken.say(
        f"{code}_others" if others else code,
        m=sum(counted.values()),
        n=counted.get(best, 0),
        segment=segment(best),
        share=spoken.percent(value),
        level=spoken.percent(mix.level),
        span=_shares(low, high, spoken),
        others=", ".join(others),
    )
