"""What the tests of worker processes have them do."""

from __future__ import annotations

import os
import signal
import sys
import time
from mmap import mmap
from pathlib import Path

from virtopsy.errors import InputError


def double(item: int) -> int:
    return 2 * item


def process(_: None) -> int:
    return os.getpid()


def die_by(how: int) -> int:
    if how:
        os.kill(os.getpid(), how)
    return how


def take_memory(size: int) -> int:
    return len(bytearray(size))


def be_busy(item: tuple[float, float]) -> None:
    """Compute for some seconds; the limit of the worker is lowered for it."""
    seconds, limit = item
    signal.setitimer(signal.ITIMER_PROF, limit)
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def write_file(path: str) -> str:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        Path(path).write_bytes(b"x" * 100)
    except OSError:
        return "refused"
    return "written"


def refuse(path: str) -> None:
    raise InputError("scan.cannot_open", path=path)


def put(value: int, memory: mmap) -> int:
    memory[value] = value
    return value


def knows(module: str) -> bool:
    return module in sys.modules
