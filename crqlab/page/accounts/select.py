"""From tables to the client's accounts, and to those that there is something to say about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial
from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import OK, has
from crqlab.base.study import Study
from crqlab.base.wave_entries import unasked_scores
from crqlab.base.waves import in_order
from crqlab.page.accounts.data import MOVED, UNHEARD, MeetingSheets
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import matched
from crqlab.page.precision import ACCOUNT
from crqlab.page.suppression import complemented, withheld
from crqlab.page.tables import table
from crqlab.participation.account_dispositions import UNASKED
from crqlab.segments.segment_traits import SegmentTraits
from crqlab.show.records import Record, records
from crqlab.stats.defaults import LEVEL

MOST = 24  # blocks that a consultant still prepares
QUOTES = 3  # comments of an account
UNLIKELY = 0.5  # chance of renewal below which an account is talked about anyhow
_CHANGE = ("change", "change_low", "change_high", "change_q")
_NPS = "nps nps_low nps_high mean_ltr promoters passives detractors".split()
#: What may be shown of any account: how many answered.
_IMPERSONAL = frozenset(["n", "n_ltr"])
_ENDS = {"": "value", "_low": "low", "_high": "high"}
_FACTS = (
    "account_id name manager revenue status n invited answered flag withheld "
    "shrunken shrunken_low shrunken_high change change_low change_high change_verdict"
).split()
#: Columns of a page, and the tables of the view that they come from, under their names there.
_SORT = {
    "segment": "segment",
    "p_word": "p_word",
    "reason": "reason",
    "before": "was",
    "before_status": "was_status",
}
_LOSS = "p_renew p_low p_high due_on expected_loss expected_low expected_high".split()
_OUTLOOK = {name: name for name in [*_LOSS, "chance"]} | {"reason": "why"}
_LIFT = {"target": "target", "change": "lift", "probability": "lift_probability"}
_FOCUS = {"label": "focus", "probability": "focus_probability"}


def accounts(
    study: Study,
    client: str,
    wave: str,
    invited: pd.DataFrame,
    responses: pd.DataFrame,
    *,
    telling: Collection[str] = (),
) -> pd.DataFrame:
    """Return every account of the client, those that answered with their scores.

    Parameters
    ----------
    study : Study
    client, wave : str
    invited : DataFrame
        Table ``contacts``, those of the client and wave that were invited.
    responses : DataFrame
        Table ``responses``, of the client and wave.
    telling : collection of str
        Accounts whose scores would tell those of others, and are withheld too.

    Returns
    -------
    DataFrame, one row per account
        The columns of ``account_scores`` with ``name``, ``manager``, ``revenue``, ``invited``
        (contacts), ``answered`` (people, scored or not), ``due_on`` (the next renewal, as the books
        have it, whatever can be foretold of it), ``status`` and ``withheld``. NPS rests on fewer
        people than CRQ where some left LTR open, so it is withheld by itself.
    """
    least = study.codebook.privacy.min_scores
    known = table(study, "accounts", client=client)
    scores = table(study, "account_scores", client=client, wave=wave)
    asked, answered = Counter(invited["account_id"]), _people(responses)
    everyone = sorted({*known["account_id"], *scores["account_id"], *asked, *answered})
    ids = pd.Series(everyone, dtype="str")
    few = complemented(scores["n_ltr"], minimum=least, whole=scores["client_id"])
    hidden = {name: np.where(few, np.nan, scores[name].to_numpy(float)) for name in _NPS}
    past = _veiled_before(study, client, wave, least)
    veiled = scores["account_id"].isin(past).to_numpy(bool)
    hidden |= {name: np.where(veiled, np.nan, scores[name].to_numpy(float)) for name in _CHANGE}
    rows = scores.assign(**hidden).set_index("account_id").reindex(everyone).reset_index(drop=True)
    name, manager, revenue = matched(ids, known, "name", "account_manager", "revenue")
    counts = {count: rows[count].fillna(0).to_numpy(int) for count in ("n", "n_ltr")}
    book = study.codebook
    brief = "crq" in unasked_scores(book.waves, wave, book.instrument)
    if brief or not book.instrument.crq.constructs:
        counts["n"] = counts["n_ltr"]  # all that was asked
    counts["invited"] = np.array([asked[account] for account in everyone], dtype=int)
    heard = np.array([account in answered for account in everyone], dtype=bool)
    became = table(study, "dispositions", client=client, wave=wave)
    (unasked,) = matched(ids, became[became["status"].isin(UNASKED)], "status")
    rows = rows.assign(
        name=name.where(name.notna(), ids),
        manager=manager,
        revenue=revenue.astype(float),
        answered=np.array([answered[account] for account in everyone], dtype=int),
        due_on=_due(study, client, wave, ids, known),
        **counts,
        status=_status(counts["n"], heard, counts["invited"], unasked),
        flag=rows["flag"].fillna(OK),
        change_verdict=rows["change_verdict"].where(rows["change"].notna(), "unknown"),
    )
    rows.insert(0, "account_id", ids)
    personal, whole = _personal(study), rows["status"].notna()
    also = ids.isin(list(telling))
    return withheld(rows, personal, n="n", minimum=least, whole=whole, also=also)


def _people(responses: pd.DataFrame) -> Counter[str]:
    """How many people answered for each account; whoever answered twice is one of them."""
    known = responses["account_id"].notna()
    person = responses["contact_id"].fillna(responses["response_id"])
    pairs = pd.DataFrame({"account": responses["account_id"], "person": person})[known]
    return Counter(pairs.drop_duplicates()["account"])


def _due(study: Study, client: str, wave: str, ids: pd.Series, known: pd.DataFrame) -> pd.Series:
    """When contracts are next due: as the outlook has it, else as the client's list says."""
    outlook = table(study, "outlook", client=client, wave=wave)
    due, listed = matched(ids, outlook, "due_on")[0], matched(ids, known, "renewal_on")[0]
    return pd.to_datetime(due).fillna(pd.to_datetime(listed))


def _veiled_before(study: Study, client: str, wave: str, least: int) -> pd.Series:
    """Accounts whose score of the wave before is withheld: a change would tell it."""
    rows = table(study, "account_scores", client=client)
    order = in_order([*rows["wave"].unique(), wave])
    past = order[: order.index(wave)]
    rows = rows[rows["wave"] == (past[-1] if past else "")]
    return rows["account_id"][complemented(rows["n"], minimum=least, whole=rows["client_id"])]


def _status(n: NDArray, heard: NDArray, invited: NDArray, unasked: pd.Series) -> NDArray:
    """Whether an account has a score, answered at all, or was asked; unknown without a frame."""
    conditions = [n > 0, heard, invited > 0, invited.any()]
    why = unasked.fillna("never_asked").to_numpy(object)
    return np.select(conditions, ["scored", "not_scored", "silent", why], UNHEARD)


def _personal(study: Study) -> list[str]:
    """Columns of an account from which a single person's answers could be read."""
    columns = contract("account_scores").for_instrument(study.codebook.instrument)
    return [name for name, column in columns.items()
            if column.kind != "text" and name not in _IMPERSONAL]  # fmt: skip


def meeting_sheets(view: ClientView) -> MeetingSheets:
    """Choose the accounts that stand out and collect what their meetings need.

    An account stands out that kept silent, is in a segment on the point of leaving, fell in the
    ladder, will rather leave than renew, scores clearly above or below the client's mean, moved by
    the station's verdict, whose people disagree, or whose words may be shown under its name.

    Parameters
    ----------
    view : ClientView
        What is withheld in it is withheld here.

    Returns
    -------
    MeetingSheets
        At most 24 accounts, the greatest expected loss first.
    """
    rows = _known(view)
    comments = _comments(view, rows)
    quoted = set(comments["account_id"])
    traits = view.segments.traits
    speaks = [_outstanding(row, traits) or row.account_id in quoted for row in records(rows)]
    own = rows[np.array(speaks, dtype=bool)].sort_values(
        ["expected_loss", "revenue", "name", "account_id"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    shown = own.head(MOST)
    counted = ~rows["status"].isin(UNASKED)
    left, quiet = len(own) - len(shown), int(counted.sum()) - len(own)
    return _sheets(view, shown, comments, left=left, quiet=quiet)


def account_meetings(view: ClientView, ids: pd.Series) -> MeetingSheets:
    """Collect what the meetings with some accounts need, whether they stand out or not.

    Parameters
    ----------
    view : ClientView
        What is withheld in it is withheld here.
    ids : Series of str
        Accounts, in the order in which they are to come.
    """
    rows = _known(view)
    comments = _comments(view, rows)
    own = rows.set_index("account_id").loc[ids].reset_index()
    return _sheets(view, own, comments, left=0, quiet=0)


def _sheets(
    view: ClientView, shown: pd.DataFrame, comments: pd.DataFrame, *, left: int, quiet: int
) -> MeetingSheets:
    ids, scale = shown["account_id"], view.instrument.scale
    return MeetingSheets(
        shown,
        _measures(view, shown),
        comments[comments["account_id"].isin(ids)],
        _actions(view, ids),
        left,
        quiet,
        (float(scale.low), float(scale.high)),
        float(view.measures["level"].iloc[0]) if len(view.measures) else LEVEL,
        view.currency,
    )


def _known(view: ClientView) -> pd.DataFrame:
    """One row per account with all that the page may say of it."""
    facts = view.accounts[_FACTS]  # not all: a construct may have any name
    rows = facts.rename(columns={f"shrunken{end}": name for end, name in _ENDS.items()})
    crq = view.measure("crq")
    rows = rows.assign(
        mean=np.nan if crq is None else round(float(crq["value"]), ACCOUNT),
        roles=_roles(view, rows),
        disagree=rows["flag"].map(partial(has, name="people_disagree")) & ~rows["withheld"],
        before=view.before,
    )
    ids, told = rows["account_id"], {}
    for other, by, columns in (
        (view.segments.accounts, "account_id", _SORT),
        (view.renewal.accounts, "account_id", _OUTLOOK),
        (view.actions.lifts, "account_id", _LIFT),
        (view.drivers.accounts, "unit", _FOCUS),
    ):
        told |= zip(columns.values(), matched(ids, other, *columns, by=by), strict=True)
    return _weakest(view, rows.assign(**told))


def _roles(view: ClientView, rows: pd.DataFrame) -> list[tuple[tuple[str, int], ...]]:
    """Who answered by role, where enough people of the account did."""
    voices = view.participation.voices
    heard: dict[str, list[tuple[str, int]]] = {}
    for account, role, n in zip(
        *(voices[name].tolist() for name in ("account_id", "role", "answered")), strict=True
    ):
        if n > 0:
            heard.setdefault(account, []).append((role, n))
    enough = (rows["n"] >= view.privacy.min_scores) & ~rows["withheld"]
    return [
        tuple(sorted(heard.get(account, ()), key=lambda one: (-one[1], one[0]))) if many else ()
        for account, many in zip(rows["account_id"], enough, strict=True)
    ]


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
    gaps = view.accounts[list(means)].to_numpy(float) - np.array(list(means.values()), float)
    known = ~np.isnan(gaps).all(axis=1)
    gap, label = np.full(len(rows), np.nan), np.full(len(rows), np.nan, dtype=object)
    if known.any():
        labels = [view.instrument.label(name) for name in means]
        gap[known] = np.nanmin(gaps[known], axis=1)
        label[known] = [labels[place] for place in np.nanargmin(gaps[known], axis=1)]
    return rows.assign(weakest=label, weakest_gap=gap)


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


def _outstanding(row: Record, traits: SegmentTraits) -> bool:
    fell = traits.rung.get(row.segment, nan) > traits.rung.get(row.was, nan)
    apart = row.low > row.mean or row.high < row.mean
    moved = row.change == row.change and row.change_verdict in MOVED
    silent = row.status == "silent"
    losing = row.segment in traits.weak or row.p_renew < UNLIKELY or row.chance == "unlikely"
    return silent or losing or fell or apart or moved or row.disagree


def _comments(view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    """Comments that carry an account's name, where no other account has the same."""
    n = Counter(rows["name"])
    ids = {name: id_ for name, id_ in zip(rows["name"], rows["account_id"], strict=True)
           if n[name] == 1}  # fmt: skip
    told, found = Counter(), []
    for account in view.comments["account"]:
        told[account] += 1
        found.append(ids.get(account) if told[account] <= QUOTES else None)
    named = view.comments.assign(account_id=np.array(found, dtype=object))
    return named[named["account_id"].notna().to_numpy(bool)]


def _actions(view: ClientView, ids: pd.Series) -> pd.DataFrame:
    todo = view.actions.actions
    todo = todo[todo["account_id"].isin(ids)]
    return todo[["account_id", "action", "wording", "owner", "due"]].reset_index(drop=True)
