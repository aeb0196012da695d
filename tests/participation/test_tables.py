"""What the station keeps is read back as it was made; with and without a list of contacts."""

from dataclasses import replace

import pandas as pd
import pytest

from crqlab import participation, scores
from crqlab.base.contracts.frames import empty
from tests.show.fixture import Shape, lay_out

KEPT = """
completion completion_rank completion_bands dispositions silent voices propensities nonresponse
concentration concentration_summary continuity continuity_summary audit wave_plan precision
invitations invitation_costs change_power account_voices
programme programme_steps levers customer_groups customer_concentration division_referrals
manager_pairs accounts_to_spread buying_centre
""".split()
OPTIONS = {"level": 0.9, "draws": 100, "seed": 7}


def run(study):
    """Do what the notebook does, in its order."""
    book = study.codebook
    contacts, responses, accounts = (study.read(t) for t in ("contacts", "responses", "accounts"))
    people = study.read("respondents")
    tables = contacts, responses, accounts
    completion = participation.completion(*tables, **OPTIONS)
    found = {
        "completion": completion,
        "ranks": participation.completion_ranks(completion),
        "dispositions": participation.dispositions(*tables, every_months=12),
        "silent": participation.silent(*tables, people),
        "voices": participation.voices(*tables),
        "propensities": participation.propensities(*tables, people, cap=4.0, level=0.9),
        "adjusted": participation.adjusted(*tables, people, cap=4.0, **OPTIONS),
        "concentration": participation.concentration(
            accounts, people, scores.accounts(people, book), book.instrument
        ),
        "continuity": participation.continuity(*tables, level=0.9),
        "audit": participation.audit(*tables, people, level=0.9),
    }
    plan = participation.plan(accounts, contacts, responses, people, level=0.9)
    became = found["dispositions"].table, empty("outcomes")
    found["invitations"] = participation.invitations(plan, *tables, people, *became)
    asked = found["invitations"], people
    found["programme"] = participation.programme(*tables, level=0.9)
    found["levers"] = participation.levers(*tables, level=0.9)
    found["groups"] = participation.customer_groups(accounts, scores.accounts(people, book))
    found["pairs"] = participation.manager_pairs(accounts)
    found["centre"] = participation.buying_centre(contacts, responses, book.roles.order)
    found["power"] = participation.change_power(*asked, book.instrument.scale)
    paths = participation.keep(study, **found, cap=4.0, **OPTIONS)
    return found, paths


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, Shape(accounts=12))


def test_everything_is_kept_with_how_it_was_made_and_read_back_the_same(study):
    found, paths = run(study)
    assert [path.stem for path in paths] == [f"20_{name}" for name in KEPT]
    pd.testing.assert_frame_equal(study.read("completion"), found["completion"].table)
    pd.testing.assert_frame_equal(study.read("nonresponse"), found["adjusted"].table)
    kept = study.read("audit")
    pd.testing.assert_frame_equal(kept[list(found["audit"].table)], found["audit"].table)
    assert (kept[["level", "rate"]].drop_duplicates().to_numpy() == [[0.9, 0.05]]).all()
    assert study.manifest["tables"]["silent"]["made"] == {
        "cap": 4.0,
        "slices": 4,
        "rest": 6,
        "number": None,
        **OPTIONS,
    }


@pytest.mark.parametrize("shape", [Shape(contacts=False), Shape(ltr=False), Shape(accounts=3)])
def test_poor_studies_come_through_too(tmp_path, shape):
    study = lay_out(tmp_path, replace(shape, contacts=True))
    if not shape.contacts:
        study.write("contacts", study.read("contacts").iloc[:0])
    run(study)
    rows = study.read("nonresponse", client="C017", wave="2025").set_index(["measure", "view"])
    assert 1 <= rows.loc[("crq", "raw"), "value"] <= 7


def test_a_study_without_account_managers_keeps_an_audit_without_rows(study):
    accounts = study.read("accounts")
    study.write("accounts", accounts.assign(account_manager=None))
    found, _ = run(study)
    assert study.read("audit").empty
    assert "no account manager is named" in str(found["audit"])
