"""The catalogues of the three languages, held against each other and against the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import polib
import pytest

from virtopsy.errors import VirtopsyError
from virtopsy.language import Language, MissingMessage, count, gist, has, say

_ROOT = Path(__file__).resolve().parents[2]
_I18N = _ROOT / "resources" / "i18n"
_CODE = ("main.py", "virtopsy", "archive", "viewer", "resources")
_ALONE = _ROOT / "resources" / "bundle" / "verify.py"  # brings its own words into every bundle
_PLURAL_FORMS = {Language.KK: 2, Language.RU: 3, Language.EN: 2}
_KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")

# Names, units and file formats are the same word in all three languages.
_SAME_EVERYWHERE = {
    *("Virtopsy", "DICOM", "HU", "LPS", "CT", "MR", "UID", "SOP", "JSON", "CSV", "PDF", "PNG"),
    *("SHA", "QR", "BagIt", "Ed25519", "SQLite", "Merkle", "Python", "verify", "py", "VTK", "Qt"),
    *("mm", "OpenGL", "GPU", "CPU", "Esc", "Ctrl", "NIfTI", "STL", "PLY", "GLB", "MP4", "UTC"),
    *("English", "OK", "RMS", "SD", "GitHub", "Apache", "zip", "ID"),
}
_FILE_ENDINGS = {"json", "py", "pdf", "png", "txt", "zip", "db", "toml", "svg", "typ", "html"}
# Whose first argument is a message key, and where the facts are the other keywords.
_SPEAKERS = {
    *("say", "remark", "VirtopsyError", "UsageError", "InputError", "AccessDenied"),
    *("StorageError", "IntegrityError"),
}


@dataclass(frozen=True)
class Call:
    """One place in the code that speaks: where, which keys it may mean, the facts it gives."""

    place: str
    keys: tuple[str, ...]
    facts: frozenset[str] | None  # None: given by ** and not readable here


@dataclass(frozen=True)
class Text:
    """One string constant of the code."""

    lineno: int
    value: str


@cache
def catalogue(language: Language, domain: str) -> dict[str, polib.POEntry]:
    path = _I18N / language.value / f"{domain}.po"
    return {entry.msgid: entry for entry in polib.pofile(str(path), check_for_duplicates=True)}


@cache
def domains(language: Language) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (_I18N / language.value).glob("*.po")))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgstr_plural else [entry.msgstr]


def placeholders(text: str) -> set[str]:
    return {
        re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(text) if name is not None
    }


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    tops = [_ROOT / name for name in _CODE]
    paths = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*.py"))]
    return tuple(
        (path, ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(paths)
        if path != _ALONE
    )


@cache
def nodes() -> tuple[tuple[Path, ast.AST], ...]:
    return tuple((path, node) for path, tree in trees() for node in ast.walk(tree))


def pattern_of(joined: ast.JoinedStr) -> str:
    """An f-string as a pattern: what is filled in may be anything that fits a key."""
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[A-Za-z0-9_.]+"
        for part in joined.values
    )


def spoken(argument: ast.expr) -> tuple[str, ...]:
    """The keys a first argument may mean, as patterns; none where it is a variable."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return (re.escape(argument.value),)
    if isinstance(argument, ast.JoinedStr):
        return (pattern_of(argument),)
    if isinstance(argument, ast.IfExp):
        return spoken(argument.body) + spoken(argument.orelse)
    return ()


@cache
def acts() -> frozenset[str]:
    """What the log calls the acts: they look like keys and are none."""
    return frozenset(
        str(node.args[0].value)
        for _, node in nodes()
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Act"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    )


@cache
def written() -> tuple[tuple[Path, Text], ...]:
    """Every string constant that may be a key, with its file."""
    return tuple((path, text) for path, tree in trees() for text in written_in(tree))


def written_in(tree: ast.Module) -> Iterator[Text]:
    """Leave out an enum's value, a Qt object name, a module that is loaded late."""
    others: set[ast.expr] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            others.update(one.value for one in node.body if isinstance(one, ast.Assign))
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            others.update(node.args if name in {"setObjectName", "findChild", "Late"} else ())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in others:
            yield Text(node.lineno, node.value)


@cache
def calls() -> tuple[Call, ...]:
    found = []
    for path, node in nodes():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        keys = spoken(node.args[0]) if name in _SPEAKERS else ()
        if keys:
            given = [keyword.arg for keyword in node.keywords]
            facts = None if None in given else frozenset(filter(None, given))
            found.append(Call(f"{path.relative_to(_ROOT)}:{node.lineno}", keys, facts))
    return tuple(found)


@cache
def every_key() -> frozenset[str]:
    return frozenset(
        key for domain in domains(Language.EN) for key in catalogue(Language.EN, domain)
    )


def tails() -> frozenset[str]:
    """Every key without its first parts."""
    return frozenset(key[dot.end() :] for key in every_key() for dot in re.finditer(r"\.", key))


def entry_of(key: str) -> polib.POEntry:
    return catalogue(Language.EN, key.partition(".")[0])[key]


def untranslated_words(text: str) -> set[str]:
    bare = re.sub(r"\{[^}]*\}", " ", text)
    return set(re.findall(r"[A-Za-z]{2,}", bare)) - _SAME_EVERYWHERE


PAIRS = [
    (language, domain) for domain in domains(Language.EN) for language in (Language.KK, Language.RU)
]


def test_the_three_languages_have_the_same_domains() -> None:
    assert domains(Language.KK) == domains(Language.RU) == domains(Language.EN) != []


@pytest.mark.parametrize(("language", "domain"), PAIRS)
def test_a_catalogue_has_the_keys_of_the_english_one(language: Language, domain: str) -> None:
    assert set(catalogue(language, domain)) == set(catalogue(Language.EN, domain))


@pytest.mark.parametrize(("language", "domain"), PAIRS)
def test_a_text_has_the_placeholders_of_the_english_one(language: Language, domain: str) -> None:
    wrong = {}
    for key, entry in catalogue(language, domain).items():
        english = set().union(*map(placeholders, texts(catalogue(Language.EN, domain)[key])))
        here = set().union(*map(placeholders, texts(entry)))
        if here != english:
            wrong[key] = (here, english)
    assert not wrong


@pytest.mark.parametrize("language", Language)
def test_a_plural_has_every_form_of_its_language(language: Language) -> None:
    wrong = [
        entry.msgid
        for domain in domains(language)
        for entry in catalogue(language, domain).values()
        if entry.msgstr_plural and sorted(entry.msgstr_plural) != [*range(_PLURAL_FORMS[language])]
    ]
    assert not wrong


def test_a_message_is_plural_in_all_languages_or_in_none() -> None:
    wrong = [
        key
        for language, domain in PAIRS
        for key, entry in catalogue(language, domain).items()
        if bool(entry.msgstr_plural) != bool(catalogue(Language.EN, domain)[key].msgstr_plural)
    ]
    assert not wrong


@pytest.mark.parametrize("language", Language)
def test_no_text_is_empty_fuzzy_or_obsolete(language: Language) -> None:
    wrong = [
        entry.msgid
        for domain in domains(language)
        for entry in catalogue(language, domain).values()
        if entry.obsolete or entry.fuzzy or not all(text.strip() for text in texts(entry))
    ]
    assert not wrong


@pytest.mark.parametrize(("language", "domain"), PAIRS)
def test_no_text_was_left_in_english(language: Language, domain: str) -> None:
    wrong = {
        key: text
        for key, entry in catalogue(language, domain).items()
        for text in texts(entry)
        if text in texts(catalogue(Language.EN, domain)[key]) and untranslated_words(text)
    }
    assert not wrong


@pytest.mark.parametrize("domain", domains(Language.EN))
def test_kazakh_is_kazakh_and_not_russian(domain: str) -> None:
    kazakh = catalogue(Language.KK, domain)
    russian = catalogue(Language.RU, domain)
    letters = {letter for entry in kazakh.values() for text in texts(entry) for letter in text}
    assert letters & _KAZAKH_LETTERS
    assert (
        not [  # a sentence of several words is never the same in both
            key
            for key in kazakh.keys() & russian.keys()
            if set(texts(kazakh[key])) & set(texts(russian[key]))
            and len(re.findall(r"[А-Яа-яЁё]{2,}", texts(russian[key])[0])) > 2
        ]
    )


def test_a_thing_has_one_name_in_a_language() -> None:
    """What the form asks, the log, the receipt and a refusal call by the same name."""
    other_names = {
        Language.KK: (
            *("папка", "бума", "тасымалдағыш", "бирка", "топограмма", "шолу сурет"),
            *("кілттің таңба", "кілтінің таңба", "куәнің", "куәден", "куәлер"),
        ),
        Language.RU: ("бирка, обзорный",),
    }
    for language, names in other_names.items():
        for domain in domains(language):
            for key, entry in catalogue(language, domain).items():
                text = " ".join(texts(entry)).lower()
                assert not [one for one in names if one in text], key


def test_every_key_the_code_speaks_is_in_the_catalogues() -> None:
    plain = {re.escape(key) for key in every_key()}
    lost = {
        call.place: key
        for call in calls()
        for key in call.keys
        if key not in plain and not any(re.fullmatch(key, known) for known in every_key())
    }
    assert not lost


def test_whatever_looks_like_a_key_in_the_code_is_one() -> None:
    known = every_key() | acts() | tails()
    lost = {
        f"{path.relative_to(_ROOT)}:{text.lineno}": text.value
        for path, text in written()
        if _KEY.fullmatch(text.value)
        and text.value.partition(".")[0] in domains(Language.EN)
        and text.value.rpartition(".")[2] not in _FILE_ENDINGS
        and text.value not in known
    }
    assert not lost


def test_every_problem_of_a_scan_has_its_sentence() -> None:
    lost = {}
    for path, node in nodes():
        if path.parent.name != "dicom" or not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", "") == "Problem":
            parts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            key = ".".join(["scan.problem", *map(str, parts)])
            if parts and key not in every_key():
                lost[f"{path.relative_to(_ROOT)}:{node.lineno}"] = key
    assert not lost


def test_every_sentence_is_given_the_facts_it_needs() -> None:
    starved = {}
    for call in calls():
        if call.facts is None:
            continue
        for key in call.keys:
            known = re.sub(r"\\(.)", r"\1", key)
            if known not in every_key():
                continue
            needed = set().union(*map(placeholders, texts(entry_of(known))))
            if not needed <= call.facts:
                starved[call.place] = (known, needed - call.facts)
    assert not starved


def test_every_key_of_the_catalogues_is_used() -> None:
    said = {text.value for _, text in written()}
    patterns = {pattern_of(node) for _, node in nodes() if isinstance(node, ast.JoinedStr)}
    for path in (_ROOT / "resources").rglob("*"):
        if path.suffix in {".json", ".toml", ".typ", ".html", ".js"}:
            said.update(found[0] for found in _KEY.finditer(path.read_text(encoding="utf-8")))
    heads = {key.partition(".")[0] for key in every_key()}
    patterns.update(re.escape(one) + ".+" for one in said if one.endswith("."))
    keyed = [re.compile(one) for one in patterns if re.split(r"\\", one)[0] in heads]
    idle = {
        key for key in every_key() - said if not any(pattern.fullmatch(key) for pattern in keyed)
    }
    assert not idle


def test_a_key_nobody_wrote_is_our_bug() -> None:
    with pytest.raises(MissingMessage, match=r"core\.no_such_text"):
        say("core.no_such_text", Language.KK)
    with pytest.raises(MissingMessage, match="no_such_domain"):
        say("no_such_domain.key", Language.RU)
    assert not has("core.no_such_text", Language.EN)
    assert not has("no_such_domain.key", Language.EN)


@pytest.mark.parametrize("language", Language)
def test_an_error_speaks_every_language(language: Language) -> None:
    assert VirtopsyError("core.cancelled").sentence(language) == say("core.cancelled", language)
    assert has("core.cancelled", language)


def test_a_key_that_was_kept_without_its_facts_is_told_with_gaps() -> None:
    assert "18" in say("scan.problem.gantry_tilt", Language.EN, degrees=18)
    assert "…" in gist("scan.problem.gantry_tilt", Language.EN)
    assert "…" in gist("fragments.found", Language.RU)
    with pytest.raises(MissingMessage):
        gist("core.no_such_text", Language.EN)


def test_a_fraction_is_spelled_with_the_decimal_mark_of_its_language() -> None:
    key, facts = "scan.problem.gantry_tilt", {"degrees": 18.5}

    assert "18.5" in say(key, Language.EN, **facts)
    assert "18,5" in say(key, Language.RU, **facts)
    assert "18,5" in say(key, Language.KK, **facts)


def test_thousands_stand_apart_by_a_space_that_no_line_breaks_at() -> None:
    spelled = {0: "0", 999: "999", 1000: "1\u00a0000", 1234567: "1\u00a0234\u00a0567"}
    assert {n: count(n) for n in spelled} == spelled


def test_a_path_neither_commands_a_terminal_nor_turns_the_line_round() -> None:
    path = Path("/scan\x1b[31m/a\n\u202eb\udcff.dcm")
    for language in Language:
        said = say("scan.empty_folder", language, path=path)
        assert "/scan [31m/a b\ufffd.dcm" in said
        assert said.isprintable()
