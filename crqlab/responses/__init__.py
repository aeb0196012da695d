"""Station 1 of 9 - raw exports become checked responses, contacts, accounts and outcomes.

Read, flag, decide, keep: nothing is deleted and no raw file is touched::

    raw = responses.read(study)
    flags = responses.flags(raw, study.codebook)
    checked = responses.decide(raw, flags, responses.decisions(study))
    responses.keep(study, raw, checked)
"""

from __future__ import annotations

from crqlab.responses.deciding import Checked, decide, decisions
from crqlab.responses.flagging import Flags, flags
from crqlab.responses.keeping import keep
from crqlab.responses.layout import new
from crqlab.responses.reading import Raw, read

__all__ = ["Checked", "Flags", "Raw", "decide", "decisions", "flags", "keep", "new", "read"]
