"""A page is one file that loads nothing, can be heard, and is the same twice."""

import base64
import re
from itertools import pairwise

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from crqlab import ReportError
from crqlab.language import language
from crqlab.report.run import render
from crqlab.report.run.notebook_prose import Writer, frame
from crqlab.show import html
from tests.report.executed import executed

SHAPES = {
    "plain": {},
    "three accounts": {"accounts": 3, "silent": 0},
    "four hundred accounts": {"accounts": 400, "most": 14, "silent": 90},
    "one wave, no LTR, no contacts, no comments, 1 to 5": {
        "waves": ("2025",), "ltr": False, "contacts": False, "comments": False, "scale": (1, 5),
    },
    "two people": {"accounts": 2, "most": 1},
    "real": {"synthetic": False},
}  # fmt: skip


@pytest.fixture(scope="module", params=SHAPES)
def page(request, study_of):
    study = study_of(**SHAPES[request.param])
    notebook = executed(study, client="C017", wave=2025)
    return render.render(notebook, title="Fixture panel", language="en")


@pytest.fixture(scope="module")
def report(study_of):
    return executed(study_of(), client="C017", wave="2025")


@pytest.fixture
def soup(page):
    return BeautifulSoup(page, "html.parser")


def made(*cells):
    return new_notebook(cells=[new_markdown_cell("# Why?\n\n**Reads** `x`."), *cells])


def shown(data):
    return new_code_cell("x", outputs=[new_output("display_data", data)])


def test_nothing_is_loaded_and_nothing_runs(page, soup):
    assert not soup.find_all(["script", "link", "iframe", "object", "embed", "form"])
    assert all(tag["href"].startswith("#") for tag in soup.find_all(href=True))
    assert all(tag["src"].startswith("data:image/") for tag in soup.find_all(src=True))
    assert not [name for tag in soup.find_all() for name in tag.attrs if name.startswith("on")]
    assert not re.findall(r"@import|url\(", page)
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")


def test_the_page_names_its_language_title_client_and_wave(soup):
    assert soup.html["lang"] == "en"
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["Nordwind & Co, wave 2025"]
    assert soup.title.get_text() == "Nordwind & Co, wave 2025 · Fixture panel"


def test_a_station_page_of_made_up_data_has_its_head_as_markup_and_its_title_escaped():
    notebook = made(new_markdown_cell("# Why?"))
    page = render.render(notebook, title="A & <b>B</b>", language="en", synthetic=True)
    study = BeautifulSoup(page, "html.parser").find("p", class_="study")
    assert study.get_text() == "A & <b>B</b>"
    assert study["translate"] == "no"


def test_headings_never_skip_a_level_and_have_ids_of_their_own(soup):
    levels = [int(h.name[1]) for h in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_every_link_leads_somewhere_and_the_contents_list_every_section(soup):
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    assert {a["href"][1:] for a in soup.find_all("a")} <= ids
    listed = [a["href"][1:] for a in soup.nav.find_all("a")]
    assert listed == [h2["id"] for h2 in soup.find_all("h2")]
    assert soup.body.find("a")["href"] == "#content"


def test_every_picture_is_described_or_hidden(soup):
    pictures = soup.find_all("svg")
    assert all(p.get("aria-hidden") == "true" or (p.title and p.desc) for p in pictures)
    assert all(img["alt"] for img in soup.find_all("img"))


def test_every_table_has_caption_scopes_and_a_box_that_scrolls(soup):
    assert soup.find_all("table")
    for table in soup.find_all("table"):
        assert table.caption.get_text().strip()
        assert all(th.get("scope") in ("col", "row") for th in table.find_all("th"))
        assert table.parent["role"] == "region"
        assert table.parent["tabindex"] == "0"
        assert table.parent["aria-label"]


def test_a_client_sees_neither_code_nor_paths_nor_papermill(page):
    assert "crq.tables" not in page
    assert "papermill" not in re.sub(r' data-card="[^"]*"', "", page)
    assert "/tmp" not in page
    assert "**Reads**" not in page
    assert "<strong>Reads</strong>" not in page


def test_no_section_is_empty(soup):
    for h2 in soup.find_all("h2"):
        after = h2.find_next_sibling()
        assert after is not None
        assert after.name != "h2"
        assert after.get_text().strip()


def test_synthetic_data_say_so_first(report, study_of):
    page = render.render(report, title="T", language="en")
    assert BeautifulSoup(page, "html.parser").header.p.get_text().startswith("SYNTHETIC DATA")
    real = executed(study_of(synthetic=False), client="C017", wave="2025")
    assert "SYNTHETIC DATA: " not in render.render(real, title="T", language="en")


def test_the_same_notebook_gives_the_same_bytes(report, study_of):
    first = render.render(report, title="T", language="en")
    again = executed(study_of(), client="C017", wave=2025)
    assert render.render(again, title="T", language="en") == first


def test_a_reviewer_sees_code_and_introduction_too(report):
    page = BeautifulSoup(render.render(report, title="T", language="en", code=True), "html.parser")
    code = [pre.get_text() for pre in page.find_all("pre")]
    assert "import crqlab as crq" in code
    assert any("Reads" in strong.get_text() for strong in page.find_all("strong"))


def test_the_notebook_itself_is_not_changed(report):
    before = str(report)
    render.render(report, title="T", language="en")
    assert str(report) == before


def test_without_a_masthead_the_question_is_the_heading():
    page = render.render(made(), title="A <study>", language="sv")
    soup = BeautifulSoup(page, "html.parser")
    assert soup.h1.get_text() == "Why?"
    assert soup.html["lang"] == "sv"
    assert soup.title.get_text() == "Why? · A <study>"


@pytest.mark.parametrize(
    "output",
    [
        "<script>alert(1)</script>",
        '<SCRIPT src="x"></SCRIPT>',
        '<img src="https://example.org/x.png">',
        "<img src=//example.org/x.png>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://example.org">x</a>',
        '<link rel="stylesheet" href="x.css">',
        '<p onclick="x()">x</p>',
        '<svg><use xlink:href="http://example.org#a"/></svg>',
        '<iframe srcdoc="x"></iframe>',
        '<form action="x"></form>',
        '<a href="C1_2025.exe">x</a>',
        '<a href="../C1_2025.zip">x</a>',
    ],
)
def test_an_output_that_would_load_or_run_something_is_refused(output):
    notebook = made(shown({"text/html": output}))
    with pytest.raises(ReportError, match="would run or load something"):
        render.render(notebook, title="T", language="en")


@pytest.mark.parametrize("kind", ["html", "pdf", "xlsx", "pptx", "csv", "zip"])
def test_a_page_may_lead_to_every_kind_of_file_that_is_exported(kind):
    output = f'<a href="C1_2025_salesforce.{kind}">x</a>'
    page = render.render(made(shown({"text/html": output})), title="T", language="en")
    assert output in page


def test_text_that_only_looks_like_markup_is_shown():
    said = "<script>alert('1')</script> & onclick=\"x\" https://example.org"
    notebook = made(new_code_cell("x", outputs=[new_output("stream", text=said)]))
    page = BeautifulSoup(render.render(notebook, title="T", language="en"), "html.parser")
    assert page.find("p", "said").get_text() == said


def test_markdown_has_no_raw_markup_remote_pictures_or_links_outside():
    source = "## A <b>b</b>\n\n<img src=x> ![alt](https://x/y.png) [out](https://x) [in](#a-b-b-b)"
    page = render.render(made(new_markdown_cell(source)), title="T", language="en")
    soup = BeautifulSoup(page, "html.parser")
    assert soup.img is None
    assert [a["href"] for a in soup.main.find_all("a")] == ["#a-b-b-b"]


PIXEL = base64.b64encode(b"\x89PNG").decode()


def test_a_picture_takes_its_words_from_its_plain_text():
    notebook = made(shown({"image/png": PIXEL, "text/plain": 'CRQ "rose" to 5.3'}))
    img = BeautifulSoup(render.render(notebook, title="T", language="en"), "html.parser").img
    assert img["alt"] == 'CRQ "rose" to 5.3'
    assert img["src"] == f"data:image/png;base64,{PIXEL}"


@pytest.mark.parametrize("plain", ["", "<Figure size 640x480 with 1 Axes>"])
def test_a_picture_without_words_is_refused(plain):
    notebook = made(shown({"image/png": PIXEL, "text/plain": plain}))
    with pytest.raises(ReportError, match=r"cell 2 has no alternative text.*set_label"):
        render.render(notebook, title="T", language="en")


def test_cells_for_reviewers_stay_with_reviewers():
    cell = new_markdown_cell("secret words")
    cell.metadata["tags"] = ["reviewer"]
    assert "secret words" not in render.render(made(cell), title="T", language="en")
    assert "secret words" in render.render(made(cell), title="T", language="en", code=True)


def test_warnings_on_the_error_stream_stay_with_reviewers():
    noise = new_output("stream", name="stderr", text="FutureWarning: x")
    notebook = made(new_code_cell("x", outputs=[noise]))
    assert "FutureWarning" not in render.render(notebook, title="T", language="en")
    assert "FutureWarning" in render.render(notebook, title="T", language="en", code=True)


def test_a_pandas_table_becomes_one_that_can_be_heard():
    rows = pd.DataFrame({"score": [5.2], "name": ["<b>"]}, index=["a"])
    soup = BeautifulSoup(
        frame(rows._repr_html_(), "x = 1\nrows.head()", language("en")), "html.parser"
    )
    assert soup.caption.get_text() == "rows.head()"
    assert [th.get("scope") for th in soup.find_all("th")] == ["col", "col", "row"]
    assert soup.style is None
    assert soup.td.get_text() == ""
    assert soup.find_all("td")[-1].get_text() == "<b>"


def test_equal_headings_have_different_ids():
    writer = Writer()
    writer.written("## Scores\n\n## Scores\n\n# Scores\n\n## 信頼")
    assert [name for name, _ in writer.contents] == ["scores", "scores-2", "scores-3", "section"]


def test_an_index_is_a_page_too():
    body = '<h1>Panel</h1>\n<p><a href="C017_2025.html">C017</a></p>'
    soup = BeautifulSoup(
        render.document(body, title="Panel", language="en", synthetic=True), "html.parser"
    )
    assert len(soup.find_all("h1")) == 1
    assert soup.header.h1.get_text() == "Panel"
    assert soup.header.p.get_text().startswith("SYNTHETIC DATA")
    assert soup.nav is None


def test_regions_of_one_name_are_told_apart():
    twice = 2 * html.table([html.Column("Account", ["A"])], caption="Who answered")
    output = new_output("display_data", {"text/html": twice, "text/plain": "A"})
    page = render.render(
        new_notebook(cells=[new_code_cell("", outputs=[output])]), title="P", language="en"
    )
    labels = [tag["aria-label"] for tag in BeautifulSoup(page, "html.parser").select(".scroll")]
    assert labels == ["Who answered", "Who answered (2)"]
