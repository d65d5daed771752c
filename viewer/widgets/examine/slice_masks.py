"""Volumes of voxels over a slice: what is recorded and what is being painted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from viewer.render.mask_view import EDGE, INSIDE, covered
from viewer.render.slice_camera import FlatCamera
from viewer.widgets.examine.sheet import FlatSheet
from viewer.widgets.parts import Parts
from viewer.widgets.theme import picture_colour
from virtopsy.findings.region import Region
from virtopsy.imaging.voxel_region import VoxelRegion

_FILL, _RIM = 70, 230  # opacity of 255
_DRAFT_FILL = 110


class SliceMasks:
    """What one slice view shows of volumes; kept pixels are used again while nothing moved.

    Args:
        parts: the presenters.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._unpacked: dict[str, tuple[str, VoxelRegion]] = {}
        self._drawn: dict[str, tuple[object, tuple[tuple[int, int], QImage] | None]] = {}

    def paint(self, painter: QPainter, sheet: FlatSheet) -> None:
        """Draw them; those that are hidden or taken in hand are left out."""
        draft = self._parts.paint.draft.now
        in_hand = None if draft is None else draft.finding_id
        for one in self._parts.findings.visible:
            if isinstance(one, Region) and one.finding_id != in_hand:
                tint = QColor(one.colour) if one.colour else picture_colour("measure")
                self._lay(painter, sheet, one.finding_id, self._voxels(one), tint, _FILL)
        if draft is not None and draft.region is not None:
            tint = picture_colour("measure")
            self._lay(painter, sheet, "", draft.region, tint, _DRAFT_FILL)

    def brush(self, painter: QPainter, sheet: FlatSheet, place: QPointF) -> None:
        """Draw how far the brush reaches round the mouse."""
        reach = self._parts.paint.settings.now.radius_mm / sheet.mm_per_px
        for tint, wide in ((QColor(0, 0, 0, 150), 3.0), (picture_colour("measure"), 1.3)):
            painter.setPen(QPen(tint, wide))
            painter.drawEllipse(place, reach, reach)

    def _voxels(self, finding: Region) -> VoxelRegion:
        known = self._unpacked.get(finding.finding_id)
        if known is None or known[0] != finding.mask:
            known = (finding.mask, finding.voxels())
            self._unpacked[finding.finding_id] = known
        return known[1]

    def _lay(  # noqa: PLR0913, PLR0917 -- what is laid, where, and how it looks
        self,
        painter: QPainter,
        sheet: FlatSheet,
        name: str,
        region: VoxelRegion,
        tint: QColor,
        fill: int,
    ) -> None:
        state = (sheet.camera, id(region), tint.rgb(), fill)
        known = self._drawn.get(name)
        if known is None or known[0] != state:
            known = (state, self._image(region, sheet.camera, tint, fill))
            self._drawn[name] = known
        if known[1] is not None:
            (left, top), image = known[1]
            painter.drawImage(
                QRectF(
                    left / sheet.ratio,
                    top / sheet.ratio,
                    image.width() / sheet.ratio,
                    image.height() / sheet.ratio,
                ),
                image,
            )

    def _image(
        self, region: VoxelRegion, camera: FlatCamera, tint: QColor, fill: int
    ) -> tuple[tuple[int, int], QImage] | None:
        volume = self._parts.views.volume.now
        if volume is None or region.grid != volume.frame.shape:
            return None
        found = covered(region, volume.frame, camera)
        if found is None:
            return None
        place, part = found
        table = np.zeros(3, np.uint32)
        table[INSIDE], table[EDGE] = _premultiplied(tint, fill), _premultiplied(tint, _RIM)
        pixels = table[part]
        high, wide = pixels.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        return place, QImage(pixels.tobytes(), wide, high, 4 * wide, form).copy()


def _premultiplied(tint: QColor, alpha: int) -> int:
    red, green, blue = (one * alpha // 255 for one in (tint.red(), tint.green(), tint.blue()))
    return (alpha << 24) | (red << 16) | (green << 8) | blue
