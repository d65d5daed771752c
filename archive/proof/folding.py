"""The form of a text that is compared in a search: letters that people take for each other agree.

Compatibility decomposition without combining marks (Unicode UAX 15: so Ё is Е and Й is И), full
case folding (Unicode 3.13), then Kazakh letters as a Russian keyboard has them (Қанат is Канат),
and the Latin letter for every Cyrillic one that looks like it (А-12 is A-12, whoever typed it).
Both the text and what is searched for are folded, so nothing is lost, and some more is found.
"""

from __future__ import annotations

import unicodedata

_AS_TYPED = dict(zip("әғқңөұүһіё", "агкноууние", strict=True))
_LOOK_ALIKE = dict(zip("авеикмнорстух", "abeikmhopctyx", strict=True))
_ONE = {
    letter: _LOOK_ALIKE.get(typed, typed)
    for letter, typed in (*_AS_TYPED.items(), *((one, one) for one in _LOOK_ALIKE))
}
_TABLE = str.maketrans(_ONE)


def fold(text: str) -> str:
    """Return the text in the form that is compared."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare.casefold().translate(_TABLE))
