"""What the section of accounts shows beside the view's own tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

#: Verdicts that an account's score has moved, among all accounts of the client.
MOVED = ("higher", "lower")
#: Nobody answered: of those who were asked, or of whom nobody recorded whether they were.
UNHEARD = "unheard"
QUIET = ("silent", UNHEARD)


@dataclass(frozen=True, slots=True, eq=False)
class MeetingSheets:
    """Accounts of one client's wave that there is something to say about.

    Attributes
    ----------
    accounts : DataFrame, one row per account, the greatest expected loss first, then revenue
        ``account_id``, ``name``, ``manager``, ``revenue``, ``status``, ``n``, ``invited``,
        ``answered`` (people, scored or not), ``roles`` (tuple of (role, people who answered);
        empty where withheld), ``withheld``,
        ``value``, ``low``, ``high`` (shrunken
        CRQ), ``mean`` (the client's), ``before`` (wave), ``change``, ``change_low``,
        ``change_high``, ``change_verdict``, ``weakest`` (label), ``weakest_gap`` (to the client's
        mean, scale points), ``segment``, ``p_word``, ``reason``, ``was`` and ``was_status``
        (earlier segment), ``target``, ``lift``, ``lift_probability``, ``p_renew``, ``p_low``,
        ``p_high``, ``chance`` (its band, where no number is shown), ``due_on``,
        ``expected_loss``, ``expected_low``, ``expected_high``, ``why`` (of the outlook), ``focus``,
        ``focus_probability``, ``disagree``. What is not known is missing.
    measures : DataFrame
        ``account_id``, ``label``, ``value``, ``mean``: an account's means beside the client's;
        no rows of accounts that are withheld.
    comments : DataFrame
        ``account_id``, ``words``, ``account``, ``language``.
    actions : DataFrame
        ``account_id``, ``action`` (code of the playbook), ``wording``, ``owner``, ``due``.
    n_left : int
        Accounts with something to say that are not among ``accounts``.
    n_quiet : int
        Accounts that there is nothing to say about.
    ends : (float, float)
        Ends of the answer scale.
    level : float
        Coverage of the intervals, in (0, 1).
    currency : str
    """

    accounts: pd.DataFrame
    measures: pd.DataFrame
    comments: pd.DataFrame
    actions: pd.DataFrame
    n_left: int
    n_quiet: int
    ends: tuple[float, float]
    level: float
    currency: str
