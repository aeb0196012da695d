"""Station 2 of 10 - contacts and responses become completion, coverage, silence and their doubt."""

from crqlab.participation.account_dispositions import Dispositions, dispositions
from crqlab.participation.answer_predictors import Propensities, propensities
from crqlab.participation.completion_rank import CompletionRanks, completion_ranks
from crqlab.participation.completion_rates import Completion, completion
from crqlab.participation.contact_breadth import BuyingCentre, buying_centre
from crqlab.participation.contact_continuity import Continuity, continuity
from crqlab.participation.early_and_late import Timing, timing
from crqlab.participation.foretold_power import ChangePower, change_power
from crqlab.participation.leaving_managers import ManagerPairs, manager_pairs
from crqlab.participation.nonresponse_adjustment import Adjusted, adjusted
from crqlab.participation.parent_customers import CustomerGroups, customer_groups
from crqlab.participation.programme_levers import Levers, levers
from crqlab.participation.programme_state import Programme, programme
from crqlab.participation.quarterly_invitations import (
    InvitationRules,
    Invitations,
    invitations,
)
from crqlab.participation.relationship_concentration import Concentration, concentration
from crqlab.participation.selection_audit import Audit, AuditRules, audit
from crqlab.participation.silent_accounts import Silent, Voices, silent, voices
from crqlab.participation.tables import Findings, keep
from crqlab.participation.wave_plan import Plan, plan

__all__ = [
    "Adjusted",
    "Audit",
    "AuditRules",
    "BuyingCentre",
    "ChangePower",
    "Completion",
    "CompletionRanks",
    "Concentration",
    "Continuity",
    "CustomerGroups",
    "Dispositions",
    "Findings",
    "InvitationRules",
    "Invitations",
    "Levers",
    "ManagerPairs",
    "Plan",
    "Programme",
    "Propensities",
    "Silent",
    "Timing",
    "Voices",
    "adjusted",
    "audit",
    "buying_centre",
    "change_power",
    "completion",
    "completion_ranks",
    "concentration",
    "continuity",
    "customer_groups",
    "dispositions",
    "invitations",
    "keep",
    "levers",
    "manager_pairs",
    "plan",
    "programme",
    "propensities",
    "silent",
    "timing",
    "voices",
]
__dir__ = __all__.copy
