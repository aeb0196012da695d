"""Mirrored parts of groups are found in a small sample, and hardly any innocent answer."""

from __future__ import annotations

import pytest

from tests.validation import mirrored

pytestmark = pytest.mark.validation


def test_half_a_group_is_found_and_the_innocent_are_left_alone():
    rows = mirrored.found(mirrored.QUICK)
    assert mirrored.misses(rows) == []
    assert len(rows) == 1 + 2 * 2 * 4 * 3
