"""`archive person DIR add ...`: a group whose folder stands before the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

if TYPE_CHECKING:
    from viewer.commands import speech


class FolderFirst(click.Command):
    """A group of verbs, each of which takes the folder first; the contract has it the other way."""

    def __init__(self, group: speech.Group) -> None:
        super().__init__(group.name, help=group.help)
        self.group = group
        self.allow_interspersed_args = False
        self.ignore_unknown_options = True

    @override
    def get_help(self, ctx: click.Context) -> str:
        return self.group.get_help(ctx)

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        verbs = [place for place, one in enumerate(args) if one in self.group.commands]
        asked = set(ctx.help_option_names) & set(args)
        ctx.args = _verb_first(args, verbs[0]) if verbs else [*asked] or args
        return ctx.args

    @override
    def invoke(self, ctx: click.Context) -> Any:
        return self.group.main(
            ctx.args,
            prog_name=ctx.command_path,
            standalone_mode=False,
            help_option_names=ctx.help_option_names,
        )


def _verb_first(args: list[str], place: int) -> list[str]:
    return [args[place], *args[:place], *args[place + 1 :]]
