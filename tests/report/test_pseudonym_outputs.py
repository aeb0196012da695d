"""Under pseudonyms no output names an account, a contact or a manager; the key's holder can."""

import io
import zipfile

import nbformat
import pytest

from crqlab.page.tables import table
from crqlab.report import card, view
from crqlab.report.clearance import gate
from crqlab.report.clearance.pdf_texts import pdf_pieces
from crqlab.report.exports import crm, deck, pdf, workbook
from crqlab.report.exports.theme import Theme
from crqlab.report.run import render
from crqlab.report.run.manager_packs import export_packs
from crqlab.report.run.notebook_files import cleaned, own
from tests.report.executed import executed
from tests.report.renaming import filled, ids_and_names, renamed, tables_of

ACCOUNTS = """Kvarnby Verkstad AB|Åhléns & Öst GmbH|Törnqvist Energi|Volvo|North Sea Shipping Ltd
Orange|Bolmen Industri AB|Siobhán's Bakery|Nüßlein Papier GmbH & Co. KG|Sky Bank|Söderhamn Trä AB
Lövgren Energi AB|Ravnlund Handel|The Phone House|Quist Fastigheter""".replace("\n", "|").split("|")
PEOPLE = """Ylva Quist|Kåre Söderberg|Zacharias Quant|Eva Lind|Lukas Weiß|Chloé García|Anna Berg
Siobhán O'Brien|Göran Lindqvist|Erik Hallén|Ingrid Åkesson|Filip Ångman""".replace("\n", "|").split(
    "|"
)
SAID = [
    "Ylva Quist listens, always. Quist, Ylva is the best.",
    "kvarnby verkstad would be lost without you.",
    "Ask Y. Quist, or whoever was here before.",
    "Volvos team keeps its word; so does K-7003.",
    "They are O r a n g e to the core.",
    "Nobody is named here, and prices are fair.",
]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    root = tmp_path_factory.mktemp("veiled")
    patch.setenv("CRQLAB_KEY_FILE", str(root.parent / "veiled.key"))
    found = filled(root, privacy={"pseudonyms": True, "min_comments": 3})
    real = tables_of(found)
    accounts, contacts = real["accounts"], real["contacts"]
    names = dict(zip(accounts["account_id"], (f"K-7{i:03d}" for i in range(99)), strict=False))
    names |= dict(zip(accounts["name"], ACCOUNTS, strict=True))
    managers = sorted(accounts["account_manager"].dropna().unique())
    names |= dict(zip(managers, PEOPLE, strict=False))
    ids = sorted(set(contacts["contact_id"]) | set(real["respondents"]["contact_id"].dropna()))
    names |= {id_: f"P-9{i:03d}" for i, id_ in enumerate(ids)}
    for name, rows in real.items():
        rows = renamed(rows, names)
        if name == "contacts":
            rows = rows.assign(name=[PEOPLE[i % len(PEOPLE)] for i in range(len(rows))])
        if name == "responses":
            rows = rows.assign(best=[SAID[i % len(SAID)] for i in range(len(rows))])
        found.write(name, rows)
    yield found
    patch.undo()


@pytest.fixture(scope="module")
def secrets(study):
    return ids_and_names(tables_of(study))


@pytest.fixture(scope="module")
def outputs(study):
    notebook = own(cleaned(executed(study, client="C017", wave="2025")))
    page = render.render(notebook, title="P", language="en")
    seen, about = view(study, client="C017", wave="2025"), card(study, client="C017", wave="2025")
    made = {
        "page.html": page.encode(),
        "reviewer.html": render.render(notebook, title="P", language="en", code=True).encode(),
        "notebook.ipynb": nbformat.writes(notebook).encode(),
        "book.xlsx": workbook.content(seen, Theme(), card=about),
        "slides.pptx": deck.content(seen, Theme(), card=about),
        "page.pdf": pdf.content(seen, Theme(), page=page),
        **{f"crm{place}.csv": made for place, made in
           enumerate(crm.content(seen, Theme(), study=study))},
    }  # fmt: skip
    packs = export_packs(study, "C017", "2025")
    return made | {path.name: path.read_bytes() for path in packs}


def told(name, content):
    """All text of an output, read without the gate's help."""
    if name.endswith(".pdf"):
        return "\n".join(piece.said for piece in pdf_pieces(name, content, None))
    if not content.startswith(b"PK"):
        return content.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(part) for part in archive.namelist()]
    return "\n".join(
        told("", part) for part in parts if part.startswith((b"PK", b"<?xml", b"\xef\xbb\xbf<"))
    )


def test_no_table_that_a_page_is_made_from_names_anybody(study, secrets):
    for name in study.manifest["tables"]:
        veiled = table(study, name)
        cells = {cell for column in veiled.select_dtypes("str") if column not in ("best", "worst")
                 for cell in veiled[column].dropna()}  # fmt: skip
        assert not cells & set(secrets), name


def test_no_output_names_anybody(outputs, secrets):
    assert len(secrets) > 60
    assert {name.rpartition(".")[2] for name in outputs} == {
        "html", "ipynb", "xlsx", "pptx", "pdf", "csv"
    }  # fmt: skip
    for name, content in outputs.items():
        said = told(name, content)
        left = [one for one in secrets if one in said and one not in ("Orange", "Volvo")]
        assert not left, (name, left)
        assert "A-" in said or name == "crm3.csv", name  # which says what fields mean


def test_comments_name_nobody_and_are_still_told(study, outputs):
    words = set(view(study, client="C017", wave="2025").comments["words"])
    assert words <= {
        "[name removed] listens, always. [name removed] is the best.",
        "[name removed] would be lost without you.",
        "Ask [name removed], or whoever was here before.",
        "[name removed]s team keeps its word; so does [name removed].",
        "[comment removed]",
        "Nobody is named here, and prices are fair.",
        "Price.",
    }
    assert len(words) >= 6


def test_all_outputs_pass_the_gate_and_a_name_put_into_each_does_not(study, outputs):
    gate.check(outputs, study, "C017")
    for name in ("page.html", "notebook.ipynb", "crm0.csv"):
        spoilt = outputs[name].replace(b"Nobody is named here", b"Lukas Weiss is named here")
        assert spoilt != outputs[name]
        with pytest.raises(gate.LeakError, match="lukas wei"):
            gate.check({name: spoilt}, study, "C017")
