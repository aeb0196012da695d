"""Account scores against R, against their own laws, and at their edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import Codebook, EstimateError, scores, simulate
from crqlab.base import yaml_documents
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import codes, has
from crqlab.base.contracts.schema import check
from crqlab.scores.account_scores import _changed
from crqlab.scores.rollups import laid_out
from crqlab.simulate.raw import CODEBOOK
from tests.scores import made

FOLDER = Path(__file__).parents[1] / "reference/scores"
KEYS = ["client_id", "wave", "account_id"]


def carry(table, *names):
    """Whether each row's flag holds one of some codes."""
    return table["flag"].map(lambda cell: any(has(cell, name) for name in names))


@pytest.fixture(scope="module")
def known():
    """People whose account scores R knows, with a codebook for them."""
    people = pd.read_csv(FOLDER / "people.csv")
    n = len(people)
    columns = {name: people[name].to_numpy(float) for name in ("a", "b", "c", "d")}
    table = made.frame(
        {name: people[name].to_numpy() for name in ("client_id", "account_id", "role")}
        | {"ltr": people["ltr"].to_numpy(float)}
        | {"familiarity": people["familiarity"].to_numpy(float)}
        | {"wave": "2025", "response_id": [f"r{k}" for k in range(n)]}
        | columns
    )
    book = Codebook.model_validate(
        {
            "title": "People",
            "responses": {"files": ["people.csv"]},
            "roles": {
                "order": ["executive", "manager", "user"],
                "weights": {"executive": 3, "manager": 2, "user": 1},
            },
            "instrument": {
                "name": "people",
                "version": "1",
                "scale": [1, 7],
                "items": dict.fromkeys("abcd", ""),
                "constructs": {f"c_{i}": {"label": i, "items": [i]} for i in "abcd"},
                "crq": {"constructs": ["c_a", "c_b", "c_c", "c_d"]},
            },
        }
    )
    return scores.respondents(table, book), table, book


REFERENCE = pd.read_csv(FOLDER / "accounts.csv")
BY_ACCOUNT = REFERENCE[REFERENCE["account"].notna()]


@pytest.mark.parametrize("column", BY_ACCOUNT["quantity"].unique())
def test_agrees_with_r(known, column):
    respondents, _, book = known
    found = scores.accounts(respondents, book).set_index(["client_id", "account_id"])[column]
    wanted = BY_ACCOUNT[BY_ACCOUNT["quantity"] == column].set_index(["client", "account"])
    assert len(found) == len(wanted)
    np.testing.assert_allclose(
        found.reindex(wanted.index), wanted["reference"], atol=wanted["tolerance"].max(), rtol=0
    )


@pytest.mark.parametrize(
    "row", REFERENCE[REFERENCE["account"].isna()].to_dict("records"), ids=lambda r: r["quantity"]
)
def test_clients_and_agreement_agree_with_r(known, row):
    respondents, responses, book = known
    name = row["quantity"]
    if name.startswith("icc"):
        found = scores.agreement(respondents, responses, book, draws=20)
        found = found[(found["measure"] == "crq") & (found["statistic"] == name)]
    else:
        measure, roll_up = name.split()
        ends = roll_up in ("low", "high")
        found = scores.clients(respondents, None, book)
        found = found[found["roll_up"] == ("respondents" if ends else roll_up)]
        found = found[(found["method"] == "adjusted_wald") == ends]
        found = found[found["measure"] == measure].assign(
            value=lambda t: t[roll_up] if ends else t["value"]
        )
    value = found.set_index("client_id")["value"][row["client"]]
    assert value == pytest.approx(row["reference"], abs=row["tolerance"])


def test_test_vectors_of_the_nps(known):
    respondents, _, book = known
    ltr = [10.0] * 12 + [8.0] * 6 + [2.0] * 2 + [9.0, 7.0, 1.0]
    rows = respondents.head(23).assign(
        ltr=ltr, client_id="C", account_id=["big"] * 20 + ["small"] * 3
    )
    found = scores.accounts(rows, book)[["nps", "nps_low", "nps_high"]].round(1)
    assert found.to_numpy().tolist() == [[50.0, 15.0, 71.9], [0.0, -61.1, 61.1]]


def table(**options):
    book = made.codebook(options.get("scale", (1, 7)))
    return scores.respondents(made.responses(**options), book), book


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_ignores_the_order_of_rows(seed):
    respondents, book = table(clients=2)
    mixed = respondents.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        scores.accounts(mixed, book), scores.accounts(respondents, book), check_exact=True
    )


def test_other_clients_change_nothing_unless_the_flag_says_so():
    respondents, book = table(clients=3, accounts=15)
    mine = respondents[respondents["client_id"] == "C1"]
    alone, among = scores.accounts(mine, book), scores.accounts(respondents, book)
    among = among[among["client_id"] == "C1"].reset_index(drop=True)
    assert carry(among, "icc_of_wave", "variance_of_wave").tolist() == [False] * len(among)
    pd.testing.assert_frame_equal(alone, among, check_exact=True)


def test_a_small_client_borrows_from_its_wave_and_says_so():
    respondents, book = table(clients=3, accounts=15)
    kept = respondents["account_id"].isin(["A00", "A01", "A02"])
    small = respondents["client_id"].eq("C1") & ~kept
    found = scores.accounts(respondents[~small], book)
    mine = found["client_id"] == "C1"
    assert carry(found, "icc_of_wave").tolist() == mine.tolist()
    assert not carry(found[~mine], "variance_of_wave").any()
    assert found.loc[mine, ["shrunken", "low"]].notna().all(axis=None)


def test_shrunken_scores_lie_between_the_raw_one_and_a_common_point():
    respondents, book = table(clients=2, waves=("1",), accounts=40)
    for _, rows in scores.accounts(respondents, book).groupby("client_id"):
        own = rows["weight"]
        centre = (rows["shrunken"] - own * rows["crq"]) / (1 - own)
        assert np.ptp(centre) < 1e-9
        assert rows["crq"].min() < centre.iloc[0] < rows["crq"].max()
        assert rows.sort_values("n")["weight"].is_monotonic_increasing


def test_a_change_is_to_the_client_s_own_wave_before_and_draws_on_both_intervals():
    waves = [("C", "W9", "A"), ("C", "W10", "A"), ("C", "W10", "B"), ("D", "W2", "A"),
             ("D", "W10", "A")]  # fmt: skip
    rows = [
        people([5.0], account, client_id=client, wave=wave)[0] for client, wave, account in waves
    ]
    layout = laid_out(pd.concat(rows), made.codebook().instrument)
    ends = {
        ("C", "W9", "A"): (4.0, 3.7, 4.4),
        ("C", "W10", "A"): (5.0, 4.6, 5.3),
        ("C", "W10", "B"): (6.0, 5.0, 7.0),
        ("D", "W2", "A"): (3.0, 2.0, 4.0),
        ("D", "W10", "A"): (2.5, np.nan, np.nan),
    }
    keys = list(layout.accounts.itertuples(index=False, name=None))
    names = ["shrunken", "shrunken_low", "shrunken_high"]
    found = _changed(layout, pd.DataFrame([ends[key] for key in keys], columns=names), 0.95)
    said = dict(zip(keys, found["change_verdict"], strict=True))
    assert said == dict.fromkeys(keys, "unknown") | {("C", "W10", "A"): "higher"}
    found = found[["change", "change_low", "change_high"]]
    found = dict(zip(keys, found.to_numpy().round(3).tolist(), strict=True))
    assert found["C", "W10", "A"] == [1.0, 0.434, 1.424]
    assert found["D", "W10", "A"] == pytest.approx([-0.5, np.nan, np.nan], nan_ok=True)
    for key in (("C", "W9", "A"), ("C", "W10", "B"), ("D", "W2", "A")):
        assert np.isnan(found[key]).all(), key


def test_a_move_of_one_account_is_judged_among_all_of_its_client():
    """Interval and p are one test; beside others that do not move, one account needs more."""
    rows = pd.concat(
        [people([5.0], f"A{k:02d}", wave=wave)[0] for wave in ("1", "2") for k in range(20)]
    )
    layout = laid_out(rows, made.codebook().instrument)
    later = (layout.accounts["wave"] == "2").to_numpy()
    first = (layout.accounts["account_id"] == "A00").to_numpy()

    def told(step):
        value = 5.0 + np.where(later & first, step, 0.0)
        ends = {"shrunken": value, "shrunken_low": value - 0.5, "shrunken_high": value + 0.5}
        return _changed(layout, pd.DataFrame(ends), 0.95)[later & first].iloc[0]

    edge = 0.5 * 2**0.5
    assert told(edge)["change_low"] == pytest.approx(0)
    assert told(edge)["change_q"] == pytest.approx(20 * 0.05)
    assert told(edge + 0.01)["change_verdict"] == "no_clear_change"
    assert told(2 * edge)["change_verdict"] == "higher"
    assert told(-2 * edge)["change_verdict"] == "lower"


def test_where_nothing_changes_no_account_of_a_client_is_said_to_have_moved():
    panel = simulate.panel(
        clients=60, waves=(2024, 2025), seed=9, change="none", nonresponse="random"
    )
    book = yaml_documents.load(CODEBOOK, Codebook)
    found = scores.accounts(scores.respondents(panel.responses, book), book)
    moved = found[found["change"].notna()]
    told = moved["change_verdict"].isin(["higher", "lower"])
    assert len(moved) > 600
    assert told.groupby(moved["client_id"]).any().mean() <= 0.05


def test_equal_weights_are_no_weights():
    respondents, book = table(clients=2)
    equal = Codebook.model_validate(
        book.model_dump()
        | {
            "roles": {
                "order": ["executive", "manager", "user"],
                "weights": {"executive": 2, "manager": 2, "user": 2},
            }
        }
    )
    found = scores.accounts(respondents.assign(confidence=4.0, seniority=1.0), equal)
    for column in ("crq_role", "crq_confidence", "crq_senior"):
        np.testing.assert_allclose(found[column], found["crq"])
    assert found["role_gap"].isna().all()


@pytest.mark.parametrize("scale", [(1, 5), (0, 10)])
def test_moves_with_the_scale(scale):
    wide = (scale[1] - scale[0]) / 6
    responses = made.responses(clients=1, accounts=15)
    moved = responses.copy()
    moved[made.ITEMS] = scale[0] + (responses[made.ITEMS] - 1) * wide
    book, other = made.codebook(), made.codebook(scale)
    seven = scores.accounts(scores.respondents(responses, book), book)
    own = scores.accounts(scores.respondents(moved, other), other)
    for column in ("crq", "low", "high", "shrunken", "shrunken_low", "crq_role", "uniqueness"):
        np.testing.assert_allclose(own[column], scale[0] + (seven[column] - 1) * wide)
    for column in ("sd", "role_gap"):
        np.testing.assert_allclose(own[column], seven[column] * wide)
    np.testing.assert_allclose(own[["weight", "nps"]], seven[["weight", "nps"]])


def people(crq, account="A", **columns):
    """Respondents with given CRQ scores, the same on every construct."""
    book = made.codebook()
    n = len(crq)
    fixed = {"client_id": "C", "wave": "1", "account_id": account, "contact_id": "p", "n_items": 12}
    loose = {"role": "user", "seniority": 3.0, "confidence": 4.0, "ltr": 8.0}
    scored = dict.fromkeys(["crq", "uniqueness", *book.instrument.constructs], crq)
    rows = {"response_id": [f"{account}{k}" for k in range(n)]}
    return pd.DataFrame(fixed | loose | scored | rows | columns), book


def test_the_most_senior_voice_and_its_gap_to_the_rest():
    rows, book = people([6.0, 4.0, 3.0, 5.0], seniority=[1.0, 2.0, 3.0, np.nan])
    found = scores.accounts(rows, book).iloc[0]
    assert found["crq_senior"] == 6.0
    assert found["role_gap"] == 6.0 - 3.5  # the unknown role is on neither side


def test_nobody_s_rank_known_means_no_senior_voice():
    rows, book = people([6.0, 4.0], seniority=np.nan)
    assert np.isnan(scores.accounts(rows, book)["crq_senior"][0])


def test_flags_people_who_disagree_and_accounts_with_few_answers():
    rows = pd.concat([people([1.0, 7.0, 7.0, 1.0])[0], people([5.0, 6.0], "B")[0]])
    found = scores.accounts(rows, made.codebook())
    assert carry(found, "people_disagree").tolist() == [True, False]
    assert {"code": "few_answers", "minimum": 3} not in codes(found["flag"][0])
    assert {"code": "few_answers", "minimum": 3} in codes(found["flag"][1])


def test_flags_a_senior_role_apart_from_the_rest():
    ranks = [1.0, 1.0, 1.0, 3.0, 3.0, 3.0]
    apart, book = people([2.0, 2.1, 1.9, 6.0, 6.1, 5.9], seniority=ranks)
    alike, _ = people([5.0, 5.2, 5.1, 5.1, 5.0, 5.2], "B", seniority=ranks)
    found = scores.accounts(pd.concat([apart, alike]), book)
    assert carry(found, "senior_differs").tolist() == [True, False]


def test_an_account_whose_people_answered_too_little_has_a_row_without_score():
    rows = pd.concat([people([np.nan, np.nan])[0], people([5.0, 6.0, 4.0], "B")[0]])
    found = scores.accounts(rows, made.codebook())
    assert found["n"].tolist() == [0, 3]
    assert np.isnan(found["crq"][0])
    assert found["flag"][0] == "no_crq_score"
    assert found["n_ltr"].tolist() == [2, 3]


def test_one_respondent_has_a_mean_and_no_more():
    rows, book = people([5.0])
    found = check(scores.accounts(rows, book), contract("account_scores"), book.instrument).iloc[0]
    assert found["crq"] == 5.0
    assert found[["low", "high", "sd", "rwg_j", "shrunken", "role_gap"]].isna().all()
    assert has(found["flag"], "interval_unknown")


def test_equal_answers_make_nobody_sure():
    rows = pd.concat([people([5.0] * 4, name)[0] for name in "ABCDEFGHIJKL"])
    found = scores.accounts(rows, made.codebook())
    assert (found["crq"] == 5.0).all()
    assert (found["rwg_j"] == 1.0).all()
    assert found[["low", "high", "shrunken"]].isna().all(axis=None)
    assert carry(found, "interval_unknown").all()


def test_accounts_of_one_mind_keep_their_own_score_without_an_interval():
    rows = pd.concat([people([k / 3] * 3, name)[0] for k, name in enumerate("ABCDEFGHIJKL", 4)])
    found = scores.accounts(rows, made.codebook())
    np.testing.assert_allclose(found["shrunken"], found["crq"], atol=1e-6)
    assert found[["low", "high", "shrunken_low"]].isna().all(axis=None)
    noisy = pd.concat([people([3.0, 5.0], name)[0] for name in "ABCDEFGHIJKL"])
    both = scores.accounts(pd.concat([rows, noisy.assign(client_id="D")]), made.codebook())
    lent = both[both["client_id"] == "C"]
    assert carry(lent, "variance_of_wave").all()
    assert lent[["low", "shrunken"]].notna().all(axis=None)


def test_intervals_stay_on_the_scale():
    respondents, book = table(clients=2)
    ends = scores.accounts(respondents, book)[["low", "high", "shrunken_low", "shrunken_high"]]
    assert ends.min().min() >= 1
    assert ends.max().max() <= 7


def test_refuses_nobody_and_a_percentage():
    rows, book = people([5.0])
    with pytest.raises(EstimateError, match="respondents= is empty"):
        scores.accounts(rows.head(0), book)
    with pytest.raises(EstimateError, match=r"Use 0\.95"):
        scores.accounts(rows, book, level=95)


def test_keeps_its_contract():
    respondents, book = table()
    found = scores.accounts(respondents, book)
    checked = check(found, contract("account_scores"), book.instrument)
    assert len(checked) == respondents[KEYS].drop_duplicates().shape[0]
