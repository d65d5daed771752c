#!/usr/bin/env python3
"""Check a court bundle: python3 verify.py [BUNDLE] [--key FINGERPRINT] [--json] [--lang kk|ru|en].

Needs Python 3.8 or newer and nothing else: no network, no archive, no other package. Reads a
folder or a zip, changes nothing, never stops at the first fault and says of every file what is
wrong with it. Exit codes: 0 unchanged since sealed, 1 problems found, 2 wrong usage, 3 nothing
of a bundle is there.

What it checks, each by the rule named:
  every file against manifest-sha256.txt and tagmanifest-sha256.txt   BagIt 1.0, RFC 8493
  the tag manifest against sig/seal.json, and its signature           Ed25519, RFC 8032
  each log entry against the log's root by its inclusion proof        RFC 6962, RFC 9162 2.1.3.2
  the root against the signed checkpoint                              C2SP signed note
  the entries of the case against each other: none left out, none moved
"""

import sys

if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    # Python looks for modules in the folder of a program first: an argparse.py put into the
    # bundle would answer in place of this file. (sys itself cannot be replaced so.)
    del sys.path[0]

import argparse
import base64
import binascii
import hashlib
import io
import json
import os
import re
import stat
import unicodedata
import zipfile
from pathlib import Path
from typing import (
    IO,
    Any,
    Dict,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

Facts = Dict[str, Union[str, int]]
Point = Tuple[int, int, int, int]

MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SEAL = "sig/seal.json"
SIGNATURE = "sig/seal.sig"
SEAL_KEY = "sig/key.pem"
ENTRIES = "log/entries.jsonl"
PROOFS = "log/proofs.json"
CHECKPOINT = "log/checkpoint.txt"
LOG_KEY = "log/key.pem"
SOURCE_LISTS = "data/meta/manifests/"
# What a bundle holds of what the log names.
CARRIED = ("finding", "stop", "subject", "manifest", "intake")
REQUIRED = ("bagit.txt", "bag-info.txt", MANIFEST, ENTRIES, PROOFS, CHECKPOINT, LOG_KEY)
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

KEPT_BYTES = 256 * 1024 * 1024  # of one tag file; payload is only hashed, never kept
BOMB_RATIO = 1100  # deflate cannot go beyond 1032:1
CHUNK = 1 << 20
BEGINNING = bytes(32)  # what the first entry of a case names as the one before it
ZIPPED_BUNDLE = re.compile(  # a member's local or central header, then its name
    rb"(?s)PK(?:\x03\x04.{26}|\x01\x02.{42})[^\0]{0,220}?"
    rb"(?:bagit\.txt|manifest-sha256\.txt|sig/seal\.)"
)
JUNCTION = 0xA0000003  # Windows: a folder that is really another one

# --- What it says ------------------------------------------------------------------------------

LANGUAGES = ("kk", "ru", "en")
TEXTS = {
    "fine": (
        (
            "{when} күні {fingerprint} кілтімен мөрленгеннен бері өзгермеген; "
            "қағаздағымен салыстырыңыз"
        ),
        "не изменён с момента опечатывания {when} ключом {fingerprint}; сверьте с бумагой",
        "unchanged since sealed on {when} by key {fingerprint}; compare it with the paper",
    ),
    "broken": (
        (
            "МӨРЛЕНГЕН КҮЙІНДЕ ЕМЕС: табылған ақаулар саны — {n}. Бұл жинаққа осы күйінде "
            "сүйенбеңіз; мөрлеген адамнан бастапқы данасын сұраңыз."
        ),
        (
            "НЕ В ТОМ ВИДЕ, В КАКОМ ОПЕЧАТАН: найдено неисправностей — {n}. Не опирайтесь на этот "
            "пакет; запросите исходный экземпляр у того, кто его опечатал."
        ),
        (
            "NOT AS IT WAS SEALED: {n} problem(s) found. Do not rely on this bundle; ask the "
            "person who sealed it for the original copy."
        ),
    ),
    "checked": (
        (
            "Тексерілді: {files} файл, {bytes} байт, журналдың {log_entries} жазбасы, "
            "{signatures} қолтаңба."
        ),
        (
            "Проверено: файлов {files}, байтов {bytes}, записей журнала {log_entries}, "
            "подписей {signatures}."
        ),
        (
            "Checked: {files} files, {bytes} bytes, {log_entries} log entries, "
            "{signatures} signatures."
        ),
    ),
    "single_keeper": (
        "Мұрағатты бір адам жүргізген (жалғыз сақтаушы): мөрдің сенімділігі сол адамға тең.",
        (
            "Архив вёл один человек (единственный хранитель): печать стоит столько же, сколько "
            "доверие к нему."
        ),
        (
            "One person alone kept the archive (single keeper): the seal is worth what that person "
            "is trusted for."
        ),
    ),
    "technical_seal": (
        "Бұл — мұрағаттың техникалық мөрі; ол сарапшының қолтаңбасын алмастырмайды.",
        "Это техническая печать архива; она не заменяет подпись эксперта.",
        "This is the archive's technical seal; it does not replace an expert's signature.",
    ),
    "not_a_bundle": (
        (
            "{path}: мұнда сот жинағы жоқ (bagit.txt, тізім де, sig/ те табылмады). Жинақ қалтасын "
            "немесе zip файлын көрсетіңіз."
        ),
        (
            "{path}: здесь нет судебного пакета (не найдены ни bagit.txt, ни списки, ни sig/). "
            "Укажите папку пакета или его zip."
        ),
        (
            "{path}: there is no court bundle here (no bagit.txt, no manifest, no sig/). Name the "
            "folder of a bundle or its zip."
        ),
    ),
    "bad_key": (
        (
            "--key: бұл саусақ ізі емес. Қағаздағы 64 он алтылық таңбаны теріңіз (бос орындар "
            "ескерілмейді)."
        ),
        (
            "--key: это не отпечаток ключа. Введите 64 шестнадцатеричных знака с бумаги (пробелы "
            "не важны)."
        ),
        (
            "--key: this is not a fingerprint. Type the 64 hexadecimal digits from the paper "
            "(spaces do not matter)."
        ),
    ),
    "not_printed": (
        "Жауапты шығару мүмкін болмады ({detail}); тексеру аяқталды, нәтижесі — шығу коды.",
        "Ответ не удалось вывести ({detail}); проверка закончена, её итог — код выхода.",
        "The answer could not be printed ({detail}); the check is done, its exit code tells.",
    ),
    "changed": (
        "{path}: файл мөрленгеннен кейін өзгертілген.",
        "{path}: файл изменён после опечатывания.",
        "{path}: the file was changed after sealing.",
    ),
    "missing": (
        "{path}: файл жоқ, ал тізімде бар.",
        "{path}: файла нет, а в списке он есть.",
        "{path}: the file is missing, but the list names it.",
    ),
    "renamed": (
        "{path}: файл атауы өзгертілген; дәл осы байттар енді {other} атауымен тұр.",
        "{path}: файл переименован; те же байты теперь лежат под именем {other}.",
        "{path}: the file was renamed; the same bytes now lie at {other}.",
    ),
    "added": (
        "{path}: файл мөрленгеннен кейін қосылған, тізімдерде ол жоқ.",
        "{path}: файл добавлен после опечатывания, в списках его нет.",
        "{path}: the file was added after sealing; no list names it.",
    ),
    "manifest_damaged": (
        "{path}: тізімнің {line}-жолы оқылмайды немесе рұқсат етілмеген атауды көрсетеді.",
        "{path}: строка {line} списка не читается или называет недопустимый путь.",
        "{path}: line {line} of the list cannot be read or names a path that is not allowed.",
    ),
    "tag_manifest_not_sealed": (
        "{path}: бұл тізім мөрленген тізім емес (тізім қайта жазылған немесе бүлінген).",
        "{path}: это не тот список, который был опечатан (переписан или повреждён).",
        "{path}: this is not the list that was sealed (it was rewritten or damaged).",
    ),
    "unreadable": (
        "{path}: оқылмайды ({detail}).",
        "{path}: не читается ({detail}).",
        "{path}: cannot be read ({detail}).",
    ),
    "too_large": (
        "{path}: жинақтың қызметтік файлы үшін тым үлкен, ашылмады.",
        "{path}: слишком велик для служебного файла пакета, не открыт.",
        "{path}: too large for a file of this kind, it was not opened.",
    ),
    "link": (
        "{path}: бұл сілтеме; жинақта сілтеме болмауы керек, ол ашылмады.",
        "{path}: это ссылка; в пакете ссылок быть не должно, она не открыта.",
        "{path}: this is a link; a bundle holds no links, it was not followed.",
    ),
    "not_a_file": (
        "{path}: бұл кәдімгі файл емес; ашылмады.",
        "{path}: это не обычный файл; не открыт.",
        "{path}: this is not an ordinary file; it was not opened.",
    ),
    "odd_name": (
        "{path}: атауы қауіпті немесе екіұшты (басқа компьютерде басқаша ашылуы мүмкін).",
        "{path}: имя опасно или двусмысленно (на другом компьютере может открыться иначе).",
        "{path}: the name is unsafe or ambiguous (it may open differently on another computer).",
    ),
    "zip_damaged": (
        "{path}: zip бүлінген ({detail}).",
        "{path}: zip повреждён ({detail}).",
        "{path}: the zip is damaged ({detail}).",
    ),
    "zip_bomb": (
        "{path}: ашылғандағы көлемі мүмкін емес мөлшерде үлкен; ашылмады.",
        "{path}: объявленный размер после распаковки невозможен; не распакован.",
        "{path}: it claims to unpack to an impossible size; it was not unpacked.",
    ),
    "duplicate_name": (
        "{path}: бұл атау бір реттен көп кездеседі; қайсысы шын екені белгісіз.",
        "{path}: это имя встречается больше одного раза; какой файл настоящий, неизвестно.",
        "{path}: this name occurs more than once; which file is the true one cannot be told.",
    ),
    "unsigned": (
        "{path}: мөр жоқ. Мөрсіз жинақ туралы «өзгермеген» деп айтуға болмайды.",
        "{path}: печати нет. О пакете без печати нельзя сказать, что он не изменён.",
        "{path}: there is no seal. Of a bundle without a seal nobody can say it is unchanged.",
    ),
    "unknown_signer": (
        "{path}: жинақ басқа кілтпен мөрленген: {found}, ал сұралғаны {wanted}.",
        "{path}: пакет опечатан другим ключом: {found}, а запрошен {wanted}.",
        "{path}: the bundle was sealed by another key: {found}, asked for was {wanted}.",
    ),
    "bad_signature": (
        "{path}: мөрдің қолтаңбасы сәйкес келмейді: seal.json, seal.sig немесе кілт өзгертілген.",
        "{path}: подпись печати не сходится: изменены seal.json, seal.sig или ключ.",
        (
            "{path}: the signature of the seal does not fit: seal.json, seal.sig or "
            "the key was changed."
        ),
    ),
    "seal_damaged": (
        "{path}: мөр оқылмайды немесе толық емес ({detail}).",
        "{path}: печать не читается или неполна ({detail}).",
        "{path}: the seal cannot be read or is not complete ({detail}).",
    ),
    "key_damaged": (
        "{path}: кілт файлы бүлінген немесе басқасымен алмастырылған.",
        "{path}: файл ключа повреждён или подменён.",
        "{path}: the key file is damaged or was replaced.",
    ),
    "seal_disagrees": (
        "{path}: мөрде бұл файл туралы басқа нәрсе жазылған ({detail}).",
        "{path}: в печати об этом файле сказано иное ({detail}).",
        "{path}: the seal says something else about this file ({detail}).",
    ),
    "log_damaged": (
        "{path}: журналдың {line}-жолы оқылмайды ({detail}).",
        "{path}: строка {line} журнала не читается ({detail}).",
        "{path}: line {line} of the log cannot be read ({detail}).",
    ),
    "log_entry_not_in_root": (
        "{path}: {seq} жазбасы журналдың түбір хэшіне кірмейді: жазба немесе дәлел өзгертілген.",
        "{path}: запись {seq} не входит в корень журнала: изменена она или её доказательство.",
        "{path}: entry {seq} is not under the log's root: the entry or its proof was changed.",
    ),
    "log_chain_broken": (
        "{path}: {seq} жазбасы өзінен бұрынғы жазбаға сілтемейді: рет өзгертілген.",
        "{path}: запись {seq} не ссылается на предыдущую: порядок изменён.",
        "{path}: entry {seq} does not follow from the one before it: the order was changed.",
    ),
    "case_log_gap": (
        "{path}: іс жазбаларының бәрі жоқ: {expected}-жазба күтілген, {found} тұр.",
        "{path}: записи дела не все: ожидалась {expected}, стоит {found}.",
        (
            "{path}: not all entries of the case are here: {expected} was "
            "expected, {found} stands there."
        ),
    ),
    "object_left_out": (
        "{path}: журналда аталған нысан ({kind}, {sha256}) жинақта жоқ: бірдеңе алынып тасталған.",
        "{path}: объекта из журнала ({kind}, {sha256}) в пакете нет: что-то не вложено.",
        "{path}: an object the log names ({kind}, {sha256}) is not in the bundle: it was left out.",
    ),
    "export_entry_missing": (
        "{path}: соңғы жазба осы жинақты шығару туралы жазба емес.",
        "{path}: последняя запись — не запись о выдаче именно этого пакета.",
        "{path}: the last entry is not the export of this very bundle.",
    ),
    "checkpoint_wrong": (
        "{path}: журналдың бақылау нүктесі сәйкес келмейді ({detail}).",
        "{path}: контрольная точка журнала не сходится ({detail}).",
        "{path}: the checkpoint of the log does not fit ({detail}).",
    ),
}


def say(key: str, language: str, **facts: Union[str, int]) -> str:
    """Return the text of `key` in kk, ru or en."""
    return TEXTS[key][LANGUAGES.index(language)].format(**facts)


class Problem(NamedTuple):
    """One thing that is not as it was sealed; `path` is relative to the bundle."""

    code: str
    path: str
    facts: Facts

    def text(self, language: str) -> str:
        """Return it as a sentence."""
        return say(self.code, language, **{**self.facts, "path": self.path})


class NotABundle(Exception):  # noqa: N818 -- not a failure of the check
    """Nothing of a bundle lies at that path."""


def shown(name: str) -> str:
    """Return a file name that can be printed: no control, direction or broken characters."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)


# --- Ed25519 (RFC 8032, section 5.1), verification only ----------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL: Point = (0, 1, 1, 0)
BASE_Y = 4 * pow(5, -1, P) % P


def _add(a: Point, b: Point) -> Point:
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    t = 2 * a[3] * b[3] * D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _sum(m: int, a: Point, n: int, b: Point) -> Point:
    """Return m*a + n*b, both scalars in one run of doublings (Shamir's trick)."""
    choice = (NEUTRAL, a, b, _add(a, b))
    total = NEUTRAL
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        total = _add(total, total)
        picked = (m >> bit & 1) | (n >> bit & 1) << 1
        if picked:
            total = _add(total, choice[picked])
    return total


def _point(encoded: bytes) -> Optional[Point]:
    number = int.from_bytes(encoded, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` (64 bytes) of `message` was made with the key `public` (32)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, base = _point(public), _point(BASE_Y.to_bytes(32, "little"))
    s = int.from_bytes(signature[32:], "little")
    if a is None or base is None or s >= ORDER:
        return False
    if _sum(8, a, 0, a)[0] % P == 0:  # a key of small order signs anything
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return _encoded(_sum(s, base, k, minus_a)) == signature[:32]


SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: what openssl writes before the key


def pem_of(public: bytes) -> bytes:
    """Return the one PEM spelling of an Ed25519 public key."""
    body = base64.b64encode(SPKI + public)
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n"


def key_of(pem: Optional[bytes]) -> Optional[bytes]:
    """Return the 32 bytes of the key; None where the file is not exactly as it was written."""
    lines = (pem or b"").split(b"\n")
    if len(lines) != 4:
        return None
    try:
        public = base64.b64decode(lines[1], validate=True)[-32:]
    except (binascii.Error, ValueError):
        return None
    return public if pem_of(public) == pem else None


def fingerprint_of(public: bytes) -> str:
    """Return SHA-256 of the 32 bytes of the key.

    By hand: openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | sha256sum
    """
    return hashlib.sha256(public).hexdigest()


# --- Merkle tree (RFC 6962) and signed note (C2SP) ---------------------------------------------


def leaf_of(body: bytes) -> bytes:
    """Return the leaf hash of a log entry."""
    return hashlib.sha256(b"\x00" + body).digest()


def root_from(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> Optional[bytes]:
    """Return the root that an inclusion proof leads to (RFC 9162, 2.1.3.2); None: wrong length."""
    if not 0 <= index < size:
        return None
    node, last = index, size - 1
    found = leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = hashlib.sha256(b"\x01" + sibling + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + sibling).digest()
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


class Checkpoint(NamedTuple):
    """What a signed note says about the log."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: List[Tuple[str, bytes]]


def checkpoint_of(note: bytes) -> Optional[Checkpoint]:
    """Read a C2SP signed note of a log; None where it is not one."""
    try:
        text, _, signatures = note.decode("utf-8").partition("\n\n")
        origin, size, root = text.split("\n")[:3]
        if not signatures.endswith("\n") or not re.fullmatch(r"0|[1-9]\d{0,17}", size):
            return None
        signed = []
        for line in signatures[:-1].split("\n"):
            dash, name, blob = line.split(" ")
            raw = base64.b64decode(blob, validate=True)
            if dash != "\u2014" or base64.b64encode(raw).decode() != blob:
                return None
            signed.append((name, raw))
        found = base64.b64decode(root, validate=True)
        if len(found) != 32 or base64.b64encode(found).decode() != root:
            return None
    except (ValueError, binascii.Error):
        return None
    return Checkpoint(origin, int(size), found, (text + "\n").encode(), signed)


def note_signed_by(checkpoint: Checkpoint, public: bytes) -> bool:
    """Tell whether one signature of the note is of that key (key id: name, LF, 1, key)."""
    for name, raw in checkpoint.signatures:
        key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        if raw[:4] == key_id and signed_by(public, checkpoint.text, raw[4:]):
            return True
    return False


# --- Where the files are -----------------------------------------------------------------------

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def safe_name(path: str) -> bool:
    """Tell whether `path` means the same file below the bundle on every computer."""
    parts = path.split("/")
    for part in parts:
        if part in ("", ".", "..") or part[-1] in ". " or RESERVED.fullmatch(part):
            return False
        if not part.isprintable() or any(c in '\\:*?"<>|' for c in part):
            return False
    return len(path) <= 220 and unicodedata.normalize("NFC", path) == path


class Folder:
    """A bundle that lies open on a disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: Dict[str, int] = {}
        self.problems: List[Problem] = []
        self.folders: List[str] = []
        waiting = [""]
        while waiting:  # no recursion: folders may be nested deeper than Python's stack
            below = waiting.pop()
            waiting += [f"{one}/" for one in self._list(below)]

    def _list(self, below: str) -> List[str]:
        """Note what lies in one folder; return the folders in it."""
        try:
            with os.scandir(self.root / below) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.problems.append(Problem("unreadable", shown(below or "."), _detail(error)))
            return []
        known = len(self.folders)
        for entry in entries:
            self._meet(entry, below + entry.name)
        return self.folders[known:]

    def _meet(self, entry: "os.DirEntry[str]", path: str) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.problems.append(Problem("unreadable", shown(path), _detail(error)))
            return
        if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == JUNCTION:
            self.problems.append(Problem("link", shown(path), {}))
        elif stat.S_ISDIR(status.st_mode):
            self.folders.append(path)
        elif stat.S_ISREG(status.st_mode):
            self.files[path] = status.st_size
        else:
            self.problems.append(Problem("not_a_file", shown(path), {}))

    def open(self, path: str) -> IO[bytes]:
        """Open one listed file."""
        return (self.root / path).open("rb")


class Zip:
    """A bundle in one zip; its files are read where they are, nothing is unpacked to disk."""

    def __init__(self, path: Path) -> None:
        self.files: Dict[str, int] = {}
        self.problems: List[Problem] = []
        self.folders: List[str] = []
        self._members: Dict[str, zipfile.ZipInfo] = {}
        self._zip = zipfile.ZipFile(path)
        names = [one.filename for one in self._zip.infolist()]
        self._top = _top_of(names)
        for one in self._zip.infolist():
            self._meet(one)

    def _meet(self, one: zipfile.ZipInfo) -> None:
        inside = one.filename.startswith(self._top)
        path = one.filename[len(self._top) :] if inside else "../" + one.filename
        if path.endswith("/") or not path:
            if path:
                self.folders.append(path.rstrip("/"))
            return
        if path in self._members:
            self.problems.append(Problem("duplicate_name", shown(path), {}))
        elif stat.S_ISLNK(one.external_attr >> 16):
            self.problems.append(Problem("link", shown(path), {}))
        elif one.file_size > one.compress_size * BOMB_RATIO + 4096:
            self.problems.append(Problem("zip_bomb", shown(path), {}))
        else:
            self._members[path] = one
            self.files[path] = one.file_size

    def open(self, path: str) -> IO[bytes]:
        """Open one listed file."""
        return self._zip.open(self._members[path])


def _top_of(names: Sequence[str]) -> str:
    """Return the folder inside the zip that is the bundle ("" or "name/")."""
    if any(_marks_a_bundle(name) for name in names):
        return ""
    for name in names:
        top, slash, rest = name.partition("/")
        if slash and top not in ("", "..", ".") and _marks_a_bundle(rest):
            return top + "/"
    return ""


def _marks_a_bundle(path: str) -> bool:
    return (
        path in ("bagit.txt", "sig")
        or path.startswith("sig/")
        or re.fullmatch(r"(tag)?manifest-[a-z0-9]+\.txt", path) is not None
    )


def _detail(error: BaseException) -> Facts:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return {"detail": shown(str(said))}


def _source(path: Path) -> Union[Folder, Zip]:
    if os.path.isdir(path):  # noqa: PTH112 -- never raises, as Path.is_dir does
        return Folder(path)
    # A pipe or a device would keep the check waiting, or fill the memory.
    if not os.path.isfile(path):  # noqa: PTH113 -- never raises, as Path.is_file does
        raise NotABundle(str(path))
    try:
        return Zip(path)
    except Exception as error:  # a hostile zip may raise anything
        if not _was_a_zip_bundle(path):
            raise NotABundle(str(path)) from error
        raise DamagedZip(Problem("zip_damaged", ".", _detail(error))) from error


class DamagedZip(Exception):  # noqa: N818 -- carries the finding
    """A zip of a bundle that cannot be opened at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def _was_a_zip_bundle(path: Path) -> bool:
    """Tell whether a zip that cannot be opened names the files of a bundle somewhere."""
    try:
        with path.open("rb") as stream:
            tail = b""
            while True:
                part = stream.read(CHUNK)
                if not part:
                    return False
                if ZIPPED_BUNDLE.search(tail + part):
                    return True
                tail = part[-300:]
    except OSError:
        return False


# --- The check ---------------------------------------------------------------------------------


class Result:
    """What was found; `problems` in the order of the check."""

    def __init__(self) -> None:
        self.problems: List[Problem] = []
        self.when: Optional[str] = None  # UTC
        self.when_local: Optional[str] = None
        self.fingerprint: Optional[str] = None
        self.known: Optional[bool] = None
        self.single_keeper = False
        self.files = self.bytes = self.log_entries = self.signatures = 0

    @property
    def ok(self) -> bool:
        """Tell whether everything is as it was sealed."""
        return not self.problems

    def add(self, code: str, path: str, **facts: Union[str, int]) -> None:
        """Note one problem, once."""
        problem = Problem(code, shown(path), facts)
        if problem not in self.problems:
            self.problems.append(problem)

    def as_json(self, language: str) -> Dict[str, Any]:
        """Return the facts with stable keys."""
        return {
            "ok": self.ok,
            "sealed": {
                "when": self.when,
                "signer": {"fingerprint": self.fingerprint, "known": self.known},
            },
            "single_keeper": self.single_keeper,
            "checked": self.checked(),
            "problems": [
                {"code": one.code, "path": one.path, "text": one.text(language)}
                for one in self.problems
            ],
        }

    def checked(self) -> Dict[str, int]:
        """Return how much was looked at."""
        return {
            "files": self.files,
            "bytes": self.bytes,
            "log_entries": self.log_entries,
            "signatures": self.signatures,
        }

    def lines(self, language: str) -> Iterator[str]:
        """Yield what a person reads."""
        for one in self.problems:
            yield one.code + "  " + one.text(language)
        if self.ok:
            when = f"{self.when} ({self.when_local})"
            yield say("fine", language, when=when, fingerprint=str(self.fingerprint))
            yield say("technical_seal", language)
            if self.single_keeper:
                yield say("single_keeper", language)
        else:
            yield say("broken", language, n=len(self.problems))
        yield say("checked", language, **self.checked())


class _Check:
    """One run over one bundle: the files read, then each rule in turn."""

    def __init__(self, source: Union[Folder, Zip], key: Optional[str]) -> None:
        self.source = source
        self.key = key
        self.result = Result()
        self.digests: Dict[str, str] = {}
        self.kept: Dict[str, bytes] = {}  # tag files, log and seal: judged as they were hashed
        self.payload: Dict[str, str] = {}  # digest -> one path that has these bytes
        self.destroyed: Dict[str, int] = {}
        self.promised: Set[str] = set()  # digests the lists name; what lacks is told there
        self.seal: Dict[str, Any] = {}
        self.public: Optional[bytes] = None
        self.sealed = False  # the signature under the seal is that key's

    def run(self) -> Result:
        self.result.problems.extend(self.source.problems)
        self._names()
        for path in sorted(self.source.files):
            self._read(path)
        self._lists()
        self._seal()
        self._log()
        return self.result

    def _names(self) -> None:
        twins: Dict[str, str] = {}
        for path in sorted(self.source.files) + sorted(self.source.folders):
            if not safe_name(path):
                self.result.add("odd_name", path)
            folded = unicodedata.normalize("NFC", path).casefold()
            if folded in twins:
                self.result.add("duplicate_name", path)
            twins[folded] = path

    def _read(self, path: str) -> None:
        keep = not path.startswith("data/") or path.startswith(SOURCE_LISTS)
        if keep and self.source.files[path] > KEPT_BYTES:
            self.result.add("too_large", path)
            keep = False
        kept = io.BytesIO()
        digest, size = hashlib.sha256(), 0
        try:
            with self.source.open(path) as stream:
                for part in iter(lambda: stream.read(CHUNK), b""):
                    digest.update(part)
                    size += len(part)
                    if keep and size <= KEPT_BYTES:
                        kept.write(part)
        except Exception as error:  # noqa: BLE001 -- a hostile zip may raise anything; it is listed
            self.result.add("unreadable", path, **_detail(error))
            return
        self.result.files += 1
        self.result.bytes += size
        self.digests[path] = digest.hexdigest()
        if path.startswith(SOURCE_LISTS) or (
            path.startswith("data/") and digest.hexdigest() not in self.payload
        ):
            self.payload[digest.hexdigest()] = path
        if keep:
            self.kept[path] = kept.getvalue()

    # ... the lists

    def _lists(self) -> None:
        listed = self._listed(MANIFEST, payload=True)
        listed.update(self._listed(TAG_MANIFEST, payload=False))
        for path in REQUIRED:
            if path not in listed:
                self.result.add("missing", path)
        self.promised.update(listed.values())
        present = set(self.source.files)
        extra = sorted(
            path
            for path in present - set(listed)
            if path not in (TAG_MANIFEST, SEAL, SIGNATURE, SEAL_KEY)
        )
        by_digest: Dict[str, str] = {
            self.digests[path]: path for path in extra if path in self.digests
        }
        for path, digest in sorted(listed.items()):
            if path not in present:
                self._absent(path, by_digest.get(digest))
            elif path in self.digests and self.digests[path] != digest:
                self.result.add("changed", path)
        for path in [*extra, *self._empty_folders(listed)]:
            self.result.add("added", path)
        if "bagit.txt" in self.kept and self.kept["bagit.txt"] != BAGIT:
            self.result.add("changed", "bagit.txt")

    def _empty_folders(self, listed: Iterable[str]) -> List[str]:
        """Return the folders in which nothing lies or was sealed: a name alone can claim."""
        folders = self.source.folders
        inside = [*listed, SEAL, *self.source.files, *folders]
        inside += [one.path for one in self.source.problems]
        above = {path[:end] for path in inside for end, c in enumerate(path) if c == "/"}
        return sorted(f"{path}/" for path in folders if path not in above)

    def _absent(self, path: str, other: Optional[str]) -> None:
        if other is None:
            self.result.add("missing", path)
        else:
            self.result.add("renamed", path, other=shown(other))

    def _listed(self, name: str, *, payload: bool) -> Dict[str, str]:
        """Return path -> digest of one manifest; its bad lines become problems."""
        if name not in self.kept:
            self.result.add("missing", name)
            return {}
        listed: Dict[str, str] = {}
        lines = self.kept[name].split(b"\n")
        if lines.pop() != b"":
            self.result.add("manifest_damaged", name, line=len(lines) + 1)
        for number, line in enumerate(lines, 1):
            found = re.fullmatch(rb"([0-9a-f]{64})  ([^\r\n]+)", line)
            path = found.group(2).decode("utf-8", "backslashreplace") if found else ""
            belongs = path.startswith("data/") if payload else not path.startswith("data/")
            own = path == TAG_MANIFEST or path.startswith("sig/")
            if not found or not safe_name(path) or not belongs or own or path in listed:
                self.result.add("manifest_damaged", name, line=number)
            else:
                listed[path] = found.group(1).decode()
        return listed

    # ... the seal

    def _seal(self) -> None:
        result = self.result
        if self.key is not None:
            result.known = False
        absent = [path for path in (SEAL, SIGNATURE, SEAL_KEY) if path not in self.kept]
        if len(absent) == 3 or SEAL in absent or SIGNATURE in absent:
            result.add("unsigned", "sig/" if len(absent) == 3 else absent[0])
        for path in absent:
            result.add("missing", path)
        self.public = self._sealing_key()
        if SEAL in self.kept:
            self._seal_statement()
        if SEAL in absent or SIGNATURE in absent:
            return
        result.signatures += 1
        if self.public is None or not self.sealed:
            result.add("bad_signature", SEAL)
            result.add("bad_signature", SIGNATURE)
            return
        result.fingerprint = fingerprint_of(self.public)
        result.when = shown(str(self.seal.get("when")))
        result.when_local = shown(str(self.seal.get("when_local")))
        result.single_keeper = self.seal.get("single_keeper") is True
        if self.key is not None:
            result.known = result.fingerprint == self.key
            if not result.known:
                result.add("unknown_signer", SEAL_KEY, found=result.fingerprint, wanted=self.key)

    def _sealing_key(self) -> Optional[bytes]:
        """Return the key to check with; the copies in sig/ and log/ must be one and the same."""
        own, logged = key_of(self.kept.get(SEAL_KEY)), key_of(self.kept.get(LOG_KEY))
        if SEAL_KEY in self.kept and (own is None or (logged is not None and own != logged)):
            self.result.add("key_damaged", SEAL_KEY)
        if LOG_KEY in self.kept and logged is None:
            self.result.add("key_damaged", LOG_KEY)
        for candidate in dict.fromkeys((own, logged)):
            if candidate is not None and signed_by(
                candidate, self.kept.get(SEAL, b""), self.kept.get(SIGNATURE, b"")
            ):
                self.sealed = True
                return candidate
        return own or logged

    def _seal_statement(self) -> None:
        said = _json_object(self.kept[SEAL])
        wanted = (
            "when",
            "when_local",
            "archive",
            "case",
            "tagmanifest_sha256",
            "checkpoint",
            "signer",
        )
        lacking = [name for name in wanted if name not in (said or {})]
        if said is None or lacking:
            self.result.add("seal_damaged", SEAL, detail=", ".join(lacking) or "JSON")
            self.result.add("tag_manifest_not_sealed", TAG_MANIFEST)
            return
        self.seal = said
        if said["tagmanifest_sha256"] != self.digests.get(TAG_MANIFEST):
            self.result.add("tag_manifest_not_sealed", TAG_MANIFEST)
        if said.get("verify_sha256") != self.digests.get("verify.py"):
            self.result.add("seal_disagrees", "verify.py", detail="verify_sha256")
        if self.public is not None and said["signer"] != fingerprint_of(self.public):
            self.result.add("seal_disagrees", SEAL_KEY, detail="signer")

    # ... the log

    def _log(self) -> None:
        root, size = self._checkpoint()
        proofs = self._proofs(root, size)
        previous: Optional[Dict[str, Any]] = None
        before = BEGINNING
        bodies = self.kept.get(ENTRIES, b"").split(b"\n")
        if bodies.pop() != b"" or not bodies:
            self.result.add("log_damaged", ENTRIES, line=len(bodies) + 1, detail="LF")
        self.destroyed = _destroyed(bodies)
        for number, body in enumerate(bodies, 1):
            entry = _json_object(body)
            if entry is None or not isinstance(entry.get("seq"), int):
                self.result.add("log_damaged", ENTRIES, line=number, detail="JSON")
                continue
            self.result.log_entries += 1
            leaf = leaf_of(body)
            path = proofs.get(entry["seq"])
            if (
                path is None
                or root is None
                or root_from(entry["seq"] - 1, size, leaf, path) != root
            ):
                self.result.add("log_entry_not_in_root", ENTRIES, seq=entry["seq"])
            self._follows(entry, previous, before)
            self._objects(entry)
            previous, before = entry, leaf
        self._export_entry(previous)

    def _checkpoint(self) -> Tuple[Optional[bytes], int]:
        if CHECKPOINT not in self.kept:
            return None, 0
        checkpoint = checkpoint_of(self.kept[CHECKPOINT])
        if checkpoint is None:
            self.result.add("checkpoint_wrong", CHECKPOINT, detail="signed note")
            return None, 0
        self.result.signatures += 1
        if self.public is None or not note_signed_by(checkpoint, self.public):
            self.result.add("checkpoint_wrong", CHECKPOINT, detail="signature")
        said = self.seal.get("checkpoint")
        if self.seal and said != {"size": checkpoint.size, "root": checkpoint.root.hex()}:
            self.result.add("checkpoint_wrong", CHECKPOINT, detail="sig/seal.json")
        return checkpoint.root, checkpoint.size

    def _proofs(self, root: Optional[bytes], size: int) -> Dict[int, List[bytes]]:
        if PROOFS not in self.kept:
            return {}
        said = _json_object(self.kept[PROOFS])
        try:
            if said is None or said["size"] != size or said["root"] != (root or b"").hex():
                self.result.add("checkpoint_wrong", PROOFS, detail="size, root")
            return {
                int(one["seq"]): [bytes.fromhex(node) for node in one["path"]]
                for one in (said or {})["proofs"]
            }
        except (KeyError, TypeError, ValueError, OverflowError):
            self.result.add("log_damaged", PROOFS, line=1, detail="JSON")
            return {}

    def _follows(
        self, entry: Dict[str, Any], previous: Optional[Dict[str, Any]], before: bytes
    ) -> None:
        """Compare one entry of the case with the one before it in the bundle."""
        seq, expected = int(entry["seq"]), 1
        if previous is not None:
            found = previous.get("case_seq")
            expected = found + 1 if isinstance(found, int) else 1
            if previous["seq"] >= seq or (
                previous["seq"] + 1 == seq and entry.get("prev") != before.hex()
            ):
                self.result.add("log_chain_broken", ENTRIES, seq=seq)
        if entry.get("case_seq") != expected or entry.get("case_prev") != before.hex():
            self.result.add(
                "case_log_gap", ENTRIES, expected=expected, found=str(entry.get("case_seq"))
            )
        if self.seal and (entry.get("case"), entry.get("log")) != (
            self.seal["case"],
            self.seal["archive"],
        ):
            self.result.add("log_chain_broken", ENTRIES, seq=seq)

    def _objects(self, entry: Dict[str, Any]) -> None:
        """What an entry of the case names must lie in the bundle, down to each source file."""
        named = entry.get("obj")
        for one in named if isinstance(named, list) else []:
            kind, sha256 = _pair(one, "t", "sha256")
            if kind not in CARRIED:
                continue
            self._carried(kind, sha256)
            if kind == "manifest":
                for source in self._source_list(sha256):
                    digest = _pair(source, "sha256", "path")[0]
                    if self.destroyed.get(digest, 0) < entry["seq"]:  # not destroyed since
                        self._carried("source", digest)

    def _carried(self, kind: str, sha256: str) -> None:
        if sha256 not in self.payload and sha256 not in self.promised:
            self.result.add("object_left_out", ENTRIES, kind=kind, sha256=sha256)

    def _source_list(self, sha256: str) -> List[Any]:
        path = self.payload.get(sha256, "")
        try:
            found = json.loads(self.kept.get(path, b"[]").decode("utf-8"))
        except (ValueError, RecursionError):
            return []
        return found if isinstance(found, list) else []

    def _export_entry(self, last: Optional[Dict[str, Any]]) -> None:
        """The last entry must be the export of this payload: it names the payload manifest."""
        said = (last or {}).get("data")
        manifest = said.get("manifest_sha256") if isinstance(said, dict) else None
        exported = last is not None and last.get("act") == "export" and last.get("out") == "ok"
        if not exported or manifest is None or manifest != self.digests.get(MANIFEST):
            self.result.add("export_entry_missing", ENTRIES)


def _destroyed(bodies: List[bytes]) -> Dict[str, int]:
    """Digest -> entry of what was destroyed by act: what was taken in before cannot be here."""
    found: Dict[str, int] = {}
    for body in bodies:
        entry = _json_object(body) or {}
        data = entry.get("data")
        done = (entry.get("act"), entry.get("out")) == ("destroy", "ok")
        if not done or not isinstance(data, dict) or not isinstance(entry.get("seq"), int):
            continue
        listed = data.get("objects")
        for one in listed if isinstance(listed, list) else []:
            found[_pair(one, "sha256", "size")[0]] = entry["seq"]
    return found


def _pair(value: Any, first: str, second: str) -> Tuple[str, str]:
    if not isinstance(value, dict):
        return "", ""
    return str(value.get(first)), str(value.get(second))


def _json_object(text: bytes) -> Optional[Dict[str, Any]]:
    try:
        found = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def examine(path: str, key: Optional[str] = None) -> Result:
    """Check the bundle at `path` (a folder or a zip).

    Args:
        path: the bundle.
        key: fingerprint of the expected sealing key, 64 lower-case hexadecimal digits.

    Raises:
        NotABundle: nothing of a bundle is there.
    """
    try:
        source = _source(Path(path))
    except DamagedZip as damaged:
        result = Result()
        result.known = None if key is None else False
        result.problems.append(damaged.problem)
        return result
    seen = [*source.files, *source.folders, *(one.path for one in source.problems)]
    if not any(_marks_a_bundle(name) for name in seen):
        raise NotABundle(path)
    return _Check(source, key).run()


def fingerprint_from_paper(text: str) -> Optional[str]:
    """Return the fingerprint as typed from paper, without spaces and colons; None: not one."""
    digits = re.sub(r"[\s:-]", "", text).lower()
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else None


def run(path: str, key: Optional[str], as_json: bool, language: str) -> int:
    """Check, print the answer, return the exit code."""
    wanted = None if key is None else fingerprint_from_paper(key)
    if key is not None and wanted is None:
        sys.stderr.write(say("bad_key", language) + "\n")
        return 2
    try:
        result = examine(path, wanted)
    except NotABundle:
        sys.stderr.write(say("not_a_bundle", language, path=shown(path)) + "\n")
        return 3
    if as_json:
        foreign = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
        answer = json.dumps(result.as_json(language), ensure_ascii=foreign)
    else:
        answer = "\n".join(result.lines(language))
    _print(answer, language)
    return 0 if result.ok else 1


def _print(answer: str, language: str) -> None:
    """Print; neither a reader who has seen enough nor a full disk changes what was found."""
    try:
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is tried again
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(say("not_printed", language, **_detail(error)) + "\n")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run as a program."""
    here = str(Path(__file__).resolve().parent)
    parser = argparse.ArgumentParser(prog="verify.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("bundle", nargs="?", default=here, metavar="BUNDLE")
    parser.add_argument("--key", metavar="FINGERPRINT")
    parser.add_argument("--json", action="store_true")
    environment = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    default = environment[:2] if environment[:2] in LANGUAGES else "en"
    parser.add_argument("--lang", choices=LANGUAGES, default=default)
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an old console must not stop the answer
            stream.reconfigure(errors="backslashreplace")
    return run(given.bundle, given.key, given.json, given.lang)


if __name__ == "__main__":
    sys.exit(main())
