"""A synthetic study on disk: the exports that users hold, and its truth apart from them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.contracts.programme import ACTIONS, LEDGERS, REFERRALS
from crqlab.base.errors import CrqError, StudyError
from crqlab.base.sources import Source
from crqlab.base.study import Study
from crqlab.simulate import programme, tables, truth
from crqlab.simulate.block import Block, block
from crqlab.simulate.dirt import soil
from crqlab.simulate.exports import Crm, Qualtrics
from crqlab.simulate.options import PULSE, Options
from crqlab.simulate.sheet import sheet

CODEBOOK = Path(__file__).with_name("crq24.yaml")
#: Clients that are drawn and written together.
BLOCK = 100
_README = """SYNTHETIC DATA. Nothing in this folder is about a real firm or person.

The files are what a supplier's survey tool and CRM export; codebook.yaml says what their
columns mean. truth/ holds what the panel was drawn with (seed {seed}): look there only to
check an estimate. Drawn by: crqlab simulate
"""


def write(
    root: Path,
    *,
    study: str = "demo",
    clients: int = 150,
    responses: int | None = None,
    dirt: bool = True,
    **drawn: Any,
) -> Path:
    """Write a synthetic panel as raw files, whole or not at all.

    Blocks of clients are drawn and written one after another, so that memory does not
    grow with the panel.

    Parameters
    ----------
    root : Path
        The project's folder; files go to ``data/raw/<study>`` below it.
    study : str
        An earlier synthetic study of this name is replaced, its ``decisions.csv`` and
        programme files kept.
    clients : int
        How many clients, unless ``responses`` is given.
    responses : int, optional
        Draw as many clients as it takes to reach this number of responses.
    dirt : bool
        Whether the answers carry the faults of real exports; ``truth/dirt.csv`` lists them.
    **drawn
        Fields of `Options`, as in ``seed=7, waves=(2024, 2025)``.

    Returns
    -------
    Path
        The study's folder.

    Raises
    ------
    StudyError
        A study of this name exists and is not synthetic.

    Examples
    --------
    >>> import crqlab as crq
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root:
    ...     folder = crq.simulate.write(Path(root), study="small", clients=2, seed=7)
    ...     print(folder.name, (folder / "codebook.yaml").is_file())
    small True
    """
    options = Options(**drawn)
    if min(clients, 1 if responses is None else responses) < 1:
        raise CrqError(f"clients= is {clients}, responses= is {responses}; draw one or more.")
    folder = Study(study, Path(root)).raw
    _refuse_real(folder)
    draft = folder.with_name(f".{study}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        (draft / "truth").mkdir(parents=True)
        _fill(draft, _blocks(clients, responses, options), options, dirt)
        kept = ["decisions.csv", *(book.file for book in LEDGERS.values())]
        for name in kept:
            if (folder / name).is_file() and not (draft / name).exists():
                shutil.copy2(folder / name, draft)
        _swap(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _refuse_real(folder: Path) -> None:
    """Only what says of itself that it is synthetic may be replaced."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        synthetic = yaml_documents.load(folder / "codebook.yaml", Codebook).synthetic
    except CrqError:
        synthetic = False
    if not synthetic:
        raise StudyError(
            f"Study {folder.name!r} is not synthetic, or does not say so in its codebook; it was "
            "left alone. Choose another name for the synthetic one."
        )


def _swap(draft: Path, folder: Path) -> None:
    """Put the finished folder in the old one's place."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _blocks(clients: int, responses: int | None, options: Options) -> Iterator[Block]:
    """Blocks of clients until there are enough clients, or enough responses."""
    first, wanted = 1, responses
    while wanted is not None or first <= clients:
        last = first + BLOCK if wanted is not None else min(first + BLOCK, clients + 1)
        drawn = block(range(first, last), options)
        if wanted is not None:
            counts = np.bincount(drawn.client_of_response(), minlength=last - first).cumsum()
            if counts[-1] >= wanted:
                yield block(range(first, first + int((counts < wanted).sum()) + 1), options)
                return
            wanted -= int(counts[-1])
        yield drawn
        first = last


def _codebook(options: Options) -> str:
    """Return the demo's codebook with one line for each wave's file, and what waves are."""
    waves = options.periods
    line = "    - {{file: responses_{0}.csv, format: qualtrics, wave: {0}}}\n"
    lines = "".join(line.format(wave) for wave in waves)
    text = CODEBOOK.read_text(encoding="utf-8")
    text = re.sub(r"(?m)(^    - \{file: responses_.*\n)+", lines, text)
    return text + _waves(options) if options.a_year > 1 else text


def _waves(options: Options) -> str:
    """What the codebook says of waves that ask a slice of the accounts, or of the items."""
    said = ["", "waves: # when each began; slice: yes asks a part of the accounts, items: of those"]
    for name, day, brief in zip(options.periods, options.starts, options.short, strict=True):
        sliced = ", slice: yes" if options.slices > 1 else ""
        items = f", items: [{', '.join((*PULSE, 'ltr'))}]" if brief else ""
        said.append(f"  {name}: {{from: {day}{sliced}{items}}}")
    return "\n".join([*said, ""])


def _more(options: Options) -> Iterator[tuple[Callable[[Block], pa.Table], Source]]:
    """What a default panel goes without: more truth, and programme files."""
    if options.role_effects != 1:
        yield truth.roles, Source(file="truth/roles.csv")
    if options.programme:
        yield programme.actions, Source(file=ACTIONS.file)
        yield programme.referrals, Source(file=REFERRALS.file)


def _fill(draft: Path, blocks: Iterator[Block], options: Options, dirt: bool) -> None:
    """Write all files of a study into an empty folder."""
    book = yaml_documents.load(CODEBOOK, Codebook)
    texts = {
        "README.txt": _README.format(seed=options.seed),
        "codebook.yaml": _codebook(options),
        "truth/model.json": json.dumps(truth.facts(options), indent=2, ensure_ascii=False) + "\n",
    }
    for name, text in texts.items():
        (draft / name).write_bytes(text.encode())
    with ExitStack() as files:
        surveys = {
            year: files.enter_context(
                Qualtrics(draft / f"responses_{year}.csv", book, tables.unasked() if brief else ())
            )
            for year, brief in zip(options.periods, options.short, strict=True)
        }
        crm = {
            make: files.enter_context(Crm(draft / source.file, source))
            for make, source in (
                (tables.contacts, book.contacts),
                (tables.accounts, book.accounts),
                (tables.outcomes, book.outcomes),
                (tables.clients, book.clients),
                (truth.clients, Source(file="truth/clients.csv")),
                (truth.accounts, Source(file="truth/accounts.csv")),
                *_more(options),
            )
        }
        fallen = files.enter_context(
            Crm(draft / "truth" / "dirt.csv", Source(file="truth/dirt.csv"))
        )
        for drawn in blocks:
            clean = sheet(drawn)
            soiled = soil(clean, drawn)
            answers = soiled.sheet if dirt else clean
            files_of = {True: clean, False: answers}  # a pulse is too short to be soiled
            written = {brief: tables.responses(drawn, of) for brief, of in files_of.items()}
            for (year, survey), brief in zip(surveys.items(), options.short, strict=True):
                mine = pc.equal(written[brief]["wave"], year)
                survey.add(written[brief].filter(mine), files_of[brief].progress[mine.to_numpy()])
            for make, file in crm.items():
                file.add(make(drawn))
            fallen.add(_on_full(soiled.found, options) if dirt else soiled.found.slice(0, 0))


def _on_full(found: pa.Table, options: Options) -> pa.Table:
    """Dirt that fell on full waves."""
    brief = [year for year, short in zip(options.periods, options.short, strict=True) if short]
    return found.filter(pc.invert(pc.is_in(found["wave"], pa.array(brief, pa.string()))))
