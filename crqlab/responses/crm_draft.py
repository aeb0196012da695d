"""Which columns of a CRM export are which of ours, for accounts, contacts and outcomes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import folded
from crqlab.base.spreadsheets.date_forms import date_forms, doubt
from crqlab.base.spreadsheets.grid import Grid
from crqlab.base.spreadsheets.unread_amounts import advice, kinds
from crqlab.responses.column_signs import plain
from crqlab.responses.instrument_draft import draft

_OWNER = (
    r"(?:(?:account|company) )?(?:owner|manager)(?: name)?"
    r"|kundansvarig|kundenbetreuer|betreuer|säljare"
)
_CUSTOMER = (
    r"(?:account|customer|company) (?:id|no|nr|number)|kund(?:en)? ?(?:nr|nummer|id)"
    r"|n(?:uméro|o|º|°)? ?(?:de )?client|id client|id cliente|klant ?(?:nr|nummer|id)"
    r"|associated company ids?|debitor(?:en)?(?: ?(?:nr|nummer))?|debiteur(?:en)?(?:nr|nummer)"
)
#: A table of contacts or outcomes that has no id of the account names it by its name.
_CALLED = (
    r"(?:(?:associated |primary )?company|account|(?:potential )?customer|kunden?|firma|företag)"
    r"(?: ?name)?|client|cliente|entreprise|empresa|bedrijf|klant|société"
)
#: Our column of each table: what its header holds, first pattern first.
SIGNS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "accounts": {
        "account_id": (_CUSTOMER, r"(?:\w+ )?record id", "do not modify account", "id"),
        "name": r"(?:(?:account|company|customer|kunden?) ?)?(?:name)?|firma|företag|nom|nombre"
        r"|naam|(?:nom|nombre|razón social) (?:du |del )?(?:client|cliente|compte)|bedrijf"
        r"|klantnaam",
        "industry": r"industry|branche?|bransch|sector|secteur",
        "country": r"(?:billing |shipping )?country(?: code)?|land|pays|país",
        "revenue": r"(?:annual |yearly )?revenue.*|arr|acv|turnover.*|umsatz.*|omsättning.*"
        r"|chiffre d ?affaires.*|ca annuel|ingresos.*|facturación.*|omzet.*",
        "tier": r"tier|class|segment|abc|kategori|klass",
        "account_manager": _OWNER,
        "customer_since": r"customer since|kund sedan|kunde seit|start date|since",
        "renewal_on": r"renewal(?: date| on)?|contract end(?: date)?|vertragsende|avtalsslut",
    },
    "contacts": {
        "contact_id": (
            r"contact id|person id|kontakt ?id",
            "record id",
            "id",
            r"e ?mail(?: address)?",
        ),
        "account_id": (_CUSTOMER, _CALLED),
        "name": r"(?:contact|full)? ?name|kontakt|ansprechpartner",
        "role": r"role|title|job title|position|funktion|roll|rolle",
        "language": r"(?:preferred )?language|sprache|språk",
        "wave": r"wave|year|round",
        "invited": r"invited|eingeladen|inbjuden",
        "invited_on": r"invited on|invitation date|invited at|sent on",
        "signed_off_on": r"signed ?off(?: on)?|approved(?: on)?",
        "signed_off_by": r"signed ?off by|approved by|godkänd av|freigegeben von",
        "warmed_up": r"warmed ?up|pre ?notified",
        "sent_by": r"sent by|sent in the name of|avsändare|absender",
        "reminders": r"reminders?(?: sent)?|påminnelser|erinnerungen|relances|recordatorios",
        "feedback_given": r"feedback given|loop closed|återkopplad",
    },
    "outcomes": {
        "account_id": (_CUSTOMER, _CALLED),
        "due_on": r"due(?: on| date)?|(?:est |estimated |expected )?close date|renewal date"
        r"|contract end(?: date)?|end date|vertragsende|fällig(?: am|keit)?|förfallodag"
        r"|avtalsslut|slutdatum|(?:date d ?)?échéance|fecha de (?:cierre|vencimiento)|einddatum",
        "outcome": r"outcome|(?:deal |opportunity )?stage|status|result|utfall|ergebnis|statut"
        r"|resultado|resultaat",
        "decided_on": r"decided(?: on)?|closed(?: on)?|actual close date|last modified date"
        r"|decision date",
        "revenue": r"amount|(?:actual |est )?revenue|value|arr|acv|umsatz|omsättning|betrag"
        r"|belopp|montant|importe|bedrag",
    },
}
_NEEDED = {
    "accounts": ("account_id",),
    "contacts": ("contact_id", "account_id"),
    "outcomes": ("account_id", "due_on", "outcome"),
}
#: Signs and codes of currencies as they stand beside amounts.
_CURRENCY = re.compile(
    r"(€|[A-Z]{0,2}\$|£|¥|(?<![^\W\d_])(?:kr|zł|Kč|Fr(?=\.)|EUR|USD|GBP|CHF|SEK|NOK|DKK|JPY|PLN|CZK"
    r"|CAD|AUD|BRL|MXN)(?![^\W\d_]))",
    re.IGNORECASE,
)
_CODES = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "KR": "SEK", "FR": "CHF"}
_CODES |= {
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "R$": "BRL",
    "ZŁ": "PLN",
    "KČ": "CZK",
}
_IN_CURRENCY = re.compile(r".*currency.*|währung|valuta|devise|moneda")
_SCALED = re.compile(
    r"\bt(?:eur|sek|usd|kr|chf|dkk|nok)\b|\b[km] ?(?:€|eur|sek|kr)|thousand|tausend|tusen|milliers"
    r"|miles\b|\b(?:mio|mkr|mn|million\w*|millones|duizend\w*|miljoner)\b|['’]?000s?\b",
    re.IGNORECASE,
)
_DATES = ("customer_since", "renewal_on", "invited_on", "signed_off_on", "due_on", "decided_on")
_OUTCOMES = {
    "renewed": r"closed won|won|renewed|retained|verlängert|gewonnen|förnyad|vunnen|yes|gagnée?"
    r"|renouvelée?|ganad[oa]|renovad[oa]|verlengd|behouden",
    "churned": r"closed lost|lost|churned|cancelled|canceled|verloren|gekündigt|förlorad|no"
    r"|perdue?|résiliée?|perdid[oa]|cancelad[oa]|opgezegd",
    "open": r"open|pending|in progress|negotiation.*|proposal.*|prospecting|qualification|quote.*"
    r"|needs analysis|value proposition|perception analysis|id\.? decision makers|contract sent"
    r"|offen|laufend|öppen|pågående|ouverte?|en cours|abiert[oa]|en curso|lopend",
}


@dataclass(frozen=True, slots=True)
class TableDraft:
    """One CRM export.

    Attributes
    ----------
    grid : Grid
    table : str
        ``accounts``, ``contacts`` or ``outcomes``.
    columns : dict of our column to the file's
    dates : str or None
    words : dict of the file's word to ours
    open : tuple of str
        What only a person can know.
    currency : str
        Of its amounts, where they tell; empty otherwise.
    notes : tuple of str
        What was assumed and holds until somebody says otherwise.
    """

    grid: Grid
    table: str
    columns: dict[str, str]
    dates: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    currency: str = ""
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the file and its columns, header first."""
        headers = {theirs: ours for ours, theirs in self.columns.items()}
        return {"file": self.grid.file, "columns": headers}

    def entry(self) -> str:
        """Return the codebook's line of this table."""
        said = {"file": json.dumps(self.grid.file, ensure_ascii=False)}
        said |= {"sheet": json.dumps(self.grid.sheets[0])} if len(self.grid.sheets) > 1 else {}
        said |= {"dates": json.dumps(self.dates)} if self.dates else {}
        said |= {"words": _mapped(self.words)} if self.words else {}
        renamed = {ours: theirs for ours, theirs in self.columns.items() if ours != theirs}
        said |= {"columns": _mapped(renamed)} if renamed else {}
        return f"{self.table}: {{{', '.join(f'{key}: {value}' for key, value in said.items())}}}"


def _mapped(pairs: dict[str, str]) -> str:
    said = ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}"
                     for k, v in pairs.items())  # fmt: skip
    return f"{{{said}}}"


def table_draft(grid: Grid, table: str) -> TableDraft:
    """Return the likeliest reading of a CRM export as one of our tables."""
    headers = [n for n in dict.fromkeys(grid.names) if n and grid.names.count(n) == 1]
    columns: dict[str, str] = {}
    rivals: dict[str, list[str]] = {}
    for ours, sign in SIGNS[table].items():
        for pattern in _patterns(sign):
            fits = [n for n in headers if n not in columns.values()
                    and re.fullmatch(pattern, plain(n)) and _can_be(ours, n, grid)]  # fmt: skip
            if fits:
                columns[ours], rivals[ours] = fits[0], fits[1:]
                break
    points = [f"{table}.columns.{ours}: which column of {grid.file} is it?"
              for ours in _NEEDED[table] if ours not in columns]  # fmt: skip
    notes = []
    if table == "contacts" and "invited" not in columns:
        notes.append(f"contacts.columns.invited: no column of {grid.file} says who was "
                      f"invited; all {len(grid):,} count as invited, in every wave")  # fmt: skip
    points += _doubles(grid, table)
    dates = _dates(grid, columns, points, table)
    currency = ""
    if "revenue" in columns:
        currency, more = _money(grid, columns["revenue"], rivals["revenue"], table)
        points += more
    words, unknown = _outcome_words(grid, columns) if table == "outcomes" else ({}, "")
    if unknown:
        points.append(f"outcomes.words: {unknown}; which are renewed, and which churned?")
    return TableDraft(grid, table, columns, dates, words, tuple(points), currency, tuple(notes))


def _patterns(sign: str | tuple[str, ...]) -> Sequence[str]:
    """Patterns of a column, the surest first."""
    if isinstance(sign, tuple):
        return sign
    return sign.split("|") if "(" not in sign else [sign]


def _can_be(ours: str, header: str, grid: Grid) -> bool:
    """Whether a column that is named like an amount holds some."""
    if ours != "revenue":
        return True
    texts = grid.text(header).dropna()
    return not len(texts) or bool(texts.str.contains(r"\d").mean() > 0.5)


def _doubles(grid: Grid, table: str) -> list[str]:
    """Ask about headers that stand there twice and would be columns of ours."""
    signs = "|".join(one for sign in SIGNS[table].values() for one in _patterns(sign))
    twice = {name for name in grid.names if name and grid.names.count(name) > 1}
    return [f"{table}.columns: two columns of {grid.file} are called {name!r} and are left out; "
            f"name the one that counts, {f'{name} (1)'!r} or another" for name in sorted(twice)
            if re.fullmatch(signs, plain(name))]  # fmt: skip


def _dates(grid: Grid, columns: dict[str, str], points: list[str], table: str) -> str | None:
    """The one form of all dates of a file; columns whose cells are no dates are left out."""
    dated: dict[str, pd.Series] = {}
    for ours in [name for name in _DATES if name in columns]:
        texts = grid.text(columns[ours])
        if date_forms([texts], serials=True):
            dated[ours] = texts
        else:
            points.append(f"{table}.columns.{ours}: {columns.pop(ours)} holds what are no dates")
    forms = date_forms(list(dated.values()), serials=True) if dated else [None]
    if not forms:
        points.append(f"{table}.dates: {grid.file} writes dates in several forms; export it again")
    elif why := doubt(list(dated.values()), forms):
        points.append(f"{table}.dates: {why}")
    return forms[0] if forms else None


def _money(grid: Grid, header: str, rivals: list[str], table: str) -> tuple[str, list[str]]:
    """The currency of amounts, and what is to be asked about them."""
    texts, points = grid.text(header), []
    if rivals:
        points.append(f"{table}.columns.revenue: {header!r} or {', '.join(map(repr, rivals))}?")
    if _SCALED.search(header):
        points.append(f"{table}.columns.revenue: {header!r} names thousands or millions; amounts "
                      "are read as they stand")  # fmt: skip
    beside = next((n for n in grid.names if _IN_CURRENCY.fullmatch(plain(n))), None)
    told = grid.text(beside) if beside and grid.names.count(beside) == 1 else texts
    codes = told.dropna().str.extract(_CURRENCY, expand=False).dropna().str.upper()
    found = sorted({_CODES.get(code, code) for code in codes})
    if len(found) > 1:
        several = ", ".join(found)
        points.append(f"{table}.columns.revenue: amounts in {several}; convert them to one")
    currency = found[0] if len(found) == 1 else ""
    if "KR" in set(codes):
        points.append("currency: kr may be SEK, NOK or DKK; drafted as SEK")
    if strange := kinds(texts, cells.amounts(texts, None, currency), currency):
        place = "decimal" if "either" in strange else "columns.revenue"
        points.append(f"{table}.{place}: {advice(strange)}")
    return currency, points


def _outcome_words(grid: Grid, columns: dict[str, str]) -> tuple[dict[str, str], str]:
    """What the file's words mean, and those that are taken as open for want of any meaning."""
    if "outcome" not in columns:
        return {}, ""
    counts = grid.text(columns["outcome"]).value_counts()
    known = {
        str(word): next((name for name, sign in _OUTCOMES.items()
                         if re.fullmatch(sign, folded(str(word)))), "") for word in counts.index
    }  # fmt: skip
    strange = ", ".join(f"{word!r} {counts[word]}" for word, name in known.items() if not name)
    words = {word: name or "open" for word, name in known.items() if folded(word) not in _OUTCOMES}
    return words, f"{strange} taken as open" if strange else ""


def kind(grid: Grid) -> str:
    """Return what a file probably holds: a table of the CRM, or ``responses``.

    A survey was written by a survey tool or asks the 0-10 question among others; accounts have an
    id that does not repeat, contacts a person's, outcomes a date and what came of it.
    """
    asked = draft(grid)
    if grid.dialect or ("ltr" in asked.columns and asked.items):
        return "responses"
    drafted = {table: table_draft(grid, table) for table in SIGNS}
    has = {table: set(one.columns) for table, one in drafted.items()}
    if {"account_id", "due_on", "outcome"} <= has["outcomes"]:
        return "outcomes"
    if has["contacts"] >= {"contact_id", "account_id"} and len(has["contacts"]) >= 3:
        return "contacts"
    own = drafted["accounts"].columns
    if {"account_id", "name"} <= set(own) and len(own) >= 3 and not _repeats(grid, own):
        return "accounts"
    return "responses"


def _repeats(grid: Grid, columns: dict[str, str]) -> bool:
    ids = grid.text(columns["account_id"]).dropna()
    return bool(ids.duplicated().any())
