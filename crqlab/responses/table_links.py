"""What one table says about another: contacts fill responses, waves fill contacts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crqlab.base.codebook import Codebook

_FILLED = ("client_id", "account_id", "role", "language")
_KEYS = (
    ["client_id", "wave", "contact_id"],
    ["client_id", "contact_id"],
    ["wave", "contact_id"],
    ["contact_id"],
)
OWN_ACCOUNT = "respondent "


def filled(responses: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Fill what an export lacks from the frame, by the contact's id.

    A contact whose id occurs at several clients fills nothing for a response that does
    not name its client.
    """
    for key in _KEYS:
        gaps = responses[[c for c in _FILLED if c not in key]].isna().any(axis=1)
        if not (gaps & responses["contact_id"].notna()).any():
            break
        responses = _filled_by(responses, contacts, key)
    return responses


def _filled_by(responses: pd.DataFrame, contacts: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    known = contacts[contacts[key].notna().all(axis=1)]
    clear = known.groupby(key)[["client_id", "account_id"]].transform("nunique").eq(1).all(axis=1)
    known = known[clear].drop_duplicates(key, keep="last").set_index(key)
    wanted = [c for c in _FILLED if c not in key]
    if known.empty:
        return responses
    if len(key) == 1:
        index = pd.Index(responses[key[0]], name=key[0])
    else:
        index = pd.MultiIndex.from_frame(responses[key])
    found = known[wanted].reindex(index).set_index(responses.index)
    return responses.assign(**{c: responses[c].fillna(found[c]) for c in wanted})


def linked(
    table: pd.DataFrame, accounts: pd.DataFrame | None, said: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give account ids that the accounts do not have the id of the account that they mean.

    Salesforce's 15 and 18 characters, leading zeros that a spreadsheet took away, upper and lower
    case, and names instead of ids: each where it leads to one account alone, and what was done
    is told. An id that the accounts have stays as it is.

    Parameters
    ----------
    table : DataFrame
        Has ``client_id`` and ``account_id``.
    accounts : DataFrame or None
    said : str
        What the table is called in the note.
    """
    if accounts is None or table.empty:
        return table, ()
    told: list[str] = []
    for why, plain in _MEANT.items():
        ids = table["account_id"]
        strange = ids.notna() & ~ids.isin(accounts["account_id"])
        if not strange.any():
            break
        key = "name" if why == "names" else "account_id"
        known = accounts.dropna(subset=[key])
        meant = known.assign(plain=known[key].map(plain)).drop_duplicates(
            ["client_id", "plain", "account_id"]
        )
        meant = meant[~meant.duplicated(["client_id", "plain"], keep=False)]
        left = table.loc[strange, ["client_id", "account_id"]]
        left = left.assign(plain=left["account_id"].map(plain))
        hit = left.merge(meant[["client_id", "plain", "account_id"]], how="left",
                         on=["client_id", "plain"])["account_id_y"].to_numpy()  # fmt: skip
        found = pd.Series(hit, index=left.index, dtype="str").dropna()
        if len(found):
            first = found.index[0]
            example = f"{ids[first]!r} is {found[first]!r}"
            told.append(f"{said}: {len(found):,} account ids are {why}: {example}")
            table = table.assign(account_id=ids.where(~ids.index.isin(found.index),
                                                      found.reindex(ids.index)))  # fmt: skip
    return table, tuple(told)


def _short(text: str) -> str:
    """Salesforce's 18 characters are its 15 and a check of their case."""
    return text[:15] if len(text) in (15, 18) and text[:15].isalnum() else f"{text} "


#: Why an id may not be the accounts' own, in the order in which that is tried.
_MEANT = {
    "written with 15 or 18 characters in one file alone": _short,
    "without their leading zeros": lambda text: text.lstrip("0") or text,
    "in other upper and lower case": str.casefold,
    "names": lambda text: " ".join(text.casefold().split()),
}


def for_every_wave(contacts: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Repeat contacts that name no wave in every wave of their client.

    A client without any response is taken to have been asked in all waves of the study.
    """
    if contacts["wave"].notna().all():
        return contacts
    asked = responses[["client_id", "wave"]].dropna().drop_duplicates()
    silent = contacts.loc[~contacts["client_id"].isin(asked["client_id"]), ["client_id"]]
    anywhere = silent.drop_duplicates().merge(asked[["wave"]].drop_duplicates(), how="cross")
    waves = pd.concat([asked, anywhere]).sort_values(["client_id", "wave"], ignore_index=True)
    bare = contacts[contacts["wave"].isna()].drop(columns="wave")
    spread = bare.merge(waves, on="client_id", how="left")[list(contacts.columns)]
    return pd.concat([contacts[contacts["wave"].notna()], spread], ignore_index=True)


def own_accounts(responses: pd.DataFrame) -> pd.DataFrame:
    """Make every respondent without an account an account of its own."""
    own = OWN_ACCOUNT + responses["response_id"]
    return responses.assign(account_id=responses["account_id"].fillna(own))


def turned(responses: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Turn the items of groups round whose scale is known to have been flipped."""
    asked = book.instrument
    where = pd.Series(False, index=responses.index)
    for group in book.responses.flipped:
        where |= members(responses, group)
    if not where.any():
        return responses
    ends = {name: asked.bounds(name).low + asked.bounds(name).high for name in asked.items}
    return responses.assign(
        **{n: responses[n].mask(where, end - responses[n]) for n, end in ends.items()}
    )


def members(responses: pd.DataFrame, group: Mapping[str, str]) -> pd.Series:
    """Return which responses belong to a group that the codebook names."""
    where = pd.Series(True, index=responses.index)
    for column, name in group.items():
        spelled = name.lower().replace("_", "-") if column == "language" else name
        where &= responses[column] == spelled
    return where
