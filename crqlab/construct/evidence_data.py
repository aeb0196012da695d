"""What the evidence is taken from: answers by construct, scores, and who belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.columns import DIMENSIONS
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.instrument import Instrument
from crqlab.base.waves import latest
from crqlab.stats.sampling import Sampling

NO_SEVERAL = "no_construct_with_two_items"
GROUPINGS = ("industry", "country", "language", "role", "wave")


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceData:
    """Included respondents, their keyed answers and scores, in one order.

    Attributes
    ----------
    rows : DataFrame, one row per respondent
        Keyed items, construct scores, ``crq``, ``ltr``, ``client_id``, ``wave``, ``account_id``
        and what tells groups apart: ``groupings``.
    account : Series of str
        The account of each respondent, over all waves.
    model : dict of construct to items
        The constructs of CRQ; a construct with parts has the items of its parts.
    instrument : Instrument
    groupings : tuple of str
        Columns that tell groups apart.
    sampling : Sampling
        Coverage of intervals, samples of whole accounts, and where their chance begins.
    """

    rows: pd.DataFrame
    account: pd.Series
    model: dict[str, list[str]]
    instrument: Instrument
    groupings: tuple[str, ...]
    sampling: Sampling

    @property
    def level(self) -> float:
        """Coverage of intervals, in (0, 1)."""
        return self.sampling.level

    @property
    def items(self) -> list[str]:
        """Every item of CRQ once."""
        return items_of(self.model)

    @property
    def several(self) -> dict[str, list[str]]:
        """The constructs of CRQ with two items or more."""
        return of_several(self.model)

    @property
    def whole(self) -> dict[str, list[str]]:
        """The constructs of the instrument with two items or more, those of CRQ first."""
        asked = self.instrument
        inner = {part for construct in asked.constructs.values() for part in construct.parts}
        outer = [name for name in asked.constructs if name not in inner | set(self.model)]
        return of_several(model_of(asked, [*self.model, *outer]))

    @property
    def parts(self) -> dict[str, dict[str, list[str]]]:
        """Constructs that are made of others, and the parts of each with two items or more."""
        asked = self.instrument
        made = {name: one.parts for name, one in asked.constructs.items() if one.parts}
        return {name: of_several(model_of(asked, parts)) for name, parts in made.items()}

    @property
    def all_parts(self) -> dict[str, list[str]]:
        """Parts of any construct with two items or more; an item in two stays with the first."""
        inner = [part for of in self.parts.values() for part in of]
        return of_several(model_of(self.instrument, dict.fromkeys(inner)))

    @property
    def every(self) -> dict[str, list[str]]:
        """Every construct of the instrument and its items, those of CRQ first."""
        asked = self.instrument
        return self.model | {
            name: own_items(asked, name) for name in asked.constructs if name not in self.model
        }

    @property
    def answers(self) -> pd.DataFrame:
        """Keyed answers to all items, with column ``account``."""
        return self.rows[list(self.instrument.items)].assign(account=self.account)

    @property
    def latest(self) -> pd.Series:
        """Whether a row belongs to the last wave of its client."""
        return latest(self.rows)

    def complete(self, items: list[str]) -> int:
        """Count respondents who answered every one of these items."""
        return int(self.rows[items].notna().all(axis=1).sum())

    def label(self, name: str) -> str:
        """Return what a reader calls a construct."""
        return self.instrument.label(name)


def collect(
    responses: pd.DataFrame,
    respondents: pd.DataFrame,
    codebook: Codebook,
    accounts: pd.DataFrame | None,
    *,
    breakdowns: pd.DataFrame | None,
    groupings: Sequence[str] | None,
    sampling: Sampling,
) -> EvidenceData:
    """Put answers, scores and groups of the scored respondents side by side.

    Parameters
    ----------
    responses, respondents, accounts, breakdowns : DataFrame
        Tables of these names; the last two may be missing.
    codebook : Codebook
    groupings : sequence of str, optional
    sampling : Sampling

    Raises
    ------
    EstimateError
        No respondents, respondents that are not among the responses, or a grouping that no
        table has.
    """
    if respondents.empty:
        raise EstimateError("respondents= is empty; run station 30_scores on responses that count.")
    asked = codebook.instrument
    given = responses.drop_duplicates("response_id").set_index("response_id")
    if stray := (~respondents["response_id"].isin(given.index)).sum():
        raise EstimateError(
            f"{stray} of {len(respondents)} respondents are not among responses=; "
            "give both tables of the same study."
        )
    given = given.loc[respondents["response_id"]]
    items = asked.keyed(given[list(asked.items)].astype(float)).reset_index(drop=True)
    rows = respondents.reset_index(drop=True).join(items)
    rows = rows.assign(started=given["started"].to_numpy())
    key = rows["client_id"] + "\x1f" + rows["account_id"]
    known = _groups(rows, given, accounts, breakdowns)
    more = [name for name in DIMENSIONS if name in known and name not in GROUPINGS]
    names = tuple(groupings or [*GROUPINGS, *more])
    for name in names:
        one_of("groupings=", name, sorted({*known, *GROUPINGS}))
    none = pd.Series(None, index=rows.index, dtype="str")
    rows = rows.assign(**{name: known.get(name, none) for name in names})
    return EvidenceData(rows, key, model_of(asked, asked.crq.constructs), asked, names, sampling)


def own_items(asked: Instrument, name: str) -> list[str]:
    """Items of a construct; one with parts has those of its parts."""
    construct = asked.constructs[name]
    parts = [asked.constructs[part] for part in construct.parts] or [construct]
    return list(dict.fromkeys(item for part in parts for item in part.items))


def of_several(model: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Constructs with two items or more."""
    return {name: items for name, items in model.items() if len(items) > 1}


def items_of(model: Mapping[str, list[str]]) -> list[str]:
    """Every item of these constructs once."""
    return list(dict.fromkeys(item for items in model.values() for item in items))


def model_of(asked: Instrument, constructs: Iterable[str]) -> dict[str, list[str]]:
    """Items of each construct; an item in two constructs stays with the first.

    Examples
    --------
    >>> mini = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 5], "items": {"a": "", "b": "", "c": ""},
    ...     "constructs": {"care": {"label": "Care", "items": ["a"]},
    ...                    "speed": {"label": "Speed", "items": ["b"]},
    ...                    "service": {"label": "Service", "parts": ["care", "speed"]},
    ...                    "trust": {"label": "Trust", "items": ["c"]}},
    ...     "crq": {"constructs": ["trust", "service"]}})
    >>> model_of(mini, mini.crq.constructs)
    {'trust': ['c'], 'service': ['a', 'b']}
    """
    model, used = {}, set()
    for name in constructs:
        items = [item for item in own_items(asked, name) if item not in used]
        used.update(items)
        if items:
            model[name] = items
    return model


def _groups(
    rows: pd.DataFrame,
    given: pd.DataFrame,
    accounts: pd.DataFrame | None,
    breakdowns: pd.DataFrame | None,
) -> dict[str, pd.Series]:
    """All columns of text that say something of an answer: its own, its account's, its unit's."""
    found = {}
    if accounts is not None and len(accounts):
        by = ["client_id", "account_id"]
        whose = rows[by].merge(accounts.drop_duplicates(by), on=by, how="left")
        found |= {name: whose[name] for name in whose}
    found |= {name: given[name].reset_index(drop=True) for name in given}
    found |= {name: rows[name] for name in rows}
    if breakdowns is not None:
        for name, part in breakdowns.groupby("dimension"):
            group = rows["response_id"].map(part.set_index("response_id")["group"])
            found[name] = group.fillna(found[name]) if name in found else group
    return {name: column for name, column in found.items() if column.dtype == "str"}


def centred(values: pd.Series, data: EvidenceData) -> pd.Series:
    """Take each client's wave mean out, so that accounts differ, not clients."""
    rows = data.rows.loc[values.index]
    if rows["client_id"].nunique() < 2:
        return values
    return values - values.groupby([rows["client_id"], rows["wave"]]).transform("mean")
