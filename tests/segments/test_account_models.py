"""P(segment) comes true, in two views that are never mixed, whatever order rows are in."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes, has
from crqlab.language import language
from crqlab.language.segment_words import SegmentWords
from crqlab.segments import account_models, as_then, assign, likeliest, panel
from crqlab.stats import account_model
from tests.segments.made import (
    CONSTRUCTS,
    CRQ,
    RULES,
    UNIQUE,
    instrument,
    respondents,
    scored,
)

KEYS = ["client_id", "wave", "account_id"]
PEOPLE = respondents(accounts=40, seed=4)
ACCOUNTS = scored(PEOPLE)
NOBODY = pd.DataFrame(
    {"client_id": [], "account_id": [], "due_on": [], "decided_on": [], "outcome": [],
     "revenue": []}
)  # fmt: skip
THEN = [f"{name}_then" for name in ("segment", "p", "status", "second", "second_p", "reason")]


def dated(people):
    years = people["wave"].astype(int) - 2000
    return people[["client_id", "wave"]].assign(
        started=pd.Timestamp("2000-05-01") + pd.to_timedelta(365.25 * years, unit="D")
    )


def sorted_(people, rules=RULES, asked=None, draws=60, **options):
    accounts = people[["client_id", "account_id"]].drop_duplicates()
    accounts = accounts.assign(revenue=10.0, account_manager="Eva")
    outcomes = NOBODY.astype({"due_on": "datetime64[ns]", "decided_on": "datetime64[ns]"})
    asked = instrument() if asked is None else asked
    given = (scored(people), people, accounts, dated(people), outcomes, rules, asked)
    return panel(*given, draws=draws, seed=1, **options)


@pytest.fixture(scope="module")
def found():
    return sorted_(PEOPLE)


def test_the_likeliest_segment_is_shown_with_its_probability(found):
    rows = found.table
    shares = found.whole.shares[found.whole.of(rows)]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert rows["segment"].tolist() == [RULES.names[k] for k in shares.argmax(axis=1)]
    np.testing.assert_allclose(rows["p"], shares.max(axis=1))
    assert (rows["second"].fillna("") != rows["segment"]).all()
    assert (rows["second_p"] <= rows["p"]).all()
    assert ((rows["status"] == "settled") == (rows["p"] >= 0.6)).all()
    word = np.select([rows["p"] >= 0.8, rows["p"] >= 0.6], ["likely", "leaning"], "unclear")
    assert rows["p_word"].tolist() == word.tolist()


def test_reasons_take_the_scores_of_the_table_that_is_given(found):
    models, told = tables_of(PEOPLE)
    own = sorted_(PEOPLE, modelled=(models, told)).table
    higher = {name: told[name] + 0.3 for name in ("crq", "crq_then")}
    moved = sorted_(PEOPLE, modelled=(models, told.assign(**higher))).table
    assert (moved["p"] == own["p"]).all()
    assert (moved["reason"] != own["reason"]).mean() > 0.8


def tables_of(people):
    """Tables of station 30, as plain as the model makes them."""
    rows = account_model.respondent_answers(
        people, dated(people), ["crq", "uniqueness", "ltr", *CONSTRUCTS]
    )
    fitted = account_model.wave_models(rows)
    cells = [account_model.packed(model) for model in fitted.values()]
    models = pd.DataFrame({"wave": list(fitted), "document": cells})
    told = rows.keys().rename(columns={"client": "client_id", "account": "account_id"})
    for view, found in zip(("", "_then"), account_model.expected(rows, fitted), strict=True):
        for name in found.mean:
            said = "mean_ltr" if name == "ltr" else name
            told = told.assign(
                **{f"{said}{view}": found.mean[name], f"{said}_sd{view}": found.sd[name]}
            )
    n = people.groupby(["client_id", "wave", "account_id"]).size()
    return models, told.join(n.rename("n"), on=["client_id", "wave", "account_id"])


def test_the_last_wave_knows_all(found):
    last = found.table[found.table["wave"] == "2025"]
    for name in ("segment", "p", "second_p", "reason", "distance"):
        pd.testing.assert_series_equal(last[f"{name}_then"], last[name], check_names=False)
    first = found.table[found.table["wave"] == "2024"]
    assert (first["p_then"] != first["p"]).mean() > 0.5
    assert as_then(first)["p"].tolist() == first["p_then"].tolist()
    assert "p_then" not in as_then(first)


def test_answers_of_later_waves_change_nothing_that_was_known_then(found):
    later = PEOPLE["wave"] == "2025"
    names = [*CONSTRUCTS, "crq", "uniqueness"]
    moved = PEOPLE.assign(**{n: PEOPLE[n].where(~later, 8 - PEOPLE[n]) for n in names})
    moved["ltr"] = PEOPLE["ltr"].where(~later, 10 - PEOPLE["ltr"])
    gone = PEOPLE[~later | (PEOPLE["account_id"] < "A0020")]
    own = found.table.query("wave == '2024'")
    for other in (sorted_(moved).table, sorted_(gone).table):
        first = other.query("wave == '2024'")
        pd.testing.assert_frame_equal(
            first[[*KEYS, *THEN]].reset_index(drop=True), own[[*KEYS, *THEN]].reset_index(drop=True)
        )
        assert (first["p"].to_numpy() != own["p"].to_numpy()).any()


def test_ignores_the_order_of_rows_and_the_names_of_accounts(found):
    mixed = PEOPLE.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(sorted_(mixed).table, found.table)
    named = sorted_(PEOPLE.assign(account_id="Z" + PEOPLE["account_id"])).table
    pd.testing.assert_frame_equal(
        named.drop(columns="account_id"), found.table.drop(columns="account_id")
    )


def test_scores_moved_to_the_top_make_everybody_an_ambassador(found):
    up = {name: np.full(len(ACCOUNTS), 200.0) for name in RULES.scores}
    shares = found.models.shares_then(RULES, ACCOUNTS, up, draws=50)
    assert (shares[:, RULES.names.index("Ambassador")] == 1).all()
    same = found.models.shares_then(RULES, ACCOUNTS, draws=60, seed=1)
    np.testing.assert_allclose(same, found.then.shares[found.then.of(ACCOUNTS)])


def test_distance_is_that_of_a_change_which_turns_the_segment(found):
    rows = found.expected_then
    table, turned = as_then(found.table), 0
    for row in table.join(rows["crq"]).itertuples():
        if not (codes(row.nearest) and codes(row.nearest)[0]["scores"] == ["crq"]):
            continue
        scores, cut = rows.loc[[row.Index]], codes(row.nearest)[0]["cut"]
        away, near = (np.sign(cut - row.crq) * (row.distance + e) for e in (1e-6, -1e-6))
        assert assign(scores.assign(crq=row.crq + away), RULES)["segment"].item() != row.segment
        assert assign(scores.assign(crq=row.crq + near), RULES)["segment"].item() == row.segment
        turned += 1
    assert turned > 10


def test_reasons_are_of_the_expected_scores_or_say_that_these_lie_beyond(found):
    by_scores = assign(found.expected_then, RULES)
    table = as_then(found.table)
    same = by_scores["segment"] == table["segment"]
    assert same.mean() > 0.8
    assert (table["reason"][same] == by_scores["reason"][same]).all()
    for cell, segment in zip(table["reason"][~same], by_scores["segment"][~same], strict=True):
        assert codes(cell) == [{"code": "scores_beyond", "segment": segment}]
    said = SegmentWords(language("en")).reason('{"code": "scores_beyond", "segment": "Rational"}')
    assert said.startswith("its scores lie just inside Rational")


def test_one_voice_each_leaves_the_probability_unknown():
    alone = PEOPLE.drop_duplicates(KEYS)
    rows = sorted_(alone).table
    assert rows["p"].isna().all()
    assert set(rows["status"]) == {"not_settled"}
    assert set(rows["p_word"]) == {"unclear"}
    assert rows["segment"].tolist() == assign(scored(alone), RULES)["segment"].tolist()
    assert all(has(cell, "too_few_accounts_for_probabilities") for cell in rows["flag"])


@pytest.mark.parametrize("clients", [1, 2])
@pytest.mark.parametrize("accounts", [1, 2, 4])
def test_fewer_accounts_than_the_model_has_numbers_settle_nothing(accounts, clients):
    rows = sorted_(respondents(accounts=accounts, clients=clients, seed=2)).table
    known = rows["p"].notna()
    assert not known.any() or accounts * clients >= 10
    assert (rows.loc[~known, "status"] == "not_settled").all()
    assert rows["segment"].notna().all()


def test_accounts_that_were_not_heard_are_silent_or_not_judged():
    quiet = pd.DataFrame([["C0", "2025", "quiet"]], columns=KEYS)
    people = PEOPLE.copy()
    nothing = people["account_id"] == "A0003"
    people.loc[nothing & (people["wave"] == "2025"), [*CONSTRUCTS, "crq", "uniqueness", "ltr"]] = (
        np.nan
    )
    rows = sorted_(people, silent=quiet).table.set_index(KEYS)
    assert rows.loc[("C0", "2025", "quiet"), "status"] == "silent"
    assert rows.loc[("C0", "2025", "quiet"), "reason"] == "no_answers"
    assert rows.loc[("C0", "2025", "A0003"), "status"] == "unjudged"
    left = rows[rows["status"].isin(["silent", "unjudged"])]
    assert left[["segment", "p", "p_word", "second"]].isna().all(axis=None)


def test_a_client_that_was_never_asked_what_decides_is_not_judged():
    people = PEOPLE.assign(ltr=PEOPLE["ltr"].where(PEOPLE["client_id"] == "C0"))
    rows = sorted_(people).table
    asked = rows["client_id"] == "C0"
    assert rows.loc[asked, "segment"].notna().all()
    open_ = rows[~asked & (rows["status"] == "unjudged")]
    assert len(open_) > 5
    assert {name for one in open_["reason"].map(codes) for c in one for name in c["scores"]} == {
        "nps",
        "mean_ltr",
    }
    sure = set(rows.loc[~asked & rows["segment"].notna(), "segment"])
    assert "Ambassador" not in sure


def test_a_score_asked_from_the_second_wave_on_is_open_in_the_first():
    people = PEOPLE.assign(ltr=PEOPLE["ltr"].where(PEOPLE["wave"] == "2025"))
    rows = sorted_(people).table
    first = rows[rows["wave"] == "2024"]
    assert (first["status_then"] == "unjudged").sum() > 5
    assert first["segment"].notna().all()  # its people's later answers tell
    assert rows.loc[rows["wave"] == "2025", "segment_then"].notna().all()


def test_answers_that_are_missing_here_and_there_widen_the_doubt(found):
    rng = np.random.default_rng(3)
    names = [*CONSTRUCTS, "crq", "uniqueness", "ltr"]
    holes = PEOPLE[names].mask(rng.random((len(PEOPLE), len(names))) < 0.4)
    rows = sorted_(PEOPLE.assign(**holes), draws=200).table
    assert rows["segment"].notna().all()
    assert rows["p"].mean() < found.table["p"].mean()


def test_waves_need_no_order_in_time_and_no_name_in_common():
    names = {("C0", "2024"): "W9", ("C0", "2025"): "W10", ("C1", "2024"): "spring"}
    other = [
        names.get(pair, "summer") for pair in zip(PEOPLE["client_id"], PEOPLE["wave"], strict=True)
    ]
    people = PEOPLE.assign(wave=other)
    started = people[["client_id", "wave"]].assign(started=pd.Timestamp("2024-05-01"))
    models = account_models(people, started, RULES)
    rows = scored(people)
    whole, then = (likeliest(rows, view, RULES) for view in models.posteriors(RULES, draws=40))
    assert whole["segment"].notna().all()
    assert then["segment"].notna().all()
    assert (models.before >= 0).sum() == 80


def test_nobody_is_refused():
    with pytest.raises(EstimateError, match="no answer to any score"):
        account_models(PEOPLE.head(0), dated(PEOPLE), RULES)


def drawn(rng, accounts, waves):
    """True scores of accounts over waves (correlated .8), and what a few of their people say."""
    width = len(CONSTRUCTS)
    lasting = rng.normal(0, 0.4, (accounts, 1)) + rng.normal(0, 0.4, (accounts, width))
    truths, people = [], []
    for wave in waves:
        own = rng.normal(0, 0.2, (accounts, 1)) + rng.normal(0, 0.2, (accounts, width))
        truth = 5 + lasting + own
        account = np.repeat(np.arange(accounts), 1 + rng.poisson(1.5, accounts))
        noise = rng.normal(0, 0.7, (len(account), 1)) + rng.normal(0, 0.7, (len(account), width))
        for values, who, tables in (
            (truth, np.arange(accounts), truths),
            (truth[account] + noise, account, people),
        ):
            table = pd.DataFrame(values, columns=list(CONSTRUCTS))
            table = table.assign(client_id="C", wave=wave, account_id=[f"A{k:05d}" for k in who])
            table["ltr"] = table["trust"] + 3
            table["crq"] = table[list(CRQ)].mean(axis=1)
            tables.append(table.assign(uniqueness=table[list(UNIQUE)].mean(axis=1)))
    return pd.concat(truths, ignore_index=True), pd.concat(people, ignore_index=True)


@pytest.mark.slow
@pytest.mark.parametrize("view", ["", "_then"])
def test_probabilities_come_true(view):
    truth, people = drawn(np.random.default_rng(5), 1500, ("2024", "2025"))
    rows = sorted_(people, draws=200).table
    likely = truth["ltr"].where(truth["ltr"] < 100)
    held = truth.assign(mean_ltr=likely, nps=np.where(likely >= 7.6, 1.0, -1.0))
    truly = assign(held, RULES).set_index([*KEYS])["segment"]
    right = (
        rows["segment" + view].to_numpy()
        == truly.reindex(pd.MultiIndex.from_frame(rows[KEYS])).to_numpy()
    )
    p = rows["p" + view].to_numpy()
    assert right.mean() == pytest.approx(p.mean(), abs=0.03)
    for low, high in ((0, 0.6), (0.6, 0.8), (0.8, 1.01)):
        mine = (p >= low) & (p < high)
        error = 3 * np.sqrt(0.25 / mine.sum())
        assert right[mine].mean() == pytest.approx(p[mine].mean(), abs=0.03 + error)
