"""What a DICOM object is, as a reader of scans calls it: a name, not the standard's class."""

from __future__ import annotations

from typing import Final

_STANDARD: Final = "1.2.840.10008."
_STORAGE: Final = "1.2.840.10008.5.1.4."
# Storage classes (PS3.4 table B.5-1, retired ones of PS3.6 table A-1 too) behind `_STORAGE`; a
# class that is not here is what the nearest one above it in the tree is.
_KINDS: Final = {
    "1.1.1": "xray",
    "1.1.1.2": "mammogram",
    "1.1.2": "ct",
    "1.1.3": "ultrasound",
    "1.1.4": "mr",
    "1.1.4.2": "spectroscopy",
    "1.1.4.3": "colour_mr",
    "1.1.5": "nuclear",
    "1.1.6": "ultrasound",
    "1.1.7": "secondary_capture",
    "1.1.8": "addition",
    "1.1.9": "waveform",
    "1.1.9.1": "ecg",
    "1.1.9.4": "audio",
    "1.1.10": "addition",
    "1.1.11": "presentation",
    "1.1.12": "angiogram",
    "1.1.13": "tomosynthesis",
    "1.1.13.1.4": "mammogram",
    "1.1.13.1.5": "mammogram",
    "1.1.14": "coherence",
    "1.1.20": "nuclear",
    "1.1.30": "parametric_map",
    "1.1.66": "raw_data",
    "1.1.66.1": "registration",
    "1.1.66.2": "fiducials",
    "1.1.66.3": "registration",
    "1.1.66.4": "segmentation",
    "1.1.66.5": "segmentation",
    "1.1.66.6": "tractography",
    "1.1.66.7": "segmentation",
    "1.1.66.8": "segmentation",
    "1.1.67": "value_table",
    "1.1.68": "surface",
    "1.1.77": "photograph",
    "1.1.77.1.1": "endoscopy",
    "1.1.77.1.2": "microscopy",
    "1.1.77.1.3": "microscopy",
    "1.1.77.1.5": "eye",
    "1.1.77.1.5.3": "registration",
    "1.1.77.1.6": "microscopy",
    "1.1.77.1.8": "microscopy",
    "1.1.77.1.9": "microscopy",
    "1.1.78": "eye_measures",
    "1.1.79": "eye_measures",
    "1.1.80": "eye_measures",
    "1.1.81": "eye_measures",
    "1.1.82": "eye_measures",
    "1.1.88": "report",
    "1.1.88.59": "key_images",
    "1.1.88.67": "dose_report",
    "1.1.88.68": "dose_report",
    "1.1.88.73": "dose_report",
    "1.1.88.76": "dose_report",
    "1.1.90": "report",
    "1.1.91": "fiducials",
    "1.1.104": "model",
    "1.1.104.1": "document",
    "1.1.104.2": "clinical_document",
    "1.1.128": "pet",
    "1.1.129": "addition",
    "1.1.130": "pet",
    "1.1.131": "settings",
    "1.1.200": "settings",
    "1.1.201": "settings",
    "1.1.481": "rt_record",
    "1.1.481.1": "rt_image",
    "1.1.481.2": "rt_dose",
    "1.1.481.3": "rt_structures",
    "1.1.481.5": "rt_plan",
    "1.1.481.8": "rt_plan",
    "1.1.481.10": "rt_plan",
    "1.1.481.11": "rt_structures",
    "1.1.481.12": "rt_plan",
    "1.1.481.13": "rt_plan",
    "1.1.481.14": "rt_plan",
    "1.1.481.15": "rt_plan",
    "1.1.481.21": "rt_plan",
    "1.1.481.22": "rt_plan",
    "1.1.481.23": "rt_image",
    "1.1.481.24": "rt_image",
    "1.1.481.25": "rt_plan",
    "34": "rt_plan",
    "38": "settings",
    "39": "settings",
    "43": "model",
    "44": "model",
    "45": "model",
}
# For files without a class: Modality (PS3.3 C.7.3.1.1.1).
_BY_MODALITY: Final = {
    "CT": "ct",
    "MR": "mr",
    "PT": "pet",
    "NM": "nuclear",
    "US": "ultrasound",
    "CR": "xray",
    "DX": "xray",
    "RG": "xray",
    "MG": "mammogram",
    "XA": "angiogram",
    "RF": "angiogram",
    "XC": "photograph",
    "ES": "endoscopy",
    "SEG": "segmentation",
    "SR": "report",
    "KO": "key_images",
    "PR": "presentation",
    "DOC": "document",
    "ECG": "ecg",
    "REG": "registration",
    "RTIMAGE": "rt_image",
    "RTDOSE": "rt_dose",
    "RTSTRUCT": "rt_structures",
    "RTPLAN": "rt_plan",
    "RTRECORD": "rt_record",
}
# Some of these carry pixel data, but as numbers of a computation, not as something to look at.
_NO_PICTURES: Final = frozenset(
    {
        *("addition", "audio", "clinical_document", "document", "dose_report", "ecg"),
        *("eye_measures", "fiducials", "key_images", "model", "parametric_map", "presentation"),
        *("raw_data", "registration", "report", "rt_dose", "rt_plan", "rt_record"),
        *("rt_structures", "segmentation", "settings", "spectroscopy", "surface"),
        *("tractography", "value_table", "waveform"),
    }
)


def kind_of(sop_class: str, modality: str) -> str:
    """Return what an object is, by the part of its message key behind `picture.kind.`.

    Args:
        sop_class: SOP Class UID, empty where the file has none.
        modality: what its series says it comes from; decides only without a class.
    """
    if not sop_class:
        return _BY_MODALITY.get(modality, "unknown")
    if not sop_class.startswith(_STANDARD):
        return "private"
    branch = sop_class.removeprefix(_STORAGE)
    while branch:
        if branch in _KINDS:
            return _KINDS[branch]
        branch = branch.rpartition(".")[0]
    return "unknown"


def is_picture(kind: str) -> bool:
    """Tell whether the pixels of such an object are something to look at."""
    return kind not in _NO_PICTURES
