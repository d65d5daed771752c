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
        place = self._verb(args)
        asked = set(ctx.help_option_names) & set(args)
        ctx.args = [*asked] or args if place is None else _verb_first(args, place)
        return ctx.args

    def _verb(self, args: list[str]) -> int | None:
        """Return where the verb stands: after the folder, whatever that is called, or before it."""
        valued = {
            spelt
            for verb in self.group.commands.values()
            for one in verb.params
            if isinstance(one, click.Option) and not one.is_flag
            for spelt in one.opts
        }
        named = [
            place
            for place, one in enumerate(args)
            if not one.startswith("-") and (place == 0 or args[place - 1] not in valued)
        ]
        verbs = [place for place in named[1::-1] if args[place] in self.group.commands]
        return verbs[0] if verbs else None

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
