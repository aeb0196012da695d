"""What belongs to whom in a study's tables: ids, names, people and comments."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd


def belongings(
    clients: pd.DataFrame,
    accounts: pd.DataFrame,
    contacts: pd.DataFrame,
    comments: pd.DataFrame,
    breakdowns: pd.DataFrame,
) -> Iterator[tuple[str, str, str]]:
    """Yield what belongs to whom from a study's tables.

    Parameters
    ----------
    clients, accounts, contacts : DataFrame
        As the first station writes them; may be without rows.
    comments : DataFrame
        ``client_id`` and one column of words per open question.
    breakdowns : DataFrame
        Units, countries and products that answers are about.
    """
    parts = [
        ("client id", clients, "client_id"),
        ("client name", clients, "name"),
        *(("of clients", clients, name) for name in ("industry", "country") if name in clients),
        ("account id", accounts, "account_id"),
        ("account name", accounts, "name"),
        ("account manager", accounts, "account_manager"),
        ("contact id", contacts, "contact_id"),
        ("contact name", contacts, "name"),
        *(("of accounts", accounts, name) for name in ("industry", "country", "tier")),
        *(("of contacts", contacts, name) for name in ("role", "language")),
        ("of answers", breakdowns, "group"),
        *(("words", comments, name) for name in comments.columns if name != "client_id"),
    ]
    for kind, rows, column in parts:
        pairs = rows[["client_id", column]] if column != "client_id" else rows[["client_id"] * 2]
        pairs = pairs.set_axis(["client", "text"], axis=1).dropna().drop_duplicates()
        texts = pairs["text"].astype(str).tolist()
        yield from (
            (kind, client, text)
            for client, text in zip(pairs["client"].tolist(), texts, strict=True)
        )


def together(
    clients: pd.DataFrame, accounts: pd.DataFrame, contacts: pd.DataFrame
) -> Iterator[tuple[str, str, str, str]]:
    """Yield ids and the names beside them: kind, client, id, name."""
    for kind, rows, column in (
        ("client id", clients, "client_id"),
        ("account id", accounts, "account_id"),
        ("contact id", contacts, "contact_id"),
    ):
        named = rows[["client_id", column, "name"]] if column != "client_id" else (
            rows[["client_id", "client_id", "name"]]
        )  # fmt: skip
        named = named.set_axis(["client", "id", "name"], axis=1).dropna().drop_duplicates()
        for client, id_, name in named.astype(str).itertuples(index=False):
            yield kind, client, id_, name
