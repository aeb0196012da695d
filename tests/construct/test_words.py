"""Every code that the station hands over has its words, in every language."""

import pytest

from crqlab import construct, scores
from crqlab.base.contracts.cautions import codes
from crqlab.language import language, languages
from tests.construct.made import account_table, frames

SHAPES = {
    "sound": {"accounts": 200, "waves": ("2024", "2025")},
    "one construct of one item": {"model": {"trust": ["t1"]}, "accounts": 10},
    "parts": {"parts": ["commitment", "service"], "accounts": 30},
    "beside CRQ": {"apart": ["service"], "accounts": 60, "each": 3},
    "no LTR": {"ltr": False, "accounts": 30},
    "four people": {"accounts": 2, "each": 2},
    "constructs alike": {"correlation": 0.999, "accounts": 20},
}
#: Columns of codes, and the messages that say them.
SAID = {"flag": "caution", "question": "question", "measure": "statistic", "freed": "caution"}
PREFIXED = {
    "criterion": "criterion",
    "verdict": "verdict",
    "score": "score",
    "kind": "kind",
    "choice": "choice",
    "model": "about",
}


def tables(shape):
    table, people, book = frames(**shape)
    found = construct.evidence(table, people, book, account_table(table), draws=40)
    versus = construct.compare_with_nps(scores.accounts(people, book), people, draws=40)
    other = construct.sensitivity(people, book)
    return [
        *(found.table, found.rivals, found.ladders, found.relations, found.loadings),
        *(versus.table, versus.disagreements, other.table),
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_code_has_its_words(shape):
    needed = set()
    for rows in tables(SHAPES[shape]):
        for column, kind in SAID.items():
            for cell in rows.get(column, ()):
                needed |= {f"{kind}.{one['code']}" for one in codes(cell)}
        for column, prefix in PREFIXED.items():
            needed |= {f"construct.{prefix}_{one}" for one in rows.get(column, ())}
    assert len(needed) > 40
    for name in languages():
        assert not needed - set(language(name).messages), name


def test_questions_and_cautions_name_constructs_as_the_codebook_does():
    table, people, book = frames(accounts=30)
    rows = construct.evidence(table, people, book, draws=40).table.set_index(["about", "measure"])
    said = language("en").coded("question", rows.loc[("trust – commitment", "htmt"), "question"])
    assert said == "Is Trust distinct from Commitment?"
    assert rows.loc[("trust – commitment", "htmt"), "label"] == "Trust – Commitment"
    asked = language("sv").coded("question", rows.loc[("trust", "omega"), "question"])
    assert asked == "Upprepar svaren om Trust sig själva?"
    flag = rows.loc[("industry", "cfi_change_metric"), "flag"]
    said = language("en").caution(flag)
    assert said == "fewer than two groups of 50 complete respondents"
