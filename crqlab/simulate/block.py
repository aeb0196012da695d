"""A block of clients, drawn as a whole; blocks of any size join to the same panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crqlab.simulate.accounts import Accounts, Careers, accounts, careers
from crqlab.simulate.answers import Answers, answers
from crqlab.simulate.clients import Clients, clients
from crqlab.simulate.contacts import Contacts, contacts, silence
from crqlab.simulate.options import Options


@dataclass(frozen=True, slots=True)
class Block:
    """Everything that was drawn for some clients, as arrays."""

    options: Options
    clients: Clients
    accounts: Accounts
    contacts: Contacts
    careers: Careers
    answers: Answers

    def client_of_response(self) -> np.ndarray:
        """Row of every response's client in the block."""
        return self.accounts.client[self.contacts.account[self.answers.chair]]


def block(numbers: Sequence[int], options: Options) -> Block:
    """Draw the clients of these numbers.

    Examples
    --------
    >>> both, alone = block([1, 2], Options()), block([2], Options())
    >>> bool((both.answers.ltr[-len(alone.answers.ltr):] == alone.answers.ltr).all())
    True
    """
    firms = clients(numbers, options)
    them = accounts(firms, options)
    people = contacts(firms, them, options)
    careers_ = careers(firms, them, silence(people, them, options), options)
    given = answers(firms, them, people, careers_.present, options)
    return Block(options, firms, them, people, careers_, given)
