"""Reports of a CRM as they come: dates either way round, currencies, thousands, doubled headers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crqlab import Study, responses
from tests.responses.known_answers import N, account, write_csv

IDS = [f"00{n}7" for n in range(1, 10)]
REVENUE = [12500, 1234567, 980, 36000.5, 4100, 250000, 75, 8800.25, 610]
HEAD = ["Account ID", "Account Name", "Annual Revenue", "Renewal Date"]
DUE = [date(2025, 3, 4) + timedelta(days=29 * n) for n in range(9)]


def english(value: float) -> str:
    return f"{value:,.2f}"


def swedish(value: float) -> str:
    return english(value).replace(",", "\u00a0").replace(".", ",")


def survey(folder, dates=None):
    day = dates or [f"2025-03-{1 + n % 28:02d}" for n in range(N)]
    rows = [[f"x{n}", account(n), day[n], *(str(1 + (n * k + n // 7) % 7) for k in (3, 4, 5)),
             str(n % 11)] for n in range(N)]  # fmt: skip
    return write_csv(
        folder / "survey.csv", [["id", "company", "date", "q1", "q2", "q3", "nps"], *rows]
    )


def drafted(folder, head, rows):
    table = write_csv(folder / "accounts.csv", [head, *rows])
    report = responses.drafted("s", folder / "home", [survey(folder)], {"accounts": table})
    study = Study("s", root=folder / "home")
    return report, study.codebook, responses.read(study).accounts


def rows(write=str, due="{:%Y-%m-%d}"):
    each = zip(IDS, REVENUE, DUE, strict=True)
    return [[i, f"Firm {i}", write(v), due.format(day)] for i, v, day in each]


@pytest.mark.parametrize(
    ("write", "currency"),
    [
        (lambda v: "$" + english(v), "USD"),
        (lambda v: "SEK " + english(v), "SEK"),
        (lambda v: swedish(v) + " kr", "SEK"),
        (lambda v: "€ " + english(v), "EUR"),
        (lambda v: english(v), "EUR"),
    ],
)
def test_a_currency_beside_the_amounts_is_the_study_s(write, currency, tmp_path):
    report, book, found = drafted(tmp_path, HEAD, rows(write))
    assert book.currency == currency
    assert found["revenue"].tolist() == REVENUE
    assert any("NOK" in point for point in report.open) == ("kr" in write(1.0))


def test_amounts_in_two_currencies_are_asked_about(tmp_path):
    mixed = [[*row[:2], ("$" if n % 2 else "€") + row[2], row[3]] for n, row in enumerate(rows())]
    table = write_csv(tmp_path / "accounts.csv", [HEAD, *mixed])
    report = responses.drafted("s", tmp_path / "home", [survey(tmp_path)], {"accounts": table})
    assert any("amounts in EUR, USD" in point for point in report.open)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (["Account ID", "Account Name", "Umsatz (TEUR)", "x"], "names thousands or millions"),
        (
            ["Account ID", "Account Name", "Revenue in thousands", "x"],
            "names thousands or millions",
        ),
        (["Account ID", "Account Name", "Revenue 2023", "Revenue 2024"], "or 'Revenue 2024'?"),
        (["Account ID", "Annual Revenue", "Annual Revenue", "x"], "two columns of accounts.csv"),
    ],
)
def test_what_an_amount_may_mean_is_asked(head, said, tmp_path):
    body = [[i, str(n), str(v), str(v)] for n, (i, v) in enumerate(zip(IDS, REVENUE, strict=True))]
    report, _, _ = drafted(tmp_path, head, body)
    assert any(said in point for point in report.open)


def test_a_column_of_codes_is_no_amount(tmp_path):
    head = ["Account ID", "Account Name", "Annual Revenue Currency", "Annual Revenue"]
    body = [[i, "x", "CHF", str(v)] for i, v in zip(IDS, REVENUE, strict=True)]
    _, book, found = drafted(tmp_path, head, body)
    assert book.currency == "CHF"
    assert found["revenue"].tolist() == REVENUE


@pytest.mark.parametrize(
    "due", ["{:%d/%m/%Y}", "{:%m/%d/%Y}", "{:%d.%m.%y}", "{:%d/%m/%y}", "{:%Y%m%d}"]
)
def test_a_cell_that_decides_tells_the_form_of_dates(due, tmp_path):
    report, _, found = drafted(tmp_path, HEAD, rows(due=due))
    assert found["renewal_on"].dt.date.tolist() == DUE
    assert not any("may be day or month first" in point for point in report.open)


def test_dates_that_may_be_either_are_asked_about(tmp_path):
    either = [[*row[:3], f"{1 + n % 9:02d}/{2 + n % 5:02d}/2025"] for n, row in enumerate(rows())]
    report, _, _ = drafted(tmp_path, HEAD, either)
    (point,) = [one for one in report.open if "may be day or month first" in one]
    assert point.startswith("accounts.dates: '01/02/2025' may be")


def test_another_column_of_dates_decides(tmp_path):
    either = [[*row[:3], f"0{1 + n}/02/2025", f"{14 + n}/02/2025"] for n, row in enumerate(rows())]
    report, _, found = drafted(tmp_path, [*HEAD, "Customer since"], either)
    assert found["renewal_on"].dt.month.tolist() == [2] * 9
    assert not any("may be day or month first" in point for point in report.open)


def test_a_workbook_s_count_of_days_is_a_date(tmp_path):
    counted = [[*row[:3], str((day - date(1899, 12, 30)).days)]
               for row, day in zip(rows(), DUE, strict=True)]  # fmt: skip
    _, book, found = drafted(tmp_path, HEAD, counted)
    assert book.accounts.dates == "excel"
    assert found["renewal_on"].dt.date.tolist() == DUE


def test_dates_of_answers_that_may_be_either_are_asked_about(tmp_path):
    path = survey(tmp_path, [f"{1 + n % 9:02d}/{1 + n % 7:02d}/2025" for n in range(N)])
    report = responses.drafted("s", tmp_path / "home", [path], {})
    assert any("may be day or month first" in point for point in report.open)


def test_headers_of_other_languages_are_known(tmp_path):
    french = ["N° client", "Nom du client", "Chiffre d'affaires", "x"]
    _, _, found = drafted(tmp_path, french, rows())
    assert found["account_id"].tolist() == IDS
    assert found["revenue"].tolist() == REVENUE


def test_doubled_headers_of_a_survey_are_asked_about(tmp_path):
    head = ["id", "company", "q1", "q2", "q3", "q3"]
    body = [[f"x{n}", account(n), *(str(1 + (n * k + n // 7) % 7) for k in (3, 4, 5, 6))]
            for n in range(N)]  # fmt: skip
    path = write_csv(tmp_path / "survey.csv", [head, *body])
    report = responses.drafted("s", tmp_path / "home", [path], {})
    assert any("2 columns have this name" in point for point in report.open)
    assert report.left_out["q3"].startswith("2 columns")


OUTCOMES = {
    "en": (
        ["Account ID", "Close Date", "Stage", "Amount"],
        ["Closed Won", "Closed Lost", "Proposal/Price Quote"],
    ),
    "de": (["Kunden-Nr", "Vertragsende", "Ergebnis", "Betrag"], ["gewonnen", "verloren", "offen"]),
    "sv": (["Kundnr", "Förfallodag", "Utfall", "Belopp"], ["Förnyad", "Förlorad", "Öppen"]),
    "fr": (["N° client", "Date d'échéance", "Statut", "Montant"], ["Gagné", "Perdu", "En cours"]),
    "es": (
        ["ID cliente", "Fecha de cierre", "Resultado", "Importe"],
        ["Ganada", "Perdida", "Abierta"],
    ),
    "nl": (["Klantnummer", "Einddatum", "Resultaat", "Bedrag"], ["Gewonnen", "Verloren", "Open"]),
}


def outcomes(folder, head, words):
    body = [[i, "2025-06-30", words[n % 3], "1200.50"] for n, i in enumerate(IDS)]
    table = write_csv(folder / "deals.csv", [head, *body])
    report = responses.drafted("s", folder / "home", [survey(folder)], {"outcomes": table})
    return report, responses.read(Study("s", root=folder / "home")).outcomes


@pytest.mark.parametrize("language", OUTCOMES)
def test_what_came_of_contracts_is_read_in_six_languages(language, tmp_path):
    report, found = outcomes(tmp_path, *OUTCOMES[language])
    assert found["outcome"].tolist() == ["renewed", "churned", "open"] * 3
    assert found["revenue"].tolist() == [1200.5] * 9
    assert not any(point.startswith("outcomes") for point in report.open)


def test_words_without_a_known_meaning_are_asked_about(tmp_path):
    report, found = outcomes(tmp_path, OUTCOMES["en"][0], ["Signed", "Dropped", "Closed Won"])
    (point,) = [one for one in report.open if one.startswith("outcomes.words")]
    assert "'Signed' 3, 'Dropped' 3 taken as open" in point
    assert found["outcome"].value_counts().to_dict() == {"open": 6, "renewed": 3}
