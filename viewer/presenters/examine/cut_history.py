"""Undo and redo of what the 3D view hides."""

from __future__ import annotations

from dataclasses import dataclass, replace

from virtopsy.errors import Bug
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, Cutaway


@dataclass(frozen=True)
class CutHistory:
    """Every cutaway that was kept, and which of them is shown.

    Attributes:
        states: the oldest first; at least one.
        at: index of the one that is shown.
    """

    states: tuple[Cutaway, ...] = (NOTHING_HIDDEN,)
    at: int = 0

    @property
    def now(self) -> Cutaway:
        """What is hidden."""
        return self.states[self.at]

    @property
    def can_undo(self) -> bool:
        """Tell whether there is a cutaway before this one."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Tell whether one was taken back and nothing was cut since."""
        return self.at + 1 < len(self.states)

    def do(self, cutaway: Cutaway) -> CutHistory:
        """Keep a cutaway after this one; what was taken back is forgotten. No change is no step."""
        if cutaway == self.now:
            return self
        return CutHistory((*self.states[: self.at + 1], cutaway), self.at + 1)

    def undo(self) -> CutHistory:
        """Go back one cutaway.

        Raises:
            Bug: this is the first.
        """
        if not self.can_undo:
            raise Bug("there is no cut to take back")
        return replace(self, at=self.at - 1)

    def redo(self) -> CutHistory:
        """Go to the next cutaway again.

        Raises:
            Bug: this is the last.
        """
        if not self.can_redo:
            raise Bug("there is no cut to repeat")
        return replace(self, at=self.at + 1)
