"""The list of a study's pages."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from crqlab.language import Language
from crqlab.show.html import Column, Shown, lines, name, names, paragraph, phrases, table, tag, text
from crqlab.show.number_format import decimals

#: What may be said of a report, in the order of the filter: codes of ``report_list.yaml``.
NEW, CURRENT, OLD, FAILED, UNKNOWN = "new", "current", "outdated", "failed", "unknown"
STATUSES = (NEW, CURRENT, OLD, FAILED, UNKNOWN)


def reports(rows: pd.DataFrame, spoken: Language) -> Shown:
    """List client reports, each with its status and the numbers at its head.

    Parameters
    ----------
    rows : DataFrame, one row per report
        ``file`` (empty where there is no page), ``files`` (others of that client and
        language: path, what it is by its code ``file_…`` of the catalogue, and whose where it is a
        manager's),
        ``language``, ``name``, ``client_id``, ``industry``, ``wave``,
        ``status`` (one of `STATUSES`), ``error``; for ``crq`` and ``nps`` their ``value_``,
        ``low_`` and ``high_``; ``level``, ``n_respondents``, ``n_accounts``.
    spoken : Language

    Examples
    --------
    >>> from crqlab.language import language
    >>> row = dict(file="C1_2025.html", files=(("C1_2025.pdf", "pdf", ""),),
    ...            language="en", name="A & B",
    ...            client_id="C1", industry="it", wave="2025", value_crq=5.2, low_crq=5.0,
    ...            high_crq=5.4, value_nps=17.0, low_nps=1.0, high_nps=30.0, level=0.95,
    ...            n_respondents=40, n_accounts=12, status="current", error="")
    >>> reports(pd.DataFrame([row]), language("en"))
    1 report
    """
    say = spoken.say
    rows = rows.sort_values(["name", "client_id", "wave", "language"], key=_folded, kind="stable")
    states = zip(rows["status"], rows["error"], strict=True)
    columns = [
        Column(say("report_list.client"), list(map(_titled, rows["file"], rows["name"]))),
        Column(say("report_list.status"), [_state(*state, spoken) for state in states]),
        Column(say("report_list.id"), names(rows["client_id"])),
        Column(say("report_list.industry"), names(rows["industry"])),
        Column(say("report_list.wave"), names(rows["wave"])),
        Column(say("report_list.language"), names(rows["language"])),
        Column(say("report_list.files"), [_linked(files, spoken) for files in rows["files"]]),
        *_estimates(rows, "crq", spoken),
        *_estimates(rows, "nps", spoken),
        _counted(rows["n_respondents"], say("report_list.respondents"), spoken),
        _counted(rows["n_accounts"], say("report_list.accounts"), spoken),
    ]
    aloud = say("report_list.n_reports", n=len(rows))
    return Shown(table(columns, caption=_caption(rows, spoken), kind="list"), aloud)


def _caption(rows: pd.DataFrame, spoken: Language) -> str:
    levels = sorted(set(rows["level"].dropna()))
    if not levels:
        return spoken.say("report_list.caption")
    told = spoken.listed(map(spoken.percent, levels))
    return spoken.say("report_list.caption_level", level=told)


def finder(rows: pd.DataFrame, spoken: Language) -> Shown:
    """Offer to search the list; nobody sees this until the page's script can do it.

    Parameters
    ----------
    rows : DataFrame
        As for `reports`.
    spoken : Language

    Examples
    --------
    >>> from crqlab.language import language
    >>> finder(pd.DataFrame({"status": ["current", "current", "failed"]}), language("en"))
    current 2 · last try failed 1
    """
    say, counts = spoken.say, rows["status"].value_counts()
    any_status = say("report_list.any_status")
    there = [status for status in STATUSES if status in counts.index]
    words = [say(f"report_list.status_{status}") for status in there]
    told = " · ".join(
        f"{word} {spoken.number(counts[status], 0)}"
        for status, word in zip(there, words, strict=True)
    )
    options = [Markup('<option value="">{}</option>').format(any_status), *(
        tag("option", word) for word in words)]  # fmt: skip
    parts = lines(
        tag("p", tag("label", say("report_list.search"), for_="sought"), Markup(_SOUGHT)),
        tag("p", tag("label", say("report_list.status"), for_="state"),
            Markup("\n"), tag("select", *options, id="state")),
        tag("p", tag("button", say("report_list.show_all"), type="button")),
        tag("p", spoken.html("report_list.shown", n=len(rows), m=len(rows)), role="status"),
    )  # fmt: skip
    box = tag("div", Markup("\n"), parts, Markup("\n"), class_="finder", role="search",
              aria_label=say("report_list.client_reports"), hidden=True)  # fmt: skip
    return Shown(lines(tag("p", told, class_="note"), box), told)


_SOUGHT = '\n<input id="sought" type="search" autocomplete="off" spellcheck="false">'


def failures(n: int, spoken: Language) -> Shown:
    """Say how many reports could not be made, and what becomes of them.

    Examples
    --------
    >>> from crqlab.language import language
    >>> failures(1, language("en"))
    1 report could not be made
    >>> failures(0, language("en")).html
    Markup('')
    """
    said = spoken.say("report_list.failures", n=n)
    rest = spoken.say("report_list.failures_next")
    return Shown(paragraph(text(f"{said}. {rest}"), "caution") if n else "", said)


def pages(links: Iterable[tuple[str, str, str]], spoken: Language) -> Shown:
    """List other files as file, name and language, where that is known."""
    items = [
        tag("li", tag("a", words, href=file, hreflang=code), f" ({code})" if code else "")
        for file, words, code in links
    ]
    listed = tag("ul", Markup("\n"), lines(*items), Markup("\n"))
    return Shown(listed, spoken.say("report_list.n_pages", n=len(items)))


def _folded(values: pd.Series) -> pd.Series:
    return values.astype(str).str.casefold()


def _titled(file: str, client: str) -> Markup:
    return tag("a", name(client), href=file) if file else name(client)


def _linked(files: Iterable[tuple[str, str, str]], spoken: Language) -> Markup:
    """The files beside a page by their kind; packs of account managers are folded away."""
    plain, packs = [], []
    for file, code, owner in files:
        if code == f"{_PACK}html":
            said = owner or spoken.say("report_list.unassigned")
        else:
            said = spoken.say(f"report_list.file_{code}")
        (packs if code.startswith(_PACK) else plain).append(tag("a", said, href=file))
    if not packs:
        return text(" · ").join(plain)
    n = sum(code == f"{_PACK}html" for _, code, _ in files)
    head = tag("summary", spoken.say("report_list.packs", n=n))
    return text(" · ").join(plain) + tag("details", head, text(" · ").join(packs))


_PACK = "pack_"


def _state(status: str, error: str, spoken: Language) -> Markup:
    why = tag("div", error, class_="why", translate="no") if error else ""
    return text(spoken.say(f"report_list.status_{status}")) + why


def _estimates(rows: pd.DataFrame, measure: str, spoken: Language) -> list[Column]:
    places, signed = decimals(measure), measure == "nps"
    value, low, high = (rows[f"{end}_{measure}"] for end in ("value", "low", "high"))
    values = [_datum(v, spoken.number(v, places, signed=signed)) for v in value]
    spans = [
        spoken.span(*ends, places, signed=signed)
        if ends[0] == ends[0] or ends[1] == ends[1]
        else ""
        for ends in zip(low, high, strict=True)
    ]
    label, interval = (spoken.say(f"report_list.{measure}{end}") for end in ("", "_interval"))
    return [Column(label, values, True), Column(interval, phrases(spans), True)]


def _counted(values: pd.Series, label: str, spoken: Language) -> Column:
    return Column(label, [_datum(n, spoken.number(n, 0)) for n in values], True)


def _datum(value: float, said: str) -> Markup:
    """A number as it is read, and the one to sort by."""
    exact = "" if value != value else repr(float(value))
    return Markup('<data value="{}">{}</data>').format(exact, said)
