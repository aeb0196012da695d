"""What a codebook says of waves must be possible: at different times, of known items, once."""

import pytest
from pydantic import ValidationError

from crqlab.base.codebook import Codebook

FILE = {"file": "a.csv", "wave": "spring"}


def book(waves, **source):
    return Codebook.model_validate(
        {
            "title": "t",
            "waves": waves,
            "responses": {"files": [FILE | source]},
            "instrument": {
                "name": "n", "version": "1", "scale": [1, 7], "recommend": "R?",
                "comments": {"best": "B?"}, "items": {"t1": "", "s1": ""},
                "constructs": {"trust": {"label": "Trust", "items": ["t1"]},
                               "satisfaction": {"label": "Satisfaction", "items": ["s1"]}},
                "crq": {"constructs": ["trust", "satisfaction"]},
            },
        }
    )  # fmt: skip


IMPOSSIBLE = {
    "overlap": (
        {"a": {"from": "2024-01-01", "to": "2024-03-31"},
         "b": {"from": "2024-03-31", "to": "2024-06-30"}},
        {}, r"waves a \(until 2024-03-31\) and b \(from 2024-03-31\) overlap",
    ),
    "one day": ({"a": {"from": "2024-01-01"}, "b": {"from": "2024-01-01"}}, {}, "both begin on"),
    "turned": ({"a": {"from": "2024-02-01", "to": "2024-01-01"}}, {}, "lies after to"),
    "unknown item": ({"a": {"items": ["t1", "q9"]}}, {}, r"a > items names \['q9'\]"),
    "no item": ({"a": {"items": []}}, {}, "at least 1 item"),
    "asked and not": (
        {"spring": {"items": ["t1", "s1"]}}, {"not_asked": ["s1"]},
        r"spring > items lists \['s1'\], and a.csv says not_asked",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_contradictions_are_refused_with_what_they_are(case):
    waves, source, said = IMPOSSIBLE[case]
    with pytest.raises(ValidationError, match=said):
        book(waves, **source)


def test_what_agrees_is_taken():
    waves = {"spring": {"from": "2024-03-01", "items": ["t1", "ltr", "best"], "slice": True},
             "autumn": {"from": "2024-09-01", "to": "2024-10-31"}}  # fmt: skip
    found = book(waves, not_asked=["s1"]).waves
    assert found["spring"].items == ("t1", "ltr", "best")
    assert found["spring"].slice
    assert found["autumn"].items is None
