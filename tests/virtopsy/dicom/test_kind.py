"""Every class of object that can be met has a name that a reader of scans understands."""

from __future__ import annotations

import pytest
from pydicom._uid_dict import UID_dictionary

from virtopsy.dicom.kind import kind_of
from virtopsy.language import Language, has

STORAGE = "1.2.840.10008.5.1.4.1.1."
# Storage that no radiology, forensic or clinical archive holds: airport security, material tests.
ELSEWHERE = (f"{STORAGE}501.", f"{STORAGE}601.")
CLASSES = [
    uid
    for uid, (name, kind, *_) in UID_dictionary.items()
    if kind == "SOP Class" and "Storage" in name and uid.startswith(("1.2.840.10008.5.1.4",))
]


def test_every_storage_class_of_the_standard_has_a_name() -> None:
    assert len(CLASSES) > 150
    unknown = [
        uid for uid in CLASSES if kind_of(uid, "") == "unknown" and not uid.startswith(ELSEWHERE)
    ]
    assert unknown == []


@pytest.mark.parametrize("language", Language)
def test_every_name_is_spoken(language: Language) -> None:
    kinds = {kind_of(uid, "") for uid in CLASSES} | {"private", "unknown", "localizer"}
    assert [one for one in kinds if not has(f"picture.kind.{one}", language)] == []


@pytest.mark.parametrize(
    ("sop_class", "kind"),
    [
        (f"{STORAGE}7", "secondary_capture"),
        (f"{STORAGE}7.4", "secondary_capture"),
        (f"{STORAGE}77.1.4", "photograph"),  # whose number begins like a secondary capture's
        (f"{STORAGE}1.1", "xray"),
        (f"{STORAGE}11.1", "presentation"),
        (f"{STORAGE}12.1", "angiogram"),
        (f"{STORAGE}66", "raw_data"),
        (f"{STORAGE}66.4", "segmentation"),
        (f"{STORAGE}88.67", "dose_report"),
        (f"{STORAGE}88.59", "key_images"),
        (f"{STORAGE}88.33", "report"),
        (f"{STORAGE}481.3", "rt_structures"),
        (f"{STORAGE}9999", "unknown"),
        ("1.3.12.2.1107.5.9.1", "private"),
    ],
)
def test_a_class_is_called_by_its_own_name(sop_class: str, kind: str) -> None:
    assert kind_of(sop_class, "CT") == kind


def test_the_modality_names_what_has_no_class() -> None:
    assert kind_of("", "US") == "ultrasound"
    assert kind_of("", "") == "unknown"
