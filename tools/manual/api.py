"""Pages of the Python package: what Tab shows, by station and by statistic."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import crqlab as crq
from tools.manual.markdown import code, page, prose, table

_LEAD = (
    "What `dir()` and Tab list below `import crqlab as crq`. The examples run in the tests; those "
    "that begin with `crq.Study(\"demo\")` work after `crqlab demo`."
)  # fmt: skip


def modules(module: ModuleType = crq, path: str = "crq") -> Iterator[tuple[str, ModuleType]]:
    """Yield every module that `dir` lists, with the path by which a user reaches it."""
    yield path, module
    for name in dir(module):
        found = getattr(module, name)
        if inspect.ismodule(found) and found.__name__.startswith("crqlab."):
            yield from modules(found, f"{path}.{name}")


def api_pages() -> dict[str, str]:
    """Return a page for each module with public names, and one that lists them."""
    found = dict(modules())
    homes = _homes(found)
    pages, listed = {}, []
    for path, module in found.items():
        offered = _offered(module)
        listed.append([f"[{code(path)}]({path}.md)" if offered else code(path), _first(module)])
        if offered:
            pages[f"api/{path}.md"] = _page(path, module, offered, homes)
    kept = [name.removeprefix("api/").removesuffix(".md") for name in pages]
    toc = "\n".join(["```{toctree}", ":hidden:", *kept, "```"])
    head = table(["module", "about"], listed)
    return pages | {"api/index.md": page("The Python package", _LEAD, head, toc)}


def _offered(module: ModuleType) -> dict[str, Any]:
    """Functions and classes by the names that `dir` lists."""
    each = {name: getattr(module, name) for name in sorted(dir(module))}
    return {n: one for n, one in each.items() if inspect.isfunction(one) or inspect.isclass(one)}


def _homes(found: dict[str, ModuleType]) -> dict[int, str]:
    """Where each thing is explained: of the ways to it the one through the most modules."""
    homes: dict[int, str] = {}
    for path in sorted(found, key=lambda path: path.count(".")):
        homes |= {id(one): path for one in _offered(found[path]).values()}
    return homes


def _page(path: str, module: ModuleType, offered: dict[str, Any], homes: dict[int, str]) -> str:
    here = {name: one for name, one in offered.items() if homes[id(one)] == path}
    links = [f"[{code(f'{path}.{name}')}]({homes[id(one)]}.md)"
             for name, one in offered.items() if name not in here]  # fmt: skip
    also = f"Also here: {', '.join(links)}." if links else ""
    lines = [line for one in here.values() for line in _directive(one)]
    explained = "\n".join(["```{eval-rst}", *lines, "```"]) if lines else ""
    return page(path, _first(module), also, explained)


def _directive(one: Any) -> list[str]:
    named = f"{one.__module__}.{one.__qualname__}"
    if inspect.isfunction(one):
        return [f".. autofunction:: {named}", ""]
    return [f".. autoclass:: {named}", "   :members:", ""]


def _first(module: ModuleType) -> str:
    return prose((inspect.getdoc(module) or "").partition("\n\n")[0])
