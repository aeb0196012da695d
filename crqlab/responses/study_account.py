"""What was read of a study's files, told to whoever checks them: rows, matches, what looks odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from crqlab.responses.raw_files import Raw
from crqlab.responses.survey_status import CHECKS

_SPAN = pd.Timedelta(days=200)  # fieldwork of one wave is over by then
_EXAMPLES = 3


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
        Rows read and set aside with why; waves; shares that match other tables, with examples of
        what does not and its likely cause; roles without an order; languages.
    """
    lines = [str(raw), *_aside(raw), *_waves(raw), *_matched(raw), *_roles(raw, roles)]
    languages = raw.responses["language"].dropna().value_counts()
    if len(languages) > 1:
        lines.append(f"languages: {_counted(languages)}")
    return lines


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
    yield f"waves: {_counted(rows['wave'].value_counts().sort_index())}"
    spans = rows.groupby("wave")["started"].agg(["min", "max"])
    for wave, span in spans[(spans["max"] - spans["min"]) > _SPAN].iterrows():
        yield (
            f"wave {wave}: answers run from {span['min']:%Y-%m-%d} to {span['max']:%Y-%m-%d}; are "
            "these several waves? Cut them by date: waves: {2024: {from: 2024-01-01}, ...}"
        )


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
            line += f"; not there: {', '.join(map(repr, stray))}{_cause(stray, known, key)}"
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


def _counted(counts: pd.Series) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())
