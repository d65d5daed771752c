"""Region and kernel suggest the window a reader of that region expects."""

from __future__ import annotations

import pytest

from virtopsy.imaging.display import Display
from virtopsy.imaging.window import HU_PRESETS


@pytest.mark.parametrize(
    ("body_part", "kernel", "suggested"),
    [
        ("HEAD", "STD+", "brain"),
        ("HEAD", "H31s", "brain"),
        ("BRAIN", "FC26", "brain"),
        ("HEAD", "H60s", "bone"),
        ("SKULL", "BONEPLUS", "bone"),
        ("CHEST", "B30f", "mediastinum"),
        ("CHEST", "D", "lung"),
        ("CHEST", "B70s", "lung"),
        ("CHEST", "LUNG", "lung"),
        ("THORAX", "FC51", "lung"),
        ("ABDOMEN", "STANDARD", "soft_tissue"),
        ("PELVIS", "Br64d", "bone"),
        ("LSPINE", "B31s", "bone"),
        ("KNEE", "", "bone"),
        ("CHESTABDPELVIS", "", "soft_tissue"),
        ("WHOLEBODY", "B40f", "soft_tissue"),
        ("", "", "soft_tissue"),
    ],
)
def test_region_and_kernel_suggest_a_window(body_part: str, kernel: str, suggested: str) -> None:
    assert Display(body_part=body_part, kernel=kernel).suggested == suggested
    assert suggested in HU_PRESETS
