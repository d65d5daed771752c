"""The machine the program runs on, as log entries name it; and its clock."""

from __future__ import annotations

import hashlib
import platform
import time
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_state_path

from archive.proof.canonical import text
from archive.records import Surroundings

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
_PROGRAM = Path(__file__).resolve().parent.parent.parent


def system_clock() -> datetime:
    """Return the machine's time in UTC: what the two doors inject."""
    return datetime.now(UTC)  # noqa: TID251 -- the one clock that everything else is given


def own_state() -> Path:
    """Return where this account's program remembers what is neither evidence nor a setting."""
    return user_state_path("virtopsy", appauthor=False)


class ThisMachine:
    """Machine, start of the machine, program."""

    def surroundings(self) -> Surroundings:
        """Return what an entry says about where the act happened."""
        return Surroundings(
            host=text(platform.node()),
            boot=_boot(),
            clock_source="ntp" if _SYNCHRONISED.exists() else "unknown",
            version=program_version(),
            program_sha256=_program_sha256(),
        )

    def monotonic_ns(self) -> int:
        """Return nanoseconds that no clock setting moves, and that go on while it sleeps."""
        clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return time.clock_gettime_ns(clock)


@cache
def _boot() -> str:
    """Return the system's name for this start of the machine, which outlives no process."""
    return _BOOT_ID.read_text().strip() if _BOOT_ID.is_file() else ""


@cache
def program_version() -> str:
    """Return the version of the program; "source" where it was not installed."""
    try:
        return version("virtopsy")
    except PackageNotFoundError:
        return "source"


@cache
def _program_sha256() -> str:
    """Return one hash over the program's own source files, by name."""
    digest = hashlib.sha256()
    for package in ("virtopsy", "archive"):
        for path in sorted((_PROGRAM / package).rglob("*.py")):
            name = path.relative_to(_PROGRAM).as_posix()
            digest.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n".encode())
    return digest.hexdigest()
