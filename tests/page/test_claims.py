"""Claims of a page: documented codes, made of the stations' verdicts, and nothing withheld."""

import re
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

import crqlab as crq
from crqlab.page.claim_table import CODES, KINDS, claims
from crqlab.page.summary.select import findings
from crqlab.page.summary.sentences import summary_sentences

HOWTO = Path(__file__).parents[2] / "docs/howto/claims.md"


def test_every_code_is_documented_once_and_no_other():
    told = re.findall(r"^\| `(\w+)` \|", HOWTO.read_text(encoding="utf-8"), flags=re.M)
    assert told == list(CODES)


def test_columns_are_those_that_studies_agree_on(stationed_view_of):
    found = crq.page.claims(stationed_view_of())
    assert found.columns.tolist() == list(KINDS)
    assert set(found["claim"]) <= set(CODES)
    assert (found["wave"] == "2025").all()
    assert found["basis"].str.fullmatch(r"[a-z_]+/.+").all()
    chance = found["probability"].dropna()
    assert chance.between(0, 1).all()
    likely = found["claim"].isin(["fix_first", "not_unique", "middle"])
    assert likely.sum() == 3
    assert found.loc[likely, "probability"].notna().all()


def test_verdicts_are_the_station_s(stationed_view_of):
    seen = stationed_view_of()
    found = claims(seen)
    moved = found[found["basis"].str.startswith("changes/")].set_index("basis")
    crq_row = seen.measure("crq")
    wanted = {"higher": "rise", "lower": "fall"}.get(crq_row["verdict"], "no_clear_change")
    assert moved.loc["changes/crq", "claim"] == wanted
    assert moved.loc["changes/crq", "p"] == crq_row["change_q"]
    other = replace(
        seen, scores=replace(seen.scores, measures=seen.measures.assign(verdict="no_clear_change"))
    )
    assert not claims(other)["claim"].isin(["rise", "fall"]).any()


def test_a_small_group_is_not_claimed_of(stationed_view_of):
    seen = stationed_view_of()
    hidden = seen.measures.assign(
        **dict.fromkeys(["value", "low", "high", "change", "change_q"], nan), verdict="unknown"
    )
    found = claims(replace(seen, scores=replace(seen.scores, measures=hidden)))
    assert not found["basis"].str.startswith(("client_scores/", "changes/")).any()


def test_the_summary_follows_from_claims_alone(stationed_view_of):
    seen = stationed_view_of()
    found = claims(seen)
    labels = {name: seen.instrument.label(name) for name in ("crq", "nps")}
    labels |= seen.drivers.map.set_index("driver")["label"].to_dict()
    made = findings(found, labels, seen.currency)
    made = replace(made, unknown=seen.summary.unknown)  # what is lacking is no claim
    assert repr(made) == repr(seen.summary)  # equal, missing numbers too
    assert len(summary_sentences(seen)) == 6
    for code in ("is", "expected_loss", "fix_first", "accounts_in"):
        fewer = findings(found[found["claim"] != code], labels, seen.currency)
        assert len(summary_sentences(replace(seen, summary=fewer))) == 5
    assert findings(found.iloc[:0], labels).scores == ()


@pytest.mark.parametrize("flag", ["unequal_accounts", "one_account"])
def test_a_doubt_about_an_interval_reaches_the_first_sentence(stationed_view_of, flag):
    seen = stationed_view_of()
    rows = seen.measures.assign(flag=flag)
    found = claims(replace(seen, scores=replace(seen.scores, measures=rows)))
    labels = {name: name.upper() for name in ("crq", "nps")}
    labels |= seen.drivers.map.set_index("driver")["label"].to_dict()
    made = findings(found, labels)
    assert made.scores[0].cautions == (flag,)
    first = summary_sentences(replace(seen, summary=made))[0]
    assert seen.language.caution(flag) in first
