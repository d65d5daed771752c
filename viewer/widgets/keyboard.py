"""Keys by their place: the same key acts whichever of the three languages the keyboard writes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

# Russian and Kazakh letters by the Latin key they lie on; the Kazakh row of digits has letters.
_LETTERS = dict(zip("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True))
_DIGITS = dict(zip('"ӘІҢҒ,.ҮҰ', "123456789", strict=True))
_LATIN = {ord(own): Qt.Key(ord(latin)) for own, latin in {**_LETTERS, **_DIGITS}.items()}


def pressed(event: QKeyEvent) -> Qt.Key:
    """Return the key that lies where the pressed one does on a Latin keyboard."""
    shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    own = Qt.Key(event.key())
    return own if shifted else _LATIN.get(event.key(), own)
