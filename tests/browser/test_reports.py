"""The demo reports as a reviewer opens them: offline, on a desk, in the dark, on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import ROOT
from tests.browser.page import VIEWS, faults
from tests.browser.test_index import OWN_SCRIPT

pytestmark = pytest.mark.browser


def test_the_demo_makes_an_index_and_three_client_reports(demo_reports):
    names = [path.name for path in demo_reports]
    assert "index.html" in names
    assert len([name for name in names if name.startswith("C")]) == 3
    stations = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))][:-1]
    assert [f"{stem}.html" for stem in stations] == names[: len(stations)]


@pytest.mark.parametrize("view", VIEWS)
def test_every_report_opens_offline_and_for_everybody(browser, demo_reports, view):
    found = {path.name: faults(browser, path, view=view) for path in demo_reports}
    assert found.pop("index.html") == OWN_SCRIPT
    assert {name: stumbles for name, stumbles in found.items() if stumbles} == {}
