"""The page that lists a study's reports."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.study import Study, replace
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
        The page; links are relative, so that the folder can be moved or zipped.
    """
    title = study.codebook.title
    stations = sorted(study.reports.glob("[0-9][0-9]_*.html"))
    body = [
        f"<h1>{text(title)}</h1>",
        "<h2>Client reports</h2>",
        overview.reports(_reports(study)).html,
        "<h2>How the numbers were made</h2>",
        overview.pages((path.name, _name(path)) for path in stations).html,
    ]
    page = document(
        "\n".join(body),
        title=title,
        language="en",
        synthetic=study.codebook.synthetic,
    )
    return replace(study.reports / "index.html", page.encode())


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
    names = study.read("clients").set_index("client_id")["name"]
    rows["name"] = rows["client_id"].map(names).fillna(rows["client_id"])
    rows["file"] = [
        f"{stem(c, w)}.html" for c, w in zip(rows["client_id"], rows["wave"], strict=True)
    ]
    return rows[[(study.reports / file).is_file() for file in rows["file"]]]


def _name(path: Path) -> str:
    number, _, word = path.stem.partition("_")
    return f"Station {int(number)}: {word}"
