"""On whom relationships hang, what to ask about the choice of contacts, whom to ask next."""

from __future__ import annotations

from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, hidden, names, paragraph, table, text
from crqlab.show.number_format import MISSING, count, number, percent, span
from crqlab.show.records import records

MOST = 20  # account managers that a reader still compares
NAMED = 8  # accounts that fit into a sentence


@formerly
def concentration(view: ClientView) -> Shown:
    """What hangs on each account manager, and what is left when that person goes."""
    rows = view.participation.managers
    if rows.empty or set(rows["name"]) <= {"unknown"}:
        return Shown("", "Account managers are not known")
    shown, left = rows.head(MOST), rows.iloc[MOST:]
    without = [
        MISSING + hidden("withheld") if row.withheld else number(row.crq_without)
        for row in records(shown)
    ]
    money = f" ({view.currency})" if view.currency else ""
    columns = [
        Column("Account manager", names(shown["name"])),
        Column("Accounts", [f"{n:,}" for n in shown["n_accounts"]], True),
        Column(f"Revenue a year{money}", [number(v, 0) for v in shown["revenue"]], True),
        Column("Share of revenue", [percent(v) for v in shown["revenue_share"]], True),
        Column("Share of goodwill", [percent(v) for v in shown["goodwill_share"]], True),
        Column("CRQ without", without, True),
    ]
    flags = [text(view.language.caution(flag)) for flag in shown["flag"]]
    columns += [Column("Caution", flags)] if any(flags) else []
    html = paragraph(text(_hangs(view)), "lead") + "\n"
    caption = (
        "What hangs on one account manager: accounts with a score, their revenue and goodwill "
        "(our own measure: revenue times how far up the scale the shrunken score lies), and "
        "the client's CRQ if they all left with that person. Shares are counts, so they have no "
        f"interval{_now(view)}."
    )
    notes = [f"{count(len(left), 'more account manager')} hold less."] if len(left) else []
    if shown["withheld"].any():
        notes.append("A dash: the number would tell what very few people said.")
    return Shown(
        html + table(columns, caption=caption, note=text(" ".join(notes)), kind="long"),
        _hangs(view),
    )


def _now(view: ClientView) -> str:
    row = view.measure("crq")
    if row is None or row["withheld"]:
        return ""
    between = span(row["low"], row["high"])
    return f"; read CRQ against that with everybody, {number(row['value'])} ({between})"


def _hangs(view: ClientView) -> str:
    """The key sentence."""
    known = view.participation.managers[view.participation.managers["name"] != "unknown"]
    first = known.iloc[0]
    if len(view.participation.managers) == 1:
        said = f"All accounts with a score belong to one account manager, {first['name']}"
    elif first["revenue_share"] == first["revenue_share"]:
        said = (
            f"{first['name']} holds {percent(first['revenue_share'])} of revenue and "
            f"{percent(first['goodwill_share'])} of goodwill"
        )
        equal = view.participation.effective
        if equal == equal and len(known) > 1:
            said += (
                f"; revenue is as concentrated as if {number(equal, 1)} account managers held "
                "equal parts"
            )
    else:
        said = f"{first['name']} holds {percent(first['goodwill_share'])} of goodwill"
    return f"{said}.{_sole(view)}"


def _sole(view: ClientView) -> str:
    n, paid = view.participation.n_sole, view.participation.sole_share
    if not n:
        return ""
    share = (
        f", with {percent(paid)} of the revenue of accounts with a score" if paid == paid else ""
    )
    verb = "is" if n == 1 else "are"
    return (
        f" {count(n, 'account')}{share}, {verb} heard through one person only and would have no "
        "voice without that person."
    )


@formerly
def continuity(view: ClientView) -> Shown:
    """Whether the same people were asked again, and where nobody stayed."""
    rows, found = view.participation.continuity, view.participation.stayed
    if not found:
        return Shown("", "No account was asked before")
    gone = rows[rows["stayed"] == 0]
    gone = gone.sort_values(["revenue", "name"], ascending=[False, True], kind="stable")
    between = span(100 * found["low"], 100 * found["high"], 0)
    said = (
        f"Of {found['n']:,.0f} contacts of the wave before, {percent(found['value'])} were asked "
        f"again ({percent(found['level'])} interval {between}\u00a0%, accounts as clusters)"
    )
    accounts = count(int(found["n_accounts"]), "account")
    if not found["n_none_stayed"]:
        said += f"; somebody stayed at each of {accounts}."
    else:
        listed = ", ".join(gone["name"].head(NAMED))
        more = f" and {len(gone) - NAMED:,} more" if len(gone) > NAMED else ""
        said += f". At {found['n_none_stayed']:,.0f} of {accounts} nobody stayed: {listed}{more}."
    return Shown(paragraph(text(said), ""), said)
