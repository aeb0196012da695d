"""What a summary speaks of, from claims made by hand: every number another one."""

from dataclasses import asdict
from math import isnan, nan

import pandas as pd
import pytest

from crqlab.page.claim_table import KINDS
from crqlab.page.summary.select import findings

LABELS = {"crq": "CRQ", "nps": "NPS", "trust": "Trust", "solution": "Solution"}


def claim(code, **cells):
    blank = {name: {"str": "", "float64": nan, "int64": 0}[kind] for name, kind in KINDS.items()}
    return blank | {"claim": code, "wave": "2025"} | cells


ROWS = [
    claim("is", basis="client_scores/crq", value=5.1, low=4.9, high=5.4, level=0.9, n=40),
    claim("rests_on", basis="client_scores/crq", value=13, unit="accounts"),
    claim("caution", basis="client_scores/crq", unit="unequal_accounts"),
    claim("no_clear_change", basis="changes/crq", value=0.3, low=-0.1, high=0.7, against="2024"),
    claim("is", basis="client_scores/nps", value=21.0, low=3.0, high=44.0, level=0.8, n=39),
    claim("rests_on", basis="client_scores/nps", value=12, unit="accounts"),
    claim("answered_contacts", value=40, n=55),
    claim("answered_accounts", value=13, n=17),
    claim("answered_revenue", value=0.83),
    claim("lower_half", value=0.41, low=0.3, high=0.48, level=0.95, n=33, against="industry"),
    claim("perhaps_unique", probability=0.37),
    claim("leads", about="driver:trust", probability=0.61, n=38),
    claim("rests_on", about="driver:trust", value=11, unit="accounts"),
    claim("weights_rest_on", about="driver:trust", unit="share", value=0.15, n=36),
    claim("weights_rest_on", about="driver:trust", unit="share_of_panel", value=0.85, n=9001),
    claim("rests_on", about="driver:solution", value=99, unit="accounts"),
    claim("next_in_line", about="driver:solution", probability=0.22),
    claim("expected_loss", value=9e4, low=4e4, high=2e5, level=0.95, n=16),
    claim("rests_on", basis="revenue_at_risk/client", value=1.2e6),
    claim("silent_loss", value=3e4),
    claim("accounts_in", basis="segment_shares/Ambassador", value=6),
    claim("accounts_in", basis="segment_shares/Opponent", value=5),
    claim("share_in", value=0.55, low=0.3, high=0.78, level=0.99),
]


def found(*without, **changed):
    """Findings without claims of some codes; ``code=cells`` changes the rows of a code."""
    rows = [{**row, **changed.get(row["claim"], {})} for row in ROWS if row["claim"] not in without]
    return findings(pd.DataFrame(rows).astype(KINDS), LABELS, "EUR")


def test_every_number_of_a_claim_has_its_place():
    told = found()
    crq, nps = told.scores
    assert (crq.value, crq.low, crq.high, crq.level) == (5.1, 4.9, 5.4, 0.9)
    assert (crq.n_respondents, crq.n_accounts) == (40, 13)
    assert (crq.before, crq.change, crq.change_low, crq.change_high) == ("2024", 0.3, -0.1, 0.7)
    assert (crq.verdict, crq.cautions) == ("no_clear_change", ("unequal_accounts",))
    assert (nps.label, nps.value, nps.n_accounts) == ("NPS", 21.0, 12)
    assert (nps.before, nps.verdict, nps.cautions) == ("", "unknown", ())
    asked = told.participation
    assert list(asdict(asked).values())[:4] == [55, 40, 17, 13]
    assert asked.revenue == 0.83
    place = asdict(told.place)
    assert place == {
        "percentile": 0.41, "low": 0.3, "high": 0.48, "n_clients": 33, "level": 0.95,
        "peers": "industry", "half": "lower", "unique": "perhaps_unique", "p_unique": 0.37,
    }  # fmt: skip
    assert asdict(told.fix) == {
        "label": "Trust", "probability": 0.61, "clear": False, "n_respondents": 38,
        "n_accounts": 11, "runner_up": "Solution", "runner_up_probability": 0.22,
        "own_share": 0.15, "n_own": 36, "n_weighed": 9001,
    }  # fmt: skip
    assert asdict(told.risk) == {
        "expected": 9e4, "low": 4e4, "high": 2e5, "revenue": 1.2e6, "n_accounts": 16,
        "silent": 3e4, "currency": "EUR", "level": 0.95,
    }  # fmt: skip
    assert told.mix.accounts == {"Ambassador": 6, "Opponent": 5}
    assert (told.mix.first, told.mix.level) == ((0.55, 0.3, 0.78), 0.99)
    assert (told.unscored, told.n_unscored, told.unproven) == ("", 0, None)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("rise", "higher"), ("fall", "lower"), ("not_comparable", "unknown")],
)
def test_a_change_is_what_its_claim_says(code, verdict):
    assert found(no_clear_change={"claim": code}).scores[0].verdict == verdict


def test_a_clear_first_thing_to_fix_is_clear():
    assert found(leads={"claim": "fix_first"}).fix.clear is True


@pytest.mark.parametrize(("code", "half"), [("upper_half", "upper"), ("middle", "middle")])
def test_a_place_is_in_the_half_of_its_claim(code, half):
    assert found(lower_half={"claim": code}).place.half == half


def test_a_number_without_its_n_is_not_told():
    assert found("rests_on").scores == ()
    assert found("rests_on").risk is None
    assert found("is").scores == ()
    assert found("rests_on").fix.n_accounts == 0


def test_what_is_not_claimed_is_not_spoken_of():
    assert found("lower_half").place is None
    assert (found("perhaps_unique").place.unique, found("perhaps_unique").place.half) == (
        "",
        "lower",
    )
    assert isnan(found("perhaps_unique").place.p_unique)
    assert found("leads").fix is None
    alone = found("next_in_line", "weights_rest_on").fix
    assert (alone.runner_up, alone.n_own, alone.n_weighed, alone.n_accounts) == ("", 0, 0, 11)
    assert isnan(alone.runner_up_probability)
    assert isnan(alone.own_share)
    assert found("expected_loss").risk is None
    assert isnan(found("silent_loss").risk.silent)
    assert found("accounts_in").mix is None
    assert all(map(isnan, found("share_in").mix.first))
    assert found("share_in").mix.level == 0.95
    assert found(share_in={"level": nan}).mix.level == 0.95
    none = found("answered_contacts", "answered_revenue").participation
    assert list(asdict(none).values())[:4] == [None, None, 17, 13]
    assert isnan(none.revenue)


def test_why_nothing_is_scored_or_no_money_named_is_told_with_its_n():
    rows = [
        claim("unscored", unit="mirrored", n=31),
        claim("outlook_unproven", value=0.52, low=0.44, high=0.61, n=812),
    ]
    told = findings(pd.DataFrame(rows).astype(KINDS), LABELS)
    assert (told.unscored, told.n_unscored) == ("mirrored", 31)
    assert asdict(told.unproven) == {"auc": 0.52, "low": 0.44, "high": 0.61, "n": 812}
