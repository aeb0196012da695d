"""Accounts in tables: their scores, and where they differ."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.language import MISSING, Language
from crqlab.page.client_view import ClientView
from crqlab.page.scores.scales import ends
from crqlab.show.colours import BOUNDS, STEPS, cells, ink
from crqlab.show.html import Column, Shown, hidden, names, paragraph, table, tag, text


def account_scores(view: ClientView) -> Shown:
    """Every scored account, the highest shrunken score first.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.accounts.account_scores(view)
    """
    rows, spoken, say = view.scored, view.language, view.language.say
    if rows.empty:
        return _sentence(say("accounts.none_scored"))
    if not view.instrument.crq.constructs:
        return _recommending(view, rows)
    if rows["shrunken"].isna().all():
        return _sentence(say("accounts.not_listed", n=len(rows)))
    columns = [
        Column(say("column.account"), _placed(rows)),
        Column(say("accounts.crq_shrunken"), _numbers(spoken, rows, "shrunken", 1), True),
        Column(say("column.interval"), _spans(spoken, rows, "shrunken", 1), True),
        Column(say("accounts.plain_mean"), _numbers(spoken, rows, "crq", 1), True),
        *_nps(spoken, rows),
        Column(say("column.n"), [spoken.number(n, 0) for n in rows["n"]], True),
        Column(say("column.caution"), [_caution(spoken, flag) for flag in rows["flag"]]),
        *_known(spoken, rows, view.currency),
    ]
    level = spoken.percent(float(view.measures["level"].iloc[0]))
    caption = say("accounts.scores", n=len(rows), level=level)
    note = spoken.html("accounts.scores_note", minimum=view.privacy.min_scores)
    aloud = say("accounts.scores_aloud", n=len(rows), name=rows["name"].iloc[0])
    return Shown(table(columns, caption=caption, note=note, kind="long"), aloud)


def _recommending(view: ClientView, rows: pd.DataFrame) -> Shown:
    """Accounts by who would recommend, where nothing else was asked; many voices first."""
    spoken, say, least = view.language, view.language.say, view.privacy.min_scores
    shown = rows[~rows["withheld"] & rows["nps"].notna()]
    few = say("accounts.recommending_few", n=len(rows) - len(shown), minimum=least)
    if shown.empty:
        return _sentence(few)
    shown = shown.sort_values(["n", "name"], ascending=[False, True], ignore_index=True)
    columns = [
        Column(say("column.account"), names(shown["name"])),
        *_nps(spoken, shown),
        Column(say("column.n"), [spoken.number(n, 0) for n in shown["n"]], True),
        *_known(spoken, shown, view.currency),
    ]
    level = spoken.percent(float(view.measures["level"].iloc[0]))
    said = say("accounts.recommending", n=len(shown), level=level)
    note = text(few) if len(rows) > len(shown) else None
    return Shown(table(columns, caption=said, note=note, kind="long"), said)


def _sentence(said: str) -> Shown:
    return Shown(paragraph(text(said)), said)


def _caution(spoken: Language, flag: str) -> Markup:
    """A short caution stays on one line."""
    said = text(spoken.caution(flag))
    return said if len(said) > 20 else said.replace(" ", "\u00a0")


def _placed(rows: pd.DataFrame) -> list[Markup]:
    """Account names behind their places, if a score is shown; ids tell equal names apart."""
    twice = rows["name"].duplicated(keep=False)
    said = rows["name"].where(~twice, rows["name"] + " (" + rows["account_id"] + ")")
    return [
        name if withheld else Markup("{} {}").format(tag("span", place, class_="place"), name)
        for place, (name, withheld) in enumerate(
            zip(names(said), rows["withheld"], strict=True), start=1
        )
    ]


def _known(spoken: Language, rows: pd.DataFrame, currency: str) -> list[Column]:
    """What the client's own list says about the accounts, where it says anything."""
    columns, say = [], spoken.say
    if rows["manager"].notna().any():
        columns.append(Column(say("column.account_manager"), names(rows["manager"])))
    if rows["revenue"].notna().any():
        head = say("column.revenue_in", currency=currency) if currency else say("column.revenue")
        columns.append(Column(head, [spoken.number(value, 0) for value in rows["revenue"]], True))
    return columns


def _nps(spoken: Language, rows: pd.DataFrame) -> list[Column]:
    if (rows["n_ltr"] == 0).all():
        return []
    numbers = _numbers(spoken, rows, "nps", 0, signed=True)
    spans = _spans(spoken, rows, "nps", 0, signed=True)
    return [
        Column(spoken.say("accounts.nps"), numbers, True),
        Column(spoken.say("accounts.nps_interval"), spans, True),
    ]


def _withheld(spoken: Language) -> Markup:
    return Markup(MISSING) + hidden(spoken.say("common.withheld"))


def _numbers(
    spoken: Language, rows: pd.DataFrame, column: str, decimals: int, *, signed: bool = False
) -> list[str]:
    return [
        _withheld(spoken) if withheld else spoken.number(value, decimals, signed=signed)
        for value, withheld in zip(rows[column], rows["withheld"], strict=True)
    ]


def _spans(
    spoken: Language, rows: pd.DataFrame, column: str, decimals: int, *, signed: bool = False
) -> list[str]:
    """Intervals; an unknown NPS has none."""
    ends = zip(rows[f"{column}_low"], rows[f"{column}_high"], rows["withheld"], strict=True)
    return [
        _withheld(spoken)
        if withheld
        else MISSING
        if low != low and high != high and column == "nps"
        else spoken.span(low, high, decimals, signed=signed)
        for low, high, withheld in ends
    ]


def heat_map(view: ClientView) -> Shown:
    """Constructs by accounts: numbers on colours, small accounts left out.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.accounts.heat_map(view)
    """
    spoken, say, scored = view.language, view.language.say, view.scored
    measures, rows = _asked(view), scored[~scored["withheld"]]
    left = len(scored) - len(rows)
    why = say("accounts.left_out", n=left, minimum=view.privacy.min_scores)
    if not measures:
        return Shown("", say("accounts.heat_map_unasked"))
    if rows.empty:
        return _sentence(say("accounts.heat_map_none", why=why))
    low, high = ends(view, "crq")
    people = [view.measure("crq")["n_respondents"], *rows["n"]]
    everybody = tag("strong", say("accounts.all_respondents"))
    columns = [
        Column(say("column.account"), [everybody, *names(rows["name"])]),
        Column(say("column.n"), [spoken.number(n, 0) for n in people], True),
        *(
            Column(
                spoken.term(view.instrument.label(name)),
                [spoken.number(value, 1) for value in values],
                True,
                cells(values, low, high),
            )
            for name, values in _grid(view, rows, measures).items()
        ),
    ]
    caption = say("accounts.heat_map", low=spoken.short(low), high=spoken.short(high))
    legend = _legend(spoken, low, high)
    aloud = say("accounts.heat_map_aloud", n=len(rows), m=len(measures))
    if left:
        legend, aloud = Markup("{} {}").format(legend, why), f"{aloud}; {why}"
    return Shown(table(columns, caption=caption, note=legend, kind="heat"), aloud)


def _asked(view: ClientView) -> list[str]:
    """CRQ and the constructs that are shown by themselves."""
    constructs = view.instrument.constructs
    parts = {part for construct in constructs.values() for part in construct.parts}
    own = ["crq", *(name for name in constructs if name not in parts)]
    return [name for name in own if view.measure(name) is not None]


def _grid(view: ClientView, rows: pd.DataFrame, measures: list[str]) -> dict[str, list[float]]:
    """Scores of the client above those of its accounts; an account's CRQ is the shrunken one."""
    source = {name: "shrunken" if name == "crq" else name for name in measures}
    return {
        name: [view.measure(name)["value"], *rows[column].tolist()]
        for name, column in source.items()
    }


def _legend(spoken: Language, low: float, high: float) -> Markup:
    """The colours with the scores at which they change."""
    cuts = [spoken.number(low + share * (high - low), 1) for share in BOUNDS]
    said = [
        spoken.say("accounts.below", cut=cuts[0]),
        *(spoken.say("accounts.from", cut=cut) for cut in cuts),
    ]
    swatches = (
        tag("span", words, class_="swatch", style=f"background:{colour};color:{ink(colour)}")
        for colour, words in zip(STEPS, said, strict=True)
    )
    return tag("span", *swatches, class_="legend")
