"""Exports as a stranger brings them: shapes, words, marks and dates of many tools and people.

Each is made of the same answers (`known_answers.survey`); what is right of it stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.responses.known_answers import (
    RECOMMEND,
    STATEMENTS,
    N,
    Survey,
    account,
    began,
    body,
    comment,
    survey,
    write_csv,
    write_xlsx,
)

ASKED = survey()
AGREE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


@dataclass(frozen=True)
class Odd:
    """An export and what is right of it.

    Attributes
    ----------
    path : Path
    items : list of person of list of item
        None where nothing was answered; None instead of a list: not looked at.
    ltr : list
    kept : list of int
        People whose answers count.
    said : tuple of str
        Words that stand among what is open.
    dated : bool
        Whether the day of the answers is known.
    """

    path: Path
    items: list[list[Any]] | None = None
    ltr: list[Any] = field(default_factory=lambda: list(ASKED.ltr))
    kept: list[int] = field(default_factory=lambda: list(range(N)))
    said: tuple[str, ...] = ()
    dated: bool = False


def plainly(
    folder: Path,
    *,
    asked: Survey = ASKED,
    cell: Callable[[int, int, str], str] = lambda person, item, text: text,
    recommend: Callable[[int], str] = lambda person: str(ASKED.ltr[person]),
    more: dict[str, Callable[[int], str]] | None = None,
    delimiter: str = ",",
) -> Path:
    """One row a person, the statements as headers, further columns at the end."""
    more, spoken = more or {}, asked.language
    rows = [
        [f"x{n}", account(n), *(cell(n, m, text) for m, text in enumerate(body(asked, n))),
         recommend(n), comment(n), *(make(n) for make in more.values())]
        for n in range(N)
    ]  # fmt: skip
    head = ["id", "company", *STATEMENTS[spoken], RECOMMEND[spoken], "comment", *more]
    return write_csv(folder / "answers.csv", [head, *rows], delimiter)


def without(cell: Callable[[int, int], bool], asked: Survey = ASKED) -> list[list[Any]]:
    """The answers, and none where a cell says nothing."""
    return [[None if cell(n, m) else v for m, v in enumerate(row)]
            for n, row in enumerate(asked.items)]  # fmt: skip


def spread(folder: Path, head: str, mark: str, blank: str, *, named: bool) -> Odd:
    """A column for each option of every question."""
    asked = survey(points=5)
    options = AGREE if named else [str(k + 1) for k in range(5)]
    asks = STATEMENTS["en"] if "[" in head else [f"q{n + 1}" for n in range(6)]
    last = RECOMMEND["en"] if "[" in head else "nps"
    names = [head.format(q, o) for q in asks for o in options]
    names += [head.format(last, k) for k in range(11)]

    def marked(person: int) -> list[str]:
        own = [asked.items[person][m] == k + 1 for m in range(6) for k in range(5)]
        own += [asked.ltr[person] == k for k in range(11)]
        return [mark if one else blank for one in own]

    rows = [[f"x{n}", account(n), *marked(n), comment(n)] for n in range(N)]
    path = write_csv(folder / "a.csv", [["id", "company", *names, "comment"], *rows])
    return Odd(path, asked.items)


def spread_labels(folder: Path) -> Odd:
    """SurveyMonkey's two rows of headers, options in the second one and in the cells."""
    asked = survey(points=5)
    meta = ["Respondent ID", "Collector ID", "Start Date", "End Date", "Custom Data 1"]
    blanks = [""] * 4
    head = [*meta, *(cell for q in STATEMENTS["en"] for cell in (q, *blanks))]
    head += [RECOMMEND["en"], *[""] * 10, "Anything else?"]
    sub = [*[""] * 5, *AGREE * 6, *map(str, range(11)), "Open-Ended Response"]
    rows = []
    for n in range(N):
        own = [AGREE[k] if v == k + 1 else "" for v in asked.items[n] for k in range(5)]
        own += [str(k) if asked.ltr[n] == k else "" for k in range(11)]
        day = f"{began(n):%m/%d/%Y %I:%M:%S %p}"
        rows.append([f"118{n:05d}", "4001", day, day, account(n), *own, comment(n)])
    return Odd(write_csv(folder / "m.csv", [head, sub, *rows]), asked.items, dated=True)


def labelled(folder: Path) -> Odd:
    """Labels beside the ends alone, the good one first: middle answers have none."""
    ends = {1: "7 - Strongly disagree", 7: "1 - Strongly agree"}
    path = plainly(folder, cell=lambda n, m, t: ends.get(int(t), str(8 - int(t))))
    return Odd(path, ASKED.items)


def grades(folder: Path) -> Odd:
    """German marks at school, from 1 to 6; nobody gave a 1 to some questions."""
    asked = survey("de", points=6)
    words = ["ungenügend", "mangelhaft", "ausreichend", "befriedigend", "gut", "sehr gut"]

    def mark(person: int, item: int, text: str) -> str:
        return f"{7 - int(text)} = {words[int(text) - 1]}"

    return Odd(plainly(folder, asked=asked, cell=mark, delimiter=";"), asked.items)


def ten(folder: Path) -> Odd:
    """All items from 0 to 10, as the question about recommending."""
    asked = survey(points=11)
    items = [[v - 1 for v in row] for row in asked.items]
    return Odd(plainly(folder, asked=asked, cell=lambda n, m, t: str(int(t) - 1)), items)


def silent(folder: Path, *words: str) -> Odd:
    """Words for no answer beside numbers."""

    def none(person: int, item: int) -> bool:
        return (person + item) % 11 == 0

    said = lambda n, m, t: words[(n + m) % len(words)] if none(n, m) else t  # noqa: E731
    return Odd(plainly(folder, cell=said), without(none))


def strange(folder: Path) -> Odd:
    """One word that is of no scale: read as no answer, and asked about."""
    found = silent(folder, "Skip this one")
    return Odd(found.path, found.items, said=("Skip this one", "is it a point"))


def marked_rows(folder: Path, header: str, bad: str, good: str) -> Odd:
    """A column of no known tool that marks tests and unfinished answers."""
    kept = [n for n in range(N) if n % 6]
    path = plainly(folder, more={header: lambda n: good if n % 6 else bad})
    return Odd(path, [ASKED.items[n] for n in kept], [ASKED.ltr[n] for n in kept], kept,
               ("responses.set_aside",))  # fmt: skip


def dated(folder: Path, header: str, form: str) -> Odd:
    """When answers were given, in a form of some tool or country."""

    def day(person: int) -> str:
        told = f"{began(person):{form}}"
        for month, short in (("März", "Mar"), ("April", "Apr")):
            told = told.replace(f"@{short}", month)
        return told

    return Odd(plainly(folder, more={header: day}), ASKED.items, dated=True)


def ranked(folder: Path) -> Odd:
    """Ranks, shares of a sum and options to tick are no ratings."""
    more = {f"Rank: {what}": lambda n, k=k: str((n + k) % 3 + 1)
            for k, what in enumerate(("Price", "Quality", "Service"))}  # fmt: skip
    more |= {
        "Share of wallet": lambda n: str(n % 50),
        "Tick: price": lambda n: "x" if n % 2 else "",
    }
    return Odd(plainly(folder, more=more), ASKED.items)


def helpers(folder: Path) -> Odd:
    """Groups, sums, tenure, months, size and familiarity beside the answers."""
    more: dict[str, Callable[[int], str]] = {
        "NPS Kategorie": lambda n: "Promoter" if ASKED.ltr[n] > 8 else "Detractor",
        "Sum score": lambda n: str(sum(ASKED.items[n])),
        "Average": lambda n: f"{sum(ASKED.items[n]) / 6:.2f}",
        "Years as a customer": lambda n: str(n % 9 + 1),
        "Number of employees": lambda n: str(n * 37 % 300 + 5),
        "How familiar are you with this supplier?": lambda n: str(n % 5 + 1),
        "Month": lambda n: str(n % 7 + 1),
    }
    return Odd(plainly(folder, more=more), ASKED.items)


def branches(folder: Path) -> Odd:
    """A form asks the same in two branches: two columns of one name, each person in one."""
    other: dict[str, Callable[[int], str]] = {
        RECOMMEND["en"]: lambda n: "" if n % 2 else str(ASKED.ltr[n])
    }
    path = plainly(folder, recommend=lambda n: str(ASKED.ltr[n]) if n % 2 else "", more=other)
    return Odd(path, ASKED.items)


def dutch_form(folder: Path) -> Odd:
    """Microsoft Forms in Dutch, answers in words."""
    words = ("Helemaal mee oneens", "Mee oneens", "Neutraal", "Mee eens", "Helemaal mee eens")
    asked = survey("nl", words)
    stem = "In hoeverre bent u het eens?"
    head = ["Id", "Begintijd", "Tijd van voltooien", "E-mail", "Naam", "Bedrijf",
            *(f"{stem}.{text}" for text in STATEMENTS["nl"]), RECOMMEND["nl"],
            "Opmerkingen"]  # fmt: skip
    rows = [
        [str(n + 1), f"{began(n):%d-%m-%Y %H:%M:%S}", f"{began(n):%d-%m-%Y %H:%M:%S}", "anonymous",
         "", account(n), *body(asked, n), str(asked.ltr[n]), comment(n)] for n in range(N)
    ]  # fmt: skip
    path = write_xlsx(folder / "Enquete.xlsx", [head, *rows], numbers=True)
    return Odd(path, asked.items, dated=True)


def ended(folder: Path) -> Odd:
    """Only when an answer was given is known, not when it began."""

    def day(person: int) -> str:
        return f"{began(person) + timedelta(minutes=4):%d/%m/%Y %H:%M}"

    return Odd(plainly(folder, more={"Date submitted": day}), ASKED.items, dated=True)


#: Every kind, by the name under which the test runs it.
ODD: dict[str, Callable[[Path], Odd]] = {
    "options side by side, x": lambda f: spread(f, "{}_{}", "x", "", named=False),
    "options side by side, 0 and 1": lambda f: spread(f, "{} [{}]", "1", "0", named=True),
    "options side by side, labels": spread_labels,
    "labels at the ends, good first": labelled,
    "school marks": grades,
    "items from 0 to 10": ten,
    "commas as decimals, points as blanks": lambda f: silent(f, "."),
    "no answer in six languages": lambda f: silent(
        f, "Don't know / Not applicable", "Weiß ich nicht", "Vet inte", "NSP", "No lo sé", "N.v.t."
    ),
    "a word of no scale": strange,
    "status of no known tool": lambda f: marked_rows(f, "Response status", "test", "complete"),
    "finished or not": lambda f: marked_rows(f, "Completed", "No", "Yes"),
    "preview or not": lambda f: marked_rows(f, "Is preview", "TRUE", "FALSE"),
    "day first with dashes": lambda f: dated(f, "Submitted at", "%d-%m-%Y %H:%M:%S"),
    "two figures of a year": lambda f: dated(f, "created_at", "%m/%d/%y %H:%M:%S"),
    "Swedish time": lambda f: dated(f, "Tidpunkt", "%Y-%m-%d kl. %H:%M"),
    "German time": lambda f: dated(f, "Zeitpunkt", "%d.%m.%Y, %H:%M Uhr"),
    "months in German": lambda f: dated(f, "Datum", "%d. @%b %Y"),
    "ISO with zone": lambda f: dated(f, "created_at", "%Y-%m-%dT%H:%M:%S.123Z"),
    "ranks and ticks": ranked,
    "helper columns": helpers,
    "branches of a form": branches,
    "a form in Dutch": dutch_form,
    "ended alone": ended,
}
