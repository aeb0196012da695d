"""Station 1 of 10 - raw exports become checked responses, contacts, accounts and outcomes.

Read, flag, decide, keep: nothing is deleted and no raw file is touched::

    raw = responses.read(study)
    flags = responses.flags(raw, study.codebook)
    checked = responses.decide(raw, flags, responses.decisions(study))
    responses.keep(study, raw, checked)
"""

from __future__ import annotations

from crqlab.responses.codebook_draft import drafted_concepts
from crqlab.responses.confirmation import confirm, refuse_draft, unconfirmed
from crqlab.responses.inclusion import Checked, decide, decisions
from crqlab.responses.participants import Roster, roster
from crqlab.responses.quality_flags import Flags, flags
from crqlab.responses.query_copies import fetch
from crqlab.responses.raw_files import Raw, read
from crqlab.responses.standing_files import as_they_stand
from crqlab.responses.study_account import account_of
from crqlab.responses.study_layout import drafted, new, sorted_files
from crqlab.responses.tables import keep
from crqlab.responses.unanswered_questions import missing_patterns

__all__ = [
    "Checked",
    "Flags",
    "Raw",
    "Roster",
    "account_of",
    "as_they_stand",
    "confirm",
    "decide",
    "decisions",
    "drafted",
    "drafted_concepts",
    "fetch",
    "flags",
    "keep",
    "missing_patterns",
    "new",
    "read",
    "refuse_draft",
    "roster",
    "sorted_files",
    "unconfirmed",
]
__dir__ = __all__.copy
