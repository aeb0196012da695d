"""Write docs/validation.md: python -m tests.validation [--quick] [--section NAME]."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.validation import (
    account_model,
    account_segments,
    accuracy,
    audit,
    benchmark,
    claim_law,
    construct,
    drivers,
    gate,
    mirrored,
    nonresponse,
    power,
    regression,
    renewal,
    rolling,
    segments,
    small_clients,
    survey_weights,
    wanted,
)
from tests.validation.coverage import FULL, QUICK, by_accounts, by_quantity, cases, selection
from tests.validation.page import misses, page

#: The one section that `make fuzz` measures.
FUZZING = "## Fuzzing"
PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
#: What a section says, and the promises in it that are not kept.
Section = tuple[str, list[str]]


def main() -> int:
    """Measure, print the page, keep it unless it is quick; 1 if a promise is missed."""
    parser = argparse.ArgumentParser(prog="validate", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small sample; writes nothing")
    parser.add_argument("--section", choices=SECTIONS, help="measure and rewrite this one alone")
    given = parser.parse_args()
    quick, chosen = given.quick, [given.section] if given.section else list(SECTIONS)
    sections = [SECTIONS[name](quick) for name in chosen]
    text = "\n\n".join(said.strip() for said, _ in sections) + "\n"
    print(text)
    if not quick:
        before = PAGE.read_text(encoding="utf-8")
        text = replaced(before, text) if given.section else f"{text}\n{section_of(before, FUZZING)}"
        PAGE.write_text(replaced(text, wanted.section(text)), encoding="utf-8")
        print(f"Written to docs/{PAGE.name}")
    missed = [name for _, names in sections for name in names]
    for name in missed:
        print(f"MISSED: {name}", file=sys.stderr)
    return int(bool(missed))


def replaced(page: str, section: str) -> str:
    """Return the page with a section in the place of the one that has the same heading."""
    heading = section.split("\n", 1)[0] + "\n"
    before, _, old = page.partition(heading)
    after = old.partition("\n## ")[2]
    tail = f"\n## {after}" if after else ""
    return f"{before.rstrip()}\n\n{section.strip()}\n{tail}"


def section_of(page: str, heading: str) -> str:
    """Return one section of the page as it stands; empty if it has none."""
    _, found, rest = page.partition(f"{heading}\n")
    return f"{found}{rest.partition(chr(10) + '## ')[0].rstrip()}\n" if found else ""


def _scores(quick: bool) -> Section:
    settings = QUICK if quick else FULL
    rows = cases(settings)
    quantities = by_quantity(rows)
    bands = {name: by_accounts(rows, name) for name in ("client CRQ", "client NPS")}
    return page(settings, quantities, bands, selection(settings)), list(misses(quantities))


def _audit(quick: bool) -> Section:
    said = audit.section(audit.QUICK if quick else audit.FULL)
    return said, ["the selection audit"] if "**missed**" in said else []


def _nonresponse(quick: bool) -> Section:
    settings = nonresponse.QUICK if quick else nonresponse.FULL
    mended = nonresponse.recovered(settings)
    return nonresponse.section(settings, mended), list(nonresponse.misses(mended))


def _survey_weights(quick: bool) -> Section:
    settings = survey_weights.QUICK if quick else survey_weights.FULL
    found = survey_weights.covered(survey_weights.cases(settings))
    return survey_weights.section(settings, found), survey_weights.misses(found)


def _construct(quick: bool) -> Section:
    settings = construct.QUICK if quick else construct.FULL
    rejected = construct.rejections(settings)
    held = construct.covered(construct.cases(settings), settings)
    return construct.section(settings, rejected, held), list(construct.misses(rejected, held))


def _accuracy(quick: bool) -> Section:
    settings = accuracy.QUICK if quick else accuracy.FULL
    sure = accuracy.covered(accuracy.cases(settings), settings)
    return accuracy.section(settings, sure), list(accuracy.misses(sure))


def _regression(quick: bool) -> Section:
    settings = regression.QUICK if quick else regression.FULL
    effects = regression.covered(regression.cases(settings))
    return regression.section(settings, effects), list(regression.misses(effects))


def _drivers(quick: bool) -> Section:
    settings = drivers.QUICK if quick else drivers.FULL
    planted = drivers.covered(drivers.cases(settings), settings)
    judged = drivers.judged(drivers.named(settings))
    return drivers.section(settings, planted, judged), list(drivers.misses(planted))


def _segments(quick: bool) -> Section:
    settings = segments.QUICK if quick else segments.FULL
    cuts, mixed = segments.found_cuts(settings), segments.found_mix(settings)
    said = segments.section(settings, cuts, mixed, segments.come_true(settings))
    return said, list(segments.misses(cuts, mixed))


def _renewal(quick: bool) -> Section:
    settings = renewal.QUICK if quick else renewal.FULL
    lawful = renewal.covered(renewal.cases(settings), settings)
    null = renewal.claims(settings)
    return renewal.section(settings, lawful, null), list(renewal.misses(lawful, null))


def _benchmark(quick: bool) -> Section:
    settings = benchmark.QUICK if quick else benchmark.FULL
    tenths = benchmark.covered(settings)
    return benchmark.section(settings, tenths), list(benchmark.misses(tenths))


def _account_segments(quick: bool) -> Section:
    settings = account_segments.QUICK if quick else account_segments.FULL
    rows = account_segments.shown(account_segments.heard(settings), settings)
    return account_segments.section(settings, rows), []


def _account_model(quick: bool) -> Section:
    settings = account_model.QUICK if quick else account_model.FULL
    model = account_model.law(settings)

    def held(number: int, people, truth) -> account_model.Judged:
        return account_model.judged(number, people, truth, model, settings.draws)

    example = held(-1, *account_model.demo(settings))
    found = account_model.together([held(*one) for one in account_model.fresh(settings)])
    said = account_model.section(settings, model, example, found)
    return said, account_model.misses(example, found)


def _small_clients(quick: bool) -> Section:
    settings = small_clients.QUICK if quick else small_clients.FULL
    rows = small_clients.judged(settings)
    unique, power = small_clients.called_unique(settings), small_clients.changed(settings)
    return small_clients.section(settings, rows, unique, power), []


def _claims(quick: bool) -> Section:
    settings = claim_law.QUICK if quick else claim_law.FULL
    rows, money = claim_law.said(settings), claim_law.foretold(settings)
    return claim_law.section(settings, rows, money), claim_law.misses(rows, money)


def _mirrored(quick: bool) -> Section:
    settings = mirrored.QUICK if quick else mirrored.FULL
    rows = mirrored.found(settings)
    return mirrored.section(settings, rows), mirrored.misses(rows)


def _rolling(quick: bool) -> Section:
    settings = rolling.QUICK if quick else rolling.FULL
    rows = rolling.states(settings)
    return rolling.section(settings, rows), rolling.misses(rows)


def _power(quick: bool) -> Section:
    panels = power.QUICK if quick else power.FULL
    found = power.cases(panels)
    return power.section(panels, found), power.misses(found)


SECTIONS: dict[str, Callable[[bool], Section]] = {
    "scores": _scores,
    "mirrored": _mirrored,
    "audit": _audit,
    "nonresponse": _nonresponse,
    "survey_weights": _survey_weights,
    "construct": _construct,
    "accuracy": _accuracy,
    "regression": _regression,
    "drivers": _drivers,
    "segments": _segments,
    "renewal": _renewal,
    "benchmark": _benchmark,
    "account_segments": _account_segments,
    "account_model": _account_model,
    "small_clients": _small_clients,
    "claims": _claims,
    "rolling": _rolling,
    "power": _power,
    "gate": gate.section,
}

if __name__ == "__main__":
    sys.exit(main())
