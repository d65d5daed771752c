"""Faults are planted in the same small archives that the archive's own tests use."""

from __future__ import annotations

from tests.archive.conftest import archive, clock, expert, folder, kept, scan, templates

__all__ = ["archive", "clock", "expert", "folder", "kept", "scan", "templates"]
