"""Which figures and words a page holds, so that no other is explained."""

from __future__ import annotations

from typing import Any

from crqlab.base.standards import SURE
from crqlab.page.client_view import ClientView
from crqlab.stats.defaults import LEVEL


def entries(view: ClientView) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries of the reading guide of one page, as codes with their numbers.

    Parameters
    ----------
    view : ClientView

    Returns
    -------
    list of (code, numbers)
        In the order of the page. What the page does not show, for want of the question or of
        enough clients, has no entry.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> [code for code, _ in crq.page.reading_guide.entries(view)][:3]
    ['crq', 'nps', 'n']
    """
    asked, least = view.instrument, view.privacy
    held: list[tuple[str, dict[str, Any], bool]] = [
        ("crq", {"low": asked.scale.low, "high": asked.scale.high}, bool(asked.items)),
        ("nps", {}, bool(asked.recommend)),
        ("n", {}, True),
        ("interval", {"level": view.language.percent(LEVEL)}, True),
        ("no_clear_change", {}, True),
        ("place", {}, not view.benchmark.table.empty),
        ("segment", {}, not view.segments.shares.empty),
        ("not_settled", {"sure": view.language.percent(SURE)}, not view.segments.shares.empty),
        ("at_risk", {}, not view.renewal.accounts.empty and not view.renewal.unproven),
        ("heard", {}, True),
        ("withheld", {"scores": least.min_scores, "words": least.min_comments}, True),
        ("few", {}, True),
    ]
    return [(code, told) for code, told, there in held if there]
