"""Tables of drivers: weights, effects, the map of one client, and what to fix first."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.language import Language
from crqlab.show.html import Column, Shown, names, paragraph, phrase, phrases, table, text
from crqlab.show.number_format import MISSING, number, percent, span
from crqlab.show.records import records
from crqlab.show.tables.driver_sentences import (
    ENGLISH,
    clear_said,
    first_said,
    nothing_said,
    weights_said,
)

MOST = 30  # rows that a reader still goes through


def driver_weights(rows: pd.DataFrame, *, outcome: str | None = None) -> Shown:
    """Lay out what moves one outcome: share, interval, method by method, sign and caution.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_weights``, of the panel or of one client and wave.
    outcome : str, optional
        The first outcome unless given.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("driver_weights").query("scope == 'panel'")
    >>> shown = crq.tables.driver_weights(rows)
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
        Column("Interval", _shares(main, "share", ENGLISH), True),
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("driver_effects").query("scope == 'panel'")
    >>> shown = crq.tables.driver_effects(rows)
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


def driver_map(rows: pd.DataFrame, *, spoken: Language = ENGLISH) -> Shown:
    """Lay out importance and performance of one client beside the panel and its top decile.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_map``, of one client and wave.
    spoken : Language

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.drivers.largest(study.read("driver_map"))
    >>> shown = crq.tables.driver_map(rows)
    """
    say, number, percent = spoken.say, spoken.number, spoken.percent
    if rows.empty:
        return _nothing(say("drivers.none_known"))
    own = rows.sort_values(["probability", "pressure"], ascending=False, kind="stable")
    interval = say("column.interval")
    columns = [
        Column(say("drivers.driver"), phrases(map(spoken.term, own["label"]))),
        Column(say("drivers.importance"), [percent(v) for v in own["importance"]], True),
        Column(interval, _shares(own, "importance", spoken), True),
        Column(say("drivers.performance"), [number(v) for v in own["performance"]], True),
        Column(interval, _spans(own, "performance", spoken), True),
        Column(say("drivers.panel"), [number(v) for v in own["panel"]], True),
        Column(say("drivers.top"), [number(v) for v in own["top"]], True),
        Column(say("drivers.gap"), [number(v, signed=True) for v in own["gap"]], True),
        Column(say("drivers.probability_of_all"), [percent(v) for v in own["probability"]], True),
        *_cautions(own["flag"], spoken),
    ]
    row = own.iloc[0]
    caption = say(
        f"drivers.map_{row['reference']}",
        client=row["client_id"],
        wave=row["wave"],
        n=row["n"],
        m=row["n_accounts"],
        own=percent(row["own_share"]),
        k=row["n_own"],
        p=row["n_panel"],
    )
    return Shown(table(columns, caption=caption), caption)


def driver_priorities(
    rows: pd.DataFrame, *, kind: str = "client", most: int = MOST, spoken: Language = ENGLISH
) -> Shown:
    """Lay out what each client, account manager or account should fix first.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_focus``; rows of other kinds are left out.
    kind : str
        ``client``, ``account_manager`` or ``account``.
    most : int
        Rows to show, the surest first.
    spoken : Language

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("driver_focus", client="C017", wave="2025")
    >>> shown = crq.tables.driver_priorities(rows)
    """
    say, number = spoken.say, spoken.number
    own = rows[rows["kind"] == kind]
    if own.empty:
        return _nothing(say(f"drivers.none_{kind}"))
    shown = own.sort_values("probability", ascending=False, kind="stable").head(most)
    columns = [
        Column(say(f"drivers.unit_{kind}"), names(shown["unit"])),
        Column(say("drivers.fix_first"), _clear(shown, spoken)),
        Column(say("drivers.likeliest"), _likely(shown, "", spoken)),
        Column(say("drivers.runner_up"), _likely(shown, "runner_up_", spoken)),
        Column(say("drivers.performance"), [number(v) for v in shown["performance"]], True),
        Column(say("drivers.target"), [number(v) for v in shown["target"]], True),
        Column(say("drivers.accounts"), [number(n, 0) for n in shown["n_accounts"]], True),
        Column(say("column.n"), [number(n, 0) for n in shown["n"]], True),
        *_cautions(shown["flag"], spoken),
    ]
    left = len(own) - len(shown)
    note = text(say("drivers.priorities_left", n=left)) if left else ""
    caption = say(f"drivers.priorities_{shown['reference'].iloc[0]}")
    said = first_said(own, spoken) if len(own) == 1 else clear_said(own, spoken)
    return Shown(table(columns, caption=caption, note=note), said)


def first_priority(rows: pd.DataFrame) -> Shown:
    """Say in one paragraph what one client should fix first, and on what evidence.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_focus``, of one client and wave.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("driver_focus", client="C017", wave="2025")
    >>> shown = crq.tables.first_priority(rows)
    """
    said = first_said(rows[rows["kind"] == "client"])
    return Shown(paragraph(text(said), "lead"), said)


def _clear(rows: pd.DataFrame, spoken: Language) -> list[Markup]:
    """The driver where it is clear which one is first."""
    return [
        phrase(spoken.term(row.label)) if row.clear else text(spoken.say("drivers.not_clear"))
        for row in records(rows)
    ]


def _likely(rows: pd.DataFrame, which: str, spoken: Language) -> list[Markup]:
    """Name drivers with their probabilities; ``which`` is empty or ``runner_up_``."""
    pairs = zip(rows[f"{which}label"], rows[f"{which}probability"], strict=True)
    return [
        Markup("{} {}").format(phrase(spoken.term(label)), spoken.percent(chance))
        for label, chance in pairs
    ]


def _shares(rows: pd.DataFrame, name: str, spoken: Language) -> list[str]:
    return [
        MISSING
        if low != low
        else spoken.say("common.span", low=spoken.percent(low), high=spoken.percent(high))
        for low, high in zip(rows[f"{name}_low"], rows[f"{name}_high"], strict=True)
    ]


def _spans(rows: pd.DataFrame, name: str, spoken: Language) -> list[str]:
    ends = zip(rows[f"{name}_low"], rows[f"{name}_high"], strict=True)
    return [spoken.span(low, high) for low, high in ends]


def _cautions(flags: pd.Series, spoken: Language = ENGLISH) -> list[Column]:
    """A column of cautions where there is any."""
    cells = [text(spoken.caution(flag)) for flag in flags]
    return [Column(spoken.say("column.caution"), cells)] if any(cells) else []


def _nothing(sentence: str) -> Shown:
    return Shown(paragraph(text(sentence)), sentence)
