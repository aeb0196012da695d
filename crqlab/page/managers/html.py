"""Account managers: what each has to look after; for talks about help, not for pay."""

from __future__ import annotations

import pandas as pd

from crqlab.page.managers.data import Managers
from crqlab.show.html import Column, Shown, names, paragraph, table, text
from crqlab.show.number_format import MISSING, count, number, percent, span

_PAY = (
    "Do not tie pay to these numbers: it invites gaming, and an account manager signs off who is "
    "asked. The order is the alphabet's, on purpose."
)


def manager_scores(found: Managers) -> Shown:
    """Lay out what hangs on each account manager, and how that part of the relationships is.

    Parameters
    ----------
    found : Managers
        As from `crqlab.page.managers.select.managers`.
    """
    rows = found.table
    if rows["manager"].notna().sum() < 2:
        said = "The accounts are not parted by account manager: fewer than two are known."
        return Shown(paragraph(text(said)), said)
    columns = [
        Column("Account manager", names(rows["manager"], missing="none named")),
        Column("Accounts", [f"{n:,}" for n in rows["n_accounts"]], True),
        *_paid(rows, found.currency),
        Column("Heard", [f"{n:,}" for n in rows["n_heard"]], True),
        Column("Silent", [f"{n:,}" for n in rows["n_silent"]], True),
        Column("CRQ", [number(value, 1) for value in rows["value"]], True),
        Column("Interval", _spans(rows, "value", "low", "high", 1), True),
        Column("n", _n(rows), True),
        *_risk(rows, found.currency),
        *_cautions(rows),
    ]
    caption = (
        f"What {count(int(rows['manager'].notna().sum()), 'account manager')} look after, in the "
        "order of the alphabet. CRQ: mean of the accounts' shrunken scores, with its "
        f"{percent(found.level)} interval from whole accounts drawn again; n counts respondents "
        "and, behind the stroke, accounts with a score."
    )
    if rows["expected_loss"].notna().any():
        caption += " Expected loss: with the interval that the error of the model leaves."
    return Shown(table(columns, caption=caption, note=text(_PAY), kind="long"), _aloud(rows))


def _paid(rows: pd.DataFrame, currency: str) -> list[Column]:
    if rows["revenue"].isna().all():
        return []
    head = f"Revenue a year ({currency})" if currency else "Revenue a year"
    return [
        Column(head, [number(value, 0) for value in rows["revenue"]], True),
        Column("of it heard", [percent(share) for share in rows["revenue_heard"]], True),
    ]


def _cautions(rows: pd.DataFrame) -> list[Column]:
    said = [text(flag) if flag != "ok" else "" for flag in rows["flag"]]
    return [Column("Caution", said)] if any(said) else []


def _n(rows: pd.DataFrame) -> list[str]:
    return [
        f"{people:,} / {accounts:,}"
        for people, accounts in zip(rows["n_people"], rows["n_scored"], strict=True)
    ]


def _risk(rows: pd.DataFrame, currency: str) -> list[Column]:
    columns = []
    if rows["at_risk"].notna().any():
        cells = [
            MISSING if risk != risk else f"{risk:.0f} of {n:.0f}"
            for risk, n in zip(rows["at_risk"], rows["n_sorted"], strict=True)
        ]
        columns.append(Column("On the point of leaving", cells, True))
    if rows["expected_loss"].notna().any():
        head = f"Expected loss ({currency})" if currency else "Expected loss"
        columns.append(Column(head, [number(v, 0) for v in rows["expected_loss"]], True))
        ends = _spans(rows, "expected_loss", "expected_low", "expected_high", 0)
        columns.append(Column("Interval of it", ends, True))
    return columns


def _spans(rows: pd.DataFrame, value: str, low: str, high: str, places: int) -> list[str]:
    return [
        MISSING if known != known else span(a, b, places)
        for known, a, b in zip(rows[value], rows[low], rows[high], strict=True)
    ]


def _aloud(rows: pd.DataFrame) -> str:
    known = rows[rows["manager"].notna()]
    silent = known[known["n_silent"] > 0]
    return (
        f"{count(len(known), 'account manager')} look after "
        f"{count(int(known['n_accounts'].sum()), 'account')}; {len(silent):,} of them have silent "
        "ones"
    )
