"""`virtopsy load PATH`: one series to HU, its facts, and a file of it."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.within import refuse_within
from viewer.commands import speech
from viewer.commands.scan import problem_facts
from virtopsy.errors import StorageError, UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from virtopsy.imaging.volume import Volume

_ENDINGS = (".nii.gz", ".nrrd", ".mha")


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("load", language)
    @click.argument("path", type=speech.PLACE)
    @click.option("--series", default=None, help=say("cli.option.series", language))
    @click.option(
        "--out",
        default=None,
        type=speech.PLACE,
        help=say("scan.option.out", language),
    )
    @speech.json_option(language)
    def load_command(path: Path, series: str | None, out: Path | None, as_json: bool) -> None:
        _check_out(out)
        from virtopsy import confined

        confined.start()  # its interpreter comes up while this one imports
        from virtopsy.dicom.assemble import assemble, choose, problems_of, study_of
        from virtopsy.dicom.scan import require_images, scan

        confined.warm()
        begun = time.perf_counter()
        found = scan(path, speech.progress("scan.progress.files", language))
        require_images(found, path)
        chosen = choose(found, series)
        volume = assemble(
            chosen, study_of(found, chosen), speech.progress("scan.progress.slices", language)
        )
        seconds = time.perf_counter() - begun
        facts = _facts(volume, seconds)
        facts["problems"] = problem_facts(problems_of(chosen, volume), language)
        if out is not None:
            _write(volume, out)
        if as_json:
            speech.facts(facts)
        else:
            _tell(facts, out, language)

    return load_command


def _check_out(out: Path | None) -> None:
    if out is None:
        return
    if not out.name.lower().endswith(_ENDINGS):
        raise UsageError("scan.bad_ending", path=out)
    if not out.parent.is_dir():
        raise StorageError("scan.cannot_write", path=out)
    refuse_within(out)


def _facts(volume: Volume, seconds: float) -> dict[str, Any]:
    return {
        "shape": list(volume.voxels.shape),
        "spacing_mm": list(volume.frame.spacing_mm),
        "affine_lps": volume.frame.affine.tolist(),
        "quantity": volume.quantity.value,
        "hu_min": volume.voxels.min().item(),
        "hu_max": volume.voxels.max().item(),
        "seconds": seconds,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _write(volume: Volume, out: Path) -> None:
    """Write beside the target first, so that a full disk leaves no half of a file there."""
    import SimpleITK as sitk  # noqa: N813 -- its own documentation's name

    image = sitk.GetImageFromArray(volume.voxels)
    # SimpleITK has no annotations, so mypy calls its methods untyped.
    image.SetOrigin(volume.frame.origin_mm.tolist())  # type: ignore[no-untyped-call]
    image.SetSpacing(volume.frame.spacing_mm)  # type: ignore[no-untyped-call]
    image.SetDirection(volume.frame.directions.ravel().tolist())  # type: ignore[no-untyped-call]
    ending = next(one for one in _ENDINGS if out.name.lower().endswith(one))
    draft = out.with_name(f".{out.name}.draft{ending}")
    try:
        with _quiet_libraries():
            sitk.WriteImage(image, str(draft))
            _read_back(draft, volume)
        draft.replace(out)
    except (RuntimeError, OSError) as error:
        with suppress(OSError):  # it may not even be there
            draft.unlink()
        raise StorageError("scan.cannot_write", path=out) from error


def _read_back(file: Path, volume: Volume) -> None:
    """Make sure that the file holds the volume: on a full disk the NIfTI writer tells of success.

    Raises:
        OSError, RuntimeError: it does not.
    """
    import numpy as np
    import SimpleITK as sitk  # noqa: N813 -- its own documentation's name

    if not np.array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(file))), volume.voxels):
        raise OSError("not what was written")


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Keep what C libraries print by themselves away from stderr: the sentence there is ours."""
    sys.stderr.flush()
    with Path(os.devnull).open("wb") as nowhere:
        kept = os.dup(2)
        try:
            os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _tell(facts: dict[str, Any], out: Path | None, language: Language) -> None:
    frames, rows, columns = facts["shape"]
    i, j, k = facts["spacing_mm"]
    speech.line(
        say(
            "scan.answer.loaded",
            language,
            frames=frames,
            rows=rows,
            columns=columns,
            i=f"{i:.3f}",
            j=f"{j:.3f}",
            k=f"{k:.3f}",
            lowest=facts["hu_min"],
            highest=facts["hu_max"],
            seconds=f"{facts['seconds']:.2f}",
        )
    )
    for problem in facts["problems"]:
        speech.line(problem["text"])
    if out is not None:
        speech.line(say("scan.answer.written", language, path=out))
