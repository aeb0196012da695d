"""Renewals in tables: outlook of accounts, revenue at risk, effects, comparison of models, card."""

from __future__ import annotations

from crqlab.language import OWN, language
from crqlab.renewal.covariate_effects import Effects
from crqlab.renewal.model_cards import ModelCard
from crqlab.renewal.model_comparison import ModelComparison
from crqlab.renewal.revenue_at_risk import RenewalOutlook
from crqlab.show.html import Column, Shown, names, paragraph, phrases, table, text
from crqlab.show.number_format import MISSING, count, number, percent, span

LISTED = 25  # accounts that a reader still goes through
#: Measures of a table: their heads, and decimals.
MEASURES = {
    "auc": ("AUC", 2),
    "brier": ("Brier", 3),
    "calibration_slope": ("calibration slope", 2),
    "c_uno": ("C (Uno)", 2),
    "lift": ("lift of the top tenth", 1),
    "revenue_lift": ("revenue lift of the top tenth", 1),
}
ENGLISH = language(OWN)


def revenue_at_risk(result: RenewalOutlook, *, currency: str = "") -> Shown:
    """Revenue at risk by client, and of all, with intervals that hold chance too.

    Parameters
    ----------
    result : RenewalOutlook
    currency : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> outlook = crq.renewal.outlook(design, study.read("accounts"), draws=20)
    >>> shown = crq.tables.revenue_at_risk(outlook)
    """
    rows = result.at_risk.sort_values(["scope", "expected_loss"], ascending=False).head(LISTED)
    if rows.empty:
        return Shown(paragraph(text(str(result))), str(result))
    money = f" ({currency})" if currency else ""
    whole = rows["client_id"].mask(rows["scope"] == "panel", "all clients")
    columns = [
        Column("Client", names(whole)),
        Column("Accounts", [f"{n:,}" for n in rows["n_accounts"]], True),
        Column("Silent", [f"{n:,}" for n in rows["n_silent"]], True),
        Column(f"Revenue a year{money}", [number(v, 0) for v in rows["revenue"]], True),
        Column(f"Expected loss{money}", [number(v, 0) for v in rows["expected_loss"]], True),
        Column("Interval", [span(r.loss_low, r.loss_high, 0) for r in rows.itertuples()], True),
        Column("Share", [percent(v) for v in rows["share"]], True),
    ]
    caption = (
        f"Revenue at risk at the next renewals; {percent(result.level)} intervals hold the error "
        "of the model and the chance of what happens"
    )
    return Shown(table(columns, caption=caption), str(result))


def renewal_effects(result: Effects, *, model: str = "logit") -> Shown:
    """Effects in a sales director's words, the clearest first.

    Parameters
    ----------
    result : Effects
    model : str
        As in column ``model``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> shown = crq.tables.renewal_effects(crq.renewal.effects(design))
    """
    rows = result.of(model).sort_values("p", kind="stable")
    if rows.empty:
        return Shown(paragraph(text(str(result))), str(result))
    columns = [
        Column("With", phrases(map(step, rows["term"]))),
        Column("Renewal", phrases(_effect(row) for row in rows.itertuples())),
        Column("p", [_chance(p) for p in rows["p"]], True),
        Column("Caution", phrases(map(ENGLISH.caution, rows["flag"]))),
    ]
    caption = (
        f"What goes with renewal ({model}), {percent(result.level)} intervals, n = "
        f"{rows['n'].iloc[0]:,} contracts of which {rows['events'].iloc[0]:,} churned"
    )
    return Shown(table(columns, caption=caption, kind="long"), str(result))


def step(term: str) -> str:
    """Say the change of a covariate that its effect is told for.

    Examples
    --------
    >>> step("trust"), step("industry: IT")
    ('one point more trust', 'in industry IT')
    """
    kind, _, name = term.partition(": ")
    return ENGLISH.say(f"step.{kind}", name=name) if f"step.{kind}" in ENGLISH else term


def _effect(row: tuple) -> str:
    if row.estimate != row.estimate:
        return "not to be estimated"
    ends = {"ratio": row.ratio, "low": row.ratio_low, "high": row.ratio_high}
    return ENGLISH.say(f"step.{row.tells}", here=row.at_average, there=row.with_step, **ends)


def _chance(p: float) -> str:
    return "< 0.001" if p < 0.001 else number(p, 3)


def model_comparison(result: ModelComparison) -> Shown:
    """Each candidate's measures with intervals, one row per candidate.

    Parameters
    ----------
    result : ModelComparison

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> contest = crq.renewal.compare_models(design, machines=False, draws=20)
    >>> shown = crq.tables.model_comparison(contest)
    """
    if result.table.empty:
        return Shown(paragraph(text(str(result))), str(result))
    wide = result.table.set_index(["measure", "candidate"])
    order = result.table["candidate"].drop_duplicates()
    columns = [Column("Looks at", phrases(ENGLISH.say(f"candidate.{name}") for name in order))]
    for measure, (head, digits) in MEASURES.items():
        rows = wide.loc[measure].reindex(order)
        cells = [_cell(row, digits) for row in rows.itertuples()]
        columns.append(Column(head, cells, True))
    caption = (
        f"Foretelling churn: {ENGLISH.caution(result.said)}; n = {result.n:,} contracts, "
        f"{result.events:,} churned, {percent(result.level)} intervals by account"
    )
    return Shown(table(columns, caption=caption, kind="long"), str(result))


def _cell(row: tuple, digits: int) -> str:
    if row.estimate != row.estimate:
        return MISSING
    ends = "" if row.low != row.low else f" ({span(row.low, row.high, digits)})"
    return f"{number(row.estimate, digits)}{ends}"


def model_card(result: ModelCard) -> Shown:
    """What must be known before a number is used, line by line.

    Parameters
    ----------
    result : ModelCard

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> effects = crq.renewal.effects(design)
    >>> comparison = crq.renewal.compare_models(design, draws=20)
    >>> outlook = crq.renewal.outlook(design, study.read("accounts"), draws=20)
    >>> card = crq.renewal.model_card(design, effects, comparison, outlook)
    >>> shown = crq.tables.model_card(card)
    """
    rows = result.table
    columns = [
        Column("About", phrases(rows["topic"].str.replace("_", " "))),
        Column("To be known", phrases(map(ENGLISH.caution, rows["says"]))),
    ]
    said = f"Model card: {count(len(rows), 'line')}"
    return Shown(table(columns, caption="Model card: what the numbers rest on", kind="long"), said)
