"""What the evidence is taken from: answers by construct, scores, and who belongs together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.errors import EstimateError
from crqlab.base.instrument import Instrument
from crqlab.base.waves import latest

NO_SEVERAL = "no_construct_with_two_items"
GROUPINGS = ("industry", "country", "language", "wave")


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceData:
    """Included respondents, their keyed answers and scores, in one order.

    Attributes
    ----------
    rows : DataFrame, one row per respondent
        Keyed items, construct scores, ``crq``, ``ltr``, ``client_id``, ``wave``, ``account_id``
        and what tells groups apart: ``industry``, ``country``, ``language``.
    account : Series of str
        The account of each respondent, over all waves.
    model : dict of construct to items
        The constructs of CRQ; a construct with parts has the items of its parts.
    instrument : Instrument
    level : float
        Coverage of intervals, in (0, 1).
    draws, seed : int
        Samples of whole accounts, and where their chance begins.
    """

    rows: pd.DataFrame
    account: pd.Series
    model: dict[str, list[str]]
    instrument: Instrument
    level: float
    draws: int
    seed: int

    @property
    def items(self) -> list[str]:
        """Every item of CRQ once."""
        return list(dict.fromkeys(item for items in self.model.values() for item in items))

    @property
    def several(self) -> dict[str, list[str]]:
        """The constructs with two items or more."""
        return {name: items for name, items in self.model.items() if len(items) > 1}

    @property
    def answers(self) -> pd.DataFrame:
        """Keyed answers to the items of CRQ, with column ``account``."""
        return self.rows[self.items].assign(account=self.account)

    @property
    def latest(self) -> pd.Series:
        """Whether a row belongs to the last wave of its client."""
        return latest(self.rows)

    def label(self, name: str) -> str:
        """Return what a reader calls a construct."""
        return self.instrument.label(name)


def collect(
    responses: pd.DataFrame,
    respondents: pd.DataFrame,
    codebook: Codebook,
    accounts: pd.DataFrame | None,
    *,
    level: float,
    draws: int,
    seed: int,
) -> EvidenceData:
    """Put answers, scores and groups of the scored respondents side by side.

    Parameters
    ----------
    responses, respondents, accounts : DataFrame
        Tables of these names; ``accounts`` may be missing.
    codebook : Codebook
    level : float
    draws, seed : int

    Raises
    ------
    EstimateError
        No respondents, or respondents that are not among the responses.
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
    rows = rows.assign(language=given["language"].to_numpy(), started=given["started"].to_numpy())
    rows = _with_accounts(rows, accounts)
    key = rows["client_id"] + "\x1f" + rows["account_id"]
    return EvidenceData(rows, key, model_of(asked), asked, level, draws, seed)


def model_of(asked: Instrument) -> dict[str, list[str]]:
    """Items of each construct of CRQ; an item in two constructs stays with the first.

    Examples
    --------
    >>> mini = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 5], "items": {"a": "", "b": "", "c": ""},
    ...     "constructs": {"care": {"label": "Care", "items": ["a"]},
    ...                    "speed": {"label": "Speed", "items": ["b"]},
    ...                    "service": {"label": "Service", "parts": ["care", "speed"]},
    ...                    "trust": {"label": "Trust", "items": ["c"]}},
    ...     "crq": {"constructs": ["trust", "service"]}})
    >>> model_of(mini)
    {'trust': ['c'], 'service': ['a', 'b']}
    """
    model, used = {}, set()
    for name in asked.crq.constructs:
        construct = asked.constructs[name]
        parts = [asked.constructs[part] for part in construct.parts] or [construct]
        items = [item for part in parts for item in part.items if item not in used]
        used.update(items)
        if items:
            model[name] = items
    return model


def _with_accounts(rows: pd.DataFrame, accounts: pd.DataFrame | None) -> pd.DataFrame:
    if accounts is None or accounts.empty:
        return rows.assign(industry=None, country=None)
    known = accounts.drop_duplicates(["client_id", "account_id"])
    known = known[["client_id", "account_id", "industry", "country"]]
    return rows.merge(known, on=["client_id", "account_id"], how="left")


def centred(values: pd.Series, data: EvidenceData) -> pd.Series:
    """Take each client's wave mean out, so that accounts differ, not clients."""
    rows = data.rows.loc[values.index]
    if rows["client_id"].nunique() < 2:
        return values
    return values - values.groupby([rows["client_id"], rows["wave"]]).transform("mean")
