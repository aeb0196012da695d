"""What to do with whom: actions of station 6 as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.segments.playbook import Playbook


@dataclass(frozen=True, slots=True, eq=False)
class Actions:
    """The playbook of one client's wave; every table may be without rows.

    Attributes
    ----------
    actions : DataFrame, one row per account and action
        The columns of ``actions`` with ``name`` and ``revenue``, ``owner`` being a person where
        it is the account manager; the earliest due first.
    referral_candidates : DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``promoters`` (who may be asked), ``n``: people
        are counted, never named, and accounts of very few people are left out.
    lifts : DataFrame, one row per account
        The columns of ``lifts`` with ``name``; accounts of very few people are left out.
    playbook : Playbook
        What actions are called, and what they mean.
    """

    actions: pd.DataFrame
    referral_candidates: pd.DataFrame
    lifts: pd.DataFrame
    playbook: Playbook
