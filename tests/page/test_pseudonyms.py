"""Names behind keyed hashes: the same for who holds the key, nothing to anybody else."""

import os
import stat

import pandas as pd
import pytest
import yaml

from crqlab import CrqError, Study, StudyError
from crqlab.page.pseudonyms import pseudonym, pseudonyms
from crqlab.report import LeakError, key, view
from crqlab.report.clearance import gate
from crqlab.report.run import render
from tests.report.executed import executed
from tests.report.neighbours import lay

KEY = b"a key of thirty-two bytes, or so"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_KEY_FILE", str(tmp_path / "kept" / "demo.key"))
    return tmp_path / "kept" / "demo.key"


def test_two_keys_or_two_kinds_have_nothing_in_common():
    made = {pseudonym("A1", kind=k, key=key_) for k in ("account", "contact")
            for key_ in (KEY, KEY[::-1])}  # fmt: skip
    assert len({name[2:] for name in made}) == 4


def test_ids_stay_apart_and_gaps_stay_gaps():
    ids = pd.Series([f"A{i}" for i in range(5000)] + [None])
    hidden = pseudonyms(ids, kind="account", key=KEY)
    assert hidden.nunique() == 5000
    assert hidden.isna().tolist() == ids.isna().tolist()
    assert not hidden.isin(ids.dropna()).any()


def test_a_short_key_is_refused():
    with pytest.raises(CrqError, match="key= has 3 bytes; a pseudonym needs 32"):
        pseudonym("A1", kind="account", key=b"abc")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_key_is_made_once_for_its_owner_alone(tmp_path, place):
    study = lay(tmp_path / "home", accounts=4)
    first = key(study)
    assert key(study) == first
    assert len(first) == 32
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert list(place.parent.iterdir()) == [place]
    place.chmod(0o644)
    with pytest.raises(StudyError, match=r"can be read by others.*chmod 600"):
        key(study)


def test_a_key_beside_the_data_is_refused(tmp_path, monkeypatch):
    study = lay(tmp_path, accounts=4)
    for folder in ("data/processed/demo", "reports"):
        monkeypatch.setenv("CRQLAB_KEY_FILE", str(study.root / folder / "key"))
        with pytest.raises(StudyError, match="a place apart"):
            key(study)


def veiled(tmp_path):
    study = lay(tmp_path / "home", accounts=14)
    book = study.raw / "codebook.yaml"
    told = yaml.safe_load(book.read_text(encoding="utf-8")) | {"privacy": {"pseudonyms": True}}
    book.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return Study("demo", root=study.root)


def test_a_report_under_pseudonyms_names_no_account_contact_or_manager(tmp_path, place):
    study = veiled(tmp_path)
    seen = view(study, client="C017", wave="2025")
    assert seen.accounts["name"].str.fullmatch("A-[A-Z2-7]{16}").all()
    assert set(seen.comments["account"]) <= {"", *seen.accounts["name"]}
    page = render.render(executed(study, client="C017", wave="2025"), title="P", language="en")
    gate.check({"a.html": page.encode()}, study, "C017")
    for name in (*study.read("accounts")["name"], "Eva Lind", "A001"):
        assert f">{name}<" not in page
    with pytest.raises(LeakError, match="account manager 'eva lind'"):
        gate.check({"a.html": b"<p>Ask Eva Lind</p>"}, study, "C017")
