"""How much of the buying centre is known, asked and heard: roles and people of each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.results import Result
from crqlab.participation.invitation_frame import ACCOUNT, BLOCK


@dataclass(frozen=True, slots=True, eq=False)
class BuyingCentre(Result):
    """Breadth of contacts at each account.

    Attributes
    ----------
    table : DataFrame
        Table ``buying_centre``.
    """

    table: pd.DataFrame

    def of(self, client: str, wave: str) -> BuyingCentre:
        """Return the rows of one client's wave."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        return BuyingCentre(rows.reset_index(drop=True))

    def __str__(self) -> str:
        if self.table.empty:
            return "No roles are known: how much of a buying centre is reached cannot be told"
        n = len(self.table)
        one = int((self.table["n_heard"] == 1).sum())
        lacking = int((~self.table["senior_known"]).sum())
        return (
            f"{self.table['breadth_heard'].mean():.0%} of the roles of a buying centre are heard "
            f"at an account on average ({self.table['breadth_known'].mean():.0%} are known); "
            f"{one:,} of {n:,} are heard through one person, at {lacking:,} nobody senior is known"
        )


def buying_centre(
    contacts: pd.DataFrame, responses: pd.DataFrame, order: Sequence[str]
) -> BuyingCentre:
    """Hold each account's contacts against the roles that decide together.

    The buying centre is the client's own: all roles that its contacts have in the wave. Senior is
    the first role of the codebook's order that any contact of the client has.

    Parameters
    ----------
    contacts, responses : DataFrame
        Tables of station 1.
    order : sequence of str
        Roles from most to least senior (``roles: {order: …}``).

    Returns
    -------
    BuyingCentre
        A row for every account with a contact whose role is known; ``breadth`` is a share of the
        client's roles, of clients with two roles or more.

    References
    ----------
    Webster & Wind (1972), Journal of Marketing 36(2), 12-19: the buying centre and its roles.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("contacts"), study.read("responses")
    >>> print(crq.participation.buying_centre(*tables, study.codebook.roles.order))
    30% of the roles of a buying centre are heard at an account on average...
    """
    people = contacts[contacts["role"].notna()]
    key = [*BLOCK, "contact_id"]
    named = responses[responses["contact_id"].notna()]
    heard = pd.MultiIndex.from_frame(people[key]).isin(pd.MultiIndex.from_frame(named[key]))
    people = people.assign(heard=heard, asked=people["invited"].to_numpy(bool))
    if people.empty:
        return BuyingCentre(empty("buying_centre"))
    rank = people["role"].map({role: place for place, role in enumerate(order)})
    top = rank.groupby([people[b] for b in BLOCK]).transform("min")
    people = people.assign(senior=(rank == top) & rank.notna())
    roles = people.groupby(BLOCK)["role"].nunique().rename("n_roles")
    table = _counts(people).join(roles, on=BLOCK)
    table = table[table["n_roles"] > 1].reset_index(drop=True)
    table = table.assign(
        **{f"breadth_{k}": table[f"roles_{k}"] / table["n_roles"]
           for k in ("known", "asked", "heard")},
        flag=column(
            len(table),
            (table["n_heard"].eq(1).to_numpy(), "one_voice"),
            ((~table["senior_known"]).to_numpy(bool), "nobody_senior_known"),
        ),
    )  # fmt: skip
    return BuyingCentre(typed(table.sort_values(ACCOUNT), "buying_centre"))


def _counts(people: pd.DataFrame) -> pd.DataFrame:
    """People and roles of each account: known, asked, heard."""
    groups = people.groupby(ACCOUNT)
    found = pd.DataFrame(
        {
            "n_known": groups.size(),
            "n_asked": groups["asked"].sum(),
            "n_heard": groups["heard"].sum(),
            "roles_known": groups["role"].nunique(),
            "senior_known": groups["senior"].any(),
        }
    )
    for kind in ("asked", "heard"):
        own = people[people[kind].to_numpy(bool)].groupby(ACCOUNT)["role"].nunique()
        found[f"roles_{kind}"] = own.reindex(found.index, fill_value=0)
    heard = people[(people["senior"] & people["heard"]).to_numpy(bool)].groupby(ACCOUNT).size()
    found["senior_heard"] = heard.reindex(found.index, fill_value=0) > 0
    return found.reset_index()
