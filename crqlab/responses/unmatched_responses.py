"""Responses that do not fit the other tables: off the scale, nobody invited, no such account."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.responses.findings import coded, findings
from crqlab.responses.raw_files import Raw
from crqlab.responses.table_links import OWN_ACCOUNT


def out_of_scale(raw: Raw) -> pd.DataFrame:
    """List the cells whose number is off the scale; `read` has made them missing."""
    cells = raw.unusable
    place = pd.Series(raw.responses.index, index=raw.responses["response_id"])
    index = place.reindex(cells["response_id"]).to_numpy()
    given = pd.DataFrame({"check": "out_of_scale"}, index=index, dtype="str")
    found = [code("off_the_scale", value=str(value)) for value in cells["value"]]
    return given.assign(
        column=cells["column"].to_numpy(), found=found, rule=cells["rule"].to_numpy()
    )


def not_in_frame(raw: Raw) -> pd.DataFrame:
    """Find answers from nobody who was to be invited; nothing to say without a frame."""
    rows, key = raw.responses, ["client_id", "wave", "contact_id"]
    known = pd.MultiIndex.from_frame(raw.contacts[key])
    no_ids = rows["contact_id"].isna().all()
    where = ~pd.MultiIndex.from_frame(rows[key]).isin(known) & (len(known) > 0) & (not no_ids)
    where = pd.Series(where, index=rows.index)
    found = coded(where, "contact", contact=rows["contact_id"])
    found = found.mask(rows["contact_id"][where].isna(), "no_contact_id")
    return findings(where, "not_in_frame", found, "not_in_frame")


def unknown_account(raw: Raw) -> pd.DataFrame:
    """Find answers from accounts that the accounts table does not have."""
    rows, key = raw.responses, ["client_id", "account_id"]
    known = pd.MultiIndex.from_frame(raw.accounts[key])
    own = rows["account_id"] == OWN_ACCOUNT + rows["response_id"]
    missing = ~pd.MultiIndex.from_frame(rows[key]).isin(known)
    where = pd.Series(missing & (len(known) > 0), index=rows.index)
    found = coded(where, "account", account=rows["account_id"]).mask(own[where], "no_account")
    return findings(where, "unknown_account", found, "unknown_account")
