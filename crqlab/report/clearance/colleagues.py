"""What must not be found in one account manager's pack: accounts that colleagues look after."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from crqlab.base.study import Study
from crqlab.page.marks.pieces import BREAK
from crqlab.page.marks.watchlists import Watchlist, watchlist
from crqlab.page.tables import table
from crqlab.report.clearance import gate
from crqlab.report.clearance.client_data import belongings, together
from crqlab.report.clearance.judgement import Case, CommonWords

_TABLES = ("accounts", "contacts", "responses", "clients")


def check(
    files: Mapping[str, bytes],
    study: Study,
    client: str,
    manager: str | None,
    *,
    owners: Collection[str] = (),
) -> None:
    """Look through a pack for ids, names and words of accounts that others look after.

    Parameters
    ----------
    files : mapping of file name to bytes
    study : Study
    client : str
    manager : str or None
        Whose pack it is; None for accounts that nobody looks after.
    owners : collection of str
        Who promised something to these accounts, colleagues or not.

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
    watched, common = _watch(study, client, state)
    names = table(study, "clients", client=client)["name"].dropna()
    beside = BREAK.join([manager or "", *owners, *names, study.codebook.title])
    finds = Case((manager or "",), watched, common, beside=beside).finds(files)
    if not len(finds):
        return
    first = finds.iloc[0]
    raise gate.LeakError(
        f"The pack of {manager or 'nobody'} at {client} holds what belongs to a colleague's "
        f"accounts: {first['kind']} {first['found']!r} of {first['owner'] or 'nobody'} in "
        f"{first['file']} (finds: {len(finds)}). Nothing was written. Correct the table that "
        "brought it in.",
        finds,
    )


@lru_cache(maxsize=4)
def _watch(study: Study, client: str, state: tuple[str, ...]) -> tuple[Watchlist, CommonWords]:
    """What belongs to whom: as the gate knows it of clients, here of account managers."""
    accounts, contacts, responses = (table(study, name, client=client) for name in _TABLES[:3])
    owners = accounts.drop_duplicates("account_id").set_index("account_id")["account_manager"]
    parts = [
        rows.assign(client_id=rows["account_id"].map(owners).fillna(""))
        for rows in (accounts.assign(account_manager=None), contacts, responses)
    ]
    comments = parts[2][["client_id", *study.codebook.instrument.comments]]
    nobody = table(study, "clients", client=client).iloc[:0]
    groups = table(study, "breakdowns", client=client).iloc[:0]  # no pack tells of them
    things = belongings(nobody, parts[0], parts[1], comments, groups)
    watched = watchlist(things, together(nobody, parts[0], parts[1]))
    return watched, gate.common(study, watched)
