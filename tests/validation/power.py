"""Is a change between two waves seen as often as was foretold before the later one was sent?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.stats.wave_power import Waves, power
from tests.stats.test_wave_power import ALIKE, simulated

DESIGNS = ((40, 5, 0.4, 1.0), (40, 5, 0.4, 0.0), (25, 8, 0.3, 0.6), (12, 4, 0.6, 1.0),
           (80, 3, 0.35, 0.75))  # fmt: skip
CHANGES = (0.0, 0.2, 0.4)
FULL, QUICK = 4000, 200
WAVES = 100  # earlier waves from which is foretold
WITHIN = 0.03  # how far a foretold chance may lie from what came true, chance apart


def foretold(change: float, *, n: int, contacts: int, completion: float, overlap: float) -> float:
    """Mean of what is foretold from earlier waves as they may have been answered."""
    rng = np.random.default_rng(7)
    kept, said = int(overlap * n), []
    for _ in range(WAVES):
        heard = rng.binomial(contacts, completion, n).astype(float)
        others = np.zeros(n - kept)
        before = np.concatenate([heard, others])  # people of the kept accounts are asked again
        later = np.concatenate([np.full(kept, contacts), 0 * others, np.full(n - kept, contacts)])
        waves = Waves(before, later.astype(float), completion, heard[:kept].sum() * completion)
        said.append(power(waves, ALIKE, change))
    return float(np.mean(said))


def cases(panels: int) -> pd.DataFrame:
    """Foretold and found chances of every design and change."""
    rows = []
    for n, contacts, completion, overlap in DESIGNS:
        shape = {"n": n, "contacts": contacts, "completion": completion, "overlap": overlap}
        for k, change in enumerate(CHANGES):
            found = simulated(change, 100 + k, panels=panels, **shape)
            said = foretold(change, **shape)
            error = float(np.sqrt(found * (1 - found) / panels))
            rows.append({**shape, "change": change, "said": said, "found": found, "error": error})
    return pd.DataFrame(rows)


def misses(found: pd.DataFrame) -> list[str]:
    """Return the designs whose foretold chance is further off than is allowed."""
    off = (found["said"] - found["found"]).abs() > WITHIN + 2 * found["error"]
    return [f"power of {row.n} accounts, change {row.change}" for row in found[off].itertuples()]


def section(panels: int, found: pd.DataFrame) -> str:
    """Return the page's section on power."""
    lines = ["| accounts | contacts each | completion | asked before | change (SD) | foretold |"
             " came true | error |",
             "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    lines += [
        f"| {row.n} | {row.contacts} | {row.completion:.0%} | {row.overlap:.0%} | {row.change:.1f} "
        f"| {row.said:.3f} | {row.found:.3f} | {row.error:.3f} |"
        for row in found.itertuples()
    ]
    worst = (found["said"] - found["found"]).abs().max()
    return _SECTION.format(panels=panels, table="\n".join(lines), waves=WAVES, worst=f"{worst:.3f}")


_SECTION = """
## Is a change seen as often as was foretold?

Two waves of accounts and people with a known law (ICC(1) .3; accounts correlate by .8, people by
.5): {panels} panels of each design, with the test that table `changes` makes
(`crqlab.stats.linearised.paired_difference`, p < .05). Foretold is `crqlab.stats.wave_power.power`,
from the answers of the earlier wave alone, on average over {waves} of these.

{table}

The furthest lies {worst} off.
"""
