"""How often the selection audit finds planted gaming, and how often it asks the honest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab import scores, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.participation.selection_audit import audit
from crqlab.simulate.contact_selection import DOSES, gamed
from crqlab.simulate.raw import CODEBOOK

RATE = 0.05
BLOCK = ["client_id", "wave"]
WHO = [*BLOCK, "account_manager"]
BANDS, BAND_NAMES = [4, 9, 19, np.inf], ["5 to 9", "10 to 19", "20 or more"]
#: What an honest account manager's accounts truly score above another's: standard deviation.
HONEST_SD = 0.2
WORDS = {
    "late": "{:.0%} of the contacts signed off after the invitation",
    "swapped": "{:.0%} of the contacts exchanged",
    "share": "{:.0%} of the contacts left out",
    "roles": "{:.0%} of the contacts passed off as executives",
    "minutes": "{:.0%} of the answers filled in one after another",
    "scores": "answers raised by {:g} scale points, to 7 at most",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn."""

    seed: int
    panels: int
    clients: int


FULL = Settings(seed=9500, panels=6, clients=200)
QUICK = Settings(seed=9600, panels=1, clients=60)


def panels(settings: Settings) -> list[tuple[int, simulate.Panel]]:
    """Draw the clean panels, one at a time."""
    for number in range(settings.panels):
        seed = settings.seed + number
        yield seed, simulate.panel(clients=settings.clients, seed=seed)


def table(panel: simulate.Panel, book: Codebook, *, shift: int | None = None, **options):
    """Return the audit's table of a panel; with ``shift``, honest managers differ in scores."""
    people = scores.respondents(panel.responses, book)
    if shift is not None:
        owners = panel.accounts[["client_id", "account_id", "account_manager"]]
        people = people.merge(owners, on=["client_id", "account_id"])
        unit = people.groupby(["client_id", "account_manager"]).ngroup()
        own = np.random.default_rng(shift).normal(0, HONEST_SD, unit.max() + 1)
        people = people.assign(crq=people["crq"] + own[unit])
    return audit(
        panel.contacts, panel.responses, panel.accounts, people, rate=RATE, **options
    ).table


def clean(settings: Settings) -> pd.DataFrame:
    """Share of clients' waves in which anybody is asked anything, nobody having played.

    Nothing raised is true there, so this is the false discovery rate. One row per world:
    ``asked`` (the share), ``error`` (its Monte-Carlo error, clients being what is drawn),
    ``blocks`` (clients' waves), ``questions``.
    """
    book, found = yaml_documents.load(CODEBOOK, Codebook), []
    for seed, panel in panels(settings):
        worlds = {
            "nobody plays": table(panel, book),
            "and a quarter is signed off late anyway": table(panel, book, notice=10),
            f"and honest scores differ (SD {HONEST_SD:g})": table(panel, book, shift=seed),
        }
        for world, rows in worlds.items():
            block = rows.groupby(BLOCK)[["raised", "p"]].agg({"raised": "any", "p": "count"})
            found.append(block.reset_index().assign(world=world, seed=seed))
    blocks = pd.concat(found)
    blocks = blocks[blocks["p"] > 0]
    return blocks.groupby("world", sort=False).apply(_rate, include_groups=False)


def _rate(blocks: pd.DataFrame) -> pd.Series:
    share = blocks["raised"].mean()
    drawn = (blocks["raised"] - share).groupby([blocks["seed"], blocks["client_id"]]).sum()
    error = np.sqrt((drawn**2).sum()) / len(blocks)
    counts = {"blocks": len(blocks), "questions": blocks["p"].sum()}
    return pd.Series({"asked": share, "error": error, **counts})


def planted(settings: Settings, *, players: int = 1) -> pd.DataFrame:
    """Every game that somebody played: whether it was found, and what else was asked there.

    One row per player: ``topic``, ``dose``, ``n_accounts``, ``found``; ``false`` is the share
    of innocent questions among those raised in that client's wave (0 where none is).
    """
    book, found = yaml_documents.load(CODEBOOK, Codebook), []
    for seed, panel in panels(settings):
        for topic, dose in DOSES.items():
            game = gamed(panel, topic, dose=dose, players=players, seed=seed)
            rows = table(game.panel, book)
            played = rows.merge(game.truth[[*WHO, "n_accounts"]], on=WHO, suffixes=("_seen", ""))
            mine = played[(played["topic"] == topic) & played["p"].notna()]
            innocent = _innocent(rows, game.truth)
            mine = mine.merge(innocent, on=BLOCK)
            found.append(mine.assign(dose=dose, seed=seed, found=mine["raised"]))
    columns = ["seed", *WHO, "topic", "dose", "n_accounts", "found", "false"]
    return pd.concat(found, ignore_index=True)[columns]


def _innocent(rows: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Share of the raised questions of each client's wave that go to somebody innocent."""
    plays = pd.MultiIndex.from_frame(rows[WHO]).isin(pd.MultiIndex.from_frame(truth[WHO]))
    marks = rows[BLOCK].assign(raised=rows["raised"], false=rows["raised"] & ~plays)
    sums = marks.groupby(BLOCK, as_index=False).sum()
    return sums[BLOCK].assign(false=sums["false"] / sums["raised"].clip(lower=1))


def power(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of games found: over all account managers, and by how many accounts they have."""
    band = pd.cut(rows["n_accounts"], BANDS, labels=BAND_NAMES)
    games = rows.groupby(["topic", "dose"], sort=False)
    bands = rows.assign(band=band).pivot_table(
        index=["topic", "dose"], columns="band", values="found", observed=False
    )
    share, n = games["found"].mean(), games.size()
    return (
        bands[BAND_NAMES]
        .assign(
            all=share, error=np.sqrt(share * (1 - share) / n), games=n, false=games["false"].mean()
        )
        .reindex(share.index)
    )


def section(settings: Settings = FULL) -> str:
    """Measure and return the page's section as Markdown."""
    honest, games = clean(settings), power(planted(settings))
    together = power(planted(settings, players=2))
    head = _HEAD.format(
        panels=settings.panels,
        clients=settings.clients,
        first=settings.seed,
        last=settings.seed + settings.panels - 1,
        rate=RATE,
    )
    lines = [head, "| world | something is asked | error | clients' waves | questions | promise |"]
    lines += ["| --- | ---: | ---: | ---: | ---: | --- |"]
    lines += [
        f"| {world} | {row.asked:.1%} | {row.error:.1%} | {row.blocks:,.0f} "
        f"| {row.questions:,.0f} | {'**missed**' if world in misses(honest) else 'kept'} |"
        for world, row in honest.iterrows()
    ]
    lines += [_ONE, *_games(games), _TWO, *_games(together)]
    return "\n".join(lines) + "\n"


def misses(honest: pd.DataFrame) -> list[str]:
    """Return the worlds in which honest account managers are asked too often, error allowed for."""
    return [str(world) for world, row in honest.iterrows() if row.asked - 2 * row.error > RATE]


def _games(games: pd.DataFrame) -> list[str]:
    heads = ["what was done", *[f"{name} accounts" for name in BAND_NAMES]]
    heads += ["all", "error", "games", "innocent among those asked"]
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    for (topic, dose), row in games.iterrows():
        cells = [WORDS[topic].format(dose)]
        cells += [f"{row[name]:.0%}" for name in [*BAND_NAMES, "all", "error"]]
        cells += [f"{row['games']:,.0f}", f"{row['false']:.1%}"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


_HEAD = """## Does the selection audit ask the right people?

{panels} panels of {clients} clients, three waves, seeds {first} to {last}. Questions of one
client and wave are one family, at a false discovery rate of {rate:.0%}.

Where nobody plays, every question raised is a false one: the share of clients' waves in which
anything is asked at all must stay at or below {rate:.0%}.
"""
_ONE = """
One account manager of a client plays one game in a wave. Found means that the question about that
game is raised for that account manager; with few accounts much stays unseen, and an audit without
questions is no proof of anything. The last column is the false discovery rate in those clients'
waves.
"""
_TWO = """
Two play the same game. What the others do is taken as honest custom, so players hide each other,
most of all where nobody else is left; and by contrast an innocent third may stand out.
"""
