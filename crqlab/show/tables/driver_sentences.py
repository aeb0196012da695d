"""What tables of drivers say, in sentences."""

from __future__ import annotations

import pandas as pd

from crqlab.language import OWN, language
from crqlab.show.number_format import count, number, percent
from crqlab.show.records import records

METHOD = "LMG"
KINDS = {"client": "client", "account_manager": "account manager", "account": "account"}
REFERENCES = {"top_decile": "top decile", "scale_end": "end of the scale"}


def nothing_said(rows: pd.DataFrame) -> str:
    """Say why there is no number to show."""
    if rows.empty:
        return "The instrument has no outcome with two drivers or more"
    return f"No weights: {language(OWN).caution(rows['flag'].iloc[0])}"


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


def first_said(rows: pd.DataFrame) -> str:
    r"""Say what one client, account manager or account should fix first.

    Parameters
    ----------
    rows : DataFrame
        One row of table ``driver_focus``.

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
        return "Nothing can be put first"
    row = rows.iloc[0]
    second = f"{row['runner_up_label']} ({percent(row['runner_up_probability'])})"
    if not row["clear"]:
        caution = language(OWN).caution(row["flag"])
        why = f" [{caution}]" if caution else ""
        first = f"{row['label']} ({percent(row['probability'])})"
        return f"{row['unit']}: no clear single thing; {first} or {second}{why}"
    where = "in the top decile" if row["reference"] == "top_decile" else "at the end of the scale"
    return (
        f"{row['unit']}: fix {row['label']} first ({percent(row['probability'])}), "
        f"{number(row['performance'])} against {number(row['target'])} {where}; runner-up {second}"
    )


def focus_said(rows: pd.DataFrame) -> str:
    """Say how many have one clear thing to fix, and which it most often is."""
    if rows.empty:
        return "Nothing can be put first"
    clear = rows[rows["clear"]]
    kind = KINDS[rows["kind"].iloc[0]]
    said = f"{len(clear):,} of {count(len(rows), kind)} with one clear thing to fix"
    if clear.empty:
        return said
    most = clear["label"].value_counts()
    return f"{said}, most often {most.index[0]} ({most.iloc[0]:,})"
