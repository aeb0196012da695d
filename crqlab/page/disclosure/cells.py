"""The answers of one client as an attacker would solve for them, and how numbers count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.scores.rollups import Layout, laid_out, role_weights, senior_weights
from crqlab.stats.response_propensity import kish
from crqlab.stats.survey_weights import weight_of

MEASURES = ("crq", "nps")


@dataclass(frozen=True, eq=False)
class Answers:
    """One measure of one client's respondents, a cell each, of a wave and the one before it.

    Attributes
    ----------
    measure : str
        ``crq`` (scale points) or ``nps`` (-100, 0 or 100).
    scores : ndarray, shape (cells,)
        Missing where a person left it open.
    wave, account, contact : ndarray of str, shape (cells,)
    ends : (float, float)
        Of the scale.
    layout : Layout
    codebook : Codebook
    revenue : mapping of account to float
        As the client knows it, to the cent.
    groups : mapping of dimension to ndarray of str, shape (cells,)
        Role, unit, country and product of each cell; empty where not known.
    """

    measure: str
    scores: NDArray
    wave: NDArray
    account: NDArray
    contact: NDArray
    ends: tuple[float, float]
    layout: Layout
    codebook: Codebook
    revenue: dict[str, float]
    groups: Mapping[str, NDArray] = field(default_factory=dict)

    @cached_property
    def there(self) -> NDArray:
        """Whether each cell holds an answer."""
        return np.isfinite(self.scores)

    @cached_property
    def counted(self) -> NDArray:
        """Scores as sums count them: nothing where there is none."""
        return np.nan_to_num(self.scores)

    @cached_property
    def _accounts(self) -> tuple[NDArray, dict[str, int]]:
        """The account of each cell as a number, and the numbers of accounts by name."""
        codes, names = pd.factorize(self.account)
        return codes, {name: code for code, name in enumerate(names)}

    @cached_property
    def _waves(self) -> dict[str, NDArray]:
        """The answers of each wave."""
        names = dict.fromkeys(self.wave.tolist())
        return {name: self.there & (self.wave == name) for name in names}

    def of(self, wave: str, accounts: set[str] | None = None) -> NDArray:
        """Say which answers are of a wave, and of some accounts."""
        kept = self._waves.get(wave, np.zeros(len(self.scores), dtype=bool))
        if accounts is None:
            return kept
        codes, known = self._accounts
        some = np.zeros(len(known), dtype=bool)
        some[[known[one] for one in accounts if one in known]] = True
        return kept & some[codes]

    @cached_property
    def survey(self) -> NDArray:
        """The survey weight of each cell; 1 where its wave has none."""
        return weight_of(self.layout.rows)

    def mean(
        self, which: NDArray, weights: NDArray | None = None, *, surveyed: bool = True
    ) -> NDArray:
        """Return what a mean counts of each cell; nothing where it counts nobody.

        Cells count by their survey weights unless ``surveyed`` is false.
        """
        own = 1.0 if weights is None else np.nan_to_num(weights)
        weight = np.where(which, own * self.survey if surveyed else own, 0.0)
        whole = weight.sum()
        return weight / whole if whole > 0 else weight

    def by_account(self, wave: str) -> dict[str, NDArray]:
        """Return what each account's mean counts."""
        cells = np.flatnonzero(self.of(wave))
        codes, known = self._accounts
        some, place = np.unique(codes[cells], return_inverse=True)
        rows = np.zeros((len(some), len(self.scores)))
        weight = self.survey[cells]
        whole = np.bincount(place, weight)[place]
        rows[place, cells] = np.divide(weight, whole, out=weight.copy(), where=whole > 0)
        names = list(known)
        return {names[code]: row for code, row in zip(some.tolist(), rows, strict=True)}

    def roll_up(self, name: str, wave: str) -> NDArray:
        """Return what a client's number counts, rolled up as `crqlab.scores.clients` names it."""
        kept = self.of(wave)
        if name == "respondents":
            return self.mean(kept)
        if name == "unweighted":
            return self.mean(kept, surveyed=False)
        if name == "role":
            return self.mean(kept, role_weights(self.layout.rows, self.codebook.roles))
        if name == "confidence":
            return self.mean(kept, self.layout.rows["confidence"].to_numpy(float))
        if name == "senior":
            column = self.layout.at(self.measure)
            kept = kept & (senior_weights(self.layout)[:, column] > 0)
        held = self._per_account(kept)
        share = np.divide(1, held, out=np.ones(len(held)), where=held > 0)
        if name == "revenue":
            share = share * np.array([self.revenue.get(one, np.nan) for one in self.account])
        return self.mean(kept, share)

    def _per_account(self, kept: NDArray) -> NDArray:
        """What the answers of each cell's account weigh together, in the cell's own wave."""
        codes = pd.factorize(self.wave)[0] * len(self._accounts[1]) + self._accounts[0]
        return np.bincount(codes, kept * self.survey)[codes]

    def group(self, dimension: str, name: str, wave: str) -> NDArray:
        """Say which answers of a wave are those of a role, unit, country or product."""
        label = self.groups.get(dimension)
        kept = self.of(wave)
        return kept & (label == name) if label is not None else np.zeros_like(kept)

    def gap(self, role: str, other: str, wave: str) -> NDArray:
        """Return what the gap of two roles inside accounts counts; see `crqlab.scores.groups`."""
        sides = [self.group("role", one, wave) for one in (role, other)]
        codes, known = self._accounts
        weight = [np.where(side, self.survey, 0.0) for side in sides]
        whole = [np.bincount(codes, one, len(known)) for one in weight]
        both = (whole[0] > 0) & (whole[1] > 0)
        share = [np.divide(one, of[codes], out=np.zeros(len(one)), where=both[codes])
                 for one, of in zip(weight, whole, strict=True)]  # fmt: skip
        return (share[0] - share[1]) / max(int(both.sum()), 1)

    def change(self, part: str, wave: str, before: str) -> NDArray:
        """Return what a part of the change counts; see `crqlab.scores.changes`."""
        later, earlier = self.of(wave), self.of(before)
        codes, known = self._accounts
        both = [np.bincount(codes, kept, len(known)) > 0 for kept in (later, earlier)]
        same = (both[0] & both[1])[codes]
        sides = {
            "all": (later, earlier),
            "same": (later & same, earlier & same),
            "joiners": (later, later & same),
            "leavers": (earlier & same, earlier),
        }[part]
        return self.mean(sides[0]) - self.mean(sides[1])


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Everybody whose answers a client's wave and the one before it are made of."""

    layout: Layout
    codebook: Codebook
    revenue: dict[str, float]
    groups: Mapping[str, NDArray]

    @classmethod
    def of(
        cls,
        respondents: pd.DataFrame,
        accounts: pd.DataFrame,
        codebook: Codebook,
        breakdowns: pd.DataFrame | None = None,
    ) -> Cells | None:
        """Lay out one client's respondents; None where there are none."""
        if respondents.empty:
            return None
        paid = dict(zip(accounts["account_id"], accounts["revenue"].astype(float), strict=True))
        layout = laid_out(respondents, codebook.instrument)
        groups = {"role": layout.rows["role"].fillna("").to_numpy(object)}
        for name, own in () if breakdowns is None else breakdowns.groupby("dimension"):
            known = own.set_index("response_id")["group"]
            groups[name] = layout.rows["response_id"].map(known).fillna("").to_numpy(object)
        return cls(layout, codebook, paid, groups)

    def answers(self, measure: str, ends: tuple[float, float]) -> Answers:
        """Return one measure of everybody, with the ends of its scale."""
        rows = self.layout.rows
        values = self.layout.scores[:, self.layout.at(measure)]
        texts = (rows[name].to_numpy(object) for name in ("wave", "account_id", "contact_id"))
        held = self.layout, self.codebook, self.revenue, self.groups
        return Answers(measure, values, *texts, ends, *held)


@dataclass(frozen=True, eq=False)
class Shrinkage:
    """How the shrunken scores of one wave are made of answers.

    Attributes
    ----------
    means : mapping of account to ndarray
        What each account's mean counts.
    weight : mapping of account to float
        Share of its own answers in [0, 1].
    """

    answers: Answers
    means: dict[str, NDArray]
    weight: dict[str, float]

    @classmethod
    def of(cls, answers: Answers, wave: str, scores: pd.DataFrame) -> Shrinkage:
        """Read the weights of a wave's accounts from table ``account_scores``."""
        rows = scores[(scores["wave"] == wave).to_numpy(bool)]
        known = rows[rows["shrunken"].notna().to_numpy(bool)]
        weight = dict(zip(known["account_id"], known["weight"].astype(float), strict=True))
        return cls(answers, answers.by_account(wave), weight)

    @cached_property
    def centre(self) -> NDArray:
        """What the grand mean counts: account means by their precision n / (1 + (n - 1) icc)."""
        precision = {one: self._precision(one) for one in self.means if one in self.weight}
        whole = sum(precision.values())
        if not whole:
            return np.zeros(len(self.answers.scores))
        return sum(self.means[one] * (part / whole) for one, part in precision.items())

    def _precision(self, account: str) -> float:
        """Up to a factor that all accounts share."""
        heard = self.answers.survey[self.means[account] > 0]
        return kish(heard) * (1 - self.weight[account])

    def score(self, account: str) -> NDArray | None:
        """Return what an account's shrunken score counts; None where it has none."""
        if account not in self.means or account not in self.weight:
            return None
        own = self.weight[account]
        return own * self.means[account] + (1 - own) * self.centre
