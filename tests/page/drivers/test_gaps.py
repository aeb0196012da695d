"""The bars of what to change: sorted, each with what chance may do, and one marked at most."""

from dataclasses import replace

from crqlab.page.drivers import driver_gaps
from crqlab.show.colours import ACCENT, WARM
from tests.page.reading import soup


def drawn(view, **changed):
    client = view.drivers.client.assign(**changed)
    picture = soup(driver_gaps(replace(view, drivers=replace(view.drivers, client=client))))
    labels = {row.label for row in view.drivers.map.itertuples()}
    named = [text.get_text() for text in picture("text") if text.get_text() in labels]
    fills = [box["fill"] for box in picture("rect")]
    return named, fills


def test_the_farthest_behind_stands_first_and_the_first_to_fix_is_marked(stationed_view_of):
    view = stationed_view_of()
    rows = view.drivers.map
    rows = rows[~rows["withheld"].to_numpy(bool) & rows["gap"].notna().to_numpy(bool)]
    order = rows.sort_values("gap", ascending=False)
    assert len(order) >= 2
    named, fills = drawn(view, clear=False)
    assert named == order["label"].tolist()
    assert fills == [ACCENT] * len(order)
    second = order["driver"].iloc[1]
    _, fills = drawn(view, clear=True, driver=second)
    assert [fill == WARM for fill in fills] == [driver == second for driver in order["driver"]]


def test_without_drivers_it_says_so(stationed_view_of):
    view = stationed_view_of()
    none = replace(view.drivers, map=view.drivers.map.iloc[:0])
    shown = driver_gaps(replace(view, drivers=none))
    assert shown.html
    assert shown.sentence.startswith("Too few people answered")
