"""The playbook as data: which action for which segment, by whom, until when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from crqlab.base import yaml_documents
from crqlab.base.contracts import frames
from crqlab.base.instrument import Name, Strict
from crqlab.base.rule_syntax import Faults
from crqlab.base.study import PLAYBOOK, Study
from crqlab.segments.segment import Words
from crqlab.segments.segment_traits import SegmentTraits, packed, said, unpacked
from crqlab.segments.thresholds import Thresholds
from crqlab.segments.trait_syntax import truth, words

SHIPPED = Path(__file__).with_name("playbook.yaml")
ACCOUNT_MANAGER, SILENT, UNSETTLED = "account_manager", "silent", "unsettled"
OTHERWISE = "otherwise"  # the wording for accounts that are not there by an action's reason
#: What stands for segments by what they are, and for accounts without one.
KINDS = ("top", "weak", "between", SILENT)
Spoken = Annotated[Words, BeforeValidator(words)]


class Action(Strict):
    """One action of a playbook.

    Attributes
    ----------
    code : str
    segments : tuple of str
        Names, or ``top``, ``weak``, ``between`` (neither) and ``silent``.
    excluded : tuple of str
        Names that these words do not stand for; ``except`` in a file.
    party : str
        ``us`` or ``customer``: who acts.
    owner : str
        ``account_manager``, or who else in words.
    days : int
        From the last answer of the wave.
    hours : float
        That it takes.
    ends_relationship : bool
        Whether it may end with leaving the account.
    name, text : tuple of (language, text)
        What it is called, and what to do.
    because : str
        Code of the reason that the text takes for granted; empty for none.
    otherwise : tuple of (language, text)
        What to do at accounts that are not in their segment by it.
    """

    code: Name
    segments: tuple[str, ...] = Field(min_length=1)
    excluded: tuple[str, ...] = Field(default=(), alias="except")
    party: Literal["us", "customer"] = "us"
    owner: str = Field(default=ACCOUNT_MANAGER, min_length=1)
    days: int = Field(ge=0, le=3650)
    hours: float = Field(default=0.0, ge=0)
    ends_relationship: Annotated[bool, BeforeValidator(truth)] = False
    name: Spoken = ()
    text: Spoken
    because: str = ""
    otherwise: Spoken | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.because) != bool(self.otherwise):
            raise ValueError("because and otherwise belong together: a reason, and what else to do")
        return self

    def of(self, traits: SegmentTraits) -> tuple[str, ...]:
        """Return the segments that it is for, and ``silent`` where it is for silent accounts."""
        kinds = {
            "top": [traits.top] if traits.top else [],
            "weak": traits.weak,
            "between": [n for n in traits.order if n != traits.top and n not in traits.weak],
        }
        meant = {
            name
            for kind in self.segments
            for name in kinds.get(kind, [kind])
            if name not in self.excluded
        }
        return tuple(name for name in (*traits.order, SILENT) if name in meant)


def _distinct(actions: tuple[Action, ...], info: ValidationInfo) -> tuple[Action, ...]:
    """Codes once; names that the thresholds of ``info.context`` have, if there are any."""
    faults, codes = Faults(), [one.code for one in actions]
    known: SegmentTraits | None = info.context
    for place, one in enumerate(actions):
        if one.code in codes[:place]:
            faults.add((place, "code"), one.code, f"code {one.code!r} comes twice")
        if known is None:
            continue
        options = ", ".join((*known.order, *KINDS))
        for key, names in (("segments", one.segments), ("except", one.excluded)):
            for at, name in enumerate(names):
                if name not in (*known.order, *KINDS):
                    rule = f"{name!r} is no segment of the thresholds in use; there are: {options}"
                    faults.add((place, key, at), name, rule)
    faults.raised()
    return actions


def _harmless(action: Action | None) -> Action | None:
    if action is not None and action.ends_relationship:
        raise ValueError("what is for unsettled accounts may not end a relationship")
    return action


class Playbook(Strict):
    """Actions for segments, in the order in which they are to be shown.

    Attributes
    ----------
    source : str
        Whose proposal it is.
    actions : tuple of Action
    unsettled : Action or None
        For weak accounts that are not surely so.

    Examples
    --------
    >>> print(shipped())
    8 actions, crqlab's own: recognise, ask_for_referral, co_create, differentiate,
    close_the_loop, recover_or_exit, meet_or_exit, listen
    >>> shipped().text("listen", "sv")
    'Möt dem personligen: tystnad är inget gott tecken'
    """

    source: str = "the study's own"
    actions: Annotated[tuple[Action, ...], Field(min_length=1), AfterValidator(_distinct)]
    unsettled: Annotated[Action | None, AfterValidator(_harmless)] = None

    def __str__(self) -> str:
        codes = ", ".join(one.code for one in self.actions)
        return f"{len(self.actions)} actions, {self.source}: {codes}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that the playbook says, whatever its file looks like."""
        said = (*self.actions, *([self.unsettled] if self.unsettled else []))
        content = [one.model_dump(mode="json") for one in said]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def quoted(self) -> str:
        """How a run card names it."""
        return f"{self.source} ({self.fingerprint[:12]})"

    def name(self, code: str, language: str = "en") -> str:
        """Return what readers of a language call an action."""
        names = (one.name for one in (*self.actions, self.harmless) if one.code == code)
        return said(next(names, ()), language) or code.replace("_", " ")

    def text(self, code: str, language: str = "en", *, otherwise: bool = False) -> str:
        """Return what is to be done, in English where nobody said it else.

        Parameters
        ----------
        code, language : str
        otherwise : bool
            At an account that is not in its segment by the reason that the text takes for granted.
        """
        known = (one for one in (*self.actions, self.harmless) if one.code == code)
        texts = (one.otherwise if otherwise and one.otherwise else one.text for one in known)
        return said(next(texts, ()), language, "en")

    def texts(self, rows: pd.DataFrame, language: str = "en") -> list[str]:
        """Return what is to be done, row by row of table ``actions``."""
        wording = rows["wording"] if "wording" in rows else [None] * len(rows)
        pairs = zip(rows["action"], wording, strict=True)
        return [self.text(code, language, otherwise=said == OTHERWISE) for code, said in pairs]

    @property
    def harmless(self) -> Action:
        """What to do at weak accounts that are not surely so; crqlab's own if nothing is said."""
        own = self.unsettled or shipped().unsettled
        assert own is not None  # the shipped one has it
        taken = own.code in {one.code for one in self.actions}
        return own.model_copy(update={"code": f"{own.code}_people"}) if taken else own

    def unmet(self, traits: SegmentTraits) -> list[str]:
        """Return segments, and ``silent``, that no action is for."""
        met = {name for one in self.actions for name in one.of(traits)}
        return [name for name in (*traits.order, SILENT) if name not in met]

    def planned(self, traits: SegmentTraits) -> list[tuple[Action, tuple[str, ...]]]:
        """Return every action, and whom it is for: segments, ``silent``, ``unsettled``."""
        own = [(one, one.of(traits)) for one in self.actions]
        return [*own, (self.harmless, (UNSETTLED,))]

    def table(self, traits: SegmentTraits) -> pd.DataFrame:
        """Return table ``playbook``."""
        rows = [
            {
                "action": one.code,
                "place": place,
                "segments": json.dumps(meant, ensure_ascii=False),
                "party": one.party,
                "owner": one.owner,
                "days": one.days,
                "hours": one.hours,
                "ends_relationship": one.ends_relationship,
                "name": packed(one.name),
                "text": packed(one.text),
                "because": one.because or None,
                "otherwise": packed(one.otherwise or ()),
            }
            for place, (one, meant) in enumerate(self.planned(traits), 1)
        ]
        return frames.from_records(rows, "playbook")


def shipped() -> Playbook:
    """Return the playbook that crqlab proposes.

    Examples
    --------
    >>> import crqlab as crq
    >>> result = crq.segments.shipped()
    """
    return _shipped()


@cache
def _shipped() -> Playbook:
    return yaml_documents.load(SHIPPED, Playbook)


def playbook_of(study: Study, thresholds: Thresholds) -> Playbook:
    """Return the playbook of a study, ours where it has none.

    Raises
    ------
    DataError
        ``playbook.yaml`` has faults, or names segments that the thresholds do not have;
        ``cases`` names them by line.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> result = crq.segments.playbook_of(study, crq.segments.starting())
    """
    path = study.raw / PLAYBOOK
    if not path.is_file():
        return shipped()
    return yaml_documents.load(path, Playbook, context=thresholds.traits)


def of_table(rows: pd.DataFrame) -> Playbook:
    """Return the words of table ``playbook``; no action from no rows."""
    found = [_read(row) for row in rows.sort_values("place").to_dict("records")]
    return Playbook.model_construct(actions=tuple(found))


def _read(row: dict[str, Any]) -> Action:
    own = {key: row[key] for key in ("party", "owner", "days", "hours", "ends_relationship")}
    names: Iterable[str] = json.loads(row["segments"])
    spoken = {key: unpacked(row[key]) for key in ("name", "text", "otherwise")}
    return Action.model_construct(
        code=row["action"], segments=tuple(names), excluded=(), because="", **own, **spoken
    )
