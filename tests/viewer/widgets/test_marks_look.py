"""How findings look on slices: in the colour of their kind, with labels off the anatomy."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from viewer.presenters.tools.forms import At, form_named
from viewer.widgets.theme import picture_colour
from virtopsy.case.commands import ChangeFinding
from virtopsy.imaging.volume import SourceSlice

_AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_KINDS = {
    "wound.entry": "wound",
    "fragment.fragment": "fragment",
    "fracture": "fracture",
    "landmark": "measure",
    "measure.length": "measure",
    "note": "note",
}


@pytest.fixture(autouse=True)
def sourced(screen: Any, opened_body: Any) -> None:
    """Let the scan know its source slices, without which no fracture is recorded."""
    volume = opened_body.volume
    sources = tuple(SourceSlice(f"1.9.{k}", Path("none")) for k in range(volume.frame.shape[0]))
    screen.parts.opening.show(replace(opened_body, volume=replace(volume, sources=sources)))
    screen.live()


def mark(screen: Any, name: str, *places: tuple[float, float, float]) -> str:
    """Record a finding that was clicked on an axial slice; nothing is selected after."""
    points, form = screen.parts.points, form_named(name)
    points.choose(form)
    for one in places[: form.most]:
        points.click(At(one, "axial", _AXES))
    points.finish()
    screen.parts.findings.selected.set(None)
    found: str = screen.parts.session.case.findings[-1].finding_id
    return found


def picture(view: Any) -> NDArray[np.int16]:
    """Return (height, width, 3) of what a view shows."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8)
    rows = flat.reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()]
    return rows.reshape(image.height(), image.width(), 3).astype(np.int16)


def coloured(view: Any, name: str, at: QPointF, reach: int = 14) -> int:
    """Return how many pixels about a place have the colour of a kind."""
    tint = picture_colour(name)
    shown = picture(view)
    x, y = round(at.x()), round(at.y())
    part = shown[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach]
    off = np.abs(part - np.array((tint.red(), tint.green(), tint.blue()))).max(axis=2)
    return int((off < 24).sum())


@pytest.mark.parametrize("name", _KINDS)
def test_a_kind_has_its_colour_where_it_lies_and_fades_on_other_slices(
    screen: Any, name: str
) -> None:
    screen.parts.views.layout.set("axial")
    screen.parts.views.go((0.0, 0.0, 0.0))
    screen.live()
    view = screen.slice("axial")
    place = (-18.0, 10.0, 0.0)
    at = view.sheet().place(place)
    assert coloured(view, _KINDS[name], at) == 0
    mark(screen, name, place, (10.0, 20.0, 0.0))
    screen.live()
    there = coloured(view, _KINDS[name], at)
    assert there > 15
    assert [one.mark.kind for one in view.mouse.marks.labels] == [form_named(name).tool]
    screen.parts.views.go((0.0, 0.0, 6.0))
    screen.live()
    assert coloured(view, _KINDS[name], at) < 0.7 * there, "it is only projected"
    assert view.mouse.marks.labels == [], "what lies elsewhere is not named here"
    screen.parts.views.go((0.0, 0.0, 30.0))
    screen.live()
    assert coloured(view, _KINDS[name], at) == 0
    screen.parts.findings.selected.set(screen.parts.findings.shown[0].finding_id)
    screen.live()
    assert len(view.mouse.marks.labels) == 1, "what is selected is found from every slice"


def crowd(screen: Any, count: int = 10) -> None:
    for n in range(count):
        angle = n * 2.399963  # spreads evenly
        x, y = 26 * np.cos(angle), 26 * np.sin(angle)
        name = list(_KINDS)[n % len(_KINDS)]
        mark(screen, name, (float(x), float(y), 0.0), (float(x) / 2, float(y) / 2, 0.0))


def boxes(view: Any) -> list[QRectF]:
    return [one.box for one in view.mouse.marks.labels]


def covered(view: Any, box: QRectF) -> float:
    """Return the share of a box that lies on the body, from the acquired values beneath."""
    sheet, volume = view.sheet(), view._views.volume.now
    xs = np.linspace(box.left(), box.right(), 12)
    ys = np.linspace(box.top(), box.bottom(), 6)
    values = [volume.nearest_value(sheet.lps(QPointF(x, y))) for x in xs for y in ys]
    return sum(one is not None and one > -500 for one in values) / len(values)


@pytest.mark.parametrize("layout", ["axial", "all"])
def test_labels_keep_off_the_anatomy_each_other_and_the_words(screen: Any, layout: str) -> None:
    screen.parts.views.layout.set(layout)
    screen.parts.views.go((0.0, 0.0, 0.0))
    crowd(screen)
    screen.live()
    view = screen.slice("axial")
    view.repaint()
    found = boxes(view)
    assert len(found) >= (9 if layout == "axial" else 6)
    for n, one in enumerate(found):
        assert QRectF(view.rect()).contains(one)
        assert not any(one.intersects(other) for other in found[n + 1 :])
        assert not any(one.intersects(word) for word in view.worded)
        assert covered(view, one) < 0.05, "there is room beside the ball"


def test_the_number_of_a_label_is_that_of_the_list_and_tells_the_main_number(screen: Any) -> None:
    screen.parts.views.layout.set("axial")
    screen.parts.views.go((0.0, 0.0, 0.0))
    mark(screen, "wound", (0.0, 0.0, 0.0))
    length = mark(screen, "measure.length", (-10.0, 0.0, 0.0), (20.0, 0.0, 0.0))
    screen.live()
    view = screen.slice("axial")
    view.repaint()
    told = {one.mark.number: one.lines for one in view.mouse.marks.labels}
    assert told[1] == ("Wound 1",)
    assert told[2][0] == "Length 1"
    assert told[2][1].startswith("30.0\u00a0±")
    assert screen.parts.findings.number(length) == 2


def test_a_finding_of_its_own_colour_is_drawn_in_it(screen: Any) -> None:
    screen.parts.views.go((0.0, 0.0, 0.0))
    mark(screen, "wound", (0.0, 0.0, 0.0))
    (wound,) = screen.parts.session.case.findings
    screen.parts.session.do(ChangeFinding(replace(wound, colour="#00ff80")))
    screen.live()
    view = screen.slice("axial")
    shown = picture(view)
    off = np.abs(shown - np.array((0, 255, 128))).max(axis=2)
    assert (off < 24).sum() > 30
    assert coloured(view, "wound", view.sheet().place((0.0, 0.0, 0.0)), 200) == 0


def test_forty_findings_do_not_slow_a_scroll_by_more_than_they_are_worth(screen: Any) -> None:
    screen.parts.views.layout.set("axial")
    screen.live()
    view = screen.slice("axial")

    def scroll_s() -> float:
        taken = []
        for n in range(12):
            screen.parts.views.go((0.0, 0.0, -12.0 + 2.0 * n))
            begun = time.thread_time()
            view.repaint()
            taken.append(time.thread_time() - begun)
        return min(taken)

    scroll_s()
    bare = min(scroll_s() for _ in range(3))
    crowd(screen, 40)
    full = min(scroll_s() for _ in range(3))
    assert full < bare + 0.008, (bare, full)
