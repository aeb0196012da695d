"""Whom to ask again, and whether promoters say yes more often, with accounts behind intervals."""

import shutil

import numpy as np
import pandas as pd
import pytest

from crqlab import programme
from crqlab.base.study import Study
from crqlab.programme.referral_history import _rates, _verdict
from crqlab.stats.proportion import clustered

ENDED = pd.Timestamp("2025-05-02")


@pytest.fixture(scope="module")
def study(stationed_study_of, tmp_path_factory):
    """A study of its own, all of whose answers came on one day."""
    shown, root = stationed_study_of(), tmp_path_factory.mktemp("asked")
    shutil.copytree(shown.root, root, dirs_exist_ok=True)
    found = Study(shown.name, root=root)
    found.write("responses", found.read("responses").assign(started=ENDED))
    return found


@pytest.fixture
def asked_of(study, monkeypatch, tmp_path):
    """Ask people of the fixture; the ledger is taken away again."""
    path = study.raw / "referrals.csv"
    people = study.read("respondents", client="C017", wave="2025").dropna(subset=["contact_id"])
    people = people.drop_duplicates("contact_id").reset_index(drop=True)

    def ask(answer, on="2026-03-01"):
        rows = people.assign(
            referral_id=[f"R{n}" for n in range(len(people))],
            asked_for="referral",
            asked_on=pd.Timestamp(on),
            answer=[answer(row) for row in people.to_dict("records")],
        )
        programme.change(study, "referrals", lambda old: rows.reindex(columns=old.columns))
        return rows

    yield ask
    for each in study.raw.glob("*referrals*.csv"):
        each.unlink()
    assert not path.exists()


def test_without_a_ledger_nobody_was_asked_and_it_is_too_early(study):
    assert programme.asked(study).table.empty
    assert str(programme.conversion(study)) == (
        "Nobody who was asked has answered yet: too early to say who refers"
    )


def test_shares_are_those_of_the_answers_before_the_day_with_accounts_behind_them(study, asked_of):
    rows = asked_of(lambda row: "yes" if row["ltr"] >= 9 else "no" if row["ltr"] >= 7 else "open")
    table = programme.conversion(study).table.set_index(["by", "group"])
    n = {kind: int(mask.sum()) for kind, mask in {
        "promoter": rows["ltr"] >= 9, "passive": rows["ltr"].between(7, 8),
        "detractor": rows["ltr"] < 7}.items()}  # fmt: skip
    assert table.loc[("ltr", "promoter"), ["n", "yes"]].tolist() == [n["promoter"]] * 2
    assert table.loc[("ltr", "passive"), ["n", "yes"]].tolist() == [n["passive"], 0]
    assert table.loc[("ltr", "detractor"), ["n", "open"]].tolist() == [0, n["detractor"]]
    sums = rows[rows["ltr"] >= 7].assign(yes=rows["ltr"] >= 9, n=1).groupby("account_id")[
        ["yes", "n"]].sum()  # fmt: skip
    want = clustered(sums["yes"], sums["n"], ["all"] * len(sums)).iloc[0]
    got = table.loc[("all", "all")]
    assert got[["value", "low", "high"]].tolist() == want[["value", "low", "high"]].tolist()
    assert table.xs("role")["n"].sum() == got["n"] == table.xs("segment")["n"].sum()


def test_what_somebody_answers_later_is_not_counted(study, asked_of):
    asked_of(lambda row: "yes", on="2000-01-01")
    table = programme.conversion(study).table
    assert table.loc[table["by"] == "ltr", "group"].tolist() == ["unknown"]


def test_the_rest_counts_from_the_client_s_last_answer(study, asked_of):
    asked_of(lambda row: "open", on="2024-05-01")
    assert ENDED - pd.Timestamp("2024-05-01") > pd.Timedelta(days=365)
    assert not programme.asked(study).table["resting"].any()
    asked_of(lambda row: "open", on="2024-05-03")
    assert programme.asked(study).table["resting"].all()


def test_promoters_are_said_to_refer_more_only_where_intervals_lie_apart():
    """In 300 draws in which LTR tells nothing, the claim is made in at most one of twenty."""
    rng = np.random.default_rng(20)
    said = 0
    for _ in range(300):
        rows = pd.DataFrame(
            {
                "client_id": "C",
                "account_id": np.repeat([f"A{n}" for n in range(25)], 4),
                "ltr": rng.choice(["promoter", "passive", "detractor"], 100),
                "result_account_id": None,
                "result_name": None,
                "result_revenue": np.nan,
            }
        )
        lean = np.repeat(rng.beta(1, 1, 25), 4)
        rows["answer"] = np.where(rng.random(100) < lean, "yes", "no")
        said += "clearly" in _verdict(_rates(rows, "ltr", 0.95).set_index("group"))
    assert said <= 15
    rows["answer"] = np.where(rows["ltr"] == "promoter", "yes", "no")
    assert _verdict(_rates(rows, "ltr", 0.95).set_index("group")) == (
        "Promoters clearly refer more often"
    )
