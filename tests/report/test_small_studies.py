"""The least that a study may hold: the 0-10 question alone, no account known."""

import re

import pytest
from typer.testing import CliRunner

from crqlab import Study
from crqlab.cli import app


def crqlab(*words, home):
    done = CliRunner().invoke(app, list(words), env={"CRQLAB_HOME": str(home)})
    assert done.exit_code == 0, done.output
    return done.output


def confirmed(home, head, rows):
    """A study drafted from one CSV, all of its points accepted."""
    export = home / "a.csv"
    lines = [",".join(map(str, row)) for row in [head, *rows]]
    export.write_text("\n".join(lines), encoding="utf-8")
    crqlab("new", "small", "--export", str(export), home=home)
    study = Study("small", root=home)
    accepted = [word for path in study.codebook.unconfirmed for word in ("--accept", path)]
    crqlab("confirm", "small", *accepted, home=home)
    return Study("small", root=home)


def said(path):
    html = re.sub(r"<(style|svg).*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.slow
def test_the_recommendation_alone_becomes_a_page_and_every_export(tmp_path):
    answers = [10, 9, 9, 8, 7, 6, 0, 10, 8, 9, 5, 10]  # 6 promoters, 3 detractors of 12
    study = confirmed(tmp_path, ["NPS"], [[value] for value in answers])
    crqlab("report", "--study", "small", "--client", "C1", "--reviewer", home=tmp_path)
    crqlab("export", "--study", "small", "--client", "C1", home=tmp_path)
    made = {path.suffix for path in study.reports.glob("C1_1.*")}
    assert made >= {".html", ".pdf", ".xlsx", ".pptx", ".csv"}
    assert "n = 12 people; which customers they belong to is not known" in said(
        study.reports / "C1_1.html"
    )
    page = said(study.reports / "reviewer" / "C1_1.html")
    assert "NPS is +25" in page
    assert "n = 12 respondents, whose accounts are not known." in page
    assert "so there is no CRQ" in page
    assert "withheld: n below" not in page
    for asked in ("ask about the relationship", "a list of the invited contacts"):
        assert asked in page
    scores = study.read("client_scores").set_index("measure")
    assert scores.loc[["crq"], "value"].isna().all()
    assert study.read("sensitivity")["flag"].tolist() == ["no_crq_score"]


@pytest.mark.slow
def test_accounts_are_listed_by_nps_where_nothing_else_was_asked(tmp_path):
    accounts = ["A1", "A1", "A1", "A1", "A2", "A2", "A3", "A3"]
    answers = [9, 10, 8, 3, 7, 9, 5, 10]
    rows = [[f"R{n}", *row] for n, row in enumerate(zip(accounts, answers, strict=True))]
    study = confirmed(tmp_path, ["Response ID", "Account ID", "NPS"], rows)
    crqlab("report", "--study", "small", "--client", "C1", "--reviewer", home=tmp_path)
    page = said(study.reports / "reviewer" / "C1_1.html")
    assert re.search(r"A1 \+25 .{5,40} 4 ", page)
    assert "2 accounts are not listed: with fewer than 3 respondents" in page
    assert " A2 " not in page.partition("The accounts Accounts differ")[2].partition("Do people")[0]
