"""What mouse and keys do in the examine room, as the help sheet lists it.

`tests/viewer/widgets/test_help.py` does each of these and sees that it acts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """One thing that can be done.

    Attributes:
        name: `help.<section>.<name>` says what it does.
        by: the ways to do it. A key stands as it is on the keyboard; what the mouse does is in
            braces, `help.mouse.<it>` says it.
    """

    name: str
    by: tuple[str, ...]


SLICES = (
    Use("point", ("{click}",)),
    Use("scroll", ("{wheel}", "↑ ↓", "← →")),
    Use("page", ("PgUp PgDn",)),
    Use("ends", ("Home End",)),
    Use("zoom", ("Ctrl+{wheel}",)),
    Use("pan", ("{middle_drag}",)),
    Use("window", ("{right_drag}",)),
    Use("presets", ("1–9",)),
    Use("turn", ("{ring_drag}",)),
    Use("thicken", ("Shift+{wheel}",)),
    Use("cine", ("C",)),
    Use("smooth", ("I",)),
    Use("full", ("{double_click}", "F")),
    Use("reset", ("{space}",)),
    Use("loupe", ("M",)),
    Use("region", ("R",)),
    Use("volume", ("V",)),
    Use("along", ("T",)),
    Use("end_path", ("Enter", "{double_click}")),
    Use("take_back", ("Backspace",)),
    Use("compare", ("{compare_click}",)),
)
VOLUME = (
    Use("turn", ("{drag}",)),
    Use("pick", ("{click}",)),
    Use("zoom", ("{wheel}", "{right_drag}")),
    Use("pan", ("{middle_drag}",)),
    Use("sides", ("1–6", "{man_click}")),
    Use("full", ("{double_click}", "F")),
    Use("reset", ("{space}",)),
    Use("plane", ("{plane_wheel}",)),
    Use("undo_cut", ("Ctrl+Z",)),
    Use("redo_cut", ("Ctrl+Shift+Z",)),
)
MARKS = (
    Use("tools", ("L", "W", "G", "X", "N")),
    Use("end", ("Enter", "{double_click}")),
    Use("take_back", ("Backspace",)),
    Use("snap", ("Shift+{click}", "Ctrl+{click}", "B")),
    Use("unlock", ("{number_double_click}",)),
    Use("menu", ("{right_click}",)),
    Use("picture", ("K",)),
    Use("withdraw", ("Delete",)),
)
EVERYWHERE = (
    Use("leave", ("Esc",)),
    Use("undo", ("Ctrl+Z",)),
    Use("redo", ("Ctrl+Shift+Z",)),
    Use("to_court", ("Ctrl+B",)),
    Use("save", ("Ctrl+S",)),
    Use("rooms", ("Ctrl+1 … 4",)),
    Use("help", ("?", "F1")),
)
SECTIONS = {"slices": SLICES, "volume": VOLUME, "marks": MARKS, "everywhere": EVERYWHERE}
