"""What was read of a study's files, told to whoever checks them: rows, matches, what looks odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from crqlab.base.waves import in_order, undated
from crqlab.responses.raw_files import Raw
from crqlab.responses.survey_status import CHECKS
from crqlab.stats.response_propensity import kish
from crqlab.stats.survey_weights import has_weight, mean_one

_SPAN = pd.Timedelta(days=200)  # fieldwork of one wave is over by then
_EXAMPLES = 3
_LISTED = 12


def account_of(raw: Raw, roles: tuple[str, ...] = ()) -> list[str]:
    """Say what a study's files hold, line by line.

    Parameters
    ----------
    raw : Raw
        As `crqlab.responses.read` returns it.
    roles : tuple of str
        Roles that the codebook puts in an order.

    Returns
    -------
    list of str
        Rows read of each file and set aside with why; waves; clients; survey weights; shares that
        match other tables, with examples of what does not and its likely cause; how much of
        accounts and contacts has answers; outcomes of unknown accounts; roles without an order;
        languages.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> raw = crq.responses.read(study)
    >>> lines = crq.responses.account_of(raw)
    """
    return [
        str(raw),
        *_files(raw),
        *_aside(raw),
        *_waves(raw),
        *_clients(raw),
        *_weights(raw),
        *_matched(raw),
        *_silent(raw),
        *_outcomes(raw),
        *_roles(raw, roles),
        *_languages(raw),
    ]


def _files(raw: Raw) -> Iterator[str]:
    """Rows that were read of each file with answers."""
    for file, n in raw.origins["file"].value_counts(sort=False).items():
        yield f"{file}: {n:,} responses read"


def _aside(raw: Raw) -> Iterator[str]:
    status = raw.status()
    counts = Counter(why for why in status if why in CHECKS)
    if counts:
        told = ", ".join(f"{why} {n:,}" for why, n in sorted(counts.items()))
        yield f"set aside by the survey tool's own marks: {told}; decisions.csv may keep them"
    for file, asides in raw.asides.items():
        for one in asides:
            yield f"{file}: row {one.row} is no record ({one.why}): {one.text!r}"
    for file, said in raw.fetched.items():
        yield f"{file}: {said}"
    for file, (sheet, *others) in raw.sheets.items():
        if others:
            yield f"{file}: read sheet {sheet!r}; others: {', '.join(map(repr, others))}"


def _waves(raw: Raw) -> Iterator[str]:
    rows = raw.responses
    yield f"waves: {_counted(rows['wave'].value_counts().reindex(in_order(rows['wave'])))}"
    if bare := undated(rows["wave"]):
        yield (
            f"waves: the codebook gives days of others, and none of {', '.join(bare)}: placed by "
            "name; add from:"
        )
    spans = rows.groupby("wave")["started"].agg(["min", "max"])
    for wave, span in spans[(spans["max"] - spans["min"]) > _SPAN].iterrows():
        yield (
            f"wave {wave}: answers run from {span['min']:%Y-%m-%d} to {span['max']:%Y-%m-%d}; are "
            "these several waves? Cut them by date: waves: {2024: {from: 2024-01-01}, ...}"
        )


def _clients(raw: Raw) -> Iterator[str]:
    """Clients with their answers; whom the table of clients lacks, and who has no answer."""
    counts = raw.responses["client_id"].value_counts()
    yield f"clients: {_counted(counts.head(_LISTED))}{_more(len(counts) - _LISTED)}"
    if raw.clients.empty:
        return
    listed = set(raw.clients["client_id"])
    if stray := sorted(set(counts.index) - listed):
        yield (
            f"clients: {len(stray)} with answers are not in the table of clients: "
            f"{_shown(stray)}{_cause(stray, raw.clients, 'client_id')}"
        )
    if silent := sorted(listed - set(counts.index)):
        yield f"clients: {len(silent)} of the table have no answer: {_shown(silent)}"


def _weights(raw: Raw) -> Iterator[str]:
    """How many responses have a survey weight, and what weighting costs."""
    rows = raw.responses[has_weight(raw.responses)]
    if rows.empty:
        return
    times = mean_one(rows["weight"], pd.MultiIndex.from_frame(rows[["client_id", "wave"]]))
    yield (
        f"survey weights: {len(rows):,} of {len(raw.responses):,} responses have one, from "
        f"{times.min():.2f} to {times.max():.2f} times the mean of their client's wave; they are "
        f"worth {kish(times):,.0f} equal ones"
    )


def _silent(raw: Raw) -> Iterator[str]:
    """How much of the CRM's tables nobody has answered from."""
    for table, key in (("accounts", "account_id"), ("contacts", "contact_id")):
        known = getattr(raw, table)
        if known.empty:
            continue
        ids = known[key].dropna().drop_duplicates()
        heard = int(ids.isin(raw.responses[key]).sum())
        yield f"{table}: {heard:,} of {len(ids):,} in the table have answers"
        if table == "contacts" and known["invited"].all():
            yield f"contacts: all {len(ids):,} count as invited; does a column say who was not?"


def _outcomes(raw: Raw) -> Iterator[str]:
    """Outcomes whose account nobody has answered for and no table knows foretell nothing."""
    if raw.outcomes.empty:
        return
    known = pd.concat([raw.responses["account_id"], raw.accounts["account_id"]])
    ids = raw.outcomes["account_id"].dropna()
    hit = ids.isin(known)
    line = f"outcomes: {int(hit.sum()):,} of {len(ids):,} name an account that is known"
    stray = ids[~hit].drop_duplicates().head(_EXAMPLES).tolist()
    if stray:
        there = pd.DataFrame({"account_id": known.drop_duplicates()})
        line += f"; not known: {_shown(stray)}{_cause(stray, there, 'account_id')}"
    yield line


def _languages(raw: Raw) -> Iterator[str]:
    languages = raw.responses["language"].dropna().value_counts()
    if len(languages):
        yield f"languages: {_counted(languages)}"


def _matched(raw: Raw) -> Iterator[str]:
    """How many responses name an account and a contact that the CRM's tables have."""
    for table, key in (("accounts", "account_id"), ("contacts", "contact_id")):
        known = getattr(raw, table)
        if known.empty:
            continue
        ids = raw.responses[key].dropna()
        hit = ids.isin(known[key])
        line = f"{table}: {int(hit.sum()):,} of {len(ids):,} responses match"
        stray = ids[~hit].drop_duplicates().head(_EXAMPLES).tolist()
        if stray:
            line += f"; not there: {_shown(stray)}{_cause(stray, known, key)}"
        yield line


def _cause(stray: list[str], known: pd.DataFrame, key: str) -> str:
    """The likely reason why ids do not match."""
    ids = set(known[key].dropna())
    if any(one[:15] in {id_[:15] for id_ in ids} and len(one) in (15, 18) for one in stray):
        return " (15 and 18 characters of the same Salesforce ids?)"
    if any(one.lstrip("0") in {id_.lstrip("0") for id_ in ids} for one in stray):
        return " (leading zeros were lost)"
    if any(one.casefold() in {id_.casefold() for id_ in ids} for one in stray):
        return " (upper and lower case differ)"
    names = set(known["name"].dropna()) if "name" in known else set()
    return " (these are names, not ids)" if any(one in names for one in stray) else ""


def _roles(raw: Raw, order: tuple[str, ...]) -> Iterator[str]:
    found = raw.responses["role"].dropna().value_counts()
    stray = found[~found.index.isin(order)]
    if len(stray):
        yield f"roles without a place in roles > order (weight 1): {_counted(stray)}"


def _shown(names: list[str]) -> str:
    return f"{', '.join(map(repr, names[:_EXAMPLES]))}{_more(len(names) - _EXAMPLES)}"


def _more(left: int) -> str:
    return f" and {left:,} more" if left > 0 else ""


def _counted(counts: pd.Series) -> str:
    """Names with their counts.

    Examples
    --------
    >>> _counted(pd.Series({"2024": 1200, "2025": 9}))
    '2024 1,200, 2025 9'
    """
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())
