"""Re-run the R scripts under tests/reference, each of which prints the CSV beside it.

python tools/reference.py            all of them
python tools/reference.py nps        those whose path holds "nps"
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def rerun(rscript: str, script: Path) -> str:
    """Run one script in its folder and keep what it prints; return what came of it."""
    result = subprocess.run(
        [rscript, "--vanilla", script.name], cwd=script.parent, capture_output=True, check=False
    )
    if result.returncode:
        return f"failed\n{result.stderr.decode(errors='replace').rstrip()}"
    target = script.with_suffix(".csv")
    printed = result.stdout.replace(b"\r\n", b"\n")
    if target.exists() and target.read_bytes() == printed:
        return "same"
    target.write_bytes(printed)
    return "changed; write a [Number] line into CHANGELOG.md"


def main(words: list[str]) -> int:
    rscript = shutil.which("Rscript")
    if rscript is None:
        print(
            "Rscript is missing; the committed CSVs stay as they are, and the tests need no R.\n"
            "To make them anew: sudo apt install r-base-core, and the r-cran-… packages that the\n"
            "scripts load with library()."
        )
        return 1
    scripts = sorted((ROOT / "tests" / "reference").glob("*/*.R"))
    chosen = [s for s in scripts if all(word in s.as_posix() for word in words)]
    if not chosen:
        print(f"No script under tests/reference holds {' and '.join(words) or 'a name'}.")
        return 1
    outcomes = []
    for script in chosen:
        print(f"{script.relative_to(ROOT)} ... ", end="", flush=True)
        outcomes.append(rerun(rscript, script))
        print(outcomes[-1])
    return int(any(outcome.startswith("failed") for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
