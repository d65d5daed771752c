"""Functions whose modules are loaded when they are first called.

Decoders and parsers take longer to load than most scans take to read, and whoever has only plain
files never needs them. Pickled, such a function is two words: the process that asks for it need
not load what the process that calls it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Late:
    """A function of a module.

    Attributes:
        module: its full name.
        name: of the function.
    """

    module: str
    name: str

    def __call__(self, *arguments: Any) -> Any:
        """Load the module where it is not, and call the function."""
        return getattr(import_module(self.module), self.name)(*arguments)
