"""What cannot wait until a wave is over, as data: which answer or account, whose turn, how soon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from unicodedata import normalize

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationInfo

from crqlab.base import yaml_documents
from crqlab.base.concepts import CONCEPTS
from crqlab.base.conditions import Condition, Group, conditions, truth
from crqlab.base.instrument import Instrument, Name, Scale, Strict
from crqlab.base.rule_syntax import Faults, Place, Reader
from crqlab.base.study import Study
from crqlab.base.wording import Worded

FILE = "alerts.yaml"
SHIPPED = Path(__file__).with_name("alerts.yaml")
ACCOUNT_MANAGER = "account_manager"
_SCALE = Scale(low=1, high=7)
_DAYS = (0.0, 3650.0)
#: What is known of an account, and between what its cuts lie.
OF_ACCOUNTS = {"renewal_days": _DAYS, "silent_days": _DAYS, "revenue_rank": (0.0, 1.0)}
CHANGE = "change"
_MADE = ("ltr", "crq", CHANGE, *OF_ACCOUNTS)


@dataclass(frozen=True, slots=True)
class Listed:
    """A text of an account that is one of several, whatever its case: ``tier``."""

    name: str
    options: tuple[str, ...]

    def held(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Say of each row whether it does; one without the text does not."""
        wanted = {option.casefold() for option in self.options}
        return rows[self.name].fillna("").astype(str).str.strip().str.casefold().isin(wanted)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of any language, one of which an answer's comments hold, as whole words."""

    words: tuple[str, ...]

    def held(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Say of each row whether its ``words`` hold one."""
        either = "|".join(r"\s+".join(map(re.escape, _plain(word).split())) for word in self.words)
        found = re.compile(rf"(?<!\w)(?:{either})(?!\w)")
        return np.array([bool(found.search(_plain(said))) for said in rows["words"]], dtype=bool)


When = Condition | Group | Listed | Words


def _plain(said: str) -> str:
    return normalize("NFKC", said).casefold()


class AlertRule(Strict):
    """One rule: what cannot wait, whose turn it is then, and how soon.

    Attributes
    ----------
    code : str
    when : Condition, Listed, Words or Group of these
    owner : str
        ``account_manager``, or who else in words.
    hours : float
        Within which somebody should have answered, in (0, 8760].
    text : str
        What has happened, in several languages.
    """

    code: Name
    when: Any
    owner: str = Field(default=ACCOUNT_MANAGER, min_length=1, max_length=120)
    hours: float = Field(gt=0, le=8760)
    text: Worded

    @property
    def leaves(self) -> tuple[Condition | Listed | Words, ...]:
        """Its conditions, from top to bottom."""
        return tuple(conditions(self.when))

    @property
    def scores(self) -> tuple[str, ...]:
        """What it looks at of answers and accounts as numbers."""
        found = (name for one in self.leaves if isinstance(one, Condition) for name in one.scores)
        return tuple(dict.fromkeys(found))

    @property
    def of_answers(self) -> bool:
        """Whether it is about single answers; else about accounts."""
        told = any(name != CHANGE and name not in OF_ACCOUNTS for name in self.scores)
        return told or self.of_words

    @property
    def of_words(self) -> bool:
        """Whether it looks at what people wrote."""
        return any(isinstance(one, Words) for one in self.leaves)

    @property
    def of_changes(self) -> bool:
        """Whether it looks at the wave before."""
        return CHANGE in self.scores

    def held(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Say of which rows it surely holds; what is not known never makes an alert.

        Parameters
        ----------
        rows : DataFrame
            A column for each of `scores`; ``tier`` and ``words`` where it asks for them.
        """
        known = {}
        for one in self.leaves:
            if isinstance(one, Condition):
                scores = {name: rows[name].to_numpy(float) for name in one.scores}
                known[one] = one.held(one.value(scores))
            else:
                yes = np.asarray(one.held(rows), dtype=bool)
                known[one] = (yes, yes)
        return truth(self.when, known)[0]


class _AlertReader(Reader):
    """Reads conditions of thresholds, and of texts."""

    def condition(self, given: Any, place: Place) -> list:
        """Read one entry: a group, a score with its bounds, ``tier`` or ``words``."""
        if isinstance(given, dict) and len(given) == 1:
            ((name, said),) = given.items()
            if name == "tier":
                return self._tier(said, (*place, name))
            if name == "words":
                return self._words(said, (*place, name))
        return super().condition(given, place)

    def _scores(self, names: list, place: Place) -> tuple[str, ...]:
        """Names of scores; several together are levels on the answer scale."""
        if len(names) > 1 and (apart := [name for name in names if name in self.likely]):
            rule = f"{apart[0]} is no level on the answer scale, and is not held against one"
            self.faults.add(place, apart[0], rule)
        return super()._scores(names, place)

    def _tier(self, said: Any, place: Place) -> list[Listed]:
        options = said.get("is") if isinstance(said, dict) and len(said) == 1 else None
        options = [options] if isinstance(options, str | int) else options
        if not isinstance(options, list) or not options or not all(map(_text, options)):
            self.faults.add(place, said, "tier needs 'is' with your own names, as in {is: [A]}")
            return []
        return [Listed("tier", tuple(str(one).strip() for one in options))]

    def _words(self, said: Any, place: Place) -> list[Words]:
        lists = list(said.values()) if isinstance(said, dict) else []
        if not lists or any(not isinstance(one, list) or not one for one in lists):
            rule = "words needs a list for each language, as in {en: [call me], sv: [ring mig]}"
            self.faults.add(place, said, rule)
            return []
        words = [word for one in lists for word in one]
        if wrong := [word for word in words if not isinstance(word, str) or not word.strip()]:
            self.faults.add(place, wrong[0], f"{wrong[0]!r} is no word; write text in quotes")
            return []
        return [Words(tuple(dict.fromkeys(word.strip() for word in words)))]


def _text(option: Any) -> bool:
    return isinstance(option, str | int) and not isinstance(option, bool) and str(option).strip()


def _read(rules: tuple[AlertRule, ...], info: ValidationInfo) -> tuple[AlertRule, ...]:
    """Read what every rule says under ``when``, for the instrument of ``info.context``."""
    asked: Instrument | None = info.context
    scale = info.data.get("scale") or (asked.scale if asked else _SCALE)
    own = tuple(asked.constructs) if asked else ()
    faults, read = Faults(), []
    span = float(scale.high - scale.low)
    likely = {"ltr": (0.0, 10.0), CHANGE: (-span, span), **OF_ACCOUNTS}
    reader = _AlertReader(
        faults, (*own, *CONCEPTS), scale.low, scale.high, made=_MADE, likely=likely
    )
    if not rules:
        faults.add((), rules, "must have at least 1 entries, and has 0")
    for place, rule in enumerate(rules):
        if not all(said.strip() for said in getattr(rule.text, "texts", {"": ""}).values()):
            faults.add((place, "text"), rule.text, "is empty; say what has happened")
        if rule.code in [one.code for one in rules[:place]]:
            faults.add((place, "code"), rule.code, f"code {rule.code!r} comes twice")
        found = reader.condition(rule.when, (place, "when"))
        when = found[0] if len(found) == 1 else Group("all", tuple(found))
        read.append(rule.model_copy(update={"when": when}))
    faults.raised()
    return tuple(read)


class AlertRules(Strict):
    """Rules of what cannot wait, in the order in which they are told.

    Attributes
    ----------
    source : str
        Whose proposal it is.
    scale : Scale or None
        That the cuts are written for; the instrument's if left out.
    rules : tuple of AlertRule

    Examples
    --------
    >>> print(shipped_alerts())
    5 rules, crqlab's own: detractor_at_top_tier, low_trust, falling_before_renewal, call_me,
    account_silent
    """

    source: str = "the study's own"
    scale: Scale | None = None
    rules: Annotated[tuple[AlertRule, ...], AfterValidator(_read)]

    def __str__(self) -> str:
        codes = ", ".join(one.code for one in self.rules)
        return f"{len(self.rules)} rules, {self.source}: {codes}"

    def rule(self, code: str) -> AlertRule | None:
        """Return the rule of a code; None for one that was there once."""
        return next((one for one in self.rules if one.code == code), None)

    def fitted(self, instrument: Instrument) -> tuple[AlertRules, dict[str, tuple[str, ...]]]:
        """Return the rules for an instrument, and those that it cannot answer.

        Parameters
        ----------
        instrument : Instrument

        Returns
        -------
        tuple of AlertRules, dict
            Words of rules are the instrument's own constructs then, and cuts are on its scale;
            of each rule that is left out, what the instrument does not measure.
        """
        kept, left = [], {}
        for rule in self.rules:
            missing = tuple(name for name in rule.scores if not _column(name, instrument))
            if missing:
                left[rule.code] = missing
            else:
                when = _carried(rule.when, self.scale or instrument.scale, instrument)
                kept.append(rule.model_copy(update={"when": when}))
        told = {"source": self.source, "scale": instrument.scale, "rules": tuple(kept)}
        return AlertRules.model_construct(**told), left


def _column(name: str, instrument: Instrument) -> str | None:
    """The column of a rule's word; none where the instrument does not measure it."""
    if name == "ltr":
        return name if instrument.recommend is not None else None
    if name in ("crq", CHANGE):
        return name if instrument.crq.constructs else None
    if name in OF_ACCOUNTS:
        return name
    return name if name in instrument.constructs else instrument.construct_of(name)


def _carried(rule: When, scale: Scale, instrument: Instrument) -> When:
    """The same rule with an instrument's words, and cuts at the same share of its scale."""
    if isinstance(rule, Group):
        return Group(rule.how, tuple(_carried(one, scale, instrument) for one in rule.parts))
    if not isinstance(rule, Condition):
        return rule
    names = tuple(_column(name, instrument) for name in rule.scores)
    ratio = (instrument.scale.high - instrument.scale.low) / (scale.high - scale.low)
    cut = rule.cut
    if rule.kind == "gap" or names[0] == CHANGE:
        cut = cut * ratio
    elif names[0] != "ltr" and names[0] not in OF_ACCOUNTS and rule.kind != "lowest_of":
        cut = instrument.scale.low + (cut - scale.low) * ratio
    return replace(rule, scores=names, cut=cut)


@cache
def shipped_alerts() -> AlertRules:
    """Return the rules that crqlab proposes.

    Examples
    --------
    >>> shipped_alerts().rule("low_trust").hours
    48.0
    """
    return yaml_documents.load(SHIPPED, AlertRules)


def alert_rules_of(study: Study) -> AlertRules:
    """Return the alert rules of a study, ours where it has none.

    Parameters
    ----------
    study : Study

    Raises
    ------
    DataError
        ``alerts.yaml`` has faults; ``cases`` names them by line.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> len(alert_rules_of(study).rules)
    5
    """
    path = study.raw / FILE
    if not path.is_file():
        return shipped_alerts()
    return yaml_documents.load(path, AlertRules, context=study.codebook.instrument)


def unmeasured(left: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Say which rules are left out, and why."""
    for code, names in left.items():
        yield f"rule {code} is left out: the questionnaire does not measure {', '.join(names)}"
