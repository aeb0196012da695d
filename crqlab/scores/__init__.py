"""Station 3 of 10 - checked responses become scores of respondents, accounts and clients."""

from crqlab.scores.account_scores import accounts
from crqlab.scores.agreement_scores import agreement
from crqlab.scores.breakdown_scores import breakdowns
from crqlab.scores.client_scores import clients
from crqlab.scores.group_scores import Groups, groups
from crqlab.scores.manager_scores import managers
from crqlab.scores.model_scores import account_models, posterior, released
from crqlab.scores.raked_scores import RakedScores, raked
from crqlab.scores.rankings import Alternatives, alternatives
from crqlab.scores.relationship_years import Years, years
from crqlab.scores.respondent_scores import respondents
from crqlab.scores.rolling_accounts import current_accounts
from crqlab.scores.rolling_scores import Rolling, rolling
from crqlab.scores.table_sentences import (
    Summary,
    about_accounts,
    about_agreement,
    about_changes,
    about_clients,
    about_models,
    about_posterior,
    about_respondents,
    largest,
)
from crqlab.scores.tables import Findings, keep
from crqlab.scores.uniqueness import Quadrants, quadrants
from crqlab.scores.wave_changes import changes
from crqlab.scores.yearly_means import rolling_year

__all__ = [
    "Alternatives",
    "Findings",
    "Groups",
    "Quadrants",
    "RakedScores",
    "Rolling",
    "Summary",
    "Years",
    "about_accounts",
    "about_agreement",
    "about_changes",
    "about_clients",
    "about_models",
    "about_posterior",
    "about_respondents",
    "account_models",
    "accounts",
    "agreement",
    "alternatives",
    "breakdowns",
    "changes",
    "clients",
    "current_accounts",
    "groups",
    "keep",
    "largest",
    "managers",
    "posterior",
    "quadrants",
    "raked",
    "released",
    "respondents",
    "rolling",
    "rolling_year",
    "years",
]
__dir__ = __all__.copy
