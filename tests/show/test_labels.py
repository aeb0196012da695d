"""Labels of dots: over no dot, no other label, no edge."""

from itertools import combinations

import numpy as np
import pytest

from crqlab.show.svg_labels import LINKED, drawn, labels

ROOM = (50.0, 10.0, 470.0, 364.0)


def apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("seed", range(12))
def test_forty_accounts_keep_apart_however_they_crowd(seed):
    rng = np.random.default_rng(seed)
    spots = [tuple(spot) for spot in rng.normal((260, 190), (55, 45), (40, 2))]
    found = labels(spots, range(1, 41), room=ROOM, radius=4, size=11)
    boxes = [label.box for label in found]
    dots = [(x - 4, y - 4, x + 4, y + 4) for x, y in spots]
    assert all(apart(one, other) for one, other in combinations(boxes, 2))
    assert all(apart(box, dot) for box in boxes for dot in dots)


def test_a_label_stays_in_the_picture():
    corners = [(51, 11), (469, 11), (51, 363), (469, 363)]
    for label in labels(corners, ["Experience"] * 4, room=ROOM, radius=4):
        left, top, right, bottom = label.box
        assert ROOM[0] <= left < right <= ROOM[2]
        assert ROOM[1] <= top < bottom <= ROOM[3]


def test_a_line_leads_to_a_label_that_is_not_beside_its_dot():
    spots = [(200 + 9 * x, 200 + 9 * y) for x in range(5) for y in range(5)]
    found = labels(spots, range(25), room=ROOM, radius=4)
    marks = "".join(drawn(found))
    far = sum(label.far >= LINKED for label in found)
    assert far > 0
    assert marks.count("<line") == far


def test_without_any_room_a_label_stands_to_the_right():
    (label,) = labels([(50, 50)], ["a long name"], room=(0, 0, 60, 60), radius=4)
    assert label.left > 54
