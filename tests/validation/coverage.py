"""How often intervals cover what the synthetic panel was drawn with.

The panel is clean, everybody answers and leaves alike (random non-response and churn): what is
tested is the arithmetic of the intervals, not whether silence can be mended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab import scores, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.simulate.raw import CODEBOOK
from crqlab.stats import nps

WAVES = (2024, 2025)
UNIT = ["client_id", "wave"]
FEW = 10
BANDS = [1, 5, 9, 19, 39, np.inf]
BAND_NAMES = ["2 to 5", "6 to 9", "10 to 19", "20 to 39", "40 or more"]
#: Quantities for which the 93-97 % is promised; all others are shown beside them.
PROMISED = ("client CRQ", "client NPS", "client NPS, one voice per account")


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is drawn; ``draws`` None takes what the stations take by default."""

    seed: int
    panels: int
    clients: int
    draws: int | None = None


FULL = Settings(seed=9000, panels=4, clients=500)
QUICK = Settings(seed=9100, panels=1, clients=170, draws=300)


def cases(settings: Settings) -> pd.DataFrame:
    """Every interval of every panel: ``quantity``, ``client``, ``low``, ``high``, ``truth``...

    ``eligible`` is False where the station itself warns that too few accounts carry the
    interval; ``n_accounts`` says how many do.
    """
    found = []
    for number in range(settings.panels):
        panel = simulate.panel(
            clients=settings.clients,
            waves=WAVES,
            seed=settings.seed + number,
            nonresponse="random",
            churn="random",
        )
        rows = _of_panel(panel, settings)
        found.append(rows.assign(client=f"{number} " + rows["client_id"]))
    rows = pd.concat(found, ignore_index=True)
    return rows[rows["low"].notna() & rows["truth"].notna()]


def _of_panel(panel: simulate.Panel, settings: Settings) -> pd.DataFrame:
    book = yaml_documents.load(CODEBOOK, Codebook)
    options = {} if settings.draws is None else {"draws": settings.draws}
    people = scores.respondents(panel.responses, book)
    truth = panel.true_clients.melt(UNIT, var_name="measure", value_name="truth")
    parts = [
        _clients(scores.clients(people, panel.accounts, book), truth),
        _changes(scores.changes(people, book), truth),
        _agreement(scores.agreement(people, panel.responses, book, **options), truth),
        _accounts(scores.accounts(people, book), panel.true_accounts),
        _one_voice(panel.responses, truth),
    ]
    columns = ["quantity", "client_id", "low", "high", "value", "truth", "n_accounts", "eligible"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def _clients(table: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Client scores by the bootstrap, and NPS with an interval that takes all as independent."""
    rows = table.merge(truth, on=[*UNIT, "measure"])
    names = {"crq": "CRQ", "nps": "NPS", "mean_ltr": "mean LTR"}
    rows["quantity"] = "client " + rows["measure"].replace(names)
    for roll_up in ("accounts", "revenue"):
        rows.loc[rows["roll_up"] == roll_up, "quantity"] += f", by {roll_up}"
    wald = rows["method"] == "adjusted_wald"
    rows.loc[wald, "quantity"] = "client NPS, answers taken as independent"
    rows["eligible"] = (rows["flag"] == "ok") | wald
    shown = rows["roll_up"].eq("respondents") | (
        rows["roll_up"].isin(["accounts", "revenue"]) & rows["measure"].isin(["crq", "nps"])
    )
    return rows[shown]


def _changes(table: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    now = truth.rename(columns={"truth": "now"})
    then = truth.rename(columns={"truth": "then", "wave": "from_wave"})
    rows = table[(table["part"] == "all") & table["measure"].isin(["crq", "nps"])]
    rows = rows.merge(now, on=[*UNIT, "measure"])
    rows = rows.merge(then, on=["client_id", "from_wave", "measure"])
    return rows.assign(
        quantity="change of client " + rows["measure"].str.upper(),
        truth=rows["now"] - rows["then"],
        eligible=rows["flag"] == "ok",
    )


def _agreement(table: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    rows = table[(table["measure"] == "crq") & (table["statistic"] == "icc1")]
    known = truth[truth["measure"] == "icc1"].drop(columns="measure")
    rows = rows.merge(known, on=UNIT)
    return rows.assign(quantity="ICC(1) of CRQ", eligible=rows["n_accounts"] >= FEW)


def _accounts(table: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    known = truth[[*UNIT, "account_id", "crq"]].rename(columns={"crq": "truth"})
    rows = table.merge(known, on=[*UNIT, "account_id"])
    answering = rows.groupby(UNIT)["account_id"].transform("size")
    rows = rows.assign(n_accounts=answering, eligible=answering >= FEW)
    drawn = {"value": "shrunken", "low": "shrunken_low", "high": "shrunken_high"}
    return pd.concat(
        [
            rows.assign(quantity="account CRQ, plain mean", value=rows["crq"]),
            rows.assign(
                quantity="account CRQ, shrunken",
                **{end: rows[name] for end, name in drawn.items()},
            ),
        ]
    )


def _one_voice(responses: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Adjusted Wald where its assumption holds: one answer of each account, taken blindly."""
    first = responses.sort_values("response_id").drop_duplicates([*UNIT, "account_id"])
    units = first.groupby(UNIT).ngroup()
    found = nps.adjusted_wald(*nps.counts(first["ltr"], units).to_numpy().T)
    keys = first.assign(unit=units).drop_duplicates("unit").sort_values("unit")[UNIT]
    rows = found.assign(**{name: keys[name].to_numpy() for name in UNIT}, value=found["nps"])
    rows = rows.merge(truth[truth["measure"] == "nps"], on=UNIT)
    return rows.assign(
        quantity="client NPS, one voice per account",
        n_accounts=rows["n"],
        eligible=rows["n"] >= 6,
    )


def coverage(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Share of intervals that cover the truth, and its Monte-Carlo error.

    Parameters
    ----------
    rows : DataFrame
        Some of `cases`.
    by : str
        Column of groups.

    Returns
    -------
    DataFrame, one row per group
        ``covered``, ``error`` (its standard error; intervals of one client are not
        independent), ``too_high``, ``too_low`` (shares of intervals that lie wholly above or
        below the truth), ``bias`` (mean of estimate minus truth), ``intervals``, ``clients``.
    """
    rows = rows.assign(
        too_high=rows["low"] > rows["truth"],
        too_low=rows["high"] < rows["truth"],
        bias=rows["value"] - rows["truth"],
    )
    rows["covered"] = ~rows["too_high"] & ~rows["too_low"]
    groups = rows.groupby(by, sort=False, observed=True)
    table = groups[["covered", "too_high", "too_low", "bias"]].mean()
    rows["off"] = rows["covered"] - groups["covered"].transform("mean")
    sums = rows.groupby([by, "client"], sort=False, observed=True)["off"].sum()
    spread = (sums**2).groupby(level=0, sort=False, observed=True).sum() ** 0.5
    return table.assign(
        error=spread / groups.size(), intervals=groups.size(), clients=groups["client"].nunique()
    )


def by_quantity(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage of every quantity where the station has no caution."""
    return coverage(rows[rows["eligible"]], "quantity")


def by_accounts(rows: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Coverage of one quantity by the number of accounts that answered, cautions or not."""
    some = rows[rows["quantity"] == quantity]
    band = pd.cut(some["n_accounts"], BANDS, labels=BAND_NAMES)
    return coverage(some.assign(band=band).dropna(subset="band").sort_values("band"), "band")


def selection(settings: Settings) -> pd.DataFrame:
    """Coverage of client CRQ and NPS where unhappy accounts answer less often."""
    panel = simulate.panel(
        clients=settings.clients, waves=WAVES, seed=settings.seed, churn="random"
    )
    book = yaml_documents.load(CODEBOOK, Codebook)
    people = scores.respondents(panel.responses, book)
    truth = panel.true_clients.melt(UNIT, var_name="measure", value_name="truth")
    rows = _clients(scores.clients(people, panel.accounts, book), truth)
    rows = rows[rows["quantity"].isin(["client CRQ", "client NPS"]) & rows["low"].notna()]
    return by_quantity(rows.assign(client=rows["client_id"]))
