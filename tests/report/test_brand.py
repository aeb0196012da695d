"""A client's look: what is illegible, unknown or unsafe is refused by line; the rest is a page."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from crqlab import Study
from crqlab.base.errors import CrqError, DataError, ReportError, StudyError
from crqlab.report.brand import client_brand
from crqlab.report.brand.vector_logo import safe_svg
from crqlab.report.run import render
from crqlab.show.colours import ACCENT, SOFT, contrast

NS = 'xmlns="http://www.w3.org/2000/svg"'
LOGO = f'<svg {NS} viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#123456"/></svg>'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)


@pytest.fixture
def write(tmp_path):
    def put(text, **files):
        for name, content in files.items():
            (tmp_path / name.replace("_", ".")).write_bytes(content)
        path = tmp_path / "brand.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return put


def page(look):
    drawn = f'<svg {NS}><path fill="{ACCENT}" stroke="{SOFT}"/></svg><p>fill="{ACCENT}"</p>'
    said = new_output("display_data", data={"text/html": drawn})
    cells = [new_markdown_cell("# How good?"), new_code_cell("x", outputs=[said])]
    return render.render(new_notebook(cells=cells), title="Acme", language="en", brand=look)


def test_a_whole_file_dresses_the_page(write):
    text = "name: Acme & Co\naccent: '#0B6E4F'\nfont: Georgia\nlogo: logo.svg\n"
    look = client_brand.read(write(text, logo_svg=LOGO.encode()))
    made = page(look)
    assert '<img class="logo" src="data:image/svg+xml;base64,' in made
    assert 'alt="Acme &amp; Co"' in made
    assert "--accent: #0b6e4f" in made
    assert "font-family: Georgia" in made
    assert 'fill="#0b6e4f"' in made
    assert SOFT not in made.split("<main")[1]
    assert made == page(client_brand.read(write(text)))


def test_without_a_file_the_page_is_the_houses(tmp_path):
    study = Study("demo", root=tmp_path)
    assert client_brand.of(study) == client_brand.of(study, "C017") == render.HOUSE
    assert 'class="logo"' not in page(render.HOUSE)
    assert f'fill="{ACCENT}"' in page(render.HOUSE)
    assert client_brand.sources(study) == {}


def test_a_client_has_its_own_look_and_no_path_leads_out(tmp_path):
    study = Study("demo", root=tmp_path)
    (study.raw / "brand").mkdir(parents=True)
    (study.raw / "brand.yaml").write_text("name: All\nlogo: a.svg\n")
    (study.raw / "a.svg").write_text(LOGO)
    (study.raw / "brand" / "C017.yaml").write_text("name: Nordwind\n")
    assert client_brand.of(study, "C017").name == "Nordwind"
    assert client_brand.of(study, "C018").name == "All"
    assert client_brand.of(study, "../brand/C017").name == "All"
    assert client_brand.of(study, "c017").name == "All"
    assert list(client_brand.sources(study)) == ["a.svg", "brand.yaml", "brand/C017.yaml"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("name: A\naccent: '#ffcc00'\n", 2, "'#8f7200' is the same hue"),
        ("name: A\naccent: blue\n", 2, "six hexadecimal digits"),
        ("font: Comic Sans\n", 1, "use 'system', 'Arial'"),
        ("name: A\nacent: '#000000'\n", 2, "not a key"),
        ("warm: '#eeeeee'\n", 1, "too pale"),
    ],
)
def test_a_wrong_line_is_named_with_what_would_be_right(write, text, line, said):
    with pytest.raises(DataError, match=f"line {line}") as refused:
        client_brand.read(write(text))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("logo", "content", "said"),
    [
        ("none.png", None, "is not there"),
        ("../out.png", None, "is not there"),
        ("big.png", PNG + bytes(200_000), "at most 200,000"),
        ("text.png", b"no picture", "is no PNG"),
        ("bad.svg", f"<svg {NS}><script>x()</script></svg>".encode(), "script"),
        ("odd.svg", b"<svg", "cannot be read"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_refused_with_its_line(write, logo, content, said):
    files = {} if content is None else {logo.replace(".", "_"): content}
    with pytest.raises(StudyError, match="line 2: logo") as refused:
        client_brand.read(write(f"name: A\nlogo: {logo}\n", **files))
    assert said in str(refused.value)


def test_a_logo_outside_the_folder_is_not_taken(write, tmp_path):
    (tmp_path.parent / "out.png").write_bytes(PNG)
    with pytest.raises(StudyError, match="is not there"):
        client_brand.read(write("logo: ../out.png\n"))


def test_a_png_loses_what_it_says_of_itself(write):
    chunk = b"tEXtAuthor\x00Eva Berg"
    told = PNG[:33] + (len(chunk) - 4).to_bytes(4, "big") + chunk + b"crc!" + PNG[33:]
    look = client_brand.read(write("logo: l.png\n", l_png=told))
    assert look.picture == PNG


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<path onload="alert(1)" d="M0 0"/>',
        '<image href="https://example.org/x.png"/>',
        '<use href="https://example.org/x.svg#a"/>',
        '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="other.svg#a"/>',
        '<path fill="url(https://example.org/x)"/>',
        "<path style=\"fill:url( '//example.org')\"/>",
        "<foreignObject><p>hi</p></foreignObject>",
        '<a href="javascript:alert(1)"><path/></a>',
        '<animate attributeName="href" to="x"/>',
        '<set attributeName="onclick" to="x"/>',
        '<g xmlns:h="http://www.w3.org/1999/xhtml"><h:script>alert(1)</h:script></g>',
        '<use href=" data:image/svg+xml;base64,AA"/>',
    ],
)
def test_a_drawing_that_would_do_or_load_something_is_refused(evil):
    with pytest.raises(ReportError):
        safe_svg(f"<svg {NS}>{evil}</svg>".encode())


def test_entities_are_refused_before_they_are_read():
    bomb = b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + LOGO.encode()
    with pytest.raises(ReportError, match="entities"):
        safe_svg(bomb)


def test_what_drawing_programs_leave_behind_is_dropped_and_references_inside_stay():
    left = (
        f'<svg {NS} xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:version="1">'
        "<!-- Eva Berg --><metadata>Eva Berg</metadata><i:grid/><style>p{}</style>"
        '<defs><linearGradient id="g"/></defs><path fill="url(#g)"/><use href="#g"/></svg>'
    )
    made = safe_svg(left.encode())
    assert b"Eva" not in made
    assert b"inkscape" not in made
    assert b'fill="url(#g)"' in made
    assert safe_svg(made) == made


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_a_darkened_colour_can_be_read(channels):
    colour = "#{:02x}{:02x}{:02x}".format(*channels)
    assert contrast(client_brand.darkened(colour), "#ffffff") >= 4.5


def test_every_font_ends_in_one_that_every_reader_has():
    assert all(stack.endswith(("serif", "sans-serif")) for stack in client_brand.FONTS.values())
    assert issubclass(StudyError, CrqError)


@pytest.mark.parametrize(("logo", "content"), [("a.svg", LOGO.encode()), ("a.png", PNG)])
def test_a_logo_stands_in_the_pdf_too_and_nothing_is_fetched_from_elsewhere(write, logo, content):
    pytest.importorskip("weasyprint", reason="the extra 'exports' is not installed")
    from crqlab.report.exports import pdf

    look = client_brand.read(write(f"name: A\nlogo: {logo}\n", **{logo.replace(".", "_"): content}))
    html = page(look)
    there = [box for sheet in pdf.printed(html, look).pages for box in replaced(sheet._page_box)]
    assert len(there) == 1
    assert there[0].element.get("alt") == "A"
    asks = html.replace("</body>", '<img alt="x" src="file:///etc/hostname"></body>')
    with pytest.raises(ReportError, match=r"file:///etc/hostname.*a report loads nothing"):
        pdf.printed(asks, look)


def replaced(box):
    """Pictures below a box of a page on paper."""
    found = [box] if hasattr(box, "replacement") and box.element_tag == "img" else []
    return [*found, *(one for child in getattr(box, "children", ()) for one in replaced(child))]
