"""Answers with known factors, for the tests beside this file."""

import numpy as np
import pandas as pd

MODEL = {"trust": ["t1", "t2", "t3"], "value": ["v1", "v2", "v3"], "ease": ["e1", "e2", "e3"]}
ITEMS = [item for items in MODEL.values() for item in items]
LOADINGS = np.array([1.0, 0.8, 1.2, 1.0, 0.9, 0.7, 1.0, 1.1, 0.6])
PHI = np.array([[1.0, 0.5, 0.4], [0.5, 0.9, 0.3], [0.4, 0.3, 1.1]])


def survey(n=400, *, seed=11, accounts=None, heavy=False):
    """Nine items of three constructs; ``accounts`` share a part of everything they say."""
    rng = np.random.default_rng(seed)
    factors = rng.multivariate_normal(np.zeros(3), PHI, n)
    noise = rng.standard_t(4, size=(n, 9)) if heavy else rng.normal(size=(n, 9))
    items = factors[:, [0, 0, 0, 1, 1, 1, 2, 2, 2]] * LOADINGS + 0.7 * noise + 4
    data = pd.DataFrame(items, columns=ITEMS)
    if accounts is None:
        return data
    account = rng.integers(0, accounts, n)
    return (data + rng.normal(size=(accounts, 9))[account] * 0.6).assign(account=account)


def gappy(data, share=0.2, seed=12):
    """The same answers with holes at random."""
    rng = np.random.default_rng(seed)
    return data.mask(rng.random(data.shape) < share)
