"""How many accounts are in each segment, and what they pay, in a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.show import svg
from crqlab.show.colours import LINE, MUTED
from crqlab.show.colours import segments as colours
from crqlab.show.html import Shown

_WIDE, _LEFT, _RIGHT = 390, 110, 345
_TOP, _STEP = 28, 36


def segment_mix(view: ClientView) -> Shown:
    """Two bars a segment, the best first: its share of the accounts and of their revenue.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.segments.segment_mix(view)
    """
    rows, spoken, say = view.segments.shares, view.language, view.language.say
    rows = rows[rows["n"] > 0]
    if rows.empty:
        return Shown(Markup(), say("segments.none"))
    asked, paid = (rows[share].to_numpy(float) for share in ("asked_share", "revenue_share"))
    paying = bool(np.isfinite(paid).any())
    names, known = segment_words(view).names(rows), colours(view.segments.traits)
    fills = [known.get(name, LINE) for name in rows["segment"]]
    accounts = _parts(names, asked, spoken)
    revenue = _parts(names, paid if paying else paid * 0, spoken)
    heard = say("segments.mix_says", accounts=accounts, revenue=revenue)
    bars = svg.picture(
        "mix",
        _bars(names, asked, paid if paying else None, fills, spoken),
        size=(_WIDE, _TOP + _STEP * len(names)),
        title=say("segments.mix_revenue"),
        says=heard,
    )
    caption = say("segments.mix_caption" if paying else "segments.mix_caption_unpaid")
    return Shown(svg.figure(bars, caption), heard)


def _parts(names: Sequence[str], shares: Sequence[float], spoken: Language) -> str:
    told = (0.0 if share != share else share for share in shares)
    return ", ".join(
        f"{name} {spoken.percent(share)}" for name, share in zip(names, told, strict=True)
    )


def _bars(
    names: Sequence[str],
    asked: np.ndarray,
    paid: np.ndarray | None,
    fills: Sequence[str],
    spoken: Language,
) -> list[str]:
    """Two bars a segment, accounts above their revenue; without revenue one."""
    legend = spoken.say("segments.mix_legend" if paid is not None else "segments.mix_legend_unpaid")
    marks = [svg.words(_LEFT, 14, legend, anchor="start", ink=MUTED, size=12)]
    series = [asked] if paid is None else [asked, np.nan_to_num(paid)]
    across = svg.Axis(0, float(np.max(series)), _LEFT, _RIGHT)
    for place, (name, fill) in enumerate(zip(names, fills, strict=True)):
        y = _TOP + _STEP * place
        marks.append(svg.words(_LEFT - 8, y + 17, name, anchor="end", size=12))
        for shift, shares in zip((0, 12), series, strict=False):
            end = across.at(shares[place])
            marks.append(svg.box(_LEFT, y + shift, end - _LEFT, 11, fill=fill, edge=MUTED))
            share = spoken.percent(shares[place])
            marks.append(svg.words(end + 4, y + shift + 9.5, share, anchor="start", size=12))
    return marks
