"""From a study's tables to what one client may see of one wave."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import pandas as pd

from crqlab.base.errors import one_of
from crqlab.base.standards import FEW_CLIENTS
from crqlab.base.study import Study
from crqlab.language import OWN, Language
from crqlab.language import language as spoken_language
from crqlab.page.accounts.select import accounts, meeting_sheets
from crqlab.page.actions.select import actions
from crqlab.page.agreed.select import agreed
from crqlab.page.benchmark.select import benchmark
from crqlab.page.claim_table import claims
from crqlab.page.client_view import ClientView
from crqlab.page.comments.open_answers import open_answers
from crqlab.page.comments.select import themes
from crqlab.page.disclosure.protection import protected
from crqlab.page.drivers.select import drivers
from crqlab.page.groups.select import groups
from crqlab.page.managers.select import managers
from crqlab.page.method.select import excluded
from crqlab.page.participation.select import participation
from crqlab.page.precision import rounded_view
from crqlab.page.redaction import marked
from crqlab.page.renewal.select import renewal
from crqlab.page.scores.select import scores
from crqlab.page.segments.select import segments
from crqlab.page.summary.data import Findings
from crqlab.page.summary.select import findings
from crqlab.page.summary.unknown import unknown
from crqlab.page.table_handoff import light
from crqlab.page.tables import CLIENTS, across, read_once, table
from crqlab.page.years.select import years
from crqlab.responses.table_links import OWN_ACCOUNT

__all__ = ["ClientView", "view"]


def view(study: Study, *, client: str | int, wave: str | int, language: str = OWN) -> ClientView:
    """Everything that the report of one client and wave shows.

    Parameters
    ----------
    study : Study
        With the tables of ``10_responses`` and ``30_scores``.
    client, wave : str or int
        As in the tables; a notebook runner may have turned ``2025`` into a number.
    language : str
        In which the page speaks; one of `crqlab.language.languages`.

    Returns
    -------
    ClientView
        Only this client's rows; what stands on fewer people than the codebook's
        ``privacy`` allows is withheld already.

    Raises
    ------
    CrqError
        An unknown client, or a wave that this client has no answers of; names the nearest.
    StudyError
        A table is missing; names the notebook that makes it.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.page.view(study, client="C017", wave="2025"))
    Ravnlund Advisers, wave ...: ... respondents...
    """
    spoken = spoken_language(language)
    with light(study):
        return in_language(_view(study, client, wave), spoken)


def in_language(seen: ClientView, spoken: Language) -> ClientView:
    """Return a view that speaks a language: wording of questions, marks inside of comments."""
    asked = seen.instrument.in_language(spoken.code)
    said = {name: str(text) for name, text in asked.comments.items()}

    def worded(questions: pd.DataFrame) -> pd.DataFrame:
        return questions.assign(wording=questions["question"].map(said).astype("str"))

    def told(comments: pd.DataFrame) -> pd.DataFrame:
        return comments.assign(words=marked(comments["words"], spoken))

    sorted_ = replace(seen.themes, questions=worded(seen.themes.questions),
                     quotes=told(seen.themes.quotes), rest=told(seen.themes.rest))  # fmt: skip
    meetings = seen.meetings and replace(seen.meetings, comments=told(seen.meetings.comments))
    return replace(seen, language=spoken, instrument=asked, questions=worded(seen.questions),
                   comments=told(seen.comments), themes=sorted_, meetings=meetings)  # fmt: skip


def _view(study: Study, client: str | int, wave: str | int) -> ClientView:
    seen = unrounded(study, client, wave)
    seen = rounded_view(seen, study.codebook.privacy.revenue_figures)
    found = replace(
        findings(claims(seen), _labels(seen), seen.currency),
        unknown=unknown(study, seen),
        alone=seen.alone,
    )
    return replace(seen, summary=found, meetings=meeting_sheets(seen))


def unrounded(study: Study, client: str | int, wave: str | int) -> ClientView:
    """Return all sections of a view to the last digit, before anything is said of them.

    Parameters
    ----------
    study : Study
    client, wave : str or int
        As of `view`.

    Returns
    -------
    ClientView
        From which nothing that is withheld can be worked out: what would tell it is withheld too.
    """
    with read_once():
        return protected(study, lambda telling: _sections(study, client, wave, telling))


def _sections(
    study: Study, client: str | int, wave: str | int, telling: Collection[str] = ()
) -> ClientView:
    """Make all sections, without the scores of some accounts."""
    clients = across(study, *CLIENTS)["client_id"].unique()
    client, many = _known("client=", client, clients), len(clients) > FEW_CLIENTS
    rows = table(study, "client_scores", client=client)
    wave = _known_wave(study, client, wave, rows["wave"])
    responses, contacts, people, quality = (
        table(study, name, client=client, wave=wave)
        for name in ("responses", "contacts", "respondents", "quality")
    )
    counted, invited = responses[responses["included"]], contacts[contacts["invited"]]
    shown = accounts(study, client, wave, invited, responses, telling=telling)
    own = scores(study, client, wave, rows, people)
    questions, words = open_answers(study, client, counted, shown)
    sorted_ = segments(study, client, wave, shown, many=many)
    book = study.codebook
    seen = ClientView(
        title=book.title,
        client_id=client,
        client=_name(study, client),
        wave=wave,
        synthetic=book.synthetic,
        unconfirmed=len(book.unconfirmed),
        currency=book.currency,
        instrument=book.instrument,
        privacy=book.privacy,
        n_respondents=len(counted),
        n_accounts=counted["account_id"].nunique(),
        n_excluded=len(responses) - len(counted),
        n_own=_own(study, client, wave),
        participation=participation(study, client, wave, shown, people["ltr"]),
        scores=own,
        groups=groups(study, client, wave, shown),
        years=years(study, client, wave, many=many),
        accounts=shown,
        comments=words[["question", "words", "account", "language"]],
        themes=themes(study, client, wave, words, questions),
        questions=questions,
        excluded=excluded(quality),
        benchmark=benchmark(study, client, wave, own.measures),
        segments=sorted_,
        drivers=drivers(study, client, wave, shown, many=many),
        renewal=renewal(study, client, wave, shown, sorted_.accounts, many=many),
        actions=actions(study, client, wave, shown),
        agreed=agreed(study, client, wave, shown),
        summary=Findings(),
        managers=None,
        meetings=None,
    )
    return replace(seen, managers=managers(study, seen))


def _own(study: Study, client: str, wave: str) -> int:
    """How many respondents are accounts of their own, for want of a known one."""
    rows = table(study, "responses", real=True, client=client, wave=wave)
    rows = rows[rows["included"]]
    return int((rows["account_id"] == OWN_ACCOUNT + rows["response_id"]).sum())


def _labels(seen: ClientView) -> dict[str, str]:
    """What readers call measures and constructs."""
    asked = seen.instrument
    drivers = seen.drivers.map.set_index("driver")["label"].to_dict()
    labels = {name: asked.label(name) for name in ("crq", "nps", *asked.constructs)}
    return labels | drivers


def _known_wave(study: Study, client: str, wave: str | int, scored: pd.Series) -> str:
    """Return a wave of the client, also one of which nothing is scored."""
    if str(wave) in set(scored):
        return str(wave)
    answered = table(study, "responses", client=client)["wave"]
    return _known(f"wave= of client {client}", wave, [*scored, *answered])


def _known(argument: str, value: str | int, names: Iterable[str]) -> str:
    """Find a name, also one whose leading zeros a notebook runner has taken for a number's."""
    options = sorted(set(names))
    same = [name for name in options if name.isdecimal() and int(name) == value]
    found = same[0] if str(value) not in options and len(same) == 1 else str(value)
    one_of(argument, found, options)
    return found


def _name(study: Study, client: str) -> str:
    """The client's name; its id where the name is not known."""
    names = table(study, "clients", client=client)["name"].tolist()
    return str(names[0] if names else "") or client
