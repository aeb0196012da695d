"""Signs that a person did not read: against themselves and against everybody. Asked for only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from crqlab.base.codebook import Checks
from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.responses.findings import coded, findings
from crqlab.stats import careless


def inconsistent(
    keyed: pd.DataFrame, constructs: Mapping[str, Sequence[str]], checks: Checks
) -> pd.DataFrame:
    """Find persons whose odd and even items of the same constructs contradict one another.

    Parameters
    ----------
    keyed : DataFrame, shape (responses, items)
        Answers, reversed items turned round.
    constructs : mapping of str to sequence of str
        Items of each construct.
    checks : Checks
        ``even_odd`` is the least consistency; None looks for nothing.

    Examples
    --------
    >>> constructs = {name: [f"{name}1", f"{name}2"] for name in "tve"}
    >>> names = [item for of in constructs.values() for item in of]
    >>> keyed = pd.DataFrame([[7, 6, 2, 3, 4, 4], [7, 2, 2, 6, 4, 4.0]], columns=names)
    >>> inconsistent(keyed, constructs, Checks(even_odd=0))["found"].tolist()
    ['{"code": "consistency", "value": -1.0}']
    """
    if checks.even_odd is None:
        return _none(keyed)
    try:
        value = careless.even_odd(keyed, constructs)["even_odd"]
    except EstimateError:  # too few constructs of two items: nobody can be judged
        return _none(keyed)
    where = value < checks.even_odd
    rule = code("inconsistent", least=checks.even_odd)
    return findings(where, "inconsistent", coded(where, "consistency", value=value.round(2)), rule)


def outlying(rows: pd.DataFrame, closed: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """Find persons whose answers lie far from those of all others of their wave.

    Parameters
    ----------
    rows : DataFrame
        Responses; ``wave`` tells whom a person is compared with.
    closed : DataFrame, shape (responses, items)
        Answers as given.
    checks : Checks
        ``outlying_p`` is the least probability of so large a distance; None looks for nothing.
    """
    found = [_none(closed)]
    if checks.outlying_p is not None:
        for _, own in closed.groupby(rows["wave"], sort=False):
            found.append(_far(own.dropna(axis=1, how="all"), checks.outlying_p))
    return pd.concat([part for part in found if len(part)] or found[:1])


def _far(answers: pd.DataFrame, least: float) -> pd.DataFrame:
    varied = answers.loc[:, answers.std() > 0]
    try:
        told = careless.mahalanobis(varied)
    except EstimateError:  # too few answers for so many items
        return _none(answers)
    where = told["p"] < least
    distance = told["distance"].round(1)
    return findings(
        where, "outlying", coded(where, "distance", value=distance, n=told["n"]),
        code("outlying", least=least),
    )  # fmt: skip


def _none(answers: pd.DataFrame) -> pd.DataFrame:
    return findings(pd.Series(False, index=answers.index), "", "", "")
