"""Contacts that stayed as covariates of renewal: offered, never there unasked."""

import pandas as pd
import pytest

from crqlab import participation, renewal, simulate
from crqlab.base.codebook import Codebook
from crqlab.base.yaml_documents import load
from crqlab.renewal.candidate_models import explanatory
from crqlab.renewal.covariates import covariates
from crqlab.scores import accounts, respondents
from crqlab.simulate.raw import CODEBOOK

MORE = ["contacts_stayed", "deciders_left"]


@pytest.fixture(scope="module")
def study():
    panel = simulate.panel(clients=90)
    book = load(CODEBOOK, Codebook)
    scores = accounts(respondents(panel.responses.assign(weight=float("nan")), book), book)
    tables = [panel.responses, panel.contacts, panel.accounts, scores, panel.outcomes]
    held = participation.continuity(
        panel.contacts, panel.responses, panel.accounts, roles=book.roles.order
    )
    return tables, book, held.table


def test_without_the_table_a_design_is_what_it_was(study):
    tables, book, held = study
    plain, more = renewal.design(*tables, book), renewal.design(*tables, book, continuity=held)
    assert not set(MORE) & set(plain.table)
    pd.testing.assert_frame_equal(plain.table, more.table.drop(columns=MORE))
    pd.testing.assert_frame_equal(plain.accounts, more.accounts.drop(columns=MORE))


def test_with_it_each_account_has_the_shares_of_its_wave(study):
    tables, book, held = study
    rows = renewal.design(*tables, book, continuity=held).table
    known = rows.merge(held, on=["client_id", "wave", "account_id"])
    assert len(known) > 100
    assert known["contacts_stayed"].tolist() == known["value"].tolist()
    some = known[known["deciders"] > 0]
    share = some["deciders_left_y"] / some["deciders"]
    assert some["deciders_left_x"].tolist() == share.tolist()


def test_effects_are_told_of_them_with_marks_of_what_is_not_known(study):
    tables, book, held = study
    design = renewal.design(*tables, book, continuity=held)
    X = covariates(design.decided, design.constructs).X
    shown = explanatory(X, design.constructs)
    assert {*MORE, "no_contacts_before", "no_deciders_before"} <= set(shown)
    assert shown.notna().all(axis=None)
    effects = renewal.effects(design, models=["logit"]).table
    assert set(MORE) <= set(effects["term"])
