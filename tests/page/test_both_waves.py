"""A score that one wave's page withholds is not told by the change beside another wave's score."""

import numpy as np
import pandas as pd

from crqlab.page.assembly import view
from crqlab.page.participation.select import _tells
from tests.show.fixture import Shape, lay_out


def test_a_change_from_a_wave_of_few_answers_is_withheld(tmp_path):
    study = lay_out(tmp_path, Shape())
    seen = view(study, client="C017", wave="2025")
    whole = seen.measures.set_index("measure")["change"].dropna()
    rows = study.read("client_scores")
    few = (rows["wave"] == "2024") & (rows["measure"] == "crq")
    study.write("client_scores", rows.assign(n_respondents=rows["n_respondents"].mask(few, 2)))
    seen = view(study, client="C017", wave="2025")
    left = seen.measures.set_index("measure")["change"].dropna()
    assert "crq" in whole.index
    assert left.to_dict() == whole.drop("crq").to_dict() != {}
    crq = seen.measure("crq")
    assert np.isfinite(crq["value"])
    assert np.isnan([crq["change"], crq["change_low"], crq["change_high"]]).all()
    assert crq["verdict"] == "unknown"
    parts = seen.scores.parts
    assert parts["value"][parts["measure"] == "crq"].isna().all()


def test_an_accounts_change_needs_enough_answers_in_both_waves(tmp_path):
    study = lay_out(tmp_path, Shape())
    rows = study.read("account_scores")
    whole = view(study, client="C017", wave="2025").accounts.set_index("account_id")
    told = whole.index[whole["change"].notna()]
    assert len(told) > 2
    few = (rows["wave"] == "2024") & (rows["account_id"] == told[0])
    study.write("account_scores", rows.assign(n=rows["n"].mask(few, 2)))
    now = view(study, client="C017", wave="2025").accounts.set_index("account_id")
    assert np.isnan(now.loc[told[0], "change"])
    assert now.loc[told[0], "shrunken"] == whole.loc[told[0], "shrunken"]
    assert now.loc[told[1:], "change"].tolist() == whole.loc[told[1:], "change"].tolist()


def test_a_single_withheld_manager_takes_another_along():
    owners, n = [*"ABBBCCC"], [2, 2, 2, 5, 2, 2, 6]
    accounts = pd.DataFrame({"manager": owners, "n": n})
    managers = pd.DataFrame({"name": ["A", "B", "C"]})
    assert _tells(managers, accounts, 3).tolist() == [True, True, False]
    enough = accounts.assign(n=[3, 3, 3, 5, 3, 3, 6])
    assert not _tells(managers, enough, 3).any()
