"""Role effects and honeymoons: drawn as asked, told as truth, and found again."""

import numpy as np
import pandas as pd
import pytest

from crqlab import scores, simulate
from crqlab.base.codebook import Codebook
from crqlab.base.contracts.frames import empty
from crqlab.base.errors import CrqError
from crqlab.base.yaml_documents import load
from crqlab.simulate import model
from crqlab.simulate.options import Options
from crqlab.simulate.raw import CODEBOOK
from crqlab.simulate.truth import facts

KEYS = ["client_id", "wave"]


@pytest.fixture(scope="module")
def apart():
    return simulate.panel(clients=90, waves=(2024, 2025), role_effects=5.0)


def test_what_is_not_asked_for_is_not_drawn():
    panel = simulate.panel(clients=2, waves=(2025,))
    assert not {"kept", "fallen"} & set(panel.true_accounts)
    assert not {"role_shifts", "honeymoon"} & set(facts(panel.options))
    assert panel.options.role_shifts == tuple(model.ROLE_SHIFTS)


def test_clients_are_what_they_are_however_far_roles_lie_apart(apart):
    plain = simulate.panel(clients=90, waves=(2024, 2025))
    pd.testing.assert_series_equal(apart.true_clients["crq"], plain.true_clients["crq"], atol=1e-3)
    roles = apart.true_roles.pivot_table(index=KEYS, columns="role", values="crq")
    gap = roles["executive"] - roles["user"]  # 5 x .20, less the ceiling
    assert gap.between(0.5, 1.0).all()
    assert gap.median() > 0.85
    share = roles[list(model.ROLES)] @ model.ROLE_SHARES
    truth = apart.true_clients.set_index(KEYS)["crq"]
    np.testing.assert_allclose(share.reindex(truth.index), truth, atol=1e-6)


def test_intervals_of_gaps_hold_the_truth(apart):
    book = load(CODEBOOK, Codebook)
    people = scores.respondents(apart.responses.assign(weight=np.nan), book)
    gaps = scores.groups(people, empty("breakdowns"), book).gaps
    gaps = gaps[(gaps["measure"] == "crq") & (gaps["client_id"] != "") & (gaps["n_accounts"] >= 4)]
    truth = apart.true_roles.set_index([*KEYS, "role"])["crq"]
    each = [truth.loc[list(zip(gaps["client_id"], gaps["wave"], gaps[one], strict=True))].to_numpy()
            for one in ("role", "other")]  # fmt: skip
    gap = each[0] - each[1]
    held = (gaps["low"] <= gap) & (gap <= gaps["high"])
    assert len(gaps) > 300
    assert 0.93 <= held.mean() <= 0.97
    found = gaps["verdict"].isin(["higher", "lower"])
    assert ((gaps["value"] > 0) == (gap > 0))[found].all()


def test_accounts_fall_after_their_first_year_where_contact_is_lost():
    panel = simulate.panel(clients=30, honeymoon=0.8)
    truth = panel.true_accounts
    assert truth.loc[truth["kept"], "fallen"].eq(0).all()
    lost = truth[~truth["kept"]]
    assert set(lost["fallen"]) == {0.0, 0.4, 0.8}
    assert truth.groupby("account_id")["kept"].nunique().eq(1).all()
    assert truth.groupby("account_id")["kept"].first().mean() == pytest.approx(model.KEPT, abs=0.05)
    frame = panel.contacts.merge(truth[[*KEYS, "account_id", "kept"]])
    waves = frame.groupby(["account_id", "contact_id", "kept"])["wave"].nunique().reset_index()
    assert waves.groupby("kept")["wave"].mean().diff().iloc[-1] > 0.5  # who is kept stays longer
    plain = simulate.panel(clients=30)
    crq = plain.true_accounts.merge(truth, on=[*KEYS, "account_id"], suffixes=("", "_fallen"))
    away = crq["crq"] - crq["crq_fallen"]
    assert away[crq["fallen"] == 0].abs().max() < 1e-9
    assert away[crq["fallen"] == 0.8].mean() == pytest.approx(0.8, abs=0.12)


@pytest.mark.parametrize("wrong", [{"honeymoon": -0.1}, {"honeymoon": 4}, {"role_effects": 11}])
def test_what_no_panel_is_drawn_with_is_refused(wrong):
    with pytest.raises(CrqError, match="give 0 to 3 scale points"):
        Options(**wrong)
