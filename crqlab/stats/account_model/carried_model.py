"""The account model as a document that a release carries, readable by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.stats.account_model.model import AccountModel

FORMAT = 1
_COUNTS = ("n_clients", "n_accounts", "n_people", "n_answers", "n_waves")


def carried(model: AccountModel, waves: Sequence[str]) -> dict[str, Any]:
    """Return what a release says of the account model.

    Nothing in it belongs to one client: covariances, correlations and shares of all accounts
    together, and of clients their mean and covariance.

    Parameters
    ----------
    model : AccountModel
    waves : sequence of str
        From which it was estimated.

    Returns
    -------
    dict
        ``sigma_b``, ``sigma_w`` (covariance of accounts, and of people inside accounts), ``rho``
        (correlation of an account's waves a year apart), ``person_share`` (of two answers of one
        person a year apart, apart from the account), each with ``value`` and ``se``, in the order
        of ``scores``, on the latent scale where all people of the panel vary by 1; ``n``,
        ``waves``, and all ``numbers`` to go on with (`of_carried`).

    Examples
    --------
    >>> import pandas as pd
    >>> from crqlab.stats.account_model import answers, fit
    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(60), 4)
    >>> crq = 5 + rng.normal(0, 0.6, 60)[account] + rng.normal(0, 0.9, 240)
    >>> who = {"client": np.repeat(["C1", "C2"], 120), "account": account, "wave": ["1"] * 240}
    >>> model = fit(answers(pd.DataFrame({"crq": crq}), **who))
    >>> said = carried(model, ["1"])
    >>> said["scores"], said["n"]["accounts"]
    (['crq'], 60)
    """
    rho, share = errors_of_scores(model)
    told = {
        "sigma_b": (model.between, model.between_se),
        "sigma_w": (model.within, model.within_se),
        "rho": (model.score_rho, rho),
        "person_share": (model.person_share, share),
    }
    return {
        "format": FORMAT,
        "scores": list(model.scores),
        **{n: {"value": v.tolist(), "se": se.tolist()} for n, (v, se) in told.items()},
        "n": {name.removeprefix("n_"): getattr(model, name) for name in _COUNTS},
        "waves": list(waves),
        "flag": model.flag,
        "numbers": model.document(),
    }


def errors_of_scores(model: AccountModel) -> tuple[NDArray, NDArray]:
    """Return standard errors of `AccountModel.score_rho` and `AccountModel.person_share`.

    By the delta method from those of the components; the decay's error is common to all.
    """
    squares = model.basis**2
    of_rho = squares * model.ratio / (squares @ model.ratio)[:, None]
    of_share = squares / squares.sum(axis=1)[:, None]
    kept = model.share * model.decay
    rho = _error(of_rho * model.rho * (1 - model.rho), model, 1)
    share = _error(of_share * model.share * (1 - model.share) * model.decay, model, 2)
    return rho, np.hypot(share, of_share @ kept * model.decay_se)


def _error(slope: NDArray, model: AccountModel, at: int) -> NDArray:
    own = slope**2 @ model.doubt[:, at, at]
    return np.sqrt(own + (slope @ model.shared[:, at]) ** 2)


def of_carried(said: Mapping[str, Any], names: Mapping[str, str]) -> AccountModel:
    """Return the model of a document, with scores called as a study calls them.

    Parameters
    ----------
    said : mapping
        From `carried`.
    names : mapping of str to str
        What the study calls a score of the release; others are kept, as nobody's answers.

    Raises
    ------
    EstimateError
        A document of another format, or one that lacks numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from crqlab.stats.account_model import answers, fit
    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(60), 4)
    >>> crq = 5 + rng.normal(0, 0.6, 60)[account] + rng.normal(0, 0.9, 240)
    >>> who = {"client": np.repeat(["C1", "C2"], 120), "account": account, "wave": ["1"] * 240}
    >>> model = fit(answers(pd.DataFrame({"crq": crq}), **who))
    >>> of_carried(carried(model, ["1"]), {"crq": "quality"}).scores
    ('quality',)
    """
    if said.get("format") != FORMAT:
        raise EstimateError(
            f"The release's account model has format {said.get('format')!r}; this version reads "
            f"{FORMAT}. Update crqlab, or quote a release that it can read."
        )
    model = AccountModel.from_document(said["numbers"])
    return replace(model, scores=tuple(names.get(n, f"release's {n}") for n in model.scores))
