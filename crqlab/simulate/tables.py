"""A block's arrays as the tables that users hold, under crqlab's own column names."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from crqlab.simulate import model, words
from crqlab.simulate.block import Block
from crqlab.simulate.options import PULSE
from crqlab.simulate.sheet import BLANK, Sheet, days, invitation_days, texts

_YEAR = np.timedelta64(365, "D")


def client_ids(block: Block, rows: np.ndarray) -> pa.Array:
    """Return ids of clients in these rows of the block."""
    return words.numbered("C", block.clients.numbers[rows], 3)


def account_ids(block: Block, rows: np.ndarray) -> pa.Array:
    """Return account ids: digits with leading zeros, as CRMs have them; text all the same."""
    numbers = block.clients.numbers[block.accounts.client[rows]]
    return words.numbered(words.numbered("", numbers, 3), block.accounts.number[rows], 3)


def contact_ids(block: Block, chair: np.ndarray, wave: np.ndarray) -> pa.Array:
    """Return ids of the people who sat in these chairs in these waves."""
    people = block.contacts
    client = block.clients.numbers[block.accounts.client[people.account[chair]]]
    places = 10 if len(block.options.periods) <= 10 else 100  # holders of a chair, one a wave
    person = places * (people.number[chair] + 1) + people.since[chair, wave]
    return words.join(words.numbered("P", client, 3), words.numbered("", person, 5), between="-")


def wave_names(block: Block, waves: np.ndarray) -> pa.Array:
    """Return names of the waves in these places."""
    return pa.array(np.array(block.options.periods)[waves])


def _role(block: Block, chair: np.ndarray, wave: np.ndarray) -> pa.Array:
    return texts(model.ROLES, block.contacts.role[chair, wave])


def _answer(codes: np.ndarray) -> pa.Array:
    return pa.array(codes, mask=codes == BLANK)


def responses(block: Block, sheet: Sheet) -> pa.Table:
    """Table ``responses`` of a block, codes as written and blanks empty."""
    given = block.answers
    chair, wave = given.chair[sheet.row], given.wave[sheet.row]
    account = block.contacts.account[chair]
    answers = {name: _answer(sheet.items[:, i]) for i, name in enumerate(model.ITEMS)}
    return pa.table(
        {
            "client_id": client_ids(block, block.accounts.client[account]),
            "wave": wave_names(block, wave),
            "response_id": sheet.response_id,
            "account_id": account_ids(block, account),
            "contact_id": contact_ids(block, chair, wave),
            "role": _role(block, chair, wave),
            "language": texts(words.LANGUAGES, sheet.language),
            "started": pa.array(sheet.started),
            "seconds": pa.array(sheet.seconds),
            "ltr": _answer(sheet.ltr),
            "familiarity": _answer(sheet.familiarity),
            **answers,
            **dict(zip(words.QUESTIONS, sheet.comments, strict=True)),
        }
    )


def unasked() -> list[str]:
    """Return the questions that a pulse does not ask."""
    return [*(name for name in model.ITEMS if name not in PULSE), "familiarity", *words.QUESTIONS]


def contacts(block: Block) -> pa.Table:
    """Table ``contacts`` of a block: the frame of every wave."""
    people, them = block.contacts, block.accounts
    chair, wave = np.nonzero(block.careers.present[people.account])
    chair, wave = _in_order(them.client[people.account[chair]], wave, chair)
    account = people.account[chair]
    u = people.chance[chair, wave]
    spoken = words.languages(them.country[account], u[:, 2])
    invited = people.invited[chair, wave]
    day = invitation_days(block)[them.client[account], wave]
    approved = day - days(5 + (20 * u[:, 3]).astype(int))
    return pa.table(
        {
            "client_id": client_ids(block, them.client[account]),
            "wave": wave_names(block, wave),
            "contact_id": contact_ids(block, chair, wave),
            "account_id": account_ids(block, account),
            "name": words.people(spoken, (u[:, 0] * 10_000).astype(int)),
            "role": _role(block, chair, wave),
            "language": texts(words.LANGUAGES, spoken),
            "invited": pa.array(invited),
            "invited_on": pa.array(day, mask=~invited),
            "signed_off_on": pa.array(approved, mask=~invited),
            **_levers(block, chair, wave),
        }
    )


def _levers(block: Block, chair: np.ndarray, wave: np.ndarray) -> dict[str, pa.Array]:
    """What was done for an answer, in the words of a CRM; nothing where none was drawn."""
    drawn = {name: done[chair, wave] for name, done in block.contacts.levers.items()}
    if not drawn:
        return {}
    status = np.select([drawn["bounced"], drawn["left"]], ["bounced", "left"], "active")
    return {
        "status": pa.array(status),
        "warmed_up": pa.array(np.where(drawn["warmed_up"], "yes", "no")),
        "sent_by": pa.array(np.where(drawn["sent_by"], "CEO", "account manager")),
        "reminders": pa.array(drawn["reminders"].astype(float)),
        "feedback_given": pa.array(np.where(drawn["feedback_given"], "yes", "no")),
    }


def _in_order(client: np.ndarray, wave: np.ndarray, rows: np.ndarray) -> tuple:
    order = np.lexsort((rows, wave, client))
    return rows[order], wave[order]


def accounts(block: Block) -> pa.Table:
    """Table ``accounts`` of a block."""
    them, careers = block.accounts, block.careers
    rows = np.arange(len(them.client))
    client = block.clients.numbers[them.client]
    joined = invitation_days(block)[them.client, them.first]
    last = careers.present.shape[1] - 1 - careers.present[:, ::-1].argmax(axis=1)
    lost = careers.churned[rows, last]
    due = due_days(block)[rows, last]
    order = client * 31 + them.manager * 89
    return pa.table(
        {
            "client_id": client_ids(block, them.client),
            "account_id": account_ids(block, rows),
            "name": words.accounts(words.local(them.country), client, them.number),
            "industry": texts(tuple(model.INDUSTRIES), them.industry),
            "country": texts(tuple(model.COUNTRIES), them.country),
            "revenue": pa.array(them.revenue),
            "tier": _tier(them.client, them.revenue),
            "account_manager": words.people(words.local(block.clients.country[them.client]), order),
            "customer_since": pa.array(joined - days(365 * them.tenure)),
            "renewal_on": pa.array(np.where(due > cut_off(block), due, due + _YEAR), mask=lost),
        }
    )


def _tier(client: np.ndarray, revenue: np.ndarray) -> pa.Array:
    """A: the fifth of a client's accounts with the most revenue; B: the next third; C."""
    order = np.lexsort((-revenue, client))
    counts = np.bincount(client)
    rank = np.empty(len(client))
    rank[order] = np.arange(len(client)) - np.repeat(np.cumsum(counts) - counts, counts)[order]
    return texts(("A", "B", "C"), np.searchsorted([0.2, 0.5], (rank + 0.5) / counts[client]))


def due_days(block: Block) -> np.ndarray:
    """When contracts end that are up after a wave, datetime64[D] of shape (accounts, waves)."""
    day = invitation_days(block)[block.accounts.client]
    return day + days(block.options.step * (75 + 260 * block.accounts.chance[..., 4]))


def cut_off(block: Block) -> np.datetime64:
    """Day on which the CRM was read: what is due later is still open."""
    return np.datetime64(f"{block.options.waves[-1]}-12-31")


def outcomes(block: Block) -> pa.Table:
    """Table ``outcomes`` of a block: before the first wave and after each wave."""
    them, careers = block.accounts, block.careers
    known = careers.present & careers.due
    account, wave = np.nonzero(known)
    due = due_days(block)[account, wave]
    is_open = due > cut_off(block)
    stage = np.where(is_open, 2, careers.churned[account, wave])
    old = np.flatnonzero(careers.before | _seen_before(block))
    first = invitation_days(block)[them.client[old], them.first[old]]
    ago = days(90 + (270 * them.chance[old, 0, 2]).astype(int))
    account, due = np.concatenate([account, old]), np.concatenate([due, first - ago])
    stage = np.concatenate([stage, careers.before[old].astype(int)])
    order = np.lexsort((due, account))
    account, due, stage = account[order], due[order], stage[order]
    share = 0.7 + 0.3 * them.chance[account, 0, 1]
    decided = due - days(28 * them.chance[account, 0, 0])
    return pa.table(
        {
            "client_id": client_ids(block, them.client[account]),
            "account_id": account_ids(block, account),
            "due_on": pa.array(due),
            "outcome": texts(("renewed", "churned", "open"), stage.astype(int)),
            "decided_on": pa.array(decided, mask=stage == 2),
            "revenue": pa.array(np.round(share * them.revenue[account], 2)),
        }
    )


def _seen_before(block: Block) -> np.ndarray:
    """Accounts whose renewal in the year before the first wave is on record."""
    them = block.accounts
    return (them.tenure > 1.5) & (them.chance[:, 0, 3] < 0.4)


def clients(block: Block) -> pa.Table:
    """Table ``clients`` of a block."""
    firms = block.clients
    return pa.table(
        {
            "client_id": client_ids(block, np.arange(len(firms.numbers))),
            "name": words.clients(firms.numbers, firms.industry),
            "industry": texts(tuple(model.INDUSTRIES), firms.industry),
            "country": texts(tuple(model.COUNTRIES), firms.country),
        }
    )
