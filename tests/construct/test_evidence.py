"""Evidence finds the construct that was planted, misses the one that was not, and says why not."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from crqlab import CrqError, EstimateError, construct, scores
from crqlab.base.contracts.cautions import code, codes
from crqlab.construct import dimensionality
from crqlab.construct.construct_evidence import CRITERIA
from crqlab.construct.evidence_data import collect
from crqlab.stats.factors import cfa, invariance
from crqlab.stats.reliability import omega
from crqlab.stats.sampling import Sampling
from crqlab.stats.validity import htmt
from tests.construct.made import MODEL, account_table, codebook, frames, responses

DRAWS = {"draws": 100}


@pytest.fixture(scope="module")
def sound():
    table, people, book = frames(accounts=200)
    return construct.evidence(table, people, book, account_table(table), **DRAWS)


def verdicts(result, criterion):
    return result.of(criterion)["verdict"]


def test_a_planted_construct_is_recognised(sound):
    for criterion in ("reliability", "convergent", "discriminant", "dimensions"):
        assert (verdicts(sound, criterion) == "meets").all(), criterion
    assert sound.summary.set_index("criterion").loc["fit", "verdict"] == "meets"
    assert set(sound.summary["criterion"]) == set(CRITERIA)
    assert str(sound).endswith("n = 1,000 respondents")


FOUR = {**MODEL, "solution": ["o1", "o2", "o3"]}


def fit_of(result, model):
    return result.of("fit").query("about == @model").set_index("measure")


def test_a_factor_above_three_constructs_has_no_verdict_of_its_own(sound):
    second, first = fit_of(sound, "second_order"), fit_of(sound, "first_order")
    assert (second["verdict"] == "unknown").all()
    assert (second["flag"] == "equivalent_to_first_order").all()
    np.testing.assert_allclose(second["estimate"], first["estimate"], atol=1e-6)
    table, people, book = frames(model=FOUR, accounts=80)
    tested = fit_of(construct.evidence(table, people, book, **DRAWS), "second_order")
    assert (tested["verdict"] == "meets").all()
    assert not tested["flag"].str.contains("equivalent").any()


def test_constructs_outside_crq_are_judged_too():
    table, people, book = frames(model=FOUR, accounts=120, apart=("solution",))
    result = construct.evidence(table, people, book, **DRAWS)
    assert "solution" not in book.instrument.crq.constructs
    for criterion in ("reliability", "convergent", "discriminant"):
        rows = result.of(criterion).query("about == 'solution'")
        assert len(rows), criterion
        assert (rows["verdict"] == "meets").all(), criterion
    pairs = result.of("discriminant").query("measure == 'htmt'")["about"]
    assert {"trust – solution", "trust – service"} <= set(pairs)
    fit = cfa(table.assign(account=table["client_id"] + table["account_id"]), FOUR,
              cluster="account").fit  # fmt: skip
    assert fit_of(result, "instrument").loc["cfi", "estimate"] == pytest.approx(fit["cfi_robust"])
    whole = result.of("dimensions").set_index("about")
    assert whole["estimate"].to_dict() == {"crq": 3, "instrument": 4}
    three = {name: items for name, items in FOUR.items() if name != "solution"}
    alone, people, book = frames(model=three, accounts=120)
    alone = construct.evidence(alone, people, book, **DRAWS).of("reliability")
    assert set(alone["about"]) == set(three)


def test_a_construct_outside_crq_of_hardly_related_items_misses():
    table, _, book = frames(model=FOUR, accounts=120, apart=("solution",))
    loose = responses(model=FOUR, accounts=120, loading=0.45)
    table = table.assign(**loose[FOUR["solution"]])
    result = construct.evidence(table, scores.respondents(table, book), book, **DRAWS)
    about = result.of("reliability").set_index("about")["verdict"]
    assert about.to_dict() == dict.fromkeys(MODEL, "meets") | {"solution": "misses"}


def test_parts_of_a_construct_are_judged_on_their_own():
    table, people, book = frames(model=FOUR, accounts=120, parts=("service", "solution"))
    result = construct.evidence(table, people, book, **DRAWS)
    rows = result.of("convergent").query("measure == 'ave'").set_index("about")
    assert set(rows.index) == {"trust", "commitment", "whole", "service", "solution"}
    assert (rows.loc[["service", "solution"], "verdict"] == "meets").all()
    assert rows.loc["whole", "verdict"] != "meets"  # two parts that correlate .5, taken as one
    assert "service – solution" in set(result.of("discriminant")["about"])
    assert "service" not in set(result.relations["left"]) | set(result.relations["right"])


@pytest.mark.parametrize("factors", [1, 2, 3, 4, 5, 6])
def test_the_number_of_factors_is_compared_with_the_plan_from_both_sides(factors):
    table, people, book = frames(accounts=60)
    data = collected(table, people, book)
    found = dimensionality.dimensions(data)["crq"]
    rows = dimensionality.dimension_rows(data, {"crq": dataclasses.replace(found, factors=factors)})
    verdict = {3: "meets", 2: "borderline", 4: "borderline"}.get(factors, "misses")
    assert rows[0]["verdict"] == verdict
    assert (rows[0]["cutoff"], rows[0]["side"]) == (3, "as_planned")


def collected(table, people, book, **options):
    given = {"breakdowns": None, "groupings": None, "sampling": Sampling(draws=100)}
    return collect(table, people, book, None, **{**given, **options})


def test_groups_are_told_apart_by_any_column():
    table, people, book = frames(accounts=120)
    role = np.where(np.arange(len(table)) % 3 == 0, "user", "executive")
    table = table.assign(role=role)
    people = scores.respondents(table, book)
    units = table[["client_id", "wave", "response_id"]].assign(
        dimension="unit", group=np.where(np.arange(len(table)) % 2 == 0, "North", "South")
    )
    crm = account_table(table).assign(tier=lambda a: a["industry"].str.lower())
    options = {"breakdowns": units, "groupings": ["role", "tier", "unit"], **DRAWS}
    result = construct.evidence(table, people, book, crm, **options)
    assert list(dict.fromkeys(result.ladders["grouping"])) == ["role", "tier", "unit"]
    assert (verdicts(result, "invariance") == "meets").all()
    default = construct.evidence(table, people, book, breakdowns=units, **DRAWS)
    assert "unit" in set(default.of("invariance")["about"])
    with pytest.raises(CrqError, match=r"groupings= is 'unti'.*Did you mean 'unit'"):
        construct.evidence(table, people, book, groupings=["unti"], breakdowns=units)


def test_smaller_groups_are_compared_with_their_caution():
    table, people, book = frames(accounts=120)
    batch = np.where(np.arange(len(table)) < 80, "early", "late")
    batch[:30] = "pilot"
    table = table.assign(batch=batch)
    result = construct.evidence(table, people, book, groupings=["batch"], **DRAWS)
    rows = result.of("invariance")
    assert rows["estimate"].notna().all()
    assert codes(rows["flag"].iloc[0]) == [
        {"code": "small_groups", "n": 1, "smallest": 50, "minimum": 200},
        {"code": "groups_left_out", "used": 2, "known": 3},
    ]
    few = construct.evidence(table.head(90), people.head(90), book, groupings=["batch"], **DRAWS)
    assert (few.of("invariance")["flag"] == code("few_large_groups", minimum=50)).all()


def test_fit_and_invariance_use_the_same_robust_indices(sound):
    table, *_ = frames(accounts=200)
    account = table["client_id"] + table["account_id"]
    rows = table.assign(account=account).sort_values("language", kind="stable")
    robust = invariance(rows, MODEL, "language", cluster="account").judged.set_index("step")
    ladder = sound.ladders.query("grouping == 'language'").set_index("step")
    np.testing.assert_allclose(ladder["cfi"], robust["cfi"].to_numpy(), atol=1e-9)
    plain = invariance(rows, MODEL, "language").table.set_index("step")
    assert (ladder["cfi"] - plain["cfi"]).abs().max() > 1e-5
    first = fit_of(sound, "first_order").loc["cfi", "estimate"]
    assert ladder.loc["configural", "cfi"] == pytest.approx(first, abs=0.01)


def test_numbers_are_those_of_the_arithmetic_floor():
    table, people, book = frames(accounts=80)
    result = construct.evidence(table, people, book, **DRAWS)
    trust = result.of("reliability").iloc[0]
    assert trust["estimate"] == pytest.approx(omega(table[MODEL["trust"]]).value)
    pair = result.relations.iloc[0]
    assert pair["htmt"] == pytest.approx(htmt(table, MODEL).loc["trust", "commitment"])
    account = table["client_id"] + table["account_id"]
    fit = cfa(table.assign(account=account), MODEL, cluster="account").fit
    first = result.rivals.set_index("model").loc["first_order"]
    assert first["chi2"] == pytest.approx(fit["chi2_scaled"])
    assert first["cfi"] == pytest.approx(fit["cfi_robust"])


def test_intervals_hold_what_was_planted(sound):
    rows = sound.loadings[sound.loadings["order"] == 1]
    assert len(rows) == 9
    # rounding to seven points costs a little: the answers load a shade below 0.8
    assert (rows["loading"] - 0.78).abs().max() < 0.05
    assert ((rows["low"] < rows["loading"]) & (rows["loading"] < rows["high"])).all()
    assert sound.relations["htmt"].between(0.4, 0.6).all()


def test_two_names_for_one_construct_are_found_out():
    table, people, book = frames(correlation=0.97)
    result = construct.evidence(table, people, book, **DRAWS)
    rows = result.of("discriminant")
    assert (rows.loc[rows["measure"] == "htmt", "verdict"] == "misses").all()
    assert result.of("dimensions")["verdict"].item() == "misses"
    assert result.of("method")["estimate"].iloc[0] < 0.01


def test_noise_is_no_construct():
    table, people, book = frames(loading=0.45)
    result = construct.evidence(table, people, book, **DRAWS)
    assert (verdicts(result, "reliability") == "misses").all()
    assert (verdicts(result, "convergent") == "misses").all()


def test_an_item_that_reads_differently_in_one_language_is_named():
    table, _, book = frames(accounts=200)
    shifted = table["t2"].where(table["language"] == "en", (table["t2"] - 2).clip(1, 7))
    table = table.assign(t2=shifted)
    result = construct.evidence(table, scores.respondents(table, book), book, **DRAWS)
    rows = result.of("invariance").set_index(["about", "measure"])
    assert rows.loc[("language", "cfi_change_metric"), "verdict"] == "meets"
    scalar = rows.loc[("language", "cfi_change_scalar")]
    assert scalar["verdict"] in ("borderline", "misses")
    assert scalar["question"] == code("scores_comparable", grouping="language")
    assert {"code": "intercept_free", "item": "t2"} in codes(scalar["flag"])


def test_outcomes_and_promoters_are_known_groups():
    table, people, book = frames(accounts=150)
    account = people.groupby(["client_id", "account_id"], as_index=False)["crq"].mean()
    outcome = np.where(account["crq"] > account["crq"].median(), "renewed", "churned")
    due = pd.Timestamp("2025-09-01")
    outcomes = account[["client_id", "account_id"]].assign(outcome=outcome, due_on=due)
    rows = construct.evidence(table, people, book, outcomes=outcomes, **DRAWS).of("known_groups")
    means = account.groupby(outcome)["crq"].agg(["mean", "var", "size"])
    pooled = np.sqrt((means["var"] * (means["size"] - 1)).sum() / (len(account) - 2))
    d = (means.loc["renewed", "mean"] - means.loc["churned", "mean"]) / pooled
    assert rows["estimate"].iloc[1] == pytest.approx(d)
    assert rows["verdict"].iloc[0] == "meets"
    early = outcomes.assign(due_on=pd.Timestamp("2025-01-01"))
    late = construct.evidence(table, people, book, outcomes=early, **DRAWS).of("known_groups")
    assert late["flag"].iloc[1] == "no_outcome_after_answer"


SHAPES = {
    "one item each": {"model": {"trust": ["t1"], "care": ["k1"]}},
    "one construct": {"model": {"trust": ["t1", "t2", "t3", "t4"]}},
    "two items each": {"model": {"trust": ["t1", "t2"], "care": ["k1", "k2"]}},
    "parts": {"parts": ["commitment", "service"]},
    "five points": {"scale": (1, 5)},
    "eleven points": {"scale": (0, 10)},
    "no LTR": {"ltr": False},
    "one account": {"accounts": 1, "each": 60, "clients": 1},
    "everybody alone": {"accounts": 80, "each": 1},
    "four people": {"accounts": 2, "each": 2},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_any_instrument_gets_numbers_or_reasons(shape):
    table, people, book = frames(**{"accounts": 40, **SHAPES[shape]})
    result = construct.evidence(table, people, book, **DRAWS)
    unknown = result.table["verdict"] == "unknown"
    assert (result.table.loc[unknown, "flag"] != "ok").all()
    assert set(result.table["criterion"]) == set(CRITERIA)
    assert result.table["estimate"].notna()[~unknown].all()
    assert str(result).startswith("Of 11 criteria")


def test_no_ltr_says_so_and_leaves_the_rest():
    table, people, book = frames(accounts=60, ltr=False)
    result = construct.evidence(table, people, book, **DRAWS)
    assert (result.of("criterion")["flag"] == "no_ltr_answers").all()
    assert (verdicts(result, "reliability") == "meets").all()


def test_the_order_of_rows_changes_nothing():
    table, people, book = frames(accounts=40)
    once = construct.evidence(table, people, book, **DRAWS).table
    mixed = table.sample(frac=1, random_state=3), people.sample(frac=1, random_state=4)
    again = construct.evidence(*mixed, book, **DRAWS).table
    pd.testing.assert_series_equal(once["verdict"], again["verdict"])
    np.testing.assert_allclose(once["estimate"], again["estimate"], rtol=1e-6)


def test_refuses_strangers_and_nobody():
    table, people, book = frames(accounts=10)
    with pytest.raises(EstimateError, match="not among responses="):
        construct.evidence(table.head(5), people, book)
    with pytest.raises(EstimateError, match="respondents= is empty"):
        construct.evidence(table, people.head(0), book)
    with pytest.raises(EstimateError, match="level= is 95"):
        construct.evidence(table, people, book, level=95)


def test_summary_takes_the_weakest_verdict_and_names_its_cause(sound):
    table = sound.table.copy()
    table.loc[table["about"] == "trust", "verdict"] = "misses"
    changed = construct.Evidence(
        table, sound.rivals, sound.loadings, sound.relations, sound.ladders, 0.95, 10
    )
    row = changed.summary.set_index("criterion").loc["reliability"]
    assert (row["verdict"], row["misses"]) == ("misses", 1)
    assert changed.weakest("reliability")["label"].tolist() == ["Trust"]
    assert changed.weakest("fit").empty
    assert "missed (reliability, convergent, discriminant)" in str(changed)


def test_made_codebooks_without_recommendation_are_valid():
    assert codebook(recommend=False).instrument.recommend is None
    assert responses(accounts=3, each=2).shape[0] == 6
