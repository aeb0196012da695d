"""From scores by unit, country and product to what may be sent to headquarters."""

from __future__ import annotations

from math import isnan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import CrqError
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page.client_view import ClientView
from crqlab.page.groups.select import UNKNOWN, recommending
from crqlab.page.head_office.linked_cells import withheld_groups
from crqlab.page.head_office.released_groups import given_away
from crqlab.page.precision import rounded
from crqlab.page.suppression import PROTECTS, complemented, withheld
from crqlab.page.tables import table

_NUMBERS = (
    "promoters", "passives", "detractors", "nps", "nps_low", "nps_high", "nps_unweighted",
    "n_effective",
)  # fmt: skip

#: Of a group against all others: for who sees the tables, as a withheld group could be solved for.
_APART = ("difference", "difference_low", "difference_high", "p", "q", "effect")


def head_office(study: Study, view: ClientView) -> pd.DataFrame:
    """Return promoters, passives, detractors and NPS of one client's waves, group by group.

    Parameters
    ----------
    study : Study
    view : ClientView
        Its client and, as the last one that is told, its wave; what is withheld in it is withheld
        here.

    Returns
    -------
    DataFrame, one row per wave, dimension and group
        The columns of table ``breakdown_scores``, ``group`` empty for `UNKNOWN` and for everybody,
        ``nps_unweighted`` (what the counts alone make), and ``withheld``: groups of fewer people
        than the codebook's ``privacy`` allows, or that would tell, alone or together with all that
        the client's files tell, what such a group, or an account withheld there, has answered.

    Raises
    ------
    CrqError
        Nobody was asked whether they would recommend.
    """
    client, wave = view.client_id, view.wave
    rows = table(study, "breakdown_scores", client=client)
    rows = rows.drop(columns=list(_APART), errors="ignore")
    waves = in_order([*rows["wave"], wave])
    rows = rows[rows["wave"].isin(waves[: waves.index(wave) + 1])]
    if rows.empty:
        raise CrqError(
            f"Client {client} has no answers to 'how likely are you to recommend', so there is no "
            "NPS to send to head office; a codebook names that question under recommend:."
        )
    plain = 100 * (rows["promoters"] - rows["detractors"]) / rows["n_respondents"]
    rows = rows.assign(group=rows["group"].fillna(UNKNOWN), nps_unweighted=plain)
    parts = [_shown(study, view, one, rows[rows["wave"] == one]) for one in in_order(rows["wave"])]
    found = pd.concat(parts, ignore_index=True)
    keys = zip(found["wave"], found["dimension"], found["group"], strict=True)
    solved = given_away(study, view, found)
    found = _without(found, np.array([key in solved for key in keys], dtype=bool))
    return rounded(found, figures=study.codebook.privacy.revenue_figures)


def _shown(study: Study, view: ClientView, wave: str, rows: pd.DataFrame) -> pd.DataFrame:
    """One wave's rows, withheld where they must be."""
    least = study.codebook.privacy.min_scores
    known = _shown_accounts(study, view, wave)
    hidden = withheld_groups(recommending(study, view.client_id, wave), known, minimum=least)
    told = withheld(rows.reset_index(drop=True), _NUMBERS, n="n_respondents", minimum=least)
    keys = zip(told["dimension"], told["group"], strict=True)
    more = np.array([key in hidden for key in keys], dtype=bool)
    whole = view.measure("nps") if wave == view.wave else None
    counts = not view.scores.weighted or not isnan(view.scores.unweighted("nps"))
    if whole is not None and (whole["withheld"] or not counts):
        more[:] = True  # what people answered is not to be counted
    return _without(told, more & ~told["withheld"].to_numpy(bool))


def _without(rows: pd.DataFrame, more: NDArray) -> pd.DataFrame:
    """Empty the numbers of some groups, and say why."""
    cells = {name: rows[name].astype(float).mask(more) for name in _NUMBERS}
    flags = rows["flag"].mask(more, PROTECTS)
    return rows.assign(**cells, flag=flags, withheld=rows["withheld"] | more)


def _shown_accounts(study: Study, view: ClientView, wave: str) -> set[str]:
    """Accounts whose NPS the client's page of that wave shows; of earlier waves by its rule."""
    if wave == view.wave:
        rows = view.accounts
        return set(rows["account_id"][rows["nps"].notna()])
    least = view.privacy.min_scores
    scores = table(study, "account_scores", client=view.client_id, wave=wave)
    few = complemented(scores["n_ltr"], minimum=least, whole=scores["client_id"])
    return set(scores["account_id"][~few])
