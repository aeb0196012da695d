"""Concepts of the field that constructs measure, and a draft of them from what they are called.

The one place where a construct's name or label tells what it means; everybody else asks the
instrument for a concept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, get_args

Concept = Literal[
    "trust", "commitment", "calculative_commitment", "satisfaction", "reliability",
    "responsiveness", "caring", "service", "solution", "experience", "value", "uniqueness",
    "loyalty", "image", "other",
]  # fmt: skip
Kind = Literal["outcome", "driver", "apart"]
CONCEPTS: tuple[Concept, ...] = get_args(Concept)
#: Outcomes follow from performance; apart is what keeps people, or what they conclude from all.
#: Everything else is performance, and drives them.
KINDS: dict[Concept, Kind] = {
    "trust": "outcome",
    "commitment": "outcome",
    "satisfaction": "outcome",
    "calculative_commitment": "apart",
    "uniqueness": "apart",
    "loyalty": "apart",
}
#: Concepts that tell accounts apart, the first where not all can be looked at.
TELLING: tuple[Concept, ...] = (
    "service", "solution", "experience", "value", "commitment", "trust", "satisfaction",
)  # fmt: skip
#: What a concept is called, in English, Swedish and German; the first word or words of a name.
_WORDS = {
    "trust": "trust trustworthiness förtroende tillit vertrauen",
    "commitment": (
        "commitment affective engagemang affektivt hängivenhet verbundenheit affektives affektive"
    ),
    "calculative_commitment": (
        "calculative continuance kalkylerande kalkylmässigt beräknande kalkulatives "
        "kalkulative kalkuliertes fortsetzungsbezogenes"
    ),
    "satisfaction": (
        "satisfaction nöjdhet kundnöjdhet tillfredsställelse zufriedenheit kundenzufriedenheit "
        "gesamtzufriedenheit"
    ),
    "reliability": (
        "reliability reliable pålitlighet pålitlig tillförlitlighet tillförlitlig "
        "zuverlässigkeit zuverlässig verlässlichkeit verlässlich"
    ),
    "responsiveness": (
        "responsiveness responsive lyhördhet lyhörd responsivitet reaktionsfähigkeit "
        "reaktionsschnelligkeit reaktionsgeschwindigkeit"
    ),
    "caring": (
        "caring care empathy omtanke omsorg empati fürsorge fürsorglichkeit einfühlungsvermögen "
        "empathie"
    ),
    "service": (
        "service services kundservice tjänster dienstleistung dienstleistungen kundenservice "
        "kundendienst servicequalität"
    ),
    "solution": "solution solutions lösning lösningar lösung lösungen",
    "experience": (
        "experience experiences upplevelse upplevelser kundupplevelse erlebnis erfahrung "
        "kundenerlebnis kundenerfahrung"
    ),
    "value": "value värde kundvärde prisvärdhet wert kundennutzen preiswürdigkeit",
    "uniqueness": (
        "uniqueness unique distinctiveness distinctive unikhet unik särprägel särart "
        "einzigartigkeit einzigartig unverwechselbarkeit"
    ),
    "loyalty": "loyalty loyal lojalitet kundlojalitet loyalität kundenloyalität kundenbindung",
    "image": "image reputation anseende rykte varumärkesbild ansehen ruf markenbild",
}
_CALCULATIVE: Concept = "calculative_commitment"
#: Words that may stand before it and change nothing.
_BEFORE = (
    "overall general perceived customer client brand corporate övergripande allmän allmänt "
    "upplevd upplevt generell generellt allgemeine allgemeines wahrgenommene wahrgenommener "
    "wahrgenommenes generelle"
)
_ASCII = {"ae": "a", "oe": "o", "ue": "u"}


class Draft(NamedTuple):
    """What a construct probably measures: its concept, and its part in a model of drivers."""

    concept: Concept
    kind: Kind


def kind_of(concept: Concept) -> Kind:
    """Return the part that a concept has in a model of drivers.

    Examples
    --------
    >>> kind_of("trust"), kind_of("service"), kind_of("loyalty"), kind_of("other")
    ('outcome', 'driver', 'apart', 'driver')
    """
    return KINDS.get(concept, "driver")


def draft(
    labels: Mapping[str, str], taken: Mapping[str, Concept] | None = None
) -> dict[str, Draft]:
    """Guess the concept of every construct from its name, else from its label.

    A name that is a concept's word goes before such a label, both before what begins with the
    word, and the first construct of an instrument before the next: the others of one concept
    keep its kind, as ``other``.

    Parameters
    ----------
    labels : mapping of construct to label
    taken : mapping of construct to concept, optional
        What the codebook says: neither these constructs nor these concepts are guessed again.

    Returns
    -------
    dict of construct to Draft
        Of the constructs that are not in ``taken``.

    Examples
    --------
    >>> draft({"tillit": "Tillit", "q2": "Value for money", "q3": "Expectations"})["q2"]
    Draft(concept='value', kind='driver')
    >>> both = draft({"trust_people": "Trust in people", "trust": "Trust"})
    >>> both["trust_people"].concept, both["trust"].concept
    ('other', 'trust')
    """
    taken = taken or {}
    fits = {name: _fit(name, label) for name, label in labels.items() if name not in taken}
    gone, owner = set(taken.values()), {}
    for name in sorted(fits, key=lambda name: fits[name][1]):
        if fits[name][0] not in gone:
            owner.setdefault(fits[name][0], name)
    return {
        name: Draft(concept if owner.get(concept) == name else "other", kind_of(concept))
        for name, (concept, _) in fits.items()
    }


def _fit(name: str, label: str) -> tuple[Concept, int]:
    """The concept that a construct's name or label speaks of, and how clearly: 0 most."""
    for rank, text in enumerate((name, label)):
        words = list(_words(text))
        while len(words) > 1 and words[0] in _QUALIFIERS:
            words.pop(0)
        spoken = [_CONCEPT_OF[word] for word in words if word in _CONCEPT_OF]
        if _CALCULATIVE in spoken:  # what kind of commitment may be said after the word
            return _CALCULATIVE, 2
        if spoken and words[0] in _CONCEPT_OF:
            return spoken[0], rank if len(words) == 1 else 2
    return "other", 2


def _words(text: str) -> Iterator[str]:
    """Words without capitals, accents, digits; German umlauts alike in either spelling."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    for word in re.findall(r"[^\W\d_]+", plain):
        for spelled, letter in _ASCII.items():
            word = word.replace(spelled, letter)
        yield word


_CONCEPT_OF: dict[str, Concept] = {
    word: concept for concept, called in _WORDS.items() for word in _words(called)
}
_QUALIFIERS = frozenset(_words(_BEFORE))
