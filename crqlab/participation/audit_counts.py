"""Shares of contacts, account manager against peers: what dealing accounts by chance would do.

An account manager's accounts are taken as a hand of cards dealt from all accounts of the same
client, wave and tier. The account is what is dealt, never the contact, so people of one account
may be as alike as they like. On top comes what honest account managers differ by.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab.base.contracts.frames import empty
from crqlab.participation.audit_scores import UNITS
from crqlab.stats.funnel import against_rest
from crqlab.stats.permutation_moments import dealt, tail

#: One contact more or less: the step of a count, for the continuity correction.
HALF_STEP = 0.5


def shares(rows: pd.DataFrame, *, level: float, low_is_odd: bool = False) -> pd.DataFrame:
    """Compare the share of contacts of each unit with its peers of the same stratum.

    Parameters
    ----------
    rows : DataFrame, one row per account
        ``unit``, ``block``, ``stratum``, and counts of contacts: ``part`` of ``whole``.
    level : float
        Coverage of the intervals, in (0, 1).
    low_is_odd : bool
        Whether it is a small share that asks for a reason.

    Returns
    -------
    DataFrame, index ``unit``
        ``found`` and ``expected`` shares (strata weighted by how far they can be compared),
        ``value`` (their difference), ``low``, ``high``, one-sided ``p``, ``n_accounts``,
        ``n_contacts``, ``n_rest``. All but counts are missing where the unit's strata hold no
        peers; ``p`` is where no account differs from another, so that there is nothing to ask.

    Examples
    --------
    >>> rows = pd.DataFrame({"unit": [0] * 6 + [1] * 6, "block": 0, "stratum": 0,
    ...     "part": [0, 1, 0, 0, 1, 0, 3, 2, 2, 4, 1, 3], "whole": 4})
    >>> shares(rows, level=0.95)[["found", "expected", "p"]].round(4).reset_index()
       unit   found  expected       p
    0     0  0.0833    0.6250  0.9983
    1     1  0.6250    0.0833  0.0060
    """
    rows = rows[rows["whole"] > 0]
    sign = -1.0 if low_is_odd else 1.0
    sums = rows.groupby("stratum")[["part", "whole"]].transform("sum")
    surplus = sign * (rows["part"] - rows["whole"] * sums["part"] / sums["whole"])
    units = _standardised(rows).join(dealt(surplus, rows["unit"], rows["stratum"]))
    rest = _honest(units)
    room = units["room"].where(units["room"] > 1e-9)
    spread = np.sqrt(units["variance"] + rest["extra"] * room**2)
    differ = spread > 1e-9
    z = (units["total"] - HALF_STEP) / spread.where(differ)
    skewness = units["third"] / spread.where(differ) ** 3
    p = pd.Series(tail(z.fillna(0), skewness.fillna(0)), units.index).where(differ)
    half = norm.isf((1 - level) / 2) * spread / room
    value = sign * units["total"] / room
    return pd.DataFrame(
        {
            "found": units["expected_share"] + value,
            "expected": units["expected_share"].where(room.notna()),
            "value": value,
            "low": value - half,
            "high": value + half,
            "p": p,
            "n_accounts": units["accounts"],
            "n_contacts": units["whole"].astype("int64"),
            "n_rest": rest["n_rest"],
        }
    )


def _standardised(rows: pd.DataFrame) -> pd.DataFrame:
    """Peers' share for each unit, strata weighted as in Mantel and Haenszel's difference.

    ``room`` is by how much the surplus would grow if the unit's share did by 1.
    """
    own = rows.groupby(["unit", "stratum"], as_index=False)[["part", "whole"]].sum()
    both = own.groupby("stratum")[["part", "whole"]].transform("sum")
    others = both - own[["part", "whole"]]
    room = own["whole"] * others["whole"] / both["whole"]
    share = (others["part"] / others["whole"]).where(others["whole"] > 0, 0)
    cells = own.assign(room=room, peers=room * share)
    units = cells.groupby("unit")[["whole", "room", "peers"]].sum()
    with np.errstate(invalid="ignore"):
        units["expected_share"] = units["peers"] / units["room"]
    of = rows.groupby("unit").agg(block=("block", "first"), accounts=("whole", "size"))
    return units.join(of)


def _honest(units: pd.DataFrame) -> pd.DataFrame:
    """Variance that honest differences among the others add to a unit's comparison."""
    noise = (units["alone"] / units["whole"] ** 2).where(units["alone"] > 0)
    rest = against_rest(units["total"] / units["whole"], noise, units["block"])
    rest.index = units.index
    peers = units.groupby("block")["whole"].transform("size") - 1
    extra = rest["between"] * (1 + 1 / peers.clip(lower=1))
    return pd.DataFrame({"extra": extra, "n_rest": peers})


def roles(rows: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Find the role that stands out most among the contacts of each unit.

    Parameters
    ----------
    rows : DataFrame, one row per account and role
        As for `shares`, with ``role``.
    level : float
        Coverage of the intervals over all roles of a client and wave together.

    Returns
    -------
    DataFrame, index ``unit``
        As `shares`, with ``role``; ``p`` is corrected for having looked at every role. Of two
        units one is the mirror image of the other (``mirror``): only the one that stands out
        more has a ``p``, corrected for having looked at both.
    """
    if rows.empty:
        return empty({**UNITS, "role": "text", "mirror": "yes"}).rename_axis("unit")
    tries = rows.groupby("block")["role"].nunique()
    found = []
    for many, blocks in tries[tries > 1].groupby(tries):
        some = rows[rows["block"].isin(blocks.index)]
        each = 1 - (1 - level) / many
        found += [
            shares(part, level=each).assign(role=role, tries=many)
            for role, part in some.groupby("role")
        ]
    if not found:
        return roles(rows.iloc[:0], level=level)
    table = pd.concat(found).reset_index()
    table = table.sort_values(["p", "value", "role"], ascending=[True, False, True])
    table = table.drop_duplicates("unit").set_index("unit")
    block = rows.drop_duplicates("unit").set_index("unit")["block"]
    two = table["n_rest"] == 1
    mirror = two & table.groupby(block.reindex(table.index)).cumcount().gt(0)
    p = (table["p"] * table["tries"] * np.where(two, 2, 1)).clip(upper=1)
    return table.assign(p=p.mask(mirror), mirror=mirror).drop(columns="tries")
