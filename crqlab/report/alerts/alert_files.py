"""One client's alerts as files: a page, a table, a feed, mails; looked through before written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from crqlab.base.errors import one_of
from crqlab.base.study import Study, replace
from crqlab.language import OWN
from crqlab.page.alerts.data import AlertList
from crqlab.page.alerts.html import alert_list
from crqlab.report.alerts.feeds import atom, mbox
from crqlab.report.brand import client_brand
from crqlab.report.exports.crm import csv_cells
from crqlab.report.run import render
from crqlab.report.run.notebook_files import stem

#: Kinds of file, and what is written where nobody says what.
KINDS, USUAL = ("html", "csv", "atom", "mbox"), ("html", "csv")
_COLUMNS = (
    "alert_id", "client_id", "account_id", "account", "rule", "text", "owner", "told_on",
    "answer_by", "answered_on", "state",
)  # fmt: skip
_PEOPLE = ("person", "role", "ltr", "crq", "words")


def accepted_kinds(kinds: Iterable[str]) -> list[str]:
    """Return kinds of file, each once; refuse an unknown one."""
    found = list(dict.fromkeys(kinds))
    for kind in found:
        one_of("to", kind, KINDS)
    return found


def made(study: Study, view: AlertList, kinds: Iterable[str]) -> dict[str, bytes]:
    """Return the files of one client, by name.

    Parameters
    ----------
    study : Study
    view : AlertList
    kinds : iterable of str
        Of `KINDS`.
    """
    how = {"html": _page, "csv": _table, "atom": _feed, "mbox": _mails}
    code = view.language.code
    name = f"{stem(view.client_id)}_alerts{'' if code == OWN else f'_{code}'}"
    return {f"{name}.{kind}": how[kind](study, view) for kind in kinds}


def written(study: Study, client: str, files: Mapping[str, bytes]) -> list[Path]:
    """Write a client's files into its own folder, each whole or not at all."""
    folder = study.reports / "alerts" / stem(client)
    return [replace(folder / name, content) for name, content in files.items()]


def _page(study: Study, view: AlertList) -> bytes:
    return render.document(
        alert_list(view).html,
        title=view.language.say("alert_list.title", client=view.client),
        language=view.language.code,
        synthetic=study.codebook.synthetic,
        unconfirmed=len(study.codebook.unconfirmed),
        brand=client_brand.of(study, view.client_id),
    ).encode()


def _table(_: Study, view: AlertList) -> bytes:
    rows = view.rows.assign(client_id=view.client_id)
    columns = [*_COLUMNS, *(_PEOPLE if view.identified else ())]
    for name in ("told_on", "answer_by", "answered_on"):
        rows[name] = rows[name].map(_iso)
    if view.identified:
        rows["ltr"] = rows["ltr"].astype("Int64")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(zip(*(csv_cells(rows[name]) for name in columns), strict=True))
    return out.getvalue().encode()


def _iso(when: pd.Timestamp) -> str | None:
    return None if pd.isna(when) else when.isoformat(timespec="minutes")


def _feed(study: Study, view: AlertList) -> bytes:
    return atom(view, study.name)


def _mails(study: Study, view: AlertList) -> bytes:
    return mbox(view, study.name)
