"""What is compared. The plain way is what a careful analyst would write with pandas."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from crqlab import Study, renewal, responses, scores, segments, simulate
from crqlab.renewal.covariates import covariates
from crqlab.report.batch.batches import run_batch
from crqlab.report.batch.client_selection import chosen, everybody
from crqlab.report.run.journey import notebooks, reports, stations
from crqlab.stats.accuracy import auc
from crqlab.stats.bootstrap import ratios
from crqlab.stats.importance import lmg
from crqlab.stats.survival import c_index, cox
from tests.renewal import made


@dataclass
class Bench:
    """One comparison; ``plain`` may do a share of the work and be scaled up.

    Attributes
    ----------
    ours_rounds, plain_rounds : int
        How often, where that is not what the command line says.
    repeated, times : callable, int
        What the plain way does so many times besides; timed once.
    """

    name: str
    ours: Callable[[], object]
    plain: Callable[[], object]
    note: str = ""
    plain_share: float = 1.0
    plain_rounds: int = 0
    ours_rounds: int = 0
    repeated: Callable[[], object] | None = None
    times: int = 0


@contextmanager
def demo(clients: int) -> Iterator[Study]:
    """Draw a panel of the demo's kind into a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        simulate.write(Path(folder), clients=clients)
        yield Study("demo", root=Path(folder))


def answered(study: Study) -> pd.DataFrame:
    raw = responses.read(study)
    return responses.decide(raw, responses.flags(raw, study.codebook)).responses


@contextmanager
def reading() -> Iterator[Bench]:
    with demo(150) as study:

        def plain():
            tables = [pd.read_csv(path, dtype=str) for path in study.raw.glob("responses_*.csv")]
            for table in tables:
                body = table.iloc[2:]
                items = [name for name in body if name.startswith("Q")]
                for name in items:
                    body[name].map(lambda v: float(v) if str(v).lstrip("-").isdigit() else None)

        yield Bench(
            "read and check three Qualtrics exports and four CRM files",
            lambda: responses.read(study),
            plain,
            "read_csv and a function per cell: the survey files only, and no checks",
        )


@contextmanager
def scoring() -> Iterator[Bench]:
    with demo(150) as study:
        kept, book = answered(study), study.codebook
        asked = book.instrument

        def plain():
            def crq(row):
                means = []
                for name in asked.crq.constructs:
                    construct = asked.constructs[name]
                    parts = construct.parts or (name,)
                    inner = [row[list(asked.constructs[p].items)].mean() for p in parts]
                    means.append(pd.Series(inner).mean())
                return pd.Series(means).mean()

            kept.head(500)[list(asked.items)].apply(crq, axis=1)

        yield Bench(
            f"score {len(kept):,} respondents",
            lambda: scores.respondents(kept, book),
            plain,
            "DataFrame.apply by row, timed on 500 rows",
            plain_share=len(kept) / 500,
            plain_rounds=1,
        )


@contextmanager
def resampling() -> Iterator[Bench]:
    rng = np.random.default_rng(1)
    blocks = np.repeat([f"C{i:03d}" for i in range(450)], 20)
    index = pd.Index([f"a{i}" for i in range(len(blocks))])
    sums = pd.DataFrame({"crq": rng.normal(15, 3, len(blocks))}, index=index)
    people = pd.DataFrame({"crq": rng.integers(1, 6, len(blocks))}, index=index)

    def plain():
        both = pd.DataFrame({"s": sums["crq"], "n": people["crq"], "b": blocks})
        for _, block in both[both["b"].isin([f"C{i:03d}" for i in range(5)])].groupby("b"):
            for draw in range(200):
                taken = block.sample(frac=1, replace=True, random_state=draw)
                taken["s"].sum() / taken["n"].sum()

    yield Bench(
        "450 client intervals from 2,000 draws of whole accounts",
        lambda: ratios(sums, people, pd.Series(blocks)),
        plain,
        "DataFrame.sample per draw, timed on 5 blocks x 200 draws",
        plain_share=90 * 10,
        plain_rounds=1,
    )


@contextmanager
def reporting() -> Iterator[Bench]:
    with demo(6) as study:
        stations(study, {"draws": 200}, str)
        source = Path(__file__).parents[2] / "notebooks" / "90_report.ipynb"
        clients = chosen(study, ["C001"], None)

        def ours():
            for path in study.reports.glob("C001_*"):
                path.unlink()
            reports(study, clients, {}, str)

        def plain():
            target, bin_ = study.reports / "plain.ipynb", Path(sys.executable).parent
            environment = {"CRQLAB_HOME": str(study.root), "PATH": str(bin_)}
            options = ["-p", "client", "C001", "-p", "wave", "2025", "--no-progress-bar"]
            commands = (
                [bin_ / "papermill", source, target, "-k", "python3", *options],
                [bin_ / "jupyter", "nbconvert", "--to", "html", "--no-input", target],
            )
            for command in commands:
                subprocess.run(command, env=environment, check=True, capture_output=True)

        yield Bench(
            "one client report, from tables to page",
            ours,
            plain,
            "the papermill command, then the jupyter nbconvert command",
        )


def histories(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(size=(n, 4)), columns=["trust", "commitment", "ltr", "tenure"])
    time, lost = rng.exponential(np.exp(0.5 * table["trust"])), rng.exponential(1.0, n)
    return table.assign(time=np.ceil(50 * np.minimum(time, lost)), event=(time <= lost).astype(int))


@contextmanager
def surviving() -> Iterator[Bench]:
    from statsmodels.duration.hazard_regression import PHReg

    table = histories(1_000_000)
    terms, few = ["trust", "commitment", "ltr", "tenure"], table.head(20_000)
    yield Bench(
        "Cox regression of 1,000,000 renewals on 4 covariates, ties after Efron",
        lambda: cox(table["time"], table["event"], table[terms]),
        lambda: PHReg(few["time"], few[terms], status=few["event"], ties="efron").fit(),
        "statsmodels PHReg, timed on 20,000 rows",
        plain_share=50,
        plain_rounds=1,
    )


@contextmanager
def discriminating() -> Iterator[Bench]:
    from sklearn.metrics import roc_auc_score

    table = histories(1_000_000)
    rng = np.random.default_rng(6)

    def plain():
        for _ in range(10):
            rows = table.iloc[rng.integers(len(table), size=len(table))]
            roc_auc_score(rows["event"], rows["trust"])

    yield Bench(
        "AUC of 1,000,000 renewals with its interval",
        lambda: auc(table["event"], table["trust"]),
        plain,
        "scikit-learn's roc_auc_score in 200 bootstrap samples, timed on 10",
        plain_share=20,
        plain_rounds=1,
    )


@contextmanager
def concordant() -> Iterator[Bench]:
    table = histories(1_000_000)
    few = table.head(4_000)

    def plain():
        time, event, score = (few[name].to_numpy() for name in ("time", "event", "trust"))
        right = pairs = 0.0
        for one in np.flatnonzero(event):
            later = (time > time[one]) | ((time == time[one]) & (event == 0))
            right += (score[later] < score[one]).sum() + (score[later] == score[one]).sum() / 2
            pairs += later.sum()
        return right / pairs

    yield Bench(
        "concordance of 1,000,000 renewals with its interval",
        lambda: c_index(table["time"], table["event"], table["trust"]),
        plain,
        "all pairs, a row at a time and without interval, timed on 4,000 rows",
        plain_share=250**2,
        plain_rounds=1,
    )


@contextmanager
def weighing() -> Iterator[Bench]:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(2000, 9)) + rng.normal(size=(2000, 1))
    drivers = pd.DataFrame(x, columns=[f"d{j}" for j in range(9)])
    trust = pd.Series(x @ np.linspace(1, 0, 9) + rng.normal(size=2000))
    account = pd.Series(np.repeat(np.arange(400), 5))

    def plain():
        values = np.column_stack([np.ones(2000), x])
        for code in range(2**9):
            inside = [0, *(j + 1 for j in range(9) if code >> j & 1)]
            np.linalg.lstsq(values[:, inside], trust, rcond=None)

    yield Bench(
        "LMG of 9 drivers with intervals from 2,000 draws of accounts",
        lambda: lmg(drivers, trust, groups=account),
        plain,
        "a least-squares fit per subset and draw, timed on one draw",
        plain_share=2001,
        plain_rounds=1,
    )


@contextmanager
def segmenting() -> Iterator[Bench]:
    with demo(40) as study:
        people = scores.respondents(answered(study), study.codebook)
        few = scores.accounts(people, study.codebook)
        rules, rng = segments.starting(), np.random.default_rng(1)
        rows = few.iloc[rng.integers(len(few), size=1_000_000)].reset_index(drop=True)

        def plain():
            part = rows.head(20_000)
            part.apply(lambda row: _segment(row), axis=1)

        yield Bench(
            "1 million accounts into segments, with reasons",
            lambda: segments.assign(rows, rules),
            plain,
            "DataFrame.apply with if and else, no reasons, timed on 20,000",
            plain_share=50,
            plain_rounds=1,
        )


def _segment(row: pd.Series) -> str:
    """Return the segment by the starting rules, one account at a time."""
    if row["crq"] < 3.75 and row["service"] < 4:
        return "Opponent"
    if row["crq"] < 4.5 and row["value"] < min(4, row["service"], row["solution"]):
        return "Stalker"
    if row["crq"] < 4.5 or abs(row["solution"] - row["experience"]) >= 1.25:
        return "Ambivalent"
    good = row["crq"] >= 5.5 and row["uniqueness"] >= 5.25
    return "Ambassador" if good and (row["nps"] > 0 or row["mean_ltr"] >= 8) else "Rational"


@contextmanager
def belonging() -> Iterator[Bench]:
    with demo(150) as study:
        people = scores.respondents(answered(study), study.codebook)
        few = scores.accounts(people, study.codebook)
        rules, copies = segments.starting(), -(-1_000_000 // len(few))
        dated = answered(study)[["client_id", "wave", "started"]]
        many, all_ = (
            pd.concat(
                [t.assign(account_id=t["account_id"] + f"_{k}") for k in range(copies)],
                ignore_index=True,
            )
            for t in (few, people)
        )

        def plain():
            part = many.head(20)
            for _, mine in all_.merge(part[["client_id", "wave", "account_id"]]).groupby(
                ["client_id", "wave", "account_id"]
            ):
                for draw in range(200):
                    taken = mine.sample(frac=1, replace=True, random_state=draw)
                    _segment(taken.mean(numeric_only=True).reindex(rules.scores).fillna(0))

        yield Bench(
            "200 draws of P(segment) for 1 million accounts",
            lambda: segments.account_models(all_, dated, rules).posteriors(rules, draws=200),
            plain,
            "DataFrame.sample per account and draw, timed on 20 accounts",
            plain_share=50_000,
            plain_rounds=1,
        )


@contextmanager
def renewing() -> Iterator[Bench]:
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.duration.hazard_regression import PHReg

    tables = made.panel(clients=2000, each=170, seed=9)
    some = made.designed(made.panel(clients=40, each=170, seed=9))
    decided = some.decided
    X = covariates(decided, some.constructs).X
    X = X.loc[:, X.max() > X.min()].assign(one=1.0)

    def ours():
        design = made.designed(tables)
        renewal.effects(design, models=("logit", "cox"))
        renewal.compare_models(design, draws=200, machines=False)

    def plain():
        lost = (decided["outcome"] == "churned").astype(float)
        groups = {"groups": decided["client_id"].astype("category").cat.codes}
        for _ in range(8):
            Logit(lost, X).fit(disp=0, cov_type="cluster", cov_kwds=groups)
        entry = decided["tenure"]
        terms = X.drop(columns=["one", "tenure", "lead"])
        PHReg(entry + decided["lead"] / 12, terms, status=lost, entry=entry).fit()

    yield Bench(
        "1,000,000 account-waves: design, logit, Cox and the contest",
        ours,
        plain,
        "eight Logits and a PHReg of statsmodels, without design or measures, on 2 % of the rows",
        plain_share=50,
        plain_rounds=1,
    )


BATCH, LOOPED = 200, 4


@contextmanager
def batching() -> Iterator[Bench]:
    """200 clients: our batch from nothing, and two shells that loop over the two commands."""
    with demo(BATCH) as study:
        stations(study, {"draws": 200}, str)
        source, bin_ = notebooks(study)[-1], Path(sys.executable).parent
        clients = chosen(study, everybody(study), None)

        def ours():
            shutil.rmtree(study.reports, ignore_errors=True)
            outcome = run_batch(study, clients)
            if outcome.failed:
                raise RuntimeError(str(outcome.failed[0]))

        def commands(place):
            target = study.reports / f"plain{place}.ipynb"
            options = ["-k", "python3", "--no-progress-bar", "-p"]
            for client, wave in clients[place:LOOPED:2]:
                words = ["client", client, "-p", "wave", wave]
                yield [bin_ / "papermill", source, target, *options, *words]
                yield [bin_ / "jupyter", "nbconvert", "--to", "html", "--no-input", target]

        def plain():
            study.reports.mkdir(parents=True, exist_ok=True)
            variables = {**os.environ, "CRQLAB_HOME": str(study.root)}

            def loop(place):
                for words in commands(place):
                    subprocess.run(words, env=variables, check=True, capture_output=True)

            with ThreadPoolExecutor(2) as shells:
                list(shells.map(loop, range(2)))

        yield Bench(
            f"{BATCH} client reports, from tables to pages",
            ours,
            plain,
            f"papermill and jupyter nbconvert commands, two at once, timed on {LOOPED} clients",
            plain_share=BATCH / LOOPED,
            plain_rounds=1,
            ours_rounds=1,
        )


def found(words: list[str]) -> list[Callable]:
    """Return the comparisons whose name holds one of the words; all without words."""
    from tests.bench.panel_cases import refreshing, tables

    every = [
        reading,
        scoring,
        resampling,
        reporting,
        surviving,
        discriminating,
        concordant,
        weighing,
        segmenting,
        belonging,
        renewing,
        batching,
        tables,
        refreshing,
    ]
    return [case for case in every if not words or any(w in case.__name__ for w in words)]
