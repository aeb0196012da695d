"""How the numbers came about: rules, exclusions, what is kept back, and the run card."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, lines, names, paragraph, phrases, table, tag, text

SHORT = 12  # letters of a hash that are shown


def rules(view: ClientView) -> Shown:
    """What was asked and how answers become a CRQ score, in words.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.method.rules(view)
    """
    asked, spoken, scale = view.instrument, view.language, view.instrument.scale
    if not asked.items:
        said = spoken.say("rules.recommend_alone", name=asked.name, version=asked.version,
                          question=asked.recommend)  # fmt: skip
        said = " ".join([said, *_weighted(view), *_elsewhere(view)])
        return Shown(paragraph(text(said), ""), said)
    instrument = spoken.say(
        "rules.instrument",
        name=asked.name,
        version=asked.version,
        n=len(asked.items),
        low=spoken.short(scale.low),
        high=spoken.short(scale.high),
        share=spoken.percent(asked.item_share),
    )
    code = "rules.nps" if asked.recommend else "rules.no_nps"
    nps = spoken.say(code, question=asked.recommend)
    mean = spoken.say("rules.account_mean")
    said = " ".join([instrument, _crq(view), mean, nps, *_weighted(view), *_elsewhere(view)])
    return Shown(paragraph(text(said), ""), said)


def _weighted(view: ClientView) -> list[str]:
    """Say that answers are weighted, and what they are worth together."""
    spoken, rows = view.language, view.measures
    rows = rows[rows["value"].notna()]
    if not view.scores.weighted or rows.empty:
        return []
    row = rows.iloc[0]
    worth = spoken.number(row["n_effective"], 0)
    return [spoken.say("rules.weights", n=int(row["n_respondents"]), worth=worth)]


def questions(view: ClientView) -> Shown:
    """Every closed question as it was asked, in the page's language, by what it measures.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.method.questions(view)
    """
    asked, spoken, say = view.instrument, view.language, view.language.say
    rows = [(spoken.term(one.label), name, asked.items[name])
            for one in asked.constructs.values() for name in one.items]  # fmt: skip
    aloud = say("rules.questions", n=len(rows))
    if not rows:
        return Shown(Markup(), "")
    turned = ["", say("rules.turned")]
    columns = [
        Column(say("rules.construct"), phrases(label for label, _, _ in rows)),
        Column(say("rules.question"), names(item.text or name for _, name, item in rows)),
        Column(say("rules.code"), names(name for _, name, _ in rows)),
        Column(say("rules.turned_head"), phrases(turned[item.reversed] for _, _, item in rows)),
    ]
    return Shown(table(columns, caption=aloud), aloud)


def _elsewhere(view: ClientView) -> list[str]:
    """Tell of questions that are not worded in the page's language."""
    n = len(view.instrument.unspoken(view.language.code))
    return [view.language.say("rules.wording_elsewhere", n=n)] if n else []


def _crq(view: ClientView) -> str:
    """Of what CRQ is made, and what a respondent must have answered."""
    spoken, rule = view.language, view.instrument.crq
    named, required = (
        [spoken.term(view.instrument.label(name)) for name in names]
        for names in (rule.constructs, rule.required)
    )
    code = "rules.crq_mean" if len(named) > 1 else "rules.crq_one"
    told = {"constructs": ", ".join(named), "n": rule.at_least}
    if required:
        code, told["required"] = f"{code}_required", spoken.listed(required)
    return spoken.say(code, **told)


def excluded(view: ClientView) -> Shown:
    """What was looked for, how often it was found, and what it cost.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.method.excluded(view)
    """
    spoken, say, rows = view.language, view.language.say, view.excluded
    told = {"n": view.n_excluded, "m": view.n_respondents + view.n_excluded}
    aloud = say("rules.left_out", **told)
    if rows.empty:
        return Shown(paragraph(text(say("rules.left_out_none", **told))), aloud)
    columns = [
        Column(say("rules.found"), [text(spoken.coded("check", one)) for one in rows["check"]]),
        Column(say("column.rule"), [text(spoken.coded("rule", cell)) for cell in rows["rule"]]),
        Column(say("rules.flagged"), [spoken.number(n, 0) for n in rows["n_flagged"]], True),
        Column(say("rules.left_out_for"), [spoken.number(n, 0) for n in rows["n_excluded"]], True),
    ]
    return Shown(table(columns, caption=say("rules.left_out_caption", **told)), aloud)


def privacy(view: ClientView) -> Shown:
    """The rule for small groups, in words.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.method.privacy(view)
    """
    least = view.privacy
    said = view.language.say("rules.privacy", scores=least.min_scores, words=least.min_comments)
    return Shown(paragraph(text(said), ""), said)


def run_card(view: ClientView, rows: pd.DataFrame) -> Shown:
    """What the page was made from, so that anybody can make it again.

    Parameters
    ----------
    view : ClientView
    rows : DataFrame
        ``part``, ``name``, ``value``: the table of a run card. They are named as they are, in
        every language, so that a page can be verified.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> card = crq.report.card(study, client="C017", wave="2025")
    >>> shown = crq.page.method.run_card(view, card.table)
    """
    say = view.language.say
    values = [tag("code", value, translate="no") for value in rows["value"]]
    columns = [
        Column(say("column.name"), names(rows["name"])),
        Column(say("column.kind"), names(rows["part"])),
        Column(say("column.value"), values),
    ]
    shown = table(columns, caption=say("run_card.caption"), kind="card")
    return Shown(shown, say("run_card.aloud", n=len(rows)))


def run_card_lines(view: ClientView, rows: pd.DataFrame) -> Shown:
    """What the page was made from, in five lines; the whole of it goes along unseen.

    Parameters
    ----------
    view : ClientView
    rows : DataFrame
        As for `run_card`. All of it stands in the attribute ``data-card``, so that a page that was
        mailed can be verified.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> card = crq.report.card(study, client="C017", wave="2025")
    >>> shown = crq.page.method.run_card_lines(view, card.table)
    """
    say, values = view.language.say, rows.set_index(["part", "name"])["value"]
    parts = rows["part"].value_counts()
    notebooks = rows.loc[rows["name"].str.endswith(".ipynb"), "value"]
    told = ("study", "client", "wave", "language")
    settings = [f"{name} {values['setting', name]}" for name in told if ("setting", name) in values]
    said = [
        say(
            "run_card.short_made",
            version=values["version", "crqlab"],
            python=values["version", "Python"],
            files=int(parts.get("data", 0)),
            tables=int(parts.get("table", 0)),
        ),
        say("run_card.short_code", code=values["code", "crqlab"][:SHORT],
            notebook=notebooks.iloc[-1][:SHORT] if len(notebooks) else ""),
        say("run_card.short_asked", instrument=values["setting", "instrument"]),
        say("run_card.short_settings", settings=", ".join(settings)),
        say("run_card.short_verify"),
    ]  # fmt: skip
    card = rows[["name", "part", "value"]].to_json(orient="values", force_ascii=False)
    listed = tag("ul", "\n", lines(*(tag("li", one) for one in said)), "\n",
                 class_="note", data_card=card)  # fmt: skip
    return Shown(listed, " ".join(said))
