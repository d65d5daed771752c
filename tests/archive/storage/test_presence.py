"""Who has an archive open is known while they live, and not a moment longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from archive.storage.presence import Presence

_OTHER = (
    "import sys; from pathlib import Path; from archive.storage.presence import Presence; "
    "p = Presence(Path(sys.argv[1])); print('here', flush=True); sys.stdin.read()"
)


def test_another_program_is_noticed_until_it_is_killed(tmp_path: Path) -> None:
    card = tmp_path / "archive.json"
    card.write_text("{}")
    mine = Presence(card)
    assert mine.alone
    command = [sys.executable, "-c", _OTHER, str(card)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"here\n"
        assert not mine.alone
        other.kill()
        other.wait()
    assert mine.alone
    mine.close()


def test_a_card_on_a_read_only_disk_is_enough(tmp_path: Path) -> None:
    card = tmp_path / "archive.json"
    card.write_text("{}")
    card.chmod(0o444)
    mine = Presence(card)

    assert mine.alone
    mine.close()
