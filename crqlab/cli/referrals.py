"""``crqlab referrals``: who was asked, who says yes, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import StudyName


def referrals(
    study: StudyName,
    client: Annotated[str | None, typer.Option(help="One client's; all if left out.")] = None,
) -> None:
    """Say who was asked for a referral, who says yes, and what the programme won."""
    from crqlab import programme
    from crqlab.base.study import Study
    from crqlab.language import language

    named = Study(study)
    say(str(programme.asked(named)))
    found = programme.conversion(named, client=client)
    say(str(found))
    if len(found.table):
        shown = found.table.drop(columns=["level"]).round({"value": 2, "low": 2, "high": 2})
        said = [language("en").caution(flag) for flag in shown["flag"]]
        say(shown.assign(flag=said).to_string(index=False))
    wins = programme.ledger(named, "wins").table
    if client is not None:
        wins = wins[(wins["client_id"] == client).to_numpy(bool)]
    of_actions = int(wins["action_id"].notna().sum())
    amount = f"{wins['amount'].sum():,.0f} {named.codebook.currency}".rstrip()
    say(f"{len(wins):,} wins with evidence, {amount}; {of_actions:,} name the action behind them")
