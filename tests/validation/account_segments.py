"""How often an account is in the segment that it is shown in, and has moved where it says so.

The panel's truth knows what all people of an account would answer on average, hence its true
segment. What the stations make of the few who answered is held against it.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from crqlab import responses, scores, segments, simulate
from crqlab.base.study import Study

KEYS = ["client_id", "wave", "account_id"]
ACCOUNT = ["client_id", "account_id"]
BY_ANSWERS = {"one answer": (1, 1), "2": (2, 2), "3 and 4": (3, 4), "5 or more": (5, np.inf)}
NAMES = segments.starting().names


@dataclass(frozen=True, slots=True)
class Settings:
    """Which panel is judged: how many clients, and whether exports carry dirt."""

    clients: int
    seed: int = simulate.SEED
    dirt: bool = True
    draws: int = 200


FULL = Settings(clients=150)
QUICK = Settings(clients=40, dirt=False, draws=100)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """People who answered, and the truth of the accounts that they belong to."""

    people: pd.DataFrame
    responses: pd.DataFrame
    truth: pd.DataFrame


def heard(settings: Settings) -> Heard:
    """Draw a panel, read it as any study is read, and score its people."""
    with tempfile.TemporaryDirectory() as folder:
        simulate.write(
            Path(folder), clients=settings.clients, seed=settings.seed, dirt=settings.dirt
        )
        study = Study("demo", Path(folder))
        raw = responses.read(study)
        found = responses.flags(raw, study.codebook)
        checked = responses.decide(raw, found, responses.decisions(study))
        people = scores.respondents(checked.responses, study.codebook)
        truth = pd.read_csv(study.raw / "truth" / "accounts.csv", dtype=dict.fromkeys(KEYS, str))
    return Heard(people, checked.responses, truth)


def shown(given: Heard, settings: Settings) -> pd.DataFrame:
    """What the stations show: one row per account and wave with answers.

    ``n``, ``true`` and shown ``segment``, its ``p``, the same as known ``then`` (``p_then``),
    the segment of the ``plain`` means, and a column for the probability of each segment.
    """
    rules, book = segments.starting(), _book()
    accounts = scores.accounts(given.people, book)
    fitted = scores.account_models(given.people, given.responses, book)
    expected = scores.posterior(given.people, given.responses, fitted, book)
    models = segments.account_models(given.people, given.responses, rules, (fitted, expected))
    whole, then = models.posteriors(rules, draws=settings.draws)
    told = segments.likeliest(accounts, whole, rules)[["segment", "p"]]
    before = segments.likeliest(accounts, then, rules)
    shares = pd.DataFrame(whole.shares[whole.of(accounts)], columns=list(rules.names))
    rows = accounts[KEYS].assign(
        n=accounts["n"],
        plain=segments.assign(accounts, rules)["segment"],
        then=before["segment"],
        p_then=before["p"],
    )
    rows = pd.concat([rows, told, shares], axis=1).dropna(subset=["p", "plain"])
    truth = given.truth[[*KEYS, "segment"]].rename(columns={"segment": "true"})
    return rows.merge(truth, on=KEYS)


def _book():
    from crqlab.base import yaml_documents
    from crqlab.base.codebook import Codebook
    from crqlab.simulate.raw import CODEBOOK

    return yaml_documents.load(CODEBOOK, Codebook)


def right(rows: pd.DataFrame, column: str = "segment") -> pd.Series:
    """Share of accounts whose segment is the true one, by how many of their people answered."""
    hit = rows[column] == rows["true"]
    bands = {"all": (1, np.inf), **BY_ANSWERS}
    return pd.Series({name: hit[rows["n"].between(*ends)].mean() for name, ends in bands.items()})


def mixes(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares of the segments: shown labels, summed probabilities, truth; one row each."""
    table = pd.DataFrame(
        {
            "plain": rows["plain"].value_counts(normalize=True),
            "shown": rows["segment"].value_counts(normalize=True),
            "summed": rows[list(NAMES)].mean(),
            "true": rows["true"].value_counts(normalize=True),
        }
    )
    return table.reindex(list(NAMES)).fillna(0.0)


def stays(rows: pd.DataFrame, columns: tuple[str, ...] = ("true", "plain", "segment")):
    """Share of accounts with the same segment in two waves of which both brought answers."""
    waves = {wave: place for place, wave in enumerate(sorted(rows["wave"].unique()))}
    placed = rows.assign(place=rows["wave"].map(waves))
    before = placed[[*ACCOUNT, "place", *columns]].assign(place=placed["place"] + 1)
    both = placed.merge(before, on=[*ACCOUNT, "place"], suffixes=("", "_before"))
    return pd.Series({name: (both[name] == both[f"{name}_before"]).mean() for name in columns})


def calibration(rows: pd.DataFrame, *, p: str = "p", segment: str = "segment") -> pd.DataFrame:
    """How often a segment is the true one beside how often that was told, by answers and P."""
    bands = pd.cut(rows[p], [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0], include_lowest=True)
    groups = pd.cut(rows["n"], [0, 1, 2, 4, np.inf], labels=list(BY_ANSWERS))
    hit = (rows[segment] == rows["true"]).astype(float)
    table = pd.DataFrame({"told": rows[p], "true": hit, "answers": groups, "band": bands})
    found = table.groupby(["answers", "band"], observed=True)
    means = found[["told", "true"]].mean().assign(accounts=found.size())
    error = np.sqrt(means["true"] * (1 - means["true"]) / means["accounts"])
    return means.assign(error=error).reset_index()


def section(settings: Settings, rows: pd.DataFrame) -> str:
    """Return the page's section on segments of accounts."""
    shares = mixes(rows)
    apart = (shares[["plain", "summed"]].sub(shares["true"], axis=0)).abs().max()
    stayed = stays(rows)
    ways = {"by plain means": "plain", "shown": "segment", "shown, as then known": "then"}
    found = {name: right(rows, column) for name, column in ways.items()}
    lines = [f"| {name} | {' | '.join(f'{v:.1%}' for v in row)} |" for name, row in found.items()]
    told = calibration(rows).groupby("answers", observed=True).apply(_pooled, include_groups=False)
    return _SECTION.format(
        clients=settings.clients,
        seed=settings.seed,
        rows=f"{len(rows):,}",
        bands=" | ".join(["all", *BY_ANSWERS]),
        rule=" | ".join(["---:"] * (1 + len(BY_ANSWERS))),
        right="\n".join(lines),
        kinds="\n".join(_kinds(rows)),
        plain=100 * apart["plain"],
        apart=100 * apart["summed"],
        stayed="\n".join(f"| {name} | {share:.3f} |" for name, share in stayed.items()),
        told="\n".join(
            f"| {r.Index} | {r.told:.3f} | {r.true:.3f} | {r.accounts:,.0f} |"
            for r in told.itertuples()
        ),
    )


def _pooled(rows: pd.DataFrame) -> pd.Series:
    weight = rows["accounts"] / rows["accounts"].sum()
    means = {name: (rows[name] * weight).sum() for name in ("told", "true")}
    return pd.Series({**means, "accounts": rows["accounts"].sum()})


def _kinds(rows: pd.DataFrame) -> list[str]:
    shares = mixes(rows)
    hit = (rows["segment"] == rows["true"]).groupby(rows["segment"]).mean()
    plain = (rows["plain"] == rows["true"]).groupby(rows["plain"]).mean()
    return [
        f"| {name} | {row.plain:.1%} | {row.shown:.1%} | {row.summed:.1%} | {row.true:.1%} "
        f"| {plain.get(name, 0):.0%} | {hit.get(name, 0):.0%} |"
        for name, row in zip(shares.index, shares.itertuples(index=False), strict=True)
    ]


_SECTION = """
## Is an account in the segment that it is shown in?

A panel of {clients} clients with the dirt of real exports, seed {seed}: {rows} accounts and waves
with answers. *True* is the segment of what all people of the account would answer on average.

| the true segment is | {bands} |
| --- | {rule} |
{right}

| segment | plain means | shown | summed probabilities | true | plain ones right | shown right |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
{kinds}

Summed probabilities, which are what pages show as the mix, are up to {apart:.1f} points away from
the truth, segments of plain means up to {plain:.1f}.

| segment of the same account | is the same in two waves |
| --- | ---: |
{stayed}

Probability of the shown segment, and how often it came true:

| answers | told | came true | accounts |
| --- | ---: | ---: | ---: |
{told}
"""
