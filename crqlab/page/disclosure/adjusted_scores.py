"""What scores count of each answer when they allow for those who kept silent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import has
from crqlab.base.study import Study
from crqlab.page.disclosure.cells import Answers
from crqlab.page.tables import table
from crqlab.participation.early_and_late import late_answers
from crqlab.participation.nonresponse_adjustment import OF_ALL_CLIENTS
from crqlab.stats import nps

_KIND = {"passives": "passive", "detractors": "detractor"}
_POINTS = {"passives": 0.0, "detractors": -100.0}


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Everybody who was asked in one wave, by contact.

    ``late`` answered in the later half, ``share`` is that of those with an answer that counts,
    ``odds`` are the weights of table ``propensities``.
    """

    people: frozenset[str]
    late: frozenset[str]
    share: float
    odds: dict[str, float]

    @classmethod
    def of(cls, study: Study, client: str, wave: str) -> Asked:
        """Read who was asked, and when they answered."""
        which = {"client": client, "wave": wave}
        contacts, responses = (table(study, name, **which) for name in ("contacts", "responses"))
        contacts = contacts[contacts["invited"].to_numpy(bool)]
        named = responses[responses["contact_id"].notna().to_numpy(bool)]
        started: dict[str, pd.Timestamp] = {}
        for one, when in zip(named["contact_id"].tolist(), named["started"].tolist(), strict=True):
            known = started.get(one, pd.NaT)
            started[one] = when if known is pd.NaT or when < known else known
        ids = contacts["contact_id"].tolist()
        people = contacts[["client_id", "wave", "contact_id", "invited_on"]].assign(
            started=pd.DatetimeIndex([started.get(one, pd.NaT) for one in ids]),
            answered=np.array([one in started for one in ids], dtype=bool),
        )
        late = late_answers(people) if len(people) else np.zeros(0, dtype=bool)
        scored = set(named["contact_id"][named["included"].to_numpy(bool)])
        odds = table(study, "propensities", **which)
        return cls(
            frozenset(ids),
            frozenset(one for one, later in zip(ids, late, strict=True) if later),
            sum(one in scored for one in ids) / max(len(ids), 1),
            dict(zip(odds["contact_id"], odds["weight"].astype(float), strict=True)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class AdjustedScores:
    """How each view of table ``nonresponse`` is made of one client's answers in one wave."""

    answers: Answers
    asked: Asked
    wave: str
    rows: pd.DataFrame

    def of(self, row: int) -> tuple[NDArray, float] | None:
        """Return what a row's number counts of each cell, and what is to be added."""
        view, flag = self.rows["view"].iloc[row], self.rows["flag"].iloc[row]
        if view == "like the answered":
            return self._whole(), 0.0
        if view == "weighted":
            return self._per_contact(self.asked.odds), 0.0
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
        return self.answers.mean(kept, given, surveyed=False)

    def _whole(self) -> NDArray:
        return self._per_contact(dict.fromkeys(self.asked.people, 1.0))

    def _late(self) -> NDArray:
        tail = self._per_contact(dict.fromkeys(self.asked.late, 1.0))
        return self.asked.share * self._whole() + (1 - self.asked.share) * tail

    def _as_kind(self, view: str, flag: str, value: float) -> tuple[NDArray, float]:
        """All silent ones like passives or detractors: the client's own, or all clients'."""
        own = self._whole()
        n = len({one for one, w in zip(self.answers.contact, own, strict=True) if w > 0})
        heard = n / max(len(self.asked.people), 1)
        if self.answers.measure == "nps":
            return heard * own, (1 - heard) * _POINTS[view]
        if has(flag, OF_ALL_CLIENTS[view]):
            return heard * own, value - heard * float(own @ self.answers.counted)
        kinds = np.asarray(nps.categories(self.answers.layout.rows["ltr"]) == _KIND[view])
        return heard * own + (1 - heard) * self.answers.mean(
            self.answers.of(self.wave) & kinds, surveyed=False
        ), 0.0
