"""Findings that are made of what is on the screen: a key picture, and a region's values."""

from __future__ import annotations

from viewer.presenters.examine.views import Views
from viewer.presenters.tools.again import no_finding
from viewer.presenters.tools.forms import At, Form, in_plane_mm
from viewer.presenters.tools.maker import FindingMaker
from viewer.presenters.tools.measured import points_of, read
from virtopsy.findings.finding import Finding
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.imaging.roi import Region

_PICTURE = Form("key_picture", 1, 1, no_finding)
_ROI = Form("measure.roi", 1, 1, no_finding)


def key_picture(maker: FindingMaker, views: Views, at: At, height_mm: float) -> Finding:
    """Return the slice as it is looked at as a key picture.

    Args:
        maker: fills in the rest.
        views: how it is looked at.
        at: the middle of the view.
        height_mm: how much of the body the view is high.
    """
    slab, window = views.slab.now, views.window.now
    made = maker.made(_PICTURE, (at,), whole=True)
    right, down = at.axes
    return KeyPicture(
        **made.known,
        centre_lps_mm=at.lps_mm,
        right=right,
        down=down,
        height_mm=height_mm,
        slab_mm=0.0 if slab is None else slab.thickness_mm,
        window_centre=window.centre,
        window_width=window.width,
    )


def roi(maker: FindingMaker, region: Region, view: str) -> Finding:
    """Return a region drawn on a slice with the values of its voxels.

    Raises:
        UsageError: it holds none.
    """
    volume = maker.volume
    axes = (region.right, region.down)
    made = maker.made(_ROI, (At(region.centre_mm, view, axes),), whole=True)
    measure = Measure(
        **made.known,
        measure=MeasureKind.ROI,
        points_lps_mm=points_of(region),
        outline=region.outline.value,
        voxel_mm=in_plane_mm(volume.frame, volume.measured_mm, axes),
        **made.sd,
    )
    return read(volume, measure)
