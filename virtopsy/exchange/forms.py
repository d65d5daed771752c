"""The forms in which findings are handed out, each as the files it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from virtopsy.exchange import presentation, seg, sr, table
from virtopsy.exchange.author import Author
from virtopsy.exchange.evidence import content_of, series_uid
from virtopsy.exchange.form import DICOM, Form, Handed
from virtopsy.exchange.omission import Omission, omitted
from virtopsy.exchange.presentation import Shown
from virtopsy.exchange.source import Source
from virtopsy.exchange.sr import SegmentPlace
from virtopsy.findings.finding import Finding
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.region import Region
from virtopsy.jobs import Progress
from virtopsy.language import Language

_TABLES: Final = "findings"


@dataclass(frozen=True)
class _Study:
    """The findings of one study, numbered among the studies of a case from 1."""

    number: int
    findings: tuple[Finding, ...]
    sources: Mapping[str, Source]


def handed_out(  # noqa: PLR0913, PLR0917 -- what, of what, how and by whom
    findings: Sequence[Finding],
    sources: Mapping[str, Source],
    forms: frozenset[Form],
    author: Author,
    language: Language,
    progress: Progress,
) -> Handed:
    """Return findings in the forms asked for.

    A report points at the segmentations of its regions, so these come along with it. Of several
    studies each has its own report and selection.

    Args:
        findings: of one case.
        sources: its series, by the key that findings call them.
        forms: what to make.
        author: who hands out, and when.
        language: of the table.
        progress: ticks a form.

    Raises:
        Cancelled: the user asked for it.
    """
    files: dict[str, bytes] = {}
    left: list[Omission] = []
    steps = len(forms)
    if Form.JSON in forms:
        files[f"{_TABLES}.json"] = table.records(findings)
    if Form.CSV in forms:
        files[f"{_TABLES}.csv"] = table.table(findings, language)
    progress.tick(len(files), steps)
    if forms & DICOM:
        left.extend(_strangers(findings, sources))
        for study in _studies(findings, sources):
            for name, content in _of_study(study, forms, author, left):
                files[name] = content
                progress.check()
    progress.tick(steps, steps)
    return Handed(MappingProxyType(files), tuple(left))


def _strangers(findings: Sequence[Finding], sources: Mapping[str, Source]) -> Iterator[Omission]:
    for one in findings:
        if one.series_uid not in sources:
            yield omitted("series", name=one.name, series=one.series_uid)


def _studies(findings: Sequence[Finding], sources: Mapping[str, Source]) -> Iterator[_Study]:
    held: dict[str, list[Finding]] = {}
    for one in findings:
        if one.series_uid in sources:
            held.setdefault(sources[one.series_uid].study_uid, []).append(one)
    for number, (_, of_study) in enumerate(sorted(held.items()), start=1):
        yield _Study(number, tuple(of_study), sources)


def _of_study(
    study: _Study, forms: frozenset[Form], author: Author, left: list[Omission]
) -> Iterator[tuple[str, bytes]]:
    places: dict[str, SegmentPlace] = {}
    if forms & {Form.SR, Form.SEG}:
        for number, (region, source) in enumerate(_regions(study, left), start=1):
            made = seg.segmentation(region, source, author, number)
            series = series_uid(source, "SEG", author)
            places[region.finding_id] = SegmentPlace(made.SOPInstanceUID, series)
            yield f"region_{study.number}_{number:03}.dcm", content_of(made)
    if Form.SR in forms:
        made = sr.report(study.findings, study.sources, author, places)
        yield f"report_{study.number}.dcm", content_of(made)
    if Form.KO in forms:
        yield from _pictures(study, author, left)


def _regions(study: _Study, left: list[Omission]) -> Iterator[tuple[Region, Source]]:
    for one in study.findings:
        if isinstance(one, Region):
            source = study.sources[one.series_uid]
            if source.frame is None or source.frame.shape != one.grid_kji:
                left.append(omitted("grid", name=one.name))
            else:
                yield one, source


def _pictures(study: _Study, author: Author, left: list[Omission]) -> Iterator[tuple[str, bytes]]:
    shown: list[Shown] = []
    for one in study.findings:
        if not isinstance(one, KeyPicture):
            continue
        source = study.sources[one.series_uid]
        plane = source.plane_of(one)
        if plane is None:
            left.append(omitted("no_slice", name=one.name))
        else:
            shown.append(Shown(one, plane, source))
    if not shown:
        return
    yield f"pictures_{study.number}.dcm", content_of(presentation.selection(shown, author))
    for number, picture in enumerate(shown, start=1):
        if presentation.plain(picture):
            made = presentation.state(picture, author, number)
            yield f"picture_{study.number}_{number:03}.dcm", content_of(made)
        else:
            left.append(omitted("not_plain", name=picture.picture.name))
