"""Exports of tools for forms, of answers that are known."""

from __future__ import annotations

from pathlib import Path

from tests.responses.known_answers import (
    COMPANY,
    IMPROVE,
    RECOMMEND,
    STATEMENTS,
    STEM,
    N,
    Survey,
    account,
    began,
    body,
    comment,
    write_csv,
    write_xlsx,
)


def surveymonkey(folder: Path, asked: Survey) -> Path:
    lang = asked.language
    head = [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "End Date",
        "IP Address",
        "Email Address",
        "First Name",
        "Last Name",
        "Custom Data 1",
        STEM[lang],
        "",
        "",
        "",
        "",
        "",
        RECOMMEND[lang],
        IMPROVE[lang],
    ]
    sub = ["", "", "", "", "", "", "", "", "", *STATEMENTS[lang], "", "Open-Ended Response"]
    rows = []
    for person in range(N):
        day = f"{began(person):%m/%d/%Y %I:%M:%S %p}"
        rows.append(
            [
                f"1180{person:06d}",
                "4001",
                day,
                day,
                "10.0.0.1",
                "",
                "",
                "",
                account(person),
                *body(asked, person),
                str(asked.ltr[person]),
                comment(person),
            ]
        )
    return write_csv(folder / "Client Survey.csv", [head, sub, *rows])


def msforms(folder: Path, asked: Survey) -> Path:
    lang = asked.language
    head = [
        "ID",
        "Start time",
        "Completion time",
        "Email",
        "Name",
        COMPANY[lang],
        *(f"{STEM[lang]}.{text}" for text in STATEMENTS[lang]),
        RECOMMEND[lang],
        IMPROVE[lang],
    ]
    rows = []
    for person in range(N):
        day = f"{began(person):%Y-%m-%d %H:%M:%S}"
        rows.append(
            [
                str(person + 1),
                day,
                day,
                "anonymous",
                "",
                account(person),
                *body(asked, person),
                str(asked.ltr[person]),
                comment(person),
            ]
        )
    return write_xlsx(folder / "Client survey(1-42).xlsx", [head, *rows], numbers=True)


def googleforms(folder: Path, asked: Survey) -> Path:
    lang = asked.language
    stamp = {
        "en": "Timestamp",
        "de": "Zeitstempel",
        "sv": "Tidstämpel",
        "fr": "Horodateur",
        "es": "Marca temporal",
        "nl": "Tijdstempel",
    }[lang]
    head = [
        stamp,
        COMPANY[lang],
        *(f"{STEM[lang]} [{text}]" for text in STATEMENTS[lang]),
        RECOMMEND[lang],
        IMPROVE[lang],
    ]
    rows = []
    for person in range(N):
        day = began(person)
        form = f"{day:%m/%d/%Y %H:%M:%S}" if lang == "en" else f"{day:%d/%m/%Y %H:%M:%S}"
        if lang in ("de",):
            form = f"{day:%d.%m.%Y %H:%M:%S}"
        if lang == "sv":
            form = f"{day:%Y-%m-%d %H:%M:%S}"
        rows.append(
            [form, account(person), *body(asked, person), str(asked.ltr[person]), comment(person)]
        )
    return write_csv(folder / "Client survey (Responses).csv", [head, *rows])


def typeform(folder: Path, asked: Survey) -> Path:
    lang = asked.language
    head = [
        "#",
        *(f"{text}?" for text in STATEMENTS[lang]),
        RECOMMEND[lang],
        IMPROVE[lang],
        "account",
        "Response Type",
        "Start Date (UTC)",
        "Stage Date (UTC)",
        "Submit Date (UTC)",
        "Network ID",
        "Tags",
        "Ending",
    ]
    rows = []
    for person in range(N + 2):
        partial, person = person >= N, person % N
        day = f"{began(person):%Y-%m-%d %H:%M:%S}"
        rows.append(
            [
                f"{'p' if partial else 'q'}{person:031x}",
                *body(asked, person),
                str(asked.ltr[person]),
                comment(person),
                account(person),
                "partial" if partial else "completed",
                day,
                "",
                "" if partial else day,
                "ab12cd",
                "",
                "Thanks",
            ]
        )
    return write_csv(folder / "responses.csv", [head, *rows])


def alchemer(folder: Path, asked: Survey) -> Path:
    lang = asked.language
    head = [
        "Response ID",
        "Time Started",
        "Date Submitted",
        "Status",
        "Contact ID",
        "Legacy Comments",
        "Comments",
        "Language",
        "Referer",
        "SessionID",
        "User Agent",
        "IP Address",
        "Longitude",
        "Country",
        "URL Variable: account",
        *(f"{text}:{STEM[lang]}" for text in STATEMENTS[lang]),
        RECOMMEND[lang],
        IMPROVE[lang],
    ]
    rows = []
    for person in range(N + 3):
        extra, person = person >= N, person % N
        status = ["Partial", "Disqualified", "Deleted"][person] if extra else "Complete"
        day = f"{began(person):%b %d, %Y %I:%M:%S %p}"
        rows.append(
            [
                str(person + 1 + 100 * extra),
                day,
                day,
                status,
                "",
                "",
                "",
                "English",
                "",
                "s",
                "Mozilla/5.0",
                "10.0.0.1",
                "17.9",
                "Sweden",
                account(person),
                *body(asked, person),
                str(asked.ltr[person]),
                comment(person),
            ]
        )
    return write_csv(folder / "20250402_client_survey.csv", [head, *rows])
