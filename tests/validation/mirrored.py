"""How many answers on a mirrored scale are found, and how many innocent ones are taken for such.

In clean panels of known truth one group of about forty answers (a client's wave in one language)
is asked, in part, on a scale that runs the other way: all items, or the recommendation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab import simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.instrument import Instrument
from crqlab.responses.mirrored_answers import flipped
from crqlab.simulate.raw import CODEBOOK

GROUP = ["client_id", "wave", "language"]
PARTS = {"a fifth": 0.2, "half": 0.5, "four fifths": 0.8, "all": 1.0}
#: How the mirrored part lies in its group: what the study knows of it.
WAYS = ("a link of its own", "one after another", "anyhow")
PROMISED, INNOCENT = 0.8, 0.001


@dataclass(frozen=True, slots=True)
class Settings:
    """Panels, and groups that are mirrored in each, one at a time."""

    panels: int
    clients: int
    groups: int
    seed: int = 9_900
    size: tuple[int, int] = (35, 45)


FULL = Settings(panels=6, clients=60, groups=4)
QUICK = Settings(panels=1, clients=40, groups=2)


def found(settings: Settings) -> pd.DataFrame:
    """One row per mirrored group: shares of its mirrored and of all innocent rows found."""
    asked = yaml_documents.load(CODEBOOK, Codebook).instrument
    rows = []
    for seed in range(settings.seed, settings.seed + settings.panels):
        answers = simulate.panel(clients=settings.clients, seed=seed).responses
        rng = np.random.default_rng(seed)
        innocent = _judged(answers, answers.index[:0], asked)
        rows.append({"turned": "nothing", "part": "", "way": "", **innocent})
        for group in _groups(answers, settings, rng):
            for turned in ("items", "ltr"):
                for part, share in PARTS.items():
                    for way in WAYS:
                        dirty, which = mirrored(answers, group, turned, share, way, asked, rng)
                        said = _judged(dirty, which, asked)
                        rows.append({"turned": turned, "part": part, "way": way, **said})
    return pd.DataFrame(rows)


def mirrored(
    answers: pd.DataFrame,
    group: pd.Index,
    turned: str,
    share: float,
    way: str,
    asked: Instrument,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.Index]:
    """The answers with a part of one group turned round, and which rows these are."""
    n = round(share * len(group))
    ordered = answers.loc[group].sort_values("started").index
    first = rng.integers(len(group) - n + 1)
    run = way == "one after another"
    which = ordered[first : first + n] if run else pd.Index(rng.permutation(group)[:n])
    dirty = answers.copy()
    if turned == "ltr":
        dirty.loc[which, "ltr"] = 10 - dirty.loc[which, "ltr"]
    else:
        both = asked.scale.low + asked.scale.high
        dirty.loc[which, list(asked.items)] = both - dirty.loc[which, list(asked.items)]
    if way == "a link of its own":
        dirty["batch"] = np.where(dirty.index.isin(which), "second", "first")
    return dirty, which


def _groups(answers: pd.DataFrame, settings: Settings, rng: np.random.Generator) -> list[pd.Index]:
    size = answers.groupby(GROUP)["response_id"].transform("size")
    fitting = answers[size.between(*settings.size)]
    each = list(fitting.groupby(GROUP).groups.values())
    return [each[k] for k in rng.permutation(len(each))[: settings.groups]]


def _judged(answers: pd.DataFrame, which: pd.Index, asked: Instrument) -> dict[str, float]:
    table, _ = flipped(answers, asked)
    rest = table["found"].str.contains("most_of_wave_turned")  # as the rule has it, no mistake
    said = table.index[(table["check"] == "flipped") & ~rest].unique()
    alone = table.index[table["check"] == "contradiction"]
    innocent = len(answers) - len(which)
    return {
        "n": len(which),
        "found": len(said.intersection(which)) / max(len(which), 1),
        "innocent": len(said.difference(which)) / innocent,
        "noticed": len(alone.difference(which)) / innocent,
    }


def misses(rows: pd.DataFrame) -> list[str]:
    """Promises that are not kept: half of a group, and the innocent everywhere."""
    half = rows[rows["part"] == "half"].groupby(["turned", "way"])["found"].mean()
    short = [f"mirrored {turned}, {way}" for (turned, way), got in half.items() if got < PROMISED]
    return short + ["innocent answers taken for mirrored"] * (_most_innocent(rows) >= INNOCENT)


def _most_innocent(rows: pd.DataFrame) -> float:
    return float(rows.groupby(["turned", "part", "way"])["innocent"].mean().max())


def section(settings: Settings, rows: pd.DataFrame) -> str:
    """What the page says."""
    clean = rows[rows["turned"] == "nothing"]
    table = rows[rows["turned"] != "nothing"]
    means = table.groupby(["turned", "way", "part"])[["found", "innocent"]].mean()
    errors = table.groupby(["turned", "way", "part"])["found"].sem()
    lines = [
        f"| {turned} | {way} | {part} | {row.found:.0%} | {errors[turned, way, part]:.0%} "
        f"| {row.innocent:.3%} |"
        for (turned, way, part), row in means.iterrows()
    ]
    kept = "kept" if not misses(rows) else "**missed**: " + "; ".join(misses(rows))
    low, high = settings.size
    return "\n".join(
        [
            "## Are answers on a mirrored scale found?",
            "",
            f"{settings.panels} panels of {settings.clients} clients, seeds {settings.seed} to "
            f"{settings.seed + settings.panels - 1}; in each, {settings.groups} groups of {low} to",
            f"{high} answers (one client, wave and language) are mirrored in part, one at a time. "
            "*A link of its own* is",
            "a batch that the export names; *anyhow* leaves nothing to go by but the answers. "
            "Innocent is the",
            "share of all other answers of the panel that are taken for mirrored. Promised: at "
            f"least {PROMISED:.0%} of a",
            f"mirrored half, and less than {INNOCENT:.1%} of the innocent: {kept}.",
            "",
            "| turned | how it lies in the group | part | found | error | innocent |",
            "| --- | --- | --- | ---: | ---: | ---: |",
            *lines,
            "",
            f"Where nothing is mirrored, {clean['innocent'].mean():.3%} of the answers are taken "
            f"for mirrored, and {clean['noticed'].mean():.2%} are noted",
            "as contradicting themselves (they count all the same).",
        ]
    )
