"""Actions as sheets and a slide: what to do with whom, and until when."""

from __future__ import annotations

import pandas as pd

from crqlab.page.agreed.export import open_tasks, status_by_task
from crqlab.page.client_view import ClientView
from crqlab.page.renewal.export import days
from crqlab.page.segments.words import segment_words
from crqlab.page.sheet import ACCOUNT, CAUTION, Sheet, scale, sheet
from crqlab.page.slide import WHOLE, Bars, Slide, brief, foot, places
from crqlab.show.records import records

MOST = 7  # bars, and lines of the notes
#: What a task is and how urgent, as Salesforce's own lists have it.
TASK_WORDS = ("Not Started", "In Progress", "Completed", "Deferred", "High", "Normal")
NEW_TASK, _GOING, _DONE, _DROPPED, URGENT, ORDINARY = TASK_WORDS
_STATUS = {"proposed": NEW_TASK, "agreed": _GOING, "done": _DONE, "dropped": _DROPPED}


def actions_sheet(view: ClientView) -> Sheet:
    """What is to be done at every account."""
    columns = {
        **ACCOUNT,
        "segment": ("segment",),
        "status": ("status",),
        "action": ("action",),
        "what": ("what",),
        "owner": ("owner",),
        "due": ("due", "", "date"),
    }
    rows, book, code = view.actions.actions, view.actions.playbook, view.language.code
    words = segment_words(view)
    rows = rows.assign(
        segment=words.names(rows),
        status=[words.status(status) for status in rows["status"]],
        action=[book.name(action, code) for action in rows["action"]],
        what=book.texts(rows, code),
    )
    return sheet(view, "actions", columns, rows)


def lifts_sheet(view: ClientView) -> Sheet:
    """What would take an account one segment up."""
    columns = {
        **ACCOUNT,
        "segment": ("segment",),
        "target": ("target",),
        "change": ("smallest_change",),
        "size": ("size", scale(view), "score"),
        "probability": ("p_then", "share", "share"),
        "now": ("p_now", "share", "share"),
        **CAUTION,
    }
    rows, words = view.actions.lifts, segment_words(view)
    said = {name: rows[name].map(words.name, "ignore") for name in ("segment", "target")}
    return sheet(view, "lifts", columns, rows.assign(**said, change=rows["change"].map(words.lift)))


def referrals_sheet(view: ClientView) -> Sheet:
    """Where promoters may be asked for a referral: counts, never names."""
    columns = {
        **ACCOUNT,
        "manager": ("account_manager",),
        "promoters": ("promoters_to_ask", "people", "count"),
        "n": ("n_respondents", "people", "count"),
    }
    return sheet(view, "referrals", columns, view.actions.referral_candidates)


def actions_slide(view: ClientView) -> Slide | None:
    """How many customers each action is for; in the notes whose turn it is, weak segments first."""
    rows, spoken, book = view.actions.actions, view.language, view.actions.playbook
    if rows.empty:
        return None
    kinds = rows.groupby("action", sort=False).agg(n=("account_id", "nunique"), due=("due", "min"))
    kinds = kinds.sort_values(["n", "due"], ascending=[False, True], kind="stable").head(MOST)
    first = rows["due"].min()
    told = kinds["due"].eq(first) if first == first else kinds["n"].eq(kinds["n"].max())
    labels = [brief(book.name(action, spoken.code)) for action in kinds.index]
    body = Bars(labels, kinds["n"].tolist(), spoken.say("slide.by_action"), code=WHOLE,
                marked=places(told))  # fmt: skip
    code = "slide.actions" if first != first else "slide.actions_from"
    message = spoken.say(code, n=len(rows), m=rows["account_id"].nunique(), day=first)
    behind = foot(view, spoken.say("slide.actions_foot"))
    return Slide(message, body, behind, notes="\n".join([behind, *_turns(view)]))


def _turns(view: ClientView) -> list[str]:
    """Who is met first, for what, by whom and until when: weak segments, then by date."""
    rows, spoken, book = view.actions.actions, view.language, view.actions.playbook
    rows = rows.assign(
        turn=~rows["segment"].isin(view.segments.traits.weak),
        named=segment_words(view).names(rows),
    )
    rows = rows.sort_values(["turn", "due"], kind="stable").head(MOST).fillna({"owner": ""})
    return [
        " · ".join(filter(None, [row.name, row.named, what, row.owner,
                                 "" if row.due != row.due else spoken.day(row.due)]))
        for row, what in zip(records(rows), book.texts(rows, spoken.code), strict=True)
    ]  # fmt: skip


def crm_tasks(view: ClientView) -> pd.DataFrame:
    """Return proposed and agreed actions as tasks of a CRM, in the language of the house."""
    rows, book = view.actions.actions, view.actions.playbook
    weak = rows["segment"].isin(view.segments.traits.weak)
    keys = zip(rows["account_id"], rows["action"], strict=True)
    ids = [f"{view.client_id}-{view.wave}-{account}-{action}" for account, action in keys]
    status = status_by_task(view)
    proposed = pd.DataFrame(
        {
            "CRQ_Task_External_Id__c": ids,
            "Account_External_Id__c": rows["account_id"],
            "CRQ_Wave__c": view.wave,
            "Subject": [book.name(action) for action in rows["action"]],
            "Description": book.texts(rows),
            "CRQ_Owner__c": rows["owner"],
            "ActivityDate": days(rows["due"]),
            "Status": [_STATUS[status.get(id_, "proposed")] for id_ in ids],
            "Priority": [URGENT if one else ORDINARY for one in weak],
        }
    )
    more = open_tasks(view)
    more = _agreed_tasks(view, more[(~more["action_id"].isin(ids)).to_numpy(bool)])
    return pd.concat([proposed, more], ignore_index=True) if len(more) else proposed


def _agreed_tasks(view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    """What was agreed and is not done, beside what is proposed now."""
    book = view.actions.playbook
    return pd.DataFrame(
        {
            "CRQ_Task_External_Id__c": rows["action_id"],
            "Account_External_Id__c": rows["account_id"],
            "CRQ_Wave__c": rows["wave"],
            "Subject": [
                one.removeprefix("own:") if one.startswith("own:") else book.name(one)
                for one in rows["action"]
            ],
            "Description": [book.text(one) for one in rows["action"]],
            "CRQ_Owner__c": rows["owner"],
            "ActivityDate": days(rows["due_on"]),
            "Status": _GOING,
            "Priority": ORDINARY,
        }
    )
