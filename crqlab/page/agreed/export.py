"""What was agreed as a sheet, and as tasks of a CRM."""

from __future__ import annotations

import pandas as pd

from crqlab.page.agreed.html import since_said, verdict_said, what
from crqlab.page.agreed.outcomes import checked, moved
from crqlab.page.client_view import ClientView
from crqlab.page.sheet import ACCOUNT, Sheet, sheet


def agreed_sheet(view: ClientView) -> Sheet:
    """What was agreed in earlier waves, how far it is, and how the account's score moved."""
    columns = {
        **ACCOUNT,
        "what": ("what",),
        "party": ("party",),
        "owner": ("owner",),
        "due_on": ("due", "", "date"),
        "state": ("status",),
        "done_on": ("done_on", "", "date"),
        "since": ("since",),
        "wave": ("wave",),
        "action_id": ("action_id",),
    }
    rows, say, since = view.agreed.actions, view.language.say, moved(view)
    found = {one.action_id: verdict_said(view, one) for one in checked(view)}
    keys = zip(rows["action_id"], rows["account_id"], strict=True)
    told = [found.get(id_) or since_said(view, since.get(account)) for id_, account in keys]
    rows = rows.assign(
        what=[what(view, one) for one in rows["action"]],
        party=[say(f"party.{one}") for one in rows["party"]],
        state=[say(f"agreed.state_{one}") for one in rows["state"]],
        since=told,
    )
    return sheet(view, "agreed", columns, rows)


def status_by_task(view: ClientView) -> dict[str, str]:
    """Return how far actions of this wave are that somebody has decided on, by action id."""
    rows = view.agreed.going_on
    return dict(zip(rows["action_id"], rows["status"], strict=True))


def open_tasks(view: ClientView) -> pd.DataFrame:
    """Return actions that station 6 does not propose (now), and that are agreed and not done."""
    rows = pd.concat([view.agreed.actions, view.agreed.going_on], ignore_index=True)
    return rows[(rows["status"] == "agreed").to_numpy(bool)]
