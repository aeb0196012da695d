"""Lay out a new study: a folder and a codebook that a person only needs to edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from crqlab.base.errors import StudyError, one_of
from crqlab.base.faults import Faults
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.grid import Grid
from crqlab.base.study import Study, replace
from crqlab.base.yaml_edits import without_entries
from crqlab.responses import codebook_draft, crm_draft
from crqlab.responses.confirmation import refuse_wrong, with_values
from crqlab.responses.draft_report import DraftReport, report
from crqlab.responses.export_series import series
from crqlab.responses.file_formats import load
from crqlab.responses.instrument_draft import Draft, draft

_SHOWN = 20  # columns that a message lists


def new(
    name: str,
    root: Path,
    *,
    export: Path | Iterable[Path] | None = None,
    tables: Mapping[str, Path] | None = None,
) -> Path:
    """Lay out ``data/raw/NAME`` with a commented codebook.

    Parameters
    ----------
    name : str
        The study's name: letters, digits, ``_`` and ``-``.
    root : Path
        The project's folder.
    export : Path or several, optional
        Survey exports. They are copied into the study, and the codebook is drafted from them:
        items, wording, scale, missing codes and columns. Without any it is a template of the
        24-item instrument.
    tables : mapping of table to Path, optional
        Exports of a CRM: ``accounts``, ``contacts``, ``outcomes``.

    Returns
    -------
    Path
        The codebook.

    Raises
    ------
    StudyError
        The study is there already, or there is no such export; nothing is changed.
    DataError
        A file cannot be read; nothing is changed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import crqlab as crq
    >>> with TemporaryDirectory() as root:
    ...     codebook = crq.responses.new("acme", Path(root))
    ...     codebook.relative_to(root).as_posix()
    'data/raw/acme/codebook.yaml'
    """
    if export is None:
        _, codebook = _new_study(name, root)
        template = files("crqlab.responses") / "template" / "codebook.yaml"
        text = template.read_text(encoding="utf-8").replace("STUDY", name)
        return replace(codebook, text.encode())
    given = [Path(export)] if isinstance(export, str | Path) else [Path(one) for one in export]
    drafted(name, root, given, tables or {})
    return Study(name, root=Path(root)).raw / "codebook.yaml"


def drafted(
    name: str,
    root: Path,
    exports: Iterable[Path],
    tables: Mapping[str, Path],
    *,
    sheets: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> DraftReport:
    """Draft a study from its files, and say what was taken for what.

    Parameters
    ----------
    name, root
        As for `new`.
    exports : iterable of Path
        Survey exports, one or more.
    tables : mapping of table to Path
    sheets : mapping of file name to sheet, optional
        Of workbooks; the empty name stands for every workbook.
    values : mapping of path to value, optional
        Places of the codebook that are known better than by the draft, as for `confirm`.

    Returns
    -------
    DraftReport

    Raises
    ------
    StudyError, DataError
        As for `new`; nothing is changed then.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import pandas as pd
    >>> import crqlab as crq
    >>> said = {"ResponseId": [f"R{n}" for n in range(40)], "Q1 We trust them": [4, 6, 7, 5] * 10}
    >>> said["How likely are you to recommend us?"] = [0, 3, 6, 7, 8, 8, 9, 10] * 5
    >>> with TemporaryDirectory() as folder:
    ...     export = Path(folder) / "answers.csv"
    ...     pd.DataFrame(said).to_csv(export, index=False)
    ...     draft = crq.responses.drafted("acme", Path(folder), [export], {})
    >>> {header: found["as"] for header, found in draft.columns.items()}
    {'ResponseId': 'response_id', 'Q1 We trust them': 'item', 'How likely ...': 'ltr'}
    """
    study, codebook = _new_study(name, root)
    paths = {table: Path(path) for table, path in tables.items()}
    for table in paths:
        one_of("tables=", table, crm_draft.SIGNS)
    every = [*map(Path, exports), *paths.values()]
    for path in every:
        _refuse(study, path)
    faults = Faults()
    told = sheets or {}
    loaded = {
        path: load(path.parent, Source(file=path.name, sheet=_sheet(path, told)), faults)
        for path in every
    }
    faults.stop(study.name)
    grids: dict[Path, Grid] = {path: grid for path, grid in loaded.items() if grid is not None}
    surveys = [draft(grids[path]) for path in every[: len(every) - len(paths)]]
    crm = [crm_draft.table_draft(grids[path], table) for table, path in paths.items()]
    _refuse_unasked(surveys, values or {})
    whole = series(surveys)
    text = codebook_draft.written(study.name, whole, crm)
    listed = [path for path, _, _ in whole.points()]
    text, settled = with_values(text, values or {}, listed)
    text = without_entries(text, "unconfirmed", settled)
    refuse_wrong(codebook, text)
    for path in every:
        copy = study.raw / path.name
        if not (copy.exists() and copy.samefile(path)):
            replace(copy, path.read_bytes())
    replace(codebook, text.encode())
    told = report(Study(name, root=Path(root)), whole, {one.table: one.as_json() for one in crm})
    told.open.extend(point for one in crm for point in (*one.open, *one.notes))
    told.open[:] = [one for one in told.open if one.partition(":")[0] not in settled]
    return told


def _refuse_unasked(surveys: Sequence[Draft], values: Mapping[str, str]) -> None:
    """Refuse exports in which neither a rating nor the 0-10 question was found, column by column.

    Where somebody has said which question it is, the codebook is tried.
    """
    if any(one.items or one.ltr for one in surveys) or any(
        place.startswith("instrument") for place in values
    ):
        return
    why = {name: role.why for one in surveys for name, role in one.roles.by_column.items()
           if role.kind in ("ignored", "comment")}  # fmt: skip
    said = "\n".join(f"  {name!r}: {reason}" for name, reason in list(why.items())[:_SHOWN])
    files = ", ".join(one.grid.file for one in surveys)
    raise StudyError(
        f"{files}: no question with a scale and no 0-10 question was found, so there is nothing to "
        "make a codebook of. Is it the file with the answers (--sheet NAME for another sheet)? If "
        f"one of these is the 0-10 question, name it: --recommend HEADER. What was seen:\n{said}"
    )


def _sheet(path: Path, sheets: Mapping[str, str]) -> str | None:
    """The sheet that is named for a workbook."""
    if path.suffix.lower() not in (".xlsx", ".xlsm", ".xls"):
        return None
    return sheets.get(path.name, sheets.get(""))


def sorted_files(folder: Path) -> tuple[list[Path], dict[str, Path]]:
    """Sort the files of a folder by what they hold: survey exports, and tables of a CRM.

    Raises
    ------
    StudyError
        No file of the folder can be read, or two hold the same table.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> exports, tables = crq.responses.sorted_files(study.raw)
    >>> found = sorted(tables)
    """
    exports, tables = [], {}
    for path in sorted(Path(folder).iterdir()):
        if not path.is_file() or path.name.startswith(".") or path.suffix == ".yaml":
            continue
        grid = load(path.parent, Source(file=path.name), Faults())
        if grid is None:
            continue
        kind = crm_draft.kind(grid)
        if kind == "responses":
            exports.append(path)
        elif kind in tables:
            raise StudyError(
                f"{tables[kind].name} and {path.name} both look like {kind}; name the one that "
                f"counts: --{kind} FILE"
            )
        else:
            tables[kind] = path
    if not exports:
        raise StudyError(f"{folder} holds no survey export that can be read.")
    return exports, tables


def _new_study(name: str, root: Path) -> tuple[Study, Path]:
    study = Study(name, root=Path(root))
    codebook = study.raw / "codebook.yaml"
    if codebook.exists():
        raise StudyError(
            f"Study {name!r} has a codebook already, and it is kept: edit {codebook}, or choose "
            "another name."
        )
    return study, codebook


def _refuse(study: Study, export: Path) -> None:
    if not export.is_file():
        raise StudyError(f"There is no file {str(export)!r}; give the path of a survey export.")
    copy = study.raw / export.name
    if copy.exists() and not copy.samefile(export):
        raise StudyError(
            f"data/raw/{study.name} has another file named {export.name}, and it is kept: "
            "rename one of the two."
        )
