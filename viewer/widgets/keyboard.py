"""Keys by their place: the same key acts whichever of the three languages the keyboard writes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

# Russian and Kazakh letters by the Latin key they lie on.
_LETTERS = {
    ord(own): Qt.Key(ord(latin))
    for own, latin in zip("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True)
}
# The Kazakh row of digits writes letters. Three of its keys write what Latin keyboards write as
# well, elsewhere: there the number that the system gives the key itself tells which it is (evdev's
# key code plus 8, by X11 and Wayland alike).
_DIGITS = {ord(own): Qt.Key(ord(digit)) for own, digit in zip("ӘІҢҒҮҰ", "234589", strict=True)}
_SHARED = {(ord('"'), 10): Qt.Key.Key_1, (ord(","), 15): Qt.Key.Key_6, (ord("."), 16): Qt.Key.Key_7}


def pressed(event: QKeyEvent) -> Qt.Key:
    """Return the key that lies where the pressed one does on a Latin keyboard."""
    key = event.key()
    if key in _LETTERS:
        return _LETTERS[key]
    own = Qt.Key(key)
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return own  # no digit: what stands above it
    return _DIGITS.get(key) or _SHARED.get((key, event.nativeScanCode())) or own
