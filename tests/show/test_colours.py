"""Every text can be read on its ground (WCAG 2.1 AA: 4.5), and steps are told apart."""

import itertools

import pandas as pd
import pytest

from crqlab.show.colours import ACCENT, BOUNDS, INK, MUTED, STEPS, WARM, cells, contrast, ink


def test_contrast_agrees_with_the_published_example():
    # WCAG technique G18 and its calculators: #777777 on white is 4.48
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("step", STEPS)
def test_numbers_in_the_heat_map_can_be_read(step):
    assert contrast(step, ink(step)) >= 4.5


@pytest.mark.parametrize("colour", [INK, MUTED, ACCENT, WARM])
@pytest.mark.parametrize("ground", ["#ffffff", "#f3f5f7"])
def test_words_can_be_read_on_the_page(colour, ground):
    assert contrast(colour, ground) >= 4.5


def test_steps_differ_for_protanopes_and_deuteranopes():
    # Their eyes mix red and green: what is left is about (r+g)/2 against blue, and lightness
    def seen(colour):
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return (r + g) / 2, b

    for one, other in itertools.combinations(STEPS, 2):
        (y1, b1), (y2, b2) = seen(one), seen(other)
        assert abs(y1 - y2) + abs(b1 - b2) > 20, (one, other)


def test_colour_runs_from_low_to_high_on_any_scale():
    low, high = 1, 10
    values = pd.Series([low, *(low + (share + 0.001) * (high - low) for share in BOUNDS), high])
    styles = cells(values, low, high)
    assert [style[11:18] for style in styles] == [*STEPS, STEPS[-1]]


def test_a_missing_cell_has_no_colour():
    assert cells(pd.Series([float("nan")]), 1, 7) == [""]
