"""How much a text reads like names and words of Russian, Kazakh or a Latin script, in bits.

A text costs what it takes to write it down: the more its letters follow each other as in known
names, the less. Bytes read in the wrong character set give letters that never stand together,
capitals in the middle of words and signs no name has; such a reading is expensive. Only a
comparison means something: the readings of the same bytes in two character sets.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import inf
from typing import Final
from unicodedata import category

_LETTERS: Final = "#абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
# Half bits, base 32, of a letter (column) behind a letter (row), `#` for the edge of a word.
# Learned from 1,500 Kazakh and Russian names (tests/virtopsy/dicom/people.txt and their female
# forms, three times) and the Russian and Kazakh texts of this program (a third).
_HALF_BITS: Final = (
    "p88aa9av9cav7b8899b78dccfebivhveegchavehgvg4pbbdb9mgaf9b8a6qc899dgcihepvuvvndvddgvvvvv"
    "e3pkqa4hrfbqkcnf6q9lnetrnslncbfvvnfurudcfva33pjggavun8tlbjaakfejivjignvvegvvhvvuvvvvvt"
    "b5jkpc4tqp8peeia5p7mm9squrqvvgrvuqssqttsav8b5menp5gbi6redcc6g8hhaujmtsvk6evgneurvmjvv9"
    "7je5abajgdga8896fe698dhiiehkvsvvrlvvvgvvvvu7ej3b8gpflhlib66glfi8kogpnmtvjmspmoomppoqvl"
    "h2mjn97spn9olkib7okkk6rpsfpvvgpusparpsrbavc54aab97tlg9pjeba8pjmlasqtrqvv7dvtfsmqttsuvb"
    "8ecbcb8mibdb8975ed888rfbe9dvvouvj9vijvvvvvn3ickd8bseelpd68aco897nsceijvvbqvtqskitsgtva"
    "85fgmq8voj7sibhe4ia9a8vtiuhvvghvvjfvhvajfv986inc96dfs6sdbbg6eohbcvtvhfnv87vdcjchvvvvvb"
    "74ankf5fdg7rembf6hfem8uivtgvvctvvedosvfaevc55boc98gft7teqqc5tpeaciofiikvahvvgkihvjcjvc"
    "9nb2bbepfchba8a8kd89bjeeogilvsvkphvidivvvvu95nkon6gqp7pabmk4c6habsqtgcvvdcktqssettsuvj"
    "75agba8ffd7tcccb5fpaaavchvfvvadvfdvggvmnkva96ferk5eil8s8bbc7bee6avgnkkvv9evmcdvcvgdevb"
    "75fchg6jgs8sbeed5f9dbavjvntvv99vvegvevfdfva6baib8budamd869afb68amtauebevbrhdrnfruutvvf"
    "93khlk99md4miich6l7ifbpnqonuvkbsqnppmqpoqvl73menm9ron7okc5d5n9echrpsqpvvipusprrosrqsvn"
    "78j9ki3olk5kbhhg4kghhdnlpmlsv8mrplooloonpvk36liml4anm7najk9amjjaeqorpovvljtroqqnrqprvm"
    "96icnl4con6oahe97kjkaaqosppvv6iuspcrisjqsv7abgchf44ih6heeebchdee6kimjipsg8omillillkmvh"
    "99ebfe43gfcgccdbafbccejhkihoqehmkcjjgkjikvf4k9dfceur8mbc897ld78bptcvhbvvpsvvnub99utvvq"
    "4gjeea49ocanbka7injaameobpdvvlpuc7qqorrqsvnbchdi9dmjie9499cd99f3hljnkkqthkpnjmmjnmlnvi"
    "5eaf78folkgk78hbfk778jnlp7bavjmrplooloonpvk2hccegbrobke8fd5incaamrcsebvvmpulkrrdsrqsvn"
    "ef8hi8gpabh97687gl6a97omqnatvknsqnppmqpoqvle1khlagpaiimiijhglhiicomqnntv5nsqnppmqpaqvl"
    "63djnmespndolkfj6kkc79rpsqhvv6pusprrgss7svo3abge99olhhlgbidfkghhjompnmtv5mrpmo8cponpv5"
    "eecgkjgpm6hf858fgg4c8komqn8tvjmsqmoomfpoqvlffkhldhqeeimj399hb3ejlparobuvkntrnpp9dqprvm"
    "ddgffifolbg68378fk75ejnlpm9suimrplnnloonpvk66b8cb8hed9da9a88d9a9cgehfelnbekheggehhgivd"
    "5i9kbgktq8lpa785jd67dnsqtrcvvnqvtqsgq8srtvp"
)
_PAIR: Final = {
    first + second: int(digit, 32) / 2
    for place, first in enumerate(_LETTERS)
    for second, digit in zip(
        _LETTERS,
        "".join(_HALF_BITS)[place * len(_LETTERS) : (place + 1) * len(_LETTERS)],
        strict=True,
    )
}
_STRANGE_PAIR: Final = 12.0
# Latin letters that people type in the place of the Cyrillic ones of the same shape.
_TWIN: Final = str.maketrans("ABCEHKMOPTXaceopxyiI", "авсенкмортхасеорхуіі")
_TWINS: Final = frozenset("ABCEHKMOPTXaceopxyiI")
_TYPED_TWIN: Final = 6.0
_LOWER: Final = 3.5
_UPPER: Final = 1.0
_CAPITAL_INSIDE: Final = 9.0
_PLAIN_LATIN: Final = 4.0
_ACCENTED: Final = dict.fromkeys("µéèáíóúñçäöüåøßãõâêôšžčřłąęığşõőÉÖÄÜÅØÇÓŠŽČŁĐĆćńśżźěÑÁ", 9.0)
_RARE_ACCENTED: Final = 12.0
_ACCENTS_TOGETHER: Final = 3.0
_COMMON_HANZI: Final = 10.0
_RARE_HANZI: Final = 14.0
_OTHER_LETTER: Final = 11.0
_DEAD_LETTER: Final = 20.0
# Greek, Armenian, Hebrew, Arabic, Thai, Georgian, Greek and Vietnamese with accents, kana, hangul.
_LIVING: Final = re.compile(
    "[\u01a0-\u01b0\u0386-\u03ce\u0531-\u0587\u05d0-\u05ea\u0620-\u06d3\u0e01-\u0e46"
    "\u10a0-\u10ff\u1e00-\u1fff\u3041-\u30ff\uac00-\ud7a3\uff66-\uff9f]"
)
_SIGN: Final = {
    **dict.fromkeys("№«»°", 6.0),
    **dict.fromkeys("“”–—", 7.0),
    **dict.fromkeys("·±²³½®©§™", 9.0),
}
_STRANGE_SIGN: Final = 20.0
_MARK: Final = 6.0  # vowel signs, accents stored on their own
_NO_LETTER: Final = 20.0  # control characters, U+FFFD
_SIGN_IN_WORD: Final = 14.0  # beside a letter of ASCII
_RUN: Final = re.compile(r"[A-Za-z\u0080-\U0010ffff]+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_ASCII_LETTER: Final = re.compile(r"[A-Za-z]")


def bits(text: str, most: float = inf) -> float:
    """Return the cost of a text; words and signs of plain ASCII are free, never being in doubt.

    Args:
        text: what is weighed.
        most: a cost beyond which it makes no difference; counting stops there.
    """
    cost = 0.0
    for run in _RUN.findall(text):
        if not run.isascii():
            cost += _run(run)
            if cost > most:
                break
    return cost


def _run(run: str) -> float:
    """Return the cost of ASCII letters and anything that is not ASCII, between ASCII signs."""
    cost = 0.0
    if run.isalpha():
        return _cyrillic(run) if _CYRILLIC.search(run) else _latin(run)
    for word in _WORD.findall(run):
        cost += _cyrillic(word) if _CYRILLIC.search(word) else _latin(word)
    for at, sign in enumerate(run):
        if not sign.isalpha():
            beside = run[max(at - 1, 0) : at] + run[at + 1 : at + 2]
            cost += _sign(sign) + (_SIGN_IN_WORD if _ASCII_LETTER.search(beside) else 0.0)
    return cost


def _cyrillic(word: str) -> float:
    cost = 0.0
    own = word
    if not _TWINS.isdisjoint(word):
        own = word.translate(_TWIN)
        cost += _TYPED_TWIN * sum(letter in _TWINS for letter in word)
    edged = f"#{own.lower()}#"
    pairs = map(str.__add__, edged, edged[1:])
    cost += sum([_PAIR.get(pair, _STRANGE_PAIR) for pair in pairs])
    return cost + _case(word)


def _case(word: str) -> float:
    if len(word) == 1:
        return 0.0 if word.isupper() else _UPPER
    if word[1:].islower():
        return 0.0 if word[0].isupper() else _LOWER
    if word.isupper():
        return _UPPER
    turns = sum(first.isupper() != second.isupper() for first, second in pairwise(word[1:]))
    return _CAPITAL_INSIDE * max(1, turns)


def _latin(word: str) -> float:
    """Return the cost of a word without a Cyrillic letter, of whatever script."""
    cost, accents = 0.0, 0
    for letter in word:
        if letter.isascii():
            cost += _PLAIN_LATIN
            accents = 0
            continue
        cost += _ACCENTED.get(letter) or _letter(letter)
        cost += _ACCENTS_TOGETHER if accents else 0.0
        accents += 1
    return cost


def _letter(letter: str) -> float:
    if letter < "\u0180":
        return _RARE_ACCENTED
    if "\u4e00" <= letter <= "\u9fff":
        # GB 2312 keeps the 3,755 commonest characters in its rows 16 to 55.
        lead = letter.encode("gb2312", "ignore")[:1]
        return _COMMON_HANZI if b"\xb0" <= lead <= b"\xd7" else _RARE_HANZI
    return _OTHER_LETTER if _LIVING.match(letter) else _DEAD_LETTER


def _sign(sign: str) -> float:
    if sign == "\ufffd" or sign < "\xa0":
        return _NO_LETTER
    if category(sign)[0] == "M":
        return _MARK
    return _SIGN.get(sign, _STRANGE_SIGN)
