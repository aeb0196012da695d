"""The page that lists a study's reports."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.study import Study, replace
from crqlab.report import ledger, making
from crqlab.report.documents import stem
from crqlab.report.html import document
from crqlab.show import overview
from crqlab.show.markup import text

_ENDS = ["value", "low", "high"]
_KEY = ["client_id", "wave"]


def index(study: Study) -> Path:
    """Write ``index.html`` with all reports and station pages that are there.

    Returns
    -------
    Path
        The page; links are relative, so that the folder can be moved or zipped. Beside it lie
        the same list in other orders: a page that runs nothing cannot sort itself.
    """
    found, lost = _reports(study), _failures(study)
    for order, *_ in overview.ORDERS:
        page = document(
            "\n".join(_body(study, found, lost, order)),
            title=study.codebook.title,
            language="en",
            synthetic=study.codebook.synthetic,
        )
        replace(study.reports / f"{order}.html", page.encode())
    return study.reports / "index.html"


def _body(study: Study, found: pd.DataFrame, lost: pd.DataFrame, order: str) -> list[str]:
    stations = sorted(study.reports.glob("[0-9][0-9]_*.html"))
    parts = [f"<h1>{text(study.codebook.title)}</h1>"]
    if len(lost):
        parts += ["<h2>Not made</h2>", overview.failures(lost).html]
    return [
        *parts,
        "<h2>Client reports</h2>",
        overview.orders(order).html,
        overview.reports(found, order=order).html,
        "<h2>How the numbers were made</h2>",
        overview.pages((path.name, _name(path)) for path in stations).html,
    ]


def _reports(study: Study) -> pd.DataFrame:
    """One row per report that is there, with its headline numbers."""
    scores = study.read("client_scores")
    counted = scores[scores["roll_up"] == "respondents"]
    # NPS has two intervals; the one from resampled accounts comes first
    by_measure = {
        name: rows.drop_duplicates(_KEY).set_index(_KEY)
        for name, rows in counted.groupby("measure")
    }
    rows = by_measure["crq"][["level", "n_respondents", "n_accounts"]]
    for measure in ("crq", "nps"):
        # a study that never asked LTR has no NPS, and the list says so with dashes
        found = by_measure.get(measure, rows.iloc[:0].reindex(columns=_ENDS))
        rows = rows.join(found[_ENDS].add_suffix(f"_{measure}"))
    rows = rows.reset_index()
    rows["name"] = _named(study, rows["client_id"])
    stems = [stem(c, w) for c, w in zip(rows["client_id"], rows["wave"], strict=True)]
    rows["file"] = [f"{name}.html" for name in stems]
    rows["status"] = _status(study, stems)
    return rows[[(study.reports / file).is_file() for file in rows["file"]]]


def _status(study: Study, stems: list[str]) -> list[str]:
    """Say of each page whether it still is what would be made today."""
    parts = making.shared(study, making.report_notebook(study))
    known = ledger.entries(study)

    def word(name: str) -> str:
        entry = known.get(name, {})
        if entry.get("status") != ledger.MADE:
            return "last try failed" if entry else "not noted"
        same = entry["inputs"] == making.digest(parts, entry["parameters"])
        return "current" if same else "older than its inputs"

    return [word(name) for name in stems]


def _failures(study: Study) -> pd.DataFrame:
    """One row per report that could not be made the last time."""
    rows = [
        (found["parameters"]["client"], found["parameters"]["wave"], found["error"])
        for found in ledger.entries(study).values()
        if found.get("status") == ledger.FAILED
    ]
    table = pd.DataFrame(rows, columns=["client_id", "wave", "error"], dtype=object)
    return table.assign(name=_named(study, table["client_id"]))


def _named(study: Study, clients: pd.Series) -> pd.Series:
    names = study.read("clients").set_index("client_id")["name"]
    return clients.map(names).fillna(clients)


def _name(path: Path) -> str:
    number, _, word = path.stem.partition("_")
    return f"Station {int(number)}: {word}"
