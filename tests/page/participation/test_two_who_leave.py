"""What leaves with two account managers or one customer, as a page says it."""

from __future__ import annotations

import pandas as pd

from crqlab.page.assembly import view
from crqlab.page.participation.two_who_leave import leavers_and_groups

KEY = {"client_id": "C017", "wave": "2025"}


def written(study):
    pair = {"client_id": "C017", "flag": "ok", "revenue": 1000.0, "alone_share": 0.5}
    study.write("manager_pairs", pd.DataFrame([
        {**pair, "rank": 1, "first_manager": "Manager 1", "second_manager": "Manager 2",
         "n_accounts": 9, "revenue_share": 0.75},
        {**pair, "rank": 2, "first_manager": "Manager 1", "second_manager": "Manager 3",
         "n_accounts": 6, "revenue_share": 0.6},
    ]))  # fmt: skip
    study.write("accounts_to_spread", pd.DataFrame([
        {"client_id": "C017", "rank": 1, "account_id": "A001", "account_manager": "Manager 1",
         "revenue": 300.0, "share_after": 0.45}
    ]))  # fmt: skip
    study.write("customer_groups", pd.DataFrame([
        {**KEY, "customer": "A001", "n_accounts": 3, "n_heard": 2, "n_respondents": 7,
         "revenue": 900.0, "revenue_share": 0.4, "crq": 5.123456, "flag": "ok"}
    ]))  # fmt: skip
    study.write("customer_concentration", pd.DataFrame([
        {**KEY, "n_customers": 18, "n_groups": 1, "hhi": 0.2, "effective": 5.0, "top_1": 0.4,
         "account_hhi": 0.1, "account_effective": 10.0, "account_top_1": 0.2}
    ]))  # fmt: skip
    study.write("division_referrals", pd.DataFrame([
        {**KEY, "customer": "A001", "from_account": "A001", "from_score": 6.1234, "from_n": 3,
         "account_id": "A002", "status": "unheard", "revenue": 10.0}
    ]))  # fmt: skip
    study.write("buying_centre", pd.DataFrame([
        {**KEY, "account_id": "A001", "n_roles": 4, "n_known": 3, "n_asked": 3, "n_heard": 1,
         "roles_known": 2, "roles_asked": 2, "roles_heard": 1, "breadth_known": 0.5,
         "breadth_asked": 0.5, "breadth_heard": 0.25, "senior_known": False,
         "senior_heard": False, "flag": "one_voice"}
    ]))  # fmt: skip
    return study


def test_pairs_customers_divisions_and_breadth_are_told(asked_study_of):
    seen = view(written(asked_study_of()), client="C017", wave="2025", language="en")
    shown = leavers_and_groups(seen)
    said = shown.sentence.replace("\xa0", " ")
    assert "If Manager 1 and Manager 2 left together, 75 % of revenue would be at stake" in said
    assert "at 9 customers" in said
    assert "pays 40 % of revenue; the greatest single account pays 20 %" in said
    assert "Account 2 was not heard: ask Account 1" in said
    assert "50 % are known at a customer on average and 25 % were heard" in said
    assert "45 %" in shown.html.replace("\xa0", " ")
    assert "5.12" not in shown.html
    assert "6.1" not in shown.html


def test_in_swedish_and_on_a_page_of_an_earlier_wave(asked_study_of):
    study = written(asked_study_of())
    swedish = leavers_and_groups(view(study, client="C017", wave="2025", language="sv")).sentence
    assert "slutade tillsammans" in swedish
    earlier = leavers_and_groups(view(study, client="C017", wave="2024", language="en"))
    assert not earlier.html
