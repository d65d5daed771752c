"""What is said and drawn over the 3D picture: whose it is, its sides, marks, what is not shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from viewer.presenters.tools.marks import Mark
from viewer.render.glyphs.before import BeforeGlyph
from viewer.render.hidden_words import edge_words, hidden_words, reduced_words
from viewer.render.slice_camera import direction_letters
from viewer.widgets.examine import slice_paint, volume_paint
from viewer.widgets.examine.slice_marks import told
from viewer.widgets.examine.volume_controls import VolumeControls
from viewer.widgets.examine.volume_cutter import VolumeCutter
from viewer.widgets.examine.volume_pictures import VolumePictures
from viewer.widgets.examine.volume_room import Room
from viewer.widgets.examine.volume_stage import Stage
from viewer.widgets.examine.volume_worker import Wish
from viewer.widgets.parts import Parts
from viewer.widgets.theme import TEXT_PX
from virtopsy.errors import VirtopsyError
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.cutaway import Cutaway
from virtopsy.imaging.volume import Volume

_BESIDE_PX = 14  # between what is said and the curve
_WHOLE_FROM_PX = 640  # a smaller view leaves sex, age and series to the slices beside it


class VolumeOverlay:
    """Paints over the picture, clear of the controls.

    Args:
        view: that is painted.
        parts: the presenters.
        controls: that lie on it.
        cutter: draws the cutting tool in use.

    Attributes:
        labels: the circles of the findings' numbers, and whose they are, as they were painted last.
    """

    def __init__(
        self, view: QWidget, parts: Parts, controls: VolumeControls, cutter: VolumeCutter
    ) -> None:
        self._view, self._parts = view, parts
        self._controls, self._cutter = controls, cutter
        self.labels: list[tuple[QRectF, str]] = []

    def paint(self, painter: QPainter, wish: Wish, pictures: VolumePictures) -> None:
        """Paint everything over a picture.

        Args:
            painter: of the view.
            wish: what the picture shows.
            pictures: whose it is.
        """
        stage = Stage(wish.camera, wish.size, self._view.width(), self._view.height())
        said, size = self._said(wish, pictures)
        free = self._controls.free()
        high = volume_paint.remarks(painter, stage.width, free, said, size)
        self._sides(painter, wish, high)
        self._marks(painter, stage, wish.volume, high)
        if self._controls.presenting:
            return
        self._cutter.paint(painter, stage)
        whose, what = self._corners(wish.volume)
        slice_paint.corner_lines(painter, stage.width, whose)
        slice_paint.corner_lines(painter, stage.width, what, right=True)
        if wish.camera.parallel:
            length = self._parts.say("ui.view.mm", mm=volume_paint.scale_mm(stage))
            man = self._controls.man
            beside = stage.width if man.isEmpty() else man.left()
            end = QPointF(beside - 10, self._controls.free_right() - 10)
            volume_paint.scale_bar(painter, stage, end, length)

    def named(self, place: QPointF) -> str | None:
        """Return the finding whose number stands at a place."""
        return next((whose for box, whose in self.labels if box.contains(place)), None)

    def room(self) -> Room:
        """Return what the words and controls leave to the picture."""
        volume = self._parts.views.volume.now
        if volume is None or self._controls.presenting:
            return Room(self._view.height(), letters=False)
        whose, what = self._corners(volume)
        width = self._view.width()
        taken = (
            slice_paint.corner_area(width, whose),
            slice_paint.corner_area(width, what, right=True),
            self._controls.man,
        )
        return Room(self._controls.free(), taken)

    def _corners(self, volume: Volume) -> tuple[Sequence[str], Sequence[str]]:
        """Return what stands in the upper left corner and in the upper right one."""
        briefly = self._view.width() < _WHOLE_FROM_PX
        whose = self._parts.whose(volume.identity, briefly=briefly)
        what = (self._parts.say("ui.layout.volume"), self._parts.say("ui.volume.demonstrative"))
        return whose, what

    def instead(self, painter: QPainter, trouble: VirtopsyError | None) -> None:
        """Say why there is no picture yet, where there is a scan."""
        views, say = self._parts.views, self._parts.say
        around = QRectF(self._view.rect())
        if trouble is not None:
            volume_paint.sentence(painter, around, trouble.sentence(self._parts.language.now))
        elif views.volume.now is not None:
            volume_paint.sentence(painter, around, say("ui.volume.first"))
        elif views.arriving:
            volume_paint.sentence(painter, around, say("ui.volume.arriving"))

    def _said(self, wish: Wish, pictures: VolumePictures) -> tuple[list[str], int]:
        """Return what is not shown or not as it was acquired, folded, and the size of its type."""
        language, width = self._parts.language.now, self._view.width()
        said = (
            self._parts.subject.mark(language),
            self._hidden(wish.cutaway),
            self._edge(wish.cutaway) if pictures.lined else "",
            reduced_words(pictures.reduced, language),
            lossy_mark(wish.volume, language),
            self._parts.say("workshop.before") if _extended(wish) else "",
        )
        beside = self._controls.beside_curve(width) - _BESIDE_PX
        # Folded before the middle of so wide a view, where the letter of the lower edge is:
        seeming = min(width, 2 * beside)
        return slice_paint.folded_remarks(seeming, [one for one in said if one], self._type_px)

    def _hidden(self, cutaway: Cutaway) -> str:
        """Say what is hidden; in a small view only that something is: the list tells the rest."""
        whole = hidden_words(cutaway, self._parts.language.now)
        if self._controls.presenting or not whole:
            return whole
        small = slice_paint.is_small(self._view.width())
        return self._parts.say("volume3d.hidden.briefly") if small else whole

    def _edge(self, cutaway: Cutaway) -> str:
        """Tell a court what the line round a cut is."""
        court = self._controls.presenting
        return edge_words(cutaway, self._parts.language.now) if court else ""

    def _sides(self, painter: QPainter, wish: Wish, remarks_px: float) -> None:
        """Name the sides; left and right move up where something lies in their place."""
        shown, pixels = _sides(wish), slice_paint.LETTER_PX
        if self._controls.presenting:
            shown = slice_paint.sides_in_words(shown, self._parts.language.now)
            pixels = slice_paint.COURT_PX
        width, middle = self._view.width(), self._controls.free_middle()
        heights = self._letter_heights(remarks_px, pixels)
        for edge, word in shown.items():
            tall = 2 * heights[edge] if edge in heights else middle
            if edge in heights and heights[edge] - pixels < self._corner(wish.volume, edge):
                continue  # there is no room for it; the opposite one says it as well
            slice_paint.letters(painter, width, tall, {edge: word}, pixels)

    def _letter_heights(self, remarks_px: float, pixels: int) -> dict[str, float]:
        """Return the y of the middle of the left letter and of the right one."""
        middle = self._controls.free_middle() / 2
        return {
            "left": min(middle, self._controls.free() - remarks_px - pixels),
            "right": min(middle, self._low_right() - pixels),
        }

    def _low_right(self) -> float:
        """Return the y above which nothing stands at the right."""
        man = self._controls.man
        return self._controls.free_right() if man.isEmpty() else man.top()

    def _corner(self, volume: Volume, edge: str) -> float:
        """Return down to where words stand in an upper corner, logical pixels."""
        if self._controls.presenting:
            return 0.0
        right = edge == "right"
        lines = self._corners(volume)[right]
        return slice_paint.corner_area(self._view.width(), lines, right=right).bottom()

    def _marks(self, painter: QPainter, stage: Stage, volume: Volume, remarks_px: float) -> None:
        volume_paint.position(painter, stage.place(self._parts.views.position.now))
        drawn = self._parts.marks.shown.now
        volume_paint.drafts(painter, stage, drawn)
        pixels = self._type_px
        heights = self._letter_heights(remarks_px, pixels)
        top = max(self._corner(volume, edge) for edge in ("left", "right")) + _BESIDE_PX
        low = (self._controls.free() - remarks_px - _BESIDE_PX, self._low_right() - _BESIDE_PX)
        letters = (heights["left"], heights["right"])
        margin = volume_paint.margin_of(stage.width, top, low, letters, pixels)
        self.labels = volume_paint.labels(painter, stage, _numbered(drawn), margin, pixels)
        for one in drawn:
            words = told(self._parts, one)
            if one.view == "3d" and words:
                volume_paint.told(painter, stage, one, words)

    @property
    def _type_px(self) -> int:
        return slice_paint.COURT_PX if self._controls.presenting else TEXT_PX


def _extended(wish: Wish) -> bool:
    """Tell whether a line before an entry is drawn, which its limits must stand beside."""
    return any(isinstance(one, BeforeGlyph) for one in wish.glyphs)


def _sides(wish: Wish) -> dict[str, str]:
    """Return the letters of the picture's four edges."""
    right, up, _sight = wish.camera.axes
    around = {"left": -right, "right": right, "top": up, "bottom": -up}
    return {edge: direction_letters(vector) for edge, vector in around.items()}


def _numbered(drawn: Sequence[Mark]) -> list[Mark]:
    """Return the marks that have a number of their own; a new one has none yet."""
    return [one for one in drawn if one.number]
