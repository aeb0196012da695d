"""Wave changes: the split by hand, that its parts add up, and who is paired with whom."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from crqlab import scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import codes
from crqlab.base.contracts.schema import check
from crqlab.scores.wave_changes import verdicts
from tests.scores import made


def people(wave, answers, client="C"):
    """Respondents of one wave from account: list of CRQ scores."""
    book = made.codebook()
    account = [name for name, crq in answers.items() for _ in crq]
    crq = [float(value) for values in answers.values() for value in values]
    fixed = {"client_id": client, "wave": wave, "contact_id": "p", "role": "user", "n_items": 12}
    loose = {"seniority": 3.0, "confidence": 4.0, "ltr": np.round(crq)}
    rows = {"response_id": [f"{client}{wave}{k}" for k in range(len(crq))], "account_id": account}
    scored = dict.fromkeys(["crq", "uniqueness", *book.instrument.constructs], crq)
    return pd.DataFrame(rows | fixed | loose | scored)


def crq(rows):
    found = scores.changes(rows, made.codebook())
    return found[found["measure"] == "crq"].set_index("part")


def test_the_split_by_hand():
    before = people("1", {"stays": [4, 6], "leaves": [2, 2]})
    now = people("2", {"stays": [6], "joins": [3, 3]})
    found = crq(pd.concat([before, now]))
    assert found["value"].round(9).to_dict() == {
        "all": 4.0 - 3.5,
        "same": 6.0 - 5.0,
        "joiners": 4.0 - 6.0,
        "leavers": 5.0 - 3.5,
    }
    assert found["n_accounts"].to_dict() == {"all": 3, "same": 1, "joiners": 1, "leavers": 1}
    assert found["n_respondents"].to_dict() == {"all": 7, "same": 3, "joiners": 2, "leavers": 2}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 7)), min_size=3),
    st.integers(0, 10**6),
)
@settings(max_examples=40, deadline=None)
def test_the_parts_add_up_to_the_whole(sizes, seed):
    rng = np.random.default_rng(seed)
    waves = [
        {f"A{k}": rng.integers(1, 8, size=account[wave]) for k, account in enumerate(sizes)}
        for wave in (0, 1)
    ]
    rows = pd.concat([people(name, wave) for name, wave in zip("12", waves, strict=True)])
    if rows["wave"].nunique() < 2:
        return
    found = crq(rows)
    if found["value"].isna().any():
        both = [k for k, (first, second, _) in enumerate(sizes) if first and second]
        assert both == []
        return
    parts = found.loc[["same", "joiners", "leavers"], "value"].sum()
    assert parts == pytest.approx(found.loc["all", "value"], abs=1e-12)


def test_nobody_joined_or_left_is_said():
    rows = pd.concat([people(w, {k: [4, 5, 6] for k in "abcdef"}) for w in "12"])
    found = crq(rows)
    assert found.loc["joiners", ["value", "low", "high"]].tolist() == [0, 0, 0]
    assert found.loc["joiners", "flag"] == "no_joiners"
    assert found.loc["leavers", "flag"] == "no_leavers"
    assert np.isnan(found.loc["leavers", "p"])


def test_nobody_stayed_is_said():
    rows = pd.concat([people("1", {"a": [4], "b": [5]}), people("2", {"c": [6], "d": [3]})])
    found = crq(rows)
    assert found.loc["all", "value"] == 0.0
    split = found.loc[["same", "joiners", "leavers"]]
    assert split["value"].isna().all()
    assert (split["flag"] == "not_to_be_split").all()


def test_the_previous_wave_is_the_client_s_own():
    rows = pd.concat(
        [
            people("W9", {"a": [3], "b": [4]}),
            people("W10", {"a": [4], "b": [6]}),
            people("W2", {"a": [1], "b": [1]}),
            people("W2", {"a": [5], "b": [5]}, "D"),
            people("W10", {"a": [6], "b": [6]}, "D"),
        ]
    )
    found = scores.changes(rows, made.codebook())
    whole = found[(found["measure"] == "crq") & (found["part"] == "all")]
    pairs = whole.set_index(["client_id", "from_wave", "wave"])["value"].to_dict()
    assert pairs == {("C", "W2", "W9"): 2.5, ("C", "W9", "W10"): 1.5, ("D", "W2", "W10"): 1.0}


def test_a_steady_rise_is_told_from_chance_because_accounts_are_paired():
    levels = {f"A{k}": [2 + k % 5] for k in range(20)}
    risen = {name: [crq[0] + 0.4 + 0.1 * (k % 3)] for k, (name, crq) in enumerate(levels.items())}
    found = crq(pd.concat([people("1", levels), people("2", risen)]))
    assert found.loc["same", "low"] > 0.3
    assert found.loc["all", "p"] < 0.01
    assert found["verdict"].to_dict() == {
        "all": "higher", "same": "higher", "joiners": "no_clear_change",
        "leavers": "no_clear_change",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "p", "q", "verdict"),
    [
        (0.4, 0.01, 0.03, "higher"),
        (0.4, 0.01, 0.051, "no_clear_change"),
        (0.4, 0.01, 0.4, "no_clear_change"),
        (-0.4, 0.01, 0.03, "lower"),
        (-0.4, 0.2, 0.6, "no_clear_change"),
        (0.4, np.nan, np.nan, "unknown"),
        (0.0, np.nan, np.nan, "no_clear_change"),
        (np.nan, np.nan, np.nan, "unknown"),
    ],
)
def test_a_change_is_clear_only_where_it_is_among_all_that_is_asked(value, p, q, verdict):
    found = verdicts(*(pd.Series([number]) for number in (value, p, q)), 0.95)
    assert found.tolist() == [verdict]


def test_whole_changes_are_one_family_of_the_wave_and_parts_another(panel):
    respondents, book = panel
    found = scores.changes(respondents, book)
    for _, rows in found.groupby(["client_id", "wave", found["part"] == "all"]):
        asked = rows[rows["p"].notna()]
        np.testing.assert_allclose(asked["q"], false_discovery_control(asked["p"]))
    assert (found["q"].dropna() >= found["p"].dropna()).all()


def test_of_clients_that_did_not_change_hardly_anything_is_told():
    rng = np.random.default_rng(11)
    book, clients, accounts = made.codebook(), 400, 4
    account = np.repeat(np.arange(clients * accounts), 4)
    place = rng.normal(5, 0.6, clients * accounts)[account]
    keys = {
        "client_id": [f"C{k:03d}" for k in account // accounts],
        "account_id": [f"A{k % accounts}" for k in account],
        "wave": np.tile(["1", "1", "2", "2"], clients * accounts),
        "response_id": [f"r{k}" for k in range(len(account))],
        "contact_id": "p", "role": "user", "seniority": 3.0, "confidence": 4.0, "n_items": 12,
    }  # fmt: skip
    scored = {
        name: np.clip(place + rng.normal(0, 1.2, len(account)), 1, 7)
        for name in ["crq", "uniqueness", *book.instrument.constructs]
    }
    ltr = np.clip(np.round(place * 1.5 + rng.normal(0, 1.5, len(account))), 0, 10)
    found = scores.changes(pd.DataFrame(keys | scored | {"ltr": ltr}), book)
    told = found["verdict"].isin(["higher", "lower"])
    whole = found["part"] == "all"
    chance = (found["p"] < 0.05) & whole
    of = found["client_id"]
    assert (told & whole).groupby(of).any().mean() <= 0.075  # two errors above 5 %
    assert told.groupby(of).any().mean() <= 0.12
    assert chance.groupby(of).any().mean() > 0.2


def test_one_wave_has_no_changes_but_all_columns():
    book = made.codebook()
    found = scores.changes(people("1", {"a": [4]}), book)
    assert found.empty
    assert check(found, contract("changes"), book.instrument).columns[0] == "client_id"


def test_a_measure_that_one_wave_did_not_ask_has_no_change():
    first = people("1", {"a": [4], "b": [5]}).assign(ltr=np.nan)
    rows = pd.concat([first, people("2", {"a": [4], "b": [6]})])
    measures = set(scores.changes(rows, made.codebook())["measure"])
    assert "crq" in measures
    assert not measures & {"nps", "mean_ltr"}


@pytest.fixture(scope="module")
def panel():
    book = made.codebook()
    responses = made.responses(clients=3, waves=("2023", "2024", "2025"))
    return scores.respondents(responses, book), book


def test_ignores_the_order_of_rows_and_other_clients(panel):
    respondents, book = panel
    whole = scores.changes(respondents, book)
    mixed = scores.changes(respondents.sample(frac=1, random_state=1), book)
    pd.testing.assert_frame_equal(mixed, whole, check_exact=True)
    alone = scores.changes(respondents[respondents["client_id"] == "C1"], book)
    among = whole[whole["client_id"] == "C1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among, check_exact=True)


def test_agrees_with_the_clients_of_both_waves(panel):
    respondents, book = panel
    clients = scores.clients(respondents, None, book)
    plain = clients[(clients["roll_up"] == "respondents") & (clients["method"] != "adjusted_wald")]
    value = plain.pivot_table("value", ["client_id", "measure"], "wave")
    changes = scores.changes(respondents, book)
    whole = changes[changes["part"] == "all"].pivot_table("value", ["client_id", "measure"], "wave")
    np.testing.assert_allclose(whole["2025"], value["2025"] - value["2024"], atol=1e-12)


def test_keeps_its_contract(panel):
    respondents, book = panel
    found = scores.changes(respondents, book)
    assert len(check(found, contract("changes"), book.instrument)) == 3 * 2 * 11 * 4


def test_a_change_of_which_one_wave_rests_on_few_accounts_is_cautioned():
    many = {f"A{k}": [3 + k % 4] for k in range(8)}
    few = {name: [answers[0] + 1 - k % 2] for k, (name, answers) in enumerate(many.items())}
    five, six = ({name: few[name] for name in list(few)[:n]} for n in (5, 6))
    flags = [crq(pd.concat([people("1", many), people("2", now)])).loc["all", "flag"]
             for now in (five, six)]  # fmt: skip
    assert codes(flags[0])[0]["code"] == "few_accounts"
    assert "few_accounts" not in flags[1]


def test_two_accounts_of_one_voice_are_few_and_not_many_voices():
    many = {f"A{k:02}": [3 + (k + j) % 4 for j in range(2)] for k in range(14)}
    now = {"A00": [5], "A01": [4]}
    flag = crq(pd.concat([people("1", many), people("2", now)])).loc["all", "flag"]
    assert codes(flag) == [{"code": "few_accounts", "minimum": 6}]
    loud = {name: answers * (40 if name == "A00" else 1) for name, answers in many.items()}
    flag = crq(pd.concat([people("1", many), people("2", loud)])).loc["all", "flag"]
    assert flag == "unequal_accounts"
