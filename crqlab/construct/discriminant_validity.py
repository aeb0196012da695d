"""Whether one construct is more than another under a second name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from math import nan

import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.construct.cutoffs import Asked, Cutoff, row, tried
from crqlab.construct.dimensionality import MEASURING, NOT_APART, model_of
from crqlab.construct.evidence_data import EvidenceData
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.validity import fornell_larcker, htmt_interval

HTMT = Cutoff(0.85, 0.90, "Henseler, Ringle & Sarstedt 2015", most=True)
MARGIN = Cutoff(0.0, -0.05, "Fornell & Larcker 1981")


def pairs(data: EvidenceData) -> list[tuple[str, str]]:
    """Pairs of constructs of several items that share none: of CRQ, with others, among parts."""
    own = list(combinations(data.several, 2))
    other = [pair for pair in combinations(data.whole, 2) if pair not in own]
    return [*own, *other, *(p for of in data.parts.values() for p in combinations(of, 2))]


def ratios(data: EvidenceData) -> dict[tuple[str, str], pd.Series | str]:
    """HTMT of every pair, whole accounts resampled; or why there is none.

    Pairs of CRQ come from those who answered all of CRQ, others from those who answered all.
    """
    found: dict[tuple[str, str], pd.Series | str] = {}
    for model in (data.several, data.whole, *data.parts.values()):
        new = [pair for pair in combinations(model, 2) if pair not in found]
        if new:
            found |= _ratios(data, model, new)
    return {pair: found[pair] for pair in pairs(data)}


def _ratios(data: EvidenceData, model: Mapping, wanted: Sequence) -> dict:
    options = {"accounts": data.account, **asdict(data.sampling)}
    table = tried(lambda: htmt_interval(data.answers, model, **options))
    if isinstance(table, str):
        return dict.fromkeys(wanted, table)
    keyed = {(one["left"], one["right"]): one for _, one in table.iterrows()}
    return {pair: keyed[pair] for pair in wanted}


def discriminant(
    data: EvidenceData,
    ratio: Mapping[tuple[str, str], pd.Series | str],
    square: Mapping[str, pd.DataFrame | str],
    models: Mapping[str, CfaFit | str],
) -> list[dict]:
    """Rows on HTMT by pair, and on Fornell and Larcker's margin by construct."""
    if not ratio:
        asks = Asked("discriminant", "crq", "each_distinct", "htmt", HTMT)
        return [row(asks, nan, flag="one_construct")]
    told = dict.fromkeys(name for pair in ratio for name in pair)
    return [_pair(data, pair, one) for pair, one in ratio.items()] + [
        _margin(data, name, square, model_of(data, models, name), models) for name in told
    ]


def _pair(data: EvidenceData, pair: tuple[str, str], one: pd.Series | str) -> dict:
    left, right = (data.label(name) for name in pair)
    question = code("distinct_from", left=left, right=right)
    label = f"{left} – {right}"
    asks = Asked("discriminant", " – ".join(pair), question, "htmt", HTMT, label)
    if isinstance(one, str):
        return row(asks, nan, flag=one)
    facts = {"n": one["n"], "unit": "accounts", "flag": one["flag"]}
    return row(asks, one["value"], one["low"], one["high"], **facts)


def squares(models: Mapping[str, CfaFit | str]) -> dict[str, pd.DataFrame | str]:
    """Roots of AVE and latent correlations of the models that measure constructs."""
    return {
        name: fit if isinstance(fit, str) else tried(lambda f=fit: fornell_larcker(f))
        for name, fit in models.items()
        if name in MEASURING
    }


def correlation(square: Mapping[str, pd.DataFrame | str], pair: tuple[str, str]) -> float:
    """Latent correlation of a pair in the first model that has both; missing where none has."""
    for table in square.values():
        if not isinstance(table, str) and {*pair} <= set(table.index):
            return float(table.loc[pair])
    return nan


def _margin(data: EvidenceData, name: str, squares_: Mapping, model: str, models: Mapping) -> dict:
    label = data.label(name)
    question = code("more_with_own_items", construct=label)
    asks = Asked("discriminant", name, question, "ave_margin", MARGIN, label)
    square = squares_.get(model, NOT_APART)
    if isinstance(square, str):
        return row(asks, nan, flag=square)
    others = square.loc[name].drop(name).abs()
    if others.empty:
        return row(asks, nan, flag="one_construct")
    margin = square.loc[name, name] - others.max()
    return row(asks, margin, n=models[model].fit["n"])
