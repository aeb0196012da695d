"""Quadrants, alternative rankings, sentences, and what is kept."""

import numpy as np
import pandas as pd
import pytest

from crqlab import CrqError, DataError, Study, scores
from crqlab.base.contracts.frames import empty
from tests.scores import made

DRAWS = 40


@pytest.fixture(scope="module")
def panel():
    book, responses = made.codebook(), made.responses(clients=3)
    respondents = scores.respondents(responses, book)
    accounts = scores.accounts(respondents, book)
    models = scores.account_models(respondents, responses, book)
    owners = accounts[["client_id", "account_id"]].drop_duplicates().assign(account_manager="Berg")
    groups = scores.groups(respondents, empty("breakdowns"), book)
    tables = {
        "respondents": respondents,
        "account_scores": accounts,
        "client_scores": scores.clients(respondents, None, book),
        "manager_scores": scores.managers(accounts, owners),
        "agreement": scores.agreement(respondents, responses, book, draws=DRAWS),
        "changes": scores.changes(respondents, book),
        "rolling_scores": empty("rolling_scores"),
        "rolling_changes": empty("rolling_changes"),
        "breakdown_scores": scores.breakdowns(respondents, empty("breakdowns")),
        "group_scores": groups.table,
        "role_gaps": groups.gaps,
        **{name: empty(name) for name in ("account_years", "year_scores", "year_gaps")},
        "account_model": models,
        "account_posterior": scores.posterior(respondents, responses, models, book),
    }
    return tables, responses, book


def placed(solution, experience, **options):
    n = len(solution)
    rows = pd.DataFrame(
        {"client_id": "C", "wave": "1", "account_id": [f"A{k}" for k in range(n)], "n": 4}
        | {"flag": "ok", "solution": solution, "experience": experience}
    )
    return scores.quadrants(rows, made.codebook(**options.pop("book", {})).instrument, **options)


def test_quadrants_of_solution_and_experience():
    found = placed([5.25, 5.25, 5.0, 5.0, np.nan], [5.25, 5.0, 6.0, 5.0, 6.0])
    assert found.table["quadrant"].tolist() == [
        "both",
        "only Solution",
        "only Experience",
        "neither",
        "unknown",
    ]
    assert str(found) == (
        "25% of 4 accounts find both Solution and Experience good (5.25 or more), "
        "50% one of the two, 25% neither"
    )


def test_the_line_moves_with_the_scale_or_as_told():
    assert placed([4.0], [4.0], book={"scale": (1, 5)}).good == pytest.approx(1 + 4 * 4.25 / 6)
    assert placed([4.0], [4.0], good=4.0).table["quadrant"].tolist() == ["both"]
    assert str(placed([np.nan], [4.0])) == "No account has a mean of both Solution and Experience"


def test_an_instrument_without_two_such_constructs_has_no_quadrants():
    found = placed([5.0], [5.0], book={"uniqueness": ["solution"]})
    assert found.table.empty
    assert str(found) == "This instrument does not ask for two constructs of uniqueness"


def test_the_largest_is_the_latest_wave_with_most_answers():
    rows = pd.DataFrame({"client_id": list("aabbb"), "wave": ["9", "10", "10", "10", "9"], "n": 2})
    found = scores.largest(rows)
    assert (found["client_id"] + found["wave"]).tolist() == ["b10", "b10"]
    assert scores.largest(rows.head(0)).empty


def test_the_item_mean_lets_long_constructs_weigh_more(panel):
    _, responses, book = panel
    one = responses.head(1).assign(
        **dict.fromkeys(made.ITEMS, 4.0) | {"t1": 7.0, "t2": 7.0, "t3": 1.0}
    )
    found = scores.alternatives(scores.respondents(one, book), one, book).table.iloc[0]
    assert found["crq"] == pytest.approx((7 + 4 * 4) / 5)
    assert found["item_mean"] == pytest.approx((3 * 7 + 9 * 4) / 12)


def test_rank_correlation_is_spearman_s(panel):
    tables, responses, book = panel
    found = scores.alternatives(tables["respondents"], responses, book)
    for row in found.correlations.itertuples():
        here = found.table[
            (found.table["client_id"] == row.client_id) & (found.table["wave"] == row.wave)
        ]
        expected = here["crq"].corr(here["item_mean"], method="spearman")
        assert row.correlation == pytest.approx(expected)
        assert row.n == len(here)


def test_clients_are_ranked_inside_their_wave(panel):
    tables, responses, book = panel
    found = scores.alternatives(tables["respondents"], responses, book, unit="clients")
    assert sorted(found.table["rank_crq"]) == [1, 1, 2, 2, 3, 3]
    clients = tables["client_scores"]
    plain = clients[(clients["measure"] == "crq") & (clients["roll_up"] == "respondents")]
    np.testing.assert_allclose(found.table["crq"], plain["value"])
    assert str(found).startswith("Ranking clients by item mean instead of construct means: rank ")
    assert (found.movers(most=2)["moved"].abs() >= found.table["moved"].abs().median()).all()


def test_too_few_to_rank_is_said(panel):
    _, responses, book = panel
    one = responses.head(1)
    found = scores.alternatives(scores.respondents(one, book), one, book)
    assert found.correlations["flag"].tolist() == ['{"code": "few_to_rank", "minimum": 3}']
    assert str(found).startswith("Too few accounts")


def test_refuses_another_unit(panel):
    tables, responses, book = panel
    with pytest.raises(CrqError, match="use 'accounts' or 'clients'"):
        scores.alternatives(tables["respondents"], responses, book, unit="teams")


def test_sentences_say_what_the_tables_hold(panel):
    tables, _, book = panel
    clients = tables["client_scores"]
    mine = clients[(clients["client_id"] == "C0") & (clients["wave"] == "2025")]
    crq = mine[(mine["measure"] == "crq") & (mine["roll_up"] == "respondents")].iloc[0]
    said = str(scores.about_clients(mine, book.instrument))
    assert said.startswith(f"CRQ {crq['value']:.2f} [{crq['low']:.2f}, {crq['high']:.2f}], NPS ")
    assert said.endswith(f"{crq['n_respondents']} respondents in {crq['n_accounts']} accounts")
    assert str(scores.about_clients(clients, book.instrument)).startswith(
        "CRQ of 3 clients in 2 waves: half of the 6 scores lie above "
    )
    icc1 = tables["agreement"].query("measure == 'crq' and statistic == 'icc1'")["value"].median()
    assert f"ICC(1) {icc1:.2f}" in str(scores.about_agreement(tables["agreement"]))
    assert "of 3 changes" in str(scores.about_changes(tables["changes"]))
    assert f"{len(tables['account_scores'])} account scores" in str(
        scores.about_accounts(tables["account_scores"])
    )


def test_sentences_of_nothing(panel):
    tables, _, book = panel
    none = tables["client_scores"].assign(value=np.nan, low=np.nan, high=np.nan)
    assert str(scores.about_clients(none, book.instrument)) == "No client has a CRQ score"
    assert str(scores.about_clients(none.head(1), book.instrument)) == "Nobody has a CRQ score"
    assert "no change to test" in str(scores.about_changes(tables["changes"].head(0)))
    silent = tables["account_scores"].assign(n=0)
    assert str(scores.about_accounts(silent)) == "No account has a CRQ score"


@pytest.fixture
def study(tmp_path):
    import yaml

    folder = tmp_path / "data/raw/made"
    folder.mkdir(parents=True)
    codebook = made.codebook().model_dump(mode="json", exclude_defaults=True)
    codebook["instrument"]["scale"] = [1, 7]
    (folder / "codebook.yaml").write_text(yaml.safe_dump(codebook, sort_keys=False))
    return Study("made", root=tmp_path)


def test_keeps_all_tables_to_the_last_bit(study, panel):
    tables = panel[0]
    paths = scores.keep(study, **tables, level=0.95, draws=DRAWS, seed=1)
    assert [path.stem for path in paths] == [f"30_{name}" for name in tables]
    for name, rows in tables.items():
        pd.testing.assert_frame_equal(study.read(name), rows, check_exact=True)
    assert study.manifest["tables"]["changes"]["made"] == {"level": 0.95, "draws": DRAWS, "seed": 1}


def test_a_single_wave_is_kept_too(study, panel):
    tables = panel[0]
    kept = tables | {"changes": tables["changes"].head(0)}
    scores.keep(study, **kept, level=0.95, draws=DRAWS, seed=1)
    assert study.read("changes").empty


def test_a_broken_table_stops_the_keeping(study, panel):
    broken = panel[0] | {"account_scores": panel[0]["account_scores"].assign(nps=500.0)}
    with pytest.raises(DataError, match=r"account_scores breaks its contract.*\(nps\)"):
        scores.keep(study, **broken, level=0.95, draws=DRAWS, seed=1)
    assert not study.has("respondents")
