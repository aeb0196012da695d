"""A study of many clients, of which some have names that want to break a list."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from crqlab.report.batch import ledger
from crqlab.report.run import page_build
from crqlab.report.run.journey import told_of
from crqlab.report.run.notebook_files import stem
from tests.report.executed import REPORT
from tests.report.neighbours import HOSTILE
from tests.show.fixture import Shape, lay_out

CLIENTS = 210
NAMES = ["</script><script>alert(1)</script>", "Örebro Åkeri", "Zebra", "ممتاز للتجارة", *HOSTILE]
INDUSTRIES = ["banking", "manufacturing", "logistics & transport", None]
WHY = (
    "90_report.ipynb: cell 4 failed with ValueError: <b>no</b> scores of at least three people in "
    "any account; look into the client's responses of this wave and at the decisions about them"
)


def listed(root: Path, clients: int = CLIENTS) -> object:
    """Write a study whose reports are there, old, failed or not noted."""
    study = lay_out(root, Shape(accounts=2, waves=("2025",)))
    shutil.copy(REPORT, root / "notebooks" / REPORT.name)
    (study.raw / "responses.csv").write_text("id\n1\n", encoding="utf-8")
    ids = [f"C{i:03d}" for i in range(clients)]
    names = [*NAMES, *(f"Client {i}" for i in range(len(NAMES), clients))]
    industries = [INDUSTRIES[i % len(INDUSTRIES)] for i in range(clients)]
    known = pd.DataFrame({"client_id": ids, "name": names, "industry": industries, "country": "SE"})
    study.write("clients", known)
    scores, draw = study.read("client_scores"), np.random.default_rng(7)
    study.write("client_scores", pd.concat(
        [scores.assign(client_id=one, **_moved(scores, draw)) for one in ids], ignore_index=True
    ))  # fmt: skip
    study.reports.mkdir(parents=True)
    for place, client in enumerate(ids):
        _note(study, client, place)
    return study


def _moved(scores: pd.DataFrame, draw: np.random.Generator) -> dict[str, pd.Series]:
    by = draw.normal(0, 0.4) * np.where(scores["measure"] == "nps", 20, 1)
    return {end: scores[end] + by for end in ("value", "low", "high")}


def _note(study: object, client: str, place: int) -> None:
    told, name = told_of(study, client, "2025", {}), stem(client, "2025")
    now = page_build.inputs(study, page_build.report_notebook(study), told)
    if place % 40 == 5:
        ledger.failed(study, name, inputs=now, parameters=told, seconds=1.0, error=WHY)
        return
    (study.reports / f"{name}.html").write_text("<h1>Report</h1>", encoding="utf-8")
    inputs = "of before" if place % 9 == 4 else now
    if place % 50 != 17:
        ledger.made(study, name, inputs=inputs, parameters=told, seconds=1.0)
