"""Scores of accounts as the account model expects them, beside the plain means of who answered."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.concepts import TELLING
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import OK, column
from crqlab.base.contracts.frames import empty, from_records, typed
from crqlab.base.instrument import Instrument
from crqlab.base.releases import ASKED, MODEL, quoted
from crqlab.base.study import Study
from crqlab.stats import account_model
from crqlab.stats.account_model import AccountModel, Answers
from crqlab.stats.survey_weights import has_weight

LTR = "ltr"
TOO_FEW = "too_few_accounts_for_probabilities"
COUNTS = ("n_clients", "n_accounts", "n_answers", "n_waves")


def account_models(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    codebook: Codebook,
    *,
    study: Study | None = None,
) -> pd.DataFrame:
    """Fit the account model as every wave knew it, or take that of the study's release.

    One client's answers tell little of what holds for all accounts: a study of a single client
    takes the model from the release that its codebook names, and so does every wave of a study
    whose own accounts are too few. An older release carries none; then it is estimated from the
    study's own answers, with the doubt that these leave.

    Answers of few people are too far out at both ends. The model takes an account as a latent
    vector of all scores, linked over its waves, of which answers are noisy reports, and takes
    what holds for all accounts from the panel (`crqlab.stats.account_model`).

    Parameters
    ----------
    respondents, responses : DataFrame
        Tables of these names; the second tells when a client's wave was answered.
    codebook : Codebook
    study : Study, optional
        Whose release is asked.

    Returns
    -------
    DataFrame, one row per wave
        Table ``account_model``. Survey weights play no part: the model expects what all people of
        an account would say from who they are; ``flag`` says so from the first wave on that has
        any. Few accounts bear a model of few scores, three accounts for each;
        ``document`` is empty where there are fewer than twelve, or where no account has two
        answers, and no release helps. No rows where nobody answered any score.

    Raises
    ------
    StudyError
        The release is not there, or is not what was published.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> models = crq.scores.account_models(people, given, study.codebook)
    >>> found = crq.scores.about_models(models)
    """
    if not _answered(respondents, codebook.instrument):
        return empty("account_model")
    rows = lined_up(respondents, responses, codebook.instrument)
    lent = None if study is None else released(study)
    alone = lent is not None and len(rows.clients) == 1
    own = dict.fromkeys(rows.waves) if alone else account_model.wave_models(rows)
    found = [_row(wave, "study", own[wave]) if own[wave] else _row(wave, "release", lent)
             for wave in rows.waves]  # fmt: skip
    table = from_records(found, "account_model")
    weighted = table["wave"].isin(respondents["wave"][has_weight(respondents)]).cummax()
    aside = (weighted.to_numpy(bool), "survey_weights_set_aside")
    return table.assign(flag=column(len(table), (True, table["flag"].to_numpy()), aside))


def released(study: Study) -> AccountModel | None:
    """Return the account model of the study's release, with scores called as the study does.

    None where there is no release, an older one that carries none, or one of another answer scale.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.scores.released(study))  # the demo is compared within itself
    None
    """
    if (path := quoted(study, MODEL)) is None or (asked := quoted(study, ASKED)) is None:
        return None
    theirs = Instrument.model_validate_json(asked.read_text(encoding="utf-8"))
    own = study.codebook.instrument
    if theirs.scale != own.scale:
        return None
    names = {**{name: name for name in ("crq", "uniqueness", LTR)}, **own.alike(theirs)}
    return account_model.of_carried(json.loads(path.read_text(encoding="utf-8")), names)


def _row(wave: str, source: str, model: AccountModel | None) -> dict:
    counts = {name: 0 if model is None else getattr(model, name) for name in COUNTS}
    return {
        "wave": wave,
        "source": "none" if model is None else source,
        **counts,
        "document": account_model.packed(model),
        "flag": TOO_FEW if model is None else model.flag,
    }


def posterior(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    models: pd.DataFrame,
    codebook: Codebook,
    *,
    current: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Expect every score of every account: what all its people would say on average.

    Parameters
    ----------
    respondents, responses : DataFrame
        As for `account_models`.
    models : DataFrame
        Table ``account_model`` of these respondents.
    codebook : Codebook
    current : DataFrame, optional
        From `current_accounts`: accounts that a wave did not ask are expected too, from earlier
        answers, or where there are none from their client; silent ones are not.

    Returns
    -------
    DataFrame, one row per client, wave and account with answers, or of ``current``, sorted
        Table ``account_posterior``: of every measure its value and ``_sd`` given the answers of
        all waves, the same given those up to its own (``_then``), and ``_n``, who answered it.
        Missing where a client was never asked, or accounts are too few. The standard
        error of ``nps`` is half of what one standard error of the mean LTR, up and down, makes.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, given = study.read("respondents"), study.read("responses")
    >>> models = study.read("account_model")
    >>> posterior = crq.scores.posterior(people, given, models, study.codebook)
    """
    columns = contract("account_posterior").for_instrument(codebook.instrument)
    if not _answered(respondents, codebook.instrument):
        return empty(columns)
    also = None if current is None or current.empty else current[~current["silent"]]
    if also is not None:
        also = also.loc[~also["heard"].to_numpy(bool), ["client_id", "wave", "account_id"]]
    rows = lined_up(respondents, responses, codebook.instrument, also=also)
    views = account_model.expected(rows, account_model.models_of(models))
    keys = rows.keys().rename(columns={"client": "client_id", "account": "account_id"})
    found = {"n": rows.n}
    nothing, nobody = np.full(len(keys), np.nan), np.zeros(len(keys), dtype=int)
    counts = _counts(rows)
    for measure in ("crq", "uniqueness", "mean_ltr", "nps", *codebook.instrument.constructs):
        own = LTR if measure == "mean_ltr" else measure
        found[f"{measure}_n"] = counts.get(LTR if measure == "nps" else own, nobody)
        for view, told in zip(("", "_then"), views, strict=True):
            found[f"{measure}{view}"] = told.mean.get(own, nothing)
            found[f"{measure}_sd{view}"] = told.sd.get(own, nothing)
    none = models.set_index("wave")["document"].isna()[keys["wave"]].to_numpy(bool)
    table = pd.concat([keys, pd.DataFrame(found)], axis=1).assign(flag=np.where(none, TOO_FEW, OK))
    table = table.sort_values(["client_id", "wave", "account_id"], ignore_index=True)
    return typed(table, columns)


def _counts(rows: Answers) -> dict[str, np.ndarray]:
    """People of each cell who answered each score."""
    size = len(rows.cell_account)
    return {
        name: np.bincount(rows.cell[~np.isnan(score)], minlength=size)
        for name, score in zip(rows.scores, rows.values.T, strict=True)  # noqa: PD011
    }


def lined_up(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    asked: Instrument,
    *,
    also: pd.DataFrame | None = None,
) -> Answers:
    """Line up every score that the instrument has, and rows of accounts that nobody spoke for."""
    return account_model.respondent_answers(respondents, responses, _scores(asked), also=also)


def _scores(asked: Instrument) -> list[str]:
    """Scores in the order in which few accounts may do without them; parts of others last."""
    parts = {part for one in asked.constructs.values() for part in one.parts}
    telling = [asked.construct_of(concept) for concept in TELLING]
    whole = [name for name in asked.constructs if name not in parts]
    plain = [name for name in whole if asked.kind(name) != "apart"]
    wanted = ["crq", LTR, "uniqueness", *telling, *plain, *whole, *asked.constructs]
    return list(dict.fromkeys(name for name in wanted if name))


def _answered(respondents: pd.DataFrame, asked: Instrument) -> bool:
    return bool(respondents[_scores(asked)].notna().any(axis=None))
