"""From the tables of station 7 to what one client may see of what moves its relationships."""

from __future__ import annotations

import pandas as pd

from crqlab.base.concepts import CONCEPTS, KINDS
from crqlab.base.instrument import Instrument
from crqlab.base.study import Study
from crqlab.base.wave_entries import unasked_scores
from crqlab.page import lookup, suppression
from crqlab.page.drivers.data import Drivers
from crqlab.page.tables import table

#: Columns of a driver that the client's own answers make.
OWN = (
    "performance performance_low performance_high gap gap_low gap_high pressure probability"
).split()
_AIM = ["performance", "gap", "probability", "runner_up_probability"]


def drivers(study: Study, client: str, wave: str, accounts: pd.DataFrame, *, many: bool) -> Drivers:
    """Collect the client's rows of station 7.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``n``, ``withheld``.
    many : bool
        Whether there are enough clients for an effect over all of them.

    Returns
    -------
    Drivers
        What fewer people stand behind than the codebook allows is withheld.
    """
    least = study.codebook.privacy.min_scores
    book = study.codebook
    gone = unasked_scores(book.waves, wave, book.instrument)  # no place for what was not asked
    rows = table(study, "driver_map", client=client, wave=wave)
    rows = rows[~rows["driver"].isin(gone)].reset_index(drop=True)
    rows = suppression.withheld(rows, OWN, n="n", minimum=least)
    order = ["probability", "pressure"]
    focus = table(study, "driver_focus", client=client, wave=wave)
    focus = focus[~focus["driver"].isin(gone)].reset_index(drop=True)
    kinds = ("client", "account_manager", "account")
    own, theirs, single = (focus[focus["kind"] == kind] for kind in kinds)
    whole = pd.Series("client", index=theirs.index)
    lone = theirs["unit"].isin(_telling(accounts, least))
    managers = suppression.withheld(theirs, _AIM, n="n", minimum=least, whole=whole, also=lone)
    single = single[~lookup.withheld(single["unit"], accounts)]
    name, manager = lookup.matched(single["unit"], accounts, "name", "manager")
    return Drivers(
        map=rows.sort_values(order, ascending=False, kind="stable", ignore_index=True),
        client=own[own["n"] >= least].reset_index(drop=True),
        managers=managers.reset_index(drop=True),
        accounts=single.assign(name=name, manager=manager).reset_index(drop=True),
        effects=_effects(study).iloc[: None if many else 0],
        outcomes=outcomes(study.codebook.instrument),
        weighed=int(rows["n_panel"].max()) if many and len(rows) else 0,
    )


def _telling(accounts: pd.DataFrame, least: int) -> list[str]:
    """Account managers whose mean, less their open accounts, is very few people's."""
    hidden = accounts[accounts["withheld"].to_numpy(bool) & (accounts["n"] > 0).to_numpy(bool)]
    people = hidden.groupby("manager")["n"].sum()
    return people.index[people < least].tolist()


def outcomes(asked: Instrument) -> tuple[str, ...]:
    """Outcomes that the questionnaire asks for; would they recommend, where there is no other."""
    names = [name for name in asked.constructs if asked.kind(name) == "outcome"]
    names.sort(key=lambda name: CONCEPTS.index(asked.concepts[name]))
    concepts = {name: asked.concepts[name] for name in names}
    known = [c if KINDS.get(c) == "outcome" else asked.label(name) for name, c in concepts.items()]
    return tuple(known) or ("ltr",)


def _effects(study: Study) -> pd.DataFrame:
    rows = table(study, "driver_effects", client="")  # of none: over the panel
    kept = (rows["scope"] == "panel") & (rows["level"] == "all") & rows["effect"].notna()
    return rows[kept.to_numpy(bool)].reset_index(drop=True)
