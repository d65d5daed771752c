"""Commands whose help speaks the person's language: click's own words are English only."""

from __future__ import annotations

from typing import Any

import click
from typing_extensions import override

from virtopsy.language import Language, say


class SpokenCommand(click.Command):
    """A command that takes `--lang` and words its help page itself."""

    def __init__(self, name: str, language: Language, help_key: str, **other: Any) -> None:
        super().__init__(name, help=say(help_key, language), **other)
        self.language = language
        self.options_metavar = f"[{say('cli.options', language).upper()}]"
        self.params.append(
            click.Option(
                ["--lang"],
                type=click.Choice([one.value for one in Language]),
                expose_value=False,
                help=say("cli.option.lang", language),
            )
        )

    @override
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, f"{say('cli.usage', self.language)}: ")

    @override
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.option.help", self.language)
        return option

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        records = [one.get_help_record(ctx) for one in options]
        required = f"[{say('cli.required', self.language)}]"
        told = [(one, text.replace("[required]", required)) for one, text in filter(None, records)]
        with formatter.section(say("cli.options", self.language)):
            formatter.write_dl(told)


class SpokenGroup(SpokenCommand, click.Group):
    """A command of commands."""

    def __init__(self, name: str, language: Language, help_key: str, **other: Any) -> None:
        super().__init__(name, language, help_key, **other)
        self.subcommand_metavar = say("cli.subcommand", language)

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("cli.commands", self.language)):
            formatter.write_dl(self.described(ctx))

    def described(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return every subcommand's name with what it does."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [(name, one.help or "") for name, one in found if one is not None]
