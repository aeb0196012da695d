"""What a codebook says of a query: where it is asked, and the copy that runs read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator

from crqlab.base.connections.addresses import KEEP_OUT, address

#: Where copies of queries are kept, in the study's folder.
FETCHED = "fetched"
FRAMES = ("contacts", "accounts", "outcomes", "clients")


def _without_password(value: str) -> str:
    """An address that many may read: it stands in a codebook."""
    if address(value).secret:
        raise ValueError(f"holds a password; {KEEP_OUT}")
    return value


DatabaseName = Annotated[str, AfterValidator(_without_password)]


def with_copies(book: Any) -> Any:
    """Name the copies of a codebook's queries, as it was read from YAML.

    Examples
    --------
    >>> with_copies({"accounts": {"sql": "select 1", "from": "sqlite:///a.db"}})["accounts"]["file"]
    'fetched/accounts.parquet'
    """
    if not isinstance(book, dict):
        return book
    found = {table: _copied(book[table], table) for table in FRAMES if table in book}
    answers = book.get("responses")
    if isinstance(answers, dict) and isinstance(answers.get("files"), list | tuple):
        names = ("responses", *(f"responses_{n + 2}" for n in range(len(answers["files"]))))
        files = [_copied(one, name) for one, name in zip(answers["files"], names, strict=False)]
        found["responses"] = {**answers, "files": files}
    return {**book, **found}


def _copied(source: Any, name: str) -> Any:
    if isinstance(source, dict) and "sql" in source and "file" not in source:
        return {"file": f"{FETCHED}/{name}.parquet", "decimal": ".", **source}
    return source
