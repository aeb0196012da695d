"""Vector logos: read as what they draw, refused where they would do or load anything."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from crqlab.base.errors import ReportError

SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
#: What a logo is drawn with.
_DRAWN = frozenset(
    """
    svg g path rect circle ellipse line polyline polygon text tspan defs use symbol title desc
    linearGradient radialGradient stop clipPath mask
    """.split()
)
#: What drawing programs leave behind and no reader sees.
_LEFT = frozenset(["metadata", "style"])
_BOMB = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LOADS = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:|expression\(|data:", re.IGNORECASE)


def safe_svg(content: bytes) -> bytes:
    """Return an SVG with nothing in it but its drawing; the same file gives the same bytes.

    Parameters
    ----------
    content : bytes
        A whole SVG file.

    Raises
    ------
    ReportError
        Not an SVG, or one with a script, an event, an entity, an embedded page or picture, or a
        reference to anything outside of itself.

    Examples
    --------
    >>> safe_svg(b'<svg xmlns="http://www.w3.org/2000/svg"><!-- me --><path d="M0 0"/></svg>')
    b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0" /></svg>'
    """
    if _BOMB.search(content):
        raise ReportError("The SVG declares entities; save it again as plain SVG.")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as broken:
        raise ReportError(f"The SVG cannot be read ({broken}); save it again.") from None
    if root.tag != f"{{{SVG}}}svg":
        raise ReportError(f"The file is no SVG but <{_name(root)}>; save it as plain SVG.")
    _clean(root)
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="utf-8").strip()


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _clean(element: ElementTree.Element) -> None:
    """Drop what is not drawn, and refuse what is more than a drawing."""
    for name, value in list(element.attrib.items()):
        if not _harmless(name, value):
            raise ReportError(
                f"The SVG's <{_name(element)}> has {name.rpartition('}')[2]}={value[:40]!r}, which "
                "would do or load something; save it as plain SVG without it."
            )
        if name.startswith("{") and name != _LINK:
            del element.attrib[name]
    for child in list(element):
        foreign = not str(child.tag).startswith(f"{{{SVG}}}")
        if foreign or _name(child) in _LEFT:
            if "html" in str(child.tag) or _name(child) == "script":
                raise ReportError("The SVG holds a script or a page; save it as plain SVG.")
            element.remove(child)
        elif _name(child) not in _DRAWN:
            raise ReportError(
                f"The SVG holds <{_name(child)}>, which is more than a drawing; save it as plain "
                "SVG with texts and effects turned into paths."
            )
        else:
            _clean(child)


def _harmless(name: str, value: str) -> bool:
    plain = name.rpartition("}")[2].lower()
    if plain.startswith("on") or plain in ("src", "base"):
        return False
    if plain == "href" and not value.strip().startswith("#"):
        return False
    return not _LOADS.search(value)
