"""Which planes can never be part of a volume, and why; what else is wrong with single planes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from virtopsy.dicom import syntax
from virtopsy.dicom.kind import kind_of
from virtopsy.dicom.series import CT_CLASSES, MR_CLASSES, Instance, Problem
from virtopsy.language import Fact, Phrase

_PET_CLASS: Final = "1.2.840.10008.5.1.4.1.1.128"
_VOLUME_CLASSES: Final = CT_CLASSES | MR_CLASSES | {_PET_CLASS}
_LOCALIZER: Final = frozenset({"LOCALIZER", "SCOUT", "TOPOGRAM", "SURVIEW"})


def refusal(instance: Instance, modality: str) -> Problem | None:
    """Return why `instance` can be no part of a volume, None where it can."""
    problem = _no_slice(instance, modality)
    for check in _CHECKS:
        if problem is not None:
            return problem
        problem = check(instance)
    return problem


def lossy(instances: Sequence[Instance]) -> tuple[Problem, ...]:
    """Return that pictures of a series were compressed with loss: all of them, or how many."""
    lost = sum(instance.storage.lossy for instance in instances)
    if not lost:
        return ()
    if lost == len(instances):
        return (Problem("lossy"),)
    return (Problem("lossy", "some", {"n": lost, "of": len(instances)}),)


def _no_slice(instance: Instance, modality: str) -> Problem | None:
    sop_class = instance.sop_class
    if sop_class in _VOLUME_CLASSES or (not sop_class and modality in {"CT", "MR"}):
        return None
    kind = kind_of(sop_class, modality)
    if kind == "secondary_capture":
        return Problem("not_an_image", "secondary_capture")
    return Problem("not_an_image", "other_object", {"kind": Phrase(f"picture.kind.{kind}")})


def kind_of_plane(instance: Instance, modality: str) -> str:
    """Return what a plane is, as `kind_of`; a localizer of CT or MR is called so."""
    kind = kind_of(instance.sop_class, modality)
    return "localizer" if kind in {"ct", "mr"} and _localizer(instance) else kind


def _localizer(instance: Instance) -> Problem | None:
    return Problem("localizer") if _LOCALIZER & set(instance.image_type) else None


def _colour(instance: Instance) -> Problem | None:
    storage = instance.storage
    if storage.samples != 1 or not storage.photometric.startswith("MONOCHROME"):
        return Problem("not_an_image", "colour")
    return None


def _no_pixels(instance: Instance) -> Problem | None:
    if instance.storage.floating:
        return Problem("undecodable", "float", {"path": instance.place})
    if not instance.rows or not instance.columns or not instance.storage.length:
        return Problem("not_an_image", "no_pixels")
    return None


def _undecodable(instance: Instance) -> Problem | None:
    storage = instance.storage
    if storage.transfer_syntax not in syntax.DECODABLE:
        facts: dict[str, Fact] = {
            "path": instance.place,
            "syntax": syntax.name(storage.transfer_syntax),
        }
        return Problem("undecodable", facts=facts)
    sane = storage.allocated in {8, 16, 32} and 0 < storage.stored <= storage.allocated
    if not sane or not storage.stored - 1 <= storage.high < storage.allocated:
        return Problem("undecodable", "bits", {"path": instance.place})
    if instance.tabled:
        return Problem("undecodable", "table", {"path": instance.place})
    return None


def _placeless(instance: Instance) -> Problem | None:
    if instance.pixel_mm is None:
        return Problem("spacing_missing")
    several = instance.storage.frames > 1 and not instance.is_frame
    if several or instance.position is None or instance.row is None or instance.column is None:
        return Problem("spacing_missing", "position")
    return None


def _truncated(instance: Instance) -> Problem | None:
    storage = instance.storage
    if storage.transfer_syntax not in syntax.UNCOMPRESSED:
        return None
    expected = instance.rows * instance.columns * storage.allocated // 8 * storage.frames
    present = min(storage.available, storage.length)
    if present >= expected:
        return None
    found = max(present, 0)
    facts: dict[str, Fact] = {"path": instance.place, "found": found, "expected": expected}
    return Problem("truncated_pixels", facts=facts)


_CHECKS: Final[tuple[Callable[[Instance], Problem | None], ...]] = (
    _localizer,
    _colour,
    _no_pixels,
    _undecodable,
    _truncated,
    _placeless,
)
