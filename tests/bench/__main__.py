"""Print every comparison: ours, the plain way, and the ratio; medians of several rounds.

make bench            (or python -m tests.bench [--rounds N] [WORD ...])
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time

from tests.bench import cases


def seconds(work, rounds):
    """Time a call several times and return the median."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def said(name, ours, plain, note):
    print(f"{name:<58} {ours:8.3f} {plain:8.3f} {plain / ours:6.1f}x   {note}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each, 3 unless told")
    parser.add_argument("words", nargs="*", help="only comparisons whose name holds such a word")
    told = parser.parse_args()
    print(f"{'what':<58} {'ours s':>8} {'plain s':>8} {'ratio':>7}   the plain way")
    for case in cases.found(told.words):
        with case() as bench:
            gc.collect()
            gc.freeze()  # what all cases import is no part of what one of them makes
            ours = seconds(bench.ours, bench.ours_rounds or told.rounds)
            plain = seconds(bench.plain, bench.plain_rounds or told.rounds)
            plain *= bench.plain_share
            if bench.repeated:
                said(f"{bench.name}; plain without intervals", ours, plain, "")
                plain += bench.times * seconds(bench.repeated, 1)
            said(bench.name, ours, plain, bench.note)


if __name__ == "__main__":
    main()
