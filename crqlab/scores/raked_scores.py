"""Scores by weights that are made here: raked to shares of the population, client by client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import OK, joined
from crqlab.base.contracts.columns import DIMENSIONS
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.scores.client_scores import ACCOUNT_T, clients
from crqlab.stats.defaults import LEVEL
from crqlab.stats.raking import raked as fitted
from crqlab.stats.survey_weights import mean_one, weight_of

CAP = 5.0
_WAVE = ["client_id", "wave"]
_KEY = [*_WAVE, "measure"]
_MEASURES = ("crq", "nps")
_COLUMNS = [
    *_KEY, "value", "low", "high", "weighted", "unweighted", "n_respondents", "n_effective",
    "n_accounts", "flag",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RakedScores(Result):
    """CRQ and NPS as raked, beside what they were before.

    Attributes
    ----------
    table : DataFrame, one row per client, wave and measure
        ``value``, ``low``, ``high`` by raked weights, ``weighted`` by survey weights (as
        unweighted where there are none), ``unweighted``, ``n_respondents`` who could be raked,
        ``n_effective`` (Kish), ``n_accounts``, ``flag``; missing where margins cannot be met.
    margins : DataFrame
        Of each client's wave what `crqlab.stats.raked` says of each category.
    weights : Series, indexed by response
        Mean 1 in the client's wave; missing where a response could not be raked.
    """

    table: pd.DataFrame
    margins: pd.DataFrame
    weights: pd.Series

    def __str__(self) -> str:
        rows = self.table[self.table["measure"] == self.table["measure"].min()]
        known = rows[rows["value"].notna()]
        if known.empty:
            return "No client's wave has people in every category of the margins: nothing is raked"
        moved = known["value"] - known["weighted"]
        worth = (known["n_effective"] / known["n_respondents"]).median()
        return (
            f"Raked to {', '.join(self.margins['variable'].unique())}: {len(known):,} of "
            f"{len(rows):,} clients' waves; {known['measure'].iloc[0].upper()} moves by "
            f"{moved.median():+.2f} in the median, from {moved.min():+.2f} to {moved.max():+.2f}; "
            f"an answer is worth {worth:.2f} equal ones"
        )


def raked(
    respondents: pd.DataFrame,
    margins: Mapping[str, Mapping[object, float]],
    codebook: Codebook,
    groups: pd.DataFrame | None = None,
    *,
    cap: float | None = CAP,
    level: float = LEVEL,
) -> RakedScores:
    """Rake every client's wave to shares of the population, and score it by these weights.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``; its survey weights, where it has any, are what raking begins with.
    margins : mapping of str to mapping
        Shares (or counts) of each category in the population, by column of ``respondents``, or by
        ``unit``, ``country`` or ``product``.
    codebook : Codebook
    groups : DataFrame, optional
        Table ``breakdowns``, for units, countries and products.
    cap : float or None
        No weight above so many times the mean, or below the mean over so many.
    level : float
        Coverage of all intervals, in (0, 1).

    Returns
    -------
    RakedScores
        A client's wave without people in a category, or with people in one that has no share,
        has no raked score, and its ``flag`` says so.

    Raises
    ------
    EstimateError
        A margin of a column that there is not.

    References
    ----------
    Deming & Stephan (1940), Annals of Mathematical Statistics 11, 427-444.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people = study.read("respondents")
    >>> margins = {"role": people["role"].value_counts(normalize=True).to_dict()}
    >>> found = crq.scores.raked(people, margins, study.codebook)
    >>> print(found)
    Raked to role: ... clients' waves; CRQ moves by ...
    """
    columns = _columns(respondents, margins, groups)
    start, weights, told = weight_of(respondents), [], []
    flags: dict[tuple[str, str], str] = {}
    for key, place in columns.groupby([respondents[name] for name in _WAVE]).indices.items():
        try:
            one = fitted(columns.iloc[place], margins, weights=start[place], cap=cap)
        except EstimateError as error:
            flags[key] = error.caution
            continue
        weights.append(one.weights)
        told.append(one.table.assign(client_id=key[0], wave=key[1]))
        flags[key] = one.flag
    found = pd.concat(weights) if weights else pd.Series(dtype=float)
    people = respondents.assign(weight=found.reindex(respondents.index))
    table = _scored(respondents, people, codebook, level)
    own = pd.MultiIndex.from_frame(table[_WAVE]).map(flags)
    table["flag"] = [joined([a, b]) for a, b in zip(own, table["flag"].fillna(OK), strict=True)]
    by_response = people.set_index("response_id")["weight"]
    return RakedScores(table[_COLUMNS], _margins(told), by_response)


def _columns(
    respondents: pd.DataFrame, margins: Mapping[str, object], groups: pd.DataFrame | None
) -> pd.DataFrame:
    """The categories of every respondent, by margin."""
    found = pd.DataFrame(index=respondents.index)
    for name in margins:
        if name in DIMENSIONS and groups is not None:
            own = groups[groups["dimension"] == name].set_index("response_id")["group"]
            found[name] = respondents["response_id"].map(own)
        elif name in respondents:
            found[name] = respondents[name]
        else:
            raise EstimateError(
                f"margins= names {name!r}; it must be a column of respondents= or, with groups=, "
                f"one of {', '.join(DIMENSIONS)}."
            )
    return found


def _scored(
    before: pd.DataFrame, after: pd.DataFrame, codebook: Codebook, level: float
) -> pd.DataFrame:
    """The clients' scores before and after, side by side."""
    kept = after[after["weight"].notna()]
    given = clients(before, None, codebook, level=level)
    given = given[(given["method"] == ACCOUNT_T) & given["measure"].isin(_MEASURES)]
    ways = {way: given[given["roll_up"] == way].set_index(_KEY)["value"]
            for way in ("respondents", "unweighted")}  # fmt: skip
    table = ways["respondents"].rename("weighted").reset_index()
    keys = pd.MultiIndex.from_frame(table[_KEY])
    plain = ways["unweighted"].reindex(keys).to_numpy()
    table["unweighted"] = pd.Series(plain).fillna(table["weighted"])
    names = ["value", "low", "high", "n_respondents", "n_effective", "n_accounts", "flag"]
    if kept.empty:
        return table.assign(**dict.fromkeys(names))
    blocks = pd.MultiIndex.from_frame(kept[_WAVE])
    made = clients(kept.assign(weight=mean_one(kept["weight"], blocks)), None, codebook,
                   level=level)  # fmt: skip
    made = made[(made["method"] == ACCOUNT_T) & (made["roll_up"] == "respondents")]
    return table.join(made.set_index(_KEY)[names], on=_KEY)


def _margins(told: list[pd.DataFrame]) -> pd.DataFrame:
    names = [*_WAVE, "variable", "category", "n", "before", "after", "target"]
    return pd.concat(told, ignore_index=True)[names] if told else pd.DataFrame(columns=names)
