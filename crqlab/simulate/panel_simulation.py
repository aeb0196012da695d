"""A whole panel in memory, clean and in the form of crqlab's own tables."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
import pyarrow as pa

from crqlab.base.errors import CrqError
from crqlab.base.results import Result
from crqlab.simulate import tables, truth
from crqlab.simulate.block import block
from crqlab.simulate.options import Options
from crqlab.simulate.sheet import sheet


@dataclass(frozen=True, slots=True, eq=False)
class Panel(Result):
    """A synthetic panel and its truth.

    Attributes
    ----------
    responses, contacts, accounts, outcomes, clients : DataFrame
        As in `crqlab.base.contracts`, for the demo's codebook.
    true_clients : DataFrame, one row per client and wave
        Expected ``crq``, constructs, ``nps``, ``mean_ltr``, ``icc1``, ``sd``, ``completion``;
        ``frame_crq`` and ``frame_nps`` of the contacts in the frame.
    true_accounts : DataFrame, one row per client, wave and account
        True ``segment``; expected scores of its people on all that its rules look at;
        ``latent_trust``, ``latent_commitment`` and ``latent_calculative``; ``hazard`` of churn
        at renewal. With a honeymoon also ``kept`` and ``fallen`` (scale points).
    true_roles : DataFrame, one row per client, wave and role
        Expected ``crq`` and constructs of a random person of the role.
    options : Options
    """

    responses: pd.DataFrame
    contacts: pd.DataFrame
    accounts: pd.DataFrame
    outcomes: pd.DataFrame
    clients: pd.DataFrame
    true_clients: pd.DataFrame
    true_accounts: pd.DataFrame
    true_roles: pd.DataFrame
    options: Options

    @property
    def table(self) -> pd.DataFrame:
        """``table`` and ``rows`` of all that was drawn."""
        frames = {f.name: getattr(self, f.name) for f in fields(self)}
        rows = {name: len(one) for name, one in frames.items() if isinstance(one, pd.DataFrame)}
        return pd.DataFrame({"table": list(rows), "rows": list(rows.values())})

    def __str__(self) -> str:
        return (
            f"Synthetic panel: {len(self.responses)} responses of {len(self.clients)} clients "
            f"in {len(self.options.periods)} waves (seed {self.options.seed})"
        )


def panel(*, clients: int = 150, **drawn: Any) -> Panel:
    """Draw a clean panel with known truth.

    Parameters
    ----------
    clients : int
        How many; client 17 is the same firm in a panel of any size.
    **drawn
        Fields of `crqlab.simulate.options.Options`, as in ``seed=7, waves=(2024, 2025)``.

    Returns
    -------
    Panel

    Examples
    --------
    >>> print(panel(clients=2, waves=(2025,)))
    Synthetic panel: ... responses of 2 clients in 1 waves (seed 2673)
    """
    if clients < 1:
        raise CrqError(f"clients= is {clients}; draw one or more.")
    if "waves" in drawn:
        drawn["waves"] = tuple(drawn["waves"])
    options = Options(**drawn)
    made = block(range(1, clients + 1), options)
    answers = _frame(tables.responses(made, sheet(made)))
    brief = {year for year, short in zip(options.periods, options.short, strict=True) if short}
    answers.loc[answers["wave"].isin(brief), tables.unasked()] = None
    numbers = [name for name, kind in answers.dtypes.items() if kind.kind in "if"]
    answers[numbers] = answers[numbers].astype(float)
    answers.insert(4, "batch", pd.Series(pd.NA, answers.index, dtype="str"))
    answers["included"] = True
    return Panel(
        responses=answers,
        contacts=_frame(tables.contacts(made)),
        accounts=_frame(tables.accounts(made)),
        outcomes=_frame(tables.outcomes(made)),
        clients=_frame(tables.clients(made)),
        true_clients=_frame(truth.clients(made)),
        true_accounts=_frame(truth.accounts(made)),
        true_roles=_frame(truth.roles(made)),
        options=made.options,
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    """Arrow to pandas, days and seconds as the contracts have them."""
    frame = table.to_pandas(date_as_object=False)
    dates = frame.select_dtypes("datetime").columns
    return frame.astype(dict.fromkeys(dates, "datetime64[ns]"))
