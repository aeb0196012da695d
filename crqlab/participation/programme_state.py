"""How a programme stands: rounds taken part in, its target, whom it reaches, and its six steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.base.standards import FEW_CLIENTS
from crqlab.base.waves import in_order, places
from crqlab.participation.invitation_frame import BLOCK
from crqlab.participation.programme_levers import people_with_levers
from crqlab.participation.reachable_contacts import GONE
from crqlab.stats import proportion
from crqlab.stats.defaults import LEVEL

#: What a programme does for an answer, our own list: all accounts have a contact listed, account
#: managers sign them off, they are told beforehand, the head of the firm invites, those who have
#: not answered are reminded, and everybody hears what came of the last answers.
STEPS = ("listed", "signed_off", "warmed_up", "sent_by_head", "reminded", "feedback_given")
DONE = 0.95  # share from which a step counts as done
MATURE = 3  # rounds from which a programme is mature


@dataclass(frozen=True, slots=True, eq=False)
class Programme(Result):
    """How each client's programme stands in each wave.

    Attributes
    ----------
    table : DataFrame
        Table ``programme``.
    steps : DataFrame
        Table ``programme_steps``.
    """

    table: pd.DataFrame
    steps: pd.DataFrame

    def of(self, client: str, wave: str) -> Programme:
        """Return the rows of one client's wave."""
        parts = (
            p[(p["client_id"] == client) & (p["wave"] == wave)].reset_index(drop=True)
            for p in (self.table, self.steps)
        )
        return Programme(*parts)

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody recorded who was asked: how programmes stand is not known"
        last = self.table[self.table["wave"] == in_order(self.table["wave"])[-1]]
        shares = last.groupby("experience")["value"].agg(["mean", "size"])
        told = ", ".join(
            f"{row['mean']:.0%} in {int(row['size'])} {name} rounds"
            for name, row in shares.reindex(["first", "second", "mature"]).dropna().iterrows()
        )
        known = last[last["target"].notna()]
        met = known["verdict"].isin(["met", "nearly_met"]).sum()
        target = f"; {met} of {len(known)} met their target" if len(known) else ""
        return f"Contacts answered: {told}{target}"


def programme(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    target: float | None = None,
    level: float = LEVEL,
) -> Programme:
    """Hold completion against a target and against programmes as old, and list what was done.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1.
    target : float, optional
        Share of contacts that was to answer (``completion_target`` of the codebook), in (0, 1].
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    Programme
        Whether a target was met is a count; *nearly* says that the interval, accounts as clusters,
        holds the target, so that chance could have turned it.

    Raises
    ------
    EstimateError
        A target that is no share.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> print(crq.participation.programme(*tables, target=0.35))
    Contacts answered: ...% in ... rounds...; ... of ... met their target
    """
    if target is not None and not 0 < target <= 1:
        raise EstimateError(f"target= is {target}; it is a share of contacts, as in 0.35.")
    people = people_with_levers(contacts, responses, accounts)
    if people.empty:
        return Programme(empty("programme"), empty("programme_steps"))
    rows = _completion(people, level)
    rows = _reached(rows, people)
    rows = _experience(rows, level)
    nameless = ~_named(responses).reindex(pd.MultiIndex.from_frame(rows[BLOCK])).fillna(True)
    rows.loc[nameless.to_numpy(bool), ["value", "low", "high", "value_reached"]] = np.nan
    rows = rows.assign(target=np.nan if target is None else target)
    rows = rows.assign(verdict=_verdicts(rows), level=level)
    first = rows["turn"] == 0
    flag = column(
        len(rows), (nameless.to_numpy(bool), "no_contact_ids"), (first.to_numpy(), "records_begin")
    )
    return Programme(typed(rows.assign(flag=flag), "programme"), _steps(people, rows, accounts))


def _completion(people: pd.DataFrame, level: float) -> pd.DataFrame:
    cells = people.groupby([*BLOCK, "account_id"])["answered"].agg(["sum", "size"]).reset_index()
    groups = cells.groupby(BLOCK)
    found = proportion.clustered(cells["sum"], cells["size"], groups.ngroup(), level=level)
    sums = groups[["sum", "size"]].sum().reset_index()
    sums = sums.rename(columns={"sum": "answered", "size": "asked"}).astype({"answered": "int64"})
    ends = found.reindex(np.arange(len(sums)))[["value", "low", "high"]].reset_index(drop=True)
    return pd.concat([sums, ends], axis=1)


def _named(responses: pd.DataFrame) -> pd.Series:
    """Whether answers of a client's wave say whose they are."""
    return responses["contact_id"].notna().groupby([responses[b] for b in BLOCK]).any()


def _reached(rows: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Count those whom no invitation reached, and those nobody signed off."""
    gone = {name: (people["status"] == name) for name in GONE}
    counted = people.assign(
        **gone,
        unsigned=1 - people["signed_off"],
        reached=~people["status"].isin(GONE),
    )
    counted = counted.assign(heard=counted["answered"] & counted["reached"])
    sums = counted.groupby(BLOCK)[[*GONE, "reached", "heard"]].sum().astype("int64")
    sums["unsigned"] = counted.groupby(BLOCK)["unsigned"].sum(min_count=1)
    rows = rows.merge(sums.reset_index(), on=BLOCK)
    return rows.assign(value_reached=rows["heard"] / rows["reached"].where(rows["reached"] > 0))


def _experience(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Rounds taken part in, and what other clients with as many reach."""
    order = places(rows["wave"])
    rows = rows.assign(turn=rows["wave"].map(order)).sort_values(["client_id", "turn"])
    n = rows.groupby("client_id").cumcount() + 1
    kind = np.select([n == 1, n < MATURE], ["first", "second"], "mature")
    rows = rows.assign(n_waves=n.astype("int64"), experience=kind)
    parts = []
    for wave, now in rows.groupby("wave"):
        until = rows[rows["turn"] <= order[wave]].drop_duplicates("client_id", keep="last")
        parts.append(now.assign(**_others(now, until, level)))
    found = pd.concat(parts).sort_values(["client_id", "turn"], ignore_index=True)
    return found.astype({"n_others": "int64"})


def _others(now: pd.DataFrame, until: pd.DataFrame, level: float) -> dict[str, list]:
    """Mean of the other clients of the same experience, and Student's t over them."""
    told: dict[str, list] = {"n_others": [], "others": [], "others_low": [], "others_high": []}
    for row in now.itertuples():
        alike = until["experience"].eq(row.experience) & until["client_id"].ne(row.client_id)
        values = until.loc[alike, "value"].dropna()
        n, mean, half = len(values), np.nan, np.nan
        if n >= FEW_CLIENTS:
            mean = values.mean()
            half = t.isf((1 - level) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n)
        ends = np.clip([mean - half, mean + half], 0, 1)
        for name, value in zip(told, (n, mean, *ends), strict=True):
            told[name].append(value)
    return told


def _verdicts(rows: pd.DataFrame) -> np.ndarray:
    value, low, high = (rows[name] for name in ("value", "low", "high"))
    target = rows["target"]
    return np.select(
        [target.isna(), value.isna(), low >= target, high < target, value >= target],
        ["no_target", "unknown", "met", "missed", "nearly_met"],
        "nearly_missed",
    )


def _steps(people: pd.DataFrame, rows: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Table ``programme_steps``."""
    parts = []
    owned = accounts.groupby("client_id")["account_id"].nunique()
    for place, step in enumerate(STEPS, start=1):
        if step == "listed":
            done = people.groupby(BLOCK)["account_id"].nunique()
            of = rows.set_index(BLOCK).index.get_level_values(0).map(owned)
            found = pd.DataFrame({"done": done}).reindex(pd.MultiIndex.from_frame(rows[BLOCK]))
            found["of"] = np.maximum(np.asarray(of, float), found["done"])
        else:
            groups = people.groupby(BLOCK)[step]
            found = pd.DataFrame({"done": groups.sum(min_count=1), "of": groups.count()})
        parts.append(found.reset_index().assign(step=step, place=place))
    table = pd.concat(parts, ignore_index=True)
    table["of"] = table["of"].where(table["of"] > 0)
    share = table["done"] / table["of"]
    state = np.select(
        [share.isna(), share >= DONE, share > 0], ["not_recorded", "done", "partly"], "not_done"
    )
    table = table.assign(state=state).sort_values([*BLOCK, "place"], ignore_index=True)
    return typed(table, "programme_steps")
