"""From what a client sees of its accounts to the plans of some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from crqlab.base.errors import CrqError, one_of
from crqlab.base.study import Study
from crqlab.base.study_key import key
from crqlab.base.waves import in_order
from crqlab.page.accounts.overview import overview
from crqlab.page.accounts.select import account_meetings
from crqlab.page.agreed.data import states
from crqlab.page.assembly import view
from crqlab.page.client_view import ClientView
from crqlab.page.packs.select import last_answer
from crqlab.page.plans.data import DONE, DROPPED, GOING, AccountPlan
from crqlab.page.pseudonyms import pseudonyms
from crqlab.page.tables import table
from crqlab.programme import ledger
from crqlab.segments.playbook import Playbook
from crqlab.show.records import grouped, records

TOP = 10  # accounts where nobody says which
WAVES = 4  # that a course goes back
_OWN = "own:"
_INITIATIVE = "initiative"
_HISTORY = ("n", "shrunken", "shrunken_low", "shrunken_high")
#: What accounts may be chosen by, besides the columns of the client's own list.
_SAID = ("segment", "status", "manager")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which accounts are meant.

    Attributes
    ----------
    accounts : tuple of str
        Ids; all that meet ``where`` if there are none.
    where : mapping of column to str
        Of the client's list of accounts, or ``segment``, ``status``, ``manager``.
    top : int or None
        No more than so many.
    """

    accounts: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    top: int | None = None

    @property
    def most(self) -> int | None:
        """How many at the most: ten where nothing is said."""
        return TOP if self == Choice() else self.top


def chosen_accounts(study: Study, shown: ClientView, choice: Choice) -> list[str]:
    """Return the accounts that are meant, whom to see first on top.

    Parameters
    ----------
    study : Study
    shown : ClientView
    choice : Choice

    Raises
    ------
    CrqError
        No such account or column, or nothing meets the conditions.
    """
    rows = overview(shown)
    known = table(study, "accounts", client=shown.client_id).drop_duplicates("account_id")
    for account in choice.accounts:
        one_of(f"account of client {shown.client_id}", account, sorted(rows["account_id"]))
    listed = [name for name in known if name not in ("client_id", *rows)]
    rows = rows.merge(known[["account_id", *listed]], on="account_id", how="left")
    kept = (
        rows["account_id"].isin(choice.accounts)
        if choice.accounts
        else pd.Series(True, index=rows.index)
    )
    for column, wanted in choice.where.items():
        one_of("where", column, [*_SAID, *listed])
        kept &= rows[column].fillna("").astype(str).str.casefold() == wanted.casefold()
    found = rows.loc[kept.to_numpy(bool), "account_id"].tolist()[: choice.most]
    if not found:
        told = ", ".join(f"{name}={value}" for name, value in choice.where.items())
        raise CrqError(
            f"Client {shown.client_id} has no account in wave {shown.wave} "
            f"{f'that is {told}' if told else 'that was asked or answered'}; there is no plan "
            "to make."
        )
    return found


def plans(
    study: Study, shown: ClientView, ids: Sequence[str], on: pd.Timestamp | None = None
) -> list[AccountPlan]:
    """Collect what the plans of some accounts show.

    Parameters
    ----------
    study : Study
    shown : ClientView
        What is withheld in it is withheld here; earlier waves show what their own pages show.
    ids : sequence of str
        Accounts, in the order in which they are to come.
    on : Timestamp, optional
        The day from which days are counted; that of the wave's last answer if left out.

    Returns
    -------
    list of AccountPlan
    """
    day = last_answer(study, shown) if on is None else on.normalize()
    found = account_meetings(shown, pd.Series(list(ids), dtype="str"))
    means, todo = (grouped(part, "account_id") for part in (found.measures, found.actions))
    voices = shown.participation.voices
    past = _history(study, shown, ids)
    agreed = _agreed(study, shown, day)
    return [
        AccountPlan(
            row,
            means.get(row.account_id, []),
            todo.get(row.account_id, []),
            voices[(voices["account_id"] == row.account_id).to_numpy(bool)],
            past[(past["account_id"] == row.account_id).to_numpy(bool)],
            _of(agreed, row.account_id),
            day,
        )
        for row in records(found.accounts)
    ]


def _history(study: Study, shown: ClientView, ids: Iterable[str]) -> pd.DataFrame:
    """Scores and segments as the page of each wave shows them, of the last few waves."""
    scores = table(study, "account_scores", client=shown.client_id)
    order = in_order([*scores["wave"].unique(), shown.wave])
    waves = order[: order.index(shown.wave) + 1][-WAVES:]
    parts = []
    for wave in waves:
        one = shown if wave == shown.wave else view(study, client=shown.client_id, wave=wave)
        rows = one.accounts[one.accounts["account_id"].isin(list(ids)).to_numpy(bool)]
        told = rows[["account_id", "status", *_HISTORY]].set_axis(
            ["account_id", "asked", "n", "value", "low", "high"], axis=1
        )
        sorted_ = one.segments.accounts[["account_id", "segment", "p_word"]]
        parts.append(told.merge(sorted_, on="account_id", how="left").assign(wave=wave))
    return pd.concat(parts, ignore_index=True)


def _agreed(study: Study, shown: ClientView, on: pd.Timestamp | None) -> pd.DataFrame:
    """Actions on record of this client, with what became of them; none that is only proposed."""
    rows = ledger(study, "agreed_actions").table
    rows = rows[(rows["client_id"] == shown.client_id).to_numpy(bool)]
    rows = rows[rows["status"].isin([GOING, DONE, DROPPED]).to_numpy(bool)]
    state = states(rows, on).replace({"going": GOING, "done_late": DONE})
    ids, owners = rows["account_id"], rows["owner"]
    if study.codebook.privacy.pseudonyms:
        ids = pseudonyms(ids, kind="account", key=key(study))
        owners = pseudonyms(owners, kind="manager", key=key(study))
    what = [_what(one, shown.actions.playbook, shown.language.code) for one in rows["action"]]
    return rows.assign(account_id=ids, owner=owners, what=what, state=state)


def _what(action: str, book: Playbook, code: str) -> str:
    if action.startswith(_OWN):
        return action.removeprefix(_OWN).strip()
    return book.text(action, code) or action.replace("_", " ")


def _of(agreed: pd.DataFrame, account: str) -> pd.DataFrame:
    """What was agreed with one account, then what the client does for all of them."""
    own = agreed[(agreed["account_id"] == account).to_numpy(bool)]
    wide = agreed[(agreed["kind"] == _INITIATIVE).to_numpy(bool)]
    columns = ["what", "party", "owner", "due_on", "state", "kind"]
    return pd.concat([own, wide])[columns].reset_index(drop=True)
