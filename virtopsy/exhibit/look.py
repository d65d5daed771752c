"""One file to what it is, by its bytes; called in a worker process, for nobody vouches for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from virtopsy.exhibit import document, media, photo, surface
from virtopsy.exhibit.exhibit import Broken, Content, Exhibit, opened


def look(path: Path) -> Exhibit | str:
    """Return the exhibit, or why there is none.

    Returns:
        "empty", "unknown", or "damaged_" and the kind: it begins as that and then breaks.

    Raises:
        OSError: the system refused to read it.
    """
    content = opened(path)
    with closing(content.file):
        return _by_magic(content) if content.size else "empty"


def _by_magic(content: Content) -> Exhibit | str:
    began = _reader(content.head, content.size)
    if began is None:
        return document.read_text(content) or "unknown"
    kind, read = began
    try:
        return read(content)
    except Broken:
        return f"damaged_{kind}"


def _reader(head: bytes, size: int) -> tuple[str, Callable[[Content], Exhibit]] | None:
    """Return what a file begins as, and who reads that; None where it begins as nothing known."""
    if name := photo.format_of(head):
        return "photo", partial(photo.read, name=name)
    if recording := media.format_of(head):
        kind, name = recording
        return kind.value, partial(media.read, kind=kind, name=name)
    if document.is_pdf(head):
        return "document", document.read_pdf
    if document.is_zip(head):
        return "zip", document.read_zip
    if name := surface.format_of(head, size):
        return "surface", partial(surface.read, name=name)
    return None
