"""Account managers: the mean of their accounts' shrunken scores, whole accounts drawn again."""

import numpy as np
import pandas as pd
import pytest

from crqlab import scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.schema import check
from tests.scores import made


def account_scores():
    rows = [("C1", "2025", f"A{i}", 2 + i % 3, 4.0 + 0.25 * i) for i in range(9)]
    rows += [
        ("C1", "2024", "A0", 3, 5.0),
        ("C2", "2025", "A0", 4, 3.0),
        ("C2", "2025", "A1", 5, np.nan),
    ]
    return pd.DataFrame(rows, columns=["client_id", "wave", "account_id", "n", "shrunken"])


def accounts():
    owners = ["Berg", "Lind"] * 4
    first = [("C1", f"A{i}", owner) for i, owner in enumerate(owners)]
    rows = [*first, ("C1", "A8", None), ("C2", "A0", "Berg"), ("C2", "A1", "Lind")]
    return pd.DataFrame(rows, columns=["client_id", "account_id", "account_manager"])


def test_every_manager_has_the_mean_of_the_own_accounts_and_nobodys_come_last():
    table = scores.managers(account_scores(), accounts())
    check(table, contract("manager_scores"), made.codebook().instrument)
    told = table[["client_id", "wave", "account_manager", "n_accounts", "n_respondents"]]
    assert told.fillna("-").to_numpy().tolist() == [
        ["C1", "2024", "Berg", 1, 3],
        ["C1", "2025", "Berg", 4, 11],
        ["C1", "2025", "Lind", 4, 12],
        ["C1", "2025", "-", 1, 4],
        ["C2", "2025", "Berg", 1, 4],
    ]
    assert table["value"].tolist() == [5.0, 4.75, 5.0, 6.0, 3.0]
    assert (table.loc[1:2, "low"] < table.loc[1:2, "value"]).all()
    assert (table.loc[1:2, "high"] > table.loc[1:2, "value"]).all()
    assert table.loc[[0, 3, 4], "low"].isna().all()
    assert set(table["level"]) == {0.95}


def test_a_managers_numbers_depend_on_no_other_and_not_on_the_order_of_rows():
    whole = scores.managers(account_scores(), accounts())
    mixed = scores.managers(account_scores().sample(frac=1, random_state=3), accounts().iloc[::-1])
    pd.testing.assert_frame_equal(mixed, whole)
    one = account_scores().query("client_id == 'C1' and wave == '2025'")
    alone = scores.managers(one, accounts().query("account_manager == 'Lind'"))
    lind = whole.query("client_id == 'C1' and account_manager == 'Lind'")
    ends = ["value", "low", "high"]
    assert alone.query("account_manager == 'Lind'")[ends].to_numpy().tolist() == (
        lind[ends].to_numpy().tolist()
    )


def test_a_wider_level_is_a_wider_interval_and_without_scores_there_is_no_row():
    narrow = scores.managers(account_scores(), accounts(), level=0.5).loc[1]
    usual = scores.managers(account_scores(), accounts()).loc[1]
    assert usual["low"] < narrow["low"] < narrow["high"] < usual["high"]
    nobody = account_scores().assign(shrunken=np.nan)
    assert scores.managers(nobody, accounts()).empty
    assert usual["value"] == pytest.approx(4.75)
