"""What is true of a block: the numbers that estimates are to be held against."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from crqlab.simulate import expected, model, programme, tables
from crqlab.simulate.accounts import account_means
from crqlab.simulate.block import Block
from crqlab.simulate.options import Options
from crqlab.simulate.true_segments import true_segments

#: Scores that the rules of the segments look at, in the order of the files.
RULED = (
    "crq",
    "nps",
    "service",
    "value",
    "solution",
    "experience",
    "commitment",
    "uniqueness",
    "mean_ltr",
)


def _scores(constructs: np.ndarray) -> dict[str, np.ndarray]:
    """Expected construct means, and the scores made of them, by name."""
    found = dict(zip(model.CONSTRUCTS, constructs.T, strict=True))
    found["service"] = np.mean([found[part] for part in model.SERVICE], axis=0)
    found["uniqueness"] = (found["solution"] + found["experience"] + found["unique"]) / 3
    return {"crq": constructs @ model.crq_weights(), **found}


def clients(block: Block) -> pa.Table:
    """Truth of every client and wave.

    ``crq``, ``nps``, ``mean_ltr``, the constructs and ``uniqueness`` are expected values
    of what a random contact of a random account answers; ``icc1`` and ``sd`` are those of
    observed respondent CRQ. ``frame_crq`` and ``frame_nps`` are the means over the
    contacts who were in the frame of that very wave, their accounts being what they are.
    """
    firms = block.clients
    taking_part = np.arange(firms.means.shape[1]) >= firms.entry[:, None]
    client, wave = np.nonzero(taking_part)
    means, latent = firms.means[client, wave], firms.ltr[client, wave]
    shifts = block.options.role_shifts
    icc1, sd = expected.agreement(means, shifts)
    frame = _frame(block)
    return pa.table(
        {
            **_keys(block, client, wave),
            **_scores(expected.constructs(means, shifts=shifts)),
            "nps": expected.nps(latent),
            "mean_ltr": expected.mean_ltr(latent),
            "icc1": icc1,
            "sd": sd,
            "completion": firms.completion[client, wave],
            **{f"frame_{name}": values[client, wave] for name, values in frame.items()},
        }
    )


def _keys(block: Block, client: np.ndarray, wave: np.ndarray) -> dict[str, Any]:
    return {
        "client_id": tables.client_ids(block, client),
        "wave": tables.wave_names(block, wave),
    }


def _account_scores(block: Block) -> dict[str, np.ndarray]:
    """Expected answers of an account's people, all `RULED`, shape (accounts, waves) each."""
    them = block.accounts
    means = account_means(block.clients, them)
    means = expected.within_accounts(means, block.options.role_shifts)
    own = np.sqrt(model.BETWEEN) * them.effects[..., -1] - them.fallen / model.SPREAD
    latent = block.clients.ltr[them.client] + own
    inside = float(np.sqrt(1 - model.BETWEEN))
    scores = _scores(means.reshape(-1, means.shape[-1]))
    return {
        **{name: values.reshape(latent.shape) for name, values in scores.items() if name in RULED},
        "nps": expected.nps(latent, spread=inside),
        "mean_ltr": expected.mean_ltr(latent, spread=inside),
    }


def _frame(block: Block) -> dict[str, np.ndarray]:
    """Means over the contacts in the frame, shape (clients, waves) each."""
    them = block.accounts
    weight = them.size[:, None] * block.careers.present
    total = np.zeros(block.clients.ltr.shape)
    np.add.at(total, them.client, weight)
    found = {}
    scores = _account_scores(block)
    for name in ("crq", "nps"):
        values = scores[name]
        found[name] = np.zeros(total.shape)
        np.add.at(found[name], them.client, weight * values)
        found[name] /= np.maximum(total, 1)
    return found


def accounts(block: Block) -> pa.Table:
    """Truth of every account and wave.

    ``segment`` by the starting rules; what its people answer on average, as expected (not as
    few of them happened to answer), on every score that these rules look at; ``latent_trust``,
    ``latent_commitment`` and ``latent_calculative`` (scale points) and the ``hazard`` of churn
    that follows from them.
    """
    them, careers = block.accounts, block.careers
    account, wave = np.nonzero(careers.present)
    known = _account_scores(block)
    scores = {name: known[name][account, wave] for name in RULED}
    means = account_means(block.clients, them)[account, wave]
    latent = {
        f"latent_{name}": means[:, model.CONSTRUCTS.index(name)]
        for name in ("trust", "commitment", "calculative")
    }
    if block.options.honeymoon:
        latent |= {"kept": them.kept[account], "fallen": them.fallen[account, wave]}
    keys = _keys(block, them.client[account], wave)
    return pa.table(
        {
            **keys,
            "account_id": tables.account_ids(block, account),
            "segment": true_segments(scores),
            **scores,
            **latent,
            "hazard": careers.hazard[account, wave],
        }
    )


def roles(block: Block) -> pa.Table:
    """Truth of every client, wave and role: expected ``crq`` and constructs of its answers.

    Of a random person of that role at a random account; the difference of two roles is their gap.
    """
    firms = block.clients
    taking_part = np.arange(firms.means.shape[1]) >= firms.entry[:, None]
    client, wave = (np.repeat(one, len(model.ROLES)) for one in np.nonzero(taking_part))
    told = expected.by_role(firms.means[taking_part], shifts=block.options.role_shifts)
    role = np.tile(model.ROLES, int(taking_part.sum()))
    scores = _scores(told.reshape(-1, told.shape[-1]))
    return pa.table({**_keys(block, client, wave), "role": role, **scores})


def _changed(options: Options) -> dict[str, Any]:
    """What a default panel has not: other role effects, and a honeymoon."""
    role = dict(zip(model.ROLES, options.role_shifts, strict=True))
    fall = {"scale_points": options.honeymoon, "kept": model.KEPT}
    return {
        **({} if options.role_effects == 1 else {"role_shifts": role}),
        **({"honeymoon": fall} if options.honeymoon else {}),
        **({} if options.levers == "none" else {"levers": _levers()}),
    }


def _programme() -> dict[str, Any]:
    """Who says yes to a referral; nothing that was agreed moves any score."""
    yes = dict(zip(("promoter", "passive", "detractor"), programme.YES, strict=True))
    return {"referral_yes": yes, "referral_open": programme.OPEN, "actions_move": 0.0}


def _levers() -> dict[str, Any]:
    """Of whom each lever is true, and how likely others answer as a multiple."""
    told = {n: {"share": share, "without": times} for n, (share, times) in model.LEVERS.items()}
    return {**told, "bounced": model.BOUNCED, "left": model.LEFT}


def facts(options: Options) -> dict[str, Any]:
    """Everything that holds for the whole panel, ready for JSON."""
    latent = model.latent()
    residuals = dict(zip(model.VARIABLES, latent.residuals.round(12).tolist(), strict=True))
    churn = dict(model.CHURN)
    if options.churn == "random":
        churn = {name: b if name == "intercept" else 0.0 for name, b in churn.items()}
    unhappy = options.nonresponse == "unhappy"
    firms_differ = options.differences != "none"
    return {
        "note": "SYNTHETIC: the truth that this panel was drawn with",
        "seed": options.seed,
        "waves": list(options.waves),
        **({} if options.slices == 1 else {"slices": options.slices}),
        **({} if options.pulses == 0 else {"pulses": options.pulses}),
        **_changed(options),
        **({"programme": _programme()} if options.programme else {}),
        "nonresponse": options.nonresponse,
        "churn_depends_on": options.churn,
        "change": options.change,
        "differences": options.differences,
        "crq": {"mean": model.CRQ_MEAN, "sd": model.CRQ_SD if firms_differ else 0.0},
        "nps_line": {"intercept": model.NPS_LINE[0], "slope": model.NPS_LINE[1]},
        "paths": model.PATHS,
        "residual_variances": residuals,
        "items": {
            name: {"construct": of, "intercept": intercept, "loading": loading * model.SPREAD}
            for name, (of, intercept, loading) in model.ITEMS.items()
        },
        "item_noise_sd": model.NOISE,
        "construct_sd": model.SPREAD,
        "between_accounts": model.BETWEEN,
        "industries": {name: shift for name, (_, shift) in model.INDUSTRIES.items()},
        "countries": {name: shift for name, (_, shift) in model.COUNTRIES.items()},
        "completion_beta": list(model.COMPLETION),
        "nonresponse_probit_slope": model.UNHAPPY_SLOPE if unhappy else 0.0,
        "churn_cloglog": churn,
        "churn_centre": model.CENTRE,
    }
