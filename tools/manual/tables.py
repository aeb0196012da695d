"""A page of all tables between stations, made from their contracts."""

from __future__ import annotations

from collections import defaultdict

from crqlab.base.contracts import TABLES
from crqlab.base.contracts.schema import Column, Contract
from tools.manual.markdown import code, page, plain, table

_LEAD = (
    "Tables that one station hands to the next lie in `data/processed/STUDY/` as Parquet files; "
    "the number in front is that of the station's notebook. `Study.read(NAME)` reads one."
)


def table_pages() -> dict[str, str]:
    """Return a page for the tables of each notebook, and one that lists them all."""
    by_notebook: dict[str, list[Contract]] = defaultdict(list)
    for each in TABLES.values():
        by_notebook[each.notebook].append(each)
    listed = [
        [f"[{plain(one.name)}]({notebook}.md#table-{anchor(one.name)})", code(notebook),
         ", ".join(map(code, one.key))]
        for notebook in sorted(by_notebook) for one in by_notebook[notebook]
    ]  # fmt: skip
    pages = {
        f"tables/{notebook}.md": page(f"Tables of {notebook}", *map(_contract, kept))
        for notebook, kept in by_notebook.items()
    }
    toc = "\n".join(["```{toctree}", ":hidden:", *sorted(by_notebook), "```"])
    head = table(["table", "written by", "one row for each"], listed)
    return pages | {"tables/index.md": page("Tables", _LEAD, head, toc)}


def anchor(name: str) -> str:
    """Return the name by which a table's heading is linked."""
    return name.replace("_", "-")


def _contract(one: Contract) -> str:
    rows = [[code(name), _kind(column), plain(column.says)]
            for name, column in one.columns.items()]  # fmt: skip
    key = ", ".join(map(code, one.key))
    more = "Columns of the study's items or constructs come on top." if _measures(one) else ""
    said = f"One row for each {key}. {more}".strip()
    head = [f"(table-{anchor(one.name)})=", f"## {plain(one.name)}", said]
    return "\n\n".join([*head, table(["column", "holds", "means"], rows)])


def _measures(one: Contract) -> bool:
    fields = Contract.__dataclass_fields__["measured"]
    return one.measured is not fields.default


def _kind(column: Column) -> str:
    bounds = [
        f"from {column.low:g}" if column.low is not None else "",
        f"to {column.high:g}" if column.high is not None else "",
    ]
    chosen = ", ".join(map(code, column.options))
    parts = [column.kind, " ".join(filter(None, bounds)), chosen, "may be empty" * column.gaps]
    return "; ".join(filter(None, parts))
