"""Attacks on written files: what somebody with the files alone would try, and what it yields.

Only workbook, CRM file and slides are read, from disk. The truth is looked up to judge an attack,
never to make one; revenue, and how many answered, are what a client knows.
"""

import csv
import itertools
import json

import numpy as np
import pandas as pd
import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook
from scipy.optimize import least_squares, linprog

from crqlab.report import export, export_packs
from crqlab.report.clearance.release_audit import DisclosureError
from tests.page.disclosure.made import people, rows_of, study_of
from tests.report.workbooks import tables

WAVES = ("2024", "2025")
MANAGERS = ["Ada", "Bo", "Cy"]
LEAST, ENDS = 3, (1.0, 7.0)


class Files:
    """What one client was sent, read back from disk; and what its people said."""

    def __init__(self, root, rows, **more):
        self.rows = rows
        self.study = study_of(root, rows, **more)
        self.paths = export(self.study, "C017", "2025", kinds=("xlsx", "csv", "pptx"))
        by_end = {path.name.split("2025", 1)[1]: path for path in self.paths}
        self.book = tables(CalamineWorkbook.from_path(str(by_end[".xlsx"])))
        self.crm = list(csv.DictReader(by_end[".csv"].read_text("utf-8-sig").splitlines()))
        self.slides = Presentation(str(by_end[".pptx"])).slides
        self.accounts = pd.DataFrame(self.book["Accounts"]).set_index("Account id")

    def truth(self, column):
        now = self.rows[self.rows["wave"] == "2025"]
        return now.groupby("account_id")[column].mean()

    def told(self, table, measure="CRQ", **which):
        """Return the number of one row of a table; missing where it is empty."""
        for row in self.book[table]:
            if row["Measure"] == measure and all(row[k] == v for k, v in which.items()):
                return number(row["Value"])
        return np.nan

    def column(self, name):
        return self.accounts[name].map(number)


def number(cell):
    return float(cell) if cell not in ("", None) else np.nan


@pytest.fixture(scope="module", params=[3, 8])
def sent(request, tmp_path_factory):
    rng = np.random.default_rng(request.param)
    rows = pd.concat([people(rng, 9, wave=wave) for wave in WAVES])
    pays = np.round(rng.lognormal(11, 1, 9), 2)
    root = tmp_path_factory.mktemp("sent")
    return Files(root, rows, managers=MANAGERS, revenue=pays)


def withheld(files):
    few = files.column("CRQ, plain mean").isna() & (files.column("n respondents") > 0)
    assert (files.column("n respondents")[~few] >= LEAST).all()
    assert few.sum() >= 2
    return few.index[few].tolist()


def statements(files):
    """Sums of account means that the workbook tells, with what rounding leaves open."""
    n = files.column("n respondents")
    open_ = files.column("CRQ, plain mean").dropna()
    paid, owner = files.column("Revenue a year"), files.accounts["Account manager"]
    one = pd.Series(1.0, index=n.index)
    kept = n > 0
    found = [(one[[account]], mean, 0.05) for account, mean in open_.items()]
    found.append((n[kept], files.told("Scores"), 0.005))
    for way, weight, off in (("Every account", one, 0.005), ("Accounts count by", paid, 0.05)):
        said = [row["Way to count"] for row in files.book["Ways to count"]]
        name = next(text for text in said if text.startswith(way))
        value = files.told("Ways to count", **{"Way to count": name})
        found.append((weight[kept], value, off))
    for row in files.book["Dependence"]:
        rest = kept & (owner != row["Account manager"])
        found.append((n[rest], number(row["CRQ without them"]), 0.005))
    return [(w / w.sum(), value, off) for w, value, off in found if value == value]


def ranges(files, accounts):
    """The attacker's two linear programmes for each withheld account."""
    every = files.accounts.index
    told = statements(files)
    rows = np.array([w.reindex(every, fill_value=0.0) for w, _, _ in told])
    value, off = (np.array([one[place] for one in told]) for place in (1, 2))
    more = {"A_ub": np.vstack([rows, -rows]), "b_ub": np.concatenate([value + off, off - value])}
    for account in accounts:
        aim = (every == account).astype(float)
        ends = [sign * linprog(sign * aim, bounds=ENDS, **more).fun for sign in (1, -1)]
        yield account, *ends


def test_no_withheld_mean_is_solved_from_the_workbook(sent):
    truth = sent.truth("crq")
    some = withheld(sent)
    for account, low, high in ranges(sent, some):
        assert low - 0.05 <= truth[account] <= high + 0.05, "the attack itself is sound"
        assert high - low >= 1, f"{account}: {low:.2f} to {high:.2f}"


def test_the_attack_succeeds_where_more_is_told(sent):
    """The same programmes with one number more, 'CRQ without them' of every account."""
    truth, some = sent.truth("crq"), withheld(sent)
    every, n = sent.accounts.index, sent.column("n respondents")
    told = [(n.drop(one) / n.drop(one).sum(), float((truth * n).drop(one).sum()
             / n.drop(one).sum()), 0.005) for one in some]  # fmt: skip
    rows = np.array([w.reindex(every, fill_value=0.0) for w, _, _ in [*statements(sent), *told]])
    value, off = (np.array([one[at] for one in [*statements(sent), *told]]) for at in (1, 2))
    widths = []
    for account in some:
        aim = (every == account).astype(float)
        ends = [
            sign * linprog(sign * aim, A_ub=np.vstack([rows, -rows]), bounds=ENDS,
                           b_ub=np.concatenate([value + off, off - value])).fun
            for sign in (1, -1)
        ]  # fmt: skip
        widths.append(ends[1] - ends[0])
    assert min(widths) < 1


def test_nothing_is_left_to_be_unshrunken(sent):
    """As p1: shrinkage and grand mean from accounts with both numbers, solved for the others."""
    shrunken, plain = sent.column("CRQ, shrunken"), sent.column("CRQ, plain mean")
    assert shrunken[plain.isna()].isna().all()
    for line in sent.crm:
        if line["Account_External_Id__c"] in withheld(sent):
            assert [v for k, v in line.items() if k in ("CRQ_Score__c", "CRQ_NPS__c")] == ["", ""]
    n = sent.column("n respondents")[plain.notna()]
    s, m = shrunken[plain.notna()], plain[plain.notna()]
    fit = least_squares(lambda p: n / (n + p[0]) * m + (1 - n / (n + p[0])) * p[1] - s, [2, 5])
    assert np.isfinite(fit.x).all()  # what he learns is shrinkage and the grand mean, of nobody


def test_charts_of_slides_hold_no_withheld_account(sent):
    few = set(sent.accounts["Account"].loc[withheld(sent)])
    charts = [shape.chart for slide in sent.slides for shape in slide.shapes if shape.has_chart]
    assert charts
    for chart in charts:
        for plot in chart.plots:
            assert not few & {str(name) for name in plot.categories}


def test_both_sides_stay_possible_where_nps_is_a_knapsack(sent):
    """Every assignment of sides to people of withheld accounts, held to all numbers of NPS."""
    nps, n = sent.column("NPS"), sent.column("n NPS")
    hidden = n.index[nps.isna() & (n > 0)]
    owner = np.repeat(hidden, n[hidden].astype(int))
    worlds = np.array(list(itertools.product([-100.0, 0.0, 100.0], repeat=len(owner))))
    assert len(worlds) <= 3**12
    known = (nps * n)[nps.notna()].sum()
    good = np.abs((worlds.sum(axis=1) + known) / n.sum() - sent.told("Scores", "NPS")) <= 0.5
    means = np.column_stack([worlds[:, owner == one].mean(axis=1) for one in hidden])
    for way, weight in (
        ("Every account", n * 0 + 1),
        ("Accounts count", sent.column("Revenue a year")),
    ):
        name = next(row["Way to count"] for row in sent.book["Ways to count"]
                    if row["Way to count"].startswith(way))  # fmt: skip
        value = sent.told("Ways to count", "NPS", **{"Way to count": name})
        if value == value:
            sums = means @ weight[hidden] + (nps * weight)[nps.notna()].sum()
            good &= np.abs(sums / weight[n > 0].sum() - value) <= 1.0
    assert good.any(), "the attack itself is sound"
    for place in range(len(owner)):
        assert len(set(worlds[good, place])) > 1


def test_no_word_of_a_withheld_account_depends_on_its_answers(sent):
    some = withheld(sent)
    rows = [line for line in sent.crm if line["Account_External_Id__c"] in some]
    personal = [name for name in rows[0] if name.startswith(("CRQ_Segment", "CRQ_Renewal"))]
    free = {"CRQ_Segment_Status__c", "CRQ_Renewal_Due__c"}
    assert personal
    assert all(line[name] == "" for line in rows for name in personal if name not in free)


def cells_of(path):
    """Numbers of a workbook, sheet by sheet."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return [[cell for row in rows for cell in row if isinstance(cell, float)] for rows in sheets]


def charts_of(path):
    """Values of all charts of a deck."""
    shapes = [shape for slide in Presentation(str(path)).slides for shape in slide.shapes]
    plots = [plot for one in shapes if one.has_chart for plot in one.chart.plots]
    return [list(series.values) for plot in plots for series in plot.series]


def test_files_of_another_language_tell_no_number_more_and_none_finer(sent):
    """Beside the first ones they leave an attacker what he had."""
    book, *_, deck = sorted(
        sent.paths, key=lambda path: (path.suffix == ".pptx", path.suffix != ".xlsx")
    )
    other = export(sent.study, "C017", "2025", kinds=("xlsx", "csv", "pptx"), language="sv")
    ends = {path.suffix: path for path in other if path.suffix != ".csv"}
    assert {path.stem for path in ends.values()} == {"C017_2025_sv"}
    assert sum(map(len, cells_of(book))) > 100
    assert cells_of(ends[".xlsx"]) == cells_of(book)
    assert charts_of(ends[".pptx"]) == charts_of(deck)


def test_a_wave_of_two_is_not_told_by_the_whole_change(tmp_path):
    now = rows_of([f"A{i:03d}" for i in [0] * 4 + [1] * 4],
                  [5, 6, 5, 4, 3, 4, 5, 4.5], [9, 10, 9, 3, 8, 7, 9, 10])  # fmt: skip
    past = rows_of(["A000", "A001"], [2.0, 6.0], [3, 9], wave="2024", first=40)
    files = Files(tmp_path, pd.concat([past, now]))
    assert np.isfinite(files.told("Scores"))
    whole = [number(row["Value"]) for row in files.book["Change"] if row["Part"] == "Whole change"]
    assert np.isnan(whole).all()
    changes = [number(row["Change since 2024"]) for row in files.book["Scores"]]
    assert np.isnan(changes).all()
    before = [number(row["Value"]) for row in files.book["Waves"] if row["Wave"] == "2024"]
    assert np.isnan(before).all()


def test_a_pack_beside_earlier_files_is_stopped(tmp_path):
    rng = np.random.default_rng(5)
    rows = pd.concat([people(rng, 8, wave=wave) for wave in WAVES])
    study = study_of(tmp_path, rows, managers=MANAGERS)
    written = export_packs(study, "C017", "2025")
    (kept,) = json.loads(
        (study.reports / "manifest" / "statements" / "C017.json").read_text("utf-8")
    )["releases"]
    assert {f"C017_2025_by/{path.name}" for path in written} == set(kept["files"])
    before = {path: path.read_bytes() for path in written}
    more = rows_of(["A003"], [1.5], [2], first=900)
    study = study_of(tmp_path, pd.concat([rows, more]), managers=MANAGERS)
    with pytest.raises(DisclosureError, match="people who came"):
        export_packs(study, "C017", "2025")
    assert {path: path.read_bytes() for path in written} == before
