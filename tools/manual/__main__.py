"""Make the reference pages, and the site of all pages."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools.manual.api import api_pages
from tools.manual.codebook import codebook_pages
from tools.manual.commands import command_pages
from tools.manual.markdown import page
from tools.manual.reading import reading_pages
from tools.manual.tables import table_pages

DOCS = Path(__file__).resolve().parents[2] / "docs"
_TOC = "```{toctree}\n:maxdepth: 1\n\ncommands\ncodebook\ntables/index\napi/index\n```"


def reference() -> dict[str, str]:
    """Return all pages that are made from the code, by their names below ``docs/reference``."""
    made = command_pages() | codebook_pages() | table_pages() | api_pages() | reading_pages()
    return made | {"index.md": page("Reference", "Made from the code at every build.", _TOC)}


def write(folder: Path) -> None:
    """Write the reference; pages that are the same stay as they are, so that builds are short."""
    made = reference()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in made:
            path.unlink()


def main(words: list[str]) -> int:
    """Write the reference and build the site; a warning is an error."""
    write(DOCS / "reference")
    if "--pages" in words:
        return 0
    sys.path.append(str(DOCS.parent / ".docs"))  # behind the project's own packages
    from sphinx.cmd.build import build_main

    built = DOCS / "_build"
    if "--anew" in words:
        shutil.rmtree(built, ignore_errors=True)
    code = build_main(["-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(built / "html")])
    if code == 0:
        print(built / "html" / "index.html")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
