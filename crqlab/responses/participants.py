"""Who is in a study: clients, their waves and accounts, known before any station has run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from crqlab.base.errors import CrqError, listed, one_of
from crqlab.base.results import Result
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.responses.raw_files import read
from crqlab.responses.tables import joined

_TABLES = ("responses", "accounts", "clients")


@dataclass(frozen=True, slots=True, eq=False)
class Roster(Result):
    """Clients, waves and accounts of a study, as its files say now.

    Attributes
    ----------
    study : str
    clients : DataFrame
        ``client_id``, ``name`` and what else is known of a client.
    accounts : DataFrame
        ``client_id``, ``account_id``, ``name``.
    responses : DataFrame
        ``client_id``, ``wave``, ``account_id``; one row per response.
    """

    study: str
    clients: pd.DataFrame
    accounts: pd.DataFrame
    responses: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """Clients, as `by_client` counts them."""
        return self.by_client()

    @property
    def waves(self) -> list[str]:
        """All waves, in their order."""
        return in_order(self.responses["wave"])

    def by_client(self) -> pd.DataFrame:
        """Return ``client``, ``name``, ``waves``, ``accounts`` and ``responses``, counted."""
        rows = self.responses.groupby("client_id")
        found = self.clients.set_index("client_id")[["name"]]
        waves = rows["wave"].agg(lambda names: ", ".join(in_order(names)))
        found = found.assign(
            waves=waves,
            accounts=self.accounts.groupby("client_id").size(),
            responses=rows.size(),
        )
        counted = found.fillna({"waves": "", "accounts": 0, "responses": 0})
        kinds = {"accounts": "int64", "responses": "int64"}
        return counted.astype(kinds).sort_index().rename_axis("client").reset_index()

    def by_account(self, client: str) -> pd.DataFrame:
        """Return ``account``, ``name`` and the responses of each wave, for one client.

        Raises
        ------
        CrqError
            No such client.
        """
        self.refuse([client])
        rows = self.responses[self.responses["client_id"] == client]
        counts = pd.crosstab(rows["account_id"], rows["wave"])
        known = self.accounts[self.accounts["client_id"] == client]
        found = known.set_index("account_id")[["name"]].fillna("").join(counts)
        found[list(counts)] = found[list(counts)].fillna(0).astype("int64")
        ordered = found[["name", *in_order(counts)]].sort_index()
        return ordered.rename_axis(index="account", columns=None).reset_index()

    def refuse(
        self,
        clients: Iterable[str] = (),
        wave: str | None = None,
        where: Mapping[str, str] | None = None,
    ) -> None:
        """Refuse clients, a wave or conditions that nothing in the files answers to.

        Raises
        ------
        CrqError
            Names what there is, and what is near.
        """
        for client in clients:
            self._client(client)
            if wave is not None:
                own = self.responses.loc[self.responses["client_id"] == client, "wave"]
                one_of(f"wave of client {client}", str(wave), in_order(own))
        if wave is not None:
            one_of("wave", str(wave), self.waves)
        for column, wanted in (where or {}).items():
            self._condition(column, wanted)

    def _client(self, client: str) -> None:
        by_name = self.clients.set_index("client_id")["name"].fillna("").str.casefold()
        named = by_name.index[by_name == client.casefold()]
        if client not in by_name.index and len(named):
            raise CrqError(
                f"client is {client!r}, which is a name; use its id {listed(named[:12])}."
            )
        one_of("client", client, list(by_name.index))

    def _condition(self, column: str, wanted: str) -> None:
        one_of("where", column, [name for name in self.clients if name != "client_id"])
        values = self.clients[column].dropna().astype("str")
        if not (values.str.casefold() == wanted.casefold()).any():
            there = ", ".join(sorted(values.unique())[:20]) or "nothing in it"
            raise CrqError(f"where is {column}={wanted!r}, which no client is; it has: {there}.")

    def __str__(self) -> str:
        return (
            f"{self.study}: {_many(len(self.clients), 'client')}, "
            f"{_many(len(self.waves), 'wave')} ({', '.join(self.waves)}), "
            f"{_many(len(self.accounts), 'account')}, {_many(len(self.responses), 'response')}"
        )


def roster(study: Study) -> Roster:
    r"""Return who is in a study: from its first station's tables while they hold, else its files.

    Raises
    ------
    StudyError
        No such study, or no codebook.
    DataError
        The files cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from crqlab.responses import new
    >>> with TemporaryDirectory() as folder:
    ...     export = Path(folder, "export.csv")
    ...     _ = export.write_text("id,account_id,tru_1,tru_2\na,K1,7,6\nb,K1,1,2\nc,K2,4,5\n")
    ...     _ = new("acme", Path(folder), export=export)
    ...     found = roster(Study("acme", root=Path(folder)))
    >>> print(found)
    acme: 1 client, 1 wave (1), 2 accounts, 3 responses
    >>> found.refuse(["acmee"])
    Traceback (most recent call last):
    crqlab.base.errors.CrqError: client is 'acmee'; use 'C1'.
    """
    if all(study.intact(table) for table in _TABLES):
        tables = {name: study.read(name) for name in _TABLES}
    else:
        raw = read(study)
        tables = joined(study, raw) | {"responses": raw.responses}
    return Roster(
        study.name,
        tables["clients"],
        tables["accounts"][["client_id", "account_id", "name"]],
        tables["responses"][["client_id", "wave", "account_id"]],
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"
