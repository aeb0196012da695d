"""Which constructs explain which: never CRQ by its parts, never an outcome by its own items."""

import pytest

from crqlab import CrqError, Instrument, drivers
from tests.drivers.made import codebook


def asked(constructs, items=None, recommend=None):
    used = dict.fromkeys([i for c in constructs.values() for i in c.get("items", ())], "")
    return Instrument.model_validate(
        {
            "name": "mini",
            "version": "1",
            "scale": [1, 5],
            "items": items or used,
            "constructs": constructs,
            "crq": {"constructs": list(constructs)},
            "recommend": recommend,
        }
    )


def test_parts_stand_for_their_whole_and_outcomes_are_no_drivers():
    found = drivers.questions(codebook(outcomes=("trust", "satisfaction")).instrument)
    assert found.drivers == ("care", "speed", "value")
    assert list(found.outcomes) == ["trust", "satisfaction", "ltr"]
    assert set(found.outcomes.values()) == {("care", "speed", "value")}
    assert found.left_out["construct"].tolist() == ["service"]
    assert str(found) == "Explained: Trust, Satisfaction, LTR; by Care, Speed, Value"


def test_neither_crq_nor_what_is_kept_apart_takes_part():
    constructs = {
        "trust": {"label": "Trust", "items": ["t"]},
        "calculative": {"label": "Calculative commitment", "items": ["k"]},
        "odd": {"label": "Distinctiveness", "items": ["d"]},
        "care": {"label": "Care", "items": ["c"]},
        "speed": {"label": "Speed", "items": ["s"]},
    }
    found = drivers.questions(asked(constructs))
    assert found.outcomes == {"trust": ("care", "speed")}
    assert found.left_out["construct"].tolist() == ["calculative", "odd"]
    with pytest.raises(CrqError, match="outcomes= is 'crq'"):
        drivers.questions(asked(constructs), outcomes=["crq"])


def test_outcomes_are_found_by_label_too():
    constructs = {
        "vertrauen": {"label": "Trust", "items": ["t"]},
        "care": {"label": "Care", "items": ["c"]},
        "speed": {"label": "Speed", "items": ["s"]},
    }
    assert list(drivers.questions(asked(constructs)).outcomes) == ["vertrauen"]


def test_an_outcome_is_not_explained_by_items_that_it_contains():
    constructs = {
        "trust": {"label": "Trust", "items": ["t", "c"]},
        "care": {"label": "Care", "items": ["c", "x"]},
        "speed": {"label": "Speed", "items": ["s"]},
        "value": {"label": "Value", "items": ["v"]},
    }
    found = drivers.questions(asked(constructs, recommend="Would you?"))
    assert found.outcomes["trust"] == ("speed", "value")
    assert found.outcomes["ltr"] == ("care", "speed", "value")
    row = found.left_out.iloc[0]
    assert (row["construct"], row["outcome"]) == ("care", "trust")


def test_a_whole_named_as_outcome_is_not_explained_by_its_parts():
    book = codebook()
    found = drivers.questions(book.instrument, outcomes=["service"], drivers=["care", "value"])
    assert found.outcomes == {}
    assert found.left_out["reason"].iloc[0] == "shares_items"
    named = drivers.questions(
        book.instrument, outcomes=["trust"], drivers=["trust", "care", "value"]
    )
    assert named.outcomes == {"trust": ("care", "value")}


def test_without_outcome_or_drivers_it_says_what_to_name():
    constructs = {"image": {"label": "Image", "items": ["a"]}}
    found = drivers.questions(asked(constructs))
    assert found.outcomes == {}
    assert "Name them with outcomes= and drivers=" in str(found)
