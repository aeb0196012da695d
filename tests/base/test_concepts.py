"""What a construct measures: as the codebook says, else as its name does, in three languages."""

import pickle

import pytest
from pydantic import ValidationError

from crqlab import Instrument
from crqlab.base.concepts import CONCEPTS, draft, kind_of

ENGLISH = {
    "trust": "Trust", "commitment": "Commitment", "calculative": "Calculative commitment",
    "satisfaction": "Satisfaction", "reliable": "Reliable", "responsive": "Responsive",
    "caring": "Caring", "service": "Service", "solution": "Solution",
    "experience": "Experience", "value": "Value", "unique": "Distinctiveness",
    "loyalty": "Loyalty", "image": "Image", "expectations": "Expectations",
}  # fmt: skip
SWEDISH = {
    "fortroende": "Förtroende", "engagemang": "Engagemang",
    "kalkyl": "Kalkylerande engagemang", "nojdhet": "Nöjdhet", "palitlighet": "Pålitlighet",
    "lyhordhet": "Lyhördhet", "omtanke": "Omtanke", "bemotande": "Service",
    "losning": "Lösning", "upplevelse": "Upplevelse", "varde": "Värde", "egenart": "Särprägel",
    "lojalitet": "Lojalitet", "anseende": "Anseende", "forvantan": "Förväntningar",
}  # fmt: skip
GERMAN = {
    "v": "Vertrauen", "b": "Commitment", "k": "Kalkulatives Commitment",
    "zufriedenheit": "Zufriedenheit", "zuverlaessigkeit": "Zuverlässigkeit",
    "r": "Reaktionsfähigkeit", "f": "Fürsorge", "s": "Servicequalität", "loesung": "Lösung",
    "e": "Erlebnis", "w": "Wahrgenommener Wert", "einzigartigkeit": "Einzigartigkeit",
    "l": "Loyalität", "i": "Image", "erwartungen": "Erwartungen",
}  # fmt: skip


def asked(constructs):
    """An instrument of one item a construct."""
    return Instrument.model_validate(
        {
            "name": "mini",
            "version": "1",
            "scale": [1, 7],
            "items": {f"{name}_1": "" for name in constructs},
            "constructs": {
                name: {"items": [f"{name}_1"], **({"label": one} if isinstance(one, str) else one)}
                for name, one in constructs.items()
            },
            "crq": {"constructs": [next(iter(constructs))]},
        }
    )


@pytest.mark.parametrize("called", [ENGLISH, SWEDISH, GERMAN], ids=["en", "sv", "de"])
def test_names_and_labels_tell_the_concepts_in_three_languages(called):
    found = asked(called)
    own = list(found.concepts.values())
    assert own[:3] == ["trust", "commitment", "calculative_commitment"]
    assert own[3:8] == ["satisfaction", "reliability", "responsiveness", "caring", "service"]
    assert own[8:12] == ["solution", "experience", "value", "uniqueness"]
    assert own[12:] == ["loyalty", "image", "other"]
    assert [found.kind(name) for name in called] == [
        *("outcome", "outcome", "apart", "outcome"),
        *["driver"] * 7,
        *("apart", "apart", "driver", "driver"),
    ]
    assert list(found.drafted) == list(called)


def test_every_concept_but_other_has_words():
    said = {draft({"q": name.replace("_", " ")})["q"].concept for name in CONCEPTS}
    assert said == set(CONCEPTS)


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("Overall satisfaction", "satisfaction"),
        ("Perceived value", "value"),
        ("Value for money", "value"),
        ("Brand image", "image"),
        ("Customer", "other"),
        ("Career", "other"),
        ("Trustees", "other"),
        ("Price and value", "other"),
        ("Commitment, calculative", "calculative_commitment"),
        ("TILLIT (1)", "trust"),
        ("Upplevt värde", "value"),
        ("", "other"),
    ],
)
def test_a_label_tells_by_its_first_word_of_weight(label, concept):
    assert draft({"q1": label})["q1"].concept == concept


def test_one_construct_has_a_concept_and_the_others_keep_its_kind():
    found = draft({"trust_people": "Trust in people", "q2": "Trust", "trust": "Confidence"})
    assert {name: tuple(one) for name, one in found.items()} == {
        "trust_people": ("other", "outcome"),
        "q2": ("other", "outcome"),
        "trust": ("trust", "outcome"),
    }


def test_what_the_codebook_says_goes_before_what_names_say():
    found = asked(
        {
            "trust": {"label": "Trust", "concept": "other"},
            "q2": {"label": "Question 2", "concept": "trust"},
            "q3": {"label": "Value", "kind": "apart"},
            "value": {"label": "Value for money", "concept": "value", "kind": "outcome"},
            "service": "Service",
        }
    )
    assert list(found.drafted) == ["q3", "service"]
    assert found.construct_of("trust") == "q2"
    assert found.construct_of("value") == "value"
    assert found.construct_of("service") == "service"
    assert found.construct_of("image") is None
    assert found.construct_of("other") is None
    kinds = {name: found.kind(name) for name in found.constructs}
    assert kinds == {
        "trust": "driver", "q2": "outcome", "q3": "apart", "value": "outcome", "service": "driver",
    }  # fmt: skip


def test_a_concept_that_two_constructs_claim_or_nobody_knows_is_refused():
    twice = {name: {"label": name, "concept": "trust"} for name in ("q1", "q2")}
    with pytest.raises(ValidationError, match=r"concept trust is given to \['q1', 'q2'\]"):
        asked(twice)
    with pytest.raises(ValidationError, match="calculative_commitment"):
        asked({"q1": {"label": "Q", "concept": "thrust"}})
    others = {name: {"label": name, "concept": "other"} for name in ("q1", "q2")}
    assert set(asked(others).concepts.values()) == {"other"}


def test_an_instrument_stays_the_same_when_it_was_asked_for_its_concepts():
    one, other = asked(ENGLISH), asked(ENGLISH)
    assert one.construct_of("solution") == "solution"
    assert one == other
    assert one.model_dump_json() == other.model_dump_json()
    assert pickle.loads(pickle.dumps(one)).concepts == other.concepts


def test_kinds_follow_from_concepts():
    kinds = {concept: kind_of(concept) for concept in CONCEPTS}
    assert [c for c, kind in kinds.items() if kind == "outcome"] == [
        "trust", "commitment", "satisfaction",
    ]  # fmt: skip
    assert [c for c, kind in kinds.items() if kind == "apart"] == [
        "calculative_commitment", "uniqueness", "loyalty",
    ]  # fmt: skip
