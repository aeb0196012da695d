"""Whether a page is still the page that was made, and whether what it was made from is the same."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

import crqlab
from crqlab.base.errors import ReportError, StudyError
from crqlab.base.study import Study, home
from crqlab.report.batch import ledger
from crqlab.report.clearance.provenance import card

_SEAL = re.compile(r'<meta name="crqlab-seal" content="([0-9a-f]{64})">\n')
_PLACE = "</title>\n"
_SETTINGS = ("client", "wave", "language")
_WORDS = {
    "data": "raw file",
    "table": "table",
    "code": "code",
    "setting": "parameter",
    "version": "version",
    "page": "page",
}


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What is no longer as it was when a report was made.

    Attributes
    ----------
    page : str
        File name.
    table : DataFrame, one row per line of the run card and one for the page itself
        ``part``, ``name``, ``then``, ``now``, ``state``: same, changed, missing or new.
    made_by : str
        The version of crqlab that made the page.
    """

    page: str
    table: pd.DataFrame
    made_by: str = crqlab.__version__

    @property
    def older(self) -> bool:
        """Whether another crqlab made it: then its inputs cannot be held against today's."""
        return self.made_by != crqlab.__version__

    @property
    def holds(self) -> bool:
        """Whether nothing has changed; of a page of another version only the page is judged.

        Another Python, or another release of a package, alters no report whose tables are the
        same: `str` names it.
        """
        return bool((self._judged["state"] == "same").all())

    @property
    def _judged(self) -> pd.DataFrame:
        parts = self.table["part"]
        return self.table[parts == "page" if self.older else parts != "version"]

    @property
    def surroundings(self) -> list[str]:
        """One sentence for each package that is of another release than when it was made."""
        rows = self.table[(self.table["part"] == "version") & (self.table["state"] != "same")]
        return [_sentence(row) for row in rows.itertuples()]

    @property
    def changes(self) -> list[str]:
        """One sentence for each thing that is not as it was."""
        rows = self._judged[self._judged["state"] != "same"]
        return [_sentence(row) for row in rows.itertuples()]

    def __str__(self) -> str:
        if self.older:
            state = "unaltered" if self.holds else "altered since"
            return f"{self.page}: made by {self.made_by}, {state}"
        if self.holds:
            said = f"{self.page}: as it was made, and so are all {len(self._judged) - 1} inputs"
            return "; ".join([said, *self.surroundings])
        return f"{self.page}: {len(self.changes)} changed of {len(self._judged)}"


def sealed(page: str) -> str:
    r"""Return the page with the SHA-256 of itself in its head.

    Parameters
    ----------
    page : str
        A whole HTML page, sealed before or not.

    Examples
    --------
    >>> page = sealed("<head><title>A</title>\n</head><p>5.2</p>")
    >>> intact(page), intact(page.replace("5.2", "6.2")), sealed(page) == page
    (True, False, True)
    """
    bare = _SEAL.sub("", page)
    seal = f'<meta name="crqlab-seal" content="{_digest(bare)}">\n'
    return bare.replace(_PLACE, _PLACE + seal, 1)


def intact(page: str) -> bool:
    """Return whether a sealed page is to the letter as it was sealed."""
    seals = _SEAL.findall(page)
    return len(seals) == 1 and seals[0] == _digest(_SEAL.sub("", page))


def _digest(page: str) -> str:
    return hashlib.sha256(page.encode()).hexdigest()


def verified(path: Path, *, root: Path | None = None) -> Verdict:
    """Compare a report with itself as it was sealed and its run card with today's inputs.

    Parameters
    ----------
    path : Path
        A client report; it may have been copied elsewhere.
    root : Path, optional
        The project's folder; else the one that holds the page, or the one at hand.

    Returns
    -------
    Verdict

    Raises
    ------
    StudyError
        No such file, or the study that it names is not in the project.
    ReportError
        It is no client report: it has no run card.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> for page in study.reports.glob("C*.html"):  # where there are reports
    ...     print(crq.report.verified(page))
    """
    path = Path(path)
    if not path.is_file():
        raise StudyError(f"{path} is not there; name a report below reports/.")
    content = path.read_bytes()
    page = content.decode("utf-8", errors="replace")
    then = _card(path.name, page)
    settings = then.loc[then["part"] == "setting"].set_index("name")["value"]
    study = Study(settings["study"], root=root or _project(path))
    now = card(study, **{name: settings[name] for name in _SETTINGS if name in settings}).table
    whole = "same" if intact(page) and _noted(study, path, content) else "changed"
    first = pd.DataFrame(
        [{"part": "page", "name": path.name, "then": "", "now": "", "state": whole}]
    )
    rows = pd.concat([first, _compared(then, now)], ignore_index=True)
    return Verdict(path.name, rows, _maker(then))


def _maker(card_: pd.DataFrame) -> str:
    """The version of crqlab on a run card."""
    named = card_.loc[(card_["part"] == "version") & (card_["name"] == "crqlab"), "value"]
    return str(named.iloc[0]) if len(named) else "an unknown version"


def _project(path: Path) -> Path:
    """The project that the page lies in; else the one at hand."""
    above = path.resolve().parents
    known = [folder for folder in above if (folder / "data" / "raw").is_dir()]
    return known[0] if known else home()


def _noted(study: Study, path: Path, content: bytes) -> bool:
    """Whether the page is the one that was noted when it was made, where one of its name was."""
    if path.resolve().parent != study.reports.resolve():
        return True
    return ledger.entry(study, path.stem).get("page") in (None, hashlib.sha256(content).hexdigest())


def _compared(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    keys = ["part", "name"]
    both = then.merge(now, on=keys, how="outer", suffixes=("_then", "_now"), sort=False)
    both = both.rename(columns={"value_then": "then", "value_now": "now"})
    state = pd.Series("changed", index=both.index)
    state = state.mask(both["then"] == both["now"], "same")
    state = state.mask(both["now"].isna(), "missing").mask(both["then"].isna(), "new")
    return both.assign(state=state).fillna("")


def _sentence(row: object) -> str:
    what = "codebook" if row.name == "codebook.yaml" else _WORDS.get(row.part, row.part)
    if row.part == "page":
        return f"{what} {row.name}: was altered after it was made; make it again"
    if row.part == "code" and row.name.endswith(".ipynb"):
        what = "notebook"
    if row.state in ("missing", "new"):
        said = "is no longer there" if row.state == "missing" else "was not there"
        return f"{what} {row.name}: {said}"
    return f"{what} {row.name}: was {row.then[:12]}, is {row.now[:12]}"


class _Card(HTMLParser):
    """Reads the run card off a page: rows of name, kind and value, shown or going along unseen."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.unseen: list[list[str]] = []
        self._inside = self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (card := dict(attrs).get("data-card")) is not None:
            self.unseen = _rows(card)
        if tag == "table":
            self._inside = ("class", "card") in attrs
        elif self._inside and tag == "tr":
            self.rows.append([])
        elif self._inside and tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")
        self._inside = self._inside and tag != "table"

    def handle_data(self, data: str) -> None:
        if self._inside and self._cell:
            self.rows[-1][-1] += data


def _rows(card: str) -> list[list[str]]:
    """The rows of a card that goes along unseen; none of one that somebody has damaged."""
    try:
        found = json.loads(card)
        return [[str(cell) for cell in row] for row in found if len(row) == 3]
    except (ValueError, TypeError):
        return []


def _card(name: str, page: str) -> pd.DataFrame:
    reader = _Card()
    reader.feed(page)
    rows = reader.unseen or [row for row in reader.rows if len(row) == 3][1:]
    found = pd.DataFrame(rows, columns=["name", "part", "value"], dtype=str)
    if not {"study", "client", "wave"} <= set(found.loc[found["part"] == "setting", "name"]):
        raise ReportError(
            f"{name} has no run card that names study, client and wave; only a client report that "
            "crqlab made can be verified. Make it again with: crqlab report"
        )
    return found
