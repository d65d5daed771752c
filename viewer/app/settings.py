"""What the window remembers between two starts on one machine; nothing of a case."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from platformdirs import user_config_path, user_documents_path

from viewer.widgets.parts import THEMES
from virtopsy.language import Language

_FILE = "window.json"


@dataclass(frozen=True)
class Settings:
    """Attributes are kept as JSON.

    Attributes:
        language: of the screen; empty before it was chosen.
        archive: folder where evidence is kept.
        person: who signed in last.
        theme: of the screen, one of `THEMES`; empty before it was chosen.
        welcomed: "yes" once the synthetic case was offered to a newcomer.
    """

    language: str = ""
    archive: str = ""
    person: str = ""
    theme: str = ""
    welcomed: str = ""

    @property
    def first_start(self) -> bool:
        """Whether nobody chose anything yet."""
        return not self.archive

    @property
    def archive_folder(self) -> Path:
        """Where evidence is kept, or usually is."""
        return Path(self.archive) if self.archive else user_documents_path() / "Virtopsy"

    @property
    def worn(self) -> str:
        """The theme chosen on the screen, else the first."""
        return self.theme if self.theme in THEMES else THEMES[0]

    def spoken(self, asked: Language) -> Language:
        """Return the language chosen on the screen, else the one asked for at the start."""
        return Language(self.language) if self.language in set(Language) else asked


def place() -> Path:
    """Return where this machine's settings lie."""
    return user_config_path("virtopsy") / _FILE


def read(path: Path) -> Settings:
    """Return what was kept; settings that cannot be read are settings never made."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    known = Settings()
    if not isinstance(kept, dict):
        return known
    texts = {name: kept[name] for name in asdict(known) if isinstance(kept.get(name), str)}
    return replace(known, **texts)


def write(path: Path, settings: Settings) -> None:
    """Keep the settings; a machine that cannot keep them still works (read-only home).

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(settings), ensure_ascii=False) + "\n", encoding="utf-8")
