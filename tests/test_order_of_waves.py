"""Names of waves that do not sort in time, and their days: every number as with names that do."""

from datetime import date

import pandas as pd
import pytest

from crqlab import construct, participation, renewal, scores, segments
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.waves import begin
from crqlab.simulate import panel as drawn_panel
from crqlab.simulate.raw import CODEBOOK

BOOK = yaml_documents.load(CODEBOOK, Codebook)
NAMES = {"2024P1": "winter", "2024P2": "summer", "2025P1": "march", "2025P2": "autumn"}
DAYS = {name: date(2024 + k // 2, 1 + 6 * (k % 2), 10) for k, name in enumerate(NAMES.values())}
WAVES = ["wave", "from_wave", "last_wave", "silent_since", "last_asked", "last_answered"]


def found(drawn):
    """Tables of stations that compare, count back or choose waves."""
    answers, asked, accounts = drawn.responses, drawn.contacts, drawn.accounts
    people = scores.respondents(answers, BOOK)
    tables = (asked, answers, accounts)
    became = participation.dispositions(*tables).table
    models = scores.account_models(people, answers, BOOK)
    current = scores.current_accounts(became, drawn.outcomes, answers, BOOK)
    told = scores.posterior(people, answers, models, BOOK, current=current)
    rolling = scores.rolling(people, answers, became, drawn.outcomes, models, BOOK, draws=40)
    own = scores.accounts(people, BOOK)
    silent = participation.silent(*tables, people).table
    panel = segments.panel(
        own, people, accounts, answers, drawn.outcomes, segments.starting(), BOOK.instrument,
        silent=silent, modelled=(models, told), draws=20,
    )  # fmt: skip
    design = renewal.design(answers, asked, accounts, own, drawn.outcomes, BOOK)
    return {
        "dispositions": became,
        "silent": silent,
        "completion_rank": participation.completion_ranks(
            participation.completion(*tables, draws=20)
        ).table,
        "continuity": participation.continuity(*tables).table,
        "account_scores": own,
        "changes": scores.changes(people, BOOK),
        "posterior": told,
        "rolling": rolling.table,
        "rolling_changes": rolling.changes,
        "segments": panel.table,
        "migration": segments.migration(panel)[0],
        "lifts": segments.lifts(panel, draws=20).table,
        "opportunities": design.table,
        "outlook": renewal.outlook(design, accounts, became, draws=20).table,
        "crq_and_nps": construct.compare_with_nps(own, people, draws=20).disagreements,
    }


def renamed(table):
    columns = [name for name in WAVES if name in table]
    return table.assign(**{name: table[name].replace(NAMES) for name in columns})


def aligned(table):
    keys = [name for name in table if table[name].dtype == "str" or "wave" in name]
    return table.sort_values(keys, ignore_index=True)


@pytest.fixture(scope="module")
def both():
    drawn = drawn_panel(clients=12, waves=(2024, 2025), slices=2, seed=8)
    begin({})
    plain = found(drawn)
    other = drawn.__class__(**{
        name: renamed(part) if isinstance(part, pd.DataFrame) else part
        for name, part in ((name, getattr(drawn, name)) for name in drawn.__dataclass_fields__)
    })  # fmt: skip
    try:
        begin(DAYS)
        return plain, found(other)
    finally:
        begin({})


def test_names_as_such_would_sort_otherwise():
    assert sorted(NAMES.values()) != list(NAMES.values())


@pytest.mark.parametrize(
    "table",
    ["dispositions", "silent", "completion_rank", "continuity", "account_scores", "changes",
     "posterior", "rolling", "rolling_changes", "segments", "migration", "lifts",
     "opportunities", "outlook", "crq_and_nps"],
)  # fmt: skip
def test_every_number_is_the_same(both, table):
    plain, other = (tables[table] for tables in both)
    assert len(plain) > 0
    pd.testing.assert_frame_equal(aligned(renamed(plain)), aligned(other), rtol=1e-6)
