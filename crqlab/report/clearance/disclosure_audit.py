"""Whether what a client's files tell together gives away what each of them withholds."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.study import Study
from crqlab.page.assembly import unrounded
from crqlab.page.disclosure.audit import audited


@dataclass(frozen=True, slots=True, eq=False)
class DisclosureAudit:
    """What can be worked out of one client's files.

    Attributes
    ----------
    client, wave : str
    table : DataFrame, one row per measure and group of fewer people than may be shown
        ``measure``, ``kind`` (wave, account, manager, role, person), ``wave``, ``key``, ``n``,
        ``low``, ``high`` (of the group's mean, in units of the measure: all that agrees with
        every number told), ``protected``, ``given_by`` (the numbers that give it away).
    """

    client: str
    wave: str
    table: pd.DataFrame

    @property
    def open(self) -> pd.DataFrame:
        """Groups whose range is narrower than the codebook's protection."""
        return self.table[~self.table["protected"].to_numpy(bool)]

    def __str__(self) -> str:
        n, given = len(self.table), len(self.open)
        told = "none of them" if not given else f"{given:,} of them"
        return (
            f"{self.client}, wave {self.wave}: {n:,} numbers of groups that are too small to be "
            f"shown; {told} can be worked out of the others"
        )


def audit(study: Study, client: str, wave: str) -> DisclosureAudit:
    """Solve a client's numbers for what they withhold, as somebody with the files would.

    Parameters
    ----------
    study : Study
    client, wave : str

    Returns
    -------
    DisclosureAudit

    Raises
    ------
    CrqError
        An unknown client or wave.
    StudyError
        A table is missing; names the notebook that makes it.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.report.audit(study, "C019", "2025"))
    C019, wave 2025: ... numbers of groups that are too small to be shown; none of them can be ...
    """
    seen = unrounded(study, client, wave)
    return DisclosureAudit(seen.client_id, seen.wave, audited(study, seen))
