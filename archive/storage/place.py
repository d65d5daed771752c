"""Where an archive must not lie, where it can only be read, and how SQLite finds it."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from virtopsy.errors import InputError

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "ceph", "glusterfs", "davfs"),
    *("fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.s3fs", "fuse.glusterfs"),
}
_SYNCED = (
    *("dropbox", "onedrive", "google drive", "googledrive", "icloud drive", "icloudrive"),
    *("yandex.disk", "yandexdisk", "яндекс.диск", "облако mail.ru", "nextcloud", "owncloud"),
)


def refuse_shared_place(folder: Path) -> None:
    """Refuse folders that another machine changes behind our back: network drive, synced folder.

    Raises:
        InputError: SQLite's locks do not hold there, and a sync service replaces files.
    """
    whole = folder.absolute()
    for part in whole.parts:
        if any(part.casefold().startswith(name) for name in _SYNCED):
            raise InputError("archive.place.cloud", path=folder, service=part)
    if str(whole).startswith(("\\\\", "//")) or _file_system(whole) in _NETWORK:
        raise InputError("archive.place.network", path=folder)


def database_uri(path: Path, mode: str) -> str:
    """Return how SQLite is asked for a file, whose name need not be UTF-8.

    Args:
        path: the database.
        mode: `ro`, `rw` or `rwc`, as SQLite's manual says of URI filenames.
    """
    return f"file:{quote(os.fsencode(path.absolute().as_posix()))}?mode={mode}"


def may_write(database: Path) -> bool:
    """Tell whether this account may write the database, and the journal beside it.

    It may not on a volume that is mounted read-only, whatever the account.
    """
    effective = os.access in os.supports_effective_ids
    return all(
        os.access(one, os.W_OK, effective_ids=effective) for one in (database, database.parent)
    )


def _file_system(path: Path) -> str:
    """Return the type of the file system `path` lies on; empty where the system does not say."""
    if not _MOUNTS.is_file():
        return ""
    found, longest = "", -1
    for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split(" ")
        mount = Path(fields[1].replace("\\040", " "))
        if path.is_relative_to(mount) and len(mount.parts) >= longest:
            found, longest = fields[2], len(mount.parts)
    return found
