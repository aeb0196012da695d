"""The account model of a release: what it says, whom it hides, and studies that take it."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
import yaml

from crqlab import Study, StudyError, benchmark, scores
from crqlab.base.releases import MODEL
from crqlab.benchmark import Rules
from crqlab.benchmark.carried_models import model_to_publish
from crqlab.stats import account_model
from tests.benchmark.made import client_scores
from tests.scores import made

DAY = date(2026, 1, 31)


def laid_out(root, name, release="", **instrument):
    """A study with a codebook and no exports."""
    book = made.codebook(**instrument)
    said = book.model_dump(mode="json", exclude_defaults=True)
    said["instrument"]["scale"] = [book.instrument.scale.low, book.instrument.scale.high]
    said |= {"release": release} if release else {}
    folder = root / "data/raw" / name
    folder.mkdir(parents=True)
    (folder / "codebook.yaml").write_text(yaml.safe_dump(said, sort_keys=False))
    return Study(name, root)


def modelled(study, responses):
    """Tables of station 30 that tell of the account model, kept."""
    book = study.codebook
    people = scores.respondents(responses, book)
    models = scores.account_models(people, responses, book, study=study)
    rows = scores.posterior(people, responses, models, book)
    study.write_all({"account_model": models, "account_posterior": rows})
    return models, rows


def published(study, name, document):
    asked = study.codebook.instrument
    ranked = client_scores(clients=60, measures=("crq", "nps", *asked.constructs))
    table = benchmark.deciles(ranked, rules=Rules(10, 1), by=[["wave"]], draws=40).table
    options = {"as_of": DAY, "contributors": 60, "synthetic": True}
    return benchmark.publish(study.root, name, table, asked, account_model=document, **options)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A panel of 12 clients, a release with its account model, and an older one without."""
    root = tmp_path_factory.mktemp("house")
    study = laid_out(root, "panel")
    models, _ = modelled(study, made.responses(clients=12, seed=2))
    document = model_to_publish(study)
    new, old = published(study, "2026.1", document), published(study, "2025.1", None)
    return root, models, new, old


def one_client(root, release, accounts=5, name="alone", **instrument):
    study = laid_out(root, f"{name}_{release.replace('.', '_')}_{accounts}", release, **instrument)
    return modelled(study, made.responses(clients=1, accounts=accounts, seed=8))


def test_a_release_says_what_holds_for_all_accounts_each_with_its_doubt(house):
    said = json.loads(house[2].account_model.read_text(encoding="utf-8"))
    k = len(said["scores"])
    for name, shape in (("sigma_b", (k, k)), ("sigma_w", (k, k)), ("rho", (k,))):
        assert np.shape(said[name]["value"]) == shape
        assert (np.array(said[name]["se"]) > 0).all()
    assert (np.array(said["person_share"]["se"]) > 0).all()
    within, between = (np.diag(said[name]["value"]) for name in ("sigma_w", "sigma_b"))
    assert ((within > 0) & (between > 0) & (within + between < 1.3)).all()
    assert said["waves"] == ["2024", "2025"]
    assert said["n"]["clients"] == 12
    assert house[3].account_model is None


def test_its_errors_are_those_of_the_components(house):
    model = account_model.models_of(house[1])["2025"]
    rho, share = account_model.carried_model.errors_of_scores(model)
    rng = np.random.default_rng(1)
    roots = np.linalg.cholesky(model.doubt + 1e-12 * np.eye(3))
    drawn = []
    for _ in range(4000):
        step = np.einsum("kij,kj->ki", roots, rng.standard_normal((len(rho), 3)))
        step += model.shared * rng.standard_normal(3)
        logit = np.log(model.rho / (1 - model.rho)) + step[:, 1]
        weight = model.basis**2 * model.ratio
        drawn.append(weight @ (1 / (1 + np.exp(-logit))) / weight.sum(axis=1))
    assert np.std(drawn, axis=0) == pytest.approx(rho, rel=0.25)
    assert (share > 0).all()


def test_nothing_of_a_client_is_in_it(house, tmp_path):
    text = house[2].account_model.read_text(encoding="utf-8")
    assert not any(f"C{k}" in text for k in range(12))

    def sizes(said):
        if isinstance(said, dict):
            return {name: sizes(part) for name, part in said.items() if name != "scales"}
        return np.shape(said)

    study = laid_out(tmp_path, "larger")
    modelled(study, made.responses(clients=16, seed=3))
    assert sizes(model_to_publish(study)) == sizes(json.loads(text))


def test_few_clients_or_one_large_one_are_not_published(tmp_path):
    few = laid_out(tmp_path, "few")
    modelled(few, made.responses(clients=9, seed=3))
    assert model_to_publish(few) is None
    assert model_to_publish(few, Rules(min_clients=9)) is not None
    large = laid_out(tmp_path, "large")
    crowd = made.responses(clients=1, accounts=80, seed=4).replace({"client_id": {"C0": "C99"}})
    crowd["response_id"] = "L" + crowd["response_id"]
    modelled(large, pd.concat([made.responses(clients=10, accounts=6, seed=3), crowd]))
    assert model_to_publish(large) is None
    assert model_to_publish(laid_out(tmp_path, "nothing")) is None


def test_a_study_of_one_client_takes_the_model_of_its_release(house):
    models, rows = one_client(house[0], "2026.1")
    assert set(models["source"]) == {"release"}
    assert set(models["document"]) == {models["document"].iloc[0]}
    found = account_model.models_of(models)["2025"]
    lent = account_model.models_of(house[1])["2025"]
    assert found.document() == lent.document()
    assert rows["crq"].notna().all()
    assert set(rows["flag"]) == {"ok"}
    assert str(scores.about_models(models)).endswith("; it is that of the study's release")


def test_an_older_release_leaves_a_study_to_its_own_answers(house):
    models, rows = one_client(house[0], "2025.1")
    assert set(models["source"]) == {"none"}
    assert set(rows["flag"]) == {"too_few_accounts_for_probabilities"}
    more, wide = one_client(house[0], "2025.1", accounts=40)
    assert set(more["source"]) == {"study"}
    lent, _ = one_client(house[0], "2026.1", accounts=40)
    own, theirs = (account_model.models_of(each)["2025"] for each in (more, lent))
    assert own.doubt[:, 1, 1].mean() > theirs.doubt[:, 1, 1].mean()
    assert (np.diag(own.within_se) > np.diag(theirs.within_se)).all()
    assert wide["crq_sd"].notna().all()


def test_scores_are_those_that_mean_the_same(house):
    parts = {name: dict(one) for name, one in made.CONSTRUCTS.items()}
    parts["helping"] = parts.pop("service") | {"concept": "service"}
    order = ["trust", "commitment", "helping", "solution", "experience"]
    asked = {"constructs": parts, "crq": {"constructs": order, "at_least": 3}}
    models, rows = one_client(house[0], "2026.1", name="other", **asked)
    model = account_model.models_of(models)["2025"]
    assert "helping" in model.scores
    assert "service" not in model.scores
    assert rows["helping"].notna().all()


def test_another_scale_takes_nothing(house):
    study = laid_out(house[0], "five", "2026.1", scale=(1, 5))
    models, _ = modelled(study, made.responses(clients=1, accounts=5, scale=(1, 5)))
    assert set(models["source"]) == {"none"}


def test_a_changed_model_is_refused(house, tmp_path):
    study = laid_out(tmp_path, "panel", "2026.1")
    asked = house[2].instrument
    document = json.loads(house[2].account_model.read_text(encoding="utf-8"))
    table = house[2].table
    options = {"as_of": DAY, "contributors": 60, "synthetic": True}
    found = benchmark.publish(tmp_path, "2026.1", table, asked, account_model=document, **options)
    file = found.path / MODEL
    file.chmod(0o644)
    file.write_text(file.read_text(encoding="utf-8").replace('"clients": 12', '"clients": 13', 1))
    with pytest.raises(StudyError, match=r"account_model\.json was changed"):
        modelled(study, made.responses(clients=1))
    with pytest.raises(StudyError, match=r"not what was published: account_model\.json"):
        benchmark.release(tmp_path, "2026.1")
