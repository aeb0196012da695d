"""What a synthetic firm agreed with its accounts, and whom it asked for a referral.

Drawn apart from everything else: actions move no score, and who says yes to a referral depends on
nothing but LTR, so that whoever claims more is wrong.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from crqlab.simulate import tables, words
from crqlab.simulate.block import Block
from crqlab.simulate.draws import Stage, draw
from crqlab.simulate.sheet import days, invitation_days, texts

AGREED, ASKED = 0.4, 0.25  # share of accounts of a wave, and of its respondents
#: Chance that promoters, passives and detractors say yes, and that they have not answered yet.
YES, OPEN = (0.45, 0.2, 0.05), 0.15
ACTIONS = ("close_the_loop", "recognise", "co_create", "differentiate", "listen")
PARTIES, STATES = ("us", "customer"), ("done", "agreed", "proposed", "dropped")
#: Of what is agreed: done, still open, only proposed, dropped; the customer's; done late.
_STATE, _THEIRS, _LATE = (0.6, 0.85, 0.95), 0.25, 0.2
_DUE, _ASKED_AFTER = 120, 90  # days after a wave's invitations


def actions(block: Block) -> pa.Table:
    """Return the ledger of actions of all waves but the last."""
    them, waves = block.accounts, len(block.options.periods)
    rows = np.bincount(them.client, minlength=len(block.clients.numbers))
    luck = draw("uniform", block.options.seed, block.clients.numbers, Stage.PROGRAMME, rows,
                5 * waves).reshape(-1, waves, 5)  # fmt: skip
    agreed = block.careers.present & (luck[..., 0] < AGREED)
    agreed[:, -1] = False
    account, wave = np.nonzero(agreed)
    which, state, party, late, when = luck[account, wave, :].T
    client = them.client[account]
    begun = invitation_days(block)[client, wave]
    due = begun + days(np.full(len(account), _DUE))
    status = np.searchsorted(_STATE, state, side="right")
    behind = np.where(late < _LATE, 1 + 40 * when, -60 * when)
    code = texts(ACTIONS, (which * len(ACTIONS) / AGREED).astype(int) % len(ACTIONS))
    client_id, account_id = tables.client_ids(block, client), tables.account_ids(block, account)
    name = tables.wave_names(block, wave)
    owners = tables.accounts(block)["account_manager"].combine_chunks().take(pa.array(account))
    return pa.table(
        {
            "action_id": words.join(client_id, name, account_id, code, between="-"),
            "client_id": client_id,
            "account_id": account_id,
            "wave": name,
            "action": code,
            "kind": pa.array(["account"] * len(account)),
            "party": texts(PARTIES, (party < _THEIRS).astype(int)),
            "owner": owners,
            "agreed_on": pa.array(begun + days(np.full(len(account), 45))),
            "due_on": pa.array(due),
            "status": texts(STATES, status),
            "done_on": pa.array(due + days(behind), mask=status > 0),
        }
    )


def referrals(block: Block) -> pa.Table:
    """Return the ledger of people who were asked after all waves but the last."""
    given = block.answers
    rows = np.bincount(block.client_of_response(), minlength=len(block.clients.numbers))
    luck = draw("uniform", block.options.seed, block.clients.numbers, Stage.REFERRAL, rows, 3)
    last = len(block.options.periods) - 1
    who = np.flatnonzero((luck[:, 0] < ASKED) & (given.wave < last))
    chair, wave = given.chair[who], given.wave[who]
    account = block.contacts.account[chair]
    client = block.accounts.client[account]
    kind = np.where(given.ltr[who] >= 9, 0, np.where(given.ltr[who] >= 7, 1, 2))
    yes, open_ = luck[who, 1] < np.array(YES)[kind], luck[who, 2] < OPEN
    contact, name = tables.contact_ids(block, chair, wave), tables.wave_names(block, wave)
    asked = invitation_days(block)[client, wave] + days(np.full(len(who), _ASKED_AFTER))
    return pa.table(
        {
            "referral_id": words.join("R", contact, name, between="-"),
            "client_id": tables.client_ids(block, client),
            "account_id": tables.account_ids(block, account),
            "contact_id": contact,
            "asked_for": pa.array(["referral"] * len(who)),
            "asked_on": pa.array(asked),
            "answer": texts(("no", "yes", "open"), np.where(open_, 2, yes.astype(int))),
        }
    )
