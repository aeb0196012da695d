"""The account model that a release takes along, where no client can be told from it."""

from __future__ import annotations

from typing import Any

from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.benchmark.decile_table import RULES
from crqlab.benchmark.protection import Rules
from crqlab.stats import account_model

TABLES = ("account_model", "account_posterior")


def model_to_publish(study: Study, rules: Rules = RULES) -> dict[str, Any] | None:
    """Return the document of a study's account model as its latest wave knows it.

    Parameters
    ----------
    study : Study
    rules : Rules
        What holds for a cell of the benchmark holds for the model: so many clients and accounts
        at least, and none of them with more than its share of the answers.

    Returns
    -------
    dict or None
        None where the study has no model of its own, or too few clients.
    """
    if not all(study.has(name) for name in TABLES):
        return None
    models, rows = (study.read(name) for name in TABLES)
    own = models[models["source"] == "study"]
    if own.empty:
        return None
    last = in_order(own["wave"])[-1]
    used = rows[
        rows["wave"].isin(in_order(models["wave"])[: 1 + in_order(models["wave"]).index(last)])
    ]
    answers = used.groupby("client_id")["n"].sum()
    accounts = used[["client_id", "account_id"]].drop_duplicates()
    enough = len(answers) >= rules.min_clients and len(accounts) >= rules.min_accounts
    if not enough or answers.max() > rules.max_share * answers.sum():
        return None
    model = account_model.models_of(own)[last]
    return account_model.carried(model, in_order(used["wave"]))
