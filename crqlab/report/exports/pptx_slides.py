"""Slides in a PowerPoint file: a message above a native chart, and what stands behind it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Emu, Inches, Pt

from crqlab.base.errors import StudyError
from crqlab.language import Language
from crqlab.page.slide import (
    WHOLE,
    Bars,
    Cards,
    Course,
    Grid,
    Slide,
    Words,
    described,
    written,
)
from crqlab.report.exports.archive import settled
from crqlab.report.exports.error_bars import add_error_bars
from crqlab.report.exports.office_language import number_format, proofing_tag
from crqlab.report.exports.theme import Theme
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT, STEPS, WARM
from crqlab.show.html import plain

_WIDE, _HIGH = Inches(13.333), Inches(7.5)
_EDGE = Inches(0.6)
#: Of the house's colours, those that carry an interval; of a client's own they are made lighter.
_LIGHT = {ACCENT: SOFT, WARM: STEPS[1], SOFT: PALE}
_FEW = 8  # of a count, up to which an axis has a line for each
_WIDEST_CELL = 60  # letters for which a column of a table is made wider
_TWO_LINES = 115  # letters of a title of the usual size
#: Beginnings of which the chart's own workbook would make a formula or a link.
_LIVE = ("=", "{=", "http://", "https://", "ftp://", "mailto:", "internal:", "external:")


class Deck:
    """A presentation that is filled slide by slide, in a client's own template or a plain one.

    Parameters
    ----------
    theme : Theme
    template : Path or None
        A ``.pptx`` file; its masters stay, its slides go.
    spoken : Language
        In which the words of slides are: programs check their spelling by it.
    """

    def __init__(self, theme: Theme, template: Path | None, spoken: Language) -> None:
        self.theme = theme
        self.spoken = spoken
        self._colours = {"accent": theme.accent, "warm": theme.warm, "soft": SOFT}
        self._plain = template is None
        self._file = _opened(template)
        self._layout = next(
            (one for one in self._file.slide_layouts if one.name.casefold() == "title only"),
            self._file.slide_layouts[min(5, len(self._file.slide_layouts) - 1)],
        )
        if self._plain:
            self._file.slide_width, self._file.slide_height = _WIDE, _HIGH

    def add(self, slide: Slide) -> None:
        """Add a slide with what its body shows."""
        page = self._page(slide.message, foot=slide.foot, opening=slide.opening)
        body = slide.body
        if isinstance(body, Words):
            self._words(page, body.lines, self._box(page), size=body.size, apart=body.apart)
        elif isinstance(body, Cards):
            self._cards(page, body)
        elif isinstance(body, Bars):
            self._bars(page, body)
        elif isinstance(body, Grid):
            self._grid(page, body)
        else:
            self._line(page, body)
        for shape in page.shapes:
            if shape.has_chart:
                _heard(shape, described(slide, self.spoken))
        page.notes_slide.notes_text_frame.text = plain(slide.notes or slide.foot)

    def _page(self, message: str, *, foot: str, opening: bool) -> Any:
        """Add a slide that says one thing, and return it; an opening one says it larger."""
        page = self._file.slides.add_slide(self._layout)
        title = page.shapes.title or page.shapes.add_textbox(0, 0, _EDGE, _EDGE)
        if self._plain or page.shapes.title is None:
            title.left, title.top = _EDGE, Inches(2.2 if opening else 0.45)
            title.width, title.height = self._width - 2 * _EDGE, Inches(1.6 if opening else 1.0)
        frame = title.text_frame
        frame.word_wrap = True
        size = 40 if opening else 26 if len(message) <= _TWO_LINES else 20
        self._write(frame.paragraphs[0], message, size, INK if self._plain else None, bold=True)
        if self._plain:
            frame.vertical_anchor = MSO_ANCHOR.TOP
            frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        for spare in [s for s in page.placeholders if s.placeholder_format.idx != 0]:
            spare.element.getparent().remove(spare.element)
        if self.theme.picture and self._plain:
            logo = io.BytesIO(self.theme.picture)
            made = page.shapes.add_picture(logo, 0, Inches(0.12), height=Inches(0.35))
            made.left = self._width - _EDGE - made.width
            _heard(made, "")
        if self._plain and opening:
            self._band(page)
        if foot:
            self._words(page, [foot], (_EDGE, self._foot, self._width - 2.5 * _EDGE, Inches(0.6)),
                       size=11, colour=MUTED)  # fmt: skip
        if self._plain and not opening:
            self._numbered(page)
        return page

    @property
    def _width(self) -> int:
        """Width of a slide."""
        return int(self._file.slide_width)

    @property
    def _foot(self) -> int:
        return int(self._file.slide_height) - Inches(0.85)

    def _box(self, page: Any) -> tuple[int, int, int, int]:
        """Return left, top, width and height of the room between message and foot."""
        title = page.shapes.title
        below = title.top + title.height if title is not None and title.height else Inches(1.5)
        top = below + Inches(0.15)
        return _EDGE, top, self._width - 2 * _EDGE, self._foot - top - Inches(0.1)

    def _words(
        self,
        page: Any,
        lines: Sequence[str],
        box: tuple[int, int, int, int],
        *,
        size: int = 16,
        colour: str = INK,
        bold: bool = False,
        apart: int = 0,
    ) -> None:
        """Write lines of text into a box, some points apart."""
        frame = page.shapes.add_textbox(*(Emu(int(side)) for side in box)).text_frame
        frame.word_wrap = True
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(apart)
            self._write(paragraph, line, size, colour, bold=bold)

    def _band(self, page: Any) -> None:
        """A band in the client's colour along the left edge."""
        band = page.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, 0, 0, Inches(0.25), self._file.slide_height
        )
        band.name = "Band"
        band.fill.solid()
        band.fill.fore_color.rgb = _rgb(self.theme.accent)
        band.line.fill.background()

    def _numbered(self, page: Any) -> None:
        """The slide's number, which PowerPoint keeps right when slides are moved."""
        box = (self._width - _EDGE - Inches(0.6), self._foot, Inches(0.6), Inches(0.3))
        paragraph = page.shapes.add_textbox(*map(Emu, map(int, box))).text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        colour = MUTED.lstrip("#").upper()
        paragraph._p.append(
            parse_xml(
                f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" '
                f'type="slidenum"><a:rPr sz="1100"><a:solidFill><a:srgbClr val="{colour}"/>'
                f"</a:solidFill></a:rPr><a:t>{len(self._file.slides)}</a:t></a:fld>"
            )
        )

    def _cards(self, page: Any, body: Cards) -> None:
        """Write numbers side by side, names above and facts below them."""
        left, top, width, height = self._box(page)
        each = width // len(body.cards)
        for place, (label, value, facts) in enumerate(body.cards):
            box = (left + place * width // len(body.cards), top, each, height // 4)
            self._words(page, [label], box, size=20, bold=True)
            below = (box[0], top + height // 6, each, height // 4)
            self._words(page, [value], below, size=54, colour=self.theme.accent, bold=True)
            self._words(page, facts, (box[0], top + height // 2, each, height // 3), size=15)

    def _grid(self, page: Any, body: Grid) -> None:
        """Lay out a table that PowerPoint can edit, its headings in the client's colour."""
        left, top, width, height = self._box(page)
        rows = [body.heads, *body.rows]
        high = min(height, Inches(0.45) * len(rows))
        made = page.shapes.add_table(len(rows), len(body.heads), left, top, width, high)
        made.name = plain(body.heads[0])
        wide = [max(8, *(len(row[place]) for row in rows)) for place in range(len(body.heads))]
        parts = [min(one, _WIDEST_CELL) for one in wide]
        for column, part in zip(made.table.columns, parts, strict=True):
            column.width = Emu(width * part // sum(parts))
        for place, row in enumerate(rows):
            for cell, said in zip(made.table.rows[place].cells, row, strict=True):
                cell.fill.solid()
                cell.fill.fore_color.rgb = _rgb(self.theme.accent if place == 0 else "#ffffff")
                colour = "#ffffff" if place == 0 else INK
                self._write(cell.text_frame.paragraphs[0], said, 13, colour, bold=place == 0)

    def _bars(self, page: Any, body: Bars) -> None:
        """Draw bars that PowerPoint can edit, with their intervals as error bars."""
        order = slice(None, None, -1 if body.flat else 1)
        code = number_format(self.spoken, body.code)
        data = CategoryChartData(number_format=code)
        data.categories = [_still(label) for label in self._labels(body)][order]
        data.add_series(_still(body.name), [None if v != v else v for v in body.values][order])
        kind = XL_CHART_TYPE.BAR_CLUSTERED if body.flat else XL_CHART_TYPE.COLUMN_CLUSTERED
        made = page.shapes.add_chart(kind, *self._box(page), data)
        made.name = plain(body.name)
        chart = made.chart
        self._calm(chart, body.ends, code, most=_most(body.values))
        chart.plots[0].gap_width = 45
        if body.flat and body.spans:
            chart.plots[0].has_data_labels = False  # they would lie on intervals: names have them
        else:
            inside = XL_LABEL_POSITION.INSIDE_BASE if body.flat else XL_LABEL_POSITION.OUTSIDE_END
            chart.plots[0].data_labels.position = inside
        drawn = chart.plots[0].series[0]
        self._filled(drawn, "accent")
        named = body.colours or tuple(
            "warm" if place in body.marked else "accent" for place in range(len(body.values))
        )
        for place, colour in enumerate(named[order]):
            if colour != "accent":
                self._filled(drawn.points[place], colour)
        if body.spans:
            add_error_bars(drawn, body.values[order], body.spans[order])

    def _labels(self, body: Bars) -> list[str]:
        """Names of the bars, with the numbers where an interval lies across the bar."""
        if not (body.flat and body.spans):
            return body.labels
        pairs = zip(body.labels, body.values, strict=True)
        return [f"{label}: {written(value, body.code, self.spoken)}" for label, value in pairs]

    def _filled(self, part: Any, colour: str) -> None:
        """Fill bars lightly, so that an interval is seen on them, with an edge of full colour."""
        edge = self._colours[colour]
        part.format.fill.solid()
        part.format.fill.fore_color.rgb = _rgb(_LIGHT.get(edge) or _lighter(edge))
        part.format.line.color.rgb = _rgb(self.theme.accent if colour == "soft" else edge)
        part.format.line.width = Pt(1.25)

    def _line(self, page: Any, body: Course) -> None:
        """Draw a course over waves that PowerPoint can edit, with intervals as error bars."""
        code = number_format(self.spoken, body.code)
        data = CategoryChartData(number_format=code)
        data.categories = [_still(label) for label in body.labels]
        data.add_series(_still(body.name), [None if v != v else v for v in body.values])
        made = page.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *self._box(page), data)
        made.name = plain(body.name)
        self._calm(made.chart, body.ends, code, most=_most(body.values))
        made.chart.plots[0].has_data_labels = False  # they would lie on the line: marks say it
        drawn = made.chart.plots[0].series[0]
        drawn.smooth = False
        drawn.format.line.color.rgb = _rgb(self.theme.accent)
        drawn.format.line.width = Pt(2.5)
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = _rgb(self.theme.accent)
        last = drawn.points[len(body.values) - 1].marker
        last.size = 11
        last.format.fill.solid()
        last.format.fill.fore_color.rgb = _rgb(self.theme.warm)
        add_error_bars(drawn, body.values, body.spans)

    def content(self, title: str) -> bytes:
        """Return the file; the same slides give the same bytes."""
        about = self._file.core_properties
        about.title, about.author, about.last_modified_by = plain(title), "crqlab", "crqlab"
        about.subject = about.keywords = about.comments = about.category = ""
        about.revision = 1
        made = io.BytesIO()
        self._file.save(made)
        return settled(made.getvalue())

    def _write(self, paragraph: Any, said: str, size: int, colour: str | None, *,
               bold: bool = False) -> None:  # fmt: skip
        run = paragraph.add_run()
        run.text = plain(said)
        if tag := proofing_tag(self.spoken):
            run.font._rPr.set("lang", tag)
        run.font.size, run.font.bold = Pt(size), bold
        if colour:
            run.font.color.rgb = _rgb(colour)

    def _calm(
        self, chart: Any, ends: tuple[float, float] | None, code: str, *, most: float
    ) -> None:
        """No legend, no title, quiet axes, a number at each mark."""
        chart.has_legend, chart.has_title = False, False
        chart.font.size = Pt(12)
        chart.font.color.rgb = _rgb(INK)
        values = chart.value_axis
        values.major_gridlines.format.line.color.rgb = _rgb(LINE)
        values.format.line.fill.background()
        values.tick_labels.number_format = code
        values.tick_labels.number_format_is_linked = False
        if code.endswith(WHOLE) and most <= _FEW:
            values.major_unit = 1.0  # nobody is half a person
        if ends:
            values.minimum_scale, values.maximum_scale = ends
        plot = chart.plots[0]
        plot.has_data_labels = True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = code, False
        plot.data_labels.font.size = Pt(11)
        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        plot.data_labels.position = XL_LABEL_POSITION.RIGHT


def _opened(template: Path | None) -> Any:
    """Open a template without its slides."""
    if template is None:
        return Presentation()
    try:
        file = Presentation(str(template))
    except Exception as broken:  # noqa: BLE001 - python-pptx raises what its zip and XML readers do
        raise StudyError(
            f"The template {Path(template).name} is no PowerPoint file ({broken}); "
            "save it as .pptx."
        ) from None
    listed = file.slides._sldIdLst
    for slide in list(listed):
        file.part.drop_rel(slide.rId)
        listed.remove(slide)
    return file


def _heard(shape: Any, words: str) -> None:
    """Give a shape its alternative text; a picture without one is ornament."""
    named = shape._element.xpath(".//p:cNvPr")[0]
    named.set("descr", plain(words))


def _lighter(colour: str) -> str:
    """Half of a colour and half of white.

    Examples
    --------
    >>> _lighter("#1f5582")
    '#8faac0'
    """
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{(part + 255) // 2:02x}" for part in parts)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())


def _most(values: Sequence[float]) -> float:
    return max((value for value in values if value == value), default=0.0)


def _still(label: str) -> str:
    """A label of which the chart's workbook makes neither formula nor link."""
    said = plain(label)
    return f"\u00a0{said}" if said.casefold().startswith(_LIVE) else said
