"""Beside the stations - what a firm does with what it hears: urgent, agreed, asked, won.

Programme files are ledgers that people and crqlab's commands keep beside the exports::

    programme.ledger(study, "agreed_actions")
    programme.change(study, "referrals", amend)
"""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "ledger_checks": ["Known", "known"],
        "ledger_files": ["Lines", "change", "ledger"],
        "referral_history": ["Asked", "Conversion", "asked", "conversion"],
        "response_keys": ["response_key"],
    },
)
