"""From what a client may see to one block an account, for accounts with something to say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.study import Study
from crqlab.report.reading import table
from crqlab.show.account_pages import AccountPages
from crqlab.show.segmented import LOSING
from crqlab.show.view import ClientView

MOST = 24  # blocks that a consultant still prepares
QUOTES = 3  # comments of an account
UNLIKELY = 0.5  # chance of renewal below which an account is talked about anyhow
_ENDS = {"": "value", "_low": "low", "_high": "high"}
_FACTS = (
    "account_id name manager revenue status n invited flag withheld "
    "shrunken shrunken_low shrunken_high"
).split()
#: Columns of a page, and the tables of the view that they come from, under their names there.
_SORT = {"segment": "segment", "status": "sorted", "reason": "reason", "before": "was"}
_LOSS = "p_renew p_low p_high due_on expected_loss expected_low expected_high".split()


def account_pages(study: Study, view: ClientView) -> AccountPages:
    """Choose the accounts that stand out and collect what their meetings need.

    An account stands out that kept silent, is in a segment on the point of leaving, fell in the
    ladder, will rather leave than renew, scores clearly above or below the client's mean or its
    own last score, whose people disagree, or whose words may be shown under its name.

    Parameters
    ----------
    study : Study
        For the scores of the wave before.
    view : ClientView
        Everything else; what is withheld there is withheld here.

    Returns
    -------
    AccountPages
        At most 24 accounts, the greatest expected loss first.
    """
    rows = _known(study, view)
    comments = _comments(view, rows)
    speaks = _outstanding(rows) | rows["account_id"].isin(comments["account_id"])
    own = rows[speaks.to_numpy(bool)].sort_values(
        ["expected_loss", "revenue", "name", "account_id"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    shown = own.head(MOST)
    ids = shown["account_id"]
    counted = rows["status"] != "Not invited"
    scale = view.instrument.scale
    return AccountPages(
        shown,
        _measures(view, shown),
        comments[comments["account_id"].isin(ids)],
        _actions(view, ids),
        len(own) - len(shown),
        int(counted.sum()) - len(own),
        (float(scale.low), float(scale.high)),
        float(view.measures["level"].iloc[0]) if len(view.measures) else 0.95,
        view.currency,
    )


def _known(study: Study, view: ClientView) -> pd.DataFrame:
    """One row per account with all that the page may say of it."""
    facts = view.accounts[_FACTS]  # not all: a construct may have any name
    rows = facts.rename(columns={f"shrunken{end}": name for end, name in _ENDS.items()})
    crq = view.measure("crq")
    rows = rows.assign(
        mean=np.nan if crq is None else float(crq["value"]),
        roles=_roles(view, rows),
        disagree=rows["flag"].str.contains("people disagree") & ~rows["withheld"],
        before=view.before,
    )
    rows = _changed(study, view, rows)
    rows = _joined(rows, view.segmented.accounts.rename(columns=_SORT), list(_SORT.values()))
    outlook = view.prospect.accounts.rename(columns={"reason": "why"})
    rows = _joined(rows, outlook, [*_LOSS, "why"])
    lifts = view.agenda.lifts.rename(columns={"change": "lift", "probability": "lift_probability"})
    rows = _joined(rows, lifts, ["target", "lift", "lift_probability"])
    focus = view.levers.accounts.rename(
        columns={"unit": "account_id", "label": "focus", "probability": "focus_probability"}
    )
    rows = _joined(rows, focus, ["focus", "focus_probability"])
    return _weakest(view, rows.assign(provisional=rows["sorted"] == "provisional"))


def _joined(rows: pd.DataFrame, other: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    first = other.drop_duplicates("account_id").set_index("account_id")
    found = first.reindex(rows["account_id"]).set_axis(rows.index)
    return rows.assign(**{name: found[name] for name in columns})


def _roles(view: ClientView, rows: pd.DataFrame) -> list[tuple[tuple[str, int], ...]]:
    """Who answered by role, where enough people of the account did."""
    heard = view.reach.voices
    heard = heard[(heard["answered"] > 0).to_numpy(bool)]
    heard = heard.sort_values(["answered", "role"], ascending=[False, True])
    said = {
        account: tuple(zip(some["role"], some["answered"].tolist(), strict=True))
        for account, some in heard.groupby("account_id")
    }
    enough = (rows["n"] >= view.privacy.min_scores) & ~rows["withheld"]
    return [
        said.get(account, ()) if many else ()
        for account, many in zip(rows["account_id"], enough, strict=True)
    ]


def _changed(study: Study, view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    """Difference to the shrunken score of the wave before, two independent estimates."""
    past = table(study, "account_scores", client=view.client_id, wave=view.before)
    past = past.set_index("account_id")
    was, least, most = (
        rows["account_id"].map(past[f"shrunken{end}"]).astype(float) for end in _ENDS
    )
    value, low, high = (rows[name].astype(float) for name in _ENDS.values())
    change = value - was
    down = np.sqrt((value - low) ** 2 + (most - was) ** 2)
    up = np.sqrt((high - value) ** 2 + (was - least) ** 2)
    return rows.assign(change=change, change_low=change - down, change_high=change + up)


def _constructs(view: ClientView) -> dict[str, float]:
    """The client's mean of every construct that is shown by itself."""
    parts = {part for one in view.instrument.constructs.values() for part in one.parts}
    found = {name: view.measure(name) for name in view.instrument.constructs if name not in parts}
    return {
        name: float(row["value"])
        for name, row in found.items()
        if row is not None and name in view.accounts
    }


def _weakest(view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    means = _constructs(view)
    own = view.accounts[list(means)].set_axis(rows.index)
    gaps = own.astype(float) - pd.Series(means, dtype=float)
    known = gaps.notna().any(axis=1).to_numpy(bool)
    gap, label = np.full(len(rows), np.nan), np.full(len(rows), None, dtype=object)
    if known.any():
        least = gaps[known].idxmin(axis=1)
        gap[known] = gaps[known].min(axis=1)
        label[known] = [view.instrument.label(name) for name in least]
    named = pd.Series(label, index=rows.index, dtype=object)
    return rows.assign(weakest=named.where(known, np.nan), weakest_gap=gap)


def _measures(view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    means = _constructs(view)
    shown = view.accounts["account_id"].isin(rows["account_id"]) & ~view.accounts["withheld"]
    own = view.accounts.loc[shown, list(means)].to_numpy(float)
    labels = [view.instrument.label(name) for name in means]
    long = pd.DataFrame(
        {
            "account_id": np.repeat(view.accounts.loc[shown, "account_id"].to_numpy(), len(means)),
            "label": np.tile(np.array(labels, dtype=object), len(own)),
            "value": own.ravel(),
            "mean": np.tile(np.array(list(means.values()), dtype=float), len(own)),
        }
    )
    return long.dropna(subset=["value"])


def _outstanding(rows: pd.DataFrame) -> NDArray:
    order = {name: place for place, name in enumerate(("Ambassador", "Rational", *LOSING))}
    fell = rows["segment"].map(order).astype(float) > rows["was"].map(order).astype(float)
    apart = (rows["low"] > rows["mean"]) | (rows["high"] < rows["mean"])
    moved = (rows["change_low"] > 0) | (rows["change_high"] < 0)
    silent = (rows["status"] == "Silent") & (rows["invited"] > 0)
    losing = rows["segment"].isin(LOSING) | (rows["p_renew"].astype(float) < UNLIKELY)
    return silent | losing | fell | apart | moved | rows["disagree"]


def _comments(view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    """Comments that carry an account's name, where no other account has the same."""
    single = rows[~rows["name"].duplicated(keep=False)]
    ids = single.set_index("name")["account_id"]
    named = view.comments[view.comments["account"].isin(ids.index)]
    named = named.assign(account_id=named["account"].map(ids).to_numpy(object))
    return named.groupby("account_id", sort=False).head(QUOTES)


def _actions(view: ClientView, ids: pd.Series) -> pd.DataFrame:
    todo = view.agenda.actions
    todo = todo[todo["account_id"].isin(ids)].rename(columns={"account_manager": "owner"})
    return todo[["account_id", "what", "owner", "due"]].reset_index(drop=True)
