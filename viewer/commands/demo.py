"""`virtopsy demo [OUT]`: the main job on the synthetic case, in the window or without one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from virtopsy.jobs import Progress
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.services.bundling import BundleReport
    from viewer.app.demo import Places

_DEFAULT = Path("virtopsy-demo")


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("demo", language)
    @click.argument("out", type=speech.PLACE, required=False)
    @speech.json_option(language)
    def demo(out: Path | None, as_json: bool) -> None:
        if out is None and _has_display():
            from viewer.app.start import run_demo

            sys.exit(run_demo(language))
        places, report = _run(out or _unused(_DEFAULT), language)
        _verify(places, language)
        if as_json:
            speech.facts(_facts(places, report))
        else:
            _tell(places, report, language)

    return demo


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _unused(folder: Path) -> Path:
    number, chosen = 1, folder
    while chosen.exists():
        number += 1
        chosen = folder.with_name(f"{folder.name}-{number}")
    return chosen


def _run(out: Path, language: Language) -> tuple[Places, BundleReport]:
    from archive.storage.machine import system_clock
    from viewer.app.demo import run

    def progress(key: str) -> Progress:
        speech.remark(key, language)
        return speech.progress(key, language)

    return run(out.absolute(), language, system_clock, progress)


def _verify(places: Places, language: Language) -> None:
    """Check the bundle as the court would.

    Raises:
        IntegrityError: it is not what was sealed just now.
    """
    from resources.bundle.verify import examine
    from virtopsy.errors import IntegrityError

    speech.remark("demo.job.verify", language)
    if not examine(str(places.bundle)).ok:
        raise IntegrityError("demo.not_good", path=places.bundle)


def _facts(places: Places, report: BundleReport) -> dict[str, object]:
    from viewer.app.demo import CASE_NUMBER, PASSWORD, PERSON

    return {
        "scan": str(places.scan / "dicom"),
        "pictures": str(places.pictures),
        "archive": str(places.archive),
        "bundle": str(places.bundle),
        "case": CASE_NUMBER,
        "person": PERSON,
        "password": PASSWORD,
        "fingerprint": report.fingerprint,
        "when": report.when,
    }


def _tell(places: Places, report: BundleReport, language: Language) -> None:
    from viewer.app.demo import CASE_NUMBER, PASSWORD, PERSON

    speech.line(say("demo.done", language))
    for key, path in (
        ("demo.scan", places.scan / "dicom"),
        ("demo.pictures", places.pictures),
        ("demo.archive", places.archive),
        ("demo.bundle", places.bundle),
    ):
        speech.line(say(key, language, path=path))
    speech.line(say("demo.person", language, person=PERSON, password=PASSWORD, case=CASE_NUMBER))
    speech.line(say("bundle.sealed", language, when=report.when, fingerprint=report.fingerprint))
    speech.line(say("demo.next", language, path=places.bundle))
