"""What tables of drivers say, in sentences."""

from __future__ import annotations

import pandas as pd

from crqlab.language import OWN, Language, language
from crqlab.show.number_format import percent
from crqlab.show.records import records

METHOD = "LMG"
ENGLISH = language(OWN)
_SCORES = {"value": "performance", "target": "target"}


def nothing_said(rows: pd.DataFrame) -> str:
    """Say why there is no number to show."""
    if rows.empty:
        return "The instrument has no outcome with two drivers or more"
    return f"No weights: {ENGLISH.caution(rows['flag'].iloc[0])}"


def weights_said(rows: pd.DataFrame) -> str:
    """Say what moves each outcome most.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_weights``, of the panel or of one client and wave.
    """
    known = rows[(rows["method"] == METHOD) & (rows["level"] == "all") & rows["share"].notna()]
    if known.empty:
        return nothing_said(rows)
    top = known.loc[known.groupby("outcome", sort=False)["share"].idxmax()]
    said = "; ".join(
        f"{row.outcome_label} moves most with {row.label}, {percent(row.share)} "
        f"({percent(row.share_low)} to {percent(row.share_high)}) of the {percent(row.r2)} "
        "that drivers explain"
        for row in records(top)
    )
    return f"{said}; n = {known['n'].max():,} respondents, {known['n_accounts'].max():,} accounts"


def first_said(rows: pd.DataFrame, spoken: Language = ENGLISH) -> str:
    r"""Say what one client, account manager or account should fix first.

    Parameters
    ----------
    rows : DataFrame
        One row of table ``driver_focus``.
    spoken : Language

    Examples
    --------
    >>> row = {"kind": "client", "unit": "C001", "label": "Value", "probability": 0.71,
    ...        "runner_up_label": "Solution", "runner_up_probability": 0.2, "clear": True,
    ...        "performance": 4.91, "target": 5.75, "importance": 0.2, "n": 40, "n_accounts": 12,
    ...        "reference": "top_decile", "flag": "ok"}
    >>> first_said(pd.DataFrame([row])).replace("\xa0", " ")
    'C001: fix Value first (71 %), 4.91 against 5.75 in the top decile; runner-up Solution (20 %)'
    >>> first_said(pd.DataFrame([row | {"clear": False}])).replace("\xa0", " ")
    'C001: no clear single thing; Value (71 %) or Solution (20 %)'
    """
    if rows.empty:
        return spoken.say("drivers.nothing_first")
    row = rows.iloc[0]
    places = {
        "unit": row["unit"],
        "driver": spoken.term(row["label"]),
        "chance": spoken.chance(row["probability"]),
        "other": spoken.term(row["runner_up_label"]),
        "other_chance": spoken.chance(row["runner_up_probability"]),
    }
    if row["clear"]:
        scores = {name: spoken.number(row[of]) for name, of in _SCORES.items()}
        return spoken.say(f"drivers.unit_clear_{row['reference']}", **places, **scores)
    if why := spoken.caution(row["flag"]):
        return spoken.say("drivers.unit_not_clear_why", **places, why=why)
    return spoken.say("drivers.unit_not_clear", **places)


def clear_said(rows: pd.DataFrame, spoken: Language = ENGLISH) -> str:
    """Say how many have one clear thing to fix, and which it most often is."""
    if rows.empty:
        return spoken.say("drivers.nothing_first")
    clear, kind = rows[rows["clear"]], rows["kind"].iloc[0]
    counts = {"n": len(clear), "m": len(rows)}
    if clear.empty:
        return spoken.say(f"drivers.clear_{kind}", **counts)
    most = clear["label"].value_counts()
    first = {"driver": spoken.term(most.index[0]), "k": most.iloc[0]}
    return spoken.say(f"drivers.most_often_{kind}", **counts, **first)
