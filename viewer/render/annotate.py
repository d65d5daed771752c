"""Words and marks drawn onto a finished picture, without any window system.

Labels stand on the margin with leader lines, never on the anatomy.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import floor, hypot, log10

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

PANEL, INK, SOFT, CAUTION, BLACK = "#26292d", "#e6e6e6", "#a9adb3", "#f2c14e", "#101113"
_SMALLEST_TYPE, _WIDTH_PER_POINT = 13, 58
_BAR_SHARE = 0.25  # of the width, at most
_HATCH_WIDTH_PER_LINE = 100  # of the picture; the distance of the lines follows its size
_HATCH_FILL, _HATCH_LINE = 45, 190  # of 255: the shares of the caution colour
_NICE = (5.0, 2.0, 1.0)
_ROW, _LETTER = 1.7, 2.4  # height of a label and width of a letter, in type sizes


@dataclass(frozen=True)
class Stroke:
    """A line on the picture, pixels; `solid` False draws dashes."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str
    width: int = 2
    solid: bool = True


@dataclass(frozen=True)
class Circle:
    """A ring round a place on the picture, pixels."""

    centre: tuple[float, float]
    radius: float
    colour: str
    width: int = 2


@dataclass(frozen=True)
class Label:
    """A name for a place, written on the margin; its number alone where there are too many."""

    place: tuple[float, float]
    text: str
    colour: str
    brief: str = ""


@dataclass(frozen=True)
class Line:
    """One paragraph below the picture."""

    text: str
    colour: str = SOFT
    bold: bool = False


@dataclass(frozen=True)
class Annotation:
    """Everything drawn onto one picture.

    Attributes:
        letters: orientation letters for "left", "right", "top", "bottom".
        mm_per_pixel: scale of the bar.
        bar_text: words under the bar with the placeholder {length}.
        marks: strokes and circles, in drawing order.
        labels: names on the margin.
        block: paragraphs below the picture.
        hatched: outlines of what was not acquired, pixels.
        caution: a short remark on the picture itself; a copy without the block still bears it.
    """

    letters: Mapping[str, str]
    mm_per_pixel: float
    bar_text: str
    marks: Sequence[Stroke | Circle] = ()
    labels: Sequence[Label] = ()
    block: Sequence[Line] = ()
    hatched: Sequence[Sequence[tuple[float, float]]] = ()
    caution: str = ""


@cache
def _type(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "Inter-Bold.otf" if bold else "Inter-Regular.otf"
    font = (files("resources") / "fonts" / name).read_bytes()
    return ImageFont.truetype(io.BytesIO(font), size)


def type_size(width: int) -> int:
    """Return the type size in pixels that suits a picture of this width."""
    return max(_SMALLEST_TYPE, round(width / _WIDTH_PER_POINT))


def annotated(pixels: NDArray[np.uint8], annotation: Annotation) -> Image.Image:
    """Return the picture, (h, w) grey or (h, w, 3) RGB, with marks and the block below it."""
    picture = Image.fromarray(pixels).convert("RGB")
    if annotation.hatched:
        _hatch(picture, annotation.hatched)
    pen = ImageDraw.Draw(picture)
    for mark in annotation.marks:
        _draw_mark(pen, mark)
    _draw_labels(pen, picture.size, annotation.labels)
    _draw_letters(pen, picture.size, annotation.letters)
    _draw_bar(pen, picture.size, annotation)
    _draw_caution(pen, picture.width, annotation.caution)
    return _with_block(picture, annotation.block) if annotation.block else picture


def png(picture: Image.Image) -> bytes:
    """Return the picture as PNG bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=False)
    return buffer.getvalue()


def bar_length_mm(mm_per_pixel: float, width: int) -> float:
    """Return the longest of 1, 2, 5 times a power of ten that takes a quarter of the width."""
    most = mm_per_pixel * width * _BAR_SHARE
    decade = 10.0 ** floor(log10(most))
    return next(step * decade for step in _NICE if step * decade <= most)


def _hatch(picture: Image.Image, areas: Sequence[Sequence[tuple[float, float]]]) -> None:
    """Lay a veil, diagonal lines and an outline in the colour of caution over each area."""
    width, height = picture.size
    inside, lines = Image.new("L", picture.size), Image.new("L", picture.size, _HATCH_FILL)
    across, edge = ImageDraw.Draw(lines), ImageDraw.Draw(inside)
    for begin in range(0, width + height, max(width // _HATCH_WIDTH_PER_LINE, 6)):
        across.line((begin, 0, begin - height, height), fill=_HATCH_LINE)
    for area in areas:
        edge.polygon(list(area), fill=255)
        across.polygon(list(area), outline=_HATCH_LINE)
    picture.paste(CAUTION, (0, 0, width, height), ImageChops.darker(inside, lines))


def _draw_mark(pen: ImageDraw.ImageDraw, mark: Stroke | Circle) -> None:
    if isinstance(mark, Circle):
        x, y = mark.centre
        box = (x - mark.radius, y - mark.radius, x + mark.radius, y + mark.radius)
        pen.ellipse(box, outline=mark.colour, width=mark.width)
        return
    for start, end in [(mark.start, mark.end)] if mark.solid else _dashes(mark):
        pen.line((*start, *end), fill=mark.colour, width=mark.width)


def _dashes(
    mark: Stroke, dash: float = 6.0, gap: float = 5.0
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    (x, y), (u, v) = mark.start, mark.end
    length = hypot(u - x, v - y)
    pieces = []
    for begin in np.arange(0.0, length, dash + gap):
        end = min(begin + dash, length)
        pieces.append(
            (
                (x + (u - x) * begin / length, y + (v - y) * begin / length),
                (x + (u - x) * end / length, y + (v - y) * end / length),
            )
        )
    return pieces


def _draw_labels(pen: ImageDraw.ImageDraw, size: tuple[int, int], labels: Sequence[Label]) -> None:
    """Write the labels down the nearer margin, in the order of their places."""
    ordered = sorted(labels, key=lambda one: one.place[1])
    for left in (True, False):
        side = [one for one in ordered if (one.place[0] < size[0] / 2) is left]
        _draw_side(pen, size, side, left=left)


def _draw_side(
    pen: ImageDraw.ImageDraw, size: tuple[int, int], labels: Sequence[Label], *, left: bool
) -> None:
    """Write one margin's labels; more than it has room for as numbers, several in a row."""
    font = _type(type_size(size[0]), bold=True)
    row = font.size * _ROW
    top, low = 2 * row, size[1] - 4 * row
    columns = max(-(-len(labels) // max(int((low - top) / row) + 1, 1)), 1)
    if columns > 1:
        labels = [replace(one, text=one.brief or one.text) for one in labels]
    step = max((font.getlength(one.text) for one in labels), default=0.0) + font.size
    rows = [labels[begin : begin + columns] for begin in range(0, len(labels), columns)]
    for n, line in enumerate(rows):
        y = max(top, min(line[0].place[1], low - (len(rows) - 1 - n) * row))
        top = y + row
        # The letter of the edge stands in its middle.
        beside = _LETTER * font.size if abs(y - size[1] / 2) < row else 0.0
        for column, label in enumerate(line):
            at = (beside + column * step, y)
            _draw_label(pen, size[0], label, at, left=left)


def _draw_label(
    pen: ImageDraw.ImageDraw,
    width: int,
    label: Label,
    at: tuple[float, float],
    *,
    left: bool,
) -> None:
    """Write one label so far from the edge and so far down, with the line to its place."""
    font = _type(type_size(width), bold=True)
    pad, wide = font.size // 2, font.getlength(label.text)
    x = pad + at[0] if left else width - pad - at[0] - wide
    edge = x + wide + pad if left else x - pad
    pen.line((edge, at[1], *label.place), fill=label.colour, width=1)
    pen.text(
        (x, at[1]),
        label.text,
        font=font,
        fill=label.colour,
        anchor="lm",
        stroke_width=2,
        stroke_fill=BLACK,
    )


def _draw_letters(
    pen: ImageDraw.ImageDraw, size: tuple[int, int], letters: Mapping[str, str]
) -> None:
    width, height = size
    font = _type(round(type_size(width) * 1.25), bold=True)
    pad = font.size // 2
    places = {
        "left": ((pad, height / 2), "lm"),
        "right": ((width - pad, height / 2), "rm"),
        "top": ((width / 2, pad), "mt"),
        "bottom": ((width / 2, height - pad), "mb"),
    }
    for side, (place, anchor) in places.items():
        pen.text(
            place,
            letters[side],
            font=font,
            fill=INK,
            anchor=anchor,
            stroke_width=2,
            stroke_fill=BLACK,
        )


def _draw_bar(pen: ImageDraw.ImageDraw, size: tuple[int, int], annotation: Annotation) -> None:
    width, height = size
    font = _type(type_size(width))
    length = bar_length_mm(annotation.mm_per_pixel, width)
    pixels = length / annotation.mm_per_pixel
    x, y, tick = font.size, height - font.size, font.size * 0.4
    for colour, thick in ((BLACK, 6), (INK, 2)):
        rim = (thick - 2) / 2
        pen.line((x - rim, y, x + pixels + rim, y), fill=colour, width=thick)
        for end in (x, x + pixels):
            pen.line((end, y - tick - rim, end, y + tick + rim), fill=colour, width=thick)
    pen.text(
        (x, y - font.size * 0.7),
        annotation.bar_text.format(length=f"{length:g}"),
        font=font,
        fill=INK,
        anchor="lb",
        stroke_width=2,
        stroke_fill=BLACK,
    )


def _draw_caution(pen: ImageDraw.ImageDraw, width: int, caution: str) -> None:
    """Write a remark into the upper left corner."""
    font = _type(type_size(width), bold=True)
    pad = font.size // 2
    pen.text(
        (pad, pad), caution, font=font, fill=CAUTION, anchor="lt", stroke_width=2, stroke_fill=BLACK
    )


def _with_block(picture: Image.Image, block: Sequence[Line]) -> Image.Image:
    size = type_size(picture.width)
    pad, row = size, round(size * 1.5)
    written = [
        (part, line)
        for line in block
        for part in wrap(line.text, _type(size, bold=line.bold), picture.width - 2 * pad)
    ]
    whole = Image.new("RGB", (picture.width, picture.height + 2 * pad + row * len(written)), PANEL)
    whole.paste(picture, (0, 0))
    pen = ImageDraw.Draw(whole)
    for number, (part, line) in enumerate(written):
        place = (pad, picture.height + pad + number * row + row / 2)
        pen.text(place, part, font=_type(size, bold=line.bold), fill=line.colour, anchor="lm")
    return whole


def wrap(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break a paragraph into lines no wider than `width`; a word longer than that stays whole."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
