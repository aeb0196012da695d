"""What is said of clients with few accounts: intervals, and verdicts where nothing is true.

In a panel of clients that are all alike, and in which nothing changes, all accounts are dealt
out to clients of exactly so many accounts; what is true of one is true of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab import benchmark, scores, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import codes
from crqlab.page.claim_table import DOUBTED
from crqlab.simulate.raw import CODEBOOK
from crqlab.stats.defaults import FEW_RESAMPLED
from crqlab.stats.multiplicity import q_values
from tests.validation.page import HIGH, LOW

SIZES = (3, 4, 5, 8, 12, 30)
WAVES = (2024, 2025)
HEADLINE = ("crq", "nps")
TOP = 0.9
MEASURES = ("crq", "solution", "experience")
#: How many answers an account has: as drawn, two each, or one but for the unhappiest third.
SHAPES = ("as drawn", "equal", "unhappy giants")
GIANT = 6
RISE = 0.5  # points of CRQ


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn."""

    seed: int
    clients: int
    sizes: tuple[int, ...] = SIZES
    draws: int = 1000
    most: int = 2500
    placed: int = 1200


FULL = Settings(seed=23700, clients=3000)
QUICK = Settings(seed=9800, clients=60, sizes=(3, 12), draws=200, most=150, placed=60)


def unchanged(settings: Settings) -> simulate.Panel:
    """Draw a panel of clients that are alike, in which nothing changes or has a cause."""
    return simulate.panel(
        clients=settings.clients,
        waves=WAVES,
        seed=settings.seed,
        nonresponse="random",
        churn="random",
        change="none",
        differences="none",
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
    """Deal all accounts out to clients of so many accounts; who is left over is left out."""
    accounts = people[["client_id", "account_id"]].drop_duplicates().sort_values("account_id")
    accounts = accounts.sample(frac=1, random_state=settings.seed + size)
    place = np.arange(len(accounts)) // size
    whole = place < min(len(accounts) // size, settings.most)
    part = pd.Series(place, accounts.index).map("P{:05d}".format)
    dealt = accounts.assign(part=part)[whole]
    rows = people.merge(dealt, on=["client_id", "account_id"])
    return rows.assign(client_id=rows["part"]).drop(columns="part")


def judged(settings: Settings) -> pd.DataFrame:
    """Every interval of every client that was cut: one row per design, client and measure.

    ``shape``, ``size``, ``of`` (level or change), ``measure``, ``low``, ``high``, ``p`` (of
    changes), ``flag``, ``truth``.
    """
    panel = unchanged(settings)
    truth = panel.true_clients.drop(columns=["client_id", "wave"]).mean()
    found = []
    for shape in SHAPES:
        people = answered(panel, shape)
        for size in settings.sizes:
            rows = cut(people, size, settings)
            found.append(_intervals(rows, truth, settings).assign(shape=shape, size=size))
    rows = pd.concat(found, ignore_index=True)
    return _shifted(rows)


def _intervals(people: pd.DataFrame, truth: pd.Series, settings: Settings) -> pd.DataFrame:
    book = yaml_documents.load(CODEBOOK, Codebook)
    levels = scores.clients(people, None, book)
    mine = levels["roll_up"].eq("respondents") & levels["wave"].eq(str(WAVES[-1]))
    mine &= (levels["method"] != "adjusted_wald") & levels["measure"].isin(truth.index)
    levels = levels[mine].assign(of="level", truth=lambda t: t["measure"].map(truth))
    moved = scores.changes(people, book)
    moved = moved[moved["part"] == "all"].assign(of="change", truth=0.0)
    columns = ["client_id", "of", "measure", "value", "low", "high", "flag", "truth"]
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
    """Share of intervals that cover the truth, by design, and its error over clients."""
    kind = rows["of"].str.cat(
        rows["measure"].where(rows["measure"].isin(["crq", "nps", "mean_ltr"]), "constructs"), " "
    )
    known = rows.assign(kind=kind)[rows["low"].notna() & rows["high"].notna()]
    hit = ((known["low"] <= known["truth"]) & (known["truth"] <= known["high"])).astype(float)
    known = known.assign(hit=hit)
    groups = known.groupby(["shape", "kind", "size"], sort=False)
    table = groups["hit"].agg(["mean", "size"])
    own = known["hit"] - groups["hit"].transform("mean")
    sums = own.groupby([known[c] for c in ("shape", "kind", "size", "client_id")]).sum()
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
    """What station 80 says of clients that truly are Unique, and of those that are not.

    A fresh panel in which clients differ; of every client so many accounts are heard as ``size``
    says. ``told``, ``true``: called Unique, and truly so (CRQ in the panel's top tenth, solution
    and experience above its median); ``guessed``, ``wrong``: the same by point estimates alone.
    """
    panel = simulate.panel(
        clients=settings.placed,
        waves=WAVES[-1:],
        seed=settings.seed + 1,
        nonresponse="random",
        churn="random",
    )
    people = scores.respondents(panel.responses, yaml_documents.load(CODEBOOK, Codebook))
    truth = panel.true_clients.set_index("client_id")
    found = [_called(people, truth, size, settings) for size in settings.sizes]
    return pd.concat(found, ignore_index=True)


def _called(people: pd.DataFrame, truth: pd.DataFrame, size: int, settings: Settings):
    book = yaml_documents.load(CODEBOOK, Codebook)
    place = people.groupby("client_id")["account_id"].transform(lambda a: pd.factorize(a)[0])
    heard = place.groupby(people["client_id"]).transform("max") + 1
    levels = scores.clients(people[(heard >= size) & (place < size)], None, book)
    levels = levels[(levels["roll_up"] == "respondents") & (levels["method"] != "adjusted_wald")]
    wide = levels.pivot_table(index=["client_id", "wave"], columns="measure", values="value")
    table = wide[list(MEASURES)].reset_index().assign(industry="", country="", n_accounts=size)
    known = truth.loc[table["client_id"], list(MEASURES)]
    guess = _unique(table.set_index("client_id")[list(MEASURES)])
    found = pd.DataFrame({"size": size, "guessed": guess, "true": _unique(known)})
    for name, ends in (("told", levels), ("known", _known(levels, truth))):
        given = benchmark.Scores(table, MEASURES, "client")
        rules = benchmark.Rules(10, 1)
        rows = benchmark.position(given, intervals=ends, rules=rules, draws=settings.draws).table
        rows = rows[rows["measure"] == "crq"].set_index("client_id").loc[found.index]
        found[name] = rows["unique"] == "yes"
        found[f"p_{name}"] = rows["p_unique"]
    return found


def _known(levels: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """The same scores as if it were known how far such clients' scores truly err."""
    wide = truth.melt(ignore_index=False, var_name="measure", value_name="truth").reset_index()
    rows = levels.merge(wide[["client_id", "measure", "truth"]], on=["client_id", "measure"])
    away = (rows["value"] - rows["truth"].astype(float)).groupby(rows["measure"])
    half = norm.isf(0.025) * away.transform("std")
    return rows.assign(low=rows["value"] - half, high=rows["value"] + half, method="known")


def _unique(scores_: pd.DataFrame) -> pd.Series:
    top = scores_["crq"] >= scores_["crq"].quantile(TOP)
    pair = scores_[["solution", "experience"]]
    return top & (pair > pair.median()).all(axis=1)


def doubted(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of clients whose first sentence has a caution about CRQ, by design and size."""
    mine = rows[(rows["of"] == "level") & (rows["measure"] == "crq")]
    told = mine["flag"].map(lambda flag: bool({one["code"] for one in codes(flag)} & DOUBTED))
    return told.groupby([mine["shape"], mine["size"]]).mean().unstack()  # noqa: PD010


def changed(settings: Settings) -> pd.DataFrame:
    """How often a true rise of half a point is told, and would be if errors were known.

    All scores of the later wave are half a point higher, and LTR about a point.
    """
    people = answered(unchanged(replace(settings, clients=settings.placed)), "as drawn")
    book = yaml_documents.load(CODEBOOK, Codebook)
    risen, rng = people["wave"] == str(WAVES[-1]), np.random.default_rng(settings.seed)
    points = [name for name in ("crq", "uniqueness", *book.instrument.constructs) if name in people]
    lifted = people[points].add(np.where(risen, RISE, 0.0), axis=0).clip(upper=7)
    ltr = people["ltr"] + (risen & (rng.random(len(people)) < 0.9))
    people = people.assign(**lifted, ltr=ltr.clip(upper=10))
    found = []
    for size in (size for size in settings.sizes if size >= FEW_RESAMPLED):
        rows = scores.changes(cut(people, size, settings), book)
        rows = rows[rows["part"] == "all"]
        p = 2 * norm.sf(rows["value"].abs() / rows.groupby("measure")["value"].transform("std"))
        q = q_values(pd.Series(p, rows.index), pd.MultiIndex.from_frame(rows[["client_id"]]))
        crq = rows["measure"] == "crq"
        told, known = (rows["verdict"] == "higher")[crq].mean(), (q < 0.05)[crq].mean()
        found.append((size, crq.sum(), told, known, told / known))
    return pd.DataFrame(found, columns=["size", "clients", "told", "known", "kept"])


def section(
    settings: Settings, rows: pd.DataFrame, unique: pd.DataFrame, power: pd.DataFrame
) -> str:
    """Return the page's section on small clients."""
    table = coverage(rows).reset_index()
    wide, error, n = (
        table.pivot_table(name, ["shape", "kind"], "size").loc[list(SHAPES)]
        for name in ("covered", "error", "intervals")
    )
    covered = [
        f"| {shape} | {kind} | {' | '.join(f'{v:.1%}' for v in row)} |"
        for (shape, kind), row in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    told = [
        f"| {r.Index} | {r.crq:.0%} | {r.p_low:.2f} to {r.p_high:.2f} | {r.headline:.0%} "
        f"| {r.any:.0%} | {r.said:.1%} | {r.said_any:.1%} | {r.clients:,} |"
        for r in verdicts(rows).itertuples()
    ]
    doubts = [
        f"| {shape} | {' | '.join(f'{v:.0%}' for v in row)} |"
        for shape, row in doubted(rows).loc[list(SHAPES)].iterrows()
    ]
    enough = wide[[size for size in wide if size >= FEW_RESAMPLED]]
    off = (enough < LOW) | (enough > HIGH)
    apart = np.maximum(LOW - enough, enough - HIGH) > error[enough.columns]
    return _SECTION.format(
        clients=settings.clients,
        seed=settings.seed,
        most=settings.most,
        placed=settings.placed,
        sizes=" | ".join(map(str, wide.columns)),
        rule=" | ".join(["---:"] * len(wide.columns)),
        covered="\n".join(covered),
        doubts="\n".join(doubts),
        told="\n".join(told),
        unique="\n".join(map(_of_size, *zip(*unique.groupby("size"), strict=True))),
        chance="\n".join(_chances(unique)),
        power="\n".join(
            f"| {r.size} | {r.told:.0%} | {r.known:.0%} | {r.kept:.0%} | {r.clients:,} |"
            for r in power.itertuples(index=False)
        ),
        off=int(off.to_numpy().sum()),
        apart=int(apart.to_numpy().sum()),
        cells=enough.size,
        least=f"{enough.min(axis=None):.1%}",
        largest=f"{enough.max(axis=None):.1%}",
        error=f"{error.max(axis=None):.1%}",
        n=f"{int(n.min(axis=None)):,}",
    )


def _of_size(size: int, rows: pd.DataFrame) -> str:
    said, by_guess, known = (rows[rows[name]] for name in ("told", "guessed", "known"))
    wrong = f"{(~said['true']).mean():.0%}" if len(said) else ""
    hit, could = said["true"].sum(), known["true"].sum()
    kept = f"{hit / could:.0%}" if could else ""
    guessed = f"{(~by_guess['true']).mean():.0%}"
    cells = (size, rows["true"].sum(), len(said), wrong, hit, could, kept, guessed)
    return f"| {' | '.join(map(str, cells))} |"


def _chances(unique: pd.DataFrame) -> list[str]:
    bands = pd.cut(unique["p_told"], [-0.01, 0.05, 0.2, 0.5, 0.8, 1.0])
    some = np.where(unique["size"] < FEW_RESAMPLED, "3 to 5", "8 to 30")
    found = unique.groupby([some, bands], observed=True)
    means = found[["p_told", "true"]].mean().assign(clients=found.size())
    return [
        f"| {size} | {row.p_told:.2f} | {row.true:.2f} | {row.clients:,.0f} |"
        for (size, _), row in means.iterrows()
    ]


_SECTION = """
## What is said of clients with few accounts?

In a panel of {clients} clients that are all alike, and in which nothing changes (seed {seed},
everybody answers and leaves at random), all accounts are dealt out to clients of exactly so many
accounts, up to {most} of each size and {n} at least. How often intervals of 95 % cover the truth,
by the number of accounts; *equal*: two answers of each account; *unhappy giants*: the unhappiest
third has up to six answers each, all others one. The error of a cell is {error} at most.

| answers | interval | {sizes} |
| --- | --- | {rule} |
{covered}

Of {cells} intervals with eight accounts or more {off} cover less or more than 93 to 97 %, {apart}
of them by more than the error of what was measured; they cover {least} to {largest}. With fewer,
the first sentence of the page has a caution. Clients with a caution there:

| answers | {sizes} |
| --- | {rule} |
{doubts}

Nothing has changed, so every rise and every fall that is told is false; by intervals alone, and by
the verdicts that pages show, after false discovery control (promised: 5 % of summaries, 10 % of
pages, at most):

| accounts | CRQ moves | p (middle 80 %) | CRQ or NPS | any | verdict on either | any | clients |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{told}

Where all scores truly rise by half a point, this is said of CRQ by the same rule; beside it how
often it would be if it were known how far such clients' changes err:

| accounts | told | if errors were known | kept | clients |
| ---: | ---: | ---: | ---: | ---: |
{power}

Clients that station 80 calls Unique (CRQ in the top tenth of the panel, solution and experience
above its median, with a probability of 80 % or more), {placed} clients that differ, of which so
many accounts are heard; beside it what would be called so if it were known how far such scores
err, and how many of those called so by point estimates alone are not:

| accounts | Unique | called so | are not | found | errors known | kept | by points are not |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{unique}

The probability of being Unique that pages tell, and how often it came true:

| accounts | told | came true | clients |
| --- | ---: | ---: | ---: |
{chance}
"""
