"""Segments as sheets, a slide and a column of a CRM file."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.language import OWN, language
from crqlab.language.segment_words import SegmentWords
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import matched
from crqlab.page.segments.words import segment_words
from crqlab.page.sheet import ACCOUNT, CAUTION, Sheet, scale, sheet
from crqlab.page.slide import SHARE, Bars, Slide, foot, places, spans
from crqlab.show.records import Record, records


def segments_sheet(view: ClientView) -> Sheet:
    """Which account is in which segment, and why."""
    columns = {
        **ACCOUNT,
        "segment": ("segment",),
        "before": ("wave_before",),
        "status": ("status",),
        "p": ("p_segment", "share", "share"),
        "p_word": ("p_in_a_word",),
        "n": ("n_respondents", "people", "count"),
        "distance": ("to_nearest_cut", scale(view), "score"),
        "reason": ("why",),
        "manager": ("account_manager",),
        "revenue": ("revenue", view.currency, "money"),
        **CAUTION,
    }
    rows = view.segments.accounts
    silent = (rows["before_status"] == "silent").to_numpy(bool)
    words = segment_words(view)
    before = [words.name(name) if isinstance(name, str) else None for name in rows["before"]]
    rows = rows.assign(
        segment=[words.name(name) if isinstance(name, str) else None for name in rows["segment"]],
        before=np.where(silent, words.name(None, "silent"), before),
        status=[words.status(status) for status in rows["status"]],
        p_word=[words.likely(word) for word in rows["p_word"]],
        reason=[_why(words, row) for row in records(rows)],
    )
    told = {"thresholds": view.segments.thresholds}
    return sheet(view, "segments", columns, rows, minimum=view.privacy.min_scores, **told)


def _why(words: SegmentWords, row: Record) -> str:
    """The reason, behind the segment or the status that it is one for."""
    why = words.reason(row.reason)
    return why if row.withheld else f"{words.name(row.segment, row.status)}: {why}"


def shares_sheet(view: ClientView) -> Sheet:
    """How many accounts are in each segment."""
    columns = {
        "segment": ("segment",),
        "n": ("accounts", "accounts", "count"),
        "share": ("share", "of_sorted", "share"),
        "low": ("low", "share", "share"),
        "high": ("high", "share", "share"),
        "level": ("level", "share", "share"),
        "revenue": ("revenue", view.currency, "money"),
        "revenue_share": ("revenue_share", "of_asked", "share"),
        **CAUTION,
    }
    rows = view.segments.shares
    return sheet(
        view, "segment_shares", columns, rows.assign(segment=segment_words(view).names(rows))
    )


def segments_slide(view: ClientView) -> Slide | None:
    """How many accounts are in each segment."""
    rows, spoken = view.segments.shares, view.language
    rows = rows[rows["share"].notna() & (rows["status"] == "sorted")]
    if rows.empty:
        return None
    words = segment_words(view)
    most, whole = rows.loc[rows["n"].idxmax()], int(rows["n"].sum())
    share, low, high = (spoken.percent(most[end]) for end in ("share", "low", "high"))
    message = spoken.say(
        "slide.largest_segment",
        segment=words.name(most["segment"]),
        n=int(most["n"]),
        m=whole,
        share=spoken.say("common.interval", value=share, low=low, high=high),
    )
    said = spoken.say(
        "slide.segments_foot",
        n=whole,
        level=spoken.percent(float(rows["level"].iloc[0])),
        thresholds=view.segments.thresholds,
    )
    named = zip(rows["segment"], rows["n"], strict=True)
    body = Bars(
        [f"{words.name(segment)} ({n})" for segment, n in named], rows["share"].tolist(),
        spoken.say("slide.share_of_accounts"), spans(rows, "low", "high"), (0.0, 1.0), SHARE,
        marked=places(rows["segment"] == most["segment"]),
    )  # fmt: skip
    return Slide(message, body, foot(view, said))


def crm_columns(view: ClientView, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return each account's segment, as the thresholds call it, and how sure it is.

    Below the minimum the probability is told in a word alone.
    """
    ids, words = accounts["account_id"], SegmentWords(language(OWN))
    segment, status, p, word = matched(
        ids, view.segments.accounts, "segment", "status", "p", "p_word"
    )
    return {
        "CRQ_Segment__c": segment,
        "CRQ_Segment_Status__c": status.map(words.status, na_action="ignore"),
        "CRQ_Segment_P__c": p.astype(float),
        "CRQ_Segment_P_In_A_Word__c": word.map(words.likely, na_action="ignore"),
    }
