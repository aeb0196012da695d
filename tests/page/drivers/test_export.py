"""Drivers as a sheet and a slide: the numbers of the table, and what they are held against."""

from dataclasses import replace

import pytest

from crqlab.language import language
from crqlab.page.drivers.export import drivers_sheet, drivers_slide


def test_the_slide_names_the_first_priority_and_ranks_drivers_by_gap(stationed_view_of):
    slide = drivers_slide(stationed_view_of())
    assert slide.message.replace("\xa0", " ") == (
        "Fix Solution first: the chance that it helps most is 61 %"
    )
    labels = [label.replace("\xa0", " ") for label in slide.body.labels]
    assert labels == ["Solution (20 %)", "Experience (30 %)"]
    assert slide.body.values == pytest.approx([0.9, 0.8])
    assert slide.body.marked == (0,)
    assert "share of what drivers explain of trust and commitment" in slide.foot
    assert "scale points behind the best tenth of firms, below zero ahead of it" in slide.foot


def test_the_slide_says_when_drivers_are_held_against_the_end_of_the_scale(stationed_view_of):
    view = stationed_view_of()
    client = view.drivers.client.assign(reference="scale_end", clear=False)
    slide = drivers_slide(replace(view, drivers=replace(view.drivers, client=client)))
    assert "scale points up to the best answer" in slide.foot
    assert "best tenth" not in slide.foot
    assert slide.message.replace("\xa0", " ") == (
        "Nothing stands out to fix first: Solution comes closest (61 %), "
        "just before Experience (30 %)"
    )


def test_without_a_first_priority_there_is_no_slide(view_of):
    assert drivers_slide(view_of()) is None


def test_the_sheet_holds_every_driver_and_says_what_importance_is(stationed_view_of):
    view = stationed_view_of()
    made = drivers_sheet(view)
    assert made.note == "Importance: mean share of what drivers explain of trust and commitment."
    assert made.rows["importance"].tolist() == pytest.approx([0.2, 0.3])
    swedish = drivers_sheet(replace(view, language=language("sv")))
    assert swedish.note.endswith("förklarar av förtroende och engagemang.")
