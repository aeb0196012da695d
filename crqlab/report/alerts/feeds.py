"""Alerts for other programs: an Atom feed, and mails in an mbox file; nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from xml.etree import ElementTree

import pandas as pd

from crqlab.language import Language
from crqlab.page.alerts.data import PAST, AlertList
from crqlab.page.alerts.html import moment
from crqlab.show.html import plain
from crqlab.show.records import Record, records

_ATOM = "http://www.w3.org/2005/Atom"
_HOST = "crqlab.invalid"
_POLICY = SMTPUTF8.clone(linesep="\n", cte_type="8bit", max_line_length=None)


def atom(view: AlertList, study: str) -> bytes:
    """Return an Atom feed (RFC 4287): an entry for each alert, which keeps its id when answered.

    Parameters
    ----------
    view : AlertList
    study : str
        Its name.
    """
    say = view.language.say
    told = view.rows[["told_on", "answered_on"]].max(axis=1)
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": view.language.code})
    _part(feed, "id", f"urn:crqlab:{study}:{view.client_id}:alerts")
    _part(feed, "title", say("alert_list.feed", client=view.client))
    _part(feed, "updated", _stamp(told.max()))
    author = ElementTree.SubElement(feed, "author")
    _part(author, "name", "crqlab")
    for row, when in zip(records(view.rows), told, strict=True):
        entry = ElementTree.SubElement(feed, "entry")
        _part(entry, "id", f"urn:crqlab:alert:{row.alert_id}")
        _part(entry, "title", _subject(row, view.language))
        _part(entry, "published", _stamp(row.told_on))
        _part(entry, "updated", _stamp(when))
        ElementTree.SubElement(entry, "category", {"term": plain(row.rule)})
        content = _part(entry, "content", "\n".join(_body(view, row, study)))
        content.set("type", "text")
    ElementTree.indent(feed)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n"


def mbox(view: AlertList, study: str) -> bytes:
    """Return an mbox file: a mail for each alert that nobody has answered.

    Parameters
    ----------
    view : AlertList
    study : str
        Its name.

    Notes
    -----
    Each mail has the alert's id for its Message-ID, so that whoever takes the file in twice has it
    once. There is no address in it: crqlab knows none.
    """
    return b"".join(_mail(view, row, study) for row in records(view.to_answer))


def _mail(view: AlertList, row: Record, study: str) -> bytes:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = f"crqlab <alerts@{_HOST}>"
    mail["Subject"] = _subject(row, view.language)
    mail["Date"] = format_datetime(_moment(row.told_on))
    mail["Message-ID"] = f"<{row.alert_id}@{_HOST}>"
    mail.set_content("\n".join(_body(view, row, study)), cte="8bit")
    lines = re.sub(rb"(?m)^(>*From )", rb">\1", mail.as_bytes(policy=_POLICY))
    head = f"From alerts@{_HOST} {_moment(row.told_on):%a %b %d %H:%M:%S %Y}\n"
    return head.encode() + lines.rstrip(b"\n") + b"\n\n"


def _subject(row: Record, spoken: Language) -> str:
    return _line(spoken.say("alert_list.subject", customer=row.account, what=row.text))


def _body(view: AlertList, row: Record, study: str) -> Iterator[str]:
    """What a mail says, line by line; nothing of a person unless people are told of."""
    spoken, say = view.language, view.language.say
    yield f"{_line(row.account)}: {_line(row.text)}"
    owner = say("alert_list.nobody") if row.owner is None or row.owner != row.owner else row.owner
    yield say("alert_list.mail_owner", owner=_line(owner))
    if row.answer_by == row.answer_by:
        yield say("alert_list.mail_by", day=moment(row.answer_by, spoken))
    if row.answered_on == row.answered_on:
        yield say("alert_list.mail_answered", day=moment(row.answered_on, spoken))
    if row.state == PAST:
        yield say("alert_list.mail_past")
    if view.identified:
        facts = (("person", row.person), ("role", row.role), ("words", row.words))
        yield from (f"{say(f'alert_list.{key}')}: {_line(said)}" for key, said in facts
                    if said == said and said)  # fmt: skip
        if row.ltr == row.ltr:
            yield f"{say('alert_list.ltr')}: {spoken.number(row.ltr, 0)}"
    yield say("alert_list.mail_how", study=study, id=row.alert_id)


def _line(said: object) -> str:
    return " ".join(plain(said).split())


def _part(parent: ElementTree.Element, name: str, said: str) -> ElementTree.Element:
    part = ElementTree.SubElement(parent, name)
    part.text = plain(said)
    return part


def _moment(when: pd.Timestamp) -> datetime:
    """A moment as clocks of this machine mean it, in universal time."""
    return when.to_pydatetime().astimezone(UTC)


def _stamp(when: pd.Timestamp) -> str:
    return f"{_moment(when):%Y-%m-%dT%H:%M:%SZ}"
