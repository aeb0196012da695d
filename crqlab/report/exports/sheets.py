"""The tables of a client's report with names, units and notes, at full precision."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import GROUPS
from crqlab.page.scores.html import AGREEMENT, PARTS, ROLL_UPS
from crqlab.report.exports import station_sheets
from crqlab.report.exports.sheet_fields import Field, Sheet, unit


def sheets(view: ClientView) -> Iterator[Sheet]:
    """Yield every table of the report that has rows."""
    made = (
        _measures(view),
        _trend(view),
        _parts(view),
        _roll_ups(view),
        _accounts(view),
        *station_sheets.made(view),
        _agreement(view),
        _completion(view),
        _silent(view),
        _managers(view),
        _plan(view),
        _comments(view),
        _excluded(view),
    )
    return (sheet for sheet in made if len(sheet.rows))


def _ends(kind: str = "score", unit: str = "") -> dict[str, Field]:
    return {
        "value": Field("Value", unit, kind),
        "low": Field("Interval from", unit, kind),
        "high": Field("Interval to", unit, kind),
        "level": Field("Coverage", "share", "share"),
    }


_N = {
    "n_respondents": Field("n respondents", "people", "count"),
    "n_accounts": Field("n accounts", "accounts", "count"),
}
_HOW = {"method": Field("Method", kind="methods"), "flag": Field("Caution", kind="cautions")}


def _named(view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    names = rows["measure"]
    return rows.assign(
        label=[view.instrument.label(name) for name in names],
        unit=[unit(view, name) for name in names],
    )


_WHAT = {"label": Field("Measure"), "unit": Field("Unit")}


def _measures(view: ClientView) -> Sheet:
    change = {
        "change": Field(f"Change since {view.before}", "same unit", "score"),
        "change_low": Field("Change from", "same unit", "score"),
        "change_high": Field("Change to", "same unit", "score"),
        "change_method": Field("Method of change", kind="methods"),
        "verdict": Field("Verdict"),
    }
    fields = {**_WHAT, **_ends(), **_N, **_HOW, **(change if view.before else {})}
    note = "Everyone counts once. A change is higher or lower if its whole interval is."
    known = view.measures["verdict"].where(view.measures["verdict"] != "unknown")
    verdicts = known.map(lambda verdict: view.language.say(f"verdict.{verdict}"), "ignore")
    rows = _named(view, view.measures.assign(verdict=verdicts))
    return Sheet("Scores", "Scores of this wave", note, fields, rows)


def _trend(view: ClientView) -> Sheet:
    fields = {**_WHAT, "wave": Field("Wave", kind="name"), **_ends(), **_N, **_HOW}
    return Sheet("Waves", "The same wave by wave", "", fields, _named(view, view.trend))


def _parts(view: ClientView) -> Sheet:
    fields = {**_WHAT, "part": Field("Part"), **_ends(), **_N, **_HOW}
    note = "Accounts in both waves, those that joined and those that left: the parts add up."
    title = f"Where the change since {view.before} comes from"
    rows = view.parts.assign(part=view.parts["part"].map(PARTS))
    return Sheet("Change", title, note, fields, _named(view, rows))


def _roll_ups(view: ClientView) -> Sheet:
    fields = {**_WHAT, "roll_up": Field("Way to count"), **_ends(), **_N, **_HOW}
    note = "The message should not depend on how people are counted."
    rows = view.roll_ups.assign(roll_up=view.roll_ups["roll_up"].map(ROLL_UPS))
    return Sheet("Ways to count", "CRQ and NPS in other ways", note, fields, _named(view, rows))


def _accounts(view: ClientView) -> Sheet:
    scale = unit(view, "crq")
    fields = {
        "account_id": Field("Account id", kind="name"),
        "name": Field("Account", kind="name"),
        "status": Field("Status"),
        "n": Field("n respondents", "people", "count"),
        "invited": Field("Invited", "people", "count"),
        "shrunken": Field("CRQ, shrunken", scale, "score"),
        "shrunken_low": Field("Interval from", scale, "score"),
        "shrunken_high": Field("Interval to", scale, "score"),
        "crq": Field("CRQ, plain mean", scale, "score"),
        **{
            name: Field(view.instrument.label(name), scale, "score")
            for name in view.instrument.constructs
        },
        "n_ltr": Field("n NPS", "people", "count"),
        "nps": Field("NPS", "-100 to +100", "nps"),
        "nps_low": Field("NPS from", "-100 to +100", "nps"),
        "nps_high": Field("NPS to", "-100 to +100", "nps"),
        "manager": Field("Account manager", kind="name"),
        "revenue": Field("Revenue a year", view.currency, "money"),
        "flag": Field("Caution", kind="cautions"),
    }
    note = (
        f"From fewer than {view.privacy.min_scores} respondents only the shrunken score is "
        "shown; it is drawn towards the client's mean. Intervals: shrunken score, empirical "
        "Bayes; NPS, adjusted Wald."
    )
    others = view.accounts[view.accounts["status"] != "scored"].sort_values("account_id")
    rows = pd.concat([view.scored, others.assign(flag="ok")], ignore_index=True)
    return Sheet("Accounts", "Accounts, the highest first", note, fields, rows)


def _agreement(view: ClientView) -> Sheet:
    fields = {"label": Field("Measure"), "statistic": Field("Statistic"), **_ends(), **_N, **_HOW}
    note = (
        "ICC(1): share of differences between accounts; ICC(2): reliability of an account's mean; "
        "r_wg(J): agreement inside accounts."
    )
    named = view.agreement["statistic"].replace(AGREEMENT)
    rows = _named(view, view.agreement.assign(statistic=named))
    return Sheet("Agreement", "Do people of one account agree?", note, fields, rows)


def _completion(view: ClientView) -> Sheet:
    fields = {
        "dimension": Field("Grouped by"),
        "group": Field("Group", kind="name"),
        "unit": Field("Counted"),
        "asked": Field("Asked", "counted unit", "money"),
        "answered": Field("Answered", "counted unit", "money"),
        **_ends("share", "share"),
        "n_accounts": Field("n accounts", "accounts", "count"),
        **_HOW,
    }
    rows = view.reach.completion
    whole = rows["dimension"] == "all"
    rows = rows.assign(
        dimension=rows["dimension"].replace({"all": "everybody", **GROUPS}),
        group=rows["group"].mask(whole, ""),
    )
    return Sheet("Participation", "Who answered, by group", "", fields, rows)


def _silent(view: ClientView) -> Sheet:
    scale = unit(view, "crq")
    fields = {
        "account_id": Field("Account id", kind="name"),
        "name": Field("Account", kind="name"),
        "manager": Field("Account manager", kind="name"),
        "revenue": Field("Revenue a year", view.currency, "money"),
        "revenue_share": Field("Share of revenue", "share", "share"),
        "asked": Field("Asked", "people", "count"),
        "silent_since": Field("Silent since", "wave", "name"),
        "last_wave": Field("Last answer", "wave", "name"),
        "score": Field("Shrunken CRQ then", scale, "score"),
        "score_low": Field("Interval from", scale, "score"),
        "score_high": Field("Interval to", scale, "score"),
        "flag": Field("Caution", kind="cautions"),
    }
    return Sheet("Silent accounts", "Asked, and no answer", "", fields, view.reach.silent)


def _managers(view: ClientView) -> Sheet:
    fields = {
        "name": Field("Account manager", kind="name"),
        "n_accounts": Field("Accounts", "accounts", "count"),
        "revenue": Field("Revenue a year", view.currency, "money"),
        "revenue_share": Field("Share of revenue", "share", "share"),
        "goodwill_share": Field("Share of goodwill", "share", "share"),
        "crq_without": Field("CRQ without them", unit(view, "crq"), "score"),
        "flag": Field("Caution", kind="cautions"),
    }
    note = "Counts and sums, so no interval. Goodwill: revenue times how far up the scale CRQ is."
    return Sheet("Dependence", "What hangs on few people", note, fields, view.reach.managers)


def _plan(view: ClientView) -> Sheet:
    names = view.accounts.set_index("account_id")["name"]
    rows = view.reach.plan
    fields = {
        "account_id": Field("Account id", kind="name"),
        "name": Field("Account", kind="name"),
        "slice": Field("Quarter", "from 1", "count"),
        "starts": Field("Starts", "", "date"),
        "tier": Field("Tier", kind="name"),
        "revenue": Field("Revenue a year", view.currency, "money"),
        "contacts": Field("To ask", "people", "count"),
        "resting": Field("Resting", "people", "count"),
        "flag": Field("Caution", kind="cautions"),
    }
    named = rows.assign(name=rows["account_id"].map(names).fillna(rows["account_id"]))
    return Sheet("Next wave", "Whom to ask next", "", fields, named)


def _comments(view: ClientView) -> Sheet:
    wording = view.questions.set_index("question")["wording"]
    fields = {
        "wording": Field("Question", kind="name"),
        "words": Field("Words", kind="name"),
        "account": Field("Account", kind="name"),
        "language": Field("Language", kind="name"),
    }
    note = (
        f"Questions that fewer than {view.privacy.min_comments} people answered are left out; so "
        "are names of accounts with fewer respondents. E-mail and web addresses, telephone "
        "numbers and names of contacts are removed."
    )
    rows = view.comments.assign(wording=view.comments["question"].map(wording))
    return Sheet("Comments", "In their own words", note, fields, rows)


def _excluded(view: ClientView) -> Sheet:
    fields = {
        "check": Field("Check"),
        "rule": Field("Rule"),
        "n_flagged": Field("Flagged", "responses", "count"),
        "n_excluded": Field("Left out", "responses", "count"),
    }
    said = {
        kind: [view.language.coded(kind, cell) for cell in view.excluded[kind]]
        for kind in ("check", "rule")
    }
    rows = view.excluded.assign(**said)
    return Sheet("Left out", "Responses that were flagged", "", fields, rows)
