"""What the next invitations will show, in words: widths, chances of changes, voices needed."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import label
from crqlab.participation.foretold_power import ANSWERS, LIKELY
from crqlab.participation.invitation_costs import ALL, FIFTH_FEWER
from crqlab.show.html import Shown, lines, paragraph, text
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records


def foretold(view: ClientView) -> Shown:
    """What fewer invitations would cost, which changes will be seen, and how deep accounts go.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.foretold(view)
    """
    told = [*_costs(view), *_changes(view), *_voices(view), *_unreached(view)]
    if not told:
        return Shown("", view.language.say("participation.nothing_foretold"))
    return Shown(lines(*(paragraph(text(one)) for one in told)), " ".join(told))


def _costs(view: ClientView) -> list[str]:
    rows, say, spoken = view.participation.costs, view.language.say, view.language
    full, less = (rows[rows["scenario"] == one] for one in (ALL, FIFTH_FEWER))
    if full.empty or less.empty or not full["n_invitations"].iloc[0]:
        return []
    parts = [
        say("participation.width_instead", label=label(view, one.measure),
            less=_width(view, other), full=_width(view, one))
        for one in records(full) for other in records(less) if one.measure == other.measure
    ]  # fmt: skip
    n, fewer = int(full["n_invitations"].iloc[0]), int(less["n_invitations"].iloc[0])
    day = spoken.day(full["starts"].iloc[0])
    return [say("participation.fewer_cost", n=n, fewer=fewer, day=day, widths=spoken.listed(parts))]


def _width(view: ClientView, row: Record) -> str:
    width = view.language.number(row.half_width, decimals(row.measure))
    return view.language.say("participation.half_width", width=width)


def _changes(view: ClientView) -> list[str]:
    rows = view.participation.power
    return [_change(view, row) for row in records(rows[rows["power"].notna()])]


def _change(view: ClientView, row: Record) -> str:
    say, spoken, places = view.language.say, view.language, decimals(row.measure)
    kind = "answers" if row.method == ANSWERS else "all"
    parts = [
        say(f"participation.change_seen_{kind}", label=label(view, row.measure),
            change=spoken.number(row.change, places), wave=row.from_wave,
            p=spoken.number(row.power))
    ]  # fmt: skip
    likely = spoken.number(LIKELY, 1)
    if row.power < LIKELY and row.detectable == row.detectable:
        step = spoken.number(row.detectable, places)
        parts.append(say("participation.change_likely", change=step, p=likely))
    if row.power < LIKELY and kind == "answers" and row.accounts_both == row.accounts_both:
        more = int(row.accounts_both) - row.n_accounts
        parts.append(say("participation.accounts_both", more=more, p=likely, n=row.n_accounts))
    if kind == "all" and row.power_all > row.power:
        parts.append(say("participation.change_all", p=spoken.number(row.power_all)))
    return " ".join(parts)


def _voices(view: ClientView) -> list[str]:
    rows = view.participation.voices_needed
    known = rows[rows["contacts"].notna()]
    if known.empty:
        return []
    row, spoken = records(known)[0], view.language
    return [
        spoken.say(
            "participation.voices_needed",
            voices=int(row.voices), reliability=spoken.number(row.reliability, 1),
            contacts=int(row.contacts), rate=spoken.percent(row.completion),
            n=row.n_enough, m=row.n_accounts,
        )
    ]  # fmt: skip


def _unreached(view: ClientView) -> list[str]:
    found = view.participation.unreached
    return [view.language.say(f"participation.{one}", n=n) for one, n in found.items() if n]
