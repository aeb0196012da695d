"""Raters of the same targets, and agreement inside groups, against R and published tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.base.contracts.cautions import has
from crqlab.stats import raters
from crqlab.stats.agreement import rwg, rwg_j
from crqlab.stats.deviation_agreement import ad, awg, rwg_lindell
from tests import oracle

NAMES = {"ICC1": "ICC(1,1)", "ICC2": "ICC(2,1)", "ICC3": "ICC(3,1)"}
NAMES |= {f"{key}k": f"{name[:-2]}k)" for key, name in NAMES.items()}


def ratings(n=12, k=4, seed=1):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 1)) * 2 + rng.normal(size=k) + rng.normal(size=(n, k))
    return pd.DataFrame(scores.round(1), columns=[f"j{i}" for i in range(k)])


def test_all_six_forms_agree_with_psych():
    golden = oracle.golden("icc_shrout_fleiss")
    table = oracle.data("shrout_fleiss")[golden["spec"]["cols"]]
    found, near = raters.rater_iccs(table).table.set_index("form"), golden["tolerance"]
    for row in golden["values"]["psych"]:
        ours = found.loc[NAMES[row["type"]]]
        wanted = [row[name] for name in ("ICC", "lower", "upper", "F", "df1", "df2", "p")]
        columns = ["icc", "low", "high", "f", "df1", "df2", "p"]
        assert ours[columns].tolist() == pytest.approx(wanted, **near), row["type"]


def test_concordance_and_alpha_agree_with_irr():
    golden = oracle.golden("icc_shrout_fleiss")
    table, near = oracle.data("shrout_fleiss")[golden["spec"]["cols"]], golden["tolerance"]
    values = golden["values"]
    assert raters.kendall_w(table) == pytest.approx(values["kendall_w"], **near)
    # without gaps irr forgets to divide pairs by k - 1 = 3, so that it takes the 24 ratings for
    # 72 in "n - 1"; with gaps (next test) it does divide
    for scale in ("interval", "ordinal"):
        found = 1 - (1 - raters.krippendorff(table, scale=scale)) * (71 / 3) / 23
        assert found == pytest.approx(values[f"kripp_{scale}"], **near)


def test_krippendorff_as_published_with_gaps():
    """Hayes & Krippendorff (2007), and the reliability data of Krippendorff (2011)."""
    nan = np.nan
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ]
    table = pd.DataFrame(rows).T
    told = {
        s: round(raters.krippendorff(table, scale=s), 3) for s in ("nominal", "ordinal", "interval")
    }
    assert told == {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-50, 50), st.floats(0.1, 20))
def test_the_unit_does_not_matter_and_levels_of_raters_only_for_agreement(seed, shift, scale):
    table = ratings(seed=seed)
    here = raters.rater_iccs(table).table.set_index("form")["icc"]
    moved = raters.rater_iccs(table * scale + shift).table.set_index("form")["icc"]
    assert moved.tolist() == pytest.approx(here.tolist(), abs=1e-6)
    milder = raters.rater_iccs(table + np.arange(4) * 3).table.set_index("form")["icc"]
    assert milder["ICC(3,1)"] == pytest.approx(here["ICC(3,1)"])
    assert milder["ICC(2,1)"] < milder["ICC(3,1)"]
    assert here["ICC(3,k)"] >= here["ICC(3,1)"] or here["ICC(3,1)"] < 0


def test_consistency_of_the_mean_is_alpha():
    from crqlab.stats.reliability import alpha

    table = ratings(40)
    found = raters.rater_iccs(table).table.set_index("form").loc["ICC(3,k)"]
    plain = alpha(table)
    assert found["icc"] == pytest.approx(plain.value)
    assert (found["low"], found["high"]) == pytest.approx((plain.low, plain.high))  # Feldt


def test_intervals_cover_what_is_true():
    rng, inside = np.random.default_rng(4), np.zeros(3)
    truth = np.array([4 / 6, 4 / 6, 4 / 5])
    for _ in range(400):
        scores = 2 * rng.normal(size=(25, 1)) + rng.normal(size=5) + rng.normal(size=(25, 5))
        table = raters.rater_iccs(pd.DataFrame(scores)).table[:3]
        inside += (table["low"] < truth) & (truth < table["high"])
    # three errors of .95 in 400 are .033; the interval of ICC(2,1) is itself approximate. ICC(1)
    # does not hold where raters are crossed
    assert inside[2] / 400 > 0.917
    assert inside[1] / 400 > 0.90


def test_gaps_are_left_out_and_told_and_nothing_is_refused_in_silence():
    table = ratings()
    table.iloc[0, 0] = np.nan
    found = raters.rater_iccs(table)
    assert found.n == 11
    assert has(found.flag, "respondents_left_out")
    with pytest.raises(EstimateError, match="0 targets"):
        raters.rater_iccs(table[:1])
    with pytest.raises(EstimateError, match="throughout"):
        raters.rater_iccs(table * 0 + 3)
    with pytest.raises(EstimateError, match="no target from another"):
        raters.kendall_w(table[1:] * 0)
    with pytest.raises(EstimateError, match="values that differ"):
        raters.krippendorff(table * 0)


# ---- agreement inside groups


def test_deviations_and_a_wg_agree_with_multilevel():
    golden, table = oracle.golden("grp_lq2002"), oracle.data("lq2002")
    values, groups, items = golden["values"], table["COMPID"], table[golden["spec"]["items"]]
    for variable, wanted in values["ad_m"].items():
        found = ad(table[variable], groups, points=5).set_index("group")["ad"]
        assert found.mean() == pytest.approx(wanted["mean"], rel=1e-9)
        for row in wanted["first10"]:
            assert found[int(row["grpid"])] == pytest.approx(row["AD"], rel=1e-9)
    for variable in ("LEAD", "TSIG"):
        wanted = values["awg"][variable]
        found = awg(table[variable], groups, points=5).set_index("group")["awg"]
        assert found.mean() == pytest.approx(wanted["mean"], rel=1e-9)
        for row in wanted["first10"]:
            assert found[int(row["grpid"])] == pytest.approx(row["awg"], rel=1e-9)
    with pytest.raises(EstimateError, match="off 1 to 5"):  # 0 to 4, which R takes for 1 to 5
        awg(table["HOSTILE"], groups, points=5)
    found = ad(items, groups, points=5).set_index("group")["ad"]
    for row in values["ad_m_items"]:
        assert found[int(row["grpid"])] == pytest.approx(row["AD"], rel=1e-9)
    found = awg(items, groups, points=5).set_index("group")
    for row in values["awg_items"]:
        company = found.loc[int(row["grpid"])]
        assert (company["n"], company["awg"]) == (row["nraters"], pytest.approx(row["awg"]))
    found = rwg_lindell(items, groups, points=5).set_index("group")["rwg_lindell"]
    assert found.mean() == pytest.approx(values["rwg_j"]["lindell_mean"], rel=1e-9)
    for row in values["rwg_j"]["lindell_table"]:
        assert found[int(row["grpid"])] == pytest.approx(row["rwg"], rel=1e-9)


def test_of_one_item_lindells_index_is_r_wg():
    answers, groups = pd.Series([6, 7, 6, 5, 3, 4]), pd.Series(list("aaabbb"))
    one = rwg_lindell(answers, groups, points=7)["rwg_lindell"]
    assert one.tolist() == pytest.approx(rwg(answers, groups, points=7)["rwg"].tolist())
    several = pd.DataFrame({"a": answers, "b": answers})
    assert rwg_lindell(several, groups, points=7)["rwg_lindell"].tolist() == pytest.approx(
        one.tolist()
    )
    assert (rwg_j(several, groups, points=7)["rwg_j"] > one).all()


def test_the_end_of_agreement_and_of_disagreement():
    groups = pd.Series(list("aabbccd"))
    answers = pd.Series([7, 7, 1, 7, 1, 2, 4.0])
    found = awg(answers, groups, points=7).set_index("group")
    assert found.loc["a", "awg"] == 1
    assert found.loc["b", "awg"] == -1
    assert found.loc["c", "flag"] == "mean_too_near_the_end"
    assert has(found.loc["d", "flag"], "few_answers")
    deviations = ad(answers, groups, points=7).set_index("group")
    assert deviations.loc[["a", "b", "c"], "ad"].tolist() == [0, 3, 0.5]
    assert deviations.loc[["a", "b", "c"], "agree"].tolist() == [True, False, True]
    with pytest.raises(EstimateError, match="off 1 to 5"):
        awg(answers, groups, points=5)
    with pytest.raises(EstimateError, match="same respondents"):
        ad(answers, groups[:-1], points=7)


def test_a_median_is_no_farther_than_a_mean():
    rng = np.random.default_rng(2)
    answers = pd.DataFrame(rng.integers(1, 8, (200, 3))).mask(rng.random((200, 3)) < 0.2)
    groups = pd.Series(rng.integers(0, 30, 200))
    mean, median = (ad(answers, groups, points=7, centre=c)["ad"] for c in ("mean", "median"))
    assert (median <= mean + 1e-12).all()
    assert (median < mean).any()
