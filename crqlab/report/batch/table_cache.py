"""A study's tables, read once by who makes many reports, and cut for one client and wave."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from crqlab.base.errors import CrqError
from crqlab.base.files import FINGERPRINTS
from crqlab.base.study import Study
from crqlab.page.disclosure.audit import doomed
from crqlab.page.table_handoff import HANDED, TEXTS, Handout, asked, excerpted, holding, state
from crqlab.page.tables import CLIENTS, across, table
from crqlab.report.clearance import gate

#: Bytes of a table's file above which its rows are read from the file, report by report.
LARGEST = 32 << 20
#: Tables of which a page shows a client's rows of its wave; of all its waves; tables of nobody.
OF_A_WAVE = """
actions audit buying_centre comment_themes completion_bands completion_rank concentration
concentration_summary continuity continuity_summary customer_concentration customer_groups
dispositions division_referrals driver_focus driver_map group_scores lifts nonresponse
positions programme programme_steps quality referral_candidates role_gaps rolling_changes
rolling_scores segment_shares silent voices
""".split()
OF_A_CLIENT = """
account_scores account_voices account_years accounts accounts_to_spread agreement breakdowns
change_power changes client_scores clients completion contacts invitation_costs invitations
levers manager_pairs manager_scores migration movement outlook precision propensities
respondents responses revenue_at_risk segments theme_shares wave_plan
""".split()
OF_NOBODY = """
code_frame contest model_card playbook segment_renewal segment_traits theme_agreement
""".split()
#: Tables whose rows of no client, over the panel, a page shows as well.
OF_THE_PANEL = ["driver_effects"]
#: Tables of which it shows a client's rows and those of no client.
OF_BOTH = ["year_gaps", "year_scores"]


@dataclass(frozen=True, slots=True, eq=False)
class _Board:
    """One table, its rows sorted by what they are asked for by, and where each part lies."""

    rows: pd.DataFrame
    places: Mapping[tuple[str, ...], tuple[int, int]]

    def cut(self, *key: str) -> pd.DataFrame:
        first, end = self.places.get(key, (0, 0))
        return self.rows.iloc[first:end].reset_index(drop=True)


class Shelf:
    """What all reports of a study are cut from.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self._study, self._state = study, state(study)
        with TEXTS():
            self._waves = _boards(study, OF_A_WAVE, ["client_id", "wave"])
            self._clients = _boards(study, [*OF_A_CLIENT, *OF_THE_PANEL, *OF_BOTH], ["client_id"])
            self._whole = {
                asked(name, {}): study.read(name) for name in OF_NOBODY if _fits(study, name)
            }
            self._ledgers = {name: _board(table(study, name, real=True), ["client_id"])
                             for name in HANDED}  # fmt: skip
            self._everybody = across(study, *CLIENTS, distinct=True)

    def handout(self, client: str, wave: str) -> bytes:
        """Return one client's rows for one wave's report, as `crqlab.page.table_handoff` wants."""
        tables = dict(self._whole)
        for name, board in self._waves.items():
            tables[asked(name, {"client": client, "wave": wave})] = board.cut(client, wave)
        for name, board in self._clients.items():
            owners = ("",) if name in OF_THE_PANEL else (client,)
            for owner in ("", client) if name in OF_BOTH else owners:
                tables[asked(name, {"client": owner})] = board.cut(owner)
        for name, board in self._ledgers.items():
            tables[asked(name, {"client": client})] = board.cut(client)
        excerpts = {excerpted(*CLIENTS, {}): self._everybody}
        known = {file: digest for file, digest in FINGERPRINTS.items() if self._its(file)}
        handed = Handout(
            self._study.name, self._state, tables, excerpts, self._study.codebook, known
        )
        with holding(handed), TEXTS():
            gone = {(client, wave): tuple(map(tuple, doomed(self._study, client, wave)))}
        return pickle.dumps(replace(handed, given_up=gone), protocol=5)

    def _its(self, file: tuple[str | int, ...]) -> bool:
        """Whether a file is one that the report is made from; pages are other clients'."""
        return not Path(str(file[0])).is_relative_to(self._study.reports)


def handout(study: Study, client: str, wave: str) -> bytes:
    """Return one client's rows from tables that are read once for one state of the study.

    Nothing where a table is missing or broken: the report, which reads it then, says so.
    """
    try:
        return _shelf(study, state(study)).handout(client, wave)
    except CrqError:
        return b""


@lru_cache(maxsize=1)
def _shelf(study: Study, found: str) -> Shelf:
    made = Shelf(study)
    gate.watch(study)
    gc.freeze()  # all this stays as long as the process does: no garbage is to be found in it
    return made


def _boards(study: Study, names: list[str], by: list[str]) -> dict[str, _Board]:
    return {name: _board(study.read(name), by) for name in names if _fits(study, name)}


def _board(rows: pd.DataFrame, by: list[str]) -> _Board:
    codes = np.zeros(len(rows), dtype=np.int64)
    for name in by:
        own, options = pd.factorize(rows[name])
        codes = codes * (len(options) + 1) + own
    if (np.diff(codes) < 0).any():
        order = np.argsort(codes, kind="stable")
        rows, codes = rows.take(order), codes[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-2))
    keys = zip(*(rows[name].iloc[starts].tolist() for name in by), strict=True)
    ends = np.append(starts[1:], len(rows))[: len(starts)].tolist()  # none of an empty table
    return _Board(rows, dict(zip(keys, zip(starts.tolist(), ends, strict=True), strict=True)))


def _fits(study: Study, name: str) -> bool:
    return study.has(name) and study.path(name).stat().st_size <= LARGEST
