"""Axes: round numbers between ends that stay on the scale."""

import pytest

from crqlab.show import svg


def test_an_axis_never_labels_a_negative_zero():
    ticks = svg.Axis(-40, 40, 0, 1).ticks()
    assert 0.0 in ticks
    assert "-0.0" not in map(str, ticks)


@pytest.mark.parametrize(("low", "high"), [(1, 7), (1, 5), (0, 10), (-100, 100)])
def test_room_around_values_stays_on_the_scale(low, high):
    for values in ([low], [high], [low, high], [(low + high) / 2]):
        start, end = svg.around(values, low, high, least=2)
        assert low <= start <= min(values) <= max(values) <= end <= high
