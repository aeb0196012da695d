"""A drawn programme: ledgers that the readers take, beside exports that it leaves as they were."""

import hashlib
import json

import pytest

from crqlab import programme, responses, simulate
from crqlab.base.study import Study
from crqlab.programme import Known
from crqlab.responses.tables import joined
from crqlab.stats.nps import categories


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    root = tmp_path_factory.mktemp("programme")
    simulate.write(root, study="played", clients=12, seed=5, dirt=False, programme=True)
    return Study("played", root=root)


@pytest.fixture(scope="module")
def there(study):
    raw = responses.read(study)
    accounts = joined(study, raw)["accounts"]
    pairs = zip(accounts["client_id"], accounts["account_id"], strict=True)
    return raw, Known(frozenset(pairs), frozenset(raw.responses["wave"]))


def test_exports_are_those_of_the_panel_without_a_programme(study):
    simulate.write(study.root, study="plain", clients=12, seed=5, dirt=False)
    plain = Study("plain", root=study.root)
    names = [path.name for path in plain.raw.glob("*.csv")]
    assert len(names) == 7
    for name in names:
        assert hashlib.sha256((study.raw / name).read_bytes()).digest() == hashlib.sha256(
            (plain.raw / name).read_bytes()).digest(), name  # fmt: skip


def test_ledgers_keep_every_rule_and_leave_the_last_wave_alone(study, there):
    for name in ("agreed_actions", "referrals"):
        table = programme.ledger(study, name, there=there[1]).table
        assert len(table) > 40
    actions = programme.ledger(study, "agreed_actions", there=there[1]).table
    assert set(actions["wave"]) == {"2023", "2024"}
    assert set(actions["status"]) == {"proposed", "agreed", "done", "dropped"}
    assert set(actions["party"]) == {"us", "customer"}
    assert (actions["done_on"] > actions["due_on"]).any()


def test_who_says_yes_is_as_drawn(study, there):
    raw, known = there
    truth = json.loads((study.raw / "truth" / "model.json").read_text())["programme"]
    asked = programme.ledger(study, "referrals", there=known).table
    asked = asked.assign(wave=asked["referral_id"].str[-4:])
    said = asked.merge(raw.responses[["contact_id", "wave", "ltr"]], on=["contact_id", "wave"])
    assert len(said) >= len(asked)
    said = said[(said["answer"] != "open") & said["ltr"].notna()]
    kinds = categories(said["ltr"])
    for kind, share in truth["referral_yes"].items():
        mine = said.loc[kinds == kind, "answer"] == "yes"
        n = len(mine)
        assert n > 15
        assert abs(mine.mean() - share) < 3.5 * (share * (1 - share) / n) ** 0.5


def test_a_new_panel_keeps_ledgers_that_people_have_filled(study, tmp_path):
    simulate.write(tmp_path, study="mine", clients=2, seed=5)
    mine = Study("mine", root=tmp_path)
    (mine.raw / "wins.csv").write_text("win_id\n")
    simulate.write(tmp_path, study="mine", clients=2, seed=5)
    assert (mine.raw / "wins.csv").read_text() == "win_id\n"
