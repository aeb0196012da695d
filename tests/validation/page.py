"""docs/validation.md, written from what was measured."""

from __future__ import annotations

import pandas as pd

from crqlab.stats.defaults import DRAWS
from tests.validation.coverage import PROMISED, WAVES, Settings

LOW, HIGH = 0.93, 0.97

_HEAD = """# Do the 95 % intervals cover the truth?

Written by `make validate`; do not edit. A synthetic panel is drawn with known truth
(`crqlab.simulate`: clean answers; non-response and churn at random), scored by
`crqlab.scores` as any other study, and every interval is held against the number that the
panel was drawn with. That number is exact: it is summed from normal probabilities, not
simulated.

* {panels} panels of {clients} clients, waves {waves}, seeds {first} to {last}; {draws} bootstrap
  draws.
* Monte-Carlo error is the standard error of the coverage; intervals of one client count as
  one draw in it.
* Promised: {low:.0%} to {high:.0%} for client CRQ and client NPS.

## Every quantity

Intervals about which the scores station itself is cautious (mostly fewer than six accounts) are
left out here and shown in the next section. *Above* and *below* are the shares of intervals
that lie wholly on one side of the truth; bias is the mean of estimate minus truth in the
unit of the quantity.

"""
_WALD = """
The adjusted Wald interval takes answers as independent. It holds for one voice per account;
where several people of an account answer it is too narrow, and the t interval over accounts, which
is the default, is not.

ICC(1): clients' waves with ten accounts or more, those included whose estimate is 0 or less.

"""
_BANDS = """## By number of accounts

All intervals, also those that carry a caution. With fewer than six accounts the scores station
says so beside the number.

"""
_SELECTION = """## What no interval mends

The same with unhappy accounts answering less often, as the demo has it: the estimate is
too good, and its interval knows nothing about it. This is what the participation station is
for.

"""


def page(
    settings: Settings,
    quantities: pd.DataFrame,
    bands: dict[str, pd.DataFrame],
    selection: pd.DataFrame,
) -> str:
    """Return the whole page as Markdown.

    Parameters
    ----------
    settings : Settings
    quantities, selection : DataFrame
        From `coverage.by_quantity` and `coverage.selection`.
    bands : dict of quantity to DataFrame
        From `coverage.by_accounts`.
    """
    head = _HEAD.format(
        panels=settings.panels,
        clients=settings.clients,
        waves=f"{WAVES[0]} and {WAVES[-1]}",
        first=settings.seed,
        last=settings.seed + settings.panels - 1,
        draws=settings.draws or DRAWS,
        low=LOW,
        high=HIGH,
    )
    by_accounts = [f"{name}:\n\n{_table(table, 'accounts')}\n" for name, table in bands.items()]
    return "".join(
        [
            head,
            _table(quantities, "quantity", promised=True),
            _WALD,
            _BANDS,
            *by_accounts,
            _SELECTION,
            _table(selection, "quantity"),
        ]
    )


def misses(quantities: pd.DataFrame) -> list[str]:
    """Return the promised quantities whose coverage is outside the promise."""
    covered = quantities["covered"]
    return [name for name in PROMISED if not LOW <= covered[name] <= HIGH]


def _table(table: pd.DataFrame, name: str, *, promised: bool = False) -> str:
    heads = [name, "covered", "error", "above", "below", "bias", "intervals", "clients"]
    heads += ["promise"] * promised
    lines = [_row(heads), _row(["---", *["---:"] * 7, *["---"] * promised])]
    for group, row in table.iterrows():
        cells = [
            str(group),
            f"{row['covered']:.1%}",
            f"{row['error']:.1%}",
            f"{row['too_high']:.1%}",
            f"{row['too_low']:.1%}",
            f"{row['bias']:+.3f}",
            f"{row['intervals']:,.0f}",
            f"{row['clients']:,.0f}",
        ]
        kept = "kept" if LOW <= row["covered"] <= HIGH else "**missed**"
        lines.append(_row(cells + [kept if group in PROMISED else ""] * promised))
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
