r"""What an account truly is, from the few of its people who answered, in one wave or several.

Means of few answers are too far out at both ends. Here an account is a latent vector of scores,
linked over its waves, of which answers are noisy reports; covariances, persistence and effects
of roles come from the panel, and everything else follows from them in closed form::

    rows = answers(scores, client=..., account=..., wave=..., person=..., role=...)
    model = fit(rows)                       # what holds for all accounts, ready for a release
    posterior(model, rows, until="2024")    # expected scores as a page of that wave knew them
    draws(model, rows, label)               # how likely each label is, each move, each mix

Where respondents lie in tables, `respondent_answers` lines them up, `wave_models` fits the model
as every wave knew it, and `expected` says what that tells of every account, in both views.

A page of an earlier wave, and whatever foretells, may only look at answers up to that wave:
fit the model to these and use these (``rows.until(wave)``), never a mixture of both views.
"""

from crqlab.stats.account_model.answers import Answers, answers
from crqlab.stats.account_model.carried_model import carried, of_carried
from crqlab.stats.account_model.client_wave_means import BlockMeans, block_means
from crqlab.stats.account_model.draws import Draws, central, draws
from crqlab.stats.account_model.estimation import fit
from crqlab.stats.account_model.mean_contrasts import contrast_errors, latent_variances
from crqlab.stats.account_model.model import AccountModel
from crqlab.stats.account_model.posterior import Posterior, posterior
from crqlab.stats.account_model.promoters import PromoterCurve
from crqlab.stats.account_model.respondent_rows import (
    asked,
    of_scores,
    respondent_answers,
    unasked,
)
from crqlab.stats.account_model.wave_views import (
    Expected,
    expected,
    models_of,
    packed,
    wave_models,
)

__all__ = [
    "AccountModel",
    "Answers",
    "BlockMeans",
    "Draws",
    "Expected",
    "Posterior",
    "PromoterCurve",
    "answers",
    "asked",
    "block_means",
    "carried",
    "central",
    "contrast_errors",
    "draws",
    "expected",
    "fit",
    "latent_variances",
    "models_of",
    "of_carried",
    "of_scores",
    "packed",
    "posterior",
    "respondent_answers",
    "unasked",
    "wave_models",
]
__dir__ = __all__.copy
