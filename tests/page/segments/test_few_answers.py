"""Of accounts with very few answers words are told, or nothing where the codebook wants it so."""

import numpy as np
import pytest
import yaml

from crqlab.report import view
from tests.show import stationed
from tests.show.fixture import Shape, lay_out


@pytest.fixture
def told(tmp_path):
    """View a study whose codebook says what is told of few answers."""

    def seen(few_answers):
        study = stationed.add(lay_out(tmp_path / few_answers, Shape()), Shape())
        path = study.raw / "codebook.yaml"
        book = yaml.safe_load(path.read_text(encoding="utf-8"))
        book["privacy"] = {**book.get("privacy", {}), "few_answers": few_answers}
        path.write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
        return view(type(study)(study.name, root=study.root), client="C017", wave="2025")

    return seen


def test_words_or_nothing(told):
    words, nothing = told("words"), told("nothing")
    few = words.segments.accounts["withheld"].to_numpy(bool)
    assert few.sum() >= 2
    kept, gone = (seen.segments.accounts[few] for seen in (words, nothing))
    assert kept[["segment", "p_word"]].notna().all(axis=None)
    assert set(kept["status"]) <= {"settled", "not_settled"}
    assert gone[["segment", "p_word", "p"]].isna().all(axis=None)
    assert set(gone["status"]) == {"few"}
    others = [seen.segments.accounts[~few]["segment"].tolist() for seen in (words, nothing)]
    assert others[0] == others[1]
    ids = set(kept["account_id"])
    bands = [
        seen.renewal.accounts[seen.renewal.accounts["account_id"].isin(ids)]["chance"]
        for seen in (words, nothing)
    ]
    assert (bands[0] != "").all()
    assert (bands[1] == "").all()
    for seen in (words, nothing):
        rows = seen.renewal.accounts
        assert np.isnan(rows.loc[rows["account_id"].isin(ids), "p_renew"].to_numpy(float)).all()


def test_one_advice_for_all_of_whom_nothing_is_told(told):
    words, nothing = told("words"), told("nothing")
    ids = set(words.segments.accounts.query("withheld")["account_id"])
    advice = [
        seen.actions.actions[seen.actions.actions["account_id"].isin(ids)]
        for seen in (words, nothing)
    ]
    assert advice[0]["action"].nunique() > 1
    assert advice[1]["action"].nunique() == 1
    assert advice[1]["segment"].isna().all()
