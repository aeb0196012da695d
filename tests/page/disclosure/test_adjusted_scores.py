"""Who was asked and when they answered, as the audit reads it, where days are missing."""

import pandas as pd
import pytest

from crqlab.page.disclosure.adjusted_scores import Asked
from tests.report.renaming import filled


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("asked"))


@pytest.mark.parametrize("every", [1, 2, None])
def test_an_answer_without_a_day_is_not_late(study, every):
    rows = study.read("responses")
    days = pd.Series(pd.date_range("2025-03-01", periods=len(rows)), index=rows.index)
    dated = rows.index % every == 0 if every else rows.index < 0
    study.write("responses", rows.assign(started=days.where(dated)))
    found = Asked.of(study, "C017", "2025")
    assert found.late <= set(rows["contact_id"][dated])
    assert bool(found.late) is bool(every)
    assert found.people >= found.late
