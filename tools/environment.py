"""Write environment.yml, the conda way in, from the dependencies in pyproject.toml.

python tools/environment.py            write it
python tools/environment.py --check    say whether it is up to date
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "environment.yml"
EXTRAS = ("test",)
CONDA = {  # where conda-forge has another name for what PyPI calls so; it knows no extras
    "ibis-framework[duckdb]": "ibis-duckdb",
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "playwright": "playwright-python",
}


def environment(pyproject: str) -> str:
    """Return the text of environment.yml for the text of a pyproject.toml."""
    project = tomllib.loads(pyproject)["project"]
    extras = [line for name in EXTRAS for line in project["optional-dependencies"][name]]
    listed = [conda(line) for line in project["dependencies"] + extras]
    python = f"python{project['requires-python']}"
    lines = [f"  - {line}" for line in [python, "pip", *sorted(set(listed))]]
    return "\n".join(
        [
            "# Written by tools/environment.py from pyproject.toml; do not edit.",
            "#   conda env create --file environment.yml && conda activate crqlab",
            "#   python -m pip install --no-deps --editable .",
            "# or: pixi init --import environment.yml",
            f"name: {project['name']}",
            "channels:",
            "  - conda-forge",
            "  - nodefaults",
            "dependencies:",
            *lines,
            "",
        ]
    )


def conda(requirement: str) -> str:
    """Return a requirement of PyPI in conda-forge's words."""
    name, bounds = re.fullmatch(r"([\w.-]+(?:\[[\w,-]+\])?)\s*(.*)", requirement).groups()
    return CONDA.get(name.lower(), name.lower()) + bounds.replace(" ", "")


def main(words: list[str]) -> int:
    text = environment((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if "--check" not in words:
        TARGET.write_text(text, encoding="utf-8", newline="\n")
        print(f"{TARGET.name} written")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        print(f"{TARGET.name} agrees with pyproject.toml")
        return 0
    print(f"{TARGET.name} differs from pyproject.toml; run: python tools/environment.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
