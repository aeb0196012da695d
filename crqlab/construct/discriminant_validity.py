"""Whether one construct is more than another under a second name."""

from __future__ import annotations

from itertools import combinations
from math import nan

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.construct.cutoffs import Asked, Cutoff, row, tried
from crqlab.construct.evidence_data import EvidenceData
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.validity import fornell_larcker, htmt_interval

HTMT = Cutoff(0.85, 0.90, "Henseler, Ringle & Sarstedt 2015", most=True)
MARGIN = Cutoff(0.0, -0.05, "Fornell & Larcker 1981")


def ratios(data: EvidenceData) -> pd.DataFrame | str:
    """HTMT of every pair of constructs with several items, whole accounts resampled."""
    options = {"draws": data.draws, "level": data.level, "seed": data.seed}
    accounts = data.account
    model = data.several
    return tried(lambda: htmt_interval(data.answers, model, accounts=accounts, **options))


def discriminant(
    data: EvidenceData, ratio: pd.DataFrame | str, square: pd.DataFrame | str
) -> list[dict]:
    """Rows on HTMT by pair, and on Fornell and Larcker's margin by construct."""
    pairs = list(combinations(data.several, 2))
    if not pairs:
        asks = Asked("discriminant", "crq", "each_distinct", "htmt", HTMT)
        return [row(asks, nan, flag="one_construct")]
    return [_pair(data, pair, ratio) for pair in pairs] + [
        _margin(data, name, square) for name in data.several
    ]


def _pair(data: EvidenceData, pair: tuple[str, str], ratio: pd.DataFrame | str) -> dict:
    left, right = (data.label(name) for name in pair)
    question = code("distinct_from", left=left, right=right)
    label = f"{left} – {right}"
    asks = Asked("discriminant", " – ".join(pair), question, "htmt", HTMT, label)
    if isinstance(ratio, str):
        return row(asks, nan, flag=ratio)
    one = ratio[(ratio["left"] == pair[0]) & (ratio["right"] == pair[1])].iloc[0]
    facts = {"n": one["n"], "unit": "accounts", "flag": one["flag"]}
    return row(asks, one["value"], one["low"], one["high"], **facts)


def squares(fit: CfaFit | str) -> pd.DataFrame | str:
    """Roots of AVE and latent correlations of the first-order model."""
    return fit if isinstance(fit, str) else tried(lambda: fornell_larcker(fit))


def _margin(data: EvidenceData, name: str, square: pd.DataFrame | str) -> dict:
    label = data.label(name)
    question = code("more_with_own_items", construct=label)
    asks = Asked("discriminant", name, question, "ave_margin", MARGIN, label)
    if isinstance(square, str):
        return row(asks, nan, flag=square)
    others = square.loc[name].drop(name).abs()
    margin = square.loc[name, name] - (others.max() if len(others) else np.nan)
    n = int(complete_rows(data))
    return row(asks, margin, n=n)


def complete_rows(data: EvidenceData) -> int:
    """Count respondents who answered every item of the model."""
    items = [item for members in data.several.values() for item in members]
    return int(data.rows[items].notna().all(axis=1).sum())
