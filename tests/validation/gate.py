"""Does the gate let clients of any name pass, and what does it cost?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat

from crqlab import Study
from crqlab.page.tables import read_once
from crqlab.report import LeakError
from crqlab.report.clearance import gate
from crqlab.report.exports import crm, deck, head_office, pdf, workbook
from crqlab.report.exports.theme import Theme
from crqlab.report.run import render
from crqlab.report.run.notebook_files import cleaned, own
from tests.report.crowd import crowd, names
from tests.report.executed import ran

FULL, QUICK = (500, 20), (24, 1)

_SAID = """## Clients of any name pass the gate

A study of {n} clients, among them {hard} with names such as Apple, Next, The, May, Sweden, UBS,
Anna or Interval, each with accounts, people, comments, units and ids of its own kind
(`tests/report/crowd.py`). Every client's page, notebook, workbook, slides, CRM tables and
head-office sheet, and of {pdfs} the PDF, are looked through among all others: **{alarms} false
alarms in {n} clients** (promised: none). Looking through the files of one client takes
{seconds:.2f} s of CPU in the median; the list of what belongs to whom, {marks:,} ways to write
{things:,} things, {watch:.1f} s once a batch.
"""


def section(quick: bool = False) -> tuple[str, list[str]]:
    """Measure; return the section and the promises that are not kept."""
    n, pdfs = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder:
        called = names(n)
        study, ids = crowd(Path(folder), called)
        start = time.process_time()
        watched = gate.watch(study)
        watch = time.process_time() - start
        alarms, seconds = [], []
        for client, found, took in outcomes(study, ids, pdfs=pdfs):
            seconds.append(took)
            if found:
                alarms.append(f"{client}: {found}")
    things = {(mark.kind, mark.shown) for some in watched.marks.values() for mark in some}
    said = _SAID.format(
        n=n, hard=len(names(10**6)) - 25 * 18, pdfs=pdfs, alarms=len(alarms),
        seconds=sorted(seconds)[len(seconds) // 2], watch=watch, marks=len(watched.marks),
        things=len(things),
    )  # fmt: skip
    return said, [f"false alarm: {one}" for one in alarms]


def outcomes(study: Study, ids: Iterable[str], *, pdfs: int) -> Iterator[tuple[str, str, float]]:
    """Yield client, what stopped its files (empty where nothing did), and seconds of CPU."""
    for place, client in enumerate(ids):
        made = files(study, client, pdf_too=place < pdfs)
        start = time.process_time()
        try:
            gate.check(made, study, client)
            found = ""
        except LeakError as stopped:
            found = str(stopped.finds.to_dict("records")[:5])
        yield client, found, time.process_time() - start


def files(study: Study, client: str, *, pdf_too: bool) -> dict[str, bytes]:
    """Return all that is written for a client."""
    with read_once():
        made, names = ran(study, client=client, wave="2025")
    notebook, seen, about = own(cleaned(made)), names["view"], names["card"]
    page = render.render(notebook, title="P", language="en")
    made = {
        "page.html": page.encode(),
        "page.ipynb": nbformat.writes(notebook).encode(),
        "page.xlsx": workbook.content(seen, Theme(), card=about),
        "page.pptx": deck.content(seen, Theme(), card=about),
        **{f"page{place}.csv": made for place, made in
           enumerate(crm.content(seen, Theme(), study=study))},
        **dict(zip(("office.xlsx", "office.csv", "fields.csv"),
                   head_office.content(seen, Theme(), study=study), strict=True)),
    }  # fmt: skip
    return made | ({"page.pdf": pdf.content(seen, Theme(), page=page)} if pdf_too else {})
