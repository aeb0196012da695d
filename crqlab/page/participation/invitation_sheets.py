"""The list of invitations as tables: everybody who is known at a client's accounts, by quarter."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from crqlab.base.errors import ReportError
from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import matched
from crqlab.page.participation.wave_plan import quarter_name
from crqlab.page.sheet import CAUTION, Sheet, sheet
from crqlab.page.tables import table

_FIELDS = {
    "in_quarter": ("quarter",),
    "starts": ("starts", "", "date"),
    "account_id": ("account_id",),
    "account": ("account",),
    "manager": ("account_manager",),
    "contact_id": ("contact_id",),
    "name": ("name",),
    "role": ("role",),
    "language": ("language",),
    "last_invited": ("last_invited", "", "date"),
    "ready_on": ("rested_on", "", "date"),
    "n_year": ("invitations_in_a_year", "", "count"),
    **CAUTION,
}


def all_contacts(study: Study, view: ClientView) -> Sheet:
    """Return everybody who is known, first those who are invited soonest.

    Raises
    ------
    ReportError
        A later wave was held, or nobody recorded contacts.
    """
    rows = table(study, "invitations", client=view.client_id)
    if rows.empty or view.participation.plan.empty:
        raise ReportError(
            f"There is no plan after wave {view.wave} of {view.client_id}: a later wave was held, "
            "or nobody recorded contacts. Name the client's last wave, or add the contacts file."
        )
    known = table(study, "contacts", client=view.client_id)
    known = known.drop_duplicates("contact_id", keep="last")
    name, language = matched(rows["contact_id"], known, "name", "language", by="contact_id")
    account, manager = matched(rows["account_id"], view.accounts, "name", "manager")
    last = rows["quarter"].mask(rows["quarter"] == 0, rows["quarter"].max() + 1)
    rows = rows.assign(
        name=name, language=language, account=account.fillna(rows["account_id"]),
        manager=manager, turn=last, in_quarter=_quarters(view, rows),
    ).sort_values(["turn", "account", "contact_id"], ignore_index=True)  # fmt: skip
    return sheet(view, "invitations", _FIELDS, rows)


def quarter_sheets(view: ClientView, whole: Sheet) -> list[Sheet]:
    """Return one sheet for each quarter, and one of those who are not invited."""
    parts = whole.rows.groupby("in_quarter", sort=False)
    return [replace(whole, name=str(name)[:31], rows=rows.reset_index(drop=True))
            for name, rows in parts]  # fmt: skip


def _quarters(view: ClientView, rows: pd.DataFrame) -> list[str]:
    spoken = view.language
    return [
        quarter_name(spoken, n, starts) if n else spoken.say("participation.not_invited")
        for n, starts in zip(rows["quarter"], rows["starts"], strict=True)
    ]
