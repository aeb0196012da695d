"""Participation of one client's wave, taken from the study's tables, for the client's page."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.study import Study
from crqlab.participation.completion_rank import Standing, standing
from crqlab.participation.completion_rates import Completion
from crqlab.participation.nonresponse_adjustment import LIMIT, Adjusted
from crqlab.participation.silent_accounts import Silent, Voices


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Who was asked, who answered, who is silent: one client, one wave.

    Attributes
    ----------
    client_id, wave : str
    completion : Completion
    standing : Standing
        Of all clients of the study, up to their last waves.
    silent : Silent
    voices : Voices
    adjusted : Adjusted
    concentration, continuity, wave_plan, precision : DataFrame
        The rows of those tables that are this client's (and wave's).
    limit : str
        What no adjustment can do, in words for the page.
    """

    client_id: str
    wave: str
    completion: Completion
    standing: Standing
    silent: Silent
    voices: Voices
    adjusted: Adjusted
    concentration: pd.DataFrame
    continuity: pd.DataFrame
    wave_plan: pd.DataFrame
    precision: pd.DataFrame
    limit: str = LIMIT

    def __str__(self) -> str:
        return f"{self.completion}. {self.silent}"


def outlook(study: Study, *, client: str, wave: str) -> Outlook:
    """Return what the tables of station 2 hold about one client's wave.

    Parameters
    ----------
    study : Study
        With the tables of station 2.
    client, wave : str

    Returns
    -------
    Outlook
        Without rows where the client has none.

    Raises
    ------
    StudyError
        A table was not made yet.
    """
    rows = study.read("completion")
    level = float(rows["level"].iloc[0]) if len(rows) else 0.95
    whole = Completion(rows, level)
    own = {
        name: _rows(study.read(name), client, wave) for name in ("concentration", "continuity")
    } | {name: _rows(study.read(name), client, None) for name in ("wave_plan", "precision")}
    return Outlook(
        client_id=client,
        wave=wave,
        completion=whole.of(client, wave),
        standing=standing(whole),
        silent=Silent(study.read("silent")).of(client, wave),
        voices=Voices(study.read("voices")).of(client, wave),
        adjusted=Adjusted(study.read("nonresponse"), level).of(client, wave),
        **own,
    )


def _rows(table: pd.DataFrame, client: str, wave: str | None) -> pd.DataFrame:
    kept = table["client_id"] == client
    if wave is not None:
        kept &= table["wave"] == wave
    return table[kept].reset_index(drop=True)
