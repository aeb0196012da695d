"""Which figures and words a page holds, so that no other is explained."""

from __future__ import annotations

from typing import Any

from crqlab.base.standards import SURE
from crqlab.page.client_view import ClientView
from crqlab.stats.defaults import LEVEL

#: What is explained, in the order of the page.
ENTRIES = (
    "crq", "nps", "n", "interval", "no_clear_change", "place", "segment", "not_settled", "at_risk",
    "heard", "withheld", "few",
)  # fmt: skip


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
    asked, least, spoken = view.instrument, view.privacy, view.language
    segments = not view.segments.shares.empty
    told: dict[str, dict[str, Any]] = {
        "crq": {"low": asked.scale.low, "high": asked.scale.high},
        "interval": {"level": spoken.percent(LEVEL)},
        "not_settled": {"sure": spoken.percent(SURE)},
        "withheld": {"scores": least.min_scores, "words": least.min_comments},
    }
    shown = {
        "crq": bool(asked.items),
        "nps": bool(asked.recommend),
        "place": not view.benchmark.table.empty,
        "segment": segments,
        "not_settled": segments,
        "at_risk": not view.renewal.accounts.empty and not view.renewal.unproven,
    }
    return [(code, told.get(code, {})) for code in ENTRIES if shown.get(code, True)]
