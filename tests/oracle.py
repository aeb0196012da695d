"""Real surveys and R's numbers for them; they live beside the project, never inside it."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared/oracle/open"


def folder() -> Path:
    """Return the oracle folder, or skip the calling test and say why."""
    place = Path(os.environ.get("CRQLAB_ORACLE", BESIDE))
    if not (place / "golden").is_dir():
        pytest.skip(
            "no oracle data beside the project (shared/oracle/open); CRQLAB_ORACLE may name it"
        )
    return place


def golden(case_id: str) -> dict:
    """Return one case: its spec, its values and their tolerance."""
    return json.loads((folder() / "golden" / f"{case_id}.json").read_text(encoding="utf-8"))


def data(name: str) -> pd.DataFrame:
    """Return one data set, e.g. ``"lq2002"``, to the last digit of its file."""
    return pd.read_csv(folder() / "data" / f"{name}.csv")
