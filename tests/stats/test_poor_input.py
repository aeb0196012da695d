"""Input that is valid and poor: an answer or a reason, never a fault or a missing number."""

import warnings

import numpy as np
import pandas as pd
import pytest

import crqlab as crq

RNG = np.random.default_rng(3)
N = 40
X = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.integers(0, 2, N).astype(float)})
TIME, GROUP = RNG.integers(1, 6, N).astype(float), pd.Series(RNG.integers(0, 6, N))
ITEMS = pd.DataFrame(RNG.integers(1, 8, (N, 4)).astype(float), columns=list("pqrs"))
SPLIT = {"u": ["p", "q"], "v": ["r", "s"]}
OUTCOMES = {
    "nobody": np.zeros(N, int),
    "everybody": np.ones(N, int),
    "one alone": (np.arange(N) == 3).astype(int),
    "told apart": (X["a"] > 0).astype(int),
    "yes and no": RNG.integers(0, 2, N).astype(bool),
}
ANSWERS = {
    "one item constant": ITEMS.assign(p=4.0),
    "two items": ITEMS[["p", "q"]],
    "one item": ITEMS[["p"]],
    "an item twice": ITEMS.assign(q=ITEMS["p"]),
    "an item turned round": ITEMS.assign(p=8 - ITEMS["q"]),
    "gaps": ITEMS.mask(ITEMS < 2),
    "no answers": ITEMS * np.nan,
    "three people": ITEMS[:3],
    "one person": ITEMS[:1],
    "nobody": ITEMS[:0],
    "whole numbers": ITEMS.astype("Int64"),
}
OF_OUTCOMES = {
    "logit": lambda y: crq.stats.regression.logit(y, X),
    "logit by account": lambda y: crq.stats.regression.logit(y, X, cluster=GROUP),
    "clusters of one": lambda y: crq.stats.regression.logit(y, X, cluster=np.arange(N)),
    "cloglog": lambda y: crq.stats.regression.logit(y, X, link="cloglog"),
    "ordinal": lambda y: crq.stats.regression.ordinal(np.asarray(y), X),
    "gee": lambda y: crq.stats.regression.gee(y, X, GROUP),
    "gee of one": lambda y: crq.stats.regression.gee(y, X, np.arange(N)),
    "random intercept": lambda y: crq.stats.regression.random_intercept(y, X, GROUP),
    "cox": lambda y: crq.stats.survival.cox(TIME, y, X),
    "cox without ties": lambda y: crq.stats.survival.cox(np.arange(N) + 1.0, y, X),
    "kaplan-meier": lambda y: crq.stats.survival.kaplan_meier(TIME, y, groups=GROUP),
    "c": lambda y: crq.stats.survival.c_index(TIME, y, X["a"]),
    "auc": lambda y: crq.stats.accuracy.auc(y, X["a"]),
    "auc of ties": lambda y: crq.stats.accuracy.auc(y, np.ones(N)),
    "auc by account": lambda y: crq.stats.accuracy.auc(y, X["a"], cluster=GROUP),
    "brier": lambda y: crq.stats.accuracy.brier(y, np.full(N, 0.3)),
    "lift": lambda y: crq.stats.accuracy.lift(y, X["a"]),
}
OF_ANSWERS = {
    "alpha": crq.stats.reliability.alpha,
    "alpha if dropped": crq.stats.reliability.alpha_if_dropped,
    "omega": crq.stats.reliability.omega,
    "guttman": crq.stats.reliability.guttman,
    "parallel": lambda a: crq.stats.factors.parallel(a, draws=20),
    "efa": lambda a: crq.stats.factors.efa(a, 1),
    "polychoric": crq.stats.factors.polychoric_matrix,
    **{
        kind: lambda a, kind=kind: crq.stats.factors.cfa(a, {"f": list(a)}, estimator=kind)
        for kind in ("ml", "mlr", "mlm", "wlsmv")
    },
    "fiml": lambda a: crq.stats.factors.cfa(a, {"f": list(a)}, missing="fiml"),
    "htmt": lambda a: crq.stats.validity.htmt(a, SPLIT),
    "bifactor": lambda a: crq.stats.factors.bifactor(a, SPLIT),
    "two level": lambda a: crq.stats.factors.two_level(
        a.assign(g=GROUP[: len(a)]), {"f": list(a)}, {"f": list(a)}, cluster="g"
    ),
    "raters": crq.stats.rater_iccs,
    "rwg": lambda a: crq.stats.rwg_j(a, GROUP[: len(a)], points=7),
    "ad": lambda a: crq.stats.ad(a, GROUP[: len(a)], points=7),
    "awg": lambda a: crq.stats.awg(a, GROUP[: len(a)], points=7),
    "lindell": lambda a: crq.stats.rwg_lindell(a, GROUP[: len(a)], points=7),
    "icc1": lambda a: crq.stats.icc1(a.iloc[:, 0], GROUP[: len(a)]),
    "importance": lambda a: crq.stats.importance.lmg(a, pd.Series(X["a"][: len(a)]), draws=20),
}


def told(find, given):
    """Return what is found, or nothing where a reason is given; warnings are faults."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return find(given)
        except crq.CrqError as reason:
            return None if len(str(reason)) > 20 else "nan"


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("name", OF_OUTCOMES)
def test_outcomes_that_say_little(name, outcome):
    found = told(OF_OUTCOMES[name], OUTCOMES[outcome])
    if not isinstance(found, pd.DataFrame | None):
        assert "nan" not in str(found).lower()


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("name", OF_ANSWERS)
def test_answers_that_say_little(name, answers):
    found = told(OF_ANSWERS[name], ANSWERS[answers])
    if not isinstance(found, pd.DataFrame | None):
        assert "nan" not in str(found).lower()


def test_an_empty_group_table_has_its_columns():
    for find, name in (
        (crq.stats.ad, "ad"),
        (crq.stats.awg, "awg"),
        (crq.stats.rwg_lindell, "rwg_lindell"),
    ):
        table = find(ITEMS[:0], GROUP[:0], points=7)
        assert name in table
        assert table.empty
