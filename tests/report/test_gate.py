"""Nothing of another client passes, however it is written; what is nobody's passes."""

import base64
import html as escaping
import io
import json
import struct
import unicodedata
import zipfile
import zlib

import nbformat
import pandas as pd
import pytest

from crqlab.report import LeakError
from crqlab.report.clearance import gate
from crqlab.report.clearance.integrity import intact
from crqlab.report.run import render
from crqlab.report.run.notebook_files import cleaned, own
from crqlab.segments import shipped, starting
from tests.page.reworded import reworded
from tests.report.executed import executed
from tests.report.neighbours import SHARED, THEIRS, lay

NAME = THEIRS["account name"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return lay(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def report(study):
    """The first client's page and notebook, as they would be written."""
    notebook = own(cleaned(executed(study, client="C017", wave="2025")))
    page = render.render(notebook, title="Fixture panel", language="en")
    return {"C017_2025.html": page.encode(), "C017_2025.ipynb": nbformat.writes(notebook).encode()}


def finds(study, name, content):
    with pytest.raises(LeakError) as stopped:
        gate.check(
            {name: content if isinstance(content, bytes) else content.encode()}, study, "C017"
        )
    return stopped.value.finds


def test_a_clients_own_report_passes_and_is_sealed(study, report):
    passed = gate.passed(report, study, "C017")
    assert list(passed) == list(report)
    assert intact(passed["C017_2025.html"].decode())
    assert passed["C017_2025.ipynb"] == report["C017_2025.ipynb"]


@pytest.mark.parametrize("kind", THEIRS)
def test_whatever_is_the_neighbours_is_found_and_named(study, report, kind):
    page = report["C017_2025.html"].decode().replace("</main>", f"<p>{THEIRS[kind]}</p></main>")
    found = finds(study, "C017_2025.html", page)
    assert set(found["kind"]) == {kind}
    assert set(found["owner"]) == {THEIRS["client id"]}
    assert found["file"].str.startswith("C017_2025.html").all()


def test_the_message_says_what_and_where_and_whose(study):
    told = (
        r"The report of C017 holds .*client name 'kvarnby verkstad' of N-0815 in a\.html.*nothing"
    )
    with pytest.raises(LeakError, match=told):
        gate.check({"a.html": b"<p>Kvarnby Verkstad</p>"}, study, "C017")


def test_of_many_finds_five_are_told_and_the_others_counted(study):
    cells = [f"<td>{one}</td>" for one in THEIRS.values()]

    def told(n):
        with pytest.raises(LeakError) as stopped:
            gate.check({"a.html": "".join(cells[:n]).encode()}, study, "C017")
        return str(stopped.value).partition(". A report")[0]

    assert told(5).count(" of N-0815 in a.html") == 5
    assert "more" not in told(5)
    assert told(8).endswith("; and 3 more")


def test_a_part_of_a_long_comment_is_found(study):
    part = " ".join(THEIRS["words"].split()[1:13])
    found = finds(study, "a.html", f"<p>A first line.</p><q>So: {part}</q>")
    assert found["kind"].tolist() == ["words"]
    assert found["found"].tolist() == [part.lower()]
    assert found["file"].tolist() == ["a.html"]


@pytest.mark.parametrize(
    "written",
    [
        f"<p>{NAME.upper()}</p>",
        f"<p>{unicodedata.normalize('NFD', NAME)}</p>",
        f"<p>{escaping.escape(NAME)}</p>",
        "<p>&#197;hl&eacute;ns &amp;amp; &Ouml;st GmbH</p>",
        "<p><b>Åh</b>lé<i>ns</i> <span>Öst</span> GmbH</p>",
        "<p>Åhl\u00adéns\u200b Öst GmbH</p>",
        f'<img alt="About {NAME}" src="x">',
        f"<a href='https://x.example/{THEIRS['client id']}.html'>x</a>",
        f"<!-- made for {NAME} -->",
        f"<svg><title>{NAME}</title></svg>",
        "<svg><text><tspan>Åhléns</tspan> <tspan>Öst</tspan> <tspan>GmbH</tspan></text></svg>",
    ],
)
def test_it_is_found_however_it_is_written(study, written):
    assert len(finds(study, "a.html", written)) == 1


def png(text):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packed = zlib.compress(text.encode())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(
        b"iTXt", b"Title\0\x01\0\0\0" + packed
    )  # fmt: skip


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_it_is_found_in_what_nobody_sees(study):
    picture = base64.b64encode(png(NAME)).decode()
    assert len(finds(study, "a.html", f'<img alt="" src="data:image/png;base64,{picture}">')) == 1
    cell = {"outputs": [{"data": {"image/png": picture}}], "source": "view"}
    assert len(finds(study, "a.ipynb", json.dumps({"cells": [cell]}))) == 1
    stream = {"outputs": [{"name": "stdout", "text": ["first\n", f"{NAME}\n"]}], "source": ""}
    assert len(finds(study, "a.ipynb", json.dumps({"cells": [stream]}))) == 1
    inner = zipped(**{"docProps/core.xml": f"<dc:creator>{escaping.escape(NAME)}</dc:creator>"})
    assert len(finds(study, "a.pptx", zipped(**{"ppt/embeddings/book.xlsx": inner}))) == 1
    assert len(finds(study, "a.csv", f'id,name\r\n1,"{NAME}"\r\n')) == 1
    assert len(finds(study, "a.pdf", b"%PDF-1.7\n<< /Title (Kvarnby Verkstad) >>")) == 1
    assert len(finds(study, f"{THEIRS['client id']}.csv", b"n\r\n")) == 1


def test_what_both_have_and_what_crqlab_itself_says_passes(study, report):
    words = [SHARED, "Price.", "44", "KV-47110", "1KV-4711", "4711", "Silent accounts", "Quant"]
    gate.check({"a.html": f"<p>{'</p><p>'.join(words)}</p>".encode()}, study, "C017")


def test_the_end_of_one_text_and_the_start_of_the_next_are_no_name(study):
    gate.check({"a.html": b"<li>From Kvarnby</li><li>Verkstad</li>"}, study, "C017")
    gate.check({"a.csv": b"x | Kvarnby | Verkstad"}, study, "C017")


def test_numbers_and_places_in_office_files_are_no_ids(tmp_path):
    study = lay(tmp_path)
    accounts = study.read("accounts")
    theirs = accounts["client_id"] != "C017"
    ids = accounts["account_id"].mask(theirs, pd.Series(["148731", "B7"], accounts.index[theirs]))
    study.write("accounts", accounts.assign(account_id=ids))
    sheet = '<worksheet><c r="B7"><v>148731</v></c><c r="B8"><v>0.148731</v></c></worksheet>'
    slide = '<p:sp><a:off x="148731" y="2"/><a:t>7</a:t></p:sp>'
    gate.check({"a.xlsx": zipped(**{"xl/sheet1.xml": sheet})}, study, "C017")
    gate.check({"a.pptx": zipped(**{"ppt/slide1.xml": slide})}, study, "C017")
    assert len(finds(study, "a.xlsx", zipped(**{"xl/sharedStrings.xml": "<t>148731</t>"}))) == 1


def test_a_notebook_does_not_name_the_demos_client_as_its_default():
    cells = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                'client = "C017"  # whose, as in "x"\nwave = "2025"\nlevel = 0.9  # coverage',
                metadata={"tags": ["parameters"]},
            ),
            nbformat.v4.new_code_cell(
                '# Parameters\nclient = "A # \\"b"\nwave = "7"',
                metadata={"tags": ["injected-parameters"]},
            ),
        ]
    )
    (cell,) = own(cells).cells
    told = 'client = "A # \\"b"  # whose, as in "x"\nwave = "7"\nlevel = 0.9  # coverage'
    assert cell.source == told


def test_pictures_lose_what_they_say_of_their_making():
    picture = base64.b64encode(png("Matplotlib on my machine")).decode()
    output = nbformat.v4.new_output("display_data", {"image/png": picture, "text/plain": "x"})
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    left = cleaned(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs[0].data["image/png"]
    assert base64.b64decode(left) == png("")[: len(base64.b64decode(left))]
    assert b"iTXt" not in base64.b64decode(left)


def named(root, name):
    """A study whose neighbour has an account of some name."""
    study = lay(root)
    accounts = study.read("accounts")
    theirs = accounts["name"] == NAME
    study.write("accounts", accounts.assign(name=accounts["name"].mask(theirs, name)))
    return study


@pytest.mark.parametrize("name", ["Account manager", "Kundansvarig", "no theme has", "In short"])
def test_words_of_a_catalogue_are_nobodys_in_any_language(tmp_path, name):
    gate.check({"a.html": f"<p>{name}</p>".encode()}, named(tmp_path, name), "C017")


@pytest.mark.parametrize("name", ["Caterpillar Sweep", "what stands behind"])
def test_words_that_stand_in_code_alone_are_a_neighbours(tmp_path, name):
    found = finds(named(tmp_path, name), "a.html", f"<p>{name}</p>")
    assert found["kind"].tolist() == ["account name"]


@pytest.mark.parametrize("name", ["Ambassadör", "deeply dissatisfied", "vinn tillbaka"])
def test_words_of_thresholds_and_playbook_are_nobodys_where_a_study_has_them(tmp_path, name):
    study = named(tmp_path, name)
    page = {"a.html": f"<p>{name}</p>".encode()}
    assert finds(study, "a.html", page["a.html"])["kind"].tolist() == ["account name"]
    gate._common.cache_clear()
    traits = starting().traits
    study.write_all({"segment_traits": traits.table(), "playbook": shipped().table(traits)})
    gate.check(page, study, "C017")


def test_a_message_in_other_words_is_no_longer_ours(tmp_path, monkeypatch):
    study = named(tmp_path, "Account manager")
    gate.check({"a.html": b"<p>Account manager</p>"}, study, "C017")
    monkeypatch.setattr(gate, "language", lambda code: reworded())
    for kept in (gate._written, gate._common):
        kept.cache_clear()
    try:
        found = finds(study, "a.html", "<p>Account manager</p>")
    finally:
        for kept in (gate._written, gate._common):
            kept.cache_clear()
    assert found["kind"].tolist() == ["account name"]
