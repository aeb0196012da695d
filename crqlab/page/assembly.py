"""From a study's tables to what one client may see of one wave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.errors import one_of
from crqlab.base.instrument import Instrument
from crqlab.base.standards import FEW_CLIENTS
from crqlab.base.study import Study
from crqlab.base.waves import in_order
from crqlab.language import OWN
from crqlab.language import language as spoken_language
from crqlab.page import lookup, suppression
from crqlab.page.accounts.select import meeting_sheets
from crqlab.page.actions.select import agenda
from crqlab.page.benchmark.select import benchmark
from crqlab.page.client_view import ClientView
from crqlab.page.comments.select import themes
from crqlab.page.drivers.select import drivers
from crqlab.page.managers.select import managers
from crqlab.page.participation.select import reach
from crqlab.page.renewal.select import renewal
from crqlab.page.segments.select import segmented
from crqlab.page.summary.select import summary
from crqlab.page.table_handoff import light
from crqlab.page.tables import CLIENTS, across, table
from crqlab.scores.client_scores import BOOTSTRAP
from crqlab.show.records import grouped

__all__ = ["ClientView", "view"]

_HEADLINE = ("crq", "nps", "mean_ltr")
#: What may be shown of any account: how many answered, and what draws on all accounts.
_IMPERSONAL = frozenset(
    "n n_ltr shrunken shrunken_low shrunken_high weight change change_low change_high".split()
)
_NPS = "nps nps_low nps_high mean_ltr promoters passives detractors".split()
_CHANGE = {
    "change": "value",
    "change_low": "low",
    "change_high": "high",
    "change_method": "method",
    "verdict": "verdict",
}


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
        An unknown client, or a wave that this client has no scores of; names the nearest.
    StudyError
        A table is missing; names the notebook that makes it.
    """
    spoken = spoken_language(language)
    with light(study):
        seen = _view(study, client, wave)
    return replace(seen, language=spoken, summary=tuple(map(spoken.term, seen.summary)))


def _view(study: Study, client: str | int, wave: str | int) -> ClientView:
    clients = across(study, *CLIENTS)["client_id"].unique()
    client, many = _known("client=", client, clients), len(clients) > FEW_CLIENTS
    scores = table(study, "client_scores", client=client)
    wave = _known(f"wave= of client {client}", wave, scores["wave"])
    responses, contacts = (_rows(study, name, client, wave) for name in ("responses", "contacts"))
    counted, invited = responses[responses["included"]], contacts[contacts["invited"]]
    accounts = _accounts(study, client, wave, invited, responses)
    people = _rows(study, "respondents", client, wave)
    ltr = people["ltr"]
    changes = _rows(study, "changes", client, wave)
    book, small = study.codebook, study.codebook.privacy.min_scores
    plain = _plain(scores, small)
    questions, words = _voices(study, client, counted, accounts)
    measures = _measures(plain[plain["wave"] == wave], changes, book.instrument)
    shown = suppression.withheld(
        accounts, _personal(study), n="n", minimum=small, whole=accounts["status"].notna()
    )
    asked = reach(study, client, wave, accounts, ltr)
    sorted_ = segmented(study, client, wave, shown, many=many)
    seen = ClientView(
        title=book.title,
        client_id=client,
        client=_name(study, client),
        wave=wave,
        before=changes["from_wave"].iloc[0] if len(changes) else "",
        synthetic=book.synthetic,
        unconfirmed=len(book.unconfirmed),
        currency=book.currency,
        instrument=book.instrument,
        privacy=book.privacy,
        n_respondents=len(counted),
        n_accounts=counted["account_id"].nunique(),
        n_excluded=len(responses) - len(counted),
        participation=asked.counts,
        reach=asked,
        measures=measures,
        trend=_until(plain[plain["measure"].isin(_HEADLINE)], wave),
        roll_ups=_roll_ups(scores[scores["wave"] == wave], small),
        parts=_parts(changes, small),
        ltr=_ltr(ltr, small),
        accounts=shown,
        agreement=_rows(study, "agreement", client, wave),
        comments=words[["question", "words", "account", "language"]],
        themes=themes(words, questions, people, instrument=book.instrument, privacy=book.privacy),
        questions=questions,
        excluded=_excluded(_rows(study, "quality", client, wave)),
        benchmark=benchmark(study, client, wave, measures),
        segmented=sorted_,
        drivers=drivers(study, client, wave, shown, many=many),
        renewal=renewal(study, client, wave, shown, sorted_.accounts, many=many),
        agenda=agenda(study, client, wave, shown),
        summary=(),
        managers=None,
        meetings=None,
    )
    return replace(
        seen,
        summary=summary(seen),
        managers=managers(study, seen),
        meetings=meeting_sheets(seen),
    )


def _known(argument: str, value: str | int, names: Iterable[str]) -> str:
    """Find a name, also one whose leading zeros a notebook runner has taken for a number's."""
    options = sorted(set(names))
    same = [name for name in options if name.isdecimal() and int(name) == value]
    found = same[0] if str(value) not in options and len(same) == 1 else str(value)
    one_of(argument, found, options)
    return found


def _rows(study: Study, name: str, client: str, wave: str) -> pd.DataFrame:
    return table(study, name, client=client, wave=wave)


def _name(study: Study, client: str) -> str:
    """The client's name; its id where the name is not known."""
    names = table(study, "clients", client=client)["name"].tolist()
    return str(names[0] if names else "") or client


def _voices(
    study: Study, client: str, counted: pd.DataFrame, accounts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The open questions, and the words that may be shown with who wrote them, to count by."""
    book, least = study.codebook, study.codebook.privacy.min_comments
    questions = suppression.questions(counted, book.instrument, minimum=least)
    labels, people = accounts.set_index("account_id")["name"], _people(study, client)
    words = suppression.cleared(counted, questions, labels, minimum=least, names=people)
    return questions, words


def _people(study: Study, client: str) -> pd.Series:
    """Names that may not stand in comments: contacts', under pseudonyms everybody's."""
    named = [table(study, "contacts", real=True, client=client)["name"]]
    if study.codebook.privacy.pseudonyms:
        known = table(study, "accounts", real=True, client=client)
        named += [known["name"], known["account_manager"]]
    return pd.concat(named).dropna().drop_duplicates()


def _plain(scores: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """One row per wave and measure: everyone counts once, accounts as sampling units."""
    rows = scores[scores["roll_up"] == "respondents"]
    rows = rows[(rows["method"] == BOOTSTRAP).to_numpy(bool)].sort_values("wave", kind="stable")
    return suppression.withheld(rows, ["value", "low", "high"], n="n_respondents", minimum=minimum)


def _until(rows: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Rows of this wave and those before it, in time."""
    order = in_order(rows["wave"])
    kept = order[: order.index(wave) + 1] if wave in order else []
    rows = rows[rows["wave"].isin(kept)]
    return rows.sort_values("wave", key=lambda w: w.map(order.index), kind="stable")


def _measures(rows: pd.DataFrame, changes: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """The wave's numbers in the order of the page, each with its change since the wave before."""
    order = [*_HEADLINE, *asked.constructs, "uniqueness"]
    whole = changes[(changes["part"] == "all").to_numpy(bool)]
    rows = rows[rows["measure"].isin(order).to_numpy(bool)]
    *ends, method, verdict = lookup.matched(rows["measure"], whole, *_CHANGE.values(), by="measure")
    hide = rows["withheld"].to_numpy(bool)
    ends = (np.where(hide, np.nan, end.to_numpy(float)) for end in ends)
    verdict = verdict.mask(hide | verdict.isna().to_numpy(bool), "unknown")
    labels = [asked.label(measure) for measure in rows["measure"]]
    told = zip(_CHANGE, (*ends, method, verdict), strict=True)
    rows = rows.assign(**dict(told), label=labels)
    place = np.argsort([order.index(measure) for measure in rows["measure"]], kind="stable")
    return rows.iloc[place].reset_index(drop=True)


def _roll_ups(scores: pd.DataFrame, minimum: int) -> pd.DataFrame:
    rows = scores[scores["measure"].isin(["crq", "nps"])]
    rows = suppression.withheld(rows, ["value", "low", "high"], n="n_respondents", minimum=minimum)
    return rows.reset_index(drop=True)


def _parts(changes: pd.DataFrame, minimum: int) -> pd.DataFrame:
    rows = changes[changes["measure"].isin(["crq", "nps"])]
    hidden = ["value", "low", "high", "p"]
    whole = rows["measure"].where(rows["part"] != "all")
    rows = suppression.withheld(rows, hidden, n="n_respondents", minimum=minimum, whole=whole)
    verdict = rows["verdict"].mask(rows["withheld"].to_numpy(bool), "unknown")
    return rows.assign(verdict=verdict).reset_index(drop=True)


def _ltr(answers: pd.Series, minimum: int) -> pd.DataFrame:
    """How many people gave each answer; no row where they are too few."""
    answers = answers.dropna().astype(int)
    n = np.bincount(answers, minlength=11)
    counts = pd.DataFrame({"answer": np.arange(11), "n": n})
    return counts if len(answers) >= minimum else counts.iloc[:0]


def _personal(study: Study) -> list[str]:
    """Columns of an account from which a single person's answers could be read."""
    columns = contract("account_scores").for_instrument(study.codebook.instrument)
    return [name for name, column in columns.items()
            if column.kind != "text" and name not in _IMPERSONAL]  # fmt: skip


def _accounts(
    study: Study, client: str, wave: str, invited: pd.DataFrame, responses: pd.DataFrame
) -> pd.DataFrame:
    """Every account of the client, those that answered with their scores.

    NPS rests on fewer people than CRQ where some left LTR open, so it is withheld by itself.
    """
    small = study.codebook.privacy.min_scores
    known, scores = (
        table(study, "accounts", client=client),
        _rows(study, "account_scores", client, wave),
    )
    asked, answered = Counter(invited["account_id"]), set(responses["account_id"])
    everyone = sorted({*known["account_id"], *scores["account_id"], *asked, *answered})
    ids = pd.Series(everyone, dtype="str")
    few = suppression.complemented(scores["n_ltr"], minimum=small, whole=scores["client_id"])
    hidden = {c: np.where(few, np.nan, scores[c].to_numpy(float)) for c in _NPS}
    rows = scores.assign(**hidden).set_index("account_id").reindex(everyone).reset_index(drop=True)
    name, manager, revenue = lookup.matched(ids, known, "name", "account_manager", "revenue")
    counts = {c: rows[c].fillna(0).to_numpy(int) for c in ("n", "n_ltr")}
    counts["invited"] = np.array([asked[account] for account in everyone], dtype=int)
    status = np.select(
        [
            counts["n"] > 0,
            np.array([account in answered for account in everyone], dtype=bool),
            (counts["invited"] == 0) & bool(len(invited)),
        ],
        ["scored", "not scored", "Not invited"],
        "Silent",
    )
    rows = rows.assign(
        name=name.where(name.notna(), ids),
        manager=manager,
        revenue=revenue.astype(float),
        **counts,
        status=status,
        flag=rows["flag"].fillna("ok"),
    )
    rows.insert(0, "account_id", ids)
    return rows


def _excluded(quality: pd.DataFrame) -> pd.DataFrame:
    """Which checks flagged how many responses, and how many of those they left out."""
    rows = [
        (
            check,
            found[0].rule,
            len({row.response_id for row in found}),
            len({row.response_id for row in found if row.excluded}),
        )
        for check, found in sorted(grouped(quality, "check").items())
    ]
    rows.sort(key=lambda row: (-row[3], -row[2]))
    table_ = pd.DataFrame(rows, columns=["check", "rule", "n_flagged", "n_excluded"])
    return table_.astype({"n_flagged": int, "n_excluded": int})
