"""Station 2 of 9 - contacts and responses become completion, coverage, silence and their doubt."""

from crqlab.participation.adjusting import Adjusted, adjusted
from crqlab.participation.auditing import Audit, audit
from crqlab.participation.completing import Completion, completion
from crqlab.participation.continuing import Continuity, continuity
from crqlab.participation.hanging import Concentration, concentration
from crqlab.participation.keeping import keep
from crqlab.participation.looking import Outlook, outlook
from crqlab.participation.planning import Plan, plan
from crqlab.participation.predicting import Propensities, propensities
from crqlab.participation.silence import Silent, Voices, silent, voices
from crqlab.participation.standing import Standing, standing
from crqlab.participation.timing import Timing, timing

__all__ = [
    "Adjusted",
    "Audit",
    "Completion",
    "Concentration",
    "Continuity",
    "Outlook",
    "Plan",
    "Propensities",
    "Silent",
    "Standing",
    "Timing",
    "Voices",
    "adjusted",
    "audit",
    "completion",
    "concentration",
    "continuity",
    "keep",
    "outlook",
    "plan",
    "propensities",
    "silent",
    "standing",
    "timing",
    "voices",
]
