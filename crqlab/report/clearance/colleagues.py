"""What must not be found in one account manager's pack: accounts that colleagues look after."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import pandas as pd

from crqlab.base.study import Study
from crqlab.page.tables import table
from crqlab.report.clearance import gate
from crqlab.report.clearance.leaks import BREAK, Watchlist, belongings, watchlist

_TABLES = ("accounts", "contacts", "responses", "clients")


def check(files: Mapping[str, bytes], study: Study, client: str, manager: str | None) -> None:
    """Look through a pack for ids, names and words of accounts that others look after.

    Parameters
    ----------
    files : mapping of file name to bytes
    study : Study
    client : str
    manager : str or None
        Whose pack it is; None for accounts that nobody looks after.

    Raises
    ------
    LeakError
        Names file, find and the colleague; ``finds`` has them all.

    Notes
    -----
    What accounts of two managers share is no leak, nor is what stands in the manager's own accounts
    or in our own words. A colleague's name alone is none either.
    """
    facts = study.manifest.get("tables", {})
    state = tuple(facts.get(name, {}).get("sha256", "") for name in _TABLES)
    watched, own = _watch(study, client, state), manager or ""
    places = gate.found_in(files, lambda said: watched.foreign(said, own))
    name = BREAK.join(table(study, "clients", client=client)["name"].dropna())
    said = BREAK.join([watched.said.get(own, ""), own, name, study.codebook.title])
    wrong = sorted(places.keys() - watched.found(said) - gate.common(study, watched))
    if not wrong:
        return
    finds = pd.DataFrame(
        [(places[run], watched.owners[run][0], run, min(watched.owners[run][1])) for run in wrong],
        columns=["file", "kind", "found", "owner"],
    )
    first = finds.iloc[0]
    raise gate.LeakError(
        f"The pack of {manager or 'nobody'} at {client} holds what belongs to a colleague's "
        f"accounts: {first['kind']} {first['found']!r} of {first['owner'] or 'nobody'} in "
        f"{first['file']} (finds: {len(finds)}). Nothing was written. Correct the table that "
        "brought it in.",
        finds,
    )


@lru_cache(maxsize=4)
def _watch(study: Study, client: str, state: tuple[str, ...]) -> Watchlist:
    """What belongs to whom: as the gate knows it of clients, here of account managers."""
    accounts, contacts, responses = (table(study, name, client=client) for name in _TABLES[:3])
    owners = accounts.drop_duplicates("account_id").set_index("account_id")["account_manager"]
    parts = [
        rows.assign(client_id=rows["account_id"].map(owners).fillna(""))
        for rows in (accounts.assign(account_manager=None), contacts, responses)
    ]
    comments = parts[2][["client_id", *study.codebook.instrument.comments]]
    nobody = table(study, "clients", client=client).iloc[:0]
    return watchlist(belongings(nobody, parts[0], parts[1], comments))
