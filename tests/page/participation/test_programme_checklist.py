"""How the programme stands, as a page says it."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab.page.assembly import view
from crqlab.page.participation.programme_checklist import programme

KEY = {"client_id": "C017", "wave": "2025"}
ROW = {
    **KEY, "n_waves": 3, "experience": "mature", "asked": 200, "answered": 60, "value": 0.3,
    "low": 0.24, "high": 0.37, "level": 0.95, "target": 0.35, "verdict": "nearly_missed",
    "bounced": 4, "left": 1, "unsigned": 12.0, "value_reached": 0.31, "n_others": 22,
    "others": 0.44, "others_low": 0.4, "others_high": 0.48, "flag": "ok",
}  # fmt: skip
LEVER = {
    "client_id": "C017", "lever": "warmed_up", "share_with": 0.48, "share_without": 0.31,
    "n_with": 90, "n_without": 110, "n_accounts": 18, "n_clusters": 20, "value": 2.0, "low": 1.3,
    "high": 3.1, "level": 0.95, "p": 0.002, "q": 0.004, "verdict": "more", "flag": "ok",
}  # fmt: skip
STEPS = [("listed", 18.0, 20.0, "partly"), ("signed_off", 200.0, 200.0, "done"),
         ("warmed_up", None, None, "not_recorded")]  # fmt: skip


def shown(study, *, language="en", levers=(LEVER,), **changed):
    study.write("programme", pd.DataFrame([{**ROW, **changed}]))
    steps = [
        {**KEY, "place": k, "step": step, "done": done, "of": of, "state": state}
        for k, (step, done, of, state) in enumerate(STEPS, start=1)
    ]
    study.write("programme_steps", pd.DataFrame(steps))
    if levers:
        study.write("levers", pd.DataFrame(list(levers)))
    return programme(view(study, client="C017", wave="2025", language=language))


def test_round_target_reach_and_associations_are_said_with_their_doubt(asked_study_of):
    told = shown(asked_study_of())
    said = told.sentence.replace("\xa0", " ")
    assert "Round 3 on record: 30 % of contacts answered." in said
    assert "At 22 other firms with three rounds or more 44 % did (40 to 48 %)" in said
    assert "is missed by count: 30 % answered; chance could have turned it (24 to 37 %)" in said
    assert "4 invitations bounced and 1 contact had left" in said
    assert "12 of 200 contacts were never signed off" in said
    assert "Of contacts told of the survey beforehand, 48 % answered, of the others 31 %" in said
    assert "odds 1.3 to 3.1 times, 20 customers as clusters" in said
    assert "None of this shows that doing it would bring answers" in said
    assert "18 of 20" in told.html
    assert "not recorded" in told.html


@pytest.mark.parametrize("word", ["because", "effect", "increases", "leads to", "thanks to"])
def test_no_word_of_cause_is_used(asked_study_of, word):
    assert word not in shown(asked_study_of()).sentence.lower()


def test_nothing_clear_and_no_target_are_said_as_such(asked_study_of):
    calm = {**LEVER, "verdict": "no_clear"}
    said = shown(asked_study_of(), levers=[calm], verdict="no_target", target=None, bounced=0,
                 left=0, unsigned=None, others=None, others_low=None, others_high=None)  # fmt: skip
    assert "none goes clearly with answering" in said.sentence
    assert "target" not in said.sentence
    assert "bounced" not in said.sentence
    assert "Too few other firms have as many rounds" in said.sentence
    assert "svarade" in shown(asked_study_of(), language="sv").sentence
