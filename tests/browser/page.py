"""Look at one HTML file in chromium, with the network off, and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


def faults(browser: Browser, path: Path, *, view: str = "desk") -> list[str]:
    """Return what a reader with this view would stumble over, one sentence each."""
    address = path.resolve().as_uri()
    found: list[str] = []
    with offline(browser, address, view) as context:
        page = context.new_page()
        page.on("request", lambda r: r.url == address or found.append(f"asks for {r.url}"))
        page.on("pageerror", lambda error: found.append(f"script error: {error}"))
        page.on(
            "console",
            lambda line: (
                line.type in ("error", "warning")
                and found.append(f"console {line.type}: {line.text}")
            ),
        )
        page.goto(address, wait_until="load")
        found += structure(page, VIEWS[view]["viewport"]["width"])
        found += accessibility(page)
    return found


@contextmanager
def offline(browser: Browser, address: str, view: str) -> Iterator[BrowserContext]:
    """Give a context without network that opens this address and nothing else."""
    context = browser.new_context(**VIEWS[view])
    context.set_offline(True)
    context.route(
        "**/*",
        lambda route: route.continue_() if route.request.url == address else route.abort(),
    )
    try:
        yield context
    finally:
        context.close()


def structure(page: Page, width: int) -> list[str]:
    """Say where the page breaks the rules that every report keeps."""
    counts = page.evaluate(
        """() => ({
            h1: document.querySelectorAll("h1").length,
            scripts: document.scripts.length,
            wide: document.documentElement.scrollWidth,
        })"""
    )
    found = []
    if counts["h1"] != 1:
        found.append(f"{counts['h1']} h1 headings; a report has one")
    if counts["scripts"]:
        found.append(f"{counts['scripts']} scripts; a report has none")
    if counts["wide"] > width:
        found.append(f"{counts['wide']} px wide on a screen of {width} px: it scrolls sideways")
    return found


def accessibility(page: Page) -> list[str]:
    """Say what axe-core objects to."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"axe {broken['id']}: {broken['help']}; {len(broken['nodes'])} x, first {node['html']}"
        for broken in result["violations"]
        for node in broken["nodes"][:1]
    ]
