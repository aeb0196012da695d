"""The place among peers as a sheet and a slide."""

from dataclasses import replace

import pytest

from crqlab.language import language
from crqlab.page.benchmark.export import benchmark_sheet, benchmark_slide
from crqlab.page.decision.sentences import strength_sentence


def test_the_slide_says_where_crq_lies_and_draws_known_places_only(stationed_view_of):
    view = stationed_view_of()
    rows = view.benchmark.table
    share = rows["percentile"].mask(rows["measure"] == "nps").mask(rows["measure"] == "trust", 0.2)
    one = replace(view, benchmark=replace(view.benchmark, table=rows.assign(percentile=share)))
    slide = benchmark_slide(one)
    assert f"{slide.message}." == strength_sentence(one)
    assert slide.body.marked == tuple(
        place for place, label in enumerate(slide.body.labels) if label == "CRQ"
    )
    assert slide.body.marked
    assert slide.body.labels == [label for label in rows["label"] if label != "NPS"]
    assert slide.body.values == pytest.approx(share.dropna().tolist())
    assert "n = 21 firms, 90\xa0% intervals" in slide.foot
    assert "Source: release 2025-06 (0123abcd)" in slide.foot


def test_without_a_place_in_crq_there_is_no_slide(stationed_view_of, view_of):
    assert benchmark_slide(view_of()) is None
    view = stationed_view_of()
    rows = view.benchmark.table
    others = replace(view.benchmark, table=rows[rows["measure"] != "crq"])
    assert benchmark_slide(replace(view, benchmark=others)) is None


def test_the_sheet_has_every_place_and_says_its_source(stationed_view_of):
    view = stationed_view_of()
    made = benchmark_sheet(view)
    assert made.rows["percentile"].tolist() == view.benchmark.table["percentile"].tolist()
    assert made.note.startswith("Source: release 2025-06 (0123abcd), as of 2025-06-30")
    assert made.fields["peers"].kind == "peers"
    swedish = benchmark_sheet(replace(view, language=language("sv")))
    assert "utgåva 2025-06" in swedish.note
