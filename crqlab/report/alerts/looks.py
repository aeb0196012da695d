"""How many people of an account had answered when alerts were last looked for."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from crqlab.base.errors import StudyError
from crqlab.base.files import replace
from crqlab.base.study import Study
from crqlab.report.run.notebook_files import stem


def seen(study: Study, client: str, wave: str) -> dict[str, int]:
    """Return how many answers each account of a wave had when it was last looked at as a group.

    Raises
    ------
    StudyError
        The file is damaged: then nobody knows what the last look gave away.
    """
    return _read(study, client).get(wave, {})


def look(study: Study, client: str, wave: str, answers: Mapping[str, int], least: int) -> None:
    """Note a look: of every account of which enough people are new since the one before.

    Parameters
    ----------
    study : Study
    client, wave : str
    answers : mapping of account to int
        Answers of each account now.
    least : int
        Fewest people of whom anything may be told.
    """
    noted = _read(study, client)
    before = noted.get(wave, {})
    now = {one: n for one, n in answers.items() if n - before.get(one, 0) >= least}
    if now:
        content = json.dumps({**noted, wave: {**before, **now}}, ensure_ascii=False, sort_keys=True)
        replace(_path(study, client), content.encode(), mode=0o600)


def _read(study: Study, client: str) -> dict[str, dict[str, int]]:
    path = _path(study, client)
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(wave): {str(one): int(n) for one, n in some.items()}
                for wave, some in found.items()}  # fmt: skip
    except (ValueError, AttributeError, TypeError) as fault:
        raise StudyError(
            f"{path} cannot be read as the answers that earlier looks have counted. Put a sound "
            "copy in its place; or delete it, where no alert of the client was handed out."
        ) from fault


def _path(study: Study, client: str):
    return study.reports / "manifest" / "alerts" / f"{stem(client)}.json"


def counts(accounts: pd.DataFrame) -> dict[str, int]:
    """Return the scored answers of each account."""
    return dict(zip(accounts["account_id"], accounts["n"].astype(int).tolist(), strict=True))
