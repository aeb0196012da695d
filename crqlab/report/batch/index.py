"""The page that lists a study's reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from crqlab.base.study import Study, replace
from crqlab.language import OWN, Language, languages
from crqlab.language import language as spoken_language
from crqlab.report.batch import index_table, ledger
from crqlab.report.exports.export_files import KINDS, file_names
from crqlab.report.exports.firm_file import NAME as FIRM
from crqlab.report.run import page_build, render
from crqlab.report.run.csp_hash import running
from crqlab.report.run.manager_packs import FOLDER as PACKS
from crqlab.report.run.page_language import LANGUAGE, page_name, spoken_in
from crqlab.report.run.render import document
from crqlab.report.run.reviewer_page import FOLDER as REVIEWER
from crqlab.show.html import lines, name, tag

_TEMPLATE = Path(render.__file__).parent / "template"
_ENDS = ["value", "low", "high"]
_KEY = ["client_id", "wave"]
_PAGE = [*_KEY, LANGUAGE]
_LANG = re.compile(rb'<html lang="([A-Za-z-]+)"')


def index(study: Study, *, language: str | None = None, new: Iterable[str] = ()) -> Path:
    """Write ``index.html`` with all reports and station pages that are there.

    Parameters
    ----------
    study : Study
    language : str, optional
        Of the list; the codebook's if left out.
    new : iterable of str
        File names without ending of the reports that were made just now.

    Returns
    -------
    Path
        The page; links are relative, so that the folder can be moved or zipped. Its script
        searches and sorts the list; where scripts are switched off all of it is there in order.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> page = crq.report.index(study, language="sv")
    >>> page.name
    'index.html'
    """
    spoken = spoken_language(spoken_in(study, language))
    page = document(
        lines(*_body(study, _reports(study, set(new)), spoken)),
        title=study.codebook.title,
        language=spoken.code,
        synthetic=study.codebook.synthetic,
    )
    for sorted_elsewhere in study.reports.glob("index_by_*.html"):  # of earlier versions
        sorted_elsewhere.unlink()
    own = [(_TEMPLATE / f"list.{part}").read_text(encoding="utf-8") for part in ("js", "css")]
    return replace(study.reports / "index.html", running(page, *own).encode())


def _body(study: Study, found: pd.DataFrame, spoken: Language) -> list[Markup]:
    stations = sorted(study.reports.glob("[0-9][0-9]_*.html"))
    firm = sorted(path.name for path in study.reports.glob(f"{FIRM}*") if path.suffix != ".tmp")
    failed = int((found["status"] == index_table.FAILED).sum())
    return [
        tag("h1", name(study.codebook.title)),
        tag("h2", spoken.say("report_list.client_reports")),
        index_table.failures(failed, spoken).html,
        index_table.finder(found, spoken).html,
        index_table.reports(found, spoken).html,
        *_of_firm(firm, spoken),
        tag("h2", spoken.say("report_list.stations")),
        index_table.pages((_station(path, spoken) for path in stations), spoken).html,
    ]


def _reports(study: Study, new: set[str]) -> pd.DataFrame:
    """One row per client, wave and language of which something is there or could not be made."""
    spoken = pd.DataFrame({LANGUAGE: languages()})
    rows = _headlines(study).merge(spoken, how="cross").merge(_failed(study), on=_PAGE, how="outer")
    stems = pd.Series(map(page_name, *(rows[key] for key in _PAGE)), dtype=object)
    there = pd.Series([(study.reports / f"{one}.html").is_file() for one in stems], dtype=bool)
    keys = zip(stems, *(rows[key] for key in _PAGE), strict=True)
    files = pd.Series([_beside(study, *key) for key in keys], dtype=object)
    clients = study.read("clients").set_index("client_id")
    named = rows["client_id"].map(clients["name"]).fillna(rows["client_id"])
    rows = rows.assign(
        file=(stems + ".html").where(there, ""),
        files=files,
        name=named,
        industry=rows["client_id"].map(clients["industry"]),
        status=_status(study, stems, new),
        error=rows["error"].fillna(""),
    )
    return rows[there | files.map(bool) | (rows["status"] == index_table.FAILED)]


def _beside(
    study: Study, stem: str, client: str, wave: str, language: str
) -> tuple[tuple[str, str, str], ...]:
    """Files of a page in its language: path, what it is, and whose where it is a manager's."""
    found = [
        (name, f"{kind}_{place}" if place else kind, "")
        for kind in KINDS
        for place, name in enumerate(file_names(client, wave, language, kind))
    ]
    found.append((f"{REVIEWER}/{stem}.html", "html", ""))
    there = [one for one in found if (study.reports / one[0]).is_file()]
    return (*there, *_packs(study, client, wave, language))


def _packs(study: Study, client: str, wave: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Packs of a client's account managers, each page before its PDF."""
    folder = page_name(client, wave, part=PACKS)
    for path in sorted((study.reports / folder).glob("*.[hp][td][mf]*")):
        told = ledger.entry(study, f"{ledger.EXPORTS}{folder}/{path.name}").get("parameters", {})
        if told.get("language") == language:
            yield f"{folder}/{path.name}", f"pack_{path.suffix[1:]}", told.get("manager", "")


def _headlines(study: Study) -> pd.DataFrame:
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
    return rows.reset_index()


def _status(study: Study, stems: Iterable[str], new: set[str]) -> list[str]:
    """Say of each page, by code, whether it still is what would be made today."""
    parts = page_build.shared(study, page_build.report_notebook(study))
    known = ledger.entries(study)

    def status(name: str) -> str:
        entry = known.get(name, {})
        if not entry:
            return index_table.UNKNOWN
        if entry.get("status") != ledger.MADE:
            return index_table.FAILED
        if entry["inputs"] != page_build.digest(parts, entry["parameters"]):
            return index_table.OLD
        return index_table.NEW if name in new else index_table.CURRENT

    return [status(name) for name in stems]


def _failed(study: Study) -> pd.DataFrame:
    """One row per report that could not be made the last time."""
    rows = [
        (told["client"], told["wave"], told.get(LANGUAGE, OWN), found["error"])
        for found in ledger.entries(study).values()
        if found.get("status") == ledger.FAILED and (told := found["parameters"])
    ]
    return pd.DataFrame(rows, columns=[*_PAGE, "error"], dtype=object)


def _of_firm(files: list[str], spoken: Language) -> list[Markup]:
    """Files of all clients of one firm together, where there are any."""
    if not files:
        return []
    links = ((file, file, "") for file in files)
    return [tag("h2", spoken.say("report_list.firm")), index_table.pages(links, spoken).html]


def _station(path: Path, spoken: Language) -> tuple[str, str, str]:
    """File, name and language of a station's page."""
    with path.open("rb") as page:
        told = _LANG.search(page.read(400))
    return path.name, _name(path, spoken), told[1].decode() if told else ""


def _name(path: Path, spoken: Language) -> str:
    number, _, word = path.stem.partition("_")
    code = f"report_list.{word}"
    told = spoken.say(code) if code in spoken else word
    return spoken.say("report_list.station", n=int(number), word=told)
