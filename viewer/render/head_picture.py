"""The log's head as a picture for paper: QR for a machine, the same digits for the eye."""

from __future__ import annotations

import io
from importlib.resources import files

import segno
from PIL import Image, ImageDraw, ImageFont

from virtopsy.report.head import LogHead, head_text

_WIDTH = 900
_MARGIN = 30
_LINE = 34
_SCALE = 8
_FOURS = 8
_SIZE = 22


def head_png(head: LogHead) -> bytes:
    """Return the picture as PNG, black on white."""
    drawn = io.BytesIO()
    code = segno.make(head_text(head), error="m", micro=False)
    code.save(drawn, kind="png", scale=_SCALE, border=4)
    square = Image.open(drawn).convert("L")
    lines = _lines(head)
    height = square.height + len(lines) * _LINE + 2 * _MARGIN
    page = Image.new("L", (max(_WIDTH, square.width + 2 * _MARGIN), height), 255)
    page.paste(square, ((page.width - square.width) // 2, _MARGIN))
    pen, font = ImageDraw.Draw(page), _font()
    for number, text in enumerate(lines):
        place = (_MARGIN, _MARGIN + square.height + number * _LINE)
        pen.text(place, text, fill=0, font=font)
    made = io.BytesIO()
    page.save(made, "PNG")
    return made.getvalue()


def _font() -> ImageFont.FreeTypeFont:
    kept = (files("resources") / "fonts" / "Inter-Regular.otf").read_bytes()
    return ImageFont.truetype(io.BytesIO(kept), _SIZE)


def _lines(head: LogHead) -> list[str]:
    """Return the text of the QR code, its long digits in fours."""
    lines = []
    for one in head_text(head).split("\n"):
        name, _, digits = one.rpartition(" ")
        long = len(digits) == 64
        lines += [name, *_grouped(digits)] if long else [one]
    return lines


def _grouped(digits: str) -> list[str]:
    fours = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    return [" ".join(fours[at : at + _FOURS]) for at in range(0, len(fours), _FOURS)]
