"""The list of a study's pages."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crqlab.show.html import Column, Shown, name, names, paragraph, phrases, table, text
from crqlab.show.number_format import count, decimals, number, percent, span

#: What may be said of a report, in the order of the filter.
NEW, CURRENT, OLD, FAILED, UNKNOWN = (
    "new in this run",
    "current",
    "older than its inputs",
    "last try failed",
    "not in the manifest",
)
STATUSES = (NEW, CURRENT, OLD, FAILED, UNKNOWN)


def reports(rows: pd.DataFrame) -> Shown:
    """List client reports, each with its status and the numbers at its head.

    Parameters
    ----------
    rows : DataFrame, one row per report
        ``file`` (empty where there is no page), ``name``, ``client_id``, ``industry``, ``wave``,
        ``status`` (one of `STATUSES`), ``error``; for ``crq`` and ``nps`` their ``value_``,
        ``low_`` and ``high_``; ``level``, ``n_respondents``, ``n_accounts``.

    Examples
    --------
    >>> row = dict(file="C1_2025.html", name="A & B", client_id="C1", industry="it", wave="2025",
    ...            value_crq=5.2, low_crq=5.0, high_crq=5.4, value_nps=17.0, low_nps=1.0,
    ...            high_nps=30.0, level=0.95, n_respondents=40, n_accounts=12, status="current",
    ...            error="")
    >>> reports(pd.DataFrame([row]))
    1 report
    """
    rows = rows.sort_values(["name", "client_id", "wave"], key=_folded, kind="stable")
    levels = sorted({percent(level) for level in rows["level"].dropna()})
    intervals = f"; {' and '.join(levels)} intervals from resampled accounts" if levels else ""
    columns = [
        Column("Client", [_titled(*row) for row in zip(rows["file"], rows["name"], strict=True)]),
        Column("Status", [_state(*row) for row in zip(rows["status"], rows["error"], strict=True)]),
        Column("Id", names(rows["client_id"])),
        Column("Industry", names(rows["industry"])),
        Column("Wave", names(rows["wave"])),
        *_estimates(rows, "crq", "CRQ"),
        *_estimates(rows, "nps", "NPS"),
        _counted(rows["n_respondents"], "Respondents"),
        _counted(rows["n_accounts"], "Accounts"),
    ]
    caption = f"Client reports. Everyone counts once{intervals}; n stands beside each."
    return Shown(table(columns, caption=caption, kind="list"), count(len(rows), "report"))


def finder(rows: pd.DataFrame) -> Shown:
    """Offer to search the list; nobody sees this until the page's script can do it.

    Parameters
    ----------
    rows : DataFrame
        As for `reports`.

    Examples
    --------
    >>> finder(pd.DataFrame({"status": ["current", "current", "last try failed"]}))
    current 2 · last try failed 1
    """
    counts = rows["status"].value_counts()
    there = [status for status in STATUSES if status in counts.index]
    options = "".join(f"<option>{text(status)}</option>" for status in there)
    whole = count(len(rows), "report")
    told = " · ".join(f"{status} {number(counts[status], 0)}" for status in there)
    html = f"""<p class="note">{text(told)}</p>
<div class="finder" role="search" aria-label="Client reports" hidden>
<p><label for="sought">Search by client, id, industry, wave or status</label>
<input id="sought" type="search" autocomplete="off" spellcheck="false"></p>
<p><label for="state">Status</label>
<select id="state"><option value="">any status</option>{options}</select></p>
<p><button type="button">Show all</button></p>
<p role="status"><b>{number(len(rows), 0)}</b> of {whole} shown</p>
</div>"""
    return Shown(html, told)


def failures(n: int) -> Shown:
    """Say how many reports could not be made, and what becomes of them.

    Examples
    --------
    >>> failures(1)
    1 report could not be made
    >>> failures(0).html
    ''
    """
    said = f"{count(n, 'report')} could not be made"
    rest = "The reason stands in the list; the next run tries again. An older page stays as it was."
    return Shown(paragraph(f"{text(said)}. {text(rest)}", "caution") if n else "", said)


def pages(links: Iterable[tuple[str, str]]) -> Shown:
    """List other pages as file and name."""
    found = [f'<a href="{text(file)}">{text(words)}</a>' for file, words in links]
    items = "\n".join(f"<li>{link}</li>" for link in found)
    return Shown(f"<ul>\n{items}\n</ul>", count(len(found), "page"))


def _folded(values: pd.Series) -> pd.Series:
    return values.astype(str).str.casefold()


def _titled(file: str, client: str) -> str:
    return f'<a href="{text(file)}">{name(client)}</a>' if file else name(client)


def _state(status: str, error: str) -> str:
    why = f'<div class="why" translate="no">{text(error)}</div>' if error else ""
    return f"{text(status)}{why}"


def _estimates(rows: pd.DataFrame, measure: str, label: str) -> list[Column]:
    places, signed = decimals(measure), measure == "nps"
    value, low, high = (rows[f"{end}_{measure}"] for end in ("value", "low", "high"))
    values = [_datum(v, number(v, places, signed=signed)) for v in value]
    spans = [span(*ends, places, signed=signed) if ends[0] == ends[0] or ends[1] == ends[1] else ""
             for ends in zip(low, high, strict=True)]  # fmt: skip
    return [Column(label, values, True), Column(f"{label} interval", phrases(spans), True)]


def _counted(values: pd.Series, label: str) -> Column:
    return Column(label, [_datum(n, number(n, 0)) for n in values], True)


def _datum(value: float, said: str) -> str:
    """A number as it is read, and the one to sort by."""
    exact = "" if value != value else repr(float(value))
    return f'<data value="{exact}">{said}</data>'
