"""What a study has no data for is told by code, and what would add it."""

import pytest

from crqlab.base.contracts.cautions import codes
from crqlab.page import summary
from tests.page.reading import plain


def told(view):
    return [codes(cell)[0]["code"] for cell in view.summary.unknown]


def test_a_study_without_contracts_says_what_would_tell_renewals(view_of):
    seen = view_of()
    assert "outcomes" in told(seen)
    assert "items" not in told(seen)
    assert "accounts" not in told(seen)
    assert "a list of contracts" in plain(summary.unknown_parts(seen))


def test_every_code_has_its_sentence(view_of):
    seen = view_of()
    assert len(summary.unknown_parts(seen).html.split("<li")) == len(told(seen)) + 1


@pytest.mark.parametrize(
    ("shape", "lacking"),
    [
        ({}, ["outcomes", "peers"]),
        ({"ltr": False}, ["recommend", "outcomes", "peers"]),
        ({"waves": ("2025",)}, ["outcomes", "change", "peers"]),
        ({"contacts": False}, ["frame", "outcomes", "peers"]),
    ],
)
def test_what_is_lacking_is_told_and_nothing_else(view_of, shape, lacking):
    assert told(view_of(**shape)) == lacking
