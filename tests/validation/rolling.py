"""How often the state of all accounts holds the truth, where waves ask slices of them, or pulses.

The truth of a quarter is what the people of all the client's accounts answer on average, asked or
not. In worlds without change every client and account stays what it is: whatever is called a
change there is false.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab import participation, scores, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.wave_entries import Wave
from crqlab.simulate.options import PULSE, Options
from crqlab.simulate.raw import CODEBOOK

MEASURES = ("crq", "nps", "mean_ltr")
KEYS = ["client_id", "wave"]
PROMISED, FALSE = (0.93, 0.97), 0.05
#: Slices a year and pulses after each, by the name of the world.
WORLDS = {"a quarter of the accounts each quarter": (4, 0), "half-years with pulses": (2, 1)}


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn: panels of each world, and their clients."""

    seed: int
    panels: int
    clients: int
    draws: int = 200


FULL = Settings(seed=21000, panels=3, clients=40)
QUICK = Settings(seed=21900, panels=1, clients=10, draws=60)


def book_of(options: Options) -> Codebook:
    """Return the demo's codebook with what it says of the waves of a programme."""
    brief = (*PULSE, "ltr")
    waves = {
        name: Wave(slice=True, items=brief if short else None)
        for name, short in zip(options.periods, options.short, strict=True)
    }
    book = yaml_documents.load(CODEBOOK, Codebook)
    return book.model_copy(update={"waves": waves})


def states(settings: Settings) -> pd.DataFrame:
    """Return intervals of all worlds beside the truth, levels and changes."""
    return pd.concat(_each(settings), ignore_index=True)


def _each(settings: Settings) -> Iterator[pd.DataFrame]:
    for world, (slices, pulses) in WORLDS.items():
        for change in ("drift", "none"):
            for number in range(settings.panels):
                drawn = simulate.panel(
                    clients=settings.clients, waves=(2024, 2025), slices=slices, pulses=pulses,
                    seed=settings.seed + number, nonresponse="random", churn="random",
                    change=change,
                )  # fmt: skip
                rows = _told(drawn, settings)
                yield rows.assign(world=world, change=change, panel=number)


def _told(drawn: simulate.Panel, settings: Settings) -> pd.DataFrame:
    """What stations 20 and 30 say of a panel, and what is true of the same accounts."""
    book = book_of(drawn.options)
    people = scores.respondents(drawn.responses, book)
    became = participation.dispositions(drawn.contacts, drawn.responses, drawn.accounts).table
    models = scores.account_models(people, drawn.responses, book)
    known = (became, drawn.outcomes, models, book)
    found = scores.rolling(people, drawn.responses, *known, draws=settings.draws)
    current = scores.current_accounts(became, drawn.outcomes, drawn.responses, book)
    every = drawn.true_accounts.merge(current, on=[*KEYS, "account_id"])
    truth = every.groupby(KEYS)[list(MEASURES)].mean()
    parts = []
    for kind, rows in (("state", found.table), ("change", found.changes)):
        rows = rows[rows["measure"].isin(MEASURES)].reset_index(drop=True)
        true = _true(truth, rows, "wave")
        true = true - _true(truth, rows, "from_wave") if kind == "change" else true
        short = rows["wave"].isin([n for n, one in book.waves.items() if one.items])
        told = rows.get("verdict", pd.Series("", index=rows.index)).isin(["higher", "lower"])
        columns = rows[["client_id", "measure", "value", "low", "high"]]
        parts.append(columns.assign(kind=kind, true=true, pulse=short, told=told))
    return pd.concat(parts, ignore_index=True)


def _true(truth: pd.DataFrame, rows: pd.DataFrame, wave: str) -> np.ndarray:
    wide = truth.reset_index().melt(KEYS, var_name="measure").set_index([*KEYS, "measure"])["value"]
    key = pd.MultiIndex.from_arrays([rows["client_id"], rows[wave], rows["measure"]])
    return wide.reindex(key).to_numpy(float)


def covered(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage with its error, clients being the draws, and typical width, by world and kind."""
    rows = rows[(rows["change"] == "drift") & rows["true"].notna()]
    held = (rows["low"] <= rows["true"]) & (rows["true"] <= rows["high"])
    rows = rows.assign(held=held, width=rows["high"] - rows["low"])
    keys = ["world", "kind", "measure"]
    whole = rows.groupby(keys, sort=False).agg(
        covered=("held", "mean"), intervals=("held", "size"), width=("width", "median"),
        bias=("value", "mean"), true=("true", "mean"),
    )  # fmt: skip
    clients = rows.groupby([*keys, "panel", "client_id"], sort=False)["held"].mean()
    error = clients.groupby(keys, sort=False).sem()
    return whole.assign(error=error, bias=whole["bias"] - whole["true"]).drop(columns="true")


def false_changes(rows: pd.DataFrame) -> pd.Series:
    """Share of comparisons in which a change is told where nothing has changed, by world."""
    same = rows[(rows["change"] == "none") & (rows["kind"] == "change")]
    return same.groupby("world", sort=False)["told"].mean()


def misses(rows: pd.DataFrame) -> list[str]:
    """Return the promises that are not kept, beyond three standard errors."""
    table, false = covered(rows), false_changes(rows)
    low, high = PROMISED
    off = [
        " ".join(map(str, key))
        for key, row in table[table.index.get_level_values("kind") == "state"].iterrows()
        if not low - 3 * row["error"] <= row["covered"] <= high + 3 * row["error"]
    ]
    return [*off, *(f"false changes, {world}" for world in false.index[false > FALSE])]


def section(settings: Settings, rows: pd.DataFrame) -> str:
    """What the page says."""
    lines = [
        f"| {world} | {kind} | {measure} | {row.covered:.1%} | {row.error:.1%} | "
        f"{row.bias:+.3f} | {row.width:.2f} | {row.intervals:,} |"
        for (world, kind, measure), row in covered(rows).iterrows()
    ]
    false = ", ".join(f"{share:.1%} ({world})" for world, share in false_changes(rows).items())
    kept = "kept" if not misses(rows) else "**missed**: " + "; ".join(misses(rows))
    return "\n".join(
        [
            "## Does the state of all accounts hold in slices and pulses?",
            "",
            f"{settings.panels} panels of {settings.clients} clients a world, eight quarters, "
            f"seeds {settings.seed} to {settings.seed + settings.panels - 1}. Truth is the mean",
            "of all current accounts, asked or not; errors take clients as the draws. Promised: "
            f"{PROMISED[0]:.0%} to {PROMISED[1]:.0%} of the states,",
            f"and at most {FALSE:.0%} false changes: {kept}.",
            "",
            "| world | of | measure | covered | error | bias | width | intervals |",
            "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
            *lines,
            "",
            f"Where nothing changes, a change is told in {false} of the comparisons.",
        ]
    )
