"""`virtopsy verify BUNDLE`: runs the very file that lies in every bundle."""

from __future__ import annotations

import click

from virtopsy.language import Language, say


def build(language: Language) -> click.Command:
    """Return the command."""
    from resources.bundle import verify
    from viewer.commands.speech import command, json_option

    @command("verify", language)
    @click.argument("bundle", metavar="BUNDLE", type=click.Path())
    @click.option("--key", metavar="FINGERPRINT", help=say("bundle.option.key", language))
    @json_option(language)
    def run(bundle: str, key: str | None, as_json: bool) -> None:
        click.get_current_context().exit(verify.run(bundle, key, as_json, language.value))

    return run
