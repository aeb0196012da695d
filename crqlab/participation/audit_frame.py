"""The frame as the selection audit sees it: accounts, who holds them, and what was done there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.waves import BLOCK, wave_before

KEY = [*BLOCK, "account_id"]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Every account of every client and wave, and the account manager it is compared for.

    Attributes
    ----------
    accounts : DataFrame, one row per client, wave and account
        The key; ``unit``, ``block`` and ``stratum`` (codes of the account manager in the client
        and wave, of client and wave, and of the tier in them); ``tier``, ``industry``,
        ``country``; contacts that are ``known`` and ``invited``; ``dated`` (invited, with both
        dates or never signed off) and ``late``; ``swappable`` (invited, account known before) and
        ``swapped``.
    units : DataFrame, one row per unit
        ``client_id``, ``wave``, ``account_manager`` (missing for accounts that nobody owns, who
        still serve as peers) and ``block``.
    """

    accounts: pd.DataFrame
    units: pd.DataFrame

    def unit_of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add the columns of their accounts to rows that carry the key."""
        return rows.merge(self.accounts, on=KEY, how="inner", validate="many_to_one")


def laid_out(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    draft: pd.DataFrame | None,
    notice: float,
) -> Layout:
    """Count what happened at every account of the frame."""
    answered = responses.loc[responses["included"].to_numpy(bool), KEY]
    rows = pd.concat([contacts[KEY], answered]).drop_duplicates().sort_values(KEY)
    owned = ["client_id", "account_id", "account_manager", "tier", "industry", "country"]
    rows = rows.merge(accounts[owned], on=["client_id", "account_id"], how="left")
    for counts in (_asked(contacts, notice), _swaps(contacts, draft)):
        rows = rows.merge(counts, on=KEY, how="left")
    numbers = ["known", "invited", "dated", "late", "swappable", "swapped"]
    rows[numbers] = rows[numbers].fillna(0).astype(float)
    block = rows.groupby(BLOCK, sort=True).ngroup()
    rows = rows.assign(
        block=block,
        unit=rows.groupby([*BLOCK, "account_manager"], dropna=False).ngroup(),
        stratum=rows.groupby([*BLOCK, "tier"], dropna=False).ngroup(),
    )
    units = rows.drop_duplicates("unit").set_index("unit").sort_index()
    return Layout(rows, units[[*BLOCK, "account_manager", "block"]])


def _asked(contacts: pd.DataFrame, notice: float) -> pd.DataFrame:
    """Known and invited contacts of each account, and those signed off late or never.

    Never means: without a date in a wave of a client that has such dates.
    """
    invited = contacts["invited"].to_numpy(bool)
    ahead = (contacts["invited_on"] - contacts["signed_off_on"]) / pd.Timedelta(days=1)
    signed = contacts["signed_off_on"].notna()
    recorded = signed.groupby([contacts[name] for name in BLOCK]).transform("any")
    never = invited & recorded & ~signed
    marks = contacts[KEY].assign(
        known=1,
        invited=invited,
        dated=(invited & ahead.notna()) | never,
        late=(invited & (ahead < notice)) | never,
    )
    return marks.groupby(KEY, as_index=False).sum()


def _swaps(contacts: pd.DataFrame, draft: pd.DataFrame | None) -> pd.DataFrame:
    """Invited contacts who are new in the frame while as many earlier ones are left out.

    Earlier means in the draft of the same wave, where there is one, else in the wave before.
    """
    before = _one_wave_on(contacts)
    if draft is not None:
        waves = draft[BLOCK].drop_duplicates()
        replaced = before.merge(waves, on=BLOCK, how="left", indicator="found")["found"] == "both"
        before = pd.concat([before[~replaced.to_numpy()], draft])
    people = [*KEY, "contact_id", "invited"]
    both = contacts[people].merge(
        before[people], on=people[:-1], how="outer", suffixes=("", "_before"), indicator="seen"
    )
    now, then = (both[name].eq(True) for name in ("invited", "invited_before"))
    counts = both[KEY].assign(
        swappable=now, new=now & (both["seen"] == "left_only"), left_out=then & ~now
    )
    counts = counts.groupby(KEY, as_index=False).sum()
    known = counts.merge(before[KEY].drop_duplicates(), on=KEY)
    return known.assign(swapped=known[["new", "left_out"]].min(axis=1)).drop(
        columns=["new", "left_out"]
    )


def _one_wave_on(contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts of every wave but a client's last, as if it were the wave that followed."""
    waves = contacts[BLOCK].drop_duplicates()
    waves = waves.assign(following=waves["wave"], wave=wave_before(waves)).dropna()
    moved = contacts.merge(waves, on=BLOCK)
    return moved.assign(wave=moved["following"]).drop(columns="following")


def role_counts(contacts: pd.DataFrame, layout: Layout, least: int) -> pd.DataFrame:
    """Invited contacts by account and role, accounts without any of a role included.

    Roles of fewer than ``least`` invited contacts of a client and wave are passed over.
    """
    named = contacts[contacts["invited"].to_numpy(bool) & contacts["role"].notna().to_numpy()]
    named = layout.unit_of(named[[*KEY, "role"]])
    per_role = named.groupby(["block", "role"], as_index=False).size()
    roles = per_role.loc[per_role["size"] >= least, ["block", "role"]]
    whole = named.groupby(["block", "stratum", "unit", *KEY], as_index=False).size()
    whole = whole.rename(columns={"size": "whole"}).merge(roles, on="block")
    part = named.groupby([*KEY, "role"], as_index=False).size().rename(columns={"size": "part"})
    rows = whole.merge(part, on=[*KEY, "role"], how="left")
    return rows.assign(part=np.nan_to_num(rows["part"].to_numpy(float)))
