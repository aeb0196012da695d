"""A small sample of what the page says of slices and pulses."""

import pandas as pd
import pytest

from tests.validation import rolling


def made(told=0, low=-1.0):
    """Comparisons and states with known coverage."""
    n = 100
    rows = pd.DataFrame({"client_id": [f"C{i % 20}" for i in range(n)], "measure": "crq",
                         "value": 0.0, "low": low, "high": 1.0, "true": 0.0, "pulse": False,
                         "panel": 0})  # fmt: skip
    rows.loc[:4, "true"] = 5.0
    world = next(iter(rolling.WORLDS))
    state = rows.assign(kind="state", change="drift", told=False)
    same = rows.assign(kind="change", change="none", told=[i < told for i in range(n)])
    return pd.concat([state, same]).assign(world=world)


def test_what_is_promised_is_judged():
    assert rolling.covered(made())["covered"].tolist() == [0.95]
    assert rolling.misses(made()) == []
    assert rolling.false_changes(made(told=7)).tolist() == [0.07]
    assert rolling.misses(made(told=7)) == [f"false changes, {next(iter(rolling.WORLDS))}"]
    assert len(rolling.misses(made(low=0.5))) == 1


@pytest.mark.slow
def test_a_pulsed_world_holds_the_truth_and_tells_no_change_of_nothing():
    settings = rolling.QUICK
    world = "half-years with pulses"
    slices, pulses = rolling.WORLDS[world]
    parts = []
    for change in ("drift", "none"):
        drawn = rolling.simulate.panel(
            clients=settings.clients, waves=(2024, 2025), slices=slices, pulses=pulses,
            seed=settings.seed, nonresponse="random", churn="random", change=change,
        )  # fmt: skip
        told = rolling._told(drawn, settings)
        parts.append(told.assign(world=world, change=change, panel=0))
    rows = pd.concat(parts, ignore_index=True)
    found = rolling.covered(rows).loc[(world, "state")]
    assert (found["covered"] >= 0.85).all()
    assert (
        found["bias"].abs() < pd.Series({"crq": 0.06, "nps": 4, "mean_ltr": 0.15})[found.index]
    ).all()
    brief = rows[
        (rows["change"] == "drift") & (rows["kind"] == "state") & (rows["measure"] == "crq")
    ]
    width = (brief["high"] - brief["low"]).groupby(brief["pulse"]).median()
    assert width[True] > width[False]  # CRQ was not asked in a pulse: told through others, wider
    held = brief[brief["pulse"]]
    assert ((held["low"] <= held["true"]) & (held["true"] <= held["high"])).mean() >= 0.85
    assert rolling.false_changes(rows)[world] <= 0.05
