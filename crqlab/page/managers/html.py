"""Account managers: what each has to look after; for talks about help, not for pay."""

from __future__ import annotations

import pandas as pd

from crqlab.language import MISSING, Language
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, names, paragraph, table, text


def manager_scores(view: ClientView) -> Shown:
    """Lay out what hangs on each account manager, and how that part of the relationships is.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.managers.manager_scores(view)
    """
    found, spoken, say = view.managers, view.language, view.language.say
    rows = found.table
    n = int(rows["manager"].notna().sum())
    if n < 2:
        said = say("managers.not_parted")
        return Shown(paragraph(text(said)), said)
    owners = names(rows["manager"], missing=say("common.none_named"))
    columns = [
        Column(say("column.account_manager"), owners),
        _counts(spoken, "managers.accounts", rows["n_accounts"]),
        *_paid(spoken, rows, found.currency),
        _counts(spoken, "managers.heard", rows["n_heard"]),
        _counts(spoken, "managers.silent", rows["n_silent"]),
        Column(say("managers.crq"), [spoken.number(value, 1) for value in rows["value"]], True),
        Column(say("column.interval"), _spans(spoken, rows[["value", "low", "high"]], 1), True),
        Column(say("column.n"), _n(spoken, rows), True),
        *_risk(spoken, rows, found.currency),
        *_cautions(spoken, rows),
    ]
    code = "managers.caption_loss" if rows["expected_loss"].notna().any() else "managers.caption"
    caption = say(code, n=n, level=spoken.percent(found.level))
    note = spoken.html("managers.pay")
    return Shown(table(columns, caption=caption, note=note, kind="long"), _aloud(spoken, rows))


def _counts(spoken: Language, head: str, counts: pd.Series) -> Column:
    return Column(spoken.say(head), [spoken.number(n, 0) for n in counts], True)


def _paid(spoken: Language, rows: pd.DataFrame, currency: str) -> list[Column]:
    if rows["revenue"].isna().all():
        return []
    say, shares = spoken.say, [spoken.percent(share) for share in rows["revenue_heard"]]
    head = say("column.revenue_in", currency=currency) if currency else say("column.revenue")
    return [
        Column(head, [spoken.number(value, 0) for value in rows["revenue"]], True),
        Column(say("managers.heard_revenue"), shares, True),
    ]


def _cautions(spoken: Language, rows: pd.DataFrame) -> list[Column]:
    said = [text(spoken.caution(flag)) for flag in rows["flag"]]
    return [Column(spoken.say("column.caution"), said)] if any(said) else []


def _n(spoken: Language, rows: pd.DataFrame) -> list[str]:
    return [
        f"{spoken.number(people, 0)} / {spoken.number(accounts, 0)}"
        for people, accounts in zip(rows["n_people"], rows["n_scored"], strict=True)
    ]


def _risk(spoken: Language, rows: pd.DataFrame, currency: str) -> list[Column]:
    columns, say = [], spoken.say
    if rows["at_risk"].notna().any():
        cells = [
            MISSING if risk != risk else say("managers.leaving_of", n=risk, m=n)
            for risk, n in zip(rows["at_risk"], rows["n_sorted"], strict=True)
        ]
        columns.append(Column(say("managers.leaving"), cells, True))
    if rows["expected_loss"].notna().any():
        head = say("managers.loss_in", currency=currency) if currency else say("managers.loss")
        columns.append(Column(head, [spoken.number(v, 0) for v in rows["expected_loss"]], True))
        ends = _spans(spoken, rows[["expected_loss", "expected_low", "expected_high"]], 0)
        columns.append(Column(say("managers.loss_interval"), ends, True))
    return columns


def _spans(spoken: Language, rows: pd.DataFrame, places: int) -> list[str]:
    """Intervals, where their values are known."""
    return [
        MISSING if value != value else spoken.span(low, high, places)
        for value, low, high in rows.itertuples(index=False)
    ]


def _aloud(spoken: Language, rows: pd.DataFrame) -> str:
    known = rows[rows["manager"].notna()]
    accounts = int(known["n_accounts"].sum())
    silent = int((known["n_silent"] > 0).sum())
    return spoken.say("managers.aloud", n=len(known), m=accounts, k=silent)
