"""What the account model expects of accounts: two views, what they rest on, what they cannot."""

import numpy as np
import pandas as pd
import pytest

from crqlab import scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.schema import check
from crqlab.stats import account_model
from tests.scores import made

KEYS = ["client_id", "wave", "account_id"]
BOOK = made.codebook()
MEASURES = ("crq", "uniqueness", "mean_ltr", "nps", *BOOK.instrument.constructs)


def told(responses, people=None):
    people = scores.respondents(responses, BOOK) if people is None else people
    models = scores.account_models(people, responses, BOOK)
    return models, scores.posterior(people, responses, models, BOOK), people


@pytest.fixture(scope="module")
def panel():
    responses = made.responses(clients=6)
    return (responses, *told(responses))


def test_every_score_has_both_views_with_doubt_and_n(panel):
    _, models, rows, people = panel
    check(rows, contract("account_posterior"), BOOK.instrument)
    check(models, contract("account_model"), BOOK.instrument)
    counts = people.groupby(KEYS)["crq"].count()
    assert rows.set_index(KEYS)["crq_n"].equals(counts.rename("crq_n"))
    for name in MEASURES:
        for view in ("", "_then"):
            assert rows[f"{name}{view}"].notna().all()
            assert (rows[f"{name}_sd{view}"] > 0).all()
    last = rows[rows["wave"] == "2025"]
    assert (last["crq"] == last["crq_then"]).all()
    first = rows[rows["wave"] == "2024"]
    # each view has the parameters of its own waves, so that doubt may be greater in either
    assert (first["crq"] != first["crq_then"]).mean() > 0.9


def test_the_table_holds_what_the_model_of_the_table_says(panel):
    responses, models, rows, people = panel
    model = account_model.models_of(models)["2025"]
    given = account_model.respondent_answers(people, responses, model.scores)
    found = account_model.posterior(model, given)
    keys = found.cells.rename(columns={"client": "client_id", "account": "account_id"})
    place = pd.MultiIndex.from_frame(keys[KEYS])
    own = rows.set_index(KEYS).loc[place]
    assert (own["service"].to_numpy() == found.mean[:, model.scores.index("service")]).all()
    assert (own["mean_ltr_sd"].to_numpy() == found.sd[:, model.scores.index("ltr")]).all()
    curve = model.promoters("ltr")
    assert (own["nps"].to_numpy() == curve.nps(own["mean_ltr"].to_numpy())).all()


def test_few_answers_are_drawn_farther_than_many(panel):
    _, _, rows, people = panel
    plain = people.groupby(KEYS)["crq"].mean()
    both = rows.set_index(KEYS).assign(plain=plain).dropna(subset=["plain"])
    drawn = (both["crq"] - both["plain"]).abs()
    one, many = both["crq_n"] == 1, both["crq_n"] > 3
    assert drawn[one].mean() > 1.2 * drawn[many].mean()
    assert both.loc[one, "crq_sd_then"].mean() > 1.1 * both.loc[many, "crq_sd_then"].mean()
    assert both["crq"].std() < both["plain"].std()


def test_what_a_wave_knew_does_not_move_with_later_answers(panel):
    responses, _, rows, _ = panel
    rng = np.random.default_rng(3)
    later = responses["wave"] == "2025"
    changed = responses.copy()
    items = [name for name in made.ITEMS if name in changed]
    changed.loc[later, items] = rng.integers(1, 8, (later.sum(), len(items))).astype(float)
    other = told(changed)[1]
    then = [name for name in rows if name.endswith("_then")]
    first, again = (table[table["wave"] == "2024"].set_index(KEYS) for table in (rows, other))
    pd.testing.assert_frame_equal(first[then], again[then], check_exact=True)
    assert not np.allclose(first["crq"], again["crq"])


def test_the_order_of_rows_changes_nothing(panel):
    responses, models, rows, people = panel
    mixed = people.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(scores.account_models(mixed, responses, BOOK), models)
    pd.testing.assert_frame_equal(scores.posterior(mixed, responses, models, BOOK), rows)


def test_what_a_client_was_never_asked_is_not_told(panel):
    responses, _, _, people = panel
    none = people["ltr"].where(people["client_id"] != "C1")
    rows = told(responses, people.assign(ltr=none))[1]
    mine = rows["client_id"] == "C1"
    columns = ["mean_ltr", "mean_ltr_sd_then", "nps"]
    assert rows.loc[mine, columns].isna().all(axis=None)
    assert rows.loc[~mine, columns].notna().all(axis=None)
    assert (rows.loc[mine, "mean_ltr_n"] == 0).all()
    assert rows["crq"].notna().all()


def test_too_few_accounts_have_no_model_and_say_so():
    models, rows, _ = told(made.responses(clients=1, accounts=5))
    assert models["source"].tolist() == ["none", "none"]
    assert models["document"].isna().all()
    assert set(rows["flag"]) == {"too_few_accounts_for_probabilities"}
    assert rows[["crq", "crq_sd_then", "nps"]].isna().all(axis=None)
    assert rows["crq_n"].sum() > 0
    assert str(scores.about_models(models)) == "Accounts are too few for an account model"


def test_where_nobody_has_a_score_nothing_is_told(panel):
    responses, _, _, people = panel
    none = people.assign(**dict.fromkeys(["crq", "uniqueness", "ltr", *made.CONSTRUCTS], np.nan))
    models, rows, _ = told(responses, none)
    assert models.empty
    assert rows.empty
    check(rows, contract("account_posterior"), BOOK.instrument)
    assert str(scores.about_models(models)) == "Accounts are too few for an account model"
