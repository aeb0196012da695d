"""Numbers of a view as statements: all of them are true, and none is left unexplained."""

import numpy as np
import pandas as pd
import pytest

from crqlab.page.assembly import unrounded
from crqlab.page.disclosure.audit import puzzles
from crqlab.page.precision import rounded_view
from tests.page.disclosure.made import people, study_of


@pytest.fixture(scope="module", params=range(3))
def made(request, tmp_path_factory):
    rng = np.random.default_rng(request.param)
    rows = pd.concat([people(rng, 14, wave=wave) for wave in ("2024", "2025")])
    return study_of(tmp_path_factory.mktemp("made"), rows, managers=["Ada", "Bo", "Cy"])


def test_every_statement_is_true_of_the_answers(made):
    for puzzle in puzzles(made, unrounded(made, "C017", "2025")):
        assert len(puzzle.told.statements) > 8
        assert puzzle.told.unexplained == ()
        world = np.nan_to_num(puzzle.answers.scores)
        for one in puzzle.told.statements:
            assert one.low - 1e-9 <= one.weights @ world <= one.high + 1e-9, one.name


def test_statements_are_as_wide_as_what_is_written(made):
    seen = unrounded(made, "C017", "2025")
    shown = rounded_view(seen, 3)
    crq, nps = puzzles(made, seen)
    written = {"accounts.crq": (shown.accounts["crq"], 0.1), "accounts.change":
               (shown.accounts["change"], 0.1), "scores.trend.value": (None, None)}  # fmt: skip
    found = {}
    for one in crq.told.statements[crq.earlier :]:
        found.setdefault(f"{one.table}.{one.column}", []).append(one)
    for name in ("accounts.crq", "accounts.change"):
        column, step = written[name]
        for one in found[name]:
            assert one.high - one.low == pytest.approx(step)
            assert (one.low + one.high) / 2 == pytest.approx(column.iloc[one.row])
    kinds = {"managers.table.value", "participation.managers.crq_without", "scores.parts.value",
             "participation.managers.goodwill_share", "accounts.shrunken"}  # fmt: skip
    assert kinds <= found.keys()
    assert {one.table for one in nps.told.statements} >= {"scores.roll_ups", "accounts"}


def test_a_number_that_answers_do_not_explain_is_named(made):
    seen = unrounded(made, "C017", "2025")
    ups = seen.scores.roll_ups
    moved = ups.assign(value=ups["value"].where(ups["roll_up"] != "accounts", ups["value"] + 0.3))
    object.__setattr__(seen.scores, "roll_ups", moved)
    crq, nps = puzzles(made, seen)
    assert crq.told.unexplained == ("scores.roll_ups.value/accounts",)
    assert nps.told.unexplained == ("scores.roll_ups.value/accounts",)
