"""Comments as a sheet, and in the rows of a CRM file."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.redaction import unmarked
from crqlab.page.sheet import Sheet, sheet


def comments_sheet(view: ClientView) -> Sheet:
    """Every comment that may be shown."""
    wording = view.questions.set_index("question")["wording"]
    columns = {
        "wording": ("question",),
        "words": ("words",),
        "account": ("account",),
        "language": ("language",),
    }
    rows = view.comments.assign(wording=view.comments["question"].map(wording))
    return sheet(view, "comments", columns, rows, minimum=view.privacy.min_comments)


def crm_columns(view: ClientView, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the comments that carry an account's name, where one account alone has that name.

    Each stands behind its question, and says in every language alike what was taken out.
    """
    wording = view.questions.set_index("question")["wording"]
    named = view.comments[view.comments["account"] != ""]
    said = named["question"].map(wording) + " " + unmarked(named["words"], view.language)
    joined = said.groupby(named["account"]).agg(" | ".join)
    alone = ~accounts["name"].duplicated(keep=False)
    return {"CRQ_Verbatim__c": accounts["name"].map(joined).where(alone)}
