"""A client's own look: two colours and a logo, from a small file."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from crqlab.base import documents
from crqlab.base.errors import StudyError
from crqlab.base.instrument import Strict
from crqlab.report.pictures import bare, is_png
from crqlab.show.colours import ACCENT, WARM, contrast

_LEGIBLE = 4.5


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f"{value!r} is no colour; write six hexadecimal digits as in '#1f5582'")
    if contrast(value, "#ffffff") < _LEGIBLE:
        raise ValueError(
            f"{value!r} is too pale to be read on white (contrast below {_LEGIBLE}); "
            "use a darker one"
        )
    return value.lower()


Colour = Annotated[str, AfterValidator(_colour)]


class Theme(Strict):
    """How a client's documents look.

    Attributes
    ----------
    accent, warm : str
        Colours as ``#rrggbb`` that can be read on white; the second one is for cautions.
    logo : str
        A PNG file, relative to the theme file; empty for none.
    picture : bytes
        The logo itself, without metadata; read by `read`.
    """

    accent: Colour = ACCENT
    warm: Colour = WARM
    logo: str = ""
    picture: bytes = Field(default=b"", repr=False)

    @property
    def css(self) -> str:
        """Rules that a page's own style sheet gives way to."""
        return f":root {{ --accent: {self.accent}; --warm: {self.warm}; }}\n"

    @property
    def image(self) -> str:
        """The logo as finished HTML; empty without one."""
        if not self.picture:
            return ""
        encoded = base64.b64encode(self.picture).decode()
        return f'<img class="logo" src="data:image/png;base64,{encoded}" alt="">'


def read(path: Path) -> Theme:
    """Read a theme file.

    Parameters
    ----------
    path : Path
        YAML with ``accent``, ``warm`` and ``logo``, all optional.

    Raises
    ------
    StudyError
        The file or the logo is not there, or the logo is no PNG.
    DataError
        A key or colour is wrong; ``cases`` names its line.
    """
    found = documents.load(Path(path), Theme)
    if not found.logo:
        return found
    logo: Any = Path(path).parent / found.logo
    content = logo.read_bytes() if logo.is_file() else b""
    if not is_png(content):
        what = "is no PNG" if content else "is not there"
        raise StudyError(f"The theme's logo {found.logo!r} {what}; name a PNG beside the theme.")
    return found.model_copy(update={"picture": bare(content)})
