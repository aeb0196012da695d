"""Which client and which wave a report is about."""

from __future__ import annotations

from collections.abc import Iterable

from crqlab.base.errors import one_of
from crqlab.base.study import Study
from crqlab.base.waves import in_order


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
        A client, or the wave of a client, that has no scores; names what there is.
    """
    scores = study.read("client_scores")
    waves = scores.groupby("client_id")["wave"].agg(in_order)
    found = []
    for client in clients:
        one_of("client", client, waves.index)
        if wave is not None:
            one_of(f"wave of client {client}", str(wave), waves[client])
        found.append((client, str(wave) if wave is not None else waves[client][-1]))
    return found
