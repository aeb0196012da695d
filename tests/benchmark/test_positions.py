"""Where a client stands: right places, honest doubt, nobody compared with itself."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from crqlab import benchmark
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import codes
from crqlab.base.contracts.schema import check
from crqlab.benchmark import Rules, Scores
from crqlab.benchmark.ranked_units import GROUPS
from crqlab.benchmark.release_positions import in_tables
from crqlab.benchmark.score_errors import score_errors
from crqlab.language import language
from tests.benchmark.made import client_scores
from tests.scores.made import codebook

ASKED = codebook().instrument
NEAR = Rules(min_clients=10, min_accounts=1)


def place(scores, **more):
    return benchmark.position(scores, **{"rules": NEAR, "draws": 400, **more})


def intervals(scores, half=0.2):
    """Table ``client_scores`` as station 3 has it, with intervals of one width."""
    rows = scores.table.melt(["client_id", "wave"], list(scores.measures), "measure", "value")
    ends = {"low": rows["value"] - half, "high": rows["value"] + half, "level": 0.95}
    return rows.assign(roll_up="respondents", method="replicate_t", n_accounts=20, **ends)


def one(result, client="C000", wave="2025", measure="crq"):
    return result.table.set_index(["client_id", "wave", "measure"]).loc[(client, wave, measure)]


def peers_of(scores, row, groups):
    table = scores.table
    same = np.all([table[g] == row[g] for g in groups] or [np.ones(len(table), bool)], axis=0)
    return table[same & (table["client_id"] != row["client_id"])]


def test_percentile_and_gap_are_those_among_the_others_of_the_cell():
    scores = client_scores(clients=120, waves=("2025",))
    result = place(scores)
    wanted = {"industry": 0, "country": 0}
    for _, row in scores.table.head(60).iterrows():
        found = one(result, row["client_id"])
        groups = [one["code"] for one in codes(found["peers"])]
        assert [one["value"] for one in codes(found["peers"])] == row[groups].tolist()
        others = peers_of(scores, row, groups)["crq"]
        assert len(others) == found["n_clients"] >= NEAR.min_clients - 1
        assert found["percentile"] == pytest.approx((others < row["crq"]).mean())
        assert found["gap"] == pytest.approx(np.quantile(others, 0.9) - row["crq"])
        assert found["decile"] == min(int(found["percentile"] * 10) + 1, 10)
        assert found["quartile"] == min(int(found["percentile"] * 4) + 1, 4)
        for group in wanted:
            wanted[group] += group in groups
    assert min(wanted.values()) > 10


def test_pooled_waves_leave_all_waves_of_the_client_out():
    scores = client_scores(clients=14, waves=("2023", "2024", "2025"), share=0.6)
    result = place(scores, rules=Rules(min_clients=11, min_accounts=1, max_share=0.5))
    pooled = result.table[result.table["peers"] == "all_clients_and_waves"]
    assert len(pooled) > 5
    row = scores.table.merge(pooled.query("measure == 'crq'"), on=["client_id", "wave"]).iloc[0]
    others = peers_of(scores, row, [])["crq"]
    assert row["percentile"] == pytest.approx((others < row["value"]).mean())
    assert row["gap"] == pytest.approx(np.quantile(others, 0.9) - row["value"])


def test_intervals_enclose_the_place_and_widen_with_the_own_doubt():
    scores = client_scores(clients=120, waves=("2025",))
    sure, unsure = place(scores), place(scores, intervals=intervals(scores, half=0.6))
    for result in (sure, unsure):
        rows = result.table
        assert (rows["percentile_low"] <= rows["percentile"]).all()
        assert (rows["percentile"] <= rows["percentile_high"]).all()
        assert (rows["gap_low"] <= rows["gap_high"]).all()
    width = [
        (r.table["percentile_high"] - r.table["percentile_low"]).mean() for r in (sure, unsure)
    ]
    assert width[1] > 1.2 * width[0]
    assert set(sure.table["flag"]) == {"own_score_certain"}
    assert set(unsure.table["flag"]) == {"ok"}


@pytest.mark.slow
def test_interval_of_the_percentile_covers_the_place_in_the_population():
    from scipy.stats import norm

    rng, hit = np.random.default_rng(20250101), []
    for _ in range(25):
        true = rng.normal(5, 0.5, 40)
        table = pd.DataFrame(
            {"client_id": [f"C{i}" for i in range(40)], "wave": "1", "industry": None,
             "country": None, "n_accounts": 9, "crq": true + rng.normal(0, 0.05, 40)}
        )  # fmt: skip
        scores = Scores(table, ("crq",), "client")
        rows = place(scores, intervals=intervals(scores, half=0.098)).table.set_index("client_id")
        truth = norm.cdf(true, 5, 0.5)
        rows = rows.loc[table["client_id"]]
        hit.append(((rows["percentile_low"] <= truth) & (truth <= rows["percentile_high"])).mean())
    assert 0.86 <= np.mean(hit) <= 0.97


def test_change_compares_with_the_wave_before():
    result = place(client_scores(clients=60))
    later, before = one(result, wave="2025"), one(result, wave="2024")
    assert later["before"] == before["percentile"]
    assert later["change"] == pytest.approx(later["percentile"] - before["percentile"])
    assert later["change_low"] <= later["change"] <= later["change_high"]
    assert np.isnan(before["before"])


def test_unique_is_the_top_tenth_of_the_panel_with_both_halves_above_the_median():
    measures = ("crq", "solution", "experience")
    scores = client_scores(clients=100, waves=("2025",), measures=measures)
    rows = place(scores).table.query("measure == 'crq'").set_index("client_id")
    table = scores.table.set_index("client_id")
    share = {m: table[m].rank() / len(table) for m in measures}
    sure = (share["crq"] > 0.93) & (share["solution"] > 0.55) & (share["experience"] > 0.55)
    assert (rows.loc[sure[sure].index, "unique"] == "yes").all()
    assert (rows.loc[table.index[share["crq"] < 0.88], "unique"] == "no").all()
    assert 5 <= (rows["unique"] == "yes").sum() <= 12


def by_accounts(accounts, errors):
    """One measure's Student intervals of clients with so many accounts and standard errors."""
    n, se = np.array(accounts), np.array(errors, dtype=float)
    half = se * t.isf(0.025, n - 1)
    names = [f"C{i}" for i in range(len(n))]
    rows = pd.DataFrame({"client_id": names, "wave": "1", "measure": "crq", "value": 5.0})
    same = {"level": 0.95, "roll_up": "respondents", "method": "account_t", "n_accounts": n}
    table = pd.DataFrame({"client_id": names, "wave": "1", "crq": 5.0})
    return Scores(table, ("crq",), "client"), rows.assign(low=5 - half, high=5 + half, **same)


def test_a_standard_error_is_no_wide_interval_of_few_accounts():
    scores, rows = by_accounts([3, 3, 3, 40], np.sqrt(0.9 / np.array([3, 3, 3, 40])))
    found = score_errors(scores, rows, None)["crq"]
    assert found.tolist() == pytest.approx(np.sqrt(0.9 / np.array([3, 3, 3, 40])))
    cut = rows.assign(high=rows["high"].where(rows["n_accounts"] > 3, 5.1))  # the scale's end
    assert score_errors(scores, cut, None)["crq"].tolist() == pytest.approx(found.tolist())


def test_what_few_accounts_differ_by_is_drawn_towards_what_all_do():
    scores, rows = by_accounts([3, 60], [0.1, np.sqrt(0.9 / 60)])
    small, large = score_errors(scores, rows, None)["crq"]
    usual = (2 * 0.03 + 59 * 0.9) / 61  # variance of one account, by degrees of freedom
    assert small == pytest.approx(np.sqrt((2 * 0.01 + 10 * usual / 3) / 12))
    assert large == pytest.approx(np.sqrt(0.9 / 60), rel=0.01)


def test_few_clients_have_no_place_and_a_sentence_instead():
    result = place(client_scores(clients=4))
    assert result.table["decile"].isna().all()
    assert set(result.table["flag"]) == set(result.table["peers"]) == {"few_peers"}
    assert "is not known: too few peers" in result.of("C000")
    assert str(result).startswith("No client has a position")
    assert len(check(result.table, contract("positions"), ASKED)) == len(result.table)


def test_a_single_client_is_placed_in_a_release_without_the_panel(tmp_path):
    panel = client_scores(clients=200, waves=("2025",))
    table = benchmark.deciles(panel, rules=NEAR, draws=60).table
    release = benchmark.publish(
        tmp_path, "r", table, ASKED, as_of=date(2026, 1, 1), contributors=200, synthetic=True
    )
    alone = Scores(panel.table.head(1), panel.measures, "client")
    result = place(alone, tables=release.table, source=release.source, intervals=intervals(alone))
    found, among = one(result), one(place(panel, intervals=intervals(panel)))
    assert abs(found["percentile"] - among["percentile"]) < 0.12
    assert found["percentile_low"] <= found["percentile"] <= found["percentile_high"]
    assert codes(found["source"]) == [
        {"code": "release_synthetic", "name": "r", "digest": release.digest[:8],
         "as_of": "2026-01-01", "clients": 200, "instrument": "made", "version": "1"}
    ]  # fmt: skip
    groups = [each["code"] for each in codes(found["peers"])]
    assert groups == [name for name in GROUPS if name in (*groups, "industry", "wave")]
    assert [each["value"] for each in codes(found["peers"])] == panel.table[groups].iloc[0].tolist()
    assert str(release) in result.of(alone.table["client_id"].iloc[0])
    assert found["flag"] == "ok"
    assert len(check(result.table, contract("positions"), ASKED)) == len(panel.measures)


def test_a_release_of_long_ago_says_its_cautions_in_its_own_words():
    panel = client_scores(clients=120, waves=("2025",))
    table = benchmark.deciles(panel, rules=NEAR, draws=30).table
    hidden = table["shown"] != table["by"]
    before = "too few clients: wave is shown"
    old = table.assign(flag=table["flag"].mask(hidden, before))
    rows = place(panel, tables=old).table
    assert (rows["flag"] == before).sum() > 5
    assert (rows["flag"] == before).sum() + (rows["flag"] == "own_score_certain").sum() == len(rows)
    assert {language("en").caution(cell) for cell in rows["flag"]} == {
        before, "the client's own score is taken as certain"
    }  # fmt: skip


def test_percentiles_in_a_release_are_read_off_its_cuts():
    panel = client_scores(clients=200, waves=("2025",), measures=("crq",))
    table = benchmark.deciles(panel, rules=NEAR, by=[], draws=60).table
    cuts = table.set_index("share")["estimate"]
    values = [cuts[0.1] - 1, cuts[0.3], (cuts[0.4] + cuts[0.5]) / 2, cuts[0.9] + 1]
    rows = panel.table.head(4).assign(crq=values)
    found = place(Scores(rows, ("crq",), "client"), tables=table).table.set_index("client_id")
    shares = found.loc[rows["client_id"], "percentile"]
    np.testing.assert_allclose(shares, [0.05, 0.3, 0.45, 0.95])
    np.testing.assert_allclose(found.loc[rows["client_id"], "gap"], cuts[0.9] - np.array(values))


def test_a_measure_that_the_release_lacks_is_flagged():
    panel = client_scores(clients=60, waves=("2025",))
    table = benchmark.deciles(panel, measures=["crq"], rules=NEAR, draws=30).table
    found = one(place(panel, tables=table), measure="nps")
    assert np.isnan(found["decile"])
    assert found["flag"] == "not_in_release"


def test_no_score_at_all_gives_no_rows():
    empty = Scores(client_scores().table.iloc[:0], (), "client")
    result = place(empty)
    assert result.table.empty
    assert result.longest() == ("", "")
    assert "is not known: there is no score" in result.of("")


def test_places_stay_on_the_scale_where_waves_are_small_and_cuts_doubtful():
    scores = client_scores(clients=40, waves=("2025",), seed=3)
    tables = benchmark.deciles(scores, rules=Rules(10, 1), by=[["wave"]], draws=60).table
    doubtful = tables.assign(
        low=tables["estimate"] - np.linspace(0.1, 6, len(tables)),
        high=tables["estimate"] + np.linspace(6, 0.1, len(tables)),
    )
    doubtful.loc[doubtful.index[::7], ["estimate", "low", "high"]] = np.nan
    alone = Scores(scores.table.iloc[:3], scores.measures, "client")
    wide = pd.DataFrame(2.5, index=range(3), columns=list(scores.measures))
    found = in_tables(alone, wide, doubtful, level=0.9, draws=400, seed=1)
    known = found.dropna(subset="percentile")
    assert len(known) >= 3
    for name in ("percentile", "percentile_low", "percentile_high"):
        assert known[name].between(0, 1).all()
    assert (known["percentile_low"] <= known["percentile"]).all()
    assert (known["percentile_high"] >= known["percentile"]).all()
