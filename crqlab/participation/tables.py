"""The tables of this station, written for those that follow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.study import Study
from crqlab.participation.account_dispositions import Dispositions
from crqlab.participation.answer_predictors import Propensities
from crqlab.participation.completion_rank import CompletionRanks
from crqlab.participation.completion_rates import Completion
from crqlab.participation.contact_breadth import BuyingCentre
from crqlab.participation.contact_continuity import Continuity
from crqlab.participation.foretold_power import ChangePower
from crqlab.participation.leaving_managers import ManagerPairs
from crqlab.participation.nonresponse_adjustment import Adjusted
from crqlab.participation.parent_customers import CustomerGroups
from crqlab.participation.programme_levers import Levers
from crqlab.participation.programme_state import Programme
from crqlab.participation.quarterly_invitations import Invitations
from crqlab.participation.relationship_concentration import Concentration
from crqlab.participation.selection_audit import Audit
from crqlab.participation.silent_accounts import Silent, Voices
from crqlab.participation.wave_plan import REST, SLICES


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Findings:
    """All that this station finds, as the functions of these names return it."""

    completion: Completion
    ranks: CompletionRanks
    dispositions: Dispositions
    silent: Silent
    voices: Voices
    propensities: Propensities
    adjusted: Adjusted
    concentration: Concentration
    continuity: Continuity
    audit: Audit
    invitations: Invitations
    power: ChangePower
    programme: Programme
    levers: Levers
    groups: CustomerGroups
    pairs: ManagerPairs
    centre: BuyingCentre

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by their names."""
        return {
            "completion": self.completion.table,
            "completion_rank": self.ranks.table,
            "completion_bands": self.ranks.bands,
            "dispositions": self.dispositions.table,
            "silent": self.silent.table,
            "voices": self.voices.table,
            "propensities": self.propensities.table,
            "nonresponse": self.adjusted.table,
            "concentration": self.concentration.table,
            "concentration_summary": self.concentration.summary,
            "continuity": self.continuity.table,
            "continuity_summary": self.continuity.summary,
            "audit": self.audit.table,
            "wave_plan": self.invitations.plan.table,
            "precision": self.invitations.plan.precision,
            "invitations": self.invitations.table,
            "invitation_costs": self.invitations.costs,
            "change_power": self.power.table,
            "account_voices": self.power.voices,
            "programme": self.programme.table,
            "programme_steps": self.programme.steps,
            "levers": self.levers.table,
            "customer_groups": self.groups.table,
            "customer_concentration": self.groups.summary,
            "division_referrals": self.groups.referrals,
            "manager_pairs": self.pairs.table,
            "accounts_to_spread": self.pairs.spread,
            "buying_centre": self.centre.table,
        }


def keep(
    study: Study,
    *,
    level: float,
    draws: int,
    seed: int,
    cap: float,
    slices: int = SLICES,
    rest: int = REST,
    number: int | None = None,
    **found: Any,
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    level, draws, seed, cap, slices, rest, number
        What the station was called with, for the run card.
    **found
        All fields of `Findings`, as in ``completion=completion, ranks=ranks``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> people = crq.scores.respondents(tables[1], study.codebook)
    >>> few = {"draws": 20, "seed": 20250101}
    >>> scores = crq.scores.accounts(people, study.codebook)
    >>> asked = study.codebook.instrument
    >>> completion = crq.participation.completion(*tables, **few)
    >>> found = {"completion": completion, "ranks": crq.participation.completion_ranks(completion)}
    >>> for name in ("silent", "propensities", "audit"):
    ...     found[name] = getattr(crq.participation, name)(*tables, people)
    >>> for name in ("dispositions", "voices", "levers"):
    ...     found[name] = getattr(crq.participation, name)(*tables)
    >>> found["adjusted"] = crq.participation.adjusted(*tables, people, **few)
    >>> found["concentration"] = crq.participation.concentration(tables[2], people, scores, asked)
    >>> plan = crq.participation.plan(tables[2], *tables[:2], people)
    >>> became = found["dispositions"].table, study.read("outcomes")
    >>> invited = crq.participation.invitations(plan, *tables, people, *became)
    >>> found["invitations"] = invited
    >>> found["power"] = crq.participation.change_power(invited, people, asked.scale)
    >>> target, order = study.codebook.completion_target, study.codebook.roles.order
    >>> found["programme"] = crq.participation.programme(*tables, target=target)
    >>> found["continuity"] = crq.participation.continuity(*tables, roles=order)
    >>> found["groups"] = crq.participation.customer_groups(tables[2], scores)
    >>> found["pairs"] = crq.participation.manager_pairs(tables[2])
    >>> found["centre"] = crq.participation.buying_centre(*tables[:2], order)
    >>> crq.participation.keep(study, level=0.95, cap=5.0, **few, **found)[0].name
    '20_completion.parquet'
    """
    tables = Findings(**found).tables()
    made = {"level": level, "draws": draws, "seed": seed, "cap": cap}
    return frames.keep(study, tables, **made, slices=slices, rest=rest, number=number)
