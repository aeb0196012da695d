"""What is said of clients with few accounts: intervals, and verdicts where nothing is true.

Clients of a panel without any change are cut into clients of exactly so many accounts; these
are drawn from the same accounts, so that the truth stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab import scores, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.simulate.raw import CODEBOOK

SIZES = (3, 4, 5, 8, 12, 30)
WAVES = (2024, 2025)
HEADLINE = ("crq", "nps")
TOP = 0.9
#: How many answers an account has: as drawn, two each, or one but for the unhappiest third.
SHAPES = ("as drawn", "equal", "unhappy giants")
GIANT = 6


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn."""

    seed: int
    clients: int
    sizes: tuple[int, ...] = SIZES
    draws: int = 1000
    most: int = 400


FULL = Settings(seed=9700, clients=400)
QUICK = Settings(seed=9800, clients=60, sizes=(3, 12), draws=200, most=150)


def unchanged(settings: Settings) -> simulate.Panel:
    """Draw a panel in which nothing changes, nobody answers or leaves because of anything."""
    return simulate.panel(
        clients=settings.clients,
        waves=WAVES,
        seed=settings.seed,
        nonresponse="random",
        churn="random",
        change="none",
    )


def answered(panel: simulate.Panel, shape: str) -> pd.DataFrame:
    """People of accounts with answers in both waves, as many of each account as is asked."""
    book = yaml_documents.load(CODEBOOK, Codebook)
    people = scores.respondents(panel.responses, book)
    keys = ["client_id", "account_id"]
    number = people.groupby([*keys, "wave"]).cumcount()
    if shape == "equal":
        people = people[number < 2]
        whole = people.groupby(keys)["response_id"].transform("size") == 2 * len(WAVES)
    else:
        whole = people.groupby(keys)["wave"].transform("nunique") == len(WAVES)
    people = people[whole]
    return _giants(people, panel) if shape == "unhappy giants" else people


def _giants(people: pd.DataFrame, panel: simulate.Panel) -> pd.DataFrame:
    """The unhappiest third of a client's accounts speaks with up to six voices, others with one."""
    keys = ["client_id", "wave", "account_id"]
    crq = panel.true_accounts.set_index(keys)["crq"]
    own = crq.reindex(pd.MultiIndex.from_frame(people[keys])).to_numpy()
    below = pd.Series(own, people.index).groupby(people["client_id"]).rank(pct=True) <= 1 / 3
    number = people.groupby(keys).cumcount()
    return people[(number < 1) | (below & (number < GIANT))]


def cut(people: pd.DataFrame, size: int, settings: Settings) -> pd.DataFrame:
    """Cut every client into clients of so many accounts; who is left over is left out."""
    accounts = people[["client_id", "account_id"]].drop_duplicates().sort_values("account_id")
    place = accounts.groupby("client_id").cumcount() // size
    part = accounts["client_id"] + "-" + place.astype(str)
    accounts = accounts.assign(part=part)
    whole = accounts.groupby("part")["account_id"].transform("size") == size
    kept = accounts[whole]
    some = kept["part"].unique()
    chosen = np.random.default_rng(settings.seed + size).permutation(some)[: settings.most]
    rows = people.merge(kept[kept["part"].isin(chosen)], on=["client_id", "account_id"])
    return rows.assign(origin=rows["client_id"], client_id=rows["part"]).drop(columns="part")


def judged(settings: Settings) -> pd.DataFrame:
    """Every interval of every client that was cut: one row per design, client and measure.

    ``shape``, ``size``, ``origin``, ``of`` (level or change), ``measure``, ``low``, ``high``,
    ``p`` (of changes), ``truth``.
    """
    panel = unchanged(settings)
    truth = panel.true_clients[panel.true_clients["wave"] == str(WAVES[-1])]
    found = []
    for shape in SHAPES:
        people = answered(panel, shape)
        for size in settings.sizes:
            rows = cut(people, size, settings)
            found.append(_intervals(rows, truth, settings).assign(shape=shape, size=size))
    rows = pd.concat(found, ignore_index=True)
    return _shifted(rows)


def _intervals(people: pd.DataFrame, truth: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    book = yaml_documents.load(CODEBOOK, Codebook)
    origin = people.drop_duplicates("client_id").set_index("client_id")["origin"]
    levels = scores.clients(people, None, book)
    mine = levels["roll_up"].eq("respondents") & levels["wave"].eq(str(WAVES[-1]))
    mine &= levels["method"] != "adjusted_wald"
    known = truth.melt(["client_id", "wave"], var_name="measure", value_name="truth")
    levels = levels[mine].assign(origin=lambda t: t["client_id"].map(origin), of="level")
    known = known.rename(columns={"client_id": "origin"})
    levels = levels.merge(known, on=["origin", "wave", "measure"])
    moved = scores.changes(people, book)
    moved = moved[moved["part"] == "all"].assign(
        origin=lambda t: t["client_id"].map(origin), of="change", truth=0.0
    )
    columns = ["client_id", "origin", "of", "measure", "value", "low", "high", "truth"]
    return pd.concat([levels[columns], moved[[*columns, "p", "verdict"]]], ignore_index=True)


def _shifted(rows: pd.DataFrame) -> pd.DataFrame:
    """Where the unhappy speak more, the mean over people is lower than the mean over accounts."""
    giants = (rows["shape"] == "unhappy giants") & (rows["of"] == "level")
    apart = (
        (rows["value"] - rows["truth"])[giants]
        .groupby([rows["measure"], rows["size"]])
        .transform("mean")
    )
    return rows.assign(truth=rows["truth"].add(apart, fill_value=0.0))


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of intervals that cover the truth, by design, and its error over real clients."""
    kind = rows["of"].str.cat(
        rows["measure"].where(rows["measure"].isin(["crq", "nps", "mean_ltr"]), "constructs"), " "
    )
    known = rows.assign(kind=kind)[rows["low"].notna() & rows["high"].notna()]
    hit = ((known["low"] <= known["truth"]) & (known["truth"] <= known["high"])).astype(float)
    known = known.assign(hit=hit)
    groups = known.groupby(["shape", "kind", "size"], sort=False)
    table = groups["hit"].agg(["mean", "size"])
    own = known["hit"] - groups["hit"].transform("mean")
    sums = own.groupby([known[c] for c in ("shape", "kind", "size", "origin")]).sum()
    error = np.sqrt((sums**2).groupby(level=[0, 1, 2]).sum()) / table["size"]
    return table.rename(columns={"mean": "covered", "size": "intervals"}).assign(error=error)


def verdicts(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of unchanged clients of which a rise or a fall is told: headline, any measure.

    By intervals alone, and (``said``, ``said_any``) as the station's verdicts, after false
    discovery control over all that is asked of the client's wave.
    """
    moved = rows[(rows["of"] == "change") & (rows["shape"] == "as drawn")]
    told = (moved["low"] > 0) | (moved["high"] < 0)
    first = moved["measure"].isin(HEADLINE)
    said = moved["verdict"].isin(["higher", "lower"])
    moved = moved.assign(told=told, headline=told & first, said_any=said, said=said & first)
    against = moved[told & moved["measure"].eq("crq")].groupby("size")["p"]
    kinds = ["told", "headline", "said", "said_any"]
    by = moved.groupby(["size", "client_id"])[kinds].any().groupby("size")
    crq = moved[moved["measure"] == "crq"].groupby("size")["told"].mean()
    found = by.mean().rename(columns={"told": "any"}).assign(crq=crq)
    ends = {"p_low": against.quantile(0.1), "p_high": against.quantile(0.9)}
    return found.assign(**ends, clients=by.size())


def called_unique(settings: Settings) -> pd.DataFrame:
    """Share of clients called Unique that are not, by how many accounts were heard.

    Called: CRQ in the top tenth of the panel, solution and experience above its median, all by
    point estimates; true: the same by true values.
    """
    panel = simulate.panel(
        clients=settings.clients,
        waves=WAVES,
        seed=settings.seed + 1,
        nonresponse="random",
        churn="random",
    )
    people = answered(panel, "as drawn")
    people = people[people["wave"] == str(WAVES[-1])]
    truth = panel.true_clients[panel.true_clients["wave"] == str(WAVES[-1])]
    measures = ["crq", "solution", "experience"]
    found = []
    for size in settings.sizes:
        rows = cut(people, size, Settings(settings.seed, settings.clients, most=10**6))
        first = rows[rows["client_id"].str.endswith("-0")]
        means = first.groupby("origin")[measures].mean()
        known = truth.set_index("client_id")[measures].loc[means.index]
        said, true = _unique(means), _unique(known)
        found.append((size, said.sum(), (said & ~true).sum() / max(said.sum(), 1)))
    return pd.DataFrame(found, columns=["size", "called", "false"])


def _unique(scores_: pd.DataFrame) -> pd.Series:
    top = scores_["crq"] >= scores_["crq"].quantile(TOP)
    pair = scores_[["solution", "experience"]]
    return top & (pair > pair.median()).all(axis=1)


def section(settings: Settings, rows: pd.DataFrame, unique: pd.DataFrame) -> str:
    """Return the page's section on small clients."""
    table = coverage(rows).reset_index().pivot_table("covered", ["shape", "kind"], "size")
    table = table.loc[list(SHAPES)]
    covered = [
        f"| {shape} | {kind} | {' | '.join(f'{v:.1%}' for v in row)} |"
        for (shape, kind), row in zip(table.index, table.to_numpy(), strict=True)
    ]
    told = [
        f"| {r.Index} | {r.crq:.0%} | {r.p_low:.2f} to {r.p_high:.2f} | {r.headline:.0%} "
        f"| {r.any:.0%} | {r.said:.1%} | {r.said_any:.1%} | {r.clients:,} |"
        for r in verdicts(rows).itertuples()
    ]
    said = [f"| {r.size} | {r.called} | {r.false:.0%} |" for r in unique.itertuples(index=False)]
    return _SECTION.format(
        clients=settings.clients,
        seed=settings.seed,
        most=settings.most,
        sizes=" | ".join(map(str, table.columns)),
        rule=" | ".join(["---:"] * len(table.columns)),
        covered="\n".join(covered),
        told="\n".join(told),
        unique="\n".join(said),
    )


_SECTION = """
## What is said of clients with few accounts?

Clients of a panel in which nothing changes ({clients} clients, seed {seed}, everybody answers and
leaves at random) are cut into clients of exactly so many accounts, up to {most} of each size.
How often intervals of 95 % cover the truth, by the number of accounts; *equal*: two answers of
each account; *unhappy giants*: the unhappiest third has up to six answers each, all others one.

| answers | interval | {sizes} |
| --- | --- | {rule} |
{covered}

Nothing has changed, so every rise and every fall that is told is false; by intervals alone, and by
the verdicts that pages show, after false discovery control (promised: 5 % of summaries, 10 % of
pages, at most):

| accounts | CRQ moves | p (middle 80 %) | CRQ or NPS | any | verdict on either | any | clients |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{told}

Clients called Unique by their point estimates (CRQ in the top tenth, solution and experience above
the median):

| accounts | called Unique | are not |
| ---: | ---: | ---: |
{unique}
"""
