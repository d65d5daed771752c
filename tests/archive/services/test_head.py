"""The log's head goes on paper, and that is an anchor."""

from __future__ import annotations

from archive.opening import Archive
from archive.records import Actor


def test_a_head_for_paper_is_recorded_and_anchors_what_it_covers(
    archive: Archive, expert: Actor
) -> None:
    head = archive.heads.now(expert)
    size, root = archive.log.head(expert)
    assert (head.size, head.root) == (size, root.hex())
    assert (head.key_fingerprint, head.archive) == (archive.fingerprint, archive.uuid)
    assert head.single_keeper
    assert archive.anchors.last(expert).anchor is None
    archive.heads.printed(expert, head)
    anchor = archive.anchors.last(expert).anchor
    assert anchor is not None
    assert (anchor.kind, anchor.size) == ("paper", size)
