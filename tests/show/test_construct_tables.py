"""Tables of the construct say codes in words, and numbers as the evidence has them."""

import re

import pytest

from crqlab import construct, scores
from crqlab.base.instrument import Instrument
from crqlab.show import tables as gathered
from crqlab.show.tables import construct as tables
from tests.construct.made import account_table, frames

OPTIONS = {"draws": 60}


@pytest.fixture(scope="module")
def made():
    table, people, book = frames(accounts=120, waves=("2024", "2025"), correlation=0.97)
    found = construct.evidence(table, people, book, account_table(table), **OPTIONS)
    versus = construct.compare_with_nps(scores.accounts(people, book), people, **OPTIONS)
    return found, versus, construct.sensitivity(people, book)


def cells(shown):
    """Rows of the table as lists of texts."""
    body = shown.html.split("<tbody", 1)[1]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def test_criteria_name_what_keeps_them_from_being_met(made):
    found, _, _ = made
    rows = {row[0]: row[1:] for row in cells(tables.construct_criteria(found, caption="Criteria"))}
    assert len(rows) == 11
    assert rows["Do the items of a construct agree?"] == ["meets", "", ""]
    verdict, because, question = rows["Are the constructs distinct from each other?"]
    assert verdict == "misses"
    assert because.startswith("Trust – Commitment, Trust – Service")
    assert question == "Is Trust distinct from Commitment?"
    assert rows["Are there as many dimensions as planned?"] == [
        "misses",
        "common factors",
        "Do the answers hold as many dimensions as planned (3)?",
    ]


def test_items_stand_with_their_wording_and_loading(made):
    found, _, _ = made
    loads = found.loadings[found.loadings["order"] == 1].set_index("item")
    name, construct_ = loads.index[0], loads["construct"].iloc[0]
    asked = Instrument.model_validate({
        "name": "mini", "version": "1", "scale": [1, 7],
        "items": {name: {"text": {"sv": "De håller vad de lovar", "en": "Keeps its word"}}},
        "constructs": {construct_: {"label": "Trust", "items": [name]}},
        "crq": {"constructs": [construct_]},
    })  # fmt: skip
    rows = cells(tables.construct_items(found, asked, caption="Items"))
    numbers = [f"{loads.loc[name, column]:.2f}" for column in ("loading", "low", "high")]
    assert rows == [["Trust", "De håller vad de lovar", name, *numbers]]


def test_numbers_stand_beside_their_questions(made):
    found, _, _ = made
    rows = cells(tables.construct_evidence(found.of("reliability"), caption="Omega"))
    first = found.of("reliability").iloc[0]
    assert rows[0][:3] == [
        "Do the answers about Trust repeat themselves?",
        "omega",
        f"{first['estimate']:.2f}",
    ]
    assert rows[0][-2:] == ["meets", "ok"]
    models = cells(tables.construct_models(found, caption="Fit"))
    assert [row[0] for row in models] == ["first-order", "second-order", "one factor"]
    assert models[0][1] == f"{found.rivals['cfi'].iloc[0]:.3f}"


def test_crq_and_nps_and_other_choices_are_said(made):
    _, versus, other = made
    rows = cells(tables.crq_and_nps(versus, caption="CRQ and NPS"))
    assert rows[0][1:4] == ["variance shared", "both", f"{versus.table['estimate'].iloc[0]:.2f}"]
    assert rows[1][:3] == [
        "Does an account score the same a wave later?",
        "correlation with the next wave",
        "CRQ",
    ]
    listed = cells(tables.crq_and_nps_disagreements(versus, caption="Apart", most=3))
    assert len(listed) == min(3, len(versus.disagreements))
    choices = cells(tables.crq_choices(other, caption="Choices"))
    assert choices[0][:2] == ["as kept", f"{other.table['crq'].iloc[0]:.2f}"]


def test_notebooks_find_all_of_them():
    made_here = {name for name in vars(tables) if name.startswith(("construct_", "crq_"))}
    assert len(made_here) == 7
    assert made_here <= set(gathered.__all__)
