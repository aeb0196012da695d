"""On whom relationships hang, and whether the same people are asked again."""

from __future__ import annotations

from math import isnan
from typing import Any

from crqlab.language import MISSING
from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import percents
from crqlab.participation.invitation_frame import UNKNOWN
from crqlab.show.html import Column, Shown, hidden, lines, names, paragraph, table, text
from crqlab.show.records import records

MOST = 20  # account managers that a reader still compares
NAMED = 8  # accounts that fit into a sentence


def concentration(view: ClientView) -> Shown:
    """What hangs on each account manager, and what is left when that person goes.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.concentration(view)
    """
    rows, say = view.participation.managers, view.language.say
    if rows.empty or set(rows["name"]) <= {UNKNOWN}:
        return Shown("", say("participation.managers_unknown"))
    left, said = len(rows.iloc[MOST:]), " ".join(filter(None, [_greatest(view), _sole(view)]))
    notes = [say("participation.managers_left", n=left)] if left else []
    if rows.head(MOST)["withheld"].any():
        notes.append(say("participation.managers_withheld"))
    note = text(" ".join(notes))
    listed = table(_columns(view), caption=_caption(view), note=note, kind="long")
    return Shown(lines(paragraph(text(said), "lead"), listed), said)


def _columns(view: ClientView) -> list[Column]:
    say, spoken, rows = view.language.say, view.language, view.participation.managers.head(MOST)
    withheld = MISSING + hidden(say("common.withheld"))
    without = [withheld if r.withheld else spoken.number(r.crq_without) for r in records(rows)]
    kind = "_in" if view.currency else ""
    columns = [
        Column(say("column.account_manager"), names(rows["name"])),
        Column(say("column.accounts"), [spoken.number(n, 0) for n in rows["n_accounts"]], True),
        Column(
            say(f"column.revenue{kind}", currency=view.currency),
            [spoken.number(value, 0) for value in rows["revenue"]],
            True,
        ),
        Column(say("column.revenue_share"), list(map(spoken.percent, rows["revenue_share"])), True),
        Column(say("column.goodwill_share"), list(map(spoken.percent, rows["goodwill_share"])),
               True),
        Column(say("participation.crq_without"), without, True),
    ]  # fmt: skip
    flags = [text(spoken.caution(flag)) for flag in rows["flag"]]
    return [*columns, *([Column(say("column.caution"), flags)] if any(flags) else [])]


def _caption(view: ClientView) -> str:
    spoken, row = view.language, view.measure("crq")
    if row is None or row["withheld"]:
        return spoken.say("participation.managers_caption")
    span = spoken.span(row["low"], row["high"])
    value = spoken.number(row["value"])
    return spoken.say("participation.managers_caption_crq", value=value, span=span)


def _greatest(view: ClientView) -> str:
    """Who holds most, and how few hold how much."""
    spoken, rows = view.language, view.participation.managers
    known = rows[rows["name"] != UNKNOWN]
    first, equal = known.iloc[0], view.participation.effective
    kind = "goodwill"
    if len(rows) == 1:
        kind = "one"
    elif isnan(first["goodwill_share"]):
        kind = "revenue" if first["revenue_share"] == first["revenue_share"] else ""
    elif first["revenue_share"] == first["revenue_share"]:
        kind = "concentrated" if equal == equal and len(known) > 1 else "both"
    if not kind:
        return ""
    return spoken.say(
        f"participation.holds_{kind}",
        name=first["name"],
        revenue=spoken.percent(first["revenue_share"]),
        goodwill=spoken.percent(first["goodwill_share"]),
        n=spoken.number(equal, 1),
    )


def _sole(view: ClientView) -> str:
    n, share = view.participation.n_sole, view.participation.sole_share
    if not n:
        return ""
    kind = "_share" if share == share else ""
    return view.language.say(f"participation.sole{kind}", n=n, share=view.language.percent(share))


def continuity(view: ClientView) -> Shown:
    """Whether the same people were asked again, and where nobody stayed.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.continuity(view)
    """
    found, spoken = view.participation.stayed, view.language
    if not found:
        return Shown("", spoken.say("participation.first_asked"))
    kind, places = _gone(view)
    said = spoken.say(
        f"participation.stayed_{kind}",
        n=int(found["n"]),
        share=spoken.percent(found["value"]),
        level=spoken.percent(found["level"]),
        between=percents(spoken, found["low"], found["high"]),
        accounts=int(found["n_accounts"]),
        **places,
    )
    said = " ".join([said, *_deciders(view)])
    return Shown(paragraph(text(said), ""), said)


def _deciders(view: ClientView) -> list[str]:
    """How many that decide were not asked again, where any are known."""
    rows = view.participation.continuity
    if "deciders" not in rows or not (n := int(rows["deciders"].sum())):
        return []
    left = int(rows["deciders_left"].sum())
    return [view.language.say("participation.deciders_left", n=n, left=left)]


def _gone(view: ClientView) -> tuple[str, dict[str, Any]]:
    """Accounts where nobody stayed, the greatest revenue first."""
    rows, gone = view.participation.continuity, int(view.participation.stayed["n_none_stayed"])
    if not gone:
        return "everywhere", {}
    named = rows[rows["stayed"] == 0]
    named = named.sort_values(["revenue", "name"], ascending=[False, True], kind="stable")
    places = {"gone": gone, "names": ", ".join(named["name"].head(NAMED))}
    return ("not_at_more", places | {"more": gone - NAMED}) if gone > NAMED else ("not_at", places)
