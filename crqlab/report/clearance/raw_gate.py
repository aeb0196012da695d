"""The gate of files that are made of raw files, before any station has run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from crqlab.base.study import Study
from crqlab.page.marks.pieces import BREAK
from crqlab.page.marks.watchlists import watchlist
from crqlab.report.clearance import gate
from crqlab.report.clearance.client_data import belongings, together
from crqlab.report.clearance.integrity import sealed
from crqlab.report.clearance.judgement import Case
from crqlab.responses.raw_files import Raw
from crqlab.responses.tables import joined


class RawGate:
    """What must not stand in one client's files, by raw files, where no station has run yet.

    Parameters
    ----------
    study : Study
    raw : Raw
        Of all clients.
    said : iterable of str
        What stands on every client's page, because a study's own rules say it.
    """

    def __init__(self, study: Study, raw: Raw, said: Iterable[str]) -> None:
        whole = joined(study, raw)
        comments = raw.responses[["client_id", *study.codebook.instrument.comments]]
        things = belongings(
            whole["clients"], whole["accounts"], raw.contacts, comments, raw.breakdowns
        )
        pairs = together(whole["clients"], whole["accounts"], raw.contacts)
        self._watched = watchlist(chain(things, gate.programme_words(study)), pairs)
        self._common = gate.common(study, self._watched)
        self._veiled = study.codebook.privacy.pseudonyms
        self._beside = BREAK.join(said)

    def passed(self, files: Mapping[str, bytes], client: str) -> dict[str, bytes]:
        """Return files as they may be written, pages sealed.

        Raises
        ------
        LeakError
            Anything of another client is in them.
        """
        case = Case((client,), self._watched, self._common, self._veiled, beside=self._beside)
        finds = case.finds(files)
        if len(finds):
            raise gate.stopped(client, finds)
        return {
            name: sealed(content.decode()).encode() if name.endswith(".html") else content
            for name, content in files.items()
        }
