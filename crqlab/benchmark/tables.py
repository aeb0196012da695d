"""The tables of this station, written for the report; and its run as one call."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.errors import StudyError
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.standards import UNIQUE_ABOVE_MEDIAN
from crqlab.base.study import Study
from crqlab.benchmark.account_cube import FOLDER, Cube, cube, read_cube, write_cube
from crqlab.benchmark.carried_models import model_to_publish
from crqlab.benchmark.cells import ALL
from crqlab.benchmark.client_positions import COVERED, Positions, position
from crqlab.benchmark.decile_table import RULES, DecileTable, deciles
from crqlab.benchmark.panel_source import Panel, panel
from crqlab.benchmark.peers import OWN
from crqlab.benchmark.protection import Rules
from crqlab.benchmark.ranked_units import Scores, account_scores, client_scores, country_adjusted
from crqlab.benchmark.release_files import Release, publish, release
from crqlab.benchmark.rolling_places import as_a_whole, comparable, errors_of_whole
from crqlab.stats.defaults import DRAWS, LEVEL, SEED


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark(Result):
    """All that this station finds.

    Attributes
    ----------
    cube : Cube
    clients, accounts : Scores
    client_table, account_table, adjusted : DecileTable
        Cuts of client scores, of account scores, and of country-adjusted client scores.
    positions : Positions
    release : Release or None
        What the study's codebook names.
    """

    cube: Cube
    clients: Scores
    accounts: Scores
    client_table: DecileTable
    account_table: DecileTable
    adjusted: DecileTable
    positions: Positions
    release: Release | None

    @property
    def table(self) -> pd.DataFrame:
        """Table ``deciles``: of the named release, else of this panel."""
        if self.release is not None:
            return self.release.table
        parts = (self.client_table.table, self.account_table.table, self.adjusted.table)
        return pd.concat([p for p in parts if len(p)] or [parts[0]], ignore_index=True)

    def ladder(self, measure: str) -> pd.DataFrame:
        """Return the client cuts of the whole panel in one measure; without rows if none."""
        rows = self.table
        wanted = (rows["unit"] == "client") & (rows["view"] == "as answered")
        wanted &= (rows["by"] == ALL) & (rows["measure"] == measure)
        return rows[wanted].reset_index(drop=True)

    def __str__(self) -> str:
        first = str(self.release) if self.release else str(self.client_table)
        return f"{first[0].upper()}{first[1:]}. {self.positions}"


def findings(
    study: Study,
    *,
    source: Panel | None = None,
    rules: Rules = RULES,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Benchmark:
    """Run the station: sum up, cut, place.

    A study whose codebook names a ``release`` takes its benchmark from there and never from its
    own data; that is how a study of a single client is placed.

    Parameters
    ----------
    study : Study
        For its codebook, its release, and where no source is given for its tables.
    source : Panel, optional
        Another panel, see `panel`.
    rules : Rules
    level : float
        Coverage of the cuts' intervals; positions have 0.90.
    draws, seed : int

    Returns
    -------
    Benchmark

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.benchmark.findings(study, rules=crq.benchmark.Rules(10, 1), draws=20))
    The top ... of ... clients' client scores...
    """
    options = {"level": level, "draws": draws, "seed": seed}
    before = None if source is None else read_cube(study.processed / FOLDER)  # own rows are few
    source, asked = (source or panel(study)).by(study.codebook), study.codebook.instrument
    sums = cube(source, asked, before=before)
    clients, completion = source.frame("clients"), source.frame("completion")
    rolling = source.frame("rolling_scores")
    people = client_scores(sums, clients, completion=completion)
    people = as_a_whole(comparable(people, study.codebook), rolling)
    firms = account_scores(sums, clients, source.frame("accounts"))
    firms = comparable(firms, study.codebook)
    named = study.codebook.release
    quoted = None if named is None else release(study.root, named).spoken(asked)
    views = {"rules": rules, **options}
    none = Scores(people.table.iloc[:0], (), "client")
    adjusted = country_adjusted(people)
    placed = position(
        people,
        tables=None if quoted is None else quoted.table,
        source=OWN if quoted is None else quoted.source,
        intervals=errors_of_whole(source.frame("client_scores"), rolling),
        completion=completion,
        above_median=_both(asked),
        rules=rules,
        level=COVERED,
        draws=draws,
        seed=seed,
    )
    return Benchmark(
        sums,
        people,
        firms,
        deciles(people if quoted is None else none, **views),
        deciles(firms if quoted is None else none, **views),
        deciles(adjusted if quoted is None else none, view="country-adjusted", **views),
        placed,
        quoted,
    )


def _both(asked: Instrument) -> list[str]:
    """Constructs that make a client *Unique*; none where one of them was not asked."""
    found = [asked.construct_of(concept) for concept in UNIQUE_ABOVE_MEDIAN]
    return [] if None in found else found


def keep(
    study: Study, found: Benchmark, *, level: float, draws: int, seed: int
) -> tuple[Path, ...]:
    """Write the cube and the tables of this station, the tables as `frames.keep` does.

    Parameters
    ----------
    study : Study
    found : Benchmark
    level, draws, seed
        What it was made with, for the run card.

    Returns
    -------
    tuple of Path
        The files of its tables.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> made = {"level": 0.95, "draws": 20, "seed": 20250101}
    >>> found = crq.benchmark.findings(study, rules=crq.benchmark.Rules(10, 1), **made)
    >>> [path.name for path in crq.benchmark.keep(study, found, **made)]
    ['80_deciles.parquet', '80_positions.parquet']
    """
    write_cube(found.cube, study.processed / FOLDER)
    tables = {"deciles": found.table, "positions": found.positions.table}
    made = {"level": level, "draws": draws, "seed": seed}
    if found.release is not None:
        made["release"] = {"name": found.release.name, "sha256": found.release.digest}
    else:
        made["rules"] = asdict(found.client_table.rules)
    return frames.keep(study, tables, **made)


def publish_study(
    study: Study, name: str, *, as_of: date, thresholds: Path | None = None
) -> Release:
    """Publish the decile tables that a study has kept, and its account model.

    Parameters
    ----------
    study : Study
    name : str
    as_of : date
    thresholds : Path, optional
        A YAML file of segment thresholds to publish along.

    Returns
    -------
    Release

    Raises
    ------
    StudyError
        No tables yet, a study that itself quotes a release, or a name that cannot be.

    Examples
    --------
    >>> from datetime import date
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> release = crq.benchmark.publish_study(study, "2025.1", as_of=date(2025, 12, 31))
    >>> release.name, crq.benchmark.releases(study.root)
    ('2025.1', ['2025.1'])
    """
    if study.codebook.release is not None:
        raise StudyError(
            f"Study {study.name!r} takes its benchmark from release {study.codebook.release!r} and "
            "has none of its own to publish. Publish the panel's study."
        )
    rows = study.read("deciles")
    whole = rows[rows["by"] == rows["shown"]]
    return publish(
        study.root,
        name,
        rows,
        study.codebook.instrument,
        as_of=as_of,
        contributors=int(whole["n_clients"].max()) if len(whole) else 0,
        synthetic=study.codebook.synthetic,
        thresholds=thresholds,
        account_model=model_to_publish(study),
        made=study.manifest["tables"]["deciles"]["made"],
    )
