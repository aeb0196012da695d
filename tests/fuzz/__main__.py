"""Mutated inputs for every reader: python -m tests.fuzz [-n 2000] [--reader csv] [--write]."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.campaign import FAILURES, Tally, tallied
from tests.fuzz.inputs import MAKERS
from tests.validation.__main__ import PAGE, replaced


def main() -> int:
    """Judge inputs, print what failed and a table; 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("-n", type=int, default=2000, help="inputs for each reader")
    parser.add_argument("--start", type=int, default=0, help="number of the first one")
    parser.add_argument("--reader", choices=MAKERS, action="append", help="this one alone")
    parser.add_argument("--write", action="store_true", help="keep the table in docs")
    given = parser.parse_args()
    found = []
    for reader in given.reader or MAKERS:
        tally = tallied(reader, range(given.start, given.start + given.n))
        found.append(tally)
        print(f"{reader}: {dict(tally.counts)}, {tally.compared} compared", flush=True)
        for number, verdict in tally.failed[:8]:
            print(f"  {reader} {number}: {verdict.kind}: {verdict.note}", file=sys.stderr)
    said = section(found, given.n)
    print(said)
    if given.write:
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), said), encoding="utf-8")
    return int(any(tally.failed for tally in found))


def section(found: list[Tally], n: int) -> str:
    """Return the section of the page."""
    rows = []
    for one in found:
        failed = sum(one.counts[kind] for kind in FAILURES)
        counts = (one.counts.total(), one.counts["accepted"], one.compared, one.counts["refused"])
        rows.append(f"| {one.reader} | {' | '.join(f'{count:,}' for count in (*counts, failed))} |")
    return "\n".join([_HEAD.format(n=n), *rows, ""])


_HEAD = """\
## Fuzzing

`make fuzz` changes bytes, cells, rows, columns and lines of whole files by seeded chance, {n:,}
inputs for each reader (SPSS behind its header, workbooks inside their archive), and reads each as a
study would. Every input must end in acceptance with right values or in a clear message, within 10
seconds of processor time. Accepted files are compared with what was written, or with what pandas
and pyreadstat read. *Failed* are tracebacks, processes that died, more than 10 seconds, values that
are not those of the file, and messages with words of a programming language.

| reader | inputs | accepted | of them compared | refused | failed |
| --- | ---: | ---: | ---: | ---: | ---: |"""

if __name__ == "__main__":
    sys.exit(main())
