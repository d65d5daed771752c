"""What a folder holds: studies, series, instances and what is wrong with them, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from virtopsy.dicom.carrier import Address, Member
from virtopsy.imaging.display import UNSAID, Display
from virtopsy.language import Fact, Language, say

Vector: TypeAlias = tuple[float, float, float]

CT_CLASSES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.5.1.4.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.2.2",
    }
)
MR_CLASSES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.4",
        "1.2.840.10008.5.1.4.1.1.4.1",
        "1.2.840.10008.5.1.4.1.1.4.4",
    }
)
MULTI_FRAME_CLASSES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.2.2",
        "1.2.840.10008.5.1.4.1.1.4.1",
        "1.2.840.10008.5.1.4.1.1.4.4",
    }
)


@dataclass(frozen=True)
class Problem:
    """Something wrong, by its code of the command line contract, said in three languages.

    Attributes:
        code: one of the published codes.
        variant: which sentence of that code; empty for its only one.
        facts: what fills the sentence.
    """

    code: str
    variant: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return what is wrong, where, and what follows from it."""
        key = f"scan.problem.{self.code}"
        return say(f"{key}.{self.variant}" if self.variant else key, language, **self.facts)


@dataclass(frozen=True, slots=True)
class Storage:
    """How the pixels of one file are stored (PS3.3 C.7.6.3).

    Attributes:
        offset: first pixel byte in the file; 0 where only a decoder can tell.
        length: bytes announced, -1 where encapsulated.
        available: bytes of the file behind `offset`.
        lossy: the picture was compressed with loss, now or before.
        ratio: of the lossy compression as the file states it (0028,2112), the largest of several.
        floating: values are floating point numbers (7FE0,0008) or (7FE0,0009).
    """

    transfer_syntax: str
    offset: int
    length: int
    available: int
    allocated: int
    stored: int
    high: int
    signed: bool
    samples: int
    photometric: str
    frames: int
    lossy: bool
    ratio: float | None = None
    floating: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """One plane: a single-frame file, or one frame of a multi-frame file. No pixels.

    Attributes:
        position: centre of the first pixel, LPS mm; None where the file does not say.
        row, column: unit vectors of growing column index i and growing row index j, LPS.
        pixel_mm: distance between columns (i) and between rows (j).
        slope, intercept: modality LUT; None where the file has none.
        path: the file, or the zip it lies in.
        traits: what may tell apart two volumes of one series, by name.
        member: which file of a zip it is; None for a file of its own.
        tabled: its values go through a table (Modality LUT Sequence), not slope and intercept.
        display: how it asks to be shown.
        sha256: of the file as it was kept, see `Address`; empty where nobody kept it.
    """

    path: Path
    sop_uid: str
    sop_class: str
    frame_number: int
    number: int
    frame_of_reference_uid: str
    image_type: tuple[str, ...]
    rows: int
    columns: int
    position: Vector | None
    row: Vector | None
    column: Vector | None
    pixel_mm: tuple[float, float] | None
    thickness_mm: float | None
    spacing_between_mm: float | None
    slope: float | None
    intercept: float | None
    rescale_type: str
    padding: int | None
    storage: Storage
    traits: tuple[tuple[str, str], ...]
    member: Member | None = None
    tabled: bool = False
    display: Display = UNSAID
    sha256: str = ""

    @property
    def address(self) -> Address:
        """Return where its file lies."""
        return Address(str(self.path), self.member, self.sha256)

    @property
    def place(self) -> Path:
        """Return where its file lies, as a person is told."""
        return self.path if self.member is None else self.path / self.member.name

    @property
    def frames(self) -> int:
        """Return how many pictures it stands for: those of its file, or itself as one of them."""
        if not (self.rows and self.columns and self.storage.length):
            return 0
        return 1 if self.is_frame else self.storage.frames

    @property
    def is_frame(self) -> bool:
        """Tell whether it is one frame of a file, not the whole of it."""
        return any(name == "frame_type" for name, _ in self.traits)


@dataclass(frozen=True)
class Series:
    """One series, or one volume of a series that holds several.

    Attributes:
        part: 0 for a whole series, 1, 2, .. for the volumes of one.
        instances: in the order of k for a volume (along row x column), else as numbered.
        frames: number of planes.
        spacing_mm: (i, j, k) of the volume that `assemble` makes; None without.
        orientation: axial, sagittal, coronal, oblique; None without.
        volume: `assemble` can make a volume of it.
    """

    uid: str
    part: int
    study_uid: str
    modality: str
    description: str
    instances: tuple[Instance, ...]
    frames: int
    rows: int
    columns: int
    spacing_mm: Vector | None
    orientation: str | None
    volume: bool
    problems: tuple[Problem, ...]

    @property
    def key(self) -> str:
        """Return what chooses it: the UID, with `#2` for the second volume of a series."""
        return f"{self.uid}#{self.part}" if self.part else self.uid

    @property
    def files(self) -> int:
        """Return the number of files its planes lie in."""
        return len({(instance.path, instance.member) for instance in self.instances})


@dataclass(frozen=True)
class Study:
    """One examination of one person, as the files say it.

    Attributes:
        patient_name: in the form of the files, name components joined by `^`.
        date, birth_date: ISO dates, empty where the files have none, as stored where none.
        time: as stored, HHMMSS.FFFFFF.
        sex: as stored, M, F or O.
        age: as stored, nnnD, nnnW, nnnM or nnnY.
    """

    uid: str
    patient_name: str
    patient_id: str
    date: str
    description: str
    series: tuple[Series, ...]
    time: str = ""
    birth_date: str = ""
    sex: str = ""
    age: str = ""


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why."""

    path: Path
    problem: Problem


@dataclass(frozen=True)
class Scan:
    """What a folder or file holds."""

    files: int
    skipped: tuple[Skipped, ...]
    studies: tuple[Study, ...]
