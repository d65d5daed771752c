"""Any row of cuts, undos and redos ends where it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.cut_history import CutHistory
from virtopsy.errors import Bug
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, ClipPlane, Cutaway

_ACTS = st.lists(st.one_of(st.sampled_from(["undo", "redo", "all"]), st.integers(0, 4)))


def _cut(depth: int) -> ClipPlane:
    return ClipPlane((0.0, float(depth), 0.0), (0.0, -1.0, 0.0))


@given(_ACTS)
def test_undo_and_redo_go_along_what_was_done_and_nowhere_else(acts: list[str | int]) -> None:
    history, before, after = CutHistory(), [NOTHING_HIDDEN], list[Cutaway]()
    for act in acts:
        if act == "undo" and history.can_undo:
            history = history.undo()
            after.append(before.pop())
        elif act == "redo" and history.can_redo:
            history = history.redo()
            before.append(after.pop())
        elif act not in {"undo", "redo"}:
            cutaway = NOTHING_HIDDEN if isinstance(act, str) else history.now.then(_cut(act))
            history = history.do(cutaway)
            if cutaway != before[-1]:
                before, after = [*before, cutaway], []
        assert history.now == before[-1]
        assert history.can_undo == (len(before) > 1)
        assert history.can_redo == bool(after)


def test_nothing_is_taken_back_or_repeated_that_was_not_done() -> None:
    with pytest.raises(Bug):
        CutHistory().undo()
    with pytest.raises(Bug):
        CutHistory().redo()
