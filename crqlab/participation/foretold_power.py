"""How likely changes of CRQ and NPS will be seen in the next wave, told before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab.base.contracts.frames import empty, from_records
from crqlab.base.instrument import Scale
from crqlab.base.results import Result
from crqlab.base.standards import RELIABLE
from crqlab.base.waves import latest
from crqlab.participation import foretold_widths
from crqlab.participation.foretold_widths import Past
from crqlab.participation.invitation_costs import next_quarter
from crqlab.participation.quarterly_invitations import InvitationRules, Invitations
from crqlab.stats import wave_power
from crqlab.stats.wave_power import Alike, Waves

LIKELY = 0.8  # the chance that is wished of a change worth seeing
NPS_STEP = 10.0  # points
STEP = 0.05  # of the answer scale: 0.3 points from 1 to 7
#: Where no model tells: correlation of accounts and of people a year apart, our own proposals.
ASSUMED = (0.8, 0.5)
ANSWERS, STATE = "paired_account_t", "all_accounts"
_SCORES = {"crq": "crq", "nps": "ltr"}


@dataclass(frozen=True, slots=True, eq=False)
class ChangePower(Result):
    """What changes will be seen, and how many voices an account needs.

    Attributes
    ----------
    table : DataFrame
        Table ``change_power``.
    voices : DataFrame
        Table ``account_voices``: contacts that an account needs to be read by itself.
    """

    table: pd.DataFrame
    voices: pd.DataFrame

    def of(self, client: str) -> ChangePower:
        """Return the rows of one client."""
        return ChangePower(
            *(p[p["client_id"] == client].reset_index(drop=True) for p in (self.table, self.voices))
        )

    def __str__(self) -> str:
        rows = self.table[(self.table["measure"] == "nps") & self.table["power"].notna()]
        if rows.empty:
            return "How likely a change will be seen cannot be told: no client has enough answers"
        whose = "" if len(rows) == 1 else " in the middle client"
        return (
            f"A change of {rows['change'].iloc[0]:.0f} NPS points will be seen with probability "
            f"{rows['power'].median():.2f}{whose}; one of {rows['detectable'].median():.0f} with "
            f"{LIKELY}"
        )


def change_power(
    invitations: Invitations,
    respondents: pd.DataFrame,
    scale: Scale,
    *,
    rules: InvitationRules | None = None,
) -> ChangePower:
    """Foretell with what chance a change since the last wave will be seen.

    Where everybody of the plan is asked in one wave, the change is that of all answers, tested as
    in table ``changes``, and accounts and people that are asked again count as far as they keep
    what they were. Where a slice is asked at a time, it is the change of all accounts since a year
    before (or the last wave), as in table ``rolling_changes``.

    Parameters
    ----------
    invitations : Invitations
    respondents : DataFrame
        Table ``respondents``.
    scale : Scale
        Of the instrument: a change of CRQ by a twentieth of it is asked for.
    rules : InvitationRules, optional
        Its ``level`` and ``seed``.

    Returns
    -------
    ChangePower

    References
    ----------
    Kish (1965), Survey Sampling, section 12.4; Cohen (1988), Statistical Power Analysis.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("contacts", "responses", "accounts", "respondents")
    >>> given = [study.read(name) for name in names]
    >>> plan = crq.participation.plan(given[2], *given[:2], given[3])
    >>> became = study.read("dispositions"), study.read("outcomes")
    >>> asked = crq.participation.invitations(plan, *given, *became)
    >>> scale = study.codebook.instrument.scale
    >>> print(crq.participation.change_power(asked, given[3], scale))
    A change of 10 NPS points will be seen with probability ...
    """
    rules = rules or InvitationRules()
    if invitations.table.empty:
        return ChangePower(empty("change_power"), empty("account_voices"))
    known = invitations.past
    steps = {"crq": STEP * (scale.high - scale.low), "nps": NPS_STEP}
    steps = {name: steps[name] for name in invitations.plan.expected.spread}
    rows = _of_answers(invitations, respondents, known, steps, rules)
    if known is not None and (some := _in_slices(invitations)):
        rows = [row for row in rows if row["client_id"] not in some]
        rows += _of_states(invitations, known, steps, rules, some)
    table = from_records(rows, "change_power")
    most = table["measure"].map({"crq": scale.high - scale.low, "nps": 200.0})
    table["detectable"] = table["detectable"].where(table["detectable"] <= most)
    table = table.sort_values(["client_id", "measure"], ignore_index=True)
    return ChangePower(table, _voices(invitations))


def _in_slices(invitations: Invitations) -> set[str]:
    """Clients whose figures are those of all accounts."""
    told = invitations.plan.precision
    return set(told.loc[told["flag"].str.contains("state_of_all_accounts"), "client_id"])


def _of_answers(
    invitations: Invitations,
    respondents: pd.DataFrame,
    known: Past | None,
    steps: dict[str, float],
    rules: InvitationRules,
) -> list[dict]:
    """Changes of all answers, client by client and measure."""
    people = respondents[latest(respondents)]
    asked = invitations.table[invitations.table["quarter"] > 0]
    expected, found = invitations.plan.expected, []
    for client, own in asked.groupby("client_id"):
        mine = people[people["client_id"] == client]
        rate = float(expected.completion.get(client, expected.average))
        for measure, step in steps.items():
            answered = mine[mine[_SCORES[measure]].notna()]
            if answered.empty or not rate > 0:
                continue
            kept, assumed = _kept(known, measure)
            alike = Alike(*expected.spread[measure], *kept)
            waves = _waves(answered, own, rate)
            code = "persistence_assumed" if assumed else "ok"
            found.append(
                {"client_id": client, "measure": measure, "from_wave": mine["wave"].iloc[0],
                 "starts": own["starts"].min(), "change": step, "method": ANSWERS, "flag": code,
                 "n_accounts": int((waves.contacts > 0).sum()), "level": rules.level,
                 **_told(waves, alike, step, rules.level)}
            )  # fmt: skip
    return found


def _told(waves: Waves, alike: Alike, step: float, level: float) -> dict[str, float]:
    power = wave_power.power(waves, alike, step, level=level)
    told = {"power": power, "power_all": power}
    if power == power:
        told["detectable"] = wave_power.detectable(waves, alike, LIKELY, level=level)
        for name, of in (
            ("more_accounts", wave_power.more_accounts),
            ("accounts_both", wave_power.wider_waves),
        ):
            n = of(waves, alike, step, LIKELY, level=level)
            told[name] = n if np.isfinite(n) else np.nan
    return told


def _waves(answered: pd.DataFrame, asked: pd.DataFrame, rate: float) -> Waves:
    before = answered.groupby("account_id").size()
    later = asked.groupby("account_id").size()
    both = before.index.union(later.index)
    again = rate * answered["contact_id"].dropna().isin(asked["contact_id"]).sum()
    return Waves(
        before.reindex(both, fill_value=0).to_numpy(float),
        later.reindex(both, fill_value=0).to_numpy(float),
        rate,
        float(again),
    )


def _kept(known: Past | None, measure: str) -> tuple[tuple[float, float], bool]:
    """Correlation of accounts, and of people, a year apart; whether it is assumed."""
    name = _SCORES[measure]
    if known is None or name not in known.model.scores:
        return ASSUMED, True
    place = known.model.scores.index(name)
    return (float(known.model.score_rho[place]), float(known.model.person_share[place])), False


def _of_states(
    invitations: Invitations,
    known: Past,
    steps: dict[str, float],
    rules: InvitationRules,
    some: set[str],
) -> list[dict]:
    """Changes of all accounts since a year before, as the account model will tell them.

    With the posterior variance v of a change whose prior one is T, the expected change moves by
    k = 1 - v / T of what is true and varies by k v.
    """
    table = invitations.table
    alive = ~table["flag"].str.contains("account_lost")
    people = table[table["client_id"].isin(some) & alive].reset_index(drop=True)
    people = people.assign(quarter=people["quarter"] - 1)
    first, rows = next_quarter(people), people[["client_id", "account_id"]].drop_duplicates()
    expected, found = invitations.plan.expected, []
    for q, own in first.groupby(first):
        mine = people[people["client_id"].isin(own.index)]
        day = pd.DatetimeIndex([mine.loc[mine["quarter"] == q, "starts"].iloc[0]])
        counted = rows[rows["client_id"].isin(own.index)].reset_index(drop=True)
        rate = expected.completion.reindex(own.index).fillna(expected.average)
        rested = mine["ready_on"].isna() | (mine["ready_on"] <= day[0])
        may = rested & ~mine["flag"].str.contains("invitation_bounced|left_the_account")
        told = {
            name: foretold_widths.change_errors(
                known, counted, mine[kept].assign(quarter=0), day, rate, seed=rules.seed
            )
            for name, kept in (("power", mine["quarter"] == q), ("power_all", may))
        }
        n = mine[mine["quarter"] == q].groupby("client_id")["account_id"].nunique()
        found += _states(told, own.index, n, steps, day[0], rules)
    return found


def _states(
    told: dict[str, pd.DataFrame],
    clients: pd.Index,
    n: pd.Series,
    steps: dict[str, float],
    day: pd.Timestamp,
    rules: InvitationRules,
) -> list[dict]:
    found = []
    for client in clients:
        for measure, step in steps.items():
            row = {"client_id": client, "measure": measure, "starts": day, "change": step,
                   "n_accounts": int(n.get(client, 0)), "method": STATE, "level": rules.level,
                   "flag": "state_of_all_accounts"}  # fmt: skip
            for name, errors in told.items():
                if client in errors.index and measure in errors:
                    one = errors.loc[client]
                    row["from_wave"] = one["from_wave"]
                    row[name] = state_power(one[measure], one[f"{measure}_kept"], step, rules.level)
            if row.get("power", np.nan) == row.get("power", np.nan):
                one = told["power"].loc[client]
                row["detectable"] = _seen_at(one[measure], one[f"{measure}_kept"], rules.level)
            found.append(row)
    return [row for row in found if "from_wave" in row]


def state_power(error: float, kept: float, step: float, level: float) -> float:
    """Return the chance that a change of all accounts is seen.

    Parameters
    ----------
    error : float
        Standard error that it will have.
    kept : float
        Share of a true change that the expected one moves by, in (0, 1].
    step : float
        The true change, in the unit of ``error``.
    level : float

    Examples
    --------
    >>> round(state_power(1.0, 1.0, 1.96, 0.95), 2)  # nothing known beforehand: half of them
    0.5
    >>> round(state_power(1.0, 0.5, 1.96, 0.95), 2)
    0.08
    """
    if not (error > 0 and kept > 0):
        return float("nan")
    beyond, away, spread = norm.ppf((1 + level) / 2), kept * step / error, np.sqrt(kept)
    return float(norm.sf((beyond - away) / spread) + norm.cdf((-beyond - away) / spread))


def _seen_at(error: float, kept: float, level: float) -> float:
    """The change that is seen with the chance that is wished, the other side left out."""
    beyond = norm.ppf((1 + level) / 2) + norm.ppf(LIKELY) * np.sqrt(kept)
    return float(beyond * error / kept) if kept > 0 else float("nan")


def _voices(invitations: Invitations) -> pd.DataFrame:
    """Table ``account_voices``."""
    expected = invitations.plan.expected
    needed = wave_power.voices(expected.spread["crq"][1], RELIABLE)
    table = invitations.table
    reached = ~table["flag"].str.contains("invitation_bounced|left_the_account|account_lost")
    counts = table[reached].groupby(["client_id", "account_id"]).size()
    found = []
    for client, own in counts.groupby("client_id"):
        rate = float(expected.completion.get(client, expected.average))
        enough = np.ceil(needed / rate) if rate > 0 and np.isfinite(needed) else np.nan
        found.append(
            {"client_id": client, "icc": expected.spread["crq"][1], "reliability": RELIABLE,
             "voices": np.ceil(needed) if np.isfinite(needed) else np.nan, "contacts": enough,
             "completion": rate, "n_accounts": len(own), "n_enough": int((own >= enough).sum()),
             "flag": "variance_assumed" if "variance of CRQ" in expected.assumed else "ok"}
        )  # fmt: skip
    return from_records(found, "account_voices")
