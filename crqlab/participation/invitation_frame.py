"""Who was asked, beside what is known of them and whether they answered."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.errors import EstimateError

BLOCK = ["client_id", "wave"]
ACCOUNT = [*BLOCK, "account_id"]
KNOWN = ["tier", "country", "industry", "account_manager"]
UNKNOWN = "unknown"
NOBODY = "asked_not_recorded"
NAMELESS = "no_contact_ids"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Everybody who was asked, and every account they belong to.

    Attributes
    ----------
    contacts : DataFrame, one row per client, wave and contact asked, sorted
        ``account_id``, ``role`` and the account's ``tier``, ``country``, ``industry``,
        ``account_manager`` ('unknown' where the files do not say), ``revenue``,
        ``customer_since``, ``invited_on``, ``started``, ``answered`` (any answer), ``scored``
        (an answer that scores are made of).
    accounts : DataFrame, one row per client, wave and account asked, sorted
        The same of the account; ``asked`` contacts, ``heard`` (any answer from the account,
        whether its writer was asked or not).
    nameless : frozenset of (client, wave)
        Whose answers carry no contact ids, so that nobody knows which contacts answered.
    unframed : DataFrame, one row per client and wave with answers but nobody asked
        ``client_id``, ``wave``, ``answers``.
    uninvited : Series, index client and wave
        Answers of people who were not asked.
    """

    contacts: pd.DataFrame
    accounts: pd.DataFrame
    nameless: frozenset[tuple[str, str]]
    unframed: pd.DataFrame
    uninvited: pd.Series


def framed(contacts: pd.DataFrame, responses: pd.DataFrame, accounts: pd.DataFrame) -> Frame:
    """Join the three tables on who was asked.

    A contact *answered* if there is any response of the person in that wave, also one that the
    quality checks leave out of the scores: somebody who clicks through took part. A contact is
    *scored* if an included response is among them.

    Raises
    ------
    EstimateError
        A contact of a wave, or an account, occurs twice.
    """
    _once(contacts, [*BLOCK, "contact_id"], "contacts=")
    _once(accounts, ["client_id", "account_id"], "accounts=")
    columns = [*ACCOUNT, "contact_id", "role", "invited_on"]
    asked = contacts.loc[contacts["invited"].to_numpy(bool), columns]
    asked = asked.sort_values([*ACCOUNT, "contact_id"], ignore_index=True)
    facts = accounts[["client_id", "account_id", *KNOWN, "revenue", "customer_since"]]
    people = asked.merge(facts, on=["client_id", "account_id"], how="left")
    people = people.assign(
        **{name: people[name].fillna(UNKNOWN).astype("str") for name in ["role", *KNOWN]},
        revenue=people["revenue"].astype(float),
        **_answers(people, responses),
    )
    rows = _accounts(people, responses)
    known = pd.MultiIndex.from_frame(people[[*BLOCK, "contact_id"]])
    stray = responses[~pd.MultiIndex.from_frame(responses[[*BLOCK, "contact_id"]]).isin(known)]
    ids = responses["contact_id"].notna().groupby([responses[b] for b in BLOCK]).any()
    blocks = pd.MultiIndex.from_frame(people[BLOCK].drop_duplicates())
    counts = responses.groupby(BLOCK, sort=True).size().rename("answers")
    return Frame(
        people,
        rows,
        frozenset(ids.index[~ids.to_numpy(bool)]),
        counts[~counts.index.isin(blocks)].reset_index(),
        stray.groupby(BLOCK, sort=True).size(),
    )


def _once(table: pd.DataFrame, key: list[str], argument: str) -> None:
    twice = table[table.duplicated(key)]
    if len(twice):
        raise EstimateError(
            f"{argument} has {len(twice)} rows whose {', '.join(key)} occur twice, such as "
            f"{twice[key].iloc[0].tolist()}; keep one row each in the export."
        )


def _answers(people: pd.DataFrame, responses: pd.DataFrame) -> dict[str, pd.Series]:
    key = [*BLOCK, "contact_id"]
    named = responses[responses["contact_id"].notna()]
    found = named.groupby(key).agg(scored=("included", "any"), started=("started", "min"))
    found = found.reindex(pd.MultiIndex.from_frame(people[key]))
    scored = found["scored"].astype("boolean")
    return {
        "answered": scored.notna().to_numpy(),
        "scored": scored.fillna(False).to_numpy(bool),
        "started": found["started"].to_numpy(),
    }


def _accounts(people: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    first = dict.fromkeys([*KNOWN, "revenue", "customer_since"], "first")
    rows = people.groupby(ACCOUNT, sort=True, as_index=False).agg(
        asked=("contact_id", "size"), **{name: (name, how) for name, how in first.items()}
    )
    heard = pd.MultiIndex.from_frame(responses[ACCOUNT].drop_duplicates())
    return rows.assign(heard=pd.MultiIndex.from_frame(rows[ACCOUNT]).isin(heard))
