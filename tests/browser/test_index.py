"""The list of reports as a consultant uses it: searched, sorted, filtered, with a keyboard too."""

from __future__ import annotations

import pytest

from crqlab.report.batch.index import index
from tests.browser.page import VIEWS, accessibility, faults, offline
from tests.report.many import CLIENTS, listed

pytestmark = pytest.mark.browser

#: What a page with one script of its own is told beside its faults.
OWN_SCRIPT = ["1 scripts; a report has none"]
SHOWN = "[...document.querySelectorAll('.list tbody tr')].filter(r => !r.hidden)"


@pytest.fixture(scope="module")
def listing(tmp_path_factory):
    study = listed(tmp_path_factory.mktemp("many"))
    return index(study, new=["C030_2025"])


@pytest.fixture
def tab(browser, listing):
    address = listing.resolve().as_uri()
    with offline(browser, address, "desk") as context:
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: page.faults.append(line.text))
        page.on("dialog", lambda dialog: page.faults.append(dialog.message) or dialog.dismiss())
        page.goto(address)
        yield page
    assert page.faults == []


def cells(tab, place):
    """The texts of one column, of the rows that are shown."""
    return tab.evaluate(f"{SHOWN}.map(r => r.cells[{place}].innerText.trim())")


def told(tab):
    return tab.inner_text("[role=status]")


@pytest.mark.parametrize("view", VIEWS)
def test_the_list_opens_offline_and_for_everybody(browser, listing, view):
    assert faults(browser, listing, view=view) == OWN_SCRIPT


def test_what_is_typed_is_looked_for_in_names_ids_industries_waves_and_statuses(tab):
    assert told(tab) == f"{CLIENTS} of {CLIENTS} reports shown"
    tab.fill("#sought", "orebro AKERI")
    assert cells(tab, 0) == ["Örebro Åkeri"]
    assert told(tab) == f"1 of {CLIENTS} reports shown"
    tab.fill("#sought", "c1 banking 2025")
    assert {name[:2] for name in cells(tab, 2)} == {"C1"}
    assert set(cells(tab, 3)) == {"banking"}
    tab.fill("#sought", "older than")
    assert set(cells(tab, 1)) == {"older than its inputs"}
    tab.fill("#sought", "</script>")
    assert cells(tab, 0) == ["</script><script>alert(1)</script>", "<script>alert('x')</script>"]
    tab.fill("#sought", "nobody of that name")
    assert told(tab) == f"0 of {CLIENTS} reports shown"
    tab.click("text=Show all")
    assert told(tab) == f"{CLIENTS} of {CLIENTS} reports shown"
    assert tab.evaluate("document.activeElement.id") == "sought"


def test_a_status_is_filtered_for_with_its_reasons(tab):
    tab.select_option("#state", "last try failed")
    found = cells(tab, 1)
    assert len(found) == 6
    assert all("last try failed" in one and "<b>no</b> scores" in one for one in found)
    assert told(tab) == f"6 of {CLIENTS} reports shown"
    tab.select_option("#state", "new in this run")
    assert cells(tab, 2) == ["C030"]
    assert accessibility(tab) == []


def test_a_number_is_sorted_as_a_number_whichever_way(tab):
    head = tab.locator(".list th", has_text="NPS").first
    for way, falling in (("descending", True), ("ascending", False)):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == way
        found = [float(said.replace("−", "-")) for said in cells(tab, 7)]
        assert found == sorted(found, reverse=falling)
    assert tab.locator("[aria-sort]").count() == 1
    assert accessibility(tab) == []


def test_names_are_sorted_as_the_language_has_it_with_the_keyboard_alone(tab):
    tab.fill("#sought", "manufacturing")
    tab.locator(".list th button", has_text="Client").focus()
    tab.keyboard.press("Enter")
    assert tab.locator(".list th").first.get_attribute("aria-sort") == "descending"
    tab.keyboard.press("Space")
    names = cells(tab, 0)
    rules = {"numeric": True, "sensitivity": "base"}
    order = "([names, rules]) => [...names].sort(new Intl.Collator('en', rules).compare)"
    assert names == tab.evaluate(order, [names, rules])
    assert names.index("Client 21") < names.index("Client 101")  # by number, not by letter


def test_what_is_missing_stands_last_whichever_way(tab):
    for _ in range(2):
        tab.locator(".list th button", has_text="Industry").click()
        assert cells(tab, 3)[-1] == ""
        assert cells(tab, 3)[0] != ""


def test_a_list_in_swedish_sorts_and_counts_in_swedish(browser, listing, tmp_path):
    study = listed(tmp_path, clients=30)
    page = index(study, language="sv")
    assert faults(browser, page, view="desk") == OWN_SCRIPT
    with offline(browser, page.resolve().as_uri(), "desk") as context:
        tab = context.new_page()
        tab.goto(page.resolve().as_uri())
        tab.locator(".list th button", has_text="Uppdragsgivare").click()
        tab.locator(".list th button", has_text="Uppdragsgivare").click()
        names = cells(tab, 0)
        assert names.index("Zebra") < names.index("Örebro Åkeri")
        tab.select_option("#state", "senaste försöket misslyckades")
        assert told(tab) == "1 av 30 rapporter visas"


def test_without_scripts_the_whole_list_is_there_and_nothing_that_cannot_work(browser, listing):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(listing.resolve().as_uri())
    assert page.locator(".list tbody tr").count() == CLIENTS
    assert not page.locator(".finder").is_visible()
    assert page.locator(".list th button").count() == 0
    context.close()


def test_another_script_than_ours_does_not_run(browser, listing, tmp_path):
    page = listing.read_text(encoding="utf-8").replace("</main>", "<script>x = 1</script></main>")
    other = tmp_path / "other.html"
    other.write_text(page, encoding="utf-8")
    with offline(browser, other.resolve().as_uri(), "desk") as context:
        tab = context.new_page()
        tab.goto(other.resolve().as_uri())
        assert tab.evaluate("typeof x") == "undefined"
        assert tab.locator(".list th button").count() > 5


def test_on_paper_nothing_leaves_the_page(browser, listing):
    from tests.browser.test_hostile import PAPER

    with offline(browser, listing.resolve().as_uri(), "desk") as context:
        tab = context.new_page()
        tab.set_viewport_size({"width": PAPER, "height": 1000})
        tab.emulate_media(media="print")
        tab.goto(listing.resolve().as_uri())
        wide = tab.evaluate("document.querySelector('.list').getBoundingClientRect().right")
        assert wide <= PAPER + 1
        assert not tab.locator("#sought").is_visible()
