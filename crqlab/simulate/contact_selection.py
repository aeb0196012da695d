"""Account managers who choose what their contacts say: planted into a clean panel, with truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crqlab.base.errors import CrqError, one_of
from crqlab.simulate import model
from crqlab.simulate.options import SEED
from crqlab.simulate.panel_simulation import Panel

#: What can be planted, and how much of it by default: a share of the contacts (late, swapped,
#: share: left out; roles: passed off as executives), of the answers (minutes), scale points.
DOSES = {"late": 0.3, "swapped": 0.5, "share": 0.4, "roles": 0.5, "minutes": 0.5, "scores": 1.5}
KEY = ["client_id", "wave", "account_id"]
BLOCK = KEY[:2]
#: Seconds between two answers that one person fills in.
PACE = 180


@dataclass(frozen=True, slots=True, eq=False)
class Gamed:
    """A panel in which some account managers play a game.

    Attributes
    ----------
    panel : Panel
        As drawn, but for what they did.
    truth : DataFrame, one row per account manager who plays
        ``client_id``, ``wave``, ``account_manager``, ``topic``, ``dose``, ``n_accounts``.
    """

    panel: Panel
    truth: pd.DataFrame

    def __str__(self) -> str:
        return f"{self.panel}; {len(self.truth)} account managers play a game in some wave"


def gamed(
    panel: Panel,
    topic: str,
    *,
    dose: float | None = None,
    share: float = 0.5,
    players: int = 1,
    least: int = 5,
    seed: int = SEED,
) -> Gamed:
    """Let some account managers play one game.

    Parameters
    ----------
    panel : Panel
        Stays as it is.
    topic : {"late", "swapped", "share", "roles", "minutes", "scores"}
        Which game: contacts signed off after the invitation; contacts of the wave before
        exchanged for new ones; contacts left out; contacts passed off as executives; answers
        filled in one after another; answers raised. Contacts are exchanged in the last wave only.
    dose : float, optional
        How much of it; see `DOSES`.
    share : float
        Share of clients' waves in which somebody plays, in [0, 1].
    players : int
        How many play there, one always being left who does not.
    least : int
        Accounts with an invited contact that somebody needs to play.
    seed : int

    Returns
    -------
    Gamed

    Raises
    ------
    CrqError
        An unknown topic, or a share outside 0 to 1.

    Examples
    --------
    >>> from crqlab.simulate import panel
    >>> late = gamed(panel(clients=3, waves=(2025,)), "late", share=1)
    >>> bool((late.panel.contacts["signed_off_on"] > late.panel.contacts["invited_on"]).any())
    True
    """
    one_of("topic=", topic, DOSES)
    if not 0 <= share <= 1:
        raise CrqError(f"share= is {share}; it must lie in 0 to 1. Use 0.1 for every tenth wave.")
    rng = np.random.default_rng([seed, list(DOSES).index(topic)])
    dose = DOSES[topic] if dose is None else dose
    held, able = _able(panel, topic, least)
    truth = _chosen(able, share, players, rng)
    guilty = held.merge(truth, on=[*BLOCK, "account_manager"])[[*KEY, "account_manager"]]
    games: Mapping[str, Callable] = {
        "late": _late,
        "swapped": _swapped,
        "share": _left_out,
        "roles": _promoted,
        "minutes": _filled_in,
        "scores": _raised,
    }
    changed = games[topic](panel.contacts, panel.responses, guilty, dose, rng)
    contacts, responses = changed
    played = replace(panel, contacts=contacts, responses=responses)
    return Gamed(played, truth.assign(topic=topic, dose=dose))


def _able(panel: Panel, topic: str, least: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts with an invited contact by wave and owner, and the owners who could play."""
    invited = panel.contacts.loc[panel.contacts["invited"], KEY].drop_duplicates()
    owners = panel.accounts[["client_id", "account_id", "account_manager"]]
    held = invited.merge(owners, on=["client_id", "account_id"])
    managers = held.groupby([*BLOCK, "account_manager"], as_index=False).size()
    managers = managers.rename(columns={"size": "n_accounts"})
    rivals = managers.groupby(BLOCK)["n_accounts"].transform("size")
    waves = managers.groupby("client_id")["wave"]
    last = (managers["wave"] == waves.transform("max")) & (waves.transform("nunique") > 1)
    able = (rivals > 1) & (managers["n_accounts"] >= least) & (last | (topic != "swapped"))
    return held, managers.assign(rivals=rivals)[able]


def _chosen(able: pd.DataFrame, share: float, players: int, rng) -> pd.DataFrame:
    """Draw clients' waves, and in each of them who plays."""
    block = able.groupby(BLOCK).ngroup().to_numpy()
    played = rng.random(block.max(initial=-1) + 1) < share
    turn = pd.Series(rng.random(len(able)), able.index).groupby(block).rank()
    plays = played[block] & (turn <= np.minimum(players, able["rivals"] - 1)).to_numpy()
    return able[plays].drop(columns="rivals").reset_index(drop=True)


def _of(rows: pd.DataFrame, accounts: pd.DataFrame) -> np.ndarray:
    """Which rows belong to accounts of somebody who plays."""
    return pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(accounts[KEY]))


def _some(rows: pd.DataFrame, guilty: pd.DataFrame, dose: float, rng) -> np.ndarray:
    return _of(rows, guilty) & (rng.random(len(rows)) < dose)


def _late(contacts, responses, guilty, dose, rng):
    late = _some(contacts, guilty, dose, rng) & contacts["invited"].to_numpy()
    after = contacts["invited_on"] + pd.Timedelta(days=1)
    return contacts.assign(signed_off_on=contacts["signed_off_on"].mask(late, after)), responses


def _swapped(contacts, responses, guilty, dose, rng):
    """Give chosen people a new id in this wave, here and in their answers."""
    chosen = _some(contacts, guilty, dose, rng) & contacts["invited"].to_numpy()
    people = pd.MultiIndex.from_frame(contacts.loc[chosen, [*KEY, "contact_id"]])

    def renamed(rows: pd.DataFrame) -> pd.DataFrame:
        theirs = pd.MultiIndex.from_frame(rows[[*KEY, "contact_id"]]).isin(people)
        other = rows["contact_id"] + "-" + rows["wave"]
        return rows.assign(contact_id=rows["contact_id"].mask(theirs, other))

    return renamed(contacts), renamed(responses)


def _left_out(contacts, responses, guilty, dose, rng):
    out = _some(contacts, guilty, dose, rng)
    dates = {name: contacts[name].mask(out) for name in ("invited_on", "signed_off_on")}
    people = pd.MultiIndex.from_frame(contacts.loc[out, [*BLOCK, "contact_id"]])
    gone = pd.MultiIndex.from_frame(responses[[*BLOCK, "contact_id"]]).isin(people)
    invited = contacts["invited"].to_numpy() & ~out
    return contacts.assign(invited=invited, **dates), responses[~gone].reset_index(drop=True)


def _promoted(contacts, responses, guilty, dose, rng):
    chosen = _some(contacts, guilty, dose, rng)
    people = pd.MultiIndex.from_frame(contacts.loc[chosen, [*BLOCK, "contact_id"]])
    theirs = pd.MultiIndex.from_frame(responses[[*BLOCK, "contact_id"]]).isin(people)
    top = model.ROLES[0]
    return (
        contacts.assign(role=contacts["role"].mask(chosen, top)),
        responses.assign(role=responses["role"].mask(theirs, top)),
    )


def _filled_in(contacts, responses, guilty, dose, rng):
    """Move chosen answers behind the first one of the account manager's, a few minutes apart."""
    chosen = np.flatnonzero(_some(responses, guilty, dose, rng))
    rows = responses.iloc[chosen]
    owner = guilty.assign(owner=guilty.groupby([*BLOCK, "account_manager"]).ngroup())
    sitting = rows[KEY].merge(owner, on=KEY, how="left")["owner"].to_numpy()
    started = rows["started"].groupby(sitting)
    seconds = PACE * started.cumcount() + rng.integers(0, 60, len(rows))
    at = started.transform("first") + pd.to_timedelta(seconds, unit="s")
    moved = responses["started"].copy()
    moved.iloc[chosen] = at.to_numpy()
    return contacts, responses.assign(started=moved)


def _raised(contacts, responses, guilty, dose, rng):
    theirs = _of(responses, guilty)
    items = list(model.ITEMS)
    added = np.floor(dose + rng.random((len(responses), len(items))))
    answers = responses[items].to_numpy(float)
    higher = np.where(theirs[:, None], np.minimum(answers + added, 7), answers)
    ltr = (responses["ltr"] + np.round(dose)).clip(upper=10)
    changed = dict(zip(items, higher.T, strict=True))
    return contacts, responses.assign(**changed, ltr=responses["ltr"].mask(theirs, ltr))
