"""What the next invitations will show, as a page says it, and the list of whom to invite."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from crqlab.base.errors import ReportError
from crqlab.page.assembly import view
from crqlab.page.participation.next_invitations import foretold
from crqlab.page.participation.wave_plan import plan
from crqlab.report.exports.export_files import export, file_names
from tests.show.asked import STARTS

KEY = {"client_id": "C017"}
ROW = {**KEY, "level": 0.95, "flag": "ok"}


def foretelling(study, *, method="paired_account_t", power=0.6, flag="ok"):
    """Write what the station would have written."""
    study.write("invitation_costs", pd.DataFrame(
        [{**ROW, "scenario": scenario, "starts": STARTS[0], "measure": measure, "n_invitations": n,
          "answers": 0.3 * n, "half_width": width}
         for scenario, n, crq, nps in (("all", 50, 0.2, 15.0), ("fifth_fewer", 40, 0.23, 17.0))
         for measure, width in (("crq", crq), ("nps", nps))]
    ).astype({"starts": "datetime64[ns]"}))  # fmt: skip
    study.write("change_power", pd.DataFrame(
        [{**ROW, "measure": "nps", "from_wave": "2025", "starts": STARTS[0], "change": 10.0,
          "power": power, "power_all": 0.7, "detectable": 14.0, "n_accounts": 60,
          "more_accounts": None, "accounts_both": 150.0, "method": method}]
    ).astype({"starts": "datetime64[ns]", "more_accounts": float}))  # fmt: skip
    study.write("account_voices", pd.DataFrame(
        [{**KEY, "icc": 0.3, "reliability": 0.7, "voices": 6.0, "contacts": 15.0,
          "completion": 0.4, "n_accounts": 60, "n_enough": 4, "flag": "ok"}]
    ))  # fmt: skip
    people = study.read("contacts", client="C017").drop_duplicates("contact_id").head(4)
    table = people[["client_id", "contact_id", "account_id", "role"]].assign(
        quarter=[1, 2, 0, 1], starts=[STARTS[0], STARTS[1], None, STARTS[0]],
        last_invited=pd.Timestamp("2025-03-01"), ready_on=pd.Timestamp("2025-09-01"),
        n_year=1, gap=12.0, flag=["ok", "ok", "invitation_bounced", "asked_too_often"],
    )  # fmt: skip
    study.write("invitations", table.astype({"starts": "datetime64[ns]"}))
    if flag != "ok":
        study.write("precision", study.read("precision").assign(flag=flag))
    return study, table


def test_the_page_says_widths_chances_voices_and_whom_no_invitation_reaches(asked_study_of):
    study, _ = foretelling(asked_study_of())
    said = foretold(view(study, client="C017", wave="2025", language="en")).sentence
    assert "50 invitations go out from" in said
    assert "With a fifth fewer (40)" in said
    assert "CRQ would be known to ± 0.23 instead of ± 0.20" in said
    assert "A change of NPS by 10 since 2025 will be seen with probability 0.60." in said
    assert "One of 14 will be seen with 0.8." in said
    assert "would have to ask 90 customers more than 60 each" in said
    assert "from 6 answers on (ICC(2) 0.7): where 40\xa0% answer, that takes 15 contacts" in said
    assert "4 of 60 customers have so many" in said
    assert "Invitations of 1 contact bounced" in said
    assert "1 contact was asked again before the rest was over" in said
    assert "all customers by 10" not in said


def test_a_programme_in_slices_is_told_of_all_its_accounts(asked_study_of):
    study, _ = foretelling(asked_study_of(), method="all_accounts", flag="state_of_all_accounts")
    seen = view(study, client="C017", wave="2025", language="en")
    said = foretold(seen).sentence
    assert "A change of NPS of all customers by 10 since 2025" in said
    assert "asked at once, the probability would be 0.70" in said
    assert "would have to ask" not in said
    assert "told of all customers" in plan(seen).sentence
    assert "first those whose turn has come" in plan(seen).html
    swedish = foretold(view(study, client="C017", wave="2025", language="sv")).sentence
    assert "för alla kunder" in swedish


def test_nothing_is_foretold_on_a_page_of_an_earlier_wave(asked_study_of):
    study, _ = foretelling(asked_study_of())
    shown = foretold(view(study, client="C017", wave="2024", language="en"))
    assert not shown.html
    with pytest.raises(ReportError, match="a later wave was held"):
        export(study, "C017", "2024", kinds=["invitations"])


def test_the_list_is_a_sheet_for_each_quarter_and_the_same_as_csv(asked_study_of):
    study, table = foretelling(asked_study_of())
    book, sheet = export(study, "C017", "2025", kinds=["invitations"])
    assert [p.name for p in (book, sheet)] == list(file_names("C017", "2025", "en", "invitations"))
    made = CalamineWorkbook.from_path(book)
    assert len(made.sheet_names) == 3
    assert made.sheet_names[-1] == "Not invited"
    sheets = [made.get_sheet_by_name(name).to_python() for name in made.sheet_names]
    assert [len(rows) - 1 for rows in sheets] == [2, 1, 1]
    rows = list(csv.reader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
    ids = [row[rows[0].index("Contact id")] for row in rows[1:]]
    assert sorted(ids) == sorted(table["contact_id"])
    assert rows[1][rows[0].index("Starts")] == STARTS[0]
    bounced = next(row for row in rows if table["contact_id"].iloc[2] in row)
    assert "the invitation bounced" in bounced
    first = book.read_bytes()
    assert export(study, "C017", "2025", kinds=["invitations"])[0].read_bytes() == first
