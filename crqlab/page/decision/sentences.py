"""The verdict in two sentences, in a sales director's words."""

from __future__ import annotations

from math import isnan

import pandas as pd

from crqlab.page.accounts.overview import LOSS, SEEN_FIRST, ranked_by
from crqlab.page.client_view import ClientView, unscored_sentence
from crqlab.page.renewal.data import proven

#: What a half of the peers means; where none is known, the client stands alone.
_STANDINGS = {"upper": "stronger", "lower": "weaker", "middle": "middle"}
MUCH = 1 / 3  # of the money at risk, that one account alone carries


def verdict_sentences(view: ClientView, accounts: pd.DataFrame) -> list[str]:
    """Say how strong the relationships are, whether they moved, and where money is at risk.

    What makes the first number doubtful stands beside it.

    Parameters
    ----------
    view : ClientView
    accounts : DataFrame
        As `crqlab.page.accounts.overview.overview` returns them.

    Returns
    -------
    list of str
        At most three sentences; nothing that the intervals do not bear.

    Examples
    --------
    >>> import crqlab as crq
    >>> from crqlab.page.accounts.overview import overview
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> crq.page.decision.verdict_sentences(view, overview(view))[0]
    'Your relationships are stronger than at ... of ... peers, and show no clear change since 2024.'
    """
    said = strength_sentence(view), _doubt(view), _risk(view, accounts)
    return [sentence for sentence in said if sentence]


def strength_sentence(view: ClientView) -> str:
    """Say where the client stands, and whether that has moved."""
    row, spoken = view.measure("crq"), view.language
    if none := unscored_sentence(spoken, view.unscored, view.n_excluded):
        return none
    state = view.scores.state("crq")
    if row is None or row["withheld"] or (isnan(row["value"]) and state is None):
        unasked = "crq" in view.scores.unasked
        return spoken.say("decision.not_asked" if unasked else "decision.too_few")
    untold = "unknown" if view.before else "first"  # the change is withheld, or nothing came before
    moved = untold if isnan(row["change"]) else row["verdict"]
    places = {
        "value": spoken.number((state or row)["value"], 1),
        "best": spoken.short(view.instrument.scale.high),
        "wave": view.before,
        **_place(view),
    }
    return spoken.say(f"decision.strength_{_standing(view)}_{moved}", **places)


def _doubt(view: ClientView) -> str:
    """Why the number's interval may not hold; it stands beside the first sentence."""
    row, spoken = view.measure("crq"), view.language
    if row is None or row["withheld"] or view.unscored or isnan(row["value"]):
        return ""
    caution = spoken.caution(row["flag"])
    return spoken.say("summary.doubt", cautions=caution) if caution else ""


def _standing(view: ClientView) -> str:
    """Which half of the peers the client lies in, as the station of the benchmark judged it."""
    row = view.benchmark.of("crq")
    return "alone" if row is None else _STANDINGS.get(row["half"], "alone")


def _place(view: ClientView) -> dict[str, int]:
    row = view.benchmark.of("crq")
    if row is None or isnan(row["percentile"]):
        return {}
    n = int(row["n_clients"])
    below = round(row["percentile"] * n)
    return {"n": n, "below": below, "above": n - below}


def _risk(view: ClientView, rows: pd.DataFrame) -> str:
    """Where most of the money at risk lies; of which revenue nothing is known."""
    spoken = view.language
    if rows.empty:
        return ""
    if proven(view.renewal.performance) and ranked_by(rows) == LOSS:
        return _carries(view, rows)
    heard = view.participation.counts.revenue
    if isnan(heard):
        return spoken.say("decision.cannot_say")
    return spoken.say("decision.cannot_say_heard", share=spoken.percent(heard))


def _carries(view: ClientView, rows: pd.DataFrame) -> str:
    spoken, whole, many = view.language, view.renewal.total, min(SEEN_FIRST, len(rows))
    total = float(whole["expected_loss"].iloc[0]) if len(whole) else 0.0
    first = rows.iloc[0]
    if not total > 0:
        return ""
    if first[LOSS] >= MUCH * total:
        told = {"name": first["name"], "share": spoken.percent(first[LOSS] / total)}
        if pd.notna(first["due_on"]):
            return spoken.say("decision.one_due", day=spoken.day(first["due_on"]), **told)
        return spoken.say("decision.one", **told)
    if rows[LOSS].head(many).isna().any():
        share = spoken.percent(rows["revenue"].head(many).sum() / rows["revenue"].sum())
        return spoken.say("decision.some_revenue", n=many, m=len(rows), share=share)
    share = spoken.percent(rows[LOSS].head(many).sum() / total)
    return spoken.say("decision.some", n=many, m=int(whole["n_accounts"].iloc[0]), share=share)
