"""A client's own look: name, logo, two colours and a font, from a small file."""

from __future__ import annotations

import base64
import colorsys
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from crqlab.base import yaml_documents
from crqlab.base.errors import ReportError, StudyError, one_of
from crqlab.base.instrument import Strict
from crqlab.base.study import Study, fingerprint
from crqlab.report.brand.vector_logo import safe_svg
from crqlab.report.run.image_metadata import bare, is_png
from crqlab.show.colours import ACCENT, SOFT, WARM, contrast
from crqlab.show.html import text

LEGIBLE = 4.5  # contrast on white that text needs (WCAG 2.1, AA)
LARGEST = 200_000  # bytes of a logo
#: Fonts that readers have, each with what stands in for it.
FONTS = {
    "system": '"Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", Arial, sans-serif',
    "Arial": 'Arial, "Helvetica Neue", Helvetica, "Liberation Sans", sans-serif',
    "Calibri": 'Calibri, Carlito, "Segoe UI", Arial, sans-serif',
    "Georgia": 'Georgia, "Times New Roman", "Liberation Serif", serif',
    "Tahoma": "Tahoma, Verdana, Geneva, sans-serif",
    "Times New Roman": '"Times New Roman", "Liberation Serif", Times, serif',
    "Trebuchet MS": '"Trebuchet MS", "Segoe UI", Arial, sans-serif',
    "Verdana": "Verdana, Geneva, Tahoma, sans-serif",
}


def darkened(colour: str) -> str:
    """Return the nearest darker colour of the same hue that can be read on white.

    Examples
    --------
    >>> darkened("#ffcc00"), darkened("#1f5582")
    ('#8f7200', '#1f5582')
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    hue, light, strength = colorsys.rgb_to_hls(*channels)
    while contrast(colour, "#ffffff") < LEGIBLE:
        light -= 0.005
        whole = [round(255 * part) for part in colorsys.hls_to_rgb(hue, light, strength)]
        colour = "#{:02x}{:02x}{:02x}".format(*whole)
    return colour


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f"{value!r} is no colour; write six hexadecimal digits as in '#1f5582'")
    if contrast(value, "#ffffff") < LEGIBLE:
        raise ValueError(
            f"{value!r} is too pale to be read on white (contrast below {LEGIBLE}); "
            f"{darkened(value.lower())!r} is the same hue and can be read"
        )
    return value.lower()


def _font(value: str) -> str:
    try:
        one_of("font:", value, FONTS)
    except ValueError as refused:
        raise ValueError(str(refused)) from None
    return value


Colour = Annotated[str, AfterValidator(_colour)]


class Brand(Strict):
    """How a client's documents look.

    Attributes
    ----------
    name : str
        Whose look it is; said in place of the logo where that cannot be seen.
    accent, warm : str
        Colours as ``#rrggbb`` that can be read on white; the second one is for cautions.
    font : str
        A name from `FONTS`.
    logo : str
        A PNG or SVG file of at most 200,000 bytes, relative to this one; empty for none.
    picture : bytes
        The logo itself if it is a PNG, without metadata; read by `read`.
    drawing : bytes
        The logo itself if it is an SVG, with nothing in it but the drawing; read by `read`.
    """

    name: str = Field(default="", max_length=200)
    accent: Colour = ACCENT
    warm: Colour = WARM
    font: Annotated[str, AfterValidator(_font)] = "system"
    logo: str = ""
    picture: bytes = Field(default=b"", repr=False)
    drawing: bytes = Field(default=b"", repr=False)

    @property
    def css(self) -> str:
        """Rules that a page's own style sheet gives way to."""
        colours = f":root {{ --accent: {self.accent}; --warm: {self.warm}; }}\n"
        font = f"body {{ font-family: {FONTS[self.font]}; }}\n" if self.font != "system" else ""
        return colours + font

    @property
    def image(self) -> str:
        """The logo as finished HTML; empty without one."""
        content, kind = (self.picture, "png") if self.picture else (self.drawing, "svg+xml")
        if not content:
            return ""
        source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
        return f'<img class="logo" src="{source}" alt="{text(self.name)}">'

    def painted(self, html: str) -> str:
        """Return a page whose pictures are in these colours too."""
        new = {ACCENT: self.accent, WARM: self.warm, SOFT: _mixed(self.accent)}
        old = re.compile(rf'\b(fill|stroke)="({"|".join(new)})"')
        return old.sub(lambda found: f'{found[1]}="{new[found[2]]}"', html)


def _mixed(accent: str) -> str:
    """The colour of intervals: the accent, thinned with white; the house's own for its own."""
    if accent == ACCENT:
        return SOFT
    channels = (int(accent[i : i + 2], 16) for i in (1, 3, 5))
    return "#{:02x}{:02x}{:02x}".format(*(round(0.45 * part + 0.55 * 255) for part in channels))


def read(path: Path) -> Brand:
    """Read a brand file.

    Parameters
    ----------
    path : Path
        YAML with ``name``, ``accent``, ``warm``, ``font`` and ``logo``, all optional.

    Raises
    ------
    StudyError
        The file is not there, or its logo is not, is too large, or is neither a PNG nor an SVG
        that only draws; names the line.
    DataError
        A key, colour or font is wrong; ``cases`` names its line.
    """
    path = Path(path)
    found = yaml_documents.load(path, Brand)
    if not found.logo:
        return found
    logo = (path.parent / found.logo).resolve()
    where = f"{path.name}, line {_line(path)}: logo {found.logo!r}"
    if not logo.is_relative_to(path.parent.resolve()) or not logo.is_file():
        raise StudyError(f"{where} is not there; put a PNG or SVG beside the file.")
    if logo.stat().st_size > LARGEST:
        size = f"{logo.stat().st_size:,} bytes"
        raise StudyError(f"{where} has {size}; at most {LARGEST:,}. Make it smaller.")
    content = logo.read_bytes()
    if is_png(content):
        return found.model_copy(update={"picture": bare(content)})
    if logo.suffix.lower() != ".svg":
        raise StudyError(f"{where} is no PNG; save it as PNG or SVG.")
    try:
        return found.model_copy(update={"drawing": safe_svg(content)})
    except ReportError as refused:
        raise StudyError(f"{where} is refused. {refused}") from None


def _line(path: Path) -> int:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return next((i for i, line in enumerate(lines, 1) if re.match(r"[\"']?logo\b", line)), 1)


def of(study: Study, client: str | None = None) -> Brand:
    """Return the look of a client: its own file, else the study's, else the house's.

    Parameters
    ----------
    study : Study
        ``brand/<client>.yaml`` and ``brand.yaml`` are looked for beside its codebook.
    client : str, optional
        Its id; only a file of exactly that name is taken.
    """
    own = {path.stem: path for path in (study.raw / "brand").glob("*.yaml")}
    path = own.get(client or "", study.raw / "brand.yaml")
    return read(path) if path.is_file() else Brand()


def sources(study: Study) -> dict[str, str]:
    """Return the SHA-256 of every file that a look may be made of, by its name."""
    own = study.raw / "brand.yaml"
    files = [own, *study.raw.glob("brand/*")]
    if own.is_file() and (logo := yaml_documents.load(own, Brand).logo):
        files.append(study.raw / logo)
    found = {path.relative_to(study.raw).as_posix(): path for path in files if path.is_file()}
    return {name: fingerprint(found[name]) for name in sorted(found)}
