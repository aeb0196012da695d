"""Exports as survey tools write them, of answers that are known."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pandas as pd

from tests.responses.form_exports import alchemer, googleforms, msforms, surveymonkey, typeform
from tests.responses.known_answers import (
    COMPANY,
    IMPROVE,
    RECOMMEND,
    STATEMENTS,
    STEM,
    WORDS,
    N,
    Survey,
    account,
    began,
    body,
    comment,
    write_csv,
    write_xlsx,
)


def qualtrics(folder: Path, asked: Survey, kind: str = "current") -> Path:
    """Three header rows and a preview; legacy, two rows, single quotes, xlsx, tsv."""
    lang = asked.language
    meta = [
        "StartDate",
        "EndDate",
        "Status",
        "IPAddress",
        "Progress",
        "Duration (in seconds)",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "RecipientLastName",
        "RecipientEmail",
        "ExternalReference",
        "LocationLatitude",
        "DistributionChannel",
        "UserLanguage",
    ]
    told = [
        "Start Date",
        "End Date",
        "Response Type",
        "IP Address",
        "Progress",
        "Duration (in seconds)",
        "Finished",
        "Recorded Date",
        "Response ID",
        "Recipient Last Name",
        "Recipient Email",
        "External Data Reference",
        "Location Latitude",
        "Distribution Channel",
        "User Language",
    ]
    names = [
        *meta,
        *(f"Q1_{n}" for n in range(1, 7)),
        "Q2",
        "Q2_NPS_GROUP",
        "Q3",
        "account_id",
        "SC0",
    ]
    wording = [
        *told,
        *(f"{STEM[lang]} - {text}" for text in STATEMENTS[lang]),
        RECOMMEND[lang],
        f"{RECOMMEND[lang]} - Group",
        IMPROVE[lang],
        "account_id",
        "Score",
    ]
    rows = []
    for person in range(N + 3):
        preview, person = person >= N, person % N
        day = began(person)
        value = asked.ltr[person]
        rows.append(
            [
                f"{day:%Y-%m-%d %H:%M:%S}",
                f"{day + timedelta(minutes=6):%Y-%m-%d %H:%M:%S}",
                "Survey Preview" if preview else "IP Address",
                "10.0.0.1",
                "100",
                "360",
                "True",
                f"{day + timedelta(minutes=6):%Y-%m-%d %H:%M:%S}",
                f"R_{'p' if preview else 'a'}{person:014d}",
                "",
                "",
                "",
                "59.1",
                "anonymous",
                "EN",
                *body(asked, person),
                str(value),
                "Promoter" if value > 8 else "Passive" if value > 6 else "Detractor",
                comment(person),
                account(person),
                str(sum(asked.items[person])),
            ]
        )
    ids = [json.dumps({"ImportId": f"QID{n}"}) for n in range(len(names))]
    if kind == "single":
        ids = [cell.replace('"', "'") for cell in ids]
    head = [names, wording, ids]
    if kind == "legacy":
        old = {"ResponseId": "ResponseID", "ExternalReference": "ExternalDataReference"}
        v = [f"V{n + 1}" if n < len(meta) else name for n, name in enumerate(names)]
        head = [v, [old.get(n, n) if n in meta else w for n, w in zip(names, wording, strict=True)]]
    if kind == "two":
        head = [names, wording]
    rows = [*head, *rows]
    if kind == "xlsx":
        return write_xlsx(folder / "Client survey.xlsx", rows, numbers=True)
    if kind == "tsv":
        path = folder / "survey.tsv"
        text = "\r\n".join("\t".join(row) for row in rows)
        path.write_bytes(text.encode("utf-16"))
        return path
    return write_csv(folder / "Client+survey_April+2,+2025_10.44.csv", rows)


def limesurvey(folder: Path, asked: Survey, kind: str = "codes") -> Path:
    """Codes, codes A1 to A7, full texts, codes and texts, and what the R export writes."""
    lang, codes = asked.language, [f"G01Q01[SQ00{n}]" for n in range(1, 7)]
    head = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "startdate",
        "datestamp",
        *codes,
        "G02Q02",
        "G03Q03",
        "AccID",
        "interviewtime",
    ]
    if kind == "R":
        head = [name.replace("[", "_").replace("]", "") for name in head]
    full = [
        "Response ID",
        "Date submitted",
        "Last page",
        "Start language",
        "Seed",
        "Date started",
        "Date last action",
        *(f"{STEM[lang]} [{text}]" for text in STATEMENTS[lang]),
        RECOMMEND[lang],
        IMPROVE[lang],
        COMPANY[lang],
        "Total time",
    ]
    if kind == "full":
        head = full
    if kind == "both":
        head = [f"{code}. {text}" for code, text in zip(head, full, strict=True)]
    rows = []
    for person in range(N + 2):
        unfinished, person = person >= N, person % N
        day = f"{began(person):%Y-%m-%d %H:%M:%S}"
        cells = body(asked, person)
        if kind in ("A", "AO"):
            cells = [f"A{c}" if kind == "A" else f"AO0{c}" for c in cells]
        rows.append(
            [
                str(900 + unfinished * 50 + person),
                "" if unfinished else day,
                "3",
                lang,
                "17",
                day,
                day,
                *cells,
                str(asked.ltr[person]),
                comment(person),
                account(person),
                "301.22",
            ]
        )
    return write_csv(
        folder / "results-survey123.csv", [head, *rows], ";" if kind == "both" else ","
    )


def spss(folder: Path, asked: Survey, kind: str = "sav") -> Path:
    """Labels; 99 refused, in a missing range; nobody uses an end of the scale of the last item."""
    import pyreadstat

    lang = asked.language
    columns = {"respid": [float(n + 1) for n in range(N)], "acc_id": [account(n) for n in range(N)]}
    top = asked.points
    for n in range(6):
        values = [float(row[n]) for row in asked.items]
        columns[f"v{n + 1}"] = [top + 1 - v for v in values] if kind == "turned" else values
    columns["v1"] = [99.0 if n == 5 else v for n, v in enumerate(columns["v1"])]
    columns["nps"] = [float(v) + (kind == "eleven") for v in asked.ltr]
    columns["open1"] = [comment(n) for n in range(N)]
    labels = [f"{STEM[lang]} {text}" for text in STATEMENTS[lang]]
    named = {"v" + str(n + 1): label for n, label in enumerate(labels)}
    words = (
        dict(zip(range(1, top + 1), WORDS[lang, top], strict=True)) if (lang, top) in WORDS else {}
    )
    if kind == "turned":
        words = {top + 1 - code: word for code, word in words.items()}
    values = (
        {f"v{n}": {float(k): v for k, v in words.items()} for n in range(1, 7)} if words else {}
    )
    if words:
        values["v1"] |= {99.0: "refused"}
    path = folder / ("client.zsav" if kind == "zsav" else "client.sav")
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        path,
        compress=kind == "zsav",
        variable_value_labels=values,
        column_labels={**named, "nps": RECOMMEND[lang], "open1": IMPROVE[lang]},
        missing_ranges={"v1": [{"lo": 90.0, "hi": 99.0}]} if kind == "range" else None,
    )
    return path


def plain(folder: Path, asked: Survey, kind: str = "csv") -> Path:
    head = ["id", "company", "date", *(f"q{n}" for n in range(1, 7)), "nps_score", "comment"]
    rows = [
        [
            f"x{n}",
            account(n),
            f"{began(n):%d.%m.%Y}",
            *body(asked, n),
            str(asked.ltr[n]),
            comment(n),
        ]
        for n in range(N)
    ]
    if kind == "xlsx":
        return write_xlsx(folder / "answers.xlsx", [head, *rows], numbers=True)
    if kind == "semicolon":
        path = folder / "answers.csv"
        with path.open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows([head, *rows])
        return path
    return write_csv(folder / "answers.csv", [head, *rows])


#: Every tool and shape, by the name under which tests and docs/howto/survey_tools.md have it.
EXPORTS = {
    "qualtrics": lambda folder, asked: qualtrics(folder, asked),
    "qualtrics single quotes": lambda folder, asked: qualtrics(folder, asked, "single"),
    "qualtrics legacy": lambda folder, asked: qualtrics(folder, asked, "legacy"),
    "qualtrics two header rows": lambda folder, asked: qualtrics(folder, asked, "two"),
    "qualtrics xlsx": lambda folder, asked: qualtrics(folder, asked, "xlsx"),
    "qualtrics tsv": lambda folder, asked: qualtrics(folder, asked, "tsv"),
    "limesurvey codes": lambda folder, asked: limesurvey(folder, asked),
    "limesurvey A1": lambda folder, asked: limesurvey(folder, asked, "A"),
    "limesurvey AO01": lambda folder, asked: limesurvey(folder, asked, "AO"),
    "limesurvey full text": lambda folder, asked: limesurvey(folder, asked, "full"),
    "limesurvey codes and text": lambda folder, asked: limesurvey(folder, asked, "both"),
    "limesurvey R": lambda folder, asked: limesurvey(folder, asked, "R"),
    "surveymonkey": surveymonkey,
    "microsoft forms": msforms,
    "google forms": googleforms,
    "typeform": typeform,
    "alchemer": alchemer,
    "spss sav": lambda folder, asked: spss(folder, asked),
    "spss zsav": lambda folder, asked: spss(folder, asked, "zsav"),
    "spss missing range": lambda folder, asked: spss(folder, asked, "range"),
    "spss reversed labels": lambda folder, asked: spss(folder, asked, "turned"),
    "spss 0-10 coded 1-11": lambda folder, asked: spss(folder, asked, "eleven"),
    "csv": plain,
    "csv semicolons": lambda folder, asked: plain(folder, asked, "semicolon"),
    "excel": lambda folder, asked: plain(folder, asked, "xlsx"),
}
