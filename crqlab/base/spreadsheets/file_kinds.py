"""Which file of a folder is meant, and whether it is text, a workbook or something else."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from crqlab.base.errors import StudyError
from crqlab.base.faults import UnreadableError, near
from crqlab.base.files import located
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.grid import EXPORT_AGAIN

_ENDINGS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xlsx", ".sav": "spss", ".zsav": "spss",
            ".parquet": "parquet"}  # fmt: skip
_LARGEST, _SMALL, _DENSE = 2 << 30, 64 << 10, 250  # bytes, bytes, unpacked for each packed
_OLE = b"\xd0\xcf\x11\xe0"
_IS = {"text": "a text file", "xlsx": "an Excel workbook", "spss": "an SPSS file",
       "parquet": "a Parquet file"}  # fmt: skip


def existing(folder: Path, source: Source) -> Path:
    """Return the file of a folder that is meant.

    Raises
    ------
    UnreadableError
        It is not there, is no file, is empty, or cannot be opened.
    """
    try:
        path = located(folder, source.file)
    except StudyError as two:
        raise UnreadableError("is there twice, in two forms of Unicode", "rename one") from two
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        fix = "put the file itself into it"
        raise UnreadableError("is a link that leads out of the study's folder", fix)
    if path.exists() and not path.is_file():
        raise UnreadableError("is no file (a folder, device or pipe)", "put a file in its place")
    if path.is_file():
        try:
            with path.open("rb") as file:
                if file.read(1):
                    return path
        except OSError as broken:
            fix = "check that you may read it and that no program holds it"
            raise UnreadableError(f"cannot be opened ({broken.strerror})", fix) from None
        raise UnreadableError("is an empty file", EXPORT_AGAIN)
    if source.sql is not None:
        raise UnreadableError("is not fetched yet", "run crqlab fetch with the study's name")
    there = sorted(p.name for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []
    fix = f"{near(source.file, there)}copy it into the study's folder or correct the codebook"
    raise UnreadableError("is not in the study's folder", fix)


def kind(path: Path, source: Source) -> str:
    """Return how to open a file: ``text``, ``xlsx``, ``spss`` or ``parquet``.

    Raises
    ------
    UnreadableError
        Its first bytes do not agree with its ending or with what the codebook says.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    ending = _ENDINGS.get(path.suffix.lower(), "text")
    stated = source.format if source.format in ("xlsx", "spss", "parquet") else None
    expected = stated or ("text" if source.format == "csv" else ending)
    if head.startswith(_OLE):
        _refuse_ole(path)
        found = "xlsx"
    elif head.startswith(b"PK"):
        _refuse_bomb(path)
        found = "xlsx"
    elif head.startswith((b"$FL2", b"$FL3")):
        found = "spss"
    elif head.startswith(b"PAR1"):
        found = "parquet"
    elif (
        head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype", b"<table"))
    ):
        fix = "open it in Excel or the survey tool and save it as .xlsx or CSV"
        raise UnreadableError("is a web page (HTML), whatever its name says", fix)
    else:
        found = "text"
    if found != expected:
        fix = "correct its format in the codebook, give it the right ending, or export it again"
        raise UnreadableError(f"is {_IS[found]}, but {_IS[expected]} was expected", fix)
    return found


def _refuse_bomb(path: Path) -> None:
    """Workbooks are archives: a small one may unpack to more than any memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return  # damaged: the reader says how
    if unpacked > _LARGEST or unpacked > _DENSE * path.stat().st_size > _DENSE * _SMALL:
        rule = f"unpacks to {unpacked >> 20:,} MB, which no survey or CRM fills"
        raise UnreadableError(rule, "is this the right file? export it again as .xlsx or CSV")


def _refuse_ole(path: Path) -> None:
    """Excel wraps encrypted workbooks in the container of its old format."""
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise UnreadableError("is encrypted with a password", "save it in Excel without a password")
