"""How often what the account model says of single accounts is true, over many fresh panels.

The panel's truth knows every account's segment. The model gets all scores, as station 30 does,
and its draws go through the shipped rules. Beside it stands the same posterior under
parameters that are as good as true: from an independent panel so large that nothing is left in
doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab import scores, segments, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.scores import model_scores
from crqlab.segments.segment import placed
from crqlab.simulate.raw import CODEBOOK
from crqlab.stats import account_model
from crqlab.stats.account_model import AccountModel, Answers, Draws, central
from tests.validation import account_segments
from tests.validation.account_segments import BY_ANSWERS

BOOK = yaml_documents.load(CODEBOOK, Codebook)
RULES = segments.starting()
RULED = [name for name in RULES.scores if name not in ("nps", "mean_ltr")] + ["ltr"]
#: How high a segment stands, in the order of the rules: who climbs gets a higher number.
RANK = np.array([{"Opponent": 0, "Rational": 2, "Ambassador": 3}.get(n, 1) for n in RULES.names])
BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
LEAST = 500  # accounts in a cell of the calibration; smaller ones are put together
SURE = 0.9
POOLED = {"share": "all shares together", "accounts": "all moves together"}
BY_CLIENT = {"5 or fewer": (0, 5), "6 to 15": (6, 15), "16 or more": (16, np.inf)}


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn: panels, their clients, and clients of the panel that is the law."""

    seed: int
    panels: int
    clients: int
    law: int
    draws: int = 200


FULL = Settings(seed=13100, panels=20, clients=80, law=600)
QUICK = Settings(seed=9950, panels=2, clients=60, law=150)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What was said of every account and wave of the panels, and what is true.

    Attributes
    ----------
    cells : DataFrame
        ``panel``, ``client``, ``wave``, ``account``, ``n``, ``accounts`` (of the client's wave
        with answers), ``true``, ``likeliest``, ``p``, ``then`` and ``p_then`` (given waves up
        to this one), ``best`` and ``p_best`` (under the true parameters), a column per segment,
        and one more (``best NAME``) under the true parameters.
    pairs : DataFrame
        Two waves of one account: ``panel``, ``client``, ``wave`` (the later one), ``stays``,
        ``up``, ``down`` (probabilities, also as ``best_up`` and ``best_down``), ``stayed``,
        ``rose``, ``fell`` (truth).
    intervals : DataFrame
        ``what``, ``low``, ``high``, ``true`` of shares and counts of clients, ``panel``.
    """

    cells: pd.DataFrame
    pairs: pd.DataFrame
    intervals: pd.DataFrame


def lined_up(people: pd.DataFrame) -> Answers:
    """Line up respondents with all their scores, as station 30 does."""
    dated = people[["client_id", "wave"]].assign(started=pd.to_datetime(people["wave"] + "-05-01"))
    return model_scores.lined_up(people, dated, BOOK.instrument)


def labelled(model: AccountModel):
    """Return the shipped rules as a function of drawn scores."""
    curve = model.promoters("ltr")

    def label(drawn):
        known = {**drawn, "mean_ltr": drawn["ltr"], "nps": curve.nps(drawn["ltr"])}
        return placed(RULES.segments, {name: known[name] for name in RULES.scores})

    return label


def panel(seed: int, clients: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a panel; return its people and the truth of its accounts."""
    drawn = simulate.panel(clients=clients, seed=seed)
    people = scores.respondents(drawn.responses, BOOK)
    return people, drawn.true_accounts


def law(settings: Settings) -> AccountModel:
    """Estimate what is as good as true from a panel of its own."""
    rows = lined_up(panel(settings.seed - 1, settings.law)[0])
    return account_model.fit(rows, most=len(rows.cell_account))


def fresh(settings: Settings) -> Iterator[tuple[int, pd.DataFrame, pd.DataFrame]]:
    """Draw the fresh panels, one at a time."""
    for number in range(settings.panels):
        people, truth = panel(settings.seed + number, settings.clients)
        yield number, people, truth


def demo(settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The demo as shipped, with its dirt."""
    given = account_segments.heard(account_segments.Settings(clients=settings.clients))
    return given.people, given.truth


def judged(
    number: int, people: pd.DataFrame, truth: pd.DataFrame, true_law: AccountModel, draws: int
) -> Judged:
    """Hold what is said of one panel against its truth."""
    rows = lined_up(people)
    model = account_model.fit(rows)
    found = account_model.draws(model, rows, labelled(model), n=draws, scores=RULED)
    best = account_model.draws(true_law, rows, labelled(true_law), n=draws, scores=RULED, sets=1)
    true = truth.rename(columns={"client_id": "client", "account_id": "account"})
    true = true[["client", "wave", "account", "segment"]].rename(columns={"segment": "true"})
    cells = found.cells.merge(true, on=["client", "wave", "account"], how="left")
    code = np.array([RULES.names.index(name) for name in cells["true"]])
    known = dict(zip((f"best {name}" for name in RULES.names), _likely(best).T, strict=True))
    cells = cells.assign(panel=number, **_likeliest(found), **_renamed(best, "best"), **known)
    cells = cells.assign(accounts=cells.groupby(["client", "wave"])["n"].transform("size"))
    cells = cells.merge(_then(rows, draws), on=["client", "wave", "account"])
    return Judged(cells, _pairs(found, best, code, number), _intervals(found, code, number))


def _likely(found: Draws) -> np.ndarray:
    return found.shares(len(RULES.names))


def _likeliest(found: Draws) -> dict[str, np.ndarray]:
    shares = _likely(found)
    names = np.array(RULES.names, dtype=object)
    columns = dict(zip(RULES.names, shares.T, strict=True))
    return {"likeliest": names[shares.argmax(axis=1)], "p": shares.max(axis=1), **columns}


def _renamed(found: Draws, name: str) -> dict[str, np.ndarray]:
    told = _likeliest(found)
    return {name: told["likeliest"], f"p_{name}": told["p"]}


def _then(rows: Answers, draws: int) -> pd.DataFrame:
    """Likeliest segments given the waves up to each one, the model's numbers included."""
    parts = []
    for wave in rows.waves:
        known = rows.until(wave)
        model = account_model.fit(known)
        found = account_model.draws(model, known, labelled(model), n=draws, scores=RULED)
        part = found.cells[["client", "wave", "account"]].assign(**_renamed(found, "then"))
        parts.append(part[part["wave"] == wave])
    return pd.concat(parts, ignore_index=True)


def _pairs(found: Draws, best: Draws, code: np.ndarray, number: int) -> pd.DataFrame:
    before, after = found.pairs.T
    up, down = found.moved(RANK)
    step = RANK[code[after]] - RANK[code[before]]
    keys = found.cells.loc[after, ["client", "wave"]].reset_index(drop=True)
    return keys.assign(
        panel=number,
        stays=found.stayed(),
        up=up,
        down=down,
        **dict(zip(("best_up", "best_down"), best.moved(RANK), strict=True)),
        stayed=code[before] == code[after],
        rose=step > 0,
        fell=step < 0,
    )


def _intervals(found: Draws, code: np.ndarray, number: int) -> pd.DataFrame:
    """Intervals of 95 % for each client's wave: shares of segments, how many rose and fell."""
    block = found.cells.groupby(["client", "wave"]).ngroup().to_numpy()
    drawn = found.mix(block, len(RULES.names))
    sizes = np.bincount(block)
    rows = []
    for k, name in enumerate(RULES.names):
        true = np.bincount(block, weights=code == k) / sizes
        rows.append(_ends(drawn[..., k], true).assign(what=f"share of {name}"))
    before, after = found.pairs.T
    step = RANK[found.labels[after]] - RANK[found.labels[before]]
    truly = RANK[code[after]] - RANK[code[before]]
    later = block[after]
    for what, sign in (("climbed", 1), ("fell", -1)):
        counts = _counted(np.sign(step) == sign, later, len(sizes))
        true = np.bincount(later, weights=np.sign(truly) == sign, minlength=len(sizes))
        some = np.unique(later)
        rows.append(_ends(counts[some], true[some]).assign(what=f"accounts that {what}"))
    return pd.concat(rows, ignore_index=True).assign(panel=number)


def _counted(hits: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
    found = np.zeros((size, hits.shape[1]))
    np.add.at(found, group, hits)
    return found


def _ends(drawn: np.ndarray, true: np.ndarray) -> pd.DataFrame:
    low, high = central(drawn)
    return pd.DataFrame({"low": low, "high": high, "true": true})


def together(parts: list[Judged]) -> Judged:
    """Put panels together."""
    return Judged(
        *(
            pd.concat([getattr(part, name) for part in parts], ignore_index=True)
            for name in ("cells", "pairs", "intervals")
        )
    )


def reached(found: Judged) -> pd.DataFrame:
    """Share of accounts whose likeliest segment is the true one, by panel and by view."""
    hit = found.cells[["likeliest", "then", "best"]].eq(found.cells["true"], axis=0)
    return hit.groupby(found.cells["panel"]).mean()


def calibration(
    told: pd.Series, true: pd.Series, group: pd.Series, panel: pd.Series
) -> pd.DataFrame:
    """How often something came true beside how often it was told, by group and by what was told.

    Bands of a group that hold fewer than `LEAST` accounts are put together with the next one;
    ``error`` is the standard error of what came true, panels being what is drawn.
    """
    table = pd.DataFrame({"told": told, "true": true.astype(float), "group": group})
    table["band"] = np.clip(np.searchsorted(BANDS, told, side="right") - 1, 0, len(BANDS) - 2)
    table["band"] = table.groupby("group", observed=True)["band"].transform(_merged)
    keys = ["group", "band"]
    groups = table.groupby(keys, observed=True)
    means = groups[["told", "true"]].mean().assign(accounts=groups.size())
    own = (
        table["true"]
        - table["told"]
        - (groups["true"].transform("mean") - groups["told"].transform("mean"))
    )
    sums = own.groupby([table["group"], table["band"], panel], observed=True).sum()
    error = np.sqrt((sums**2).groupby(level=[0, 1], observed=True).sum()) / means["accounts"]
    return means.assign(error=error).reset_index()


def _merged(band: pd.Series) -> pd.Series:
    """Give bands that are too small the number of the next one, the last the one before."""
    counts = band.value_counts().sort_index()
    place, total, start = {}, 0, None
    for number, count in counts.items():
        start = number if start is None else start
        place[number], total = start, total + count
        if total >= LEAST:
            total, start = 0, None
    if start is not None:
        before = [p for p in place.values() if p != start]
        place = {n: (before[-1] if p == start and before else p) for n, p in place.items()}
    return band.map(place)


def calibrations(found: Judged) -> dict[str, pd.DataFrame]:
    """Calibration of the likeliest segment by answers and clients, and of every segment."""
    cells = found.cells
    answers = pd.cut(cells["n"], [0, 1, 2, 4, np.inf], labels=list(BY_ANSWERS))
    ends = [low for low, _ in BY_CLIENT.values()] + [np.inf]
    sizes = pd.cut(cells["accounts"], ends, labels=list(BY_CLIENT), include_lowest=True)
    return {
        "the likeliest segment": _by(cells, "likeliest", "p", answers),
        "the likeliest segment, given waves up to then": _by(cells, "then", "p_then", answers),
        "the likeliest segment, by accounts of the client": _by(cells, "likeliest", "p", sizes),
        "each segment": pd.concat(
            calibration(
                cells[name],
                cells["true"] == name,
                pd.Series(name, cells.index),
                cells["panel"],
            )
            for name in RULES.names
        ),
    }


def _by(cells: pd.DataFrame, segment: str, p: str, group: pd.Series) -> pd.DataFrame:
    return calibration(cells[p], cells[segment] == cells["true"], group, cells["panel"])


def mixes(found: Judged, view: str = "") -> pd.DataFrame:
    """Told minus true share of each segment, one row per panel; ``"best "``: had all been known."""
    cells, names = found.cells, list(RULES.names)
    told = (
        cells.groupby("panel")[[f"{view}{name}" for name in names]].mean().set_axis(names, axis=1)
    )
    true = pd.crosstab(cells["panel"], cells["true"], normalize="index")
    return told - true.reindex(columns=names, fill_value=0.0)


def moves(found: Judged) -> pd.DataFrame:
    """Told and true shares of accounts that stay, climb and fall, over all pairs of waves."""
    kinds = {"stay": ("stays", "stayed"), "climb": ("up", "rose"), "fall": ("down", "fell")}
    pairs = found.pairs
    rows = {name: (pairs[t].mean(), pairs[y].mean()) for name, (t, y) in kinds.items()}
    return pd.DataFrame(rows, index=["told", "true"]).T


def surely_moved(found: Judged) -> pd.DataFrame:
    """How often an account moved of which it was told with so much probability."""
    pairs = found.pairs
    sure = {"climbed": ("up", "rose"), "fell": ("down", "fell")}
    rows = {}
    for name, (told, true) in sure.items():
        mine = pairs[told] >= SURE
        rows[name] = (pairs[told][mine].mean(), pairs[true][mine].mean(), mine.sum())
    return pd.DataFrame(rows, index=["told", "true", "accounts"]).T


def movers_found(found: Judged) -> pd.Series:
    """Accounts that moved and were told to with so much probability: told, had all been known."""
    pairs, hits = found.pairs, {"told": 0, "known": 0}
    for told, true in (("up", "rose"), ("down", "fell")):
        hits["told"] += int(((pairs[told] >= SURE) & pairs[true]).sum())
        hits["known"] += int(((pairs[f"best_{told}"] >= SURE) & pairs[true]).sum())
    return pd.Series(hits)


def coverage(found: Judged) -> pd.DataFrame:
    """Share of clients' intervals that hold the truth, and its error, panels being drawn."""
    every = found.intervals["what"].str.partition(" ")[0].map(POOLED)
    rows = pd.concat([found.intervals, found.intervals.assign(what=every)], ignore_index=True)
    hit = (rows["low"] <= rows["true"] + 1e-6) & (rows["true"] - 1e-6 <= rows["high"])
    groups = hit.groupby(rows["what"], sort=False)
    table = pd.DataFrame({"covered": groups.mean(), "intervals": groups.size()})
    own = hit - groups.transform("mean")
    sums = own.groupby([rows["what"], rows["panel"]]).sum()
    error = np.sqrt((sums**2).groupby(level=0).sum())
    return table.assign(error=error / table["intervals"])


def misses(example: Judged, found: Judged) -> list[str]:
    """Return the promises of the page that are not kept."""
    shares, kept = reached(found).mean(), moves(found)
    said = {
        "likeliest segment of the demo": reached(example)["likeliest"].iloc[0] >= 0.72,
        "share of the best": shares["likeliest"] >= 0.98 * shares["best"],
        "mix of the demo": mixes(example).abs().max(axis=None) <= 0.015,
        "mix of fresh panels": mixes(found).abs().max(axis=1).mean() <= 0.015,
        "share that stays": abs(kept.loc["stay", "told"] - kept.loc["stay", "true"]) <= 0.03,
        "moved for sure": (surely_moved(found)["true"] >= 0.9).all(),
    }
    for name, table in calibrations(found).items():
        said[f"calibration of {name}"] = _held(table).all()
    return [name for name, ok in said.items() if not ok]


def _held(table: pd.DataFrame) -> pd.Series:
    """Within .03 of what was told, or two standard errors."""
    return (table["true"] - table["told"]).abs() <= np.maximum(0.03, 2 * table["error"])


def section(settings: Settings, model: AccountModel, example: Judged, found: Judged) -> str:
    """Return the page's section on the account model."""
    apart, known = (mixes(found, view).abs().max(axis=1) for view in ("", "best "))
    fresh_ = reached(found)
    stay = moves(example).loc["stay"]
    return _SECTION.format(
        panels=settings.panels,
        clients=settings.clients,
        seed=settings.seed,
        last=settings.seed + settings.panels - 1,
        law=settings.law,
        draws=settings.draws,
        icc=f"{model.icc1.min():.2f} to {model.icc1.max():.2f}",
        rho=f"{model.score_rho.min():.2f} to {model.score_rho.max():.2f}",
        person=f"{model.person_share.min():.2f} to {model.person_share.max():.2f}",
        right="\n".join(_right(example, found)),
        ratio=(fresh_["likeliest"] / fresh_["best"]).mean(),
        least=(fresh_["likeliest"] / fresh_["best"]).min(),
        mix="\n".join(_mix(example, found)),
        worst=100 * apart.max(),
        usual=100 * apart.mean(),
        worst_known=100 * known.max(),
        usual_known=100 * known.mean(),
        found=movers_found(found),
        stay=f"{stay['told']:.3f}, true {stay['true']:.3f}",
        moves="\n".join(
            f"| {r.Index} | {r.told:.3f} | {r.true:.3f} |" for r in moves(found).itertuples()
        ),
        sure="\n".join(
            f"| {r.Index} | {r.told:.1%} | {r.true:.1%} | {r.accounts:,.0f} |"
            for r in surely_moved(found).itertuples()
        ),
        covered="\n".join(
            f"| {r.Index} | {r.covered:.1%} | {r.error:.1%} | {r.intervals:,} |"
            for r in coverage(found).itertuples()
        ),
        calibration="\n\n".join(_told(*one) for one in calibrations(found).items()),
    )


def _right(example: Judged, found: Judged) -> list[str]:
    views = {
        "given all waves": "likeliest",
        "given waves up to then": "then",
        "given all waves, under the true parameters": "best",
    }
    ours, theirs = reached(example).iloc[0], reached(found).mean()
    return [f"| {name} | {ours[c]:.1%} | {theirs[c]:.1%} |" for name, c in views.items()]


def _mix(example: Judged, found: Judged) -> list[str]:
    ours, theirs = mixes(example).iloc[0], mixes(found)
    return [
        f"| {name} | {100 * ours[name]:+.1f} | {100 * theirs[name].mean():+.1f} "
        f"| {100 * theirs[name].abs().max():.1f} |"
        for name in RULES.names
    ]


def _told(name: str, table: pd.DataFrame) -> str:
    kept = np.where(_held(table), "", "**off**")
    rows = [
        f"| {r.group} | {r.told:.3f} | {r.true:.3f} | {r.error:.3f} | {r.accounts:,} | {k} |"
        for r, k in zip(table.itertuples(), kept, strict=True)
    ]
    head = [
        "| of | told | came true | error | accounts | held? |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    return "\n".join([f"{name[:1].upper()}{name[1:]}:", "", *head, *rows])


_SECTION = """
## Does the account model know how sure it is?

`crqlab.stats.account_model` on all scores, as station 30 fits it, {draws} draws of every account
through the shipped rules. {panels} fresh panels of {clients} clients, seeds {seed} to {last},
and the demo with its dirt. *True parameters* are those of an independent panel of {law:,}
clients, in which {icc} of a score's variance inside a client lies between accounts; from year to
year accounts correlate by {rho}, and answers of one person, apart from the account, by {person}.

| the likeliest segment is the true one | demo | fresh panels |
| --- | ---: | ---: |
{right}

Fresh panels reach {ratio:.1%} of what the true parameters do, the worst of them {least:.1%}.

Summed probabilities minus true shares, in points; the segment that is farthest off is so by
{usual:.1f} points in the mean panel and {worst:.1f} in the worst. Under the true parameters it is
{usual_known:.1f} and {worst_known:.1f}: that much of it is the chance of who these accounts are,
which no model knows.

| segment | demo | fresh panels, mean | the farthest |
| --- | ---: | ---: | ---: |
{mix}

Accounts with answers in two waves, by joint draws (demo: {stay} stay):

| from one wave to the next they | told | true |
| --- | ---: | ---: |
{moves}

| of accounts told with a probability of 90 % or more to have | told | did | accounts |
| --- | ---: | ---: | ---: |
{sure}

So told were {found[told]} accounts that did; under the true parameters {found[known]} would have
been.

Intervals of 95 % for each client's wave; of few accounts a share takes few values, and where a
segment is rare nearly every interval holds it:

| of | covered | error | intervals |
| --- | ---: | ---: | ---: |
{covered}

How often what was told came true, bands of probability below one another; a band is marked that
is off by more than .03 and by more than two standard errors.

{calibration}
"""
