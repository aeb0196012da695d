"""Tables of drivers: weights, effects, the map of one client, and what to fix first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crqlab.language import OWN, language
from crqlab.show.html import Column, Shown, names, paragraph, phrases, table, text
from crqlab.show.number_format import MISSING, number, percent, span
from crqlab.show.records import records
from crqlab.show.tables.driver_sentences import (
    KINDS,
    REFERENCES,
    first_said,
    focus_said,
    nothing_said,
    weights_said,
)

MOST = 30  # rows that a reader still goes through
_ENGLISH = language(OWN)


def driver_weights(rows: pd.DataFrame, *, outcome: str | None = None) -> Shown:
    """Lay out what moves one outcome: share, interval, method by method, sign and caution.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_weights``, of the panel or of one client and wave.
    outcome : str, optional
        The first outcome unless given.
    """
    own = rows[(rows["level"] == "all") & rows["share"].notna()]
    own = own[own["outcome"] == (outcome or (own["outcome"].iloc[0] if len(own) else ""))]
    if own.empty:
        return _nothing(nothing_said(rows))
    main = own[own["method"] == "LMG"].sort_values("share", ascending=False, kind="stable")
    other = own[own["method"] != "LMG"].set_index("driver").loc[main["driver"]]
    columns = [
        Column("Driver", phrases(main["label"])),
        Column("Share", [percent(v) for v in main["share"]], True),
        Column("Interval", _shares(main["share_low"], main["share_high"]), True),
        Column("Johnson", [percent(v) for v in other["share"]], True),
        Column("Alone", [percent(v) for v in main["alone"]], True),
        Column("Added last", [percent(v) for v in main["last"]], True),
        Column("Outcome goes", phrases(main["direction"])),
        Column("VIF", [number(v, 1) for v in main["vif"]], True),
        *_cautions(main["flag"]),
    ]
    row = main.iloc[0]
    caption = (
        f"What moves {row['outcome_label']}: drivers account for {percent(row['r2'])} of it "
        f"({percent(row['r2_low'])} to {percent(row['r2_high'])}). Share of that by LMG, interval "
        f"from whole accounts drawn again, and by Johnson's relative weights; n = {row['n']:,} "
        f"respondents, {row['n_accounts']:,} accounts."
    )
    return Shown(table(columns, caption=caption), weights_said(rows))


def driver_effects(rows: pd.DataFrame) -> Shown:
    """Lay out how many points each outcome moves per point of each driver.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_effects``, of the panel or of one client and wave.
    """
    own = rows[(rows["level"] == "all") & rows["effect"].notna()]
    if own.empty:
        return _nothing(nothing_said(rows))
    drivers = own.drop_duplicates("driver")
    columns = [Column("Driver", phrases(drivers["label"]))]
    for _outcome, part in own.groupby("outcome", sort=False):
        found = part.set_index("driver").reindex(drivers["driver"])
        cells = [
            MISSING if row.effect != row.effect
            else f"{number(row.effect, signed=True)} ({span(row.low, row.high, signed=True)})"
            for row in records(found)
        ]  # fmt: skip
        columns.append(Column(part["outcome_label"].iloc[0], cells, True))
    caption = (
        "Points by which an outcome moves per point of a driver, the other drivers held equal; "
        f"intervals from whole accounts drawn again, n = {own['n'].max():,} respondents, "
        f"{own['n_accounts'].max():,} accounts. A difference between accounts, not a promise."
    )
    best = own.loc[own["effect"].idxmax()]
    said = (
        f"The largest effect: one point of {best['label']} goes with "
        f"{number(best['effect'], signed=True)} of {best['outcome_label']} "
        f"({span(best['low'], best['high'], signed=True)})"
    )
    return Shown(table(columns, caption=caption), said)


def driver_map(rows: pd.DataFrame) -> Shown:
    """Lay out importance and performance of one client beside the panel and its top decile.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_map``, of one client and wave.
    """
    if rows.empty:
        return _nothing("No driver has both importance and performance")
    own = rows.sort_values(["probability", "pressure"], ascending=False, kind="stable")
    columns = [
        Column("Driver", phrases(own["label"])),
        Column("Importance", [percent(v) for v in own["importance"]], True),
        Column("Interval", _shares(own["importance_low"], own["importance_high"]), True),
        Column("Performance", [number(v) for v in own["performance"]], True),
        Column("Interval", _spans(own["performance_low"], own["performance_high"]), True),
        Column("Other clients", [number(v) for v in own["panel"]], True),
        Column("Top decile", [number(v) for v in own["top"]], True),
        Column("Gap", [number(v, signed=True) for v in own["gap"]], True),
        Column("The one to fix", [percent(v) for v in own["probability"]], True),
        *_cautions(own["flag"]),
    ]
    row = own.iloc[0]
    caption = (
        f"What matters and how well it is done: {row['client_id']}, wave {row['wave']}, "
        f"n = {row['n']:,} respondents, {row['n_accounts']:,} accounts; gap to the "
        f"{REFERENCES[row['reference']]}. Importance rests to {percent(row['own_share'])} on the "
        "client's own answers, otherwise on the panel's; the last column is the share of draws of "
        "whole accounts in which importance times gap is greatest."
    )
    return Shown(table(columns, caption=caption), caption)


def driver_priorities(rows: pd.DataFrame, *, kind: str = "client", most: int = MOST) -> Shown:
    """Lay out what each client, account manager or account should fix first.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_focus``; rows of other kinds are left out.
    kind : str
        ``client``, ``account_manager`` or ``account``.
    most : int
        Rows to show, the surest first.
    """
    own = rows[rows["kind"] == kind]
    if own.empty:
        return _nothing(f"No {KINDS[kind]} can be told what to fix first")
    shown = own.sort_values("probability", ascending=False, kind="stable").head(most)
    first = [
        f"<bdi>{text(row.label)}</bdi>" if row.clear else "no clear single thing"
        for row in records(shown)
    ]
    columns = [
        Column(KINDS[kind].capitalize(), names(shown["unit"])),
        Column("Fix first", first),
        Column("Likeliest", _likely(shown["label"], shown["probability"])),
        Column("Runner-up", _likely(shown["runner_up_label"], shown["runner_up_probability"])),
        Column("Performance", [number(v) for v in shown["performance"]], True),
        Column("Target", [number(v) for v in shown["target"]], True),
        Column("Accounts", [f"{n:,}" for n in shown["n_accounts"]], True),
        Column("n", [f"{n:,}" for n in shown["n"]], True),
        *_cautions(shown["flag"]),
    ]
    left = len(own) - len(shown)
    note = f"{left:,} more, less sure, are in the table driver_focus." if left else ""
    caption = (
        "What to fix first: the driver whose importance times gap to the "
        f"{REFERENCES[shown['reference'].iloc[0]]} is greatest, and in what share of draws it is; "
        "performance and target of that driver in scale points."
    )
    said = first_said(own) if len(own) == 1 else focus_said(own)
    return Shown(table(columns, caption=caption, note=note), said)


def first_priority(rows: pd.DataFrame) -> Shown:
    """Say in one paragraph what one client should fix first, and on what evidence.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_focus``, of one client and wave.
    """
    said = first_said(rows[rows["kind"] == "client"])
    return Shown(paragraph(text(said), "lead"), said)


def _likely(labels: Sequence[str], chances: Sequence[float]) -> list[str]:
    return [
        f"<bdi>{text(label)}</bdi> {percent(chance)}"
        for label, chance in zip(labels, chances, strict=True)
    ]


def _shares(low: pd.Series, high: pd.Series) -> list[str]:
    return [
        MISSING if a != a else f"{percent(a)} to {percent(b)}"
        for a, b in zip(low, high, strict=True)
    ]


def _spans(low: pd.Series, high: pd.Series) -> list[str]:
    return [span(a, b) for a, b in zip(low, high, strict=True)]


def _cautions(flags: pd.Series) -> list[Column]:
    """A column of cautions where there is any."""
    cells = [text(_ENGLISH.caution(flag)) for flag in flags]
    return [Column("Caution", cells)] if any(cells) else []


def _nothing(sentence: str) -> Shown:
    return Shown(paragraph(text(sentence)), sentence)
