"""Slides of what lies ahead: place among peers, segments, what to fix, renewals, actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crqlab.page.benchmark import place_among_peers
from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.report.exports.captions import brief, foot, shares
from crqlab.show.number_format import count, number, percent

if TYPE_CHECKING:
    from crqlab.report.exports.deck import Deck

_MOST_BARS = 14
_MOST_ROWS = 9
_SHARE = "0 %"


def benchmark(deck: Deck, view: ClientView) -> None:
    """Where the client stands, measure by measure."""
    rows = view.benchmark.table
    rows = rows[rows["percentile"].notna()].head(_MOST_BARS)
    if rows.empty or view.benchmark.of("crq") is None:
        return
    n = f"n = {count(int(view.benchmark.of('crq')['n_clients']), 'client')}"
    page = deck.slide(
        place_among_peers(view).sentence.partition(". ")[0],
        foot=foot(
            view,
            said=f"{n}, {percent(view.benchmark.level)} intervals from whole clients drawn again. "
            f"Source: {view.benchmark.source}",
        ),
    )
    deck.bars(
        page,
        [deck.voice.said(label) for label in rows["label"]],
        rows["percentile"].tolist(),
        spans=list(zip(rows["percentile_low"], rows["percentile_high"], strict=True)),
        ends=(0.0, 1.0),
        code=_SHARE,
        name="Share of peers below",
    )


def segments(deck: Deck, view: ClientView) -> None:
    """How many accounts are in each segment."""
    rows = view.segmented.shares
    rows = rows[rows["share"].notna() & (rows["status"] == "sorted")]
    if rows.empty:
        return
    most, whole = rows.loc[rows["n"].idxmax()], count(int(rows["n"].sum()), "account")
    page = deck.slide(
        f"Largest segment: {most['segment']}, {most['n']} of {whole}, {percent(most['share'])} "
        f"({shares(most['low'], most['high'])})",
        foot=foot(
            view,
            said=f"{whole}, {_level(rows)} intervals; accounts in brackets. Thresholds: "
            f"{view.segmented.thresholds}",
        ),
    )
    named = zip(rows["segment"], rows["n"], strict=True)
    deck.bars(
        page,
        [f"{deck.voice.said(segment)} ({n})" for segment, n in named],
        rows["share"].tolist(),
        spans=list(zip(rows["low"], rows["high"], strict=True)),
        ends=(0.0, 1.0),
        code=_SHARE,
        name="Share of accounts",
    )


def drivers(deck: Deck, view: ClientView) -> None:
    """What matters most, and how far each driver lies behind the best."""
    rows, first = view.drivers.map, view.drivers.first
    rows = rows[~rows["withheld"].to_numpy(bool) & rows["importance"].notna().to_numpy(bool)]
    if rows.empty or first is None:
        return
    rows = rows.sort_values("importance", ascending=False, kind="stable")
    people = count(int(first["n"]), "respondent")
    n = f"n = {people} of {count(int(first['n_accounts']), 'account')}"
    page = deck.slide(
        _first(first),
        foot=foot(
            view,
            said=f"{n}. Importance: share of what drivers explain of trust, commitment and "
            "satisfaction. In brackets: scale points to the top decile, below zero beyond it",
        ),
    )
    named = zip(rows["label"], rows["gap"], strict=True)
    deck.bars(
        page,
        [deck.voice.said(f"{label} ({number(gap, signed=True)})") for label, gap in named],
        rows["importance"].tolist(),
        spans=list(zip(rows["importance_low"], rows["importance_high"], strict=True)),
        ends=(0.0, max(0.5, float(rows["importance_high"].max()))),
        code=_SHARE,
        name="Importance",
    )


def _first(row: pd.Series) -> str:
    """What to fix first, and how sure that is."""
    chance = percent(row["probability"])
    if row["clear"]:
        return f"Fix {row['label']} first (probability {chance})"
    other, said = row["runner_up_label"], "No single thing stands out to fix first: "
    after = f", before {other} ({percent(row['runner_up_probability'])})"
    said += f"{row['label']} leads with a probability of {chance}"
    return said + (after if other == other and other else "")


def outlook(deck: Deck, view: ClientView) -> None:
    """The accounts with the greatest expected losses."""
    rows = view.prospect.accounts.head(_MOST_ROWS)
    if rows.empty:
        return
    total, n = view.prospect.total, count(len(view.prospect.accounts), "account")
    level = f"; {_level(total)} intervals" if len(total) else ""
    page = deck.slide(
        _at_risk(view),
        foot=foot(
            view,
            said=f"n = {n}, the greatest expected loss first{level}. Of the total they hold the "
            "model's error and chance, of an account the model's error",
        ),
    )
    cells = [
        (brief(row.name), row.manager or "", deck.voice.said(_chance(row)),
         deck.voice.said(number(row.expected_loss, 0)))
        for row in rows.fillna({"manager": ""}).itertuples(index=False)
    ]  # fmt: skip
    money = f"Expected loss ({view.currency})" if view.currency else "Expected loss"
    heads = ("Account", "Account manager", "Chance of renewal", money)
    deck.rows(page, heads, cells, (0.36, 0.22, 0.22, 0.20), numbers=(2, 3))


def _chance(row: Any) -> str:
    return f"{percent(row.p_renew)} ({shares(row.p_low, row.p_high)})"


def _at_risk(view: ClientView) -> str:
    """What is expected to be lost, as a title says it."""
    total, money = view.prospect.total, f" {view.currency}".rstrip()
    if total.empty:
        return f"{count(len(view.prospect.accounts), 'account')} with a renewal outlook"
    row = total.iloc[0]
    low, high = number(row["loss_low"], 0), number(row["loss_high"], 0)
    lost = f"{number(row['expected_loss'], 0)}{money} ({percent(row['share'])})"
    return f"{lost} a year expected to be lost ({low} to {high})"


def actions(deck: Deck, view: ClientView) -> None:
    """What is to be done next: accounts on the point of leaving first, then by date."""
    rows = view.agenda.actions
    if rows.empty:
        return
    rows = rows.assign(turn=~rows["segment"].isin(view.segmented.traits.weak))
    rows = rows.sort_values(["turn", "due"], kind="stable")
    accounts = count(rows["account_id"].nunique(), "account")
    page = deck.slide(
        f"{count(len(rows), 'action')} at {accounts}",
        foot=foot(
            view,
            said="Accounts on the point of leaving first, then the earliest due. The playbook is "
            "our own proposal, to be agreed with its owners",
        ),
    )
    days = rows["due"].dt.strftime("%Y-%m-%d").fillna("")
    names = segment_words(view).names(rows)
    cells = [
        (brief(row.name), deck.voice.said(segment), deck.voice.said(row.what),
         row.account_manager or "", deck.voice.said(day))
        for row, day, segment in zip(
            rows.fillna({"account_manager": ""}).itertuples(index=False), days, names, strict=True
        )
    ]  # fmt: skip
    heads = ("Account", "Segment", "What to do", "Owner", "Due")
    deck.rows(page, heads, cells[: _MOST_ROWS - 2], (0.24, 0.13, 0.36, 0.15, 0.12))


def _level(rows: pd.DataFrame) -> str:
    return percent(float(rows["level"].iloc[0]))
