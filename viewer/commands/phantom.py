"""`virtopsy phantom OUT`: makes the synthetic case as DICOM files with its truth."""

from __future__ import annotations

import json
from pathlib import Path

import click

from archive.within import refuse_within
from viewer.commands.speech import NEW_FOLDER, command, facts, json_option, line, progress
from virtopsy.language import Language, say


def build(language: Language) -> click.Command:
    """Return the subcommand with its texts in `language`."""

    @command("phantom", language)
    @click.argument("out", type=NEW_FOLDER)
    @click.option(
        "--seed", type=click.IntRange(0), default=0, help=say("phantom.option.seed", language)
    )
    @click.option("--slices", type=click.IntRange(1), help=say("phantom.option.slices", language))
    @json_option(language)
    def phantom(out: Path, seed: int, slices: int | None, *, as_json: bool) -> None:
        from virtopsy.phantom.write import write

        refuse_within(out / "dicom")
        write(out, seed=seed, slices=slices, progress=progress("phantom.progress", language))
        files = sum(1 for _ in (out / "dicom").iterdir())
        truth = out / "truth.json"
        if as_json:
            known = json.loads(truth.read_text(encoding="utf-8"))
            facts({"dicom": str(out / "dicom"), "truth": str(truth), "files": files, **known})
        else:
            line(say("phantom.done", language, n=files, folder=out / "dicom", truth=truth))

    return phantom
