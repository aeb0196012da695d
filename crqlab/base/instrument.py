"""What was asked: items, the constructs they measure, and how a CRQ score is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Self

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crqlab.base.codebook_summary import instrument_summary
from crqlab.base.concepts import Concept, Draft, Kind, draft, kind_of
from crqlab.base.wording import Worded, Wording

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Code = int | float | str

#: Columns that every responses table has; no item or construct may take such a name.
RESERVED = frozenset(
    "client_id wave response_id account_id contact_id role language batch started seconds "
    "seniority confidence n_items crq uniqueness ltr mean_ltr nps n low high flag".split()
)


class Strict(BaseModel):
    """A part of a codebook: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show in a notebook what `print` shows."""
        printer.text(str(self))


class Scale(Strict):
    """Ends of an answer scale, in scale points, ``[1, 7]`` in a codebook."""

    low: int
    high: int

    @model_validator(mode="before")
    @classmethod
    def _pair(cls, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) == 2:
            return {"low": value[0], "high": value[1]}
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"a scale runs from low to high; found [{self.low}, {self.high}]")
        return self

    @property
    def points(self) -> int:
        """How many answers are possible."""
        return self.high - self.low + 1


class Item(Strict):
    """One closed question; in a codebook a plain text is short for its wording.

    ``text`` may be one text for each language: ``{en: Keeps its word, sv: Håller vad de lovar}``.
    """

    text: Worded = Wording("")
    reversed: bool = False
    missing: tuple[Code, ...] = ()
    scale: Scale | None = None


class Construct(Strict):
    """A named facet, measured by items or made of other constructs (its parts).

    Attributes
    ----------
    label : str
        What readers call it, in the language of the study.
    items, parts : tuple of str
        One of the two is empty.
    concept : str or None
        What it measures, one of `crqlab.base.concepts.CONCEPTS`: rules, models and pages ask for
        it. Drafted from name and label where it is missing; see `Instrument.concepts`.
    kind : str or None
        ``outcome``, ``driver`` or ``apart`` in models of drivers; by default the concept's.
    """

    label: str
    items: tuple[Name, ...] = ()
    parts: tuple[Name, ...] = ()
    concept: Concept | None = None
    kind: Kind | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if bool(self.items) == bool(self.parts):
            raise ValueError("a construct has either items or parts, and at least one of them")
        return self


class CrqRule(Strict):
    """Which constructs make the CRQ score, and how many a respondent needs."""

    constructs: tuple[Name, ...] = ()
    required: tuple[Name, ...] = ()
    at_least: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if stray := set(self.required) - set(self.constructs):
            raise ValueError(f"required names {sorted(stray)}, which constructs does not list")
        if self.at_least > max(len(self.constructs), 1):
            raise ValueError(f"at_least is {self.at_least} of {len(self.constructs)} constructs")
        return self


def _worded(value: Any) -> Any:
    """Let ``tru_1: They keep their word`` stand for a full item."""
    if not isinstance(value, Mapping):
        return value
    return {k: {"text": v} if isinstance(v, str) else v or {} for k, v in value.items()}


class Instrument(Strict):
    """A questionnaire: one answer scale, its items, constructs and scoring rule.

    Attributes
    ----------
    scale : Scale
        The answer scale of all items that do not bring their own; scores live on it.
    items : mapping of name to Item
        None in a study of the 0-10 question alone: it has no CRQ.
    constructs : mapping of name to Construct
        In the order in which reports list them.
    crq : CrqRule
        The score is the equal-weight mean of these constructs.
    uniqueness : tuple of str
        Constructs whose mean is an account's uniqueness; empty if not measured.
    item_share : float
        Least share of a construct's items that a respondent must answer, in (0, 1].
    recommend, familiarity : str or None
        Wording of the 0-10 "likely to recommend" question and of "how well do you know
        this supplier relationship?"; None if not asked.
    comments : mapping of name to wording
        Open questions. All wordings may be in several languages (`crqlab.base.wording`).

    Examples
    --------
    >>> crq = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 7],
    ...     "items": {"tru_1": "Keeps its word", "tru_2": {"reversed": True}},
    ...     "constructs": {"trust": {"label": "Trust", "items": ["tru_1", "tru_2"]}},
    ...     "crq": {"constructs": ["trust"]}})
    >>> crq.keyed(pd.DataFrame({"tru_1": [6.0], "tru_2": [2.0]}))
       tru_1  tru_2
    0    6.0    6.0
    """

    name: str
    version: str
    scale: Scale
    items: Annotated[dict[Name, Item], BeforeValidator(_worded)] = Field(default_factory=dict)
    constructs: dict[Name, Construct] = Field(default_factory=dict)
    crq: CrqRule = CrqRule()
    uniqueness: tuple[Name, ...] = ()
    item_share: float = Field(default=0.5, gt=0, le=1)
    recommend: Worded | None = None
    familiarity: Worded | None = None
    comments: dict[Name, Worded] = Field(default_factory=dict)

    def __str__(self) -> str:
        return instrument_summary(self)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        faults = [*self._unasked(), *self._unknown(), *self._clashes(), *self._loops(),
                  *self._rivals()]  # fmt: skip
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _unasked(self) -> list[str]:
        """Without items there are no constructs and no score; then the 0-10 question is all."""
        if not self.items:
            return [] if self.recommend else ["name the items, or the 0-10 question: recommend:"]
        parts = {"constructs": self.constructs, "crq > constructs": self.crq.constructs}
        return [f"{part} is empty, but items are named" for part, has in parts.items() if not has]

    def _unknown(self) -> list[str]:
        """Items and constructs that are used but never declared."""
        faults = []
        for name, construct in self.constructs.items():
            if stray := [i for i in construct.items if i not in self.items]:
                faults.append(f"construct {name} uses items that are not declared: {stray}")
            if stray := [p for p in construct.parts if p not in self.constructs]:
                faults.append(f"construct {name} has parts that are not declared: {stray}")
        for rule, names in (
            ("crq", self.crq.constructs),
            ("uniqueness", self.uniqueness),
        ):
            if stray := [n for n in names if n not in self.constructs]:
                faults.append(f"{rule} names constructs that are not declared: {stray}")
        return faults

    def _clashes(self) -> list[str]:
        """Names that would make two columns of one name."""
        names = [*self.items, *self.constructs, *self.comments]
        twice = sorted({n for n in names if names.count(n) > 1 or n in RESERVED})
        return [f"rename {twice}: used twice, or kept for crqlab's own columns"] if twice else []

    def _loops(self) -> list[str]:
        """Parts are one level deep: a part has items."""
        deep = [
            name
            for name, construct in self.constructs.items()
            if any(self.constructs[p].parts for p in construct.parts if p in self.constructs)
        ]
        return [f"constructs {deep} have parts that have parts; only one level"] if deep else []

    def _rivals(self) -> list[str]:
        """A rule that asks for a concept must find one construct."""
        sharing: dict[str, list[str]] = {}
        for name, construct in self.constructs.items():
            if construct.concept and construct.concept != "other":
                sharing.setdefault(construct.concept, []).append(name)
        return [
            f"concept {concept} is given to {names}; keep it for the one that rules shall ask "
            "for, and give the others concept: other and their kind"
            for concept, names in sharing.items()
            if len(names) > 1
        ]

    @cached_property
    def drafted(self) -> Mapping[str, Draft]:
        """Constructs whose concept the codebook leaves open, with what their names say."""
        labels = {name: one.label for name, one in self.constructs.items()}
        given = {name: one.concept for name, one in self.constructs.items() if one.concept}
        return draft(labels, given)

    @cached_property
    def concepts(self) -> Mapping[str, Concept]:
        """Concept of every construct, as the codebook says or as its name does."""
        return {
            name: one.concept or self.drafted[name].concept for name, one in self.constructs.items()
        }

    def construct_of(self, concept: Concept) -> str | None:
        """Return the construct that measures a concept of the field, or None."""
        found = (name for name, has in self.concepts.items() if has == concept != "other")
        return next(found, None)

    def alike(self, theirs: Instrument) -> dict[str, str]:
        """Return what another instrument's constructs are called here, where they mean the same.

        Constructs of one concept are one measure, whatever they are called; those without a
        concept are where both name and label agree.
        """
        found = {}
        for name, concept in theirs.concepts.items():
            own = self.construct_of(concept) or name
            same = own in self.constructs and self.concepts[own] == concept
            if same and (concept != "other" or self.label(name) == theirs.label(name)):
                found[name] = own
        return found

    def kind(self, name: str) -> Kind:
        """Return whether a construct is an outcome, a driver, or apart from both."""
        one = self.constructs[name]
        drafted_ = self.drafted.get(name)
        return one.kind or (drafted_.kind if drafted_ else kind_of(self.concepts[name]))

    def bounds(self, item: str) -> Scale:
        """Return the answer scale of one item."""
        return self.items[item].scale or self.scale

    def label(self, name: str) -> str:
        """Return what a reader calls a score."""
        fixed = {
            "crq": "CRQ",
            "nps": "NPS",
            "mean_ltr": "Mean LTR",
            "uniqueness": "Uniqueness",
        }
        return self.constructs[name].label if name in self.constructs else fixed.get(name, name)

    def in_language(self, language: str) -> Self:
        """Return the instrument with every wording in a language, where it has one in it.

        Examples
        --------
        >>> asked = Instrument.model_validate({"name": "mini", "version": "1", "scale": [1, 7],
        ...     "recommend": {"en": "Recommend?", "sv": "Rekommendera?"}})
        >>> asked.in_language("sv").recommend, asked.in_language("de").recommend
        ('Rekommendera?', 'Recommend?')
        """
        items = {
            name: item.model_copy(update={"text": item.text.in_language(language)})
            for name, item in self.items.items()
        }
        comments = {name: text.in_language(language) for name, text in self.comments.items()}
        asked = {
            name: text and text.in_language(language)
            for name, text in (("recommend", self.recommend), ("familiarity", self.familiarity))
        }
        return self.model_copy(update={"items": items, "comments": comments, **asked})

    def unspoken(self, language: str) -> list[str]:
        """Return the questions that have no wording in a language, and one in others.

        Examples
        --------
        >>> asked = Instrument.model_validate({"name": "mini", "version": "1", "scale": [1, 7],
        ...     "recommend": "Recommend?", "comments": {"best": {"en": "The best?"}}})
        >>> asked.unspoken("sv"), asked.unspoken("en")
        (['best'], [])
        """
        asked = {name: item.text for name, item in self.items.items()} | dict(self.comments)
        asked |= {"ltr": self.recommend, "familiarity": self.familiarity}
        return [name for name, text in asked.items() if text and not text.spoken(language)]

    def keyed(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Turn reversed items round and bring foreign scales onto the instrument's.

        Parameters
        ----------
        answers : DataFrame, one column per item (any subset), scale points as answered

        Returns
        -------
        DataFrame of the same shape
            On ``scale``; more always means a better relationship.
        """
        low, high = float(self.scale.low), float(self.scale.high)
        turned = {}
        for name in answers.columns:
            own = self.bounds(name)
            values = answers[name]
            if self.items[name].reversed:
                values = own.low + own.high - values
            if own != self.scale:
                values = low + (values - own.low) * (high - low) / (own.high - own.low)
            turned[name] = values
        return pd.DataFrame(turned, index=answers.index)
