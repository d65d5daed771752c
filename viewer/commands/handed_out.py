"""A file a command hands out; the window hands files out in the same way."""

from __future__ import annotations

from viewer.presenters.handed_out import check, draft, write

__all__ = ["check", "draft", "write"]
