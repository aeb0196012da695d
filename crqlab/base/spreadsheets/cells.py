"""What one cell says: an answer, a date, an amount, a yes or a no.

Every reader looks at each different text once, so that a million cells cost no more
than the few hundred texts that are in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_LED = re.compile(r"([+-]?[0-9]+(?:[.,][0-9]+)?)\s*(?:[-–—:=.)]\s*|\s+|\()([^\d]*[^\W\d_][^\d]*)")
_TAILED = re.compile(r"([^\d]*[^\W\d_][^\d]*?)\s*(?:\(([+-]?[0-9]+)\)|\s[-–—:=]\s*([0-9]+))")
_LONGEST_LABEL = 200
_LIME_CODE = re.compile(r"AO?0*([0-9]+)")
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ZONE = r"\s+(?:GMT|UTC|MEZ|CET|MESZ|CEST)(?:[+-]\d{1,2}(?::?\d{2})?)?$"
#: What may stand between a day and its time.
_CLOCK = r"(?<=\d)(?:,\s*|\s+(?:kl\.?|um|at|om|à|a las)\s+)(?=\d{1,2}[:.]\d{2})"
_SPOKEN = (
    "januar februar märz april mai juni juli august september oktober november dezember",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MONTHS = {name: short for told in _SPOKEN
           for name, short in zip(told.split(), _ENGLISH, strict=True)}  # fmt: skip
_MONTHS |= {"mär": "Mar", "mrz": "Mar", "okt": "Oct", "dez": "Dec", "maj": "May", "mai": "May"}
_MONTH = re.compile(rf"\b(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b", re.IGNORECASE)
#: A form of dates: a workbook's count of days.
EXCEL = "excel"
_EPOCH = pd.Timestamp("1899-12-30", tz="UTC")
_FIRST, _LAST = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")
_SIGNS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "JPY": "¥",
    "CHF": "Fr.",
    "SEK": "kr",
    "NOK": "kr",
    "DKK": "kr",
    "AUD": "A$",
    "CAD": "C$",
    "BRL": "R$",
    "PLN": "zł",
    "CZK": "Kč",
}
_KEPT = r"\1\2"  # of an amount, without its currency
_BLANKS = r"^-?[1-9][0-9]{0,2}(?:[\s'’][0-9]{3})+(?=$|[.,][0-9]+$)"
_NEGATIVE = r"^\(\s*([0-9].*)\)$|^-\s+([0-9].*)$|^([0-9].*?)\s*-$"
_MAY_BE_EITHER = re.compile(r"-?[1-9][0-9]{0,2}([.,])[0-9]{3}")
_YES = "yes y true 1 ja j oui o si sí s sim tak kyllä k x".split()
_NO = "no n false 0 nein nee nej nei non não nie ei".split()


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One column of meanings, and the cells that have none.

    Attributes
    ----------
    found : Series
    broken : Series of bool
        Cells that hold something which was not understood.
    """

    found: pd.Series
    broken: pd.Series


@dataclass(frozen=True, slots=True)
class Question:
    """How the answers to one closed question are written.

    Attributes
    ----------
    low, high : float
        Ends of its scale; answers beyond them are read, and judged later.
    missing : frozenset of str
        Texts and codes that mean "no answer".
    answers : mapping of text to float
        Words that stand for scale points.
    dialect : str
        The survey tool; LimeSurvey writes ``A7`` for 7, Qualtrics recodes non-answers
        to negative numbers.
    recode : mapping of text to float
        Answers of this question that stand for another point.
    asked : bool
        Whether every questionnaire of the study holds it.
    """

    low: float
    high: float
    missing: frozenset[str] = frozenset()
    answers: Mapping[str, float] | None = None
    dialect: str = ""
    asked: bool = False
    recode: Mapping[str, float] | None = None

    def points(self, text: str) -> float | None:
        """Return the scale points of an answer, NaN for no answer, None if it is no answer.

        Examples
        --------
        >>> scale = Question(1, 7, frozenset({"n/a", "99"}), {"strongly agree": 7.0})
        >>> [scale.points(t) for t in ("7", "4,5", "N/A", "99.0", "Strongly  Agree")]
        [7.0, 4.5, nan, nan, 7.0]
        >>> [scale.points(t) for t in ("7 - Strongly agree", "Strongly agree (7)", "maybe")]
        [7.0, 7.0, None]
        """
        key, words = folded(text), self.answers or {}
        if self.recode and key in self.recode:
            return self.recode[key]
        if key in self.missing or (self.dialect == "limesurvey" and key == "n/a"):
            return np.nan
        if key in words:
            return words[key]
        value = number(text)
        if value is None:
            value = self._labelled(text, words)
        if value is None:
            return None
        unasked = self.dialect == "qualtrics" and value < min(self.low, 0)
        return np.nan if unasked or folded(f"{value:g}") in self.missing else value

    def _labelled(self, text: str, words: Mapping[str, float]) -> float | None:
        """Scale points of ``7 - Strongly agree`` unless the words mean another point."""
        if self.dialect == "limesurvey" and (code := _LIME_CODE.fullmatch(text)):
            return float(code[1])
        told = labelled(text)
        if told is None:
            return None
        value, label = told
        return value if words.get(folded(label), value) == value else None


def labelled(text: str) -> tuple[float, str] | None:
    """Return the number and the label of an answer that has both.

    Examples
    --------
    >>> labelled("7 - Strongly agree"), labelled("Not at all likely - 0"), labelled("good (4)")
    ((7.0, 'Strongly agree'), (0.0, 'Not at all likely'), (4.0, 'good'))
    """
    if len(text) > _LONGEST_LABEL:  # prose; a pattern would take minutes for a long one
        return None
    if found := _LED.fullmatch(text):
        value, label = number(found[1]), found[2]
    elif found := _TAILED.fullmatch(text):
        value, label = number(found[2] or found[3]), found[1]
    else:
        return None
    return None if value is None else (value, label.strip(" ()"))


def folded(text: str) -> str:
    """Return a text as it is compared: one case, single blanks."""
    return " ".join(text.split()).casefold()


def number(text: str) -> float | None:
    """Return a plain number with a decimal point or comma, else None."""
    value = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else np.nan
    return value if np.isfinite(value) else None


def numbers(column: pd.Series, parse: Callable[[str], float | None]) -> Cells:
    """Return what ``parse`` makes of every text; it says None where it understands nothing."""
    places, texts = pd.factorize(column)
    found = [parse(text) for text in texts]
    values = np.array([*(np.nan if v is None else v for v in found), np.nan], dtype=float)
    broken = np.array([*(v is None for v in found), False], dtype=bool)
    return Cells(
        pd.Series(values[places], index=column.index), pd.Series(broken[places], index=column.index)
    )


def amounts(column: pd.Series, decimal: str | None, currency: str) -> Cells:
    """Return amounts of money; where the decimal sign is not stated, the column must tell it.

    ``1.231`` and ``1,231`` may be a thousand or one and a bit: they are read only where other
    cells of the column decide (``1.231,50``, ``1.234.567``, ``0.123``) and none contradicts
    (``12.5`` beside ``1.231``, ``1 234,50`` beside ``1.231``). ``(1,200.00)`` and ``1,200.00-``
    are negative. Thousands and millions (``12k``), other currencies and shortened numbers
    (``1.2E+06``) are not read.
    """
    plain = column.str.replace("\N{MINUS SIGN}", "-")
    plain = plain.str.replace(_beside(currency), _KEPT, regex=True)
    plain = plain.str.replace(_NEGATIVE, r"-\1\2\3", regex=True).str.strip()
    bare = plain.str.replace(_BLANKS, lambda told: re.sub(r"[\s'’]", "", told[0]), regex=True)
    seen = bare.dropna().unique()
    point = decimal or decimal_sign(seen)
    blanks = bool((bare.dropna() != plain.dropna()).any())
    doubtful = _either(seen, point, blanks=blanks) if point and not decimal else frozenset()

    def amount(text: str) -> float | None:
        if re.fullmatch(r"-?[0-9]+", text):
            return number(text)
        if not point or text in doubtful:
            return None
        other = "," if point == "." else "."
        form = rf"-?(?:[0-9]+|[0-9]{{1,3}}(?:\{other}[0-9]{{3}})+)(?:\{point}[0-9]+)?"
        if not re.fullmatch(form, text):
            return None
        return number(text.replace(other, "").replace(point, "."))

    return numbers(bare, amount)


def without_currency(text: str, currency: str) -> str:
    """Return an amount without the currency that stands beside it.

    Examples
    --------
    >>> without_currency("kr. 12,50", "SEK"), without_currency("-5 €", "EUR")
    ('12,50', '-5')
    """
    return _beside(currency).sub(_KEPT, text)


@cache
def _beside(code: str) -> re.Pattern[str]:
    """One currency at either end of an amount, in any case; ``A$`` is no dollar of the USA."""
    sign = _SIGNS.get(code, "")
    words = {code, sign.rstrip("."), "US$" if sign == "$" else ""} - {""}
    marks = "|".join(rf"(?<![^\W\d_]){re.escape(word)}\.?(?![^\W\d_])" for word in sorted(words))
    return re.compile(rf"^([-+(\s]*)(?:{marks})\s*|\s*(?:{marks})([-)\s]*)$", re.IGNORECASE)


def _either(texts: Iterable[str], point: str, *, blanks: bool) -> frozenset[str]:
    """Amounts such as ``1.231`` whose reading no other cell of their column bears out."""
    texts = list(texts)
    other = "," if point == "." else "."
    whole = rf"(?:0|[0-9]{{4,}}|[0-9]{{1,3}}(?:\{other}[0-9]{{3}})+)"
    exact = re.compile(rf"-?(?:{whole}\{point}[0-9]{{3,}}|[0-9]+\{point}[0-9]{{4,}})")
    grouped = any(text.count(other) > 1 or (other in text and point in text) for text in texts)
    unclear = {
        point: not any(map(exact.fullmatch, texts)),
        other: blanks and not grouped,
    }
    return frozenset(t for t in texts if (one := _MAY_BE_EITHER.fullmatch(t)) and unclear[one[1]])


def decimal_sign(texts: Iterable[str]) -> str:
    """Return the decimal sign that the cells of a column agree on; empty where none decides.

    Examples
    --------
    >>> decimal_sign(["1.231", "1.231,50"]), decimal_sign(["12.5"]), decimal_sign(["1.234.567"])
    (',', '.', ',')
    >>> decimal_sign(["1.231", "1,231"]), decimal_sign(["1.231"]), decimal_sign(["12.5", "12,5"])
    ('', '', '')
    """
    told = {sign for text in texts if (sign := _told_sign(text))}
    return told.pop() if len(told) == 1 else ""


def _told_sign(text: str) -> str:
    """The decimal sign that one amount shows; empty where it may be either."""
    signs = [mark for mark in text if mark in ".,"]
    if not signs or not re.fullmatch(r"-?[0-9][0-9.,]*", text):
        return ""
    last = signs[-1]
    other = "," if last == "." else "."
    if len(set(signs)) == 2:
        return last
    if len(signs) > 1:  # 1.234.567: a group sign stands more than once
        return other
    whole, part = text.lstrip("-").split(last)
    grouped = len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "" if grouped else last


def _plain_dates(texts: pd.Series) -> pd.Series:
    """Dates without the words of a language: names of months, "kl.", "Uhr"."""
    texts = texts.str.replace(_CLOCK, " ", regex=True).str.replace(r" Uhr$", "", regex=True)
    if not texts.str.contains(r"[^\W\d_]{3}").any():
        return texts
    bare = texts.str.replace(r"(?<=\d)(?:\.|st|nd|rd|th)?\s+(?:de )?(?=[^\W\d_])", " ", regex=True)
    bare = bare.str.replace(r"(?<=[^\W\d_])\.?\s+(?:de )?(?=\d{4})", " ", regex=True)
    return bare.str.replace(_MONTH, lambda found: _MONTHS[found[0].casefold()], regex=True)


def moments(column: pd.Series, form: str | None) -> Cells:
    """Return dates to the second: ISO, or in the form that the codebook states.

    ``excel`` is a form, too: days since the end of 1899, as a workbook counts them.
    """
    places, texts = pd.factorize(column)
    texts = _plain_dates(pd.Series(texts, dtype="str"))
    iso = texts.str.fullmatch(_ISO)
    found = pd.to_datetime(texts.where(iso), format="ISO8601", errors="coerce", utc=True)
    if form == EXCEL:
        days = pd.to_numeric(
            texts.where(texts.str.fullmatch(r"\d{1,6}(?:\.\d+)?")), errors="coerce"
        )
        found = found.fillna(_EPOCH + pd.to_timedelta(days, unit="D"))
    elif form:
        bare = texts.where(~iso).str.replace(_ZONE, "", regex=True)
        stated = pd.to_datetime(bare, format=form, errors="coerce", utc=True)
        found = found.fillna(stated)
    found = _of_our_time(found).astype("datetime64[ns]").dt.round("s")
    values = np.append(found.to_numpy(), np.datetime64("NaT", "ns"))
    broken = np.append(found.isna().to_numpy(), False)
    return Cells(
        pd.Series(values[places], index=column.index), pd.Series(broken[places], index=column.index)
    )


def forms_that_read(column: pd.Series, forms: Iterable[str | None]) -> list[str | None]:
    """Return those forms of dates in which every cell is one, as `moments` reads it.

    What all forms have in common is done once: a file's columns are tried in some ninety.

    Examples
    --------
    >>> forms_that_read(pd.Series(["03/04/2025", None]), [None, "%m/%d/%Y", "%d.%m.%Y"])
    ['%m/%d/%Y']
    """
    texts = _plain_dates(pd.Series(column.dropna().unique(), dtype="str"))
    iso = texts.str.fullmatch(_ISO)
    plain = pd.to_datetime(texts[iso], format="ISO8601", errors="coerce", utc=True)
    if _of_our_time(plain).isna().any():
        return []
    rest = texts[~iso].str.replace(_ZONE, "", regex=True)
    if rest.empty:
        return list(forms)
    read = {form: pd.to_datetime(rest, format=form, errors="coerce", utc=True)
            for form in forms if form}  # fmt: skip
    return [form for form, found in read.items() if _of_our_time(found).notna().all()]


def _of_our_time(found: pd.Series) -> pd.Series:
    plain = found.dt.tz_localize(None)
    return plain.where(plain.between(_FIRST, _LAST))


def yes_or_no(column: pd.Series, words: Mapping[str, str]) -> Cells:
    """Return truth values; empty cells are broken, for they may mean either."""
    known = dict.fromkeys(_YES, 1.0) | dict.fromkeys(_NO, 0.0)
    known |= {w: known[folded(m)] for w, m in words.items() if folded(m) in known}
    read = numbers(column, lambda text: known.get(folded(text)))
    return Cells(read.found == 1.0, read.broken | column.isna())


def one_of(column: pd.Series, options: tuple[str, ...], words: Mapping[str, str]) -> Cells:
    """Return the option that every text names, in the codebook's words or ours."""
    known = {folded(o): o for o in options} | {w: m for w, m in words.items() if m in options}
    places, texts = pd.factorize(column)
    found = np.array([*(known.get(folded(text)) for text in texts), None], dtype=object)
    values = pd.Series(found[places], index=column.index, dtype="str")
    return Cells(values, column.notna() & values.isna())


def spelled(column: pd.Series, spellings: Mapping[str, str]) -> pd.Series:
    """Return texts in their one spelling where the spelling is known."""
    places, texts = pd.factorize(column)
    found = np.array([*(spellings.get(folded(t), t) for t in texts), None], dtype=object)
    return pd.Series(found[places], index=column.index, dtype="str")


def whole(column: pd.Series) -> pd.Series:
    """Return texts in which ``2025.0`` has become ``2025``."""
    return column.str.replace(r"^([0-9]+)\.0+$", r"\1", regex=True)
