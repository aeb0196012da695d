"""What an address of a database says, and how it is named where anybody may read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from crqlab.base.errors import StudyError, one_of

#: Engines of which a query can be asked: servers, and files of this machine.
SERVERS, FILES = ("postgres", "postgresql"), ("duckdb", "sqlite")
_SERVER = re.compile(
    r"(?:(?P<user>[^:@/?#\[\]\s]*)(?P<secret>:(?:[^:@/?#%\s]|%[0-9A-Fa-f]{2})*)?@)?"
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])?(?::(?P<port>\d{1,5}))?"
    r"/(?P<database>[^:@/?#\s]+)(?P<more>\?[^@\s]*)?"
)
_SECRETS = re.compile(r"(?i)pass|secret|token")
KEEP_OUT = (
    "leave the password out of the address: it is taken from PGPASSWORD or from .pgpass "
    "(host:port:database:user:password)"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    Attributes
    ----------
    scheme : str
        ``postgres``, ``duckdb`` or ``sqlite``.
    where : str
        The whole address of a server, the path of a file.
    name : str
        How to call it in a sentence: no user, no password.
    secret : bool
        Whether it holds a password.
    """

    scheme: str
    where: str
    name: str
    secret: bool = False


def address(text: str) -> Address:
    """Read an address.

    Parameters
    ----------
    text : str
        ``postgres://user@host:port/database``, ``duckdb:///folder/file.duckdb`` or
        ``sqlite:///folder/file.db``.

    Raises
    ------
    CrqError
        Another kind of database.
    StudyError
        An address that can be read in two ways, as with an ``@`` in a password. Nothing of it is
        said again.

    Examples
    --------
    >>> address("postgres://anna:geheim@crm.example:5432/sales").name
    'postgres://crm.example:5432/sales'
    >>> address("postgres://anna:ge@heim@crm.example/sales")
    Traceback (most recent call last):
    crqlab.base.errors.StudyError: The address postgres://… is not clear: write postgres://user@...
    """
    scheme, slashes, rest = str(text).partition("://")
    if not slashes:
        raise StudyError("A database's address begins as postgres://, duckdb:// or sqlite://.")
    one_of("the address, before '://',", scheme, (*SERVERS, *FILES))
    if scheme in FILES:
        path = rest[1:] if rest[2:3] == ":" else rest  # /C:/folder on Windows
        return Address(scheme, path, f"{scheme}://{rest}")
    found = _SERVER.fullmatch(rest)
    if found is None:
        raise StudyError(
            f"The address {scheme}://… is not clear: write postgres://user@host:port/database "
            f"without other signs, and {KEEP_OUT}."
        )
    port = f":{found['port']}" if found["port"] else ""
    name = f"postgres://{found['host'] or ''}{port}/{unquote(found['database'])}"
    secret = bool(found["secret"]) or bool(_SECRETS.search(found["more"] or ""))
    return Address("postgres", f"postgresql://{rest}", name, secret)
