"""What a page says of all accounts, where its wave asked a slice of them."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab.base.contracts.frames import typed
from crqlab.page.claim_table import claims
from crqlab.page.decision import first_screen
from crqlab.page.decision.select import tiles
from crqlab.page.scores.export import rolling_sheet
from crqlab.report import view
from tests.show.fixture import Shape, lay_out

WHOSE = {"client_id": "C017", "wave": "2025", "level": 0.95, "flag": "ok", "n_accounts": 41}
YEAR = {"year_mean": 5.3, "year_low": 5.1, "year_high": 5.5, "n_year": 24, "year_least": 5}
STATE = {**WHOSE, "n": 9, "n_heard": 7, "n_recent": 30, **YEAR}
STEPS = [("2024", "crq", 0.31, "higher", 0.01), ("2023", "crq", -0.12, "no_clear_change", 0.4)]


@pytest.fixture
def sliced(tmp_path):
    """A study whose wave asked a slice; the page is to compare with the earlier of two waves."""

    def laid(n_people: int = 25, n_accounts: int = 41):
        whose = {**WHOSE, "n_accounts": n_accounts}
        study = lay_out(tmp_path, Shape())
        levels = [("crq", 5.44, 5.2, 5.7), ("nps", 21.0, 4.0, 38.0)]
        state = [
            {
                **STATE,
                **whose,
                "n_people": n_people,
                "measure": m,
                "value": v,
                "low": lo,
                "high": hi,
            }
            for m, v, lo, hi in levels
        ]
        steps = [
            {**whose, "from_wave": w, "measure": m, "value": v, "low": v - 0.2, "high": v + 0.2}
            | {"p": q, "q": q, "verdict": verdict}
            for w, m, v, verdict, q in STEPS
        ]
        study.write("rolling_scores", typed(pd.DataFrame(state), "rolling_scores"))
        study.write("rolling_changes", typed(pd.DataFrame(steps), "rolling_changes"))
        return study

    return laid


def test_the_tile_tells_all_accounts_beside_those_asked(sliced) -> None:
    seen = view(sliced(), client="C017", wave="2025")
    crq = tiles(seen)[0]
    assert (crq.rolling, crq.rolling_low, crq.rolling_high) == (5.4, 5.1, 5.7)
    assert crq.n_rolling == 41
    assert crq.value != crq.rolling
    said = first_screen(seen).html.replace("\N{NO-BREAK SPACE}", " ")
    assert "All 41 customers, also those not asked now: 5.4 (5.1 to 5.7)" in said
    assert "All 41 customers, also those not asked now: +20 (0 to +40)" in said


def test_a_change_is_that_of_all_accounts_since_the_earlier_wave(sliced) -> None:
    seen = view(sliced(), client="C017", wave="2025")
    assert seen.before == "2023"
    row = seen.measure("crq")
    assert (row["change"], row["verdict"], row["change_method"]) == (
        -0.1,
        "no_clear_change",
        "account_model",
    )
    told = claims(seen).set_index("claim")
    assert told.loc["no_clear_change", "against"] == "2023"
    assert "rise" not in told.index
    assert set(seen.scores.parts["part"]) == {"all"}


def test_a_state_that_rests_on_fewer_people_than_may_be_shown_is_withheld(sliced) -> None:
    seen = view(sliced(n_people=2), client="C017", wave="2025")
    assert seen.scores.rolling["value"].isna().all()
    assert pd.isna(seen.measure("crq")["change"])
    assert "also those not asked now" not in first_screen(seen).html


@pytest.mark.parametrize(
    ("n_accounts", "crq", "nps"),
    [(9, None, None), (10, (5.4, 5.1, 5.7), (20, 0, 40)), (99, (5.4, 5.1, 5.7), (20, 0, 40)),
     (100, (5.44, 5.19, 5.69), (21, 4, 38))],
)  # fmt: skip
def test_numbers_of_all_accounts_leave_every_account_a_scale_point(
    sliced, n_accounts, crq, nps
) -> None:
    """Who knows all other answers, and that an account counts by its whole share, solves for it."""
    rows = view(sliced(n_accounts=n_accounts), client="C017", wave="2025").scores.rolling
    told = rows.set_index("measure")[["value", "low", "high"]]
    for measure, shown, least in (("crq", crq, 1.0), ("nps", nps, 100.0)):
        if shown is None:
            assert told.loc[measure].isna().all()
            continue
        assert told.loc[measure].tolist() == pytest.approx(shown)
        step = {5.4: 0.1, 5.44: 0.01, 20: 10, 21: 1}[shown[0]]
        assert step * n_accounts >= least - 1e-9


def test_changes_of_too_few_accounts_are_not_told_by_their_verdict(sliced) -> None:
    seen = view(sliced(n_accounts=9), client="C017", wave="2025")
    row = seen.measure("crq")
    assert pd.isna(row["change"])
    assert row["verdict"] == "unknown"
    assert "also those not asked now" not in first_screen(seen).html


def test_a_plain_mean_of_a_year_is_told_apart_in_the_workbook_unless_a_wave_is_too_small(
    sliced,
) -> None:
    study = sliced()
    told = rolling_sheet(view(study, client="C017", wave="2025")).rows
    own = told[told["measure"] == "crq"].set_index("roll_up")
    assert own["value"].to_dict() == {"all_accounts": 5.4, "rolling_year": 5.3}
    assert own["n_respondents"].to_dict() == {"all_accounts": 25, "rolling_year": 24}
    rows = study.read("rolling_scores").assign(year_least=2.0)
    study.write("rolling_scores", rows)
    told = rolling_sheet(view(study, client="C017", wave="2025")).rows
    assert set(told["roll_up"]) == {"all_accounts"}


def test_in_swedish(sliced) -> None:
    seen = view(sliced(), client="C017", wave="2025", language="sv")
    said = first_screen(seen).html.replace("\N{NO-BREAK SPACE}", " ")
    assert "Alla 41 kunder, även de som inte tillfrågades nu: 5,4 (5,1 till 5,7)" in said
