"""Which client and which wave a report is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from crqlab.base.errors import CrqError, one_of
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.page.tables import across


def chosen(study: Study, clients: Iterable[str], wave: str | int | None) -> list[tuple[str, str]]:
    """Return each client with the wave to report, in the order given.

    Parameters
    ----------
    study : Study
        Its scores must have been made.
    clients : iterable of str
    wave : str, int or None
        None is each client's latest wave.

    Raises
    ------
    CrqError
        A client without scores, or a wave without answers; names what there is.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.report.chosen(study, ["C017"], None)
    [('C017', '2025')]
    """
    keys = ("client_id", "wave")
    scored = study.read("client_scores")[[*keys]]
    answered = across(study, "responses", keys, distinct=True)  # also where nothing is scored
    answered = answered[answered["client_id"].isin(scored["client_id"])]
    waves = pd.concat([scored, answered]).groupby("client_id")["wave"].agg(in_order)
    found = []
    for client in clients:
        one_of("client", client, waves.index)
        if wave is not None:
            one_of(f"wave of client {client}", str(wave), waves[client])
        found.append((client, str(wave) if wave is not None else waves[client][-1]))
    return found


def everybody(study: Study, where: Mapping[str, str] | None = None) -> list[str]:
    """Return the clients that have scores, in the order of their ids.

    Parameters
    ----------
    study : Study
        Its scores must have been made.
    where : mapping, optional
        Columns of table ``clients`` and the text that each must hold, letter case aside.

    Raises
    ------
    CrqError
        A column that is not there, or nobody of whom all this holds.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.report.everybody(study)[:2]
    ['C001', 'C002']
    """
    scored = set(study.read("client_scores")["client_id"])
    rows = study.read("clients")
    for column, wanted in (where or {}).items():
        one_of("where", column, [name for name in rows if name != "client_id"])
        values = rows[column].astype("str").fillna("").str.casefold()
        if not (values == wanted.casefold()).any():
            there = sorted(rows[column].dropna().astype(str).unique())[:20]
            raise CrqError(f"where is {column}={wanted!r}, which no client is; use {there}.")
        rows = rows[values == wanted.casefold()]
    found = sorted(scored & set(rows["client_id"])) if where else sorted(scored)
    if not found:
        raise CrqError(f"No client with scores is {dict(where or {})}; leave a condition out.")
    return found
