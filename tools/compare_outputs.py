"""Show what a rebuilding changed in pages, workbooks, slides, CRM files and tables.

python tools/compare_outputs.py make FOLDER [--clients C017,C022] [--languages en,sv] [--panel 12]
    makes the outputs of the checkout at hand (run it in the checkout's folder, with its Python)
    from its own demo panel, drawn if it has none, or of so many clients if told, and keeps what
    they say in FOLDER.
    The checkout's reports and tables stay as they are: all is made anew, in FOLDER.
python tools/compare_outputs.py read FOLDER
    reads the kept files again, as after a change of the reader.
python tools/compare_outputs.py compare BEFORE AFTER [--renamed names.json] [--kinds page,crm]
    prints what differs; exit code 1 if any number does, 0 if at most words do.

FOLDER/text has the lines, FOLDER/files the files, FOLDER/tables the tables. Hashes, paths and
versions are replaced by their names, nothing else. names.json says what was renamed on purpose,
and with null what is gone or means something else:

    {"tables": {"30_old": "30_new"}, "columns": {"30_old.flag": null}, "sheets": {"Old": "New"}}
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import output_differences as differences
from tools import output_text as said

#: Clients of the demo panel that between them reach most of what a page can say, and why.
CLIENTS = {
    "C009": "three waves, 92 answers left out",
    "C017": "three waves, every account answered",
    "C022": "one wave, 2 people: all but everything withheld, hardly a place among peers",
    "C029": "two waves, 5 accounts of one person each: intervals unknown, one account dominates",
    "C042": "three waves, all five segments, smallest group of peers",
    "C045": "first wave only, one account manager, the selection audit asks",
    "C050": "first wave only, 58 accounts, most Opponents",
    "C065": "account without CRQ score, personal data in comments, a wave not asked",
    "C069": "most accounts with NPS withheld or segment open",
    "C120": "the largest: 85 accounts, 228 respondents",
    "C127": "17 account managers, 33 silent accounts, NPS of an account withheld",
    "C140": "6 accounts, 12 respondents, one account manager, NPS of an account withheld",
}
STUDY = "demo"
LANGUAGES = ("en", "sv")
KINDS: dict[str, tuple[str, Callable[[bytes], list[str]]]] = {
    "page": ("html", lambda content: said.page_text(content.decode())),
    "drawings": ("html", lambda content: said.page_drawings(content.decode())),
    "workbook": ("xlsx", said.workbook_text),
    "slides": ("pptx", said.slides_text),
    "crm": ("csv", said.crm_text),
}
SUFFIXES = {f".{suffix}" for suffix, _ in KINDS.values()}
#: Sha-256 whole or cut to 12; versions of three parts or more.
_HASH = re.compile(r"(?<!\w)(?=[\da-f]*[a-f])(?=[a-f]*\d)(?:[\da-f]{64}|[\da-f]{12})(?!\w)")
_VERSION = re.compile(r"(?<![\w.,])\d+\.\d+\.\d+(?:[.+\w]*\w)?")
_CLI = "import sys; from crqlab.cli import app; sys.exit(app())"


# ---- make: run the checkout at hand


def make(
    folder: Path, clients: Iterable[str], languages: Iterable[str], *, panel: int | None = None
) -> None:
    """Make all outputs of the checkout in the current folder, and keep what they say.

    Parameters
    ----------
    folder : Path
        Empty or not there yet.
    clients : iterable of str
    languages : iterable of str
    panel : int, optional
        Draw a panel of so many clients instead of taking the checkout's.
    """
    if not (Path.cwd() / "crqlab").is_dir():
        sys.exit("There is no crqlab here; change into the folder of a checkout.")
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty; name another folder or remove it.")
    start, checkout, home = time.time(), Path.cwd(), folder.resolve() / "home"
    _lay_out(checkout, home, panel)
    code = Path(_python(home, "import crqlab; print(crqlab.__file__)").strip()).parent
    clients, languages = list(clients), list(languages)
    named = [word for client in clients for word in ("--client", client)]
    for language in languages:
        asked = ["--study", STUDY, *named, "--language", language]
        _crqlab(home, "report", *asked)
        _crqlab(home, "export", *asked, "--to", "xlsx,pptx,csv")
        _keep_files(home / "reports" / STUDY, folder / "files" / language)
    processed = home / "data" / "processed" / STUDY
    for table in sorted(processed.rglob("*.parquet")):
        _copy(table, folder / "tables" / table.relative_to(processed))
    facts = {
        "clients": clients,
        "languages": languages,
        "code": str(code),
        "paths": [str(home), str(checkout), sys.prefix, str(Path.home())],
        "raw": _digests(home / "data" / "raw" / STUDY),
        "seconds": round(time.time() - start),
    }
    (folder / "run.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    shutil.rmtree(home)
    read(folder)
    print(f"{folder}: made by {code} in {facts['seconds']} s")


def _lay_out(checkout: Path, home: Path, panel: int | None) -> None:
    """A project of its own: the checkout's notebooks and raw data, no tables, no reports."""
    (home / "data" / "raw").mkdir(parents=True)
    (home / "notebooks").symlink_to(checkout / "notebooks", target_is_directory=True)
    if panel:
        _crqlab(home, "simulate", STUDY, "--clients", str(panel))
    elif (raw := checkout / "data" / "raw" / STUDY).is_dir():
        shutil.copytree(raw, home / "data" / "raw" / STUDY)
    else:
        _crqlab(home, "simulate", STUDY)


def _crqlab(home: Path, *words: str) -> None:
    """Run one command of crqlab; what it says goes to a log beside its home."""
    print(f"crqlab {words[0]} …", flush=True)
    told = _python(home, _CLI, *words)
    with (home.parent / "run.log").open("a", encoding="utf-8") as log:
        log.write(told)


def _python(home: Path, code: str, *words: str) -> str:
    """Run code with the checkout's crqlab and return what it prints."""
    paths = [str(Path.cwd()), *filter(None, [os.environ.get("PYTHONPATH")])]
    given = {**os.environ, "CRQLAB_HOME": str(home), "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        check=False,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(f"crqlab {' '.join(words)} failed; see {home}\n{done.stdout[-3000:]}")
    return done.stdout


def _keep_files(reports: Path, goal: Path) -> None:
    """Copy pages and exports; the stations' pages have one language and are kept once.

    Older crqlabs give pages of every language the same name; where a page has one of its own, that
    is the one that is kept.
    """
    first, mark = not goal.parent.exists(), f"_{goal.name}"
    for file in sorted(reports.iterdir(), key=lambda file: file.stem.endswith(mark)):
        station = file.name[0].isdecimal()
        if file.suffix in SUFFIXES and (first or not station):
            _copy(file, goal / f"{file.stem.removesuffix(mark)}{file.suffix}")


def _copy(source: Path, goal: Path) -> None:
    goal.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, goal)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


# ---- read: files as text


def read(folder: Path) -> None:
    """Write what kept files and tables say: ``text/CLIENT.LANGUAGE.KIND.txt``, ``tables.jsonl``.

    Parameters
    ----------
    folder : Path
        Filled by `make`.
    """
    paths = differences.facts(folder)["paths"]
    shutil.rmtree(folder / "text", ignore_errors=True)
    (folder / "text").mkdir()
    for kind, (suffix, reader) in KINDS.items():
        for file in sorted((folder / "files").rglob(f"*.{suffix}")):
            lines = [normalised(line, paths) for line in reader(file.read_bytes())]
            goal = folder / "text" / f"{file.stem}.{file.parent.name}.{kind}.txt"
            goal.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    with (folder / "tables.jsonl").open("w", encoding="utf-8") as notes:
        for name, path in differences.tables(folder).items():
            rows = pd.read_parquet(path)
            notes.writelines(f"{json.dumps(note)}\n" for note in _columns(name, rows))


def normalised(line: str, paths: Iterable[str] = ()) -> str:
    """Return a line with names in the place of hashes, versions and folders of this machine.

    Parameters
    ----------
    line : str
    paths : iterable of str
        Folders that differ between two checkouts.

    Examples
    --------
    >>> normalised("code 0c1f9a2b3d4e of /home/ab/x.py, crqlab 0.1.0, CRQ 5.25", ["/home/ab"])
    'code <hash> of <path>/x.py, crqlab <version>, CRQ 5.25'
    """
    for path in sorted(paths, key=len, reverse=True):
        line = line.replace(path, "<path>")
    return _VERSION.sub("<version>", _HASH.sub("<hash>", line))


def _columns(name: str, rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for column in rows:
        values = rows[column]
        plain = values.map(str) if values.dtype == object else values
        hashed = pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes()
        digest = hashlib.sha256(hashed).hexdigest()
        yield {"table": name, "column": column, "type": str(values.dtype), "rows": len(rows),
               "digest": digest}  # fmt: skip


# ---- compare: two folders


def compare(
    before: Path, after: Path, *, renamed: Path | None, kinds: Iterable[str], places: int
) -> bool:
    """Print what differs between two folders, and return whether no number does.

    Parameters
    ----------
    before, after : Path
        Filled by `make`.
    renamed : Path, optional
        JSON of names that were changed on purpose.
    kinds : iterable of str
        Of `KINDS`, and ``tables``.
    places : int
        How many places to show of each text or table.
    """
    kinds = set(kinds)
    names = json.loads(renamed.read_text(encoding="utf-8")) if renamed else {}
    old, new = differences.facts(before), differences.facts(after)
    raw = [n for n in sorted({*old["raw"], *new["raw"]}) if old["raw"].get(n) != new["raw"].get(n)]
    for side, made in (("before", old), ("after", new)):
        print(f"{side}: {len(made['clients'])} clients in {', '.join(made['languages'])}")
    if shared := [client for client in old["clients"] if client in new["clients"]]:
        print(f"compared: {', '.join(shared)}")
    else:
        sys.exit("There is no client in both folders.")
    print(f"raw data: {'others: ' + ', '.join(raw) if raw else 'the same'}")
    found = list(differences.of_texts(before, after, kinds, names.get("sheets", {})))
    if "tables" in kinds:
        found += differences.of_tables(before, after, names)
    print("\n".join(differences.told(found, places)))
    return not any(one.numbers for one in found)


def main(words: list[str]) -> int:
    """Do what the command line asks for, and return the exit code."""
    asked = _parser().parse_args(words)
    if asked.command == "make":
        told = asked.clients.split(","), asked.languages.split(",")
        make(asked.folder, *told, panel=asked.panel)
    elif asked.command == "read":
        read(asked.folder)
    else:
        options = {"renamed": asked.renamed, "places": asked.places}
        kinds = asked.kinds.split(",")
        return int(not compare(asked.before, asked.after, kinds=kinds, **options))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("make")
    made.add_argument("folder", type=Path)
    made.add_argument("--clients", default=",".join(CLIENTS))
    made.add_argument("--languages", default=",".join(LANGUAGES))
    made.add_argument("--panel", type=int, metavar="N", help="draw a panel of so many clients")
    commands.add_parser("read").add_argument("folder", type=Path)
    compared = commands.add_parser("compare")
    compared.add_argument("before", type=Path)
    compared.add_argument("after", type=Path)
    compared.add_argument("--renamed", type=Path, help="names changed on purpose, as JSON")
    compared.add_argument("--kinds", default=",".join([*KINDS, "tables"]))
    compared.add_argument("--places", type=int, default=3, help="shown of each text or table")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
