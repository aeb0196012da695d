"""Hand the tables over to the other stations: all of them, or none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.study import Study
from crqlab.responses.inclusion import Checked
from crqlab.responses.raw_files import Raw
from crqlab.responses.unanswered_questions import missing_patterns


def keep(study: Study, raw: Raw, checked: Checked) -> tuple[Path, ...]:
    """Write the tables of this station: all, or none.

    Accounts and clients that occur in other tables only are added with nothing known
    about them, so that whoever joins these tables loses no response.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> raw = crq.responses.read(study)
    >>> flags = crq.responses.flags(raw, study.codebook)
    >>> checked = crq.responses.decide(raw, flags, crq.responses.decisions(study))
    >>> [path.name for path in crq.responses.keep(study, raw, checked)][:2]
    ['10_responses.parquet', '10_contacts.parquet']
    """
    whole = joined(study, raw)
    tables = {
        "responses": checked.responses,
        "contacts": raw.contacts,
        "accounts": whole["accounts"],
        "outcomes": raw.outcomes,
        "clients": whole["clients"],
        "quality": checked.quality,
        "breakdowns": raw.breakdowns,
        "missing_patterns": missing_patterns(checked.responses, study.codebook.instrument),
    }
    return frames.keep(study, tables)


def joined(study: Study, raw: Raw) -> dict[str, pd.DataFrame]:
    """Return accounts and clients with those that occur in other tables only."""
    return {
        "accounts": _completed(raw.accounts, raw, ["client_id", "account_id"]),
        "clients": _clients(study, raw),
    }


def _completed(table: pd.DataFrame, raw: Raw, key: list[str]) -> pd.DataFrame:
    """Add a row for every key that occurs in another table only."""
    places = [t for t in (raw.responses, raw.contacts, raw.outcomes, raw.accounts) if len(t)]
    seen = pd.concat([t[key] for t in places], ignore_index=True).drop_duplicates()
    return pd.concat([table, _only(seen, table, key)], ignore_index=True)


def _only(seen: pd.DataFrame, table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    known = pd.MultiIndex.from_frame(table[key])
    new = seen[~pd.MultiIndex.from_frame(seen).isin(known)].sort_values(key)
    return new.reindex(columns=table.columns).astype(table.dtypes.to_dict())


def _clients(study: Study, raw: Raw) -> pd.DataFrame:
    """Clients as listed, as the codebook names its one client, or by their ids."""
    stated = study.codebook.client
    table = _completed(raw.clients, raw, ["client_id"])
    if stated:
        own = (table["client_id"] == stated.id) & table["name"].isna()
        facts = {"name": stated.name, "industry": stated.industry, "country": stated.country}
        given = {column: fact for column, fact in facts.items() if fact}
        table = table.assign(**{c: table[c].mask(own, fact) for c, fact in given.items()})
    return table.assign(name=table["name"].fillna(table["client_id"]))
