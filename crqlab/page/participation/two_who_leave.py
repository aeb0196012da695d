"""What leaves when two account managers or one customer do, and how wide relationships are."""

from __future__ import annotations

from crqlab.language import MISSING
from crqlab.page.client_view import ClientView
from crqlab.participation.leaving_managers import HALF
from crqlab.show.html import Column, Shown, lines, names, paragraph, table, text
from crqlab.show.records import records

LISTED = 5  # pairs, customers, divisions
SPREAD = 8  # accounts to spread


def leavers_and_groups(view: ClientView) -> Shown:
    """Pairs of account managers, accounts to spread, customers of several accounts, breadth.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.leavers_and_groups(view)
    """
    told = [*_pair(view), *_customers(view), *_divisions(view), *_breadth(view)]
    if not told:
        return Shown("", view.language.say("participation.width_unknown"))
    shown = [paragraph(text(one)) for one in told]
    return Shown(lines(*shown, _pairs(view), _spread(view), _groups(view)), " ".join(told))


def _pair(view: ClientView) -> list[str]:
    rows = view.participation.pairs
    if rows.empty:
        return []
    row, spoken = records(rows)[0], view.language
    kind = "only_pair" if len(rows) == 1 else "pair"
    return [
        spoken.say(
            f"participation.{kind}", one=row.first_manager, two=row.second_manager,
            share=spoken.percent(row.revenue_share), n=row.n_accounts,
            alone=spoken.percent(row.alone_share),
        )
    ]  # fmt: skip


def _customers(view: ClientView) -> list[str]:
    rows, spoken = view.participation.customer_concentration, view.language
    known = rows[rows["top_1"].notna()]
    if known.empty:
        return []
    row, first = records(known)[0], view.participation.customers.iloc[0]
    return [
        spoken.say(
            "participation.greatest_customer", name=first["name"], n=int(first["n_accounts"]),
            share=spoken.percent(row.top_1), account=spoken.percent(row.account_top_1),
            customers=row.n_customers, groups=row.n_groups,
        )
    ]  # fmt: skip


def _divisions(view: ClientView) -> list[str]:
    rows, say = view.participation.divisions, view.language.say
    told = [
        say(f"participation.division_{row.status}", best=row.from_name, name=row.name)
        for row in records(rows.head(LISTED))
    ]
    left = len(rows) - len(told)
    return [*told, *([say("participation.divisions_left", n=left)] if left > 0 else [])]


def _breadth(view: ClientView) -> list[str]:
    rows, spoken = view.participation.centre, view.language
    if rows.empty:
        return []
    return [
        spoken.say(
            "participation.breadth", roles=int(rows["n_roles"].iloc[0]), n=len(rows),
            known=spoken.percent(rows["breadth_known"].mean()),
            heard=spoken.percent(rows["breadth_heard"].mean()),
            senior=int((~rows["senior_known"].astype(bool)).sum()),
        )
    ]  # fmt: skip


def _pairs(view: ClientView) -> str:
    rows, say, spoken = view.participation.pairs, view.language.say, view.language
    if len(rows) < 2:
        return ""
    shown = rows.head(LISTED)
    both = [
        say("participation.two", one=r.first_manager, two=r.second_manager) for r in records(shown)
    ]
    columns = [
        Column(say("participation.two_managers"), names(both)),
        Column(say("column.accounts"), [spoken.number(n, 0) for n in shown["n_accounts"]], True),
        Column(
            say("column.revenue_share"), list(map(spoken.percent, shown["revenue_share"])), True
        ),
    ]
    return table(columns, caption=say("participation.pairs_caption", n=len(rows)), kind="small")


def _spread(view: ClientView) -> str:
    rows, say, spoken = view.participation.to_spread, view.language.say, view.language
    if rows.empty:
        return ""
    shown, left = rows.head(SPREAD), len(rows) - SPREAD
    note = say("participation.spread_left", n=left) if left > 0 else ""
    columns = [
        Column(say("column.account"), names(shown["name"])),
        Column(say("column.account_manager"), names(shown["account_manager"])),
        Column(say("participation.share_after"), list(map(spoken.percent, shown["share_after"])),
               True),
    ]  # fmt: skip
    caption = say("participation.spread_caption", half=spoken.percent(HALF))
    return table(columns, caption=caption, note=text(note), kind="small")


def _groups(view: ClientView) -> str:
    rows, say, spoken = view.participation.customers, view.language.say, view.language
    shown = rows[rows["n_accounts"] > 1].head(LISTED)
    if shown.empty:
        return ""
    columns = [
        Column(say("participation.customer"), names(shown["name"])),
        Column(say("participation.divisions"), [spoken.number(n, 0) for n in shown["n_accounts"]],
               True),
        Column(say("participation.divisions_heard"),
               [spoken.number(n, 0) for n in shown["n_heard"]], True),
        Column(say("column.revenue_share"),
               [spoken.percent(v) if v == v else MISSING for v in shown["revenue_share"]], True),
    ]  # fmt: skip
    return table(columns, caption=say("participation.groups_caption"), kind="small")
