"""The letters of one client's wave, from what the codebook says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crqlab.base.codebook import Privacy
from crqlab.base.invitation import Invitation
from crqlab.language import Language


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to copy.

    Attributes
    ----------
    kind : str
        ceo, manager, reminder, last or thanks.
    heading, subject : str
    body : tuple of str
        Paragraphs, from the greeting to the name below.
    """

    kind: str
    heading: str
    subject: str
    body: tuple[str, ...]

    @property
    def text(self) -> str:
        """Subject and body, as a mail program takes them."""
        return "\n\n".join([self.subject, *self.body]) + "\n"


def letters(
    asked: Invitation, privacy: Privacy, client: str, manager: str | None, spoken: Language
) -> Iterator[Letter]:
    """Yield the letters that the people of one account manager's customers get.

    Parameters
    ----------
    asked : Invitation
    privacy : Privacy
        What may be promised of confidentiality.
    client : str
        The client's name.
    manager : str or None
        None for customers that nobody looks after.
    spoken : Language
    """
    say, code = spoken.say, spoken.code
    programme = getattr(asked.programme, "in_language", lambda _: "")(code)
    places = {
        "programme": str(programme) or say("invitation.programme"),
        "minutes": asked.minutes,
        "link": say("invitation.link"),
        "manager": say("invitation.manager_word"),
    }
    director = [asked.sender, str(asked.title.in_language(code)) if asked.title else "", client]
    own = [manager or say("invitation.manager_word"), client]
    until = {"day": asked.closes_on} if asked.closes_on else {}
    when = f"invitation.body_manager_{'until' if until else 'open'}"
    promise = say(
        f"invitation.{privacy.alerts}", minimum=privacy.min_scores, words=privacy.min_comments
    )
    parts = {
        "ceo": (director, [say("invitation.body_ceo", **places),
                           say("invitation.body_ceo_next", **places)]),
        "manager": (own, [say("invitation.body_manager", **places), say(when, **places, **until),
                          promise]),
        "reminder": (own, [say("invitation.body_reminder", **places), promise]),
        "last": (director, [say("invitation.body_last", **places)]),
        "thanks": (own, [say("invitation.body_thanks", **places)]),
    }  # fmt: skip
    for kind, (who, said) in parts.items():
        below = "\n".join([say("invitation.regards"), *filter(None, who)])
        hello = say("invitation.hello", to=say("invitation.to"))
        subject = say(f"invitation.subject_{kind}", **places)
        subject = subject[:1].upper() + subject[1:]
        yield Letter(kind, _heading(kind, manager, spoken), subject, (hello, *said, below))


def _heading(kind: str, manager: str | None, spoken: Language) -> str:
    if kind == "manager" and manager is None:
        return spoken.say("invitation.manager_nobody")
    named = manager or spoken.say("invitation.manager_word")
    return spoken.say(f"invitation.{kind}", name=named)
