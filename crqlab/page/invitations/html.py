"""The kit as a page: letters to copy, and how far contact lists are approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from crqlab.base.invitation import Invitation
from crqlab.language import Language
from crqlab.page.invitations.letters import Letter
from crqlab.programme.invitation_wording import survey_words
from crqlab.programme.sign_offs import SignOffs
from crqlab.show.html import Column, Shown, lines, names, paragraph, table, tag, text


def invitation_kit(
    client: str,
    wave: str,
    letters: Mapping[str | None, Sequence[Letter]],
    approved: SignOffs,
    asked: Invitation,
    spoken: Language,
) -> Shown:
    """Lay out all letters of a client's wave, and who has approved whom is invited.

    Parameters
    ----------
    client, wave : str
        The client's name.
    letters : mapping of account manager to letters
        None for customers that nobody looks after.
    approved : SignOffs
    asked : Invitation
    spoken : Language
    """
    say = spoken.say
    title = say("invitation.kit", client=client)
    common = [one for one in next(iter(letters.values()), ()) if one.kind in ("ceo", "last")]
    own = [one for some in letters.values() for one in some if one.kind not in ("ceo", "last")]
    html = lines(
        tag("h1", title),
        paragraph(text(say("invitation.kit_of", wave=wave)), "question"),
        *_sign_offs(approved, asked, spoken),
        *(_letter(one, spoken) for one in [*common, *own]),
    )
    return Shown(html, title)


def _letter(letter: Letter, spoken: Language) -> Markup:
    found = survey_words(letter.text, spoken.code)
    sounds = ", ".join(dict.fromkeys(found.table["found"]))
    note = spoken.say("invitation.sounds", found=sounds)
    below = [Markup("<br>").join(map(text, part.split("\n"))) for part in letter.body]
    return lines(
        tag("h2", letter.heading),
        tag("p", tag("strong", letter.subject)),
        *(tag("p", part) for part in below),
        paragraph(text(note)) if sounds else "",
    )


def _sign_offs(approved: SignOffs, asked: Invitation, spoken: Language) -> list[Markup]:
    say, rows = spoken.say, approved.table
    head = tag("h2", say("invitation.sign_offs"))
    if rows.empty:
        return [head, paragraph(text(say("invitation.no_contacts")))]
    counts = {name: [spoken.number(n, 0) for n in rows[name]]
              for name in ("accounts", "contacts", "approved")}  # fmt: skip
    columns = [
        Column(say("column.account_manager"),
               names(rows["account_manager"], missing=say("common.none_named"))),
        *(Column(say(f"invitation.{name}"), cells, True) for name, cells in counts.items()),
        Column(say("invitation.first"), [_day(one, spoken) for one in rows["first"]]),
        Column(say("invitation.last_day"), [_day(one, spoken) for one in rows["last"]]),
        Column(say("invitation.by"), names(rows["by"])),
    ]  # fmt: skip
    listed = table(columns, caption=say("invitation.sign_offs_caption"))
    return [head, listed, *_missing(approved, asked, spoken)]


def _missing(approved: SignOffs, asked: Invitation, spoken: Language) -> list[Markup]:
    say, rows = spoken.say, approved.missing
    if rows.empty:
        return [paragraph(text(say("invitation.all_ready")))]
    why = {"nobody": say("invitation.why_nobody"),
           "director": say("invitation.why_director", director=asked.director)}  # fmt: skip
    columns = [
        Column(say("alert_list.customer"), names(rows["name"].fillna(rows["account_id"]))),
        Column(say("column.account_manager"),
               names(rows["account_manager"], missing=say("common.none_named"))),
        Column(say("invitation.contacts"), [spoken.number(n, 0) for n in rows["contacts"]], True),
        Column(say("invitation.approved"), [spoken.number(n, 0) for n in rows["approved"]], True),
        Column(say("invitation.why"), [why[one] for one in rows["why"]]),
    ]  # fmt: skip
    caption = say("invitation.missing_caption")
    return [tag("h3", say("invitation.missing")), table(columns, caption=caption)]


def _day(when: pd.Timestamp, spoken: Language) -> str:
    return "" if pd.isna(when) else spoken.day(when)
