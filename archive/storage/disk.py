"""What the disk under an archive does: whether what lies on it can be read when it is stolen."""

from __future__ import annotations

import os
from pathlib import Path

from archive.records import Encryption

_DEVICES = Path("/sys/dev/block")


def encryption(path: Path, devices: Path = _DEVICES) -> Encryption:
    """Tell whether the disk under `path`, or its nearest parent that is there, is encrypted.

    Linux names what lies under a file system: device-mapper gives an encrypted volume a name
    that begins with CRYPT- (cryptsetup). Elsewhere, and for file systems without a device of
    their own, nothing can be told from here.

    Args:
        path: need not be there yet.
        devices: the system's directory of block devices by number.
    """
    place = path.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    number = os.stat(place).st_dev  # noqa: PTH116 -- what `Path.stat` calls
    device = devices / f"{os.major(number)}:{os.minor(number)}" if os.name == "posix" else devices
    return _of(device) if os.name == "posix" and device.exists() else Encryption.UNKNOWN


def _of(device: Path) -> Encryption:
    """Look at a device and at what it is made of: one plain part makes the whole plain."""
    named = device / "dm" / "uuid"
    if named.is_file() and named.read_text().startswith("CRYPT-"):
        return Encryption.ENCRYPTED
    below = sorted((device / "slaves").glob("*"))
    found = {_of(one) for one in below}
    return Encryption.ENCRYPTED if found == {Encryption.ENCRYPTED} else Encryption.PLAIN
