"""Stored values to what is seen: modality LUT, window or VOI LUT, palette (PS3.4 annex N).

Nothing is measured on the result. A file's own first window is used; without one the darkest and
brightest values that carry the picture become black and white.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut

from virtopsy.dicom.header import EXPLICIT_BIG
from virtopsy.dicom.multiframe import UNUSABLE
from virtopsy.dicom.pixels import Raw
from virtopsy.dicom.series import Instance
from virtopsy.imaging.window import signal_range

Grey = NDArray[np.uint8]
Shade = Callable[[NDArray[Any]], Grey]

ELEMENTS: Final = (
    "BitsAllocated",
    "PixelRepresentation",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "VOILUTSequence",
    "ModalityLUTSequence",
    *(
        f"{segmented}{colour}PaletteColorLookupTable{part}"
        for colour in ("Red", "Green", "Blue")
        for segmented, part in (("", "Descriptor"), ("", "Data"), ("Segmented", "Data"))
    ),
)
"""The keywords that are read from a file's description here."""
_WHITE: Final = 255
_ROWS_A_STEP: Final = 256
_SAMPLES: Final = 200_000
_PADDING_SHARE: Final = 50  # of the range of values: how far lossy padding strays


def numbers(described: Dataset, keyword: str) -> tuple[float, ...]:
    """Return the numbers of an element, none where one of them is no finite number."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = described.get(keyword)
        if value is None or value == "":
            return ()
        many = value if hasattr(value, "__iter__") and not isinstance(value, str) else (value,)
        numbers = tuple(float(one) for one in many)
    except UNUSABLE:
        return ()  # a text that is no number says nothing
    return numbers if all(np.isfinite(numbers)) else ()


def eight_bits(raw: Raw, instance: Instance) -> Grey:
    """Return the most significant eight bits of (rows, columns, 3) colours."""
    if raw.dtype == np.uint8 and instance.storage.stored == 8:
        return raw
    shift = max(instance.storage.stored - 8, 0)
    bits = raw.astype(np.uint32) if raw.itemsize > 2 else raw.astype(np.uint16)
    pixels: Grey = np.minimum(bits >> shift, _WHITE).astype(np.uint8)
    return pixels


def painted(raw: Raw, instance: Instance, described: Dataset) -> Grey:
    """Return (rows, columns, 3) colours of a palette (PS3.3 C.7.6.3.1.5, C.7.9.2).

    Raises:
        Any of `multiframe.UNUSABLE`: the palette is not what it claims.
    """
    palette, first = _palette(described, instance)
    return _applied(raw, lambda stored: palette[_within(stored, first, len(palette))])


def _palette(described: Dataset, instance: Instance) -> tuple[Grey, int]:
    """Return the (n, 3) colours and the stored value that is the first of them."""
    entries, first, depth = (int(one) for one in described.RedPaletteColorLookupTableDescriptor)
    entries = entries or 1 << 16
    if "RedPaletteColorLookupTableData" not in described:
        described.set_original_encoding(False, instance.storage.transfer_syntax != EXPLICIT_BIG)
        numbers = np.arange(first, first + entries)
        return _to_bytes(apply_color_lut(numbers, described)[:, :3], depth), first
    channels = []
    for colour in ("Red", "Green", "Blue"):
        content = bytes(described[f"{colour}PaletteColorLookupTableData"].value)
        kind = _word(instance) if len(content) >= 2 * entries else "u1"
        channels.append(np.frombuffer(content, kind, count=entries))
    return _to_bytes(np.stack(channels, axis=-1), depth), first


def _to_bytes(colours: NDArray[Any], depth: int) -> Grey:
    """Return 8-bit colours; 16-bit tables often hold 8-bit values, in their low byte."""
    wide = depth > 8 and colours.max() > _WHITE
    return (colours.astype(np.uint32) >> (depth - 8 if wide else 0)).astype(np.uint8)


def shaded(raw: Raw, instance: Instance, described: Dataset) -> Grey:
    """Return the (rows, columns) grey picture; dark and bright change places for MONOCHROME1."""
    modality = _modality(instance, described)
    chosen = _voi(instance, described) or _unaided(raw, modality, instance)
    pixels = _applied(raw, lambda stored: chosen(modality(stored)))
    if pixels.min() == pixels.max() and raw.min() != raw.max():
        # A window beside all values, as from a wrong modality LUT, would show nothing at all.
        robust = _robust(raw, modality, instance)
        pixels = _applied(raw, lambda stored: robust(modality(stored)))
    return _WHITE - pixels if instance.storage.photometric == "MONOCHROME1" else pixels


def _applied(raw: Raw, shade: Shade) -> Grey:
    """Shade every pixel, by a table where stored values have one or two bytes (palettes do)."""
    if raw.itemsize <= 2:
        unsigned = np.dtype(f"u{raw.itemsize}")
        every = np.arange(1 << 8 * raw.itemsize, dtype=unsigned)
        looked_up: Grey = shade(every.view(raw.dtype))[raw.view(unsigned)]
        return looked_up
    pixels = np.empty(raw.shape, np.uint8)
    for row in range(0, len(raw), _ROWS_A_STEP):
        part = slice(row, row + _ROWS_A_STEP)
        pixels[part] = shade(raw[part])
    return pixels


def _modality(instance: Instance, described: Dataset) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Return the step from stored values to those that windows are stated in."""
    table = _table(instance, described, "ModalityLUTSequence")
    if table is not None:
        return table
    slope, intercept = instance.slope or 1.0, instance.intercept or 0.0
    return lambda stored: stored * np.float64(slope) + intercept


def _voi(instance: Instance, described: Dataset) -> Shade | None:
    """Return the file's own first window, its VOI LUT where it has no window, None without."""
    centres, widths = numbers(described, "WindowCenter"), numbers(described, "WindowWidth")
    function = str(described.get("VOILUTFunction") or "LINEAR")
    if centres and widths and widths[0] >= (1 if function == "LINEAR" else 1e-9):
        return _window(centres[0], widths[0], function)
    table = _table(instance, described, "VOILUTSequence")
    if table is None:
        return None
    return lambda values: _ramp(table(np.rint(values)), 0.0, table.white)


def _window(centre: float, width: float, function: str) -> Shade:
    """Return a window as PS3.3 C.11.2.1.2 and C.11.2.1.3 define it."""
    if function == "SIGMOID":
        steep = 4 / width
        return lambda values: _ramp(0.5 + 0.5 * np.tanh((values - centre) * steep / 2), 0.0, 1.0)
    if function == "LINEAR_EXACT":
        return lambda values: _ramp(values, centre - width / 2, centre + width / 2)
    half = (width - 1) / 2
    return lambda values: _ramp(values, centre - 0.5 - half, centre - 0.5 + half)


def _ramp(values: NDArray[Any], black: float, white: float) -> Grey:
    if white <= black:  # a window of width 1 is a step
        return np.where(values > black, _WHITE, 0).astype(np.uint8)
    share = np.clip((values - black) / (white - black), 0.0, 1.0)
    return np.rint(share * _WHITE).astype(np.uint8)


def _unaided(raw: Raw, modality: Callable[[NDArray[Any]], NDArray[Any]], one: Instance) -> Shade:
    """Return how values without a window are shown: screen pictures as they are."""
    if one.storage.stored > 8:
        return _robust(raw, modality, one)
    least = -(1 << one.storage.stored - 1) if one.storage.signed else 0
    ends = modality(np.array([least, least + (1 << one.storage.stored) - 1]))
    return lambda values: _ramp(values, float(ends.min()), float(ends.max()))


def _robust(raw: Raw, modality: Callable[[NDArray[Any]], NDArray[Any]], one: Instance) -> Shade:
    """Return the values that carry the picture as the grey scale; padding is no picture."""
    sample = raw.reshape(-1)[:: max(raw.size // _SAMPLES, 1)].astype(np.int64)
    kept = sample
    if one.padding is not None:
        # Lossy compression leaves the padding at about its value.
        near = int(np.ptp(sample)) // _PADDING_SHARE if one.storage.lossy else 0
        kept = sample[np.abs(sample - one.padding) > near]
    low, high = signal_range(modality(kept if kept.size else sample))
    return lambda values: _ramp(values, low, high)


@dataclass(frozen=True, eq=False)
class _Table:
    """A look-up table of PS3.3 C.11.1 and C.11.2.

    Attributes:
        entries: what values become.
        first: the value that becomes the first entry; values beyond the ends take the last.
        white: the most that an entry may be; tables that state more bits than they use are
            brightest at their largest entry.
    """

    entries: NDArray[np.uint16]
    first: int
    white: float

    def __call__(self, values: NDArray[Any]) -> NDArray[Any]:
        return self.entries[_within(values, self.first, len(self.entries))]


def _within(values: NDArray[Any], first: int, count: int) -> NDArray[np.int64]:
    """Return the places of values in a table; those beyond its ends take the last entries."""
    places: NDArray[np.int64] = np.clip(values.astype(np.int64) - first, 0, count - 1)
    return places


def _table(instance: Instance, described: Dataset, keyword: str) -> _Table | None:
    """Return the first table of a sequence, None where there is none that can be used."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            item = next(iter(described.get(keyword) or ()), None)
            if item is None:
                return None
            count, first, depth = (int(one) for one in item.LUTDescriptor)
            data = item.LUTData
            words = np.frombuffer(data, _word(instance)) if isinstance(data, bytes) else data
            entries = np.array(words, np.uint16)[: count or 1 << 16]
    except UNUSABLE:
        return None  # the picture is shown by its values instead
    if not 0 < depth <= 16 or not entries.size:
        return None
    white, brightest = (1 << depth) - 1, int(entries.max())
    return _Table(entries, first, float(white if 2 * brightest > white else brightest))


def _word(instance: Instance) -> str:
    return ">u2" if instance.storage.transfer_syntax == EXPLICIT_BIG else "<u2"
