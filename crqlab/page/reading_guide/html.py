"""The reading guide as a folded list at the end of the page."""

from __future__ import annotations

from markupsafe import Markup

from crqlab.page.client_view import ClientView
from crqlab.page.reading_guide.select import entries
from crqlab.show.html import Shown, folded, lines, tag


def reading_guide(view: ClientView) -> Shown:
    """What the figures and words of this page mean, and what they do not.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.reading_guide.reading_guide(view)
    >>> "How to read this report" in shown.html
    True
    """
    say = view.language.say
    told = [(say(f"reading.{code}_name"), _meaning(view, code, numbers))
            for code, numbers in entries(view)]  # fmt: skip
    pairs = [lines(tag("dt", name), tag("dd", meaning)) for name, meaning in told]
    listed = tag("dl", Markup("\n"), lines(*pairs), Markup("\n"), class_="guide")
    return folded(say("reading.head"), Shown(listed, say("reading.head")))


def _meaning(view: ClientView, code: str, numbers: dict[str, object]) -> str:
    said = view.language.say(f"reading.{code}", **numbers)
    if code != "segment":
        return said
    traits, spoken = view.segments.traits, view.language.code
    each = [f"{traits.label(name, spoken)}: {meaning}"
            for name in traits.order if (meaning := traits.meaning(name, spoken))]  # fmt: skip
    return f"{said} {'; '.join(each)}." if each else said
