"""Write docs/validation.md: python -m tests.validation [--quick]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.validation import (
    accuracy,
    audit,
    benchmark,
    construct,
    drivers,
    nonresponse,
    regression,
    renewal,
    segments,
)
from tests.validation.coverage import FULL, QUICK, by_accounts, by_quantity, cases, selection
from tests.validation.page import misses, page

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


def main() -> int:
    """Measure, print the page, keep it unless it is quick; 1 if a promise is missed."""
    parser = argparse.ArgumentParser(prog="validate", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small sample; writes nothing")
    settings = QUICK if parser.parse_args().quick else FULL
    rows = cases(settings)
    quantities = by_quantity(rows)
    bands = {name: by_accounts(rows, name) for name in ("client CRQ", "client NPS")}
    text = page(settings, quantities, bands, selection(settings))
    asked = audit.section(audit.FULL if settings is FULL else audit.QUICK)
    how = nonresponse.FULL if settings is FULL else nonresponse.QUICK
    mended = nonresponse.recovered(how)
    size = construct.FULL if settings is FULL else construct.QUICK
    rejected, held = construct.rejections(size), construct.covered(construct.cases(size), size)
    text = f"{text}\n{asked.rstrip()}\n{nonresponse.section(how, mended)}"
    text = f"{text.rstrip()}\n{construct.section(size, rejected, held)}"
    told = accuracy.FULL if settings is FULL else accuracy.QUICK
    sure = accuracy.covered(accuracy.cases(told), told)
    text = f"{text.rstrip()}\n{accuracy.section(told, sure)}"
    panel = regression.FULL if settings is FULL else regression.QUICK
    effects = regression.covered(regression.cases(panel))
    text = f"{text.rstrip()}\n{regression.section(panel, effects)}"
    moved = drivers.FULL if settings is FULL else drivers.QUICK
    planted = drivers.covered(drivers.cases(moved), moved)
    text = (
        f"{text.rstrip()}\n{drivers.section(moved, planted, drivers.judged(drivers.named(moved)))}"
    )
    sized = segments.FULL if settings is FULL else segments.QUICK
    cuts, mixed = segments.found_cuts(sized), segments.found_mix(sized)
    text = f"{text.rstrip()}\n{segments.section(sized, cuts, mixed, segments.come_true(sized))}"
    kept = renewal.FULL if settings is FULL else renewal.QUICK
    lawful, null = renewal.covered(renewal.cases(kept), kept), renewal.claims(kept)
    text = f"{text.rstrip()}\n{renewal.section(kept, lawful, null)}"
    ranked = benchmark.FULL if settings is FULL else benchmark.QUICK
    tenths = benchmark.covered(ranked)
    text = f"{text.rstrip()}\n{benchmark.section(ranked, tenths)}"
    print(text)
    if settings is FULL:
        PAGE.write_text(text, encoding="utf-8")
        print(f"Written to docs/{PAGE.name}")
    for name in (missed := misses(quantities)):
        print(f"MISSED: {name} covers {quantities.loc[name, 'covered']:.1%}", file=sys.stderr)
    if "**missed**" in asked:
        print("MISSED: the selection audit asks the honest too often", file=sys.stderr)
    for name in (lost := nonresponse.misses(mended)):
        print(f"MISSED: weighting where answering is {name}", file=sys.stderr)
    for name in (broken := construct.misses(rejected, held)):
        print(f"MISSED: the construct's {name}", file=sys.stderr)
    for name in (unsure := accuracy.misses(sure)):
        print(f"MISSED: {name} covers {sure.loc[name, 'covered']:.1%}", file=sys.stderr)
    for name in (off := regression.misses(effects)):
        print(f"MISSED: the interval of {name}", file=sys.stderr)
    for name in (stray := drivers.misses(planted)):
        print(f"MISSED: the interval of {name}", file=sys.stderr)
    for name in (apart := segments.misses(cuts, mixed)):
        print(f"MISSED: the interval of thresholds, {name}", file=sys.stderr)
    for name in (false := renewal.misses(lawful, null)):
        print(f"MISSED: renewals, {name}", file=sys.stderr)
    for name in (beside := benchmark.misses(tenths)):
        print(f"MISSED: the interval of {name}", file=sys.stderr)
    wrong = (beside, stray, off, missed, lost, broken, unsure, apart, false, "**missed**" in asked)
    return int(any(wrong))


if __name__ == "__main__":
    sys.exit(main())
