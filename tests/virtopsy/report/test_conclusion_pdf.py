from __future__ import annotations

import shutil
import struct
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zlib import compress, crc32

import pytest

from tests.virtopsy.findings.some import one_of_each, track
from virtopsy.case.subject import Subject
from virtopsy.findings.fragment import Fragment, Site
from virtopsy.findings.note import Note
from virtopsy.findings.numbered import Numbered, numbered
from virtopsy.findings.trajectory import Method, Trajectory
from virtopsy.findings.vocabulary import called
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.language import Language, say
from virtopsy.report.conclusion import Conclusion, Picture, StudyFacts
from virtopsy.report.head import LogHead
from virtopsy.report.pdf import conclusion_pdf
from virtopsy.report.tables import ground_notes
from virtopsy.report.typeset import SHOWN, SHOWN_ALONE, printable


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc32(kind + content))
    )


_PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 3, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", compress(bytes(15)))
    + _chunk(b"IEND", b"")
)


@dataclass(frozen=True)
class _Warning:
    text: str

    def sentence(self, language: Language) -> str:
        return f"{language.value}: {self.text}"


def _track(name: str = "Track 1", *, entry: int | None = 0) -> Trajectory:
    track = Trajectory(
        finding_id="t1",
        name=name,
        series_uid="1.2.3",
        ends_lps_mm=((-60.0, -80.0, 10.0), (55.0, 70.0, -22.0)),
        end_sd_mm=(1.01, 1.01, 1.2),
        sd_source="clicks",
    )
    return track.stated(entry, "A. Serikova", ("bevel",))


@pytest.fixture
def conclusion() -> Conclusion:
    return Conclusion(
        case_number="2026-0451",
        written_by="Серікова Айгүл Қанатқызы",
        when=datetime(2026, 11, 23, 20, 40, tzinfo=UTC),
        basis="Order 118",
        subject=Subject.DECEASED,
        study=StudyFacts(
            patient_name="ӘБДІҚАДЫРОВ^ҚАНАТ",
            patient_id="PM-77",
            study_date="20261120",
            description="Head 0.8",
            modality="CT",
            series_uid="1.2.826.0.1.3680043.8.498." + "1" * 38,
            spacing_mm=(0.45, 0.45, 0.8),
            shape=(512, 512, 432),
            files=432,
            manifest_sha256="ab12" * 16,
        ),
        findings=numbered([_track()]),
        elsewhere=(),
        warnings=(_Warning("two slices are missing"),),
        text="A through-and-through gunshot of the head.",
        pictures=(
            Picture(caption="Axial slice, scale 50 mm", png=_PNG),
            Picture(caption="Bone from the right", png=_PNG),
        ),
        log=LogHead(
            archive="0b6f8a4e-57cf-4a6e-9d27-1f5b8c0d1a11",
            size=42,
            root="0f" * 32,
            key_fingerprint="c7" * 32,
            single_keeper=True,
        ),
        software="Virtopsy 0.1.0",
        verifier_sha256="9a" * 32,
    )


def _text(pdf: bytes, tmp_path: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    (tmp_path / "page.pdf").write_bytes(pdf)
    read = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], check=True, capture_output=True
    )
    return " ".join(read.stdout.decode().split())


@pytest.mark.parametrize("language", Language)
def test_the_usual_case_is_one_page_of_pdf_a(conclusion: Conclusion, language: Language) -> None:
    two_tracks = replace(conclusion, findings=numbered([_track(), _track("Track 2", entry=None)]))
    pdf = conclusion_pdf(two_tracks, language)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert pdf.count(b"/Type/Page/") + pdf.count(b"/Type/Page>") == 1


def test_equal_values_give_equal_bytes(conclusion: Conclusion) -> None:
    assert conclusion_pdf(conclusion, Language.KK) == conclusion_pdf(conclusion, Language.KK)


def test_numbers_carry_their_95_percent_and_their_source(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    text = _text(conclusion_pdf(conclusion, Language.EN), tmp_path)
    for said in (
        "191.7 ± 2.8",
        "37.5 ± 0.8°",
        "−9.6 ± 1.0°",
        "± is the 95% interval",
        "scatter of an end (1 SD): 1.01 · 1.01 · 1.20 mm",
        "Entry stated by A. Serikova; grounds: bevel of the bone",
        "Measuring error only; without deflection at bone, posture at the shot",
        "Left and right are the deceased person's own",
        "2026-11-23 20:40:00 UTC",
        "(2026-11-24 01:40:00 +05:00)",
        "PRELIMINARY, NOT AN EXPERT'S CONCLUSION",
        "en: two slices are missing",
        "One person alone keeps the archive",
        "scanner clock, offset not recorded",
        "0f0f 0f0f",
    ):
        assert said in text


def test_without_a_statement_both_readings_stand_and_no_direction(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    undirected = replace(conclusion, findings=numbered([_track(entry=None)]))
    text = _text(conclusion_pdf(undirected, Language.EN), tmp_path)
    assert "Two ends, direction not stated" in text
    assert "37.5 ± 0.8° or" in text
    assert "−142.5 ± 0.8°" in text
    assert "downward" not in text


def test_russian_and_kazakh_write_the_decimal_comma(conclusion: Conclusion, tmp_path: Path) -> None:
    assert "191,7 ± 2,8" in _text(conclusion_pdf(conclusion, Language.RU), tmp_path)
    assert "ӘБДІҚАДЫРОВ ҚАНАТ" in _text(conclusion_pdf(conclusion, Language.KK), tmp_path)


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "/etc/passwd"',
        '#read("main.typ")',
        "$x^2$ *bold* _it_ `raw` @label <label> \\ ~ = head",
        "#panic()",
        "]#box[",
        "{{page}}",
        "https://example.invalid/x",
    ],
)
def test_text_from_outside_is_printed_never_run(
    conclusion: Conclusion, tmp_path: Path, hostile: str
) -> None:
    study = replace(conclusion.study, patient_name=hostile, description=hostile)
    made = replace(conclusion, study=study, text=hostile, findings=numbered([_track(hostile)]))
    text = _text(conclusion_pdf(made, Language.EN), tmp_path)
    assert " ".join(hostile.split()) in text


def test_every_character_the_font_is_said_to_have_can_be_set(conclusion: Conclusion) -> None:
    every = "".join(chr(n) for low, high in SHOWN for n in range(low, high + 1))
    conclusion_pdf(replace(conclusion, text=every + "".join(SHOWN_ALONE)), Language.EN)


def test_what_the_font_lacks_or_what_hides_is_printed_by_its_number(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    assert printable("a\u202eb\u0000") == "a[U+202E]b[U+0000]"
    study = replace(conclusion.study, patient_name="\u738b^\u5c0f\u6771\U0001f600")
    text = _text(conclusion_pdf(replace(conclusion, study=study), Language.EN), tmp_path)
    assert "[U+738B] [U+5C0F][U+6771]" in text


def test_nothing_marked_is_not_said_to_be_nothing_there(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    bare = replace(conclusion, findings=(), pictures=(), warnings=(), text="", basis="")
    text = _text(conclusion_pdf(bare, Language.EN), tmp_path)
    assert "that does not mean there is none" in text
    assert "not stated" in text


def test_a_track_upright_on_a_plane_keeps_a_finite_spread(conclusion: Conclusion) -> None:
    upright = replace(_track(), ends_lps_mm=((0.0, 0.0, 0.0), (0.0, 0.0, 100.0)))
    conclusion_pdf(replace(conclusion, findings=numbered([upright])), Language.EN)


def test_findings_on_other_series_are_listed_with_their_series(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    heading = "Findings on other series of this case"
    other = tuple(
        Numbered(n, one, "CT Chest 1.2.3") for n, one in enumerate(one_of_each(), start=3)
    )
    text = _text(conclusion_pdf(replace(conclusion, elsewhere=other), Language.EN), tmp_path)
    assert f"{heading}: {len(other)}" in text
    assert "CT Chest 1.2.3" in text
    for one in other:
        assert f"{one.number}." in text
    assert heading not in _text(conclusion_pdf(conclusion, Language.EN), tmp_path)


def _fragments(count: int) -> list[Fragment]:
    return [
        Fragment(
            (float(n), 1.0, 2.0),
            size_mm=(9.0, 5.0, 4.0),
            size_sd_mm=0.4,
            volume_mm3=95.0,
            volume_low_mm3=80.0,
            volume_high_mm3=120.0,
            max_hu=3071.0,
            saturated=True,
            threshold_hu=2500.0,
            site=Site.INSIDE,
            finding_id=f"f{n}",
            name=f"Fragment {n}",
            series_uid="1.2.3",
        )
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("language", Language)
def test_every_kind_is_listed_with_number_place_certainty_and_grounds(
    conclusion: Conclusion, tmp_path: Path, language: Language
) -> None:
    found = numbered(one_of_each())
    text = _text(conclusion_pdf(replace(conclusion, findings=found), language), tmp_path)
    for one in found:
        assert f"{one.number}. {one.finding.name}" in text
        assert called("certainty", "probable", language) in text
        for ground in one.finding.GROUNDS and one.finding.grounds:
            assert called("ground", ground, language) in text
    for group, code in (("side", "left"), ("region_of_body", "head"), ("fracture", "radial")):
        assert called(group, code, language) in text
    assert "C1" in text
    assert "[U+" not in text, "the font has every letter"


def test_a_deflected_lodged_track_has_a_row_a_part_and_names_the_chord(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    found = numbered([track()])
    text = _text(conclusion_pdf(replace(conclusion, findings=found), Language.EN), tmp_path)
    for said in (
        "straight from end",
        "part 1 of 2",
        "part 2 of 2",
        "Deflection 1: 7.4 ± ",
        "Chord from the entry to where the projectile lies (dashed in the pictures): 160.5",
        "it is not the track and is never extended outside the body",
        "Order of probing: 2.",
        "fit of the narrow un-bevelled rims of the bone defects, points: 1",
        "from the fit of both together",
        "lodged in the body, as stated",
    ):
        assert said in text
    chord = numbered([replace(_track(), method=Method.CHORD)])
    named = _text(conclusion_pdf(replace(conclusion, findings=chord), Language.EN), tmp_path)
    assert "NOT of the track" in named


@pytest.mark.parametrize("language", Language)
def test_sixty_fragments_go_over_pages_and_none_is_lost(
    conclusion: Conclusion, tmp_path: Path, language: Language
) -> None:
    found = numbered([_track(), *_fragments(60)])
    pdf = conclusion_pdf(replace(conclusion, findings=found), language)
    pages = pdf.count(b"/Type/Page/") + pdf.count(b"/Type/Page>")
    assert 3 <= pages <= 6
    text = _text(pdf, tmp_path)
    for one in found:
        assert f"{one.number}. {one.finding.name}" in text
    head = say("conclusion5.column.grounds", language)
    assert text.count(head) >= pages - 2, "the heading is repeated on every page of the list"


def test_a_remark_longer_than_a_page_is_printed_whole(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    told = " ".join(f"word{n}" for n in range(1200))
    noted = numbered([Note((1.0, 1.0, 1.0), finding_id="n", name="N", series_uid="1", remark=told)])
    text = _text(conclusion_pdf(replace(conclusion, findings=noted), Language.EN), tmp_path)
    assert all(f"word{n}" in text for n in range(1200))


def test_what_was_not_marked_is_named_and_not_said_to_be_absent(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    text = _text(conclusion_pdf(conclusion, Language.EN), tmp_path)
    assert "kinds: wound, fragment or projectile, fracture, region. Not seen is not absent" in text


@pytest.mark.parametrize("language", Language)
def test_no_page_says_a_calibre_or_a_metal(
    conclusion: Conclusion, tmp_path: Path, language: Language
) -> None:
    text = _text(
        conclusion_pdf(replace(conclusion, findings=numbered(one_of_each())), language), tmp_path
    )
    for metal in ("lead", "copper", "steel", "brass", "свинец", "медь", "сталь", "қорғасын", "мыс"):
        assert metal not in text.lower().split()


def test_the_subject_state_sets_whose_left_it_is(conclusion: Conclusion, tmp_path: Path) -> None:
    living = replace(conclusion, subject=Subject.LIVING, findings=numbered(one_of_each()))
    text = _text(conclusion_pdf(living, Language.EN), tmp_path)
    assert "living person's own; not for treatment" in text
    assert "deceased" not in text


@pytest.mark.parametrize("language", Language)
def test_what_must_be_known_of_a_ticked_ground_stands_on_the_page(
    conclusion: Conclusion, language: Language
) -> None:
    told = ground_notes(numbered(one_of_each()), language)
    assert any(one.startswith(called("ground", "skin_rim", language)) for one in told)
    assert len(told) == len(set(told))
    assert ground_notes((), language) == ()
    conclusion_pdf(replace(conclusion, findings=numbered(one_of_each())), language)


def test_a_blade_is_excluded_or_not_and_never_matched(
    conclusion: Conclusion, tmp_path: Path
) -> None:
    wound = next(one for one in one_of_each() if isinstance(one, Wound))
    stab = replace(
        wound, wound=WoundKind.STAB, tissue="bone", blade_width_mm=30.0, blade_thickness_mm=3.0
    )
    found = numbered([stab])
    text = _text(conclusion_pdf(replace(conclusion, findings=found), Language.EN), tmp_path)
    assert "excluded" in text
    assert "never matched" in text
