"""What scores count of each answer when they allow for those who kept silent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import has
from crqlab.base.study import Study
from crqlab.page.disclosure.cells import Answers
from crqlab.page.tables import table
from crqlab.participation.early_and_late import late_answers
from crqlab.participation.invitation_frame import framed
from crqlab.participation.nonresponse_adjustment import OF_ALL_CLIENTS
from crqlab.stats import nps

_KIND = {"passives": "passive", "detractors": "detractor"}
_POINTS = {"passives": 0.0, "detractors": -100.0}


class AdjustedScores:
    """How each view of table ``nonresponse`` is made of one client's answers in one wave.

    Parameters
    ----------
    study : Study
    client, wave : str
    answers : Answers
    rows : DataFrame
        The rows of ``nonresponse`` of the measure.
    """

    def __init__(
        self, study: Study, client: str, wave: str, answers: Answers, rows: pd.DataFrame
    ) -> None:
        which = {"client": client, "wave": wave}
        self.answers, self.wave, self.rows = answers, wave, rows
        tables = (table(study, name, **which) for name in ("contacts", "responses"))
        people = framed(*tables, table(study, "accounts", client=client)).contacts
        self.asked = people.assign(late=late_answers(people)) if len(people) else people
        odds = table(study, "propensities", **which)
        self.odds = dict(zip(odds["contact_id"], odds["weight"].astype(float), strict=True))

    def of(self, row: int) -> tuple[NDArray, float] | None:
        """Return what a row's number counts of each cell, and what is to be added."""
        view, flag = self.rows["view"].iloc[row], self.rows["flag"].iloc[row]
        if view == "raw":
            return self.answers.roll_up("respondents", self.wave), 0.0
        if view == "like the answered":
            return self._whole(), 0.0
        if view == "weighted":
            return self._per_contact(self.odds), 0.0
        if view == "late":
            return self._late(), 0.0
        return self._as_kind(view, flag, float(self.rows["value"].iloc[row]))

    def _per_contact(self, weight: dict[str, float]) -> NDArray:
        """Answers of people asked; several of one person share its weight."""
        contact = self.answers.contact
        kept = self.answers.of(self.wave) & np.array([one in weight for one in contact], dtype=bool)
        codes = pd.factorize(contact)[0]
        times = np.bincount(codes + 1, kept)[codes + 1]
        given = np.array([weight.get(one, 0.0) for one in contact]) / np.maximum(times, 1)
        return self.answers.mean(kept, given)

    def _whole(self) -> NDArray:
        return self._per_contact(dict.fromkeys(self.asked["contact_id"].tolist(), 1.0))

    def _late(self) -> NDArray:
        late = self.asked["contact_id"][self.asked["late"].to_numpy(bool)]
        rate = float(self.asked["scored"].mean())
        tail = self._per_contact(dict.fromkeys(late.tolist(), 1.0))
        return rate * self._whole() + (1 - rate) * tail

    def _as_kind(self, view: str, flag: str, value: float) -> tuple[NDArray, float]:
        """All silent ones like passives or detractors: the client's own, or all clients'."""
        own = self._whole()
        n = len({one for one, w in zip(self.answers.contact, own, strict=True) if w > 0})
        heard = n / len(self.asked) if len(self.asked) else 1.0
        if self.answers.measure == "nps":
            return heard * own, (1 - heard) * _POINTS[view]
        if has(flag, OF_ALL_CLIENTS[view]):
            return heard * own, value - heard * float(own @ np.nan_to_num(self.answers.scores))
        kinds = np.asarray(nps.categories(self.answers.layout.rows["ltr"]) == _KIND[view])
        return heard * own + (1 - heard) * self.answers.mean(
            self.answers.of(self.wave) & kinds
        ), 0.0
