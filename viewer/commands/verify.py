"""`virtopsy verify BUNDLE`: runs the very file that lies in every bundle."""

from __future__ import annotations

from pathlib import Path

import click

from virtopsy.language import Language, say


def build(language: Language) -> click.Command:
    """Return the command."""
    from resources.bundle import verify
    from viewer.commands.speech import PLACE, command, json_option

    @command("verify", language)
    @click.argument("bundle", metavar="BUNDLE", type=PLACE)
    @click.option("--key", metavar="FINGERPRINT", help=say("bundle.option.key", language))
    @json_option(language)
    def run(bundle: Path, key: str | None, as_json: bool) -> None:
        click.get_current_context().exit(verify.run(str(bundle), key, as_json, language.value))

    return run
