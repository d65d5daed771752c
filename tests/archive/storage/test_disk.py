"""Whether a disk is encrypted is told only where the machine can know it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.records import Encryption
from archive.storage.disk import encryption

_HERE = Path(__file__)


def _device(devices: Path, *parts: tuple[str, str]) -> Path:
    """Make the system's entry of the device this file lies on, with the devices it is made of."""
    number = _HERE.stat().st_dev
    made = devices / f"{os.major(number)}:{os.minor(number)}"
    made.mkdir(parents=True)
    for name, uuid in parts:
        mapped = made if name == "itself" else made / "slaves" / name
        (mapped / "dm").mkdir(parents=True)
        (mapped / "dm" / "uuid").write_text(uuid + "\n")
    return made


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), Encryption.PLAIN),
        ((("itself", "CRYPT-LUKS2-0123-root"),), Encryption.ENCRYPTED),
        ((("itself", "LVM-0123"), ("dm-0", "CRYPT-LUKS2-1")), Encryption.ENCRYPTED),
        (
            (("itself", "LVM-0123"), ("dm-0", "CRYPT-LUKS2-1"), ("dm-1", "mpath-2")),
            Encryption.PLAIN,
        ),
    ],
)
def test_a_volume_is_encrypted_where_all_it_is_made_of_is(
    tmp_path: Path, parts: tuple[tuple[str, str], ...], expected: Encryption
) -> None:
    _device(tmp_path, *parts)
    assert encryption(_HERE, tmp_path) is expected


def test_a_place_that_is_not_there_yet_is_asked_of_the_folder_it_will_lie_in(
    tmp_path: Path,
) -> None:
    _device(tmp_path, ("itself", "CRYPT-LUKS2-0123-root"))
    assert encryption(_HERE.parent / "not" / "yet", tmp_path) is Encryption.ENCRYPTED


def test_a_file_system_without_a_device_is_not_guessed_about(tmp_path: Path) -> None:
    assert encryption(_HERE, tmp_path) is Encryption.UNKNOWN
