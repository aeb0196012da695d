"""The small study with every table filled, and with whatever names it shall have."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

from crqlab import Study
from tests.report.executed import REPORT
from tests.show import asked, stationed
from tests.show.fixture import Shape, lay_out

SHAPE = Shape(accounts=12, waves=("2024", "2025"))


def filled(root: Path, **told: object) -> Study:
    """Write a study with all tables of a report; ``told`` goes into its codebook."""
    study = lay_out(root, SHAPE)
    shutil.copy(REPORT, root / "notebooks" / REPORT.name)
    (study.raw / "responses.csv").write_text("id\n1\n", encoding="utf-8")
    asked.add(study, SHAPE)
    stationed.add(study, SHAPE)
    if told:
        book = study.raw / "codebook.yaml"
        said = yaml.safe_load(book.read_text(encoding="utf-8")) | told
        book.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return Study("demo", root=root)


def tables_of(study: Study) -> dict[str, pd.DataFrame]:
    """Return every table of a study, as it stands in its file."""
    return {name: study.read(name) for name in study.manifest["tables"]}


def renamed(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with other words in every cell that is one of ``names``."""
    texts = [c for c, kind in table.dtypes.items() if isinstance(kind, pd.StringDtype)]
    return table.assign(**{c: table[c].map(lambda said: names.get(said, said)) for c in texts})


def ids_and_names(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return what a study calls its accounts and people: ids, names, account managers."""
    accounts, contacts = tables["accounts"], tables["contacts"]
    parts = (accounts["account_id"], accounts["name"], accounts["account_manager"],
             contacts["contact_id"], contacts["name"],
             tables["respondents"]["contact_id"])  # fmt: skip
    return sorted(set(pd.concat(parts).dropna()))
