"""Real surveys, by others, with other scales: new, codebook, read, flags, decide, keep."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab import Study, responses
from tests import oracle

#: Survey: its scale, and how many rated questions its draft finds.
SURVEYS = {
    "corp_rep": ((1, 7), 40),
    "satisfaction": ((0, 10), 27),
    "customer_sat_b2b": ((1, 10), 10),
    "sfo2017_rawcodes": ((1, 5), 22),
}


def station(study):
    raw = responses.read(study)
    flags = responses.flags(raw, study.codebook)
    checked = responses.decide(raw, flags, responses.decisions(study))
    responses.keep(study, raw, checked)
    return raw, flags, checked


@pytest.mark.parametrize("name", SURVEYS)
def test_a_drafted_codebook_carries_a_real_survey_through(name, tmp_path):
    export = oracle.folder() / "data" / f"{name}.csv"
    responses.new(name, tmp_path, export=export)
    study = Study(name, root=tmp_path)
    _, flags, checked = station(study)
    (low, high), items = SURVEYS[name]
    asked = study.codebook.instrument
    assert (asked.scale.low, asked.scale.high) == (low, high)
    assert len(asked.items) == items
    own = pd.read_csv(export)
    kept = study.read("responses")
    assert len(kept) == len(own)
    for item in list(asked.items)[:5]:
        theirs = own[study.codebook.columns_of(study.codebook.responses.files[0]).get(item, item)]
        inside = pd.to_numeric(theirs, errors="coerce")
        inside = inside.where(inside.between(asked.bounds(item).low, asked.bounds(item).high))
        pd.testing.assert_series_equal(kept[item], inside, check_names=False, check_dtype=False)
    assert checked.responses["included"].mean() > 0.9
    assert "flipped" not in set(flags.table["check"])


def test_recommendations_with_codes_beside_the_scale(tmp_path):
    export = oracle.folder() / "data" / "sfo2017_rawcodes.csv"
    responses.new("sfo", tmp_path, export=export)
    raw, _, _ = station(Study("sfo", root=tmp_path))
    own = pd.read_csv(export)["NETPRO"]
    assert raw.responses["ltr"].isna().sum() == (own.isna() | (own == 11)).sum()
    assert raw.responses["ltr"].eq(0).sum() == (own == 0).sum()
    assert raw.unusable.empty
