"""What a codebook says of inviting people: in whose name, until when, and who approves whom."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from crqlab.base.instrument import Strict
from crqlab.base.sources import Text
from crqlab.base.wording import Worded, Wording


class Invitation(Strict):
    """What letters of invitation say, and who must have approved whom is invited.

    Attributes
    ----------
    programme : str
        What the programme is called, in several languages: never a survey.
    sender, title : str
        Who invites (the client's managing director), and as what.
    closes_on : date or None
        Until when one can answer.
    minutes : int
        That answering takes.
    strategic : tuple of str
        Tiers of accounts whose contact lists the sales director approves.
    director : str
        The sales director.
    """

    programme: Worded = Wording("")
    sender: str = ""
    title: Worded = Wording("")
    closes_on: date | None = None
    minutes: int = Field(default=10, ge=1, le=120)
    strategic: tuple[Text, ...] = ()
    director: str = ""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.strategic) != bool(self.director):
            raise ValueError(
                "strategic and director belong together: whose lists, and who approves them"
            )
        return self
