"""How a series asks to be shown: what its files state, and what its region and kernel suggest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_HEAD: Final = frozenset({"HEAD", "BRAIN", "SKULL", "CEREBRUM"})
_CHEST: Final = frozenset({"CHEST", "THORAX", "LUNG", "LUNGS"})
_BONES: Final = re.compile(
    "SPINE|EXTREMITY|SHOULDER|CLAVICLE|HUMERUS|ELBOW|FOREARM|WRIST|HAND|FINGER"
    "|HIP|FEMUR|THIGH|KNEE|LEG|ANKLE|FOOT|TOE|JAW|MANDIBLE|MAXILLA|TEETH"
)
# Kernels their makers offer for bone and lung: Siemens from 60 up (B60f, H70h, Br64, Hr68),
# GE by name, Philips by letter, Canon FC30 to FC39, FC50 to FC59 and FC80 to FC89.
_SHARP: Final = re.compile(r"[BHUJTD][a-z]{0,2}[6-9]\d.*|BONE.*|EDGE|LUNG|D|E|L|Y[CDE]|FC[358]\d.*")


@dataclass(frozen=True, slots=True)
class Display:
    """What the files of a series say about how to show it.

    Attributes:
        centre: of the first window they state, in the unit of the voxels, as the linear function
            of PS3.3 C.11.2.1.2.1 counts it; None where they state none that is linear.
        width: likewise.
        explanation: the scanner's own word for that window (0028,1055), may be empty.
        body_part: (0018,0015), in capitals.
        kernel: (0018,1210), as stored.
    """

    centre: float | None = None
    width: float | None = None
    explanation: str = ""
    body_part: str = ""
    kernel: str = ""

    @property
    def sharp(self) -> bool:
        """Tell whether the kernel is one for bone or lung."""
        return _SHARP.fullmatch(self.kernel) is not None

    @property
    def suggested(self) -> str:
        """Return the name of the HU window that region and kernel ask for."""
        if self.body_part in _HEAD:
            return "bone" if self.sharp else "brain"
        if self.body_part in _CHEST:
            return "lung" if self.sharp else "mediastinum"
        if self.sharp or _BONES.search(self.body_part):
            return "bone"
        return "soft_tissue"


UNSAID: Final = Display()
"""Of files that say nothing."""
