"""An attack on published tables: can sums and differences of cells lay few clients bare?"""

from itertools import pairwise

import numpy as np
import pytest

from crqlab.benchmark import Rules
from crqlab.benchmark.cells import cells
from crqlab.benchmark.protection import BARE, FEW, OK, members, verdicts
from tests.benchmark.made import client_scores

RULES = Rules(min_clients=10, min_accounts=1)


def laid_out(**shape):
    scores = client_scores(**shape)
    laid = cells(scores)
    known = np.ones(len(scores.table), bool)
    who = members(laid, known, known.astype(float), np.full(len(known), 20.0))
    return scores, laid, verdicts(laid, who, RULES)


def inside(scores, laid):
    """For each cell the rows in it, by a second route: its labels."""
    table = scores.table
    return [
        np.all(
            [table[g] == cell[g] for g in ("industry", "country", "wave") if cell[g] != "all"]
            or [np.ones(len(table), bool)],
            axis=0,
        )
        for _, cell in laid.table.iterrows()
    ]


def bare(scores, rows):
    """Whether these rows are of some clients, but too few."""
    return 0 < scores.table.loc[rows, "client_id"].nunique() < RULES.min_clients


SHAPES = [
    {"clients": 60, "seed": seed, "share": share} for seed in range(6) for share in (1.0, 0.7)
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_two_published_cells_can_be_subtracted_to_few_clients(shape):
    scores, laid, verdict = laid_out(**shape)
    rows = inside(scores, laid)
    shown = [rows[cell] for cell in np.flatnonzero(verdict == OK)]
    for wide in shown:
        assert not bare(scores, wide)
        for fine in shown:
            if not (fine & ~wide).any():
                assert not bare(scores, wide & ~fine)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_taking_all_published_parts_from_a_whole_leaves_nobody_or_enough(shape):
    scores, laid, verdict = laid_out(**shape)
    rows = inside(scores, laid)
    shown = np.flatnonzero(verdict == OK)
    for whole in shown:
        for crossing in set(laid.table["crossing"]):
            parts = [
                rows[c]
                for c in shown
                if laid.table["crossing"][c] == crossing and not (rows[c] & ~rows[whole]).any()
            ]
            if parts:
                assert not bare(scores, rows[whole] & ~np.any(parts, axis=0))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_sum_of_multiples_of_published_cells_is_a_hidden_cell_of_few_clients(shape):
    scores, laid, verdict = laid_out(**shape)
    rows = np.array(inside(scores, laid), float)
    shown = rows[verdict == OK].T
    for cell in np.flatnonzero(verdict != OK):
        if bare(scores, rows[cell] > 0):
            mix = np.linalg.lstsq(shown, rows[cell], rcond=None)[0]
            assert np.abs(shown @ mix - rows[cell]).max() > 1e-6, laid.table.iloc[cell].to_dict()


def test_the_attack_succeeds_where_only_small_cells_are_withheld():
    # seen red: without complementary suppression the same attack lays clients bare
    found = []
    for shape in SHAPES:
        scores, laid, verdict = laid_out(**shape)
        rows = inside(scores, laid)
        naive = [rows[c] for c in np.flatnonzero((verdict == OK) | (verdict == BARE))]
        found += [
            bare(scores, wide & ~fine)
            for wide in naive
            for fine in naive
            if not (fine & ~wide).any()
        ]
    assert sum(found) > 0


def test_hides_no_more_than_it_must_of_a_large_panel():
    scores, laid, verdict = laid_out(clients=600)
    single = laid.table["crossing"].to_numpy() <= 3
    assert (verdict[single] == OK).all()
    sizes = [scores.table.loc[rows, "client_id"].nunique() for rows in inside(scores, laid)]
    assert all(n < RULES.min_clients for n, v in zip(sizes, verdict, strict=True) if v == FEW)


def test_every_parent_is_wider_than_its_cell():
    scores, laid, _ = laid_out(clients=60)
    rows = inside(scores, laid)
    for cell, parent in enumerate(laid.table["parent"]):
        if parent >= 0:
            assert not (rows[cell] & ~rows[parent]).any()
    assert all(len(a) <= len(b) for a, b in pairwise(laid.crossings))
