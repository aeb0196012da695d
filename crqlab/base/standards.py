"""What the method asks of a number before it is said, and of a client's fieldwork.

Counts below which an estimate as such is doubted are `crqlab.stats.defaults`'; the smallest group
that a page may show is the codebook's (``privacy``).
"""

from __future__ import annotations

FEW_ANSWERS = 3  # of an account, below which its score does not stand alone
FEW_CLIENTS = 10  # below which a panel says nothing, and would give clients away
SURE = 0.6  # probability from which a segment, or the one thing to mend, is said
LIKELY = 0.8  # probability from which a segment is called likely
RELIABLE = 0.7  # ICC(2) from which the mean of an account's answers stands for the account
REST_DAYS = 365  # before somebody is asked again for a referral: ours
TARGET = 0.80  # share of a client's revenue with at least one answer
TOP = 0.1  # share of the panel that is its top
UNIQUE = 0.8  # probability from which a client is called Unique
UNIQUE_ABOVE_MEDIAN = ("solution", "experience")  # concepts, besides the top tenth in CRQ
